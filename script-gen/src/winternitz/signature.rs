//! Signatures, in memory and in a witness.

use serde::{Deserialize, Serialize};

use super::{Order, Shape, WinternitzError};
use crate::script::{MAX_OPERAND_BYTES, encode_number};

/// A signature: for every digit, in the order of [`Shape`], the chain value and the digit.
///
/// A chain value is whatever hashes on to the key's end. Our own are 20 bytes long; who makes a key for itself can begin a
/// chain with a value of any length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(Vec<(Vec<u8>, u8)>);

impl Signature {
    /// A signature of these chain values and digits, message first. Nothing is checked: that is
    /// [`PublicKey::verify`](super::PublicKey::verify)'s task.
    pub fn new(digits: Vec<(Vec<u8>, u8)>) -> Self {
        Self(digits)
    }

    /// Chain values and digits, message first.
    pub fn digits(&self) -> &[(Vec<u8>, u8)] {
        &self.0
    }

    /// The witness items, bottom first: for each digit its chain value and, above it, the digit. The first message digit is at
    /// the bottom; the checksum stands above the message, its most significant digit on top.
    pub fn witness(&self, shape: Shape) -> Vec<Vec<u8>> {
        self.witness_in(shape, Order::FirstDeepest)
    }

    /// The witness items for a script that opens the digits in another order.
    pub fn witness_in(&self, shape: Shape, order: Order) -> Vec<Vec<u8>> {
        witness_order(shape, order)
            .filter_map(|place| self.0.get(place))
            .flat_map(|(value, digit)| [value.clone(), encode_number(i64::from(*digit))])
            .collect()
    }

    /// Reads a signature from the items of a witness, bottom first, as consensus does: what a confirmed script has accepted
    /// is read as the script has read it.
    pub fn from_witness(shape: Shape, items: &[Vec<u8>]) -> Result<Self, WinternitzError> {
        if items.len() != shape.witness_items() {
            return Err(WinternitzError::DigitCount {
                expected: shape.digits(),
                found: items.len() / 2,
            });
        }
        let mut digits = vec![(vec![], 0); shape.digits()];
        for (pair, place) in witness_order(shape, Order::FirstDeepest).enumerate() {
            let (value, digit) = (&items[2 * pair], &items[2 * pair + 1]);
            let digit = clamped_digit(digit, shape.top(place));
            let digit = digit.ok_or(WinternitzError::WitnessItem { item: 2 * pair + 1 })?;
            digits[place] = (value.clone(), digit);
        }
        Ok(Self(digits))
    }
}

/// What `top OP_MIN` makes of a witness item, `None` if it or the look-up that follows fails. By consensus, a number need not be
/// minimal.
fn clamped_digit(item: &[u8], top: u8) -> Option<u8> {
    if item.len() > MAX_OPERAND_BYTES {
        return None;
    }
    let Some((last, low)) = item.split_last() else {
        return Some(0);
    };
    let magnitude = low
        .iter()
        .rev()
        .fold(u32::from(last & 0x7f), |value, byte| {
            value << 8 | u32::from(*byte)
        });
    let negative = last & 0x80 != 0 && magnitude > 0;
    let clamped = u8::try_from(magnitude.min(top.into())).ok();
    clamped.filter(|_| !negative)
}

/// The message digits from the bottom of the witness upwards: the scripts read them in the opposite order, from the top.
pub(super) fn message_order(shape: Shape, order: Order) -> impl DoubleEndedIterator<Item = usize> {
    let last = shape.message().len() - 1;
    (0..=last).map(move |place| match order {
        Order::FirstDeepest => place,
        Order::FirstOnTop => last - place,
    })
}

/// All digits from the bottom of the witness upwards.
pub(super) fn witness_order(shape: Shape, order: Order) -> impl Iterator<Item = usize> {
    message_order(shape, order).chain((shape.message().len()..shape.digits()).rev())
}
