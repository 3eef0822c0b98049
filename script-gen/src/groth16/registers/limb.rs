//! The limbs of an element, and numbers that are made of digits as limbs are.

pub(super) use crate::groth16::digest::{PACKED_LIMBS as LIMBS, limb_range, limbs};

use crate::bn254::DIGITS;

/// Digits of a limb; the last one has four.
pub(super) const LIMB_DIGITS: usize = 5;

/// Bits of a limb.
pub(super) const LIMB_BITS: usize = 4 * LIMB_DIGITS;

/// A range of numbers, both ends included.
pub(super) type Range = (i64, i64);

/// Digits of limb `limb`.
pub(super) const fn limb_digits(limb: usize) -> usize {
    if limb + 1 < LIMBS {
        LIMB_DIGITS
    } else {
        DIGITS - LIMB_DIGITS * (LIMBS - 1)
    }
}

/// What a number of `digits` stored digits exceeds the number of the signed digits by.
pub(super) const fn offset(digits: usize) -> i64 {
    ((1 << (4 * digits)) - 1) / 15 * 8
}

/// The values of `digits` signed digits.
pub(super) const fn range_of(digits: usize) -> Range {
    (-offset(digits), (1 << (4 * digits)) - 1 - offset(digits))
}
