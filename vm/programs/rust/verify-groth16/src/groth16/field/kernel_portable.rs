//! Montgomery products in plain Rust: for constants, and for the tests on the host.

use super::fq::{MINUS_INVERSE, MODULUS};
use super::{LIMB_BITS, LIMB_MASK, Limbs};

/// `a b / 2^261`.
pub(crate) const fn product(a: &Limbs, b: &Limbs) -> Limbs {
    reduced(a, b, &[0; 9], &[0; 9], 0)
}

/// `(a b + c d) / 2^261`.
#[cfg_attr(target_arch = "mips", allow(dead_code))]
pub(crate) const fn sum_of_products(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    reduced(a, b, c, d, 1)
}

/// `(a b - c d) / 2^261 + p`.
#[cfg_attr(target_arch = "mips", allow(dead_code))]
pub(crate) const fn difference_of_products(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    reduced(a, b, c, d, -1)
}

/// Column by column, each with the multiple of p that clears its low limb. A negative sign adds p at the end.
const fn reduced(a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs, sign: i64) -> Limbs {
    let mut sum = 0i64;
    let mut m = [0; 9];
    let mut out = [0; 9];
    let mut column = 0;
    while column < 18 {
        let mut i = column - if column < 9 { column } else { 8 };
        while i < 9 && i <= column {
            let j = column - i;
            sum += a[i] as i64 * b[j] as i64 + sign * c[i] as i64 * d[j] as i64;
            if j == 0 {
                m[i] = (sum as u32).wrapping_mul(MINUS_INVERSE) & LIMB_MASK;
            }
            sum += m[i] as i64 * MODULUS[j] as i64;
            i += 1;
        }
        if column >= 9 {
            if sign < 0 {
                sum += MODULUS[column - 9] as i64;
            }
            out[column - 9] = sum as u32 & LIMB_MASK;
        }
        sum >>= LIMB_BITS;
        column += 1;
    }
    out
}
