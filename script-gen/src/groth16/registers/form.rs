//! Sums of values with small coefficients, and the ranges of their limbs.

use std::sync::LazyLock;

use num_bigint::BigInt;

use super::RegisterError;
use super::limb::{LIMB_BITS, LIMBS, Range, limb_range, limbs};
use crate::bn254::{Element, modulus};
use crate::groth16::program::{Linear, Value};

/// `sum coefficient * value + constant` over the integers: a constant that stands for its residue may be negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) terms: Vec<(Value, i64)>,
    pub(super) constant: [i64; LIMBS],
}

/// The integer of least magnitude with this residue.
fn centred(constant: &BigInt) -> BigInt {
    let p = modulus();
    let reduced = ((constant % &p) + &p) % &p;
    let negative = &reduced - &p;
    match negative.magnitude() < reduced.magnitude() {
        true => negative,
        false => reduced,
    }
}

/// The integer that limbs stand for.
fn joined(limbs: [i64; LIMBS]) -> BigInt {
    if limbs == [0; LIMBS] {
        return BigInt::ZERO;
    }
    let limbs = limbs.iter().rev();
    limbs.fold(BigInt::ZERO, |sum, limb| (sum << LIMB_BITS) + limb)
}

/// The smallest and the largest integer that a value's limbs stand for.
static BOUNDS: LazyLock<(BigInt, BigInt)> = LazyLock::new(|| {
    let bound = |end: fn(Range) -> i64| joined(std::array::from_fn(|limb| end(limb_range(limb))));
    (bound(|range| range.0), bound(|range| range.1))
});

impl Form {
    pub(super) fn new(linear: &Linear) -> Result<Self, RegisterError> {
        // Most sums have no constant.
        let constant = match linear.constant == BigInt::ZERO {
            true => [0; LIMBS],
            false => limbs(&Element::new(&centred(&linear.constant))?),
        };
        Ok(Self {
            terms: linear.terms.clone(),
            constant,
        })
    }

    pub(super) fn times(&self, coefficient: i64) -> Self {
        let terms = self.terms.iter();
        Self {
            terms: terms
                .map(|(value, factor)| (*value, factor * coefficient))
                .collect(),
            constant: self.constant.map(|limb| limb * coefficient),
        }
    }

    pub(super) fn plus(mut self, other: &Self) -> Self {
        for (value, factor) in &other.terms {
            match self.terms.iter_mut().find(|(known, _)| known == value) {
                Some((_, sum)) => *sum += factor,
                None => self.terms.push((*value, *factor)),
            }
        }
        self.terms.retain(|(_, sum)| *sum != 0);
        for (sum, limb) in self.constant.iter_mut().zip(other.constant) {
            *sum += limb;
        }
        self
    }

    pub(super) fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value and its coefficient, if that is all.
    pub(super) fn single(&self) -> Option<(Value, i64)> {
        match self.terms[..] {
            [term] if self.constant == [0; LIMBS] => Some(term),
            _ => None,
        }
    }

    /// Between which bounds a limb of the sum lies.
    pub(super) fn range(&self, limb: usize) -> Range {
        let (lo, hi) = limb_range(limb);
        let start = (self.constant[limb], self.constant[limb]);
        self.terms.iter().fold(start, |sum, (_, factor)| {
            add(sum, scaled((lo, hi), *factor))
        })
    }

    /// The carry that [`normalised`](Self::normalised_range) limbs hand on: from limb `limb` to the next.
    pub(super) fn carry(&self, limb: usize) -> Range {
        let below = match limb.checked_sub(1) {
            Some(below) => self.carry(below),
            None => (0, 0),
        };
        let (lo, hi) = add(self.range(limb), below);
        let (least, most) = limb_range(limb);
        let unit = 1 << LIMB_BITS;
        (
            (lo - most).div_euclid(unit) + i64::from((lo - most).rem_euclid(unit) != 0),
            (hi - least).div_euclid(unit),
        )
    }

    /// The range of a limb after normalisation: only the last one may be longer.
    pub(super) fn normalised_range(&self, limb: usize) -> Range {
        match limb + 1 < LIMBS {
            true => limb_range(limb),
            false => add(self.range(limb), self.carry(limb - 1)),
        }
    }

    /// The range of the integer.
    pub(super) fn integers(&self) -> (BigInt, BigInt) {
        let (least, most) = &*BOUNDS;
        let constant = joined(self.constant);
        let terms = self.terms.iter().map(|(_, factor)| match *factor < 0 {
            true => (most * factor, least * factor),
            false => (least * factor, most * factor),
        });
        terms.fold((constant.clone(), constant), |sum, term| {
            (sum.0 + term.0, sum.1 + term.1)
        })
    }

    pub(super) fn integer(&self, value: &dyn Fn(Value) -> BigInt) -> BigInt {
        let terms = self.terms.iter().map(|(of, factor)| value(*of) * *factor);
        terms.sum::<BigInt>() + joined(self.constant)
    }
}

impl From<Value> for Form {
    fn from(value: Value) -> Self {
        Self {
            terms: vec![(value, 1)],
            constant: [0; LIMBS],
        }
    }
}

pub(super) fn add(a: Range, b: Range) -> Range {
    (a.0 + b.0, a.1 + b.1)
}

pub(super) fn hull(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

pub(super) fn scaled((lo, hi): Range, factor: i64) -> Range {
    hull((lo * factor, lo * factor), (hi * factor, hi * factor))
}
