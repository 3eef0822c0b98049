//! Field elements as 64 signed digits, and the integers that they stand for.

use num_bigint::{BigInt, BigUint, Sign};

use super::Bn254Error;
use crate::script::encode_number;

/// Digits of an element.
pub const DIGITS: usize = 64;

/// Limbs of an element: ten of six digits and one of four.
pub const LIMBS: usize = 11;

/// Digits of a limb.
pub(super) const LIMB_DIGITS: usize = 6;

/// The BN254 base field's modulus, most significant byte first.
const MODULUS: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d,
    0x97, 0x81, 0x6a, 0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
];

/// The BN254 base field's modulus p.
pub fn modulus() -> BigInt {
    BigInt::from_bytes_be(Sign::Plus, &MODULUS)
}

/// What a stored digit exceeds the signed digit by.
const OFFSET: i64 = 8;

/// An integer `sum (u_t - 8) 16^t` with 64 digits `u_t` from 0 to 15: everything that 64 committed nibbles can say.
///
/// It is an element of the field if it lies from 0 to p - 1; a committed value need not, and arithmetic reads it modulo p. On
/// the stack digit 0 is deepest, digit 63 on top, each the number `u_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    digits: [u8; DIGITS],
}

impl Element {
    /// The element of an integer.
    ///
    /// # Errors
    /// If 64 digits cannot say it; every integer from 0 to p - 1 can be said.
    pub fn new(value: &BigInt) -> Result<Self, Bn254Error> {
        let stored = value + offset(DIGITS);
        let nibbles = stored.to_biguint().map(|stored| stored.to_radix_le(16));
        match nibbles {
            Some(nibbles) if nibbles.len() <= DIGITS => {
                let mut digits = [0; DIGITS];
                digits[..nibbles.len()].copy_from_slice(&nibbles);
                Ok(Self { digits })
            }
            _ => Err(Bn254Error::OutOfRange),
        }
    }

    /// The element with these stored digits `u_t`, least significant first.
    ///
    /// # Errors
    /// If one is above 15.
    pub fn from_digits(digits: [u8; DIGITS]) -> Result<Self, Bn254Error> {
        match digits.iter().all(|digit| *digit < 16) {
            true => Ok(Self { digits }),
            false => Err(Bn254Error::OutOfRange),
        }
    }

    /// The stored digits `u_t`, least significant first.
    pub fn digits(&self) -> &[u8; DIGITS] {
        &self.digits
    }

    /// The integer.
    pub fn value(&self) -> BigInt {
        let stored = BigUint::from_radix_le(&self.digits, 16).unwrap_or_default();
        BigInt::from(stored) - offset(DIGITS)
    }

    /// The stack items, bottom first.
    pub fn items(&self) -> Vec<Vec<u8>> {
        let digits = self.digits.iter();
        digits.map(|digit| encode_number((*digit).into())).collect()
    }
}

/// `sum 8 16^t` over `digits` digits.
fn offset(digits: usize) -> BigInt {
    ((BigInt::from(1) << (4 * digits)) - 1) / 15 * OFFSET
}

/// What the stored digits of a limb exceed the limb by: `sum 8 16^t` over its digits.
pub(super) const fn limb_offset(limb: usize) -> i64 {
    ((1 << (4 * limb_digits(limb))) - 1) / 15 * OFFSET
}

/// Digits of limb `limb`: the last one has four.
pub(super) const fn limb_digits(limb: usize) -> usize {
    if limb + 1 == LIMBS {
        DIGITS - limb * LIMB_DIGITS
    } else {
        LIMB_DIGITS
    }
}

/// The smallest and largest value of a limb.
pub(super) const fn limb_range(limb: usize) -> (i64, i64) {
    let offset = limb_offset(limb);
    (-offset, (1 << (4 * limb_digits(limb))) - 1 - offset)
}

/// The integer as `sum l_i 2^(24 i)`, every `l_i` at least `-below`, as far as the rest is not zero.
pub(super) fn limbs_of(value: &BigInt, below: i64) -> Vec<i64> {
    split(value, 4 * LIMB_DIGITS, below)
}

/// The integer as signed digits from -7 to 8, least significant first.
pub(super) fn signed_digits(value: &BigInt) -> Vec<i64> {
    split(value, 4, 7)
}

/// Splits into digits of `bits` bits that are at least `-below`.
fn split(value: &BigInt, bits: usize, below: i64) -> Vec<i64> {
    let base = BigInt::from(1) << bits;
    let mut rest = value.clone();
    let mut parts = vec![];
    while rest != BigInt::ZERO {
        let shifted = &rest + below;
        let low = &shifted - ((&shifted >> bits) * &base);
        let part = i64::try_from(low).unwrap_or(0) - below;
        rest = (rest - part) >> bits;
        parts.push(part);
    }
    parts
}
