//! Elements and digests as few numbers.

use super::{DIGEST_DIGITS, DIGEST_WORDS, Digest};
use crate::bn254::{DIGITS, Element};
use crate::script;
use crate::script::{Script, encode_number, roll};
use crate::winternitz::nibbles;

/// Digits of a packed number.
pub(super) const NUMBER_DIGITS: usize = 5;

/// Numbers of a packed element: twelve of five digits and one of four.
pub const PACKED_LIMBS: usize = DIGITS.div_ceil(NUMBER_DIGITS);

/// Numbers of a packed digest: six of five digits and one of two.
pub const PACKED_DIGEST: usize = DIGEST_DIGITS.div_ceil(NUMBER_DIGITS);

/// What a stored digit exceeds the signed digit by.
const OFFSET: i64 = 8;

/// Digits of each number that `digits` digits are packed into.
pub(super) fn number_digits(digits: usize) -> impl DoubleEndedIterator<Item = usize> {
    (0..digits)
        .step_by(NUMBER_DIGITS)
        .map(move |first| NUMBER_DIGITS.min(digits - first))
}

/// What the number of the stored digits exceeds the signed number by.
pub(super) const fn limb_offset(digits: usize) -> i64 {
    ((1 << (4 * digits)) - 1) / 15 * OFFSET
}

/// The limbs of an element: limb `i` is the sum of `(u_t - 8) 16^(t - 5i)` over its digits `u_t`, the five from `5i` on or, in the
/// last one, four.
pub fn limbs(element: &Element) -> [i64; PACKED_LIMBS] {
    let digits = element.digits();
    std::array::from_fn(|limb| {
        let from = NUMBER_DIGITS * limb;
        let digits = &digits[from..DIGITS.min(from + NUMBER_DIGITS)];
        let value = |value, digit: &u8| 16 * value + i64::from(*digit) - OFFSET;
        digits.iter().rev().fold(0, value)
    })
}

/// The smallest and largest value of a limb of an element. There are [`PACKED_LIMBS`] limbs.
pub const fn limb_range(limb: usize) -> (i64, i64) {
    let digits = if limb + 1 < PACKED_LIMBS {
        NUMBER_DIGITS
    } else {
        DIGITS - NUMBER_DIGITS * (PACKED_LIMBS - 1)
    };
    let offset = limb_offset(digits);
    (-offset, (1 << (4 * digits)) - 1 - offset)
}

/// The little-endian words of a digest.
pub(super) fn words(digest: &Digest) -> [u32; DIGEST_WORDS] {
    std::array::from_fn(|word| {
        let bytes = digest[4 * word..4 * word + 4].iter().rev();
        bytes.fold(0, |word, byte| word << 8 | u32::from(*byte))
    })
}

/// The digits of a digest that are signed: those of its four little-endian words, see [`nibbles`].
pub fn digits(digest: &Digest) -> Vec<u8> {
    nibbles(&words(digest))
}

/// The hint for a digest, as [`pack_hint`] takes it; bottom first.
pub fn hint(digest: &Digest) -> Vec<Vec<u8>> {
    let number = |digits: &[u8]| {
        let digits = digits.iter().rev();
        encode_number(digits.fold(0, |number, digit| 16 * number + i64::from(*digit)))
    };
    let digits = digits(digest);
    digits.chunks(NUMBER_DIGITS).map(number).collect()
}

/// Packs the digits of a digest: `.. [32 digits, the first one deepest] -> .. [packed digest]`.
///
/// The digits must be from 0 to 15.
pub fn pack_digits() -> Script {
    let counts: Vec<usize> = number_digits(DIGEST_DIGITS).collect();
    let pack = |digits: usize| {
        script! {
            {(1..digits).map(|_| script! { {shift()} OP_ADD })} OP_DUP OP_ADD
        }
    };
    script! {
        {counts[1..].iter().rev().map(|digits| script! { {pack(*digits)} OP_TOALTSTACK })}
        {pack(counts[0])}
        {counts[1..].iter().map(|_| script! { OP_FROMALTSTACK })}
    }
}

/// Packs doubled digits on the altstack, in the order of [`kept_order`]: `.. -> .. [packed digest]`.
pub(super) fn pack_kept() -> Script {
    let pack = |digits: usize| {
        script! {
            OP_FROMALTSTACK {(1..digits).map(|_| script! { {shift()} OP_FROMALTSTACK OP_ADD })}
        }
    };
    script! { {number_digits(DIGEST_DIGITS).map(pack)} }
}

/// In which order [`pack_kept`] needs the digits of a digest to have gone to the altstack.
pub(super) fn kept_order() -> impl Iterator<Item = usize> {
    let mut from = 0;
    let back = number_digits(DIGEST_DIGITS).flat_map(move |digits| {
        from += digits;
        (from - digits..from).rev()
    });
    let mut order: Vec<usize> = back.collect();
    order.reverse();
    order.into_iter()
}

/// Multiplies by 16.
fn shift() -> Script {
    script! { OP_DUP OP_ADD OP_DUP OP_ADD OP_DUP OP_ADD OP_DUP OP_ADD }
}

/// Makes a packed digest of seven items of the spender, see [`hint`]. Every number gives some digest, which is all that a hash of
/// it needs. `.. [hint] -> .. [packed digest]`
pub fn pack_hint() -> Script {
    let most = (1 << (4 * NUMBER_DIGITS)) - 1;
    let clamp = script! { OP_ABS {most} OP_MIN OP_DUP OP_ADD };
    script! {
        {(0..PACKED_DIGEST).map(|_| script! { {roll(PACKED_DIGEST - 1)} {&clamp} })}
    }
}

/// Leaves 1 if two packed digests differ, 0 if not. `.. [packed digest] [packed digest] -> .. [bool]`
pub fn differs() -> Script {
    script! {
        {(1..PACKED_DIGEST).rev().map(|more| script! {
            {roll(more + 1)} OP_NUMNOTEQUAL OP_TOALTSTACK
        })}
        OP_NUMNOTEQUAL
        {(1..PACKED_DIGEST).map(|_| script! { OP_FROMALTSTACK OP_BOOLOR })}
    }
}

/// Ends the script if two packed digests differ. `.. [packed digest] [packed digest] -> ..`
pub fn equal_verify() -> Script {
    script! {
        {(0..PACKED_DIGEST).rev().map(|more| script! { {roll(more + 1)} OP_NUMEQUALVERIFY })}
    }
}
