//! The scripts that check a signature.
//!
//! A digit's two items are `value digit`, the digit on top. `7 OP_MIN` and the like clamp it, so that the table of chain values
//! is never left upwards; a negative index fails by itself. Chains are longer than tables: a digit in the lower half of its
//! range hashes half a chain first, one in the upper half is reduced by half a range.

use super::signature::message_order;
use super::{ChainValue, Digits, Order, PublicKey, Shape};
use crate::script;
use crate::script::{Script, drop_items, pick_from};

/// The largest table of chain values: with half the chain hashed ahead, a larger one costs more than it saves.
const TABLE: u8 = 8;

/// What happens to a digit once it is known to be in range.
pub(super) enum Use {
    /// It goes to the altstack.
    Keep,
    /// It is added to the number on top of the altstack, after that number's shift by so many bits.
    Sum { shift: u8 },
}

impl Use {
    /// `.. digit -> ..`
    fn script(&self) -> Script {
        match self {
            Use::Keep => script! { OP_TOALTSTACK },
            Use::Sum { shift } => script! {
                OP_FROMALTSTACK {(0..*shift).map(|_| script! { OP_DUP OP_ADD })} OP_ADD OP_TOALTSTACK
            },
        }
    }
}

/// Checks the signatures of several keys and leaves all their digits, the first key's deepest.
/// `.. [first signature] .. [last signature] -> .. [first digits] .. [last digits]`
///
/// One call for several keys is smaller than a call for each: their digits need not be set aside in between.
pub fn open_all(keys: &[&PublicKey], digits: Digits, order: Order) -> Script {
    script! { {keep_all(keys, order)} {sum_all(keys, digits)} }
}

/// The first half of [`open_all`]: hashes to the public keys, and keeps the digits on the altstack. What lies below the signatures
/// can be read before the second half, [`sum_all`].
pub(crate) fn keep_all(keys: &[&PublicKey], order: Order) -> Script {
    script! { {keys.iter().rev().map(|key| key.keep_script(order))} }
}

/// The second half of [`open_all`]: leaves the digits and checks their sums.
pub(crate) fn sum_all(keys: &[&PublicKey], digits: Digits) -> Script {
    script! { {keys.iter().map(|key| key.sum_script(digits))} }
}

impl PublicKey {
    /// Checks a signature and leaves nothing. `.. [signature] -> ..`
    ///
    /// For scripts that only publish a value. The witness is [`Signature::witness`](super::Signature::witness).
    pub fn verify_script(&self) -> Script {
        summed_script(self.shape(), Sum::Signed, |place, digit_use| {
            self.digit_script(place, digit_use)
        })
    }

    /// Requires that two different messages were signed, and leaves nothing. `.. [smaller digits of both] -> ..`
    ///
    /// It is the check of one signature whose sum, that of the message digits and the value of the checksum, is *less* than
    /// it has to be. The witness is [`Equivocation::witness`](super::Equivocation::witness).
    ///
    /// *One signature never passes.* Its sum is the largest one, and hashing on raises digits: whoever holds it alone can
    /// show no smaller digit at any place, message or checksum, and so no smaller sum.
    ///
    /// *Two signatures of different messages always do.* Show at each place the smaller digit with its chain value, and call
    /// the messages `a` and `b`. If some digit of `b` is smaller than that of `a`, the message digits that are shown sum to
    /// less than those of `a`, while the checksum that is shown is no more than that of `a`: each of its digits is no more.
    /// Otherwise `b` is `a` with digits raised. The message digits that are shown are those of `a`; the checksum of `b` is
    /// less than that of `a`, and the one that is shown is no more than that of `b`. Either way the sum is less than that of
    /// the signature of `a`.
    pub fn equivocation_script(&self) -> Script {
        summed_script(self.shape(), Sum::Less, |place, digit_use| {
            self.digit_script(place, digit_use)
        })
    }

    /// The same, and every chain value has to be of its proper size: whoever shows it again can rely on that.
    pub fn publish_script(&self) -> Script {
        summed_script(self.shape(), Sum::Signed, |place, digit_use| {
            let range = self.shape().top(place) + 1;
            script! {
                {range - 1} OP_MIN OP_TUCK {digit_use.script()}
                {value_size_script()} OP_SWAP
                {chain_script(range, self.ends()[place])}
            }
        })
    }

    /// Checks a signature and leaves the message digits, the first one deepest. `.. [signature] -> .. [digits]`
    pub fn open_script(&self) -> Script {
        open_all(&[self], Digits::Plain, Order::FirstDeepest)
    }

    /// Checks all digits and leaves on the altstack the checksum and, above it, the message digits.
    fn keep_script(&self, order: Order) -> Script {
        let shape = self.shape();
        script! {
            {checksum_script(shape, &|place, digit_use| self.digit_script(place, digit_use))}
            {message_order(shape, order).rev().map(|place| self.digit_script(place, Use::Keep))}
        }
    }

