//! Goldilocks arithmetic in BN254's scalar field.
//!
//! A residue modulo `p = 2^64 - 2^32 + 1` is held as a natural number in one element, with a bound that is known when the
//! circuit is built and never reaches the modulus `r`: sums and products of residues are then sums and products of elements.
//! Only when a bound would become too large is the number divided by `p`: quotient and remainder are hints, checked by
//! `x = q p + s` and their ranges. Those ranges are what Goldilocks arithmetic costs, one constraint a bit, so it counts
//! reductions, not products.

mod extension;
mod poseidon;

pub(crate) use extension::Extension;
pub(crate) use poseidon::{SBox, State, mds_layer, permute};

use super::r1cs::{ConstraintSystem, Linear};
use ark_bn254::Fr;
use ark_ff::{Field as _, PrimeField};
use num_bigint::BigUint;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, Field64, PrimeField64};

type F = GoldilocksField;

/// Bits of a reduced number. It need not be below `p`: where that matters, it is asked for.
pub(crate) const BITS: usize = 64;

/// Numbers stay below 2 to this power: then `q p + s` with their ranges stays below the modulus `r > 2^253`.
const LIMIT: u64 = 252;

fn order() -> BigUint {
    F::ORDER.into()
}

/// A residue, as a number of at most `bound`.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    number: Linear,
    bound: BigUint,
}

impl Base {
    pub(crate) fn constant(value: F) -> Self {
        let value = value.to_canonical_u64();
        Self {
            number: Linear::constant(value),
            bound: value.into(),
        }
    }

    pub(crate) fn zero() -> Self {
        Self::constant(F::default())
    }

    /// A number that other constraints keep at or below `bound`.
    pub(crate) fn bounded(number: Linear, bound: BigUint) -> Self {
        Self { number, bound }
    }

    /// A new residue below `2^64`.
    pub(crate) fn witness(cs: &mut ConstraintSystem, value: F) -> Self {
        let number = cs.hint(Fr::from(value.to_canonical_u64()));
        cs.bits(&number, BITS);
        Self::reduced(number)
    }

    fn reduced(number: Linear) -> Self {
        Self {
            number,
            bound: u64::MAX.into(),
        }
    }

    /// The number.
    pub(crate) fn number(&self) -> &Linear {
        &self.number
    }

    /// The residue that the number stands for.
    pub(crate) fn value(&self) -> F {
        let residue = natural(&self.number) % order();
        F::from_canonical_u64(residue.iter_u64_digits().next().unwrap_or(0))
    }

    fn is_zero(&self) -> bool {
        self.bound == BigUint::ZERO
    }

    fn bits(&self) -> u64 {
        self.bound.bits()
    }

    fn is_reduced(&self) -> bool {
        self.bits() <= BITS as u64
    }

    fn fits(bound: &BigUint) -> bool {
        bound.bits() <= LIMIT
    }

    pub(crate) fn add(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        Self::sum(cs, &[self.clone(), other.clone()])
    }

    /// The sum of all. The largest numbers are reduced if it would not fit.
    pub(crate) fn sum(cs: &mut ConstraintSystem, parts: &[Self]) -> Self {
        let mut parts = parts.to_vec();
        while !Self::fits(&parts.iter().map(|part| &part.bound).sum()) {
            let Some(largest) = parts.iter_mut().max_by(|a, b| a.bound.cmp(&b.bound)) else {
                break;
            };
            *largest = largest.reduce(cs);
        }
        Self {
            number: Linear::sum(parts.iter().map(|part| (&part.number, Fr::ONE))),
            bound: parts.iter().map(|part| &part.bound).sum(),
        }
    }

    /// `-x`, as the multiple of `p` that is at least the bound, less the number.
    fn negate(&self, cs: &mut ConstraintSystem) -> Self {
        let multiple = (&self.bound + order() - 1u32) / order() * order();
        if !Self::fits(&multiple) {
            return self.reduce(cs).negate(cs);
        }
        Self {
            number: &Linear::constant(Fr::from(multiple.clone())) - &self.number,
            bound: multiple,
        }
    }

    pub(crate) fn sub(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        let negative = other.negate(cs);
        self.add(cs, &negative)
    }

