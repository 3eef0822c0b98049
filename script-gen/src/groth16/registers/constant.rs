//! Products with constants, of which the modulus is one: what is multiplied by it is the quotient.

use std::sync::Arc;

use num_bigint::BigInt;

use super::form::Form;
use super::limb::Range;
use crate::bn254::modulus;

/// The largest odd multiple in the table of a value that is multiplied by a constant.
const LARGEST_MULTIPLE: i64 = 7;

/// The longest limb of a quotient, in bits.
const QUOTIENT_BITS: usize = 26;

/// A product with a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Multiple {
    pub(super) form: Form,
    pub(super) constant: Constant,
}

/// A constant as a sum of small odd numbers, with signs, times powers of two: `(bit, odd number)`.
pub(super) type Constant = Arc<[(usize, i64)]>;

/// The shape of a quotient: signed limbs, least significant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quotient {
    pub(super) limbs: usize,
    pub(super) bits: usize,
}

/// The non-adjacent form with digits up to [`LARGEST_MULTIPLE`]: on average one digit in five bits.
pub(super) fn odd_multiples(value: &BigInt) -> Constant {
    let modulus = 2 * (LARGEST_MULTIPLE + 1);
    let mut rest = value.clone();
    let mut digits = vec![];
    let mut bit = 0;
    while rest != BigInt::ZERO {
        let zeros = rest.trailing_zeros().unwrap_or(0);
        rest >>= zeros;
        bit += zeros as usize;
        let low = ((&rest % modulus) + modulus) % modulus;
        let low = i64::try_from(low).unwrap_or(0);
        let digit = if low > LARGEST_MULTIPLE {
            low - modulus
        } else {
            low
        };
        digits.push((bit, digit));
        rest -= digit;
    }
    digits.into()
}

impl Multiple {
    pub(super) fn new(form: Form, constant: &BigInt) -> Self {
        let p = modulus();
        let reduced = ((constant % &p) + &p) % &p;
        let ways = [odd_multiples(&reduced), odd_multiples(&(&reduced - p))];
        let [one, other] = ways;
        let constant = if other.len() < one.len() { other } else { one };
        Self { form, constant }
    }

    pub(super) fn integer(&self) -> BigInt {
        let digits = self.constant.iter();
        digits
            .map(|(bit, digit)| BigInt::from(*digit) << *bit)
            .sum()
    }
}

impl Quotient {
    /// The shortest shape that holds everything from `lo` to `hi`.
    pub(super) fn new(lo: &BigInt, hi: &BigInt) -> Self {
        let bits = lo.bits().max(hi.bits()) as usize + 2;
        let limbs = bits.div_ceil(QUOTIENT_BITS);
        Self {
            limbs,
            bits: bits.div_ceil(limbs),
        }
    }

    /// The range of a limb.
    pub(super) const fn range(self) -> Range {
        (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
    }

    /// The limbs of a quotient.
    pub(super) fn split(self, value: &BigInt) -> Vec<i64> {
        let half = 1i64 << (self.bits - 1);
        let base = BigInt::from(1) << self.bits;
        let mut rest = value.clone();
        let limb = |_| {
            let low: BigInt = ((((&rest + half) % &base) + &base) % &base) - half;
            rest = (&rest - &low) >> self.bits;
            i64::try_from(low).unwrap_or(0)
        };
        (0..self.limbs).map(limb).collect()
    }
}
