//! The quadratic extension `Goldilocks[X] / (X^2 - 7)`.

use super::{Base, F, LIMIT};
use crate::wrap::r1cs::ConstraintSystem;
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;

/// The extension's constant: `X^2 = 7`.
const W: u64 = 7;

/// An element of the extension, by its coefficients.
#[derive(Clone, Debug)]
pub(crate) struct Extension(pub(crate) [Base; 2]);

impl Extension {
    pub(crate) fn constant(value: QuadraticExtension<F>) -> Self {
        Self(value.0.map(Base::constant))
    }

    pub(crate) fn zero() -> Self {
        Self::constant(QuadraticExtension::ZERO)
    }

    pub(crate) fn one() -> Self {
        Self::constant(QuadraticExtension::ONE)
    }

    pub(crate) fn witness(cs: &mut ConstraintSystem, value: QuadraticExtension<F>) -> Self {
        Self(value.0.map(|coefficient| Base::witness(cs, coefficient)))
    }

    pub(crate) fn from_base(value: &Base) -> Self {
        Self([value.clone(), Base::zero()])
    }

    pub(crate) fn value(&self) -> QuadraticExtension<F> {
        let [a, b] = &self.0;
        QuadraticExtension([a.value(), b.value()])
    }

    pub(crate) fn add(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].add(cs, &other.0[i])))
    }

    /// The sum of all.
    pub(crate) fn sum(cs: &mut ConstraintSystem, parts: &[Self]) -> Self {
        Self(std::array::from_fn(|i| {
            let coefficients: Vec<Base> = parts.iter().map(|part| part.0[i].clone()).collect();
            Base::sum(cs, &coefficients)
        }))
    }

    pub(crate) fn sub(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].sub(cs, &other.0[i])))
    }

    /// The product. Factors are reduced, the larger one first, until the sums of products fit.
    pub(crate) fn mul(&self, cs: &mut ConstraintSystem, other: &Self) -> Self {
        let (left, right) = Self::until_products_fit(cs, self, other);
        let [a, b] = &left.0;
        let [c, d] = &right.0;
        let low = [
            a.mul(cs, c),
            b.mul(cs, d).scale(cs, F::from_canonical_u64(W)),
        ];
        let high = [a.mul(cs, d), b.mul(cs, c)];
        Self([Base::sum(cs, &low), Base::sum(cs, &high)])
    }

    pub(crate) fn bits(&self) -> u64 {
        let [a, b] = &self.0;
        a.bits().max(b.bits())
    }

    fn until_products_fit(cs: &mut ConstraintSystem, left: &Self, right: &Self) -> (Self, Self) {
        let (mut left, mut right) = (left.clone(), right.clone());
        // A product, and seven of another, take three bits more than a product.
        while left.bits() + right.bits() + 3 > LIMIT {
            if left.bits() >= right.bits() {
                left = left.reduce(cs);
            } else {
                right = right.reduce(cs);
            }
        }
        (left, right)
    }

    pub(crate) fn square(&self, cs: &mut ConstraintSystem) -> Self {
        let fits = 2 * self.bits() + 3 <= LIMIT;
        let x = if fits { self.clone() } else { self.reduce(cs) };
        let [a, b] = &x.0;
        let squares = [
            a.mul(cs, a),
            b.mul(cs, b).scale(cs, F::from_canonical_u64(W)),
        ];
        let product = a.mul(cs, b).scale(cs, F::TWO);
        Self([Base::sum(cs, &squares), product])
    }

    /// The product with an element of the base field.
    pub(crate) fn mul_base(&self, cs: &mut ConstraintSystem, factor: &Base) -> Self {
        let (x, factor) = Self::until_products_fit(cs, self, &Self::from_base(factor));
        Self(
            x.0.each_ref()
                .map(|coefficient| coefficient.mul(cs, &factor.0[0])),
        )
    }

    /// The product with a constant of the base field.
    pub(crate) fn scale(&self, cs: &mut ConstraintSystem, factor: F) -> Self {
        Self(
            self.0
                .each_ref()
                .map(|coefficient| coefficient.scale(cs, factor)),
        )
    }

    /// The same element with coefficients below `2^64`.
    pub(crate) fn reduce(&self, cs: &mut ConstraintSystem) -> Self {
        Self(self.0.each_ref().map(|coefficient| coefficient.reduce(cs)))
    }

    /// The quotient as a hint, checked by a product; for a divisor 0 the numerator has to be 0 and the quotient is free.
    pub(crate) fn div(&self, cs: &mut ConstraintSystem, divisor: &Self) -> Self {
        let inverse = divisor
            .value()
            .try_inverse()
            .unwrap_or(QuadraticExtension::ZERO);
        let quotient = Self::witness(cs, self.value() * inverse);
        quotient.mul(cs, divisor).enforce_equal(cs, self);
        quotient
    }

    /// Enforces that the element is 0.
    pub(crate) fn enforce_zero(&self, cs: &mut ConstraintSystem) {
        for coefficient in &self.0 {
            coefficient.enforce_zero(cs);
        }
    }

    /// Enforces that two elements are the same.
    pub(crate) fn enforce_equal(&self, cs: &mut ConstraintSystem, other: &Self) {
        self.sub(cs, other).enforce_zero(cs);
    }

    /// `1, x, x^2, ...`, reduced.
    pub(crate) fn powers(&self, cs: &mut ConstraintSystem, count: usize) -> Vec<Self> {
        let mut powers = vec![Self::one()];
        while powers.len() < count {
            let next = powers[powers.len() - 1].mul(cs, self).reduce(cs);
            powers.push(next);
        }
        powers.truncate(count);
        powers
    }
}