    /// The product, one constraint if no reduction is due.
    pub(crate) fn mul(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::zero();
        }
        let bound = &self.bound * &other.bound;
        if !Self::fits(&bound) {
            return if self.bound >= other.bound {
                self.reduce(cs).mul(cs, other)
            } else {
                let other = other.reduce(cs);
                self.mul(cs, &other)
            };
        }
        Self {
            number: cs.multiply(&self.number, &other.number),
            bound,
        }
    }

    /// The product with a constant: no constraint if no reduction is due.
    pub(crate) fn scale(&self, cs: &mut ConstraintSystem, factor: F) -> Self {
        // A factor just below p stands for a small negative one.
        let negative = -factor;
        if negative.to_canonical_u64() < factor.to_canonical_u64()
            && factor.to_canonical_u64() >> 63 == 1
        {
            return self.scale(cs, negative).negate(cs);
        }
        self.mul(cs, &Self::constant(factor))
    }

    /// The same residue below `2^64`.
    pub(crate) fn reduce(&self, cs: &mut ConstraintSystem) -> Self {
        if self.is_reduced() {
            return self.clone();
        }
        if self.number.is_constant() {
            return Self::constant(self.value());
        }
        let number = natural(&self.number);
        let (quotient, residue) = (&number / order(), &number % order());
        let quotient = self.check_quotient(cs, quotient);
        let number = cs.hint(Fr::from(residue));
        cs.bits(&number, BITS);
        cs.equal(
            &self.number,
            &Linear::sum([(&quotient, Fr::from(F::ORDER)), (&number, Fr::ONE)]),
        );
        Self::reduced(number)
    }

    /// Enforces that the residue is 0: the number is a multiple of `p`.
    pub(crate) fn enforce_zero(&self, cs: &mut ConstraintSystem) {
        let quotient = self.check_quotient(cs, natural(&self.number) / order());
        cs.equal(&self.number, &(&quotient * Fr::from(F::ORDER)));
    }

    /// A hint that is at most about `bound / p`: so much that its product with `p` is below the modulus.
    fn check_quotient(&self, cs: &mut ConstraintSystem, quotient: BigUint) -> Linear {
        let bits = (&self.bound / order()).bits();
        let quotient = cs.hint(Fr::from(quotient));
        cs.bits(&quotient, bits as usize);
        quotient
    }

    /// Enforces that two residues are the same.
    pub(crate) fn enforce_equal(&self, cs: &mut ConstraintSystem, other: &Self) {
        self.sub(cs, other).enforce_zero(cs);
    }
}

/// The value of a combination as a natural number below the modulus.
fn natural(number: &Linear) -> BigUint {
    number.value.into_bigint().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LARGEST: u64 = F::ORDER - 1;

    fn residue() -> impl Strategy<Value = F> {
        prop_oneof![
            any::<u64>(),
            Just(0),
            Just(LARGEST),
            Just(u64::MAX >> 32),
            Just(1 << 32)
        ]
        .prop_map(F::from_noncanonical_u64)
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_the_field(x in residue(), y in residue(), z in residue()) {
            let mut cs = ConstraintSystem::new(Fr::from(0));
            let [a, b, c] = [x, y, z].map(|value| Base::witness(&mut cs, value));
            let product = a.mul(&mut cs, &b);
            let cube = product.mul(&mut cs, &c);
            let fifth = cube.mul(&mut cs, &product);
            let difference = fifth.sub(&mut cs, &cube);
            let scaled = difference.scale(&mut cs, y);
            let expected = (x * y * z * x * y - x * y * z) * y;
            prop_assert_eq!(scaled.value(), expected);
            scaled.enforce_equal(&mut cs, &Base::constant(expected));
            prop_assert_eq!(scaled.reduce(&mut cs).value(), expected);
            prop_assert_eq!(cs.unsatisfied(), None);
        }

        #[test]
        fn what_differs_is_not_equal(x in residue(), y in residue()) {
            prop_assume!(x != y);
            let mut cs = ConstraintSystem::new(Fr::from(0));
            cs.part("comparison");
            let [a, b] = [x, y].map(|value| Base::witness(&mut cs, value));
            a.enforce_equal(&mut cs, &b);
            prop_assert_eq!(cs.unsatisfied(), Some("comparison"));
        }
    }

    /// A prover may choose every hint: another quotient moves the remainder by multiples of `p`, and out of its range.
    #[test]
    fn a_remainder_has_no_other_value() {
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let a = Base::witness(&mut cs, F::from_canonical_u64(LARGEST));
        let square = a.mul(&mut cs, &a);
        let first_hint = cs.variables();
        square.reduce(&mut cs);
        for variable in first_hint..cs.variables() {
            let honest = cs.assignment()[variable];
            for change in [Fr::from(1), -Fr::from(1), Fr::from(F::ORDER)] {
                cs.tamper(variable, honest + change);
                assert!(cs.unsatisfied().is_some(), "variable {variable}");
            }
            cs.tamper(variable, honest);
        }
        assert_eq!(cs.unsatisfied(), None);
    }
}
