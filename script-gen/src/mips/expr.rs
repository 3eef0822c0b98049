//! Arithmetic over opened digits: the language in which the relations of a step are written.
//!
//! An [`Expr`] is declared once and read three ways: evaluated over the committed values (the finder), bounded by interval
//! arithmetic (no operand may leave what Script's numbers hold), and lowered to Script (the leaf). A relation can then not
//! say one thing off chain and another on chain.

use std::ops::{Add, Neg, Sub};

use super::error::PredicateError;
use super::slot::{Choice, Slot};

/// The largest magnitude that Script accepts as an operand of its arithmetic: four bytes, one bit for the sign.
pub(crate) const MAX_OPERAND: i64 = (1 << 31) - 1;

/// A binary operator of Script; comparisons give 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op2 {
    Add,
    Sub,
    And,
    Or,
    Eq,
    Ne,
    Lt,
    Ge,
    Min,
    Max,
}

impl Op2 {
    fn apply(self, a: i64, b: i64) -> i64 {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::And => i64::from(a != 0 && b != 0),
            Self::Or => i64::from(a != 0 || b != 0),
            Self::Eq => i64::from(a == b),
            Self::Ne => i64::from(a != b),
            Self::Lt => i64::from(a < b),
            Self::Ge => i64::from(a >= b),
            Self::Min => a.min(b),
            Self::Max => a.max(b),
        }
    }
}

/// An integer that a leaf computes from opened digits and checked hints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    /// A constant.
    Int(i64),
    /// Digit `i` of an opened slot; digit 0 is the least significant nibble of its word 0.
    Nibble(Slot, u8),
    /// An opened bit of a selection.
    Bit(Choice),
    /// A value from the spender, already checked to lie in its range.
    Hint(usize),
    /// An earlier [`Predicate::bind`](super::predicate::Predicate::bind).
    Local(usize),
    Op2(Op2, Box<Expr>, Box<Expr>),
    Neg(Box<Expr>),
    /// 1 for 0, and 0 for anything else.
    Not(Box<Expr>),
    /// The absolute value.
    Abs(Box<Expr>),
    /// `if condition { then } else { otherwise }`; the condition is 0 or 1.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x * 2^k`.
    Shl(Box<Expr>, u32),
    /// `x / 2^k`, for x >= 0.
    Shr(Box<Expr>, u32),
    /// `x mod m`, for x >= 0.
    Mod(Box<Expr>, i64),
    /// Whether m does not divide `x`.
    Misses(Box<Expr>, i64),
    /// `a * b`, for a >= 0.
    Mul(Box<Expr>, Box<Expr>),
    /// `items[index]`; the items lie side by side on the stack.
    Pick(Vec<Expr>, Box<Expr>),
}

/// What the atoms of an expression stand for.
pub(crate) trait Atoms {
    fn nibble(&self, slot: Slot, digit: u8) -> Result<i64, PredicateError>;
    fn bit(&self, choice: Choice) -> Result<i64, PredicateError>;
    fn hint(&self, hint: usize) -> i64;
    fn local(&self, local: usize) -> i64;
}