    /// Takes checksum and digits from the altstack, leaves the digits and checks their sum.
    fn sum_script(&self, digits: Digits) -> Script {
        let others = self.shape().message().len() - 1;
        let (double, factor) = match digits {
            Digits::Plain => (Script::new(), 1),
            Digits::Doubled => (script! { OP_DUP OP_ADD }, 2),
        };
        script! {
            OP_FROMALTSTACK {&double} OP_DUP
            {(0..others).map(|_| script! { OP_FROMALTSTACK {&double} OP_TUCK OP_ADD })}
            OP_FROMALTSTACK {double} OP_ADD {factor * self.shape().max_sum()} OP_NUMEQUALVERIFY
        }
    }

    /// Checks one digit: `.. value digit -> ..`
    fn digit_script(&self, place: usize, digit_use: Use) -> Script {
        let range = self.shape().top(place) + 1;
        script! {
            {range - 1} OP_MIN OP_DUP {digit_use.script()}
            {chain_script(range, self.ends()[place])}
        }
    }
}

/// Requires the size of a chain value: `.. value -> .. value`
fn value_size_script() -> Script {
    script! { OP_SIZE {size_of::<ChainValue>() as u8} OP_EQUALVERIFY }
}

/// What the sum of the message digits and the value of the checksum has to be.
pub(super) enum Sum {
    /// That of a signature.
    Signed,
    /// Less than that.
    Less,
}

impl Sum {
    /// `.. sum -> ..`
    fn script(&self, shape: Shape) -> Script {
        match self {
            Sum::Signed => script! { {shape.max_sum()} OP_NUMEQUALVERIFY },
            Sum::Less => script! { {shape.max_sum()} OP_LESSTHAN OP_VERIFY },
        }
    }
}

/// Checks all digits, each by `digit`, and their sum, and leaves nothing.
pub(super) fn summed_script(
    shape: Shape,
    sum: Sum,
    digit: impl Fn(usize, Use) -> Script,
) -> Script {
    let mut script = checksum_script(shape, &digit);
    for place in message_order(shape, Order::FirstDeepest).rev() {
        script.push(digit(place, Use::Sum { shift: 0 }));
    }
    script.push(script! { OP_FROMALTSTACK {sum.script(shape)} });
    script
}

/// Checks the checksum digits, each by `digit`, and leaves their value on the altstack.
fn checksum_script(shape: Shape, digit: &impl Fn(usize, Use) -> Script) -> Script {
    let first = shape.message().len();
    let mut script = digit(first, Use::Keep);
    for place in first + 1..shape.digits() {
        let shift = shape.width(place);
        script.push(digit(place, Use::Sum { shift }));
    }
    script
}

/// Checks one digit under two keys: `.. others own digit -> ..`
///
/// The other party's value was published, so its size is known.
pub(super) fn digit_copy_script(
    others: &PublicKey,
    own: &PublicKey,
    place: usize,
    digit_use: Use,
) -> Script {
    let range = own.shape().top(place) + 1;
    script! {
        {range - 1} OP_MIN OP_TUCK {digit_use.script()}
        {value_size_script()} OP_OVER
        {chain_script(range, own.ends()[place])}
        {chain_script(range, others.ends()[place])}
    }
}

/// Hashes on to the end of a chain of `range - 1` hashes: `.. value digit -> ..`, digit below `range`.
fn chain_script(range: u8, end: ChainValue) -> Script {
    let hashes = |count: u8| (0..count).map(|_| script! { OP_HASH160 });
    let half = range / 2;
    if half > TABLE {
        script! {
            OP_DUP {half} OP_LESSTHAN
            OP_IF OP_SWAP {hashes(half)} OP_SWAP
            OP_ELSE {half} OP_SUB
            OP_ENDIF
            {chain_script(half, end)}
        }
    } else if range > TABLE {
        script! {
            OP_DUP {half} OP_LESSTHAN
            OP_IF OP_TOALTSTACK {hashes(half)}
            OP_ELSE {half} OP_SUB OP_TOALTSTACK
            OP_ENDIF
            {table_script(half, end)}
        }
    } else {
        script! { OP_TOALTSTACK {table_script(range, end)} }
    }
}

/// Makes a table of the next `range` values of a chain and takes the one that the digit, on top of the altstack, names.
fn table_script(range: u8, end: ChainValue) -> Script {
    script! {
        {(1..range).map(|_| script! { OP_DUP OP_HASH160 })}
        OP_FROMALTSTACK {pick_from(0..range.into())} {end} OP_EQUALVERIFY
        {drop_items(range.into())}
    }
}
