//! Relations: sums of products that vanish modulo p.

use num_bigint::BigInt;

use crate::bn254::modulus;

/// A value of a program: an element of the base field. Values are numbered from 0 without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(pub usize);

/// `sum coefficient * value + constant`, with small coefficients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Linear {
    /// Each value once, with a coefficient that is not zero and has at most five bits.
    pub terms: Vec<(Value, i64)>,
    /// From 0 to p - 1.
    pub constant: BigInt,
}

/// The right side of a product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// Known when the leaf is made: from 0 to p - 1.
    Constant(BigInt),
    /// Depends on values.
    Linear(Linear),
}

/// `coefficient * left * right`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Product {
    /// A small number.
    pub coefficient: i64,
    /// The left factor.
    pub left: Linear,
    /// The right factor.
    pub right: Factor,
}

/// `sum of products + linear = 0 (mod p)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relation {
    /// The products.
    pub products: Vec<Product>,
    /// The rest.
    pub linear: Linear,
}

impl From<Value> for Linear {
    fn from(value: Value) -> Self {
        Self {
            terms: vec![(value, 1)],
            constant: BigInt::ZERO,
        }
    }
}

impl From<Linear> for Relation {
    fn from(linear: Linear) -> Self {
        Self {
            products: vec![],
            linear,
        }
    }
}

impl Linear {
    /// A constant, reduced.
    pub fn constant(constant: &BigInt) -> Self {
        Self {
            terms: vec![],
            constant: reduced(constant),
        }
    }

    /// `self + coefficient * other`.
    pub fn plus(mut self, coefficient: i64, other: &Self) -> Self {
        for (value, factor) in &other.terms {
            match self.terms.iter_mut().find(|(known, _)| known == value) {
                Some((_, sum)) => *sum += coefficient * factor,
                None => self.terms.push((*value, coefficient * factor)),
            }
        }
        self.terms.retain(|(_, sum)| *sum != 0);
        self.constant = reduced(&(self.constant + coefficient * &other.constant));
        self
    }

    /// The integer for these values, not reduced.
    pub fn integer(&self, values: &[BigInt]) -> BigInt {
        let terms = self.terms.iter();
        let terms = terms.map(|(value, factor)| &values[value.0] * *factor);
        terms.sum::<BigInt>() + &self.constant
    }

    /// The same of values that are called by other names.
    fn renamed(&self, name: &mut impl FnMut(Value) -> Value) -> Self {
        let terms = self.terms.iter();
        Self {
            terms: terms
                .map(|(value, factor)| (name(*value), *factor))
                .collect(),
            constant: self.constant.clone(),
        }
    }

    /// Values that occur.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        self.terms.iter().map(|(value, _)| *value)
    }
}

impl Product {
    /// `coefficient * left * right` of two values.
    pub fn of(coefficient: i64, left: impl Into<Linear>, right: impl Into<Linear>) -> Self {
        Self {
            coefficient,
            left: left.into(),
            right: Factor::Linear(right.into()),
        }
    }

    /// `constant * value`.
    pub fn by_constant(left: impl Into<Linear>, constant: &BigInt) -> Self {
        Self {
            coefficient: 1,
            left: left.into(),
            right: Factor::Constant(reduced(constant)),
        }
    }

    /// The integer for these values, not reduced.
    pub fn integer(&self, values: &[BigInt]) -> BigInt {
        let right = match &self.right {
            Factor::Constant(constant) => constant.clone(),
            Factor::Linear(linear) => linear.integer(values),
        };
        self.left.integer(values) * right * self.coefficient
    }
}

impl Relation {
    /// The sum for these values, from 0 to p - 1: zero if the relation holds.
    pub fn residue(&self, values: &[BigInt]) -> BigInt {
        let products = self.products.iter();
        let products = products.map(|product| product.integer(values));
        reduced(&(products.sum::<BigInt>() + self.linear.integer(values)))
    }

    /// Whether it holds.
    pub fn holds(&self, values: &[BigInt]) -> bool {
        self.residue(values) == BigInt::ZERO
    }

    /// The same between values that are called by other names, which are asked for in the order of [`values`](Self::values).
    pub fn renamed(&self, name: &mut impl FnMut(Value) -> Value) -> Self {
        let products = self.products.iter().map(|product| Product {
            coefficient: product.coefficient,
            left: product.left.renamed(name),
            right: match &product.right {
                Factor::Constant(constant) => Factor::Constant(constant.clone()),
                Factor::Linear(linear) => Factor::Linear(linear.renamed(name)),
            },
        });
        Self {
            products: products.collect(),
            linear: self.linear.renamed(name),
        }
    }

    /// Values that occur, some more than once.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let products = self.products.iter().flat_map(|product| {
            let right = match &product.right {
                Factor::Constant(_) => &[][..],
                Factor::Linear(linear) => &linear.terms[..],
            };
            product.left.terms.iter().chain(right)
        });
        let terms = products.chain(&self.linear.terms);
        terms.map(|(value, _)| *value)
    }
}

fn reduced(integer: &BigInt) -> BigInt {
    let p = modulus();
    ((integer % &p) + &p) % p
}