impl Expr {
    pub(crate) fn op2(self, op: Op2, other: impl Into<Self>) -> Self {
        Self::Op2(op, Box::new(self), Box::new(other.into()))
    }
    pub(crate) fn eq(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Eq, other)
    }
    pub(crate) fn ne(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Ne, other)
    }
    pub(crate) fn lt(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Lt, other)
    }
    pub(crate) fn ge(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Ge, other)
    }
    pub(crate) fn and(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::And, other)
    }
    pub(crate) fn or(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Or, other)
    }
    pub(crate) fn min(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Min, other)
    }
    pub(crate) fn max(self, other: impl Into<Self>) -> Self {
        self.op2(Op2::Max, other)
    }
    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
    pub(crate) fn abs(self) -> Self {
        Self::Abs(Box::new(self))
    }
    pub(crate) fn shl(self, k: u32) -> Self {
        Self::Shl(Box::new(self), k)
    }
    pub(crate) fn shr(self, k: u32) -> Self {
        Self::Shr(Box::new(self), k)
    }
    pub(crate) fn modulo(self, m: i64) -> Self {
        Self::Mod(Box::new(self), m)
    }
    pub(crate) fn misses(self, m: i64) -> Self {
        Self::Misses(Box::new(self), m)
    }
    pub(crate) fn mul(self, other: impl Into<Self>) -> Self {
        Self::Mul(Box::new(self), Box::new(other.into()))
    }
    /// `if self { then } else { otherwise }`.
    pub(crate) fn choose(self, then: impl Into<Self>, otherwise: impl Into<Self>) -> Self {
        Self::If(
            Box::new(self),
            Box::new(then.into()),
            Box::new(otherwise.into()),
        )
    }
    /// Whether the value is one of a set: runs of neighbours become one range check.
    pub(crate) fn one_of(self, set: &[i64]) -> Self {
        let mut sorted = set.to_vec();
        sorted.sort_unstable();
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for x in sorted {
            match runs.last_mut() {
                Some((_, end)) if *end + 1 >= x => *end = x,
                _ => runs.push((x, x)),
            }
        }
        any(runs.into_iter().map(|(lo, hi)| {
            if lo == hi {
                self.clone().eq(lo)
            } else {
                self.clone().ge(lo).and(self.clone().lt(hi + 1))
            }
        }))
    }

    /// The value.
    ///
    /// # Errors
    /// A slot or a selection that the values do not hold, or an index outside its items (excluded by [`Expr::range`] in every
    /// predicate that was built).
    pub(crate) fn eval(&self, atoms: &impl Atoms) -> Result<i64, PredicateError> {
        Ok(match self {
            Self::Int(x) => *x,
            Self::Nibble(slot, digit) => atoms.nibble(*slot, *digit)?,
            Self::Bit(choice) => atoms.bit(*choice)?,
            Self::Hint(i) => atoms.hint(*i),
            Self::Local(i) => atoms.local(*i),
            Self::Op2(op, a, b) => op.apply(a.eval(atoms)?, b.eval(atoms)?),
            Self::Neg(a) => -a.eval(atoms)?,
            Self::Not(a) => i64::from(a.eval(atoms)? == 0),
            Self::Abs(a) => a.eval(atoms)?.abs(),
            Self::If(c, a, b) => {
                if c.eval(atoms)? != 0 {
                    a.eval(atoms)?
                } else {
                    b.eval(atoms)?
                }
            }
            Self::Shl(a, k) => a.eval(atoms)? << k,
            Self::Shr(a, k) => a.eval(atoms)? >> k,
            Self::Mod(a, m) => a.eval(atoms)?.rem_euclid(*m),
            Self::Misses(a, m) => i64::from(a.eval(atoms)? % m != 0),
            Self::Mul(a, b) => a.eval(atoms)? * b.eval(atoms)?,
            Self::Pick(items, index) => {
                let index = index.eval(atoms)?;
                let item = usize::try_from(index).ok().and_then(|i| items.get(i));
                item.ok_or(PredicateError::IndexRange {
                    index,
                    items: items.len(),
                })?
                .eval(atoms)?
            }
        })
    }

    /// The smallest interval that interval arithmetic gives for the value, with every operand proved to fit Script's numbers,
    /// every condition to be 0 or 1 and every index to stay inside its items.
    ///
    /// # Errors
    /// The first of these that cannot be proved.
    pub(crate) fn range(&self, known: &Ranges) -> Result<Range, PredicateError> {
        let range = match self {
            Self::Int(x) => Range(*x, *x),
            Self::Nibble(..) => Range(0, 15),
            Self::Bit(_) => Range(0, 1),
            Self::Hint(i) => known.hints[*i],
            Self::Local(i) => known.locals[*i],
            Self::Op2(op, a, b) => {
                let (a, b) = (a.range(known)?, b.range(known)?);
                match op {
                    Op2::Add => Range(a.0 + b.0, a.1 + b.1),
                    Op2::Sub => Range(a.0 - b.1, a.1 - b.0),
                    Op2::Min => Range(a.0.min(b.0), a.1.min(b.1)),
                    Op2::Max => Range(a.0.max(b.0), a.1.max(b.1)),
                    _ => Range(0, 1),
                }
            }
            Self::Neg(a) => {
                let a = a.range(known)?;
                Range(-a.1, -a.0)
            }
            Self::Not(a) | Self::Misses(a, _) => {
                a.range(known)?;
                Range(0, 1)
            }
            Self::Abs(a) => {
                let a = a.range(known)?;
                let low = if a.0 <= 0 && a.1 >= 0 {
                    0
                } else {
                    a.0.abs().min(a.1.abs())
                };
                Range(low, a.0.abs().max(a.1.abs()))
            }
            Self::If(c, a, b) => {
                let c = c.range(known)?;
                if c.0 < 0 || c.1 > 1 {
                    return Err(PredicateError::NotBoolean {
                        low: c.0,
                        high: c.1,
                    });
                }
                let (a, b) = (a.range(known)?, b.range(known)?);
                Range(a.0.min(b.0), a.1.max(b.1))
            }
            Self::Shl(a, k) => {
                let a = a.range(known)?;
                Range(a.0 << k, a.1 << k)
            }
            Self::Shr(a, k) => {
                let a = a.range(known)?.not_negative()?;
                Range(a.0 >> k, a.1 >> k)
            }
            Self::Mod(a, m) => {
                let a = a.range(known)?.not_negative()?;
                Range(0, a.1.min(m - 1))
            }
            Self::Mul(a, b) => {
                let (a, b) = (a.range(known)?.not_negative()?, b.range(known)?);
                let ends = [a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1];
                Range(
                    ends.into_iter().fold(i64::MAX, i64::min),
                    ends.into_iter().fold(i64::MIN, i64::max),
                )
            }
            Self::Pick(items, index) => {
                let index = index.range(known)?;
                if index.0 < 0 || index.1 >= items.len() as i64 {
                    return Err(PredicateError::IndexRange {
                        index: index.1.max(-index.0),
                        items: items.len(),
                    });
                }
                let mut range: Option<Range> = None;
                for item in items {
                    let item = item.range(known)?;
                    range = Some(range.map_or(item, |r| Range(r.0.min(item.0), r.1.max(item.1))));
                }
                range.unwrap_or(Range(0, 0))
            }
        };
        if range.0 < -MAX_OPERAND || range.1 > MAX_OPERAND {
            return Err(PredicateError::Overflow {
                low: range.0,
                high: range.1,
            });
        }
        Ok(range)
    }

    /// Calls `visit` for this expression and every one inside it.
    pub(crate) fn visit(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::Int(_) | Self::Nibble(..) | Self::Bit(_) | Self::Hint(_) | Self::Local(_) => {}
            Self::Neg(a)
            | Self::Not(a)
            | Self::Abs(a)
            | Self::Shl(a, _)
            | Self::Shr(a, _)
            | Self::Mod(a, _)
            | Self::Misses(a, _) => {
                a.visit(visit);
            }
            Self::Op2(_, a, b) | Self::Mul(a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Self::If(c, a, b) => {
                c.visit(visit);
                a.visit(visit);
                b.visit(visit);
            }
            Self::Pick(items, index) => {
                items.iter().for_each(|item| item.visit(visit));
                index.visit(visit);
            }
        }
    }
}

