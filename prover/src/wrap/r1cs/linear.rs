//! Linear combinations of variables, with their values.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A variable: its index in the assignment. The variable 0 is the constant 1.
pub(crate) type Variable = u32;

/// The constant 1.
pub(crate) const ONE: Variable = 0;

/// A linear combination of variables, sorted by variable and without zeros, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    pub(crate) terms: Vec<(Variable, Fr)>,
    pub(crate) value: Fr,
}

impl Linear {
    /// The combination without terms.
    pub(crate) const ZERO: Self = Self {
        terms: Vec::new(),
        value: Fr::ZERO,
    };

    pub(crate) fn constant(value: impl Into<Fr>) -> Self {
        let value = value.into();
        let terms = if value == Fr::ZERO {
            Vec::new()
        } else {
            vec![(ONE, value)]
        };
        Self { terms, value }
    }

    pub(crate) fn variable(variable: Variable, value: Fr) -> Self {
        Self {
            terms: vec![(variable, Fr::ONE)],
            value,
        }
    }

    /// Whether no variable occurs.
    pub(crate) fn is_constant(&self) -> bool {
        self.terms.iter().all(|(variable, _)| *variable == ONE)
    }

    /// Adds `factor` times `other`.
    pub(crate) fn add_scaled(&mut self, other: &Self, factor: Fr) {
        if factor == Fr::ZERO || other.terms.is_empty() {
            return;
        }
        self.value += other.value * factor;
        let scaled = other.terms.iter().map(|(v, c)| (*v, *c * factor));
        if self
            .terms
            .last()
            .is_none_or(|last| last.0 < other.terms[0].0)
        {
            self.terms.extend(scaled);
            return;
        }
        let mine = std::mem::take(&mut self.terms);
        let mut merged = Vec::with_capacity(mine.len() + other.terms.len());
        let (mut mine, mut theirs) = (mine.into_iter().peekable(), scaled.peekable());
        loop {
            let next = match (mine.peek(), theirs.peek()) {
                (None, None) => break,
                (Some(a), Some(b)) if a.0 == b.0 => {
                    let sum = (a.0, a.1 + b.1);
                    mine.next();
                    theirs.next();
                    Some(sum)
                }
                (Some(a), Some(b)) if a.0 > b.0 => theirs.next(),
                (None, Some(_)) => theirs.next(),
                _ => mine.next(),
            };
            merged.extend(next.filter(|term| term.1 != Fr::ZERO));
        }
        self.terms = merged;
    }

    /// `sum of factor x`.
    pub(crate) fn sum<'a>(parts: impl IntoIterator<Item = (&'a Self, Fr)>) -> Self {
        let mut sum = Self::ZERO;
        for (part, factor) in parts {
            sum.add_scaled(part, factor);
        }
        sum
    }
}

impl AddAssign<&Linear> for Linear {
    fn add_assign(&mut self, other: &Linear) {
        self.add_scaled(other, Fr::ONE);
    }
}

impl Add for &Linear {
    type Output = Linear;

    fn add(self, other: Self) -> Linear {
        let mut sum = self.clone();
        sum += other;
        sum
    }
}

impl Sub for &Linear {
    type Output = Linear;

    fn sub(self, other: Self) -> Linear {
        let mut sum = self.clone();
        sum.add_scaled(other, -Fr::ONE);
        sum
    }
}

impl Neg for &Linear {
    type Output = Linear;

    fn neg(self) -> Linear {
        self * -Fr::ONE
    }
}

impl Mul<Fr> for &Linear {
    type Output = Linear;

    fn mul(self, factor: Fr) -> Linear {
        Linear::sum([(self, factor)])
    }
}
