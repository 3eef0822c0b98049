//! The base field.

use super::integer::{below, doubled, limbs, minus, shifted_right, words};
use super::{LIMB_BITS, LIMB_MASK, Limbs, kernel, kernel_portable};
use core::ops::{Add, Mul, Neg, Sub};

/// p = 36 x^4 + 36 x^3 + 24 x^2 + 6 x + 1 with x = 4965661367192848881.
pub(crate) const MODULUS: Limbs = limbs(&P);
/// The same in 32-bit words.
const P: [u32; 8] = words("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
/// -1/p modulo 2^29. Newton's iteration doubles the number of right bits; one bit is right at the start.
pub(crate) const MINUS_INVERSE: u32 = {
    let mut inverse = 1u32;
    let mut i = 0;
    while i < 5 {
        inverse = inverse.wrapping_mul(2u32.wrapping_sub(MODULUS[0].wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg() & LIMB_MASK
};
/// 2^522 modulo p: the product with it brings an integer into Montgomery's form.
const RADIX_SQUARED: Limbs = {
    let mut value = [0; 9];
    value[0] = 1;
    let mut i = 0;
    while i < 2 * 9 * LIMB_BITS {
        value = doubled(&value, &MODULUS);
        i += 1;
    }
    value
};
/// p - 2, the exponent that inverts.
const MINUS_TWO: [u32; 8] = minus(&P, 2);
/// (p - 3) / 4. For a square a, with r = a^((p-3)/4): a r is a root, and r is its inverse up to sign.
const ROOT: [u32; 8] = shifted_right(&minus(&P, 3), 2);

/// The least multiple of p in [`MULTIPLES`].
const LEAST: i32 = -3;
/// `q p` for q from -3 to 8. The limbs of negative multiples are negative.
const MULTIPLES: [[i32; 9]; 12] = {
    let mut multiples = [[0; 9]; 12];
    let mut index = 0;
    while index < 12 {
        let factor = index as i64 + LEAST as i64;
        let sign = if factor < 0 { -1 } else { 1 };
        let (mut i, mut carry) = (0, 0);
        while i < 9 {
            carry += factor * sign * MODULUS[i] as i64;
            multiples[index][i] = (sign * (carry & LIMB_MASK as i64)) as i32;
            carry >>= LIMB_BITS;
            i += 1;
        }
        index += 1;
    }
    multiples
};

/// An element: nine limbs of 29 bits, below 2.1 p, in Montgomery's form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fq(Limbs);

impl Fq {
    /// Zero.
    pub(crate) const ZERO: Fq = Fq([0; 9]);
    /// One.
    pub(crate) const ONE: Fq = Fq::constant("1");

    /// The element that these hexadecimal digits say.
    pub(crate) const fn constant(digits: &str) -> Fq {
        Fq(kernel_portable::product(
            &limbs(&words(digits)),
            &RADIX_SQUARED,
        ))
    }

    /// The element that an integer of 32-bit words, the lowest first, is; none if it is not below p.
    pub(crate) fn from_words(integer: &[u32; 8]) -> Option<Fq> {
        below(integer, &P).then(|| Fq(kernel::product(&limbs(integer), &RADIX_SQUARED)))
    }

    /// The integer below p, in 32-bit words, the lowest first.
    pub(crate) fn integer_words(&self) -> [u32; 8] {
        let mut one = [0; 9];
        one[0] = 1;
        // At most p, because no m of the reduction is above 2^261 - 1.
        let mut limbs = kernel::product(&self.0, &one);
        if limbs == MODULUS {
            limbs = [0; 9];
        }
        let mut words = [0; 8];
        let (mut bits, mut held, mut next) = (0u64, 0, 0);
        for limb in limbs {
            bits |= u64::from(limb) << held;
            held += LIMB_BITS;
            if held >= 32 && next < 8 {
                words[next] = bits as u32;
                next += 1;
                bits >>= 32;
                held -= 32;
            }
        }
        words
    }

    /// Whether this is zero: limbs say one integer, and below 2.1 p only 0, p and 2 p are zero.
    pub(crate) fn is_zero(&self) -> bool {
        [0, 1, 2].iter().any(|multiple| {
            let multiple = &MULTIPLES[(multiple - LEAST) as usize];
            self.0
                .iter()
                .zip(multiple)
                .all(|(&limb, &other)| limb as i32 == other)
        })
    }

    /// Whether the integer is larger than that of the negative.
    pub(crate) fn is_larger_root(&self) -> bool {
        !self.is_zero() && below(&(-self).integer_words(), &self.integer_words())
    }

    /// `2 a`.
    pub(crate) fn double(&self) -> Fq {
        self + self
    }

    /// `a^2`.
    pub(crate) fn square(&self) -> Fq {
        self * self
    }

    /// `a b + c d`, reduced once.
    #[inline(always)]
    pub(crate) fn sum_of_products(a: &Fq, b: &Fq, c: &Fq, d: &Fq) -> Fq {
        Fq(kernel::sum_of_products(&a.0, &b.0, &c.0, &d.0))
    }

    /// `a b - c d`, reduced once.
    #[inline(always)]
    pub(crate) fn difference_of_products(a: &Fq, b: &Fq, c: &Fq, d: &Fq) -> Fq {
        Fq(kernel::difference_of_products(&a.0, &b.0, &c.0, &d.0))
    }

    /// `9 a + b`.
    #[inline(never)]
    pub(crate) fn nine_times_plus(&self, b: &Fq) -> Fq {
        let four = linear(0, |i| 4 * self.0[i] as i32);
        linear(0, |i| (2 * four.0[i] + self.0[i] + b.0[i]) as i32)
    }

    /// `9 a - b`.
    #[inline(never)]
    pub(crate) fn nine_times_minus(&self, b: &Fq) -> Fq {
        let four = linear(0, |i| 4 * self.0[i] as i32);
        linear(LEAST, |i| {
            (2 * four.0[i] + self.0[i]) as i32 - b.0[i] as i32
        })
    }

    /// `a / 2`.
    pub(crate) fn half(&self) -> Fq {
        const HALF: Fq =
            Fq::constant("183227397098d014dc2822db40c0ac2ecbc0b548b438e5469e10460b6c3e7ea4");
        self * &HALF
    }

    /// `1 / a`, and 0 for 0.
    pub(crate) fn inverse(&self) -> Fq {
        self.power(&MINUS_TWO)
    }

    /// A root, if this is a square.
    pub(crate) fn root(&self) -> Option<Fq> {
        let (root, is_square) = self.root_or_that_of_the_negative();
        is_square.then_some(root)
    }

    /// A root and true if this is a square, else a root of the negative and false: -1 is no square.
    pub(crate) fn root_or_that_of_the_negative(&self) -> (Fq, bool) {
        let root = &self.root_of_the_inverse() * self;
        (root, root.square() == *self)
    }

    /// `a^((p-3)/4)`: a root of 1/a if a is a square, else one of -1/a.
    pub(crate) fn root_of_the_inverse(&self) -> Fq {
        self.power(&ROOT)
    }

    /// The power, four bits of the exponent at a time.
    fn power(&self, exponent: &[u32; 8]) -> Fq {
        let mut powers = [Fq::ONE; 16];
        for i in 1..16 {
            powers[i] = &powers[i - 1] * self;
        }
        let mut result = Fq::ONE;
        for digit in (0..64).rev() {
            for _ in 0..4 {
                result = result.square();
            }
            result = &result * &powers[(exponent[digit / 8] >> (4 * (digit % 8)) & 15) as usize];
        }
        result
    }
}

/// The element with these limbs, each above -2^30 and at most 2^31 - 4, brought below 1.004 p by a multiple of p.
///
/// Let T be the top limb and v the value: v is between (T - 5) 2^232 and (T + 5) 2^232, and p / 2^232 between 3171406 and
/// 3171407; the quotient is q = floor((floor(T / 2^10) - 2) 677 / 2^21), where 2^31 / 677 = 3172057.5 is a little more
/// than p / 2^232: q p <= (T - 2048 + 651 * 3) 2^232 <= v also for q = -3, and (q + 1) p > 0.9997 (T - 3072) 2^232. A
/// value that is not negative may take 0 for a quotient of -1; `least` says so, where a limb would else exceed 2^31.
#[inline(always)]
fn linear(least: i32, limb: impl Fn(usize) -> i32) -> Fq {
    let top = limb(8);
    let quotient = ((((top >> 10) - 2) * 677) >> 21).max(least);
    let multiple = &MULTIPLES[(quotient - LEAST) as usize];
    let mut out = [0; 9];
    let mut carry = 0;
    for i in 0..8 {
        let sum = limb(i) - multiple[i] + carry;
        out[i] = sum as u32 & LIMB_MASK;
        carry = sum >> LIMB_BITS;
    }
    out[8] = (top - multiple[8] + carry) as u32;
    Fq(out)
}

impl PartialEq for Fq {
    fn eq(&self, other: &Fq) -> bool {
        (self - other).is_zero()
    }
}

impl Add for &Fq {
    type Output = Fq;

    #[inline(never)]
    fn add(self, other: &Fq) -> Fq {
        linear(0, |i| (self.0[i] + other.0[i]) as i32)
    }
}

impl Sub for &Fq {
    type Output = Fq;

    #[inline(never)]
    fn sub(self, other: &Fq) -> Fq {
        linear(LEAST, |i| self.0[i] as i32 - other.0[i] as i32)
    }
}

impl Neg for &Fq {
    type Output = Fq;

    #[inline(never)]
    fn neg(self) -> Fq {
        linear(LEAST, |i| -(self.0[i] as i32))
    }
}

impl Mul for &Fq {
    type Output = Fq;

    #[inline(always)]
    fn mul(self, other: &Fq) -> Fq {
        Fq(kernel::product(&self.0, &other.0))
    }
}