/// An interval of integers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range(pub(crate) i64, pub(crate) i64);

impl Range {
    fn not_negative(self) -> Result<Self, PredicateError> {
        if self.0 < 0 {
            return Err(PredicateError::Negative { low: self.0 });
        }
        Ok(self)
    }
}

/// What is known of the hints and locals of a predicate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranges {
    pub(crate) hints: Vec<Range>,
    pub(crate) locals: Vec<Range>,
}

impl From<i64> for Expr {
    fn from(x: i64) -> Self {
        Self::Int(x)
    }
}

impl<T: Into<Expr>> Add<T> for Expr {
    type Output = Self;
    fn add(self, other: T) -> Self {
        self.op2(Op2::Add, other)
    }
}

impl<T: Into<Expr>> Sub<T> for Expr {
    type Output = Self;
    fn sub(self, other: T) -> Self {
        self.op2(Op2::Sub, other)
    }
}

impl Neg for Expr {
    type Output = Self;
    fn neg(self) -> Self {
        Self::Neg(Box::new(self))
    }
}

/// Whether one of the conditions holds; false for none.
pub(crate) fn any(conditions: impl IntoIterator<Item = Expr>) -> Expr {
    conditions
        .into_iter()
        .reduce(Expr::or)
        .unwrap_or(Expr::Int(0))
}

/// Whether all conditions hold; true for none.
pub(crate) fn all(conditions: impl IntoIterator<Item = Expr>) -> Expr {
    conditions
        .into_iter()
        .reduce(Expr::and)
        .unwrap_or(Expr::Int(1))
}

/// The sum; 0 for none.
pub(crate) fn sum(terms: impl IntoIterator<Item = Expr>) -> Expr {
    terms.into_iter().reduce(Add::add).unwrap_or(Expr::Int(0))
}
