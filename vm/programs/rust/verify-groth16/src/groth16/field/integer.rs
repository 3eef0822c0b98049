//! Integers of 256 bits as eight 32-bit words, the lowest first, and as limbs.

use super::{LIMB_BITS, LIMB_MASK, Limbs};

/// The integer that these hexadecimal digits say.
pub(crate) const fn words(digits: &str) -> [u32; 8] {
    let digits = digits.as_bytes();
    let mut words = [0; 8];
    let mut i = 0;
    while i < digits.len() {
        let digit = match digits[digits.len() - 1 - i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        };
        words[i / 8] |= (digit as u32) << (4 * (i % 8));
        i += 1;
    }
    words
}

/// The limbs of an integer.
pub(crate) const fn limbs(words: &[u32; 8]) -> Limbs {
    let mut limbs = [0; 9];
    let (mut bits, mut held, mut next, mut i) = (0u64, 0, 0, 0);
    while i < 9 {
        if held < LIMB_BITS && next < 8 {
            bits |= (words[next] as u64) << held;
            held += 32;
            next += 1;
        }
        limbs[i] = bits as u32 & LIMB_MASK;
        bits >>= LIMB_BITS;
        held -= LIMB_BITS;
        i += 1;
    }
    limbs
}

/// Whether a < b.
pub(crate) fn below(a: &[u32; 8], b: &[u32; 8]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a - small`, where the lowest word is large enough.
pub(crate) const fn minus(a: &[u32; 8], small: u32) -> [u32; 8] {
    let mut difference = *a;
    difference[0] -= small;
    difference
}

/// `a / 2^bits`, for fewer than 32 bits.
pub(crate) const fn shifted_right(a: &[u32; 8], bits: u32) -> [u32; 8] {
    let mut shifted = [0; 8];
    let mut i = 0;
    while i < 8 {
        let above = if i < 7 { a[i + 1] } else { 0 };
        shifted[i] = ((above as u64) << 32 >> bits) as u32 | a[i] >> bits;
        i += 1;
    }
    shifted
}

/// `2 a` modulo `modulus`, for a below the modulus.
pub(crate) const fn doubled(a: &Limbs, modulus: &Limbs) -> Limbs {
    let mut twice = [0; 9];
    let mut reduced = [0; 9];
    let (mut carry, mut borrow, mut i) = (0, 0, 0);
    while i < 9 {
        carry += 2 * a[i];
        twice[i] = carry & LIMB_MASK;
        carry >>= LIMB_BITS;
        borrow += twice[i] as i32 - modulus[i] as i32;
        reduced[i] = borrow as u32 & LIMB_MASK;
        borrow >>= LIMB_BITS;
        i += 1;
    }
    if borrow < 0 { twice } else { reduced }
}
