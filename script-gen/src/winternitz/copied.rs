//! A value that one party signs and the other one copies.

use super::script::{Sum, digit_copy_script, summed_script};
use super::signature::witness_order;
use super::{Order, PublicKey, Signature};
use crate::script::{Script, encode_number};

/// The two keys of a value that the challenger chooses and the operator copies: one script checks that both have signed the
/// same digits, so every later leaf opens the operator's copy alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedKey {
    challenger: PublicKey,
    operator: PublicKey,
}

impl CopiedKey {
    /// The pair, or `None` if the keys are for values of different shapes.
    pub fn new(challenger: PublicKey, operator: PublicKey) -> Option<Self> {
        (challenger.shape() == operator.shape()).then_some(Self {
            challenger,
            operator,
        })
    }

    /// The challenger's key.
    pub fn challenger(&self) -> &PublicKey {
        &self.challenger
    }

    /// The operator's key of the copy.
    pub fn operator(&self) -> &PublicKey {
        &self.operator
    }

    /// Its witness items: two chain values and a digit for each digit.
    pub fn witness_items(&self) -> usize {
        3 * self.operator.shape().digits()
    }

    /// The weight of its largest witness.
    pub fn max_witness_weight(&self) -> usize {
        self.operator.shape().digits() * (2 * (1 + 20) + 1 + 1)
    }

    /// Requires that both have signed the same value, and leaves nothing. `.. [signatures] -> ..`
    pub fn copy_script(&self) -> Script {
        summed_script(self.operator.shape(), Sum::Signed, |place, digit_use| {
            digit_copy_script(&self.challenger, &self.operator, place, digit_use)
        })
    }

    /// The witness of [`copy_script`](Self::copy_script), bottom first: for each digit the challenger's chain value, the
    /// operator's and the digit. `None` if the signatures are of different digits.
    pub fn copy_witness(&self, own: &Signature, shown: &Signature) -> Option<Vec<Vec<u8>>> {
        let mut witness = Vec::with_capacity(self.witness_items());
        for place in witness_order(self.operator.shape(), Order::FirstDeepest) {
            let ((value, digit), (others, copied)) =
                (own.digits().get(place)?, shown.digits().get(place)?);
            if digit != copied {
                return None;
            }
            let digit = encode_number(i64::from(*digit));
            witness.extend([others.clone(), value.clone(), digit]);
        }
        Some(witness)
    }

    /// The items of the operator's own signature in a witness of [`copy_script`](Self::copy_script), or `None` if the number
    /// of items is another one.
    pub fn own_items(&self, witness: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
        let own = |digit: &[Vec<u8>]| [digit[1].clone(), digit[2].clone()];
        (witness.len() == self.witness_items())
            .then(|| witness.chunks_exact(3).flat_map(own).collect())
    }
}
