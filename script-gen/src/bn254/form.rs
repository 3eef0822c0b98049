//! Which products a script sums: the forms of field arithmetic.

use num_bigint::BigInt;

use super::Bn254Error;
use super::element::{DIGITS, LIMB_DIGITS, LIMBS, limb_range, modulus, signed_digits};
use crate::script::MAX_OPERAND;

/// Column `k` collects what is multiplied by `16^k`: digits 0 to 63 times limbs at every sixth place up to 60.
pub(super) const COLUMNS: usize = DIGITS + LIMB_DIGITS * (LIMBS - 1);

/// The range to which limbs of a quotient are clamped: every residue modulo 2^24 occurs once.
pub(super) const QUOTIENT_LIMB: (i64, i64) = (-(1 << 23), (1 << 23) - 1);

/// What an operand is multiplied by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Factor {
    /// Another operand, or the same.
    Operand(usize),
    /// A constant, as signed digits.
    Constant(Vec<i64>),
}

/// One signed product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Product {
    /// The operand from which the table of multiples is made.
    pub(super) left: usize,
    pub(super) right: Factor,
    pub(super) negative: bool,
}

/// Sums of products of operands, each reduced modulo p: one or two results.
///
/// Either all right factors are operands or all are constants; every result uses every table once, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    operands: usize,
    results: Vec<Vec<Product>>,
}

fn product(left: usize, right: usize, negative: bool) -> Product {
    Product {
        left,
        right: Factor::Operand(right),
        negative,
    }
}

impl Form {
    /// `a b`. Operands: a, b.
    pub fn product() -> Result<Self, Bn254Error> {
        Self::new(2, vec![vec![product(0, 1, false)]])
    }

    /// `a^2`. Operand: a.
    pub fn square() -> Result<Self, Bn254Error> {
        Self::new(1, vec![vec![product(0, 0, false)]])
    }

    /// `c a` with a constant c. Operand: a.
    pub fn constant_multiple(constant: &BigInt) -> Result<Self, Bn254Error> {
        let right = Factor::Constant(constant_digits(constant));
        let product = Product {
            left: 0,
            right,
            negative: false,
        };
        Self::new(1, vec![vec![product]])
    }

    /// `a_1 b_1 + a_2 b_2 + ..`, where the sign of a product is minus if `negative` says so. Operands: a_1, a_2, .., b_1, b_2, ..
    ///
    /// # Errors
    /// [`Bn254Error::ColumnOverflow`] for more than two products.
    pub fn sum_of_products(negative: &[bool]) -> Result<Self, Bn254Error> {
        let count = negative.len();
        let products = negative.iter().enumerate();
        let products = products.map(|(place, negative)| product(place, count + place, *negative));
        Self::new(2 * count, vec![products.collect()])
    }

    /// `(a_0 + a_1 u)(b_0 + b_1 u)` in `Fq2 = Fq[u] / (u^2 + 1)`. Operands: a_0, a_1, b_0, b_1; results: the coefficients.
    pub fn fq2_product() -> Result<Self, Bn254Error> {
        let results = vec![
            vec![product(0, 2, false), product(1, 3, true)],
            vec![product(0, 3, false), product(1, 2, false)],
        ];
        Self::new(4, results)
    }

    /// `(a_0 + a_1 u)^2` in Fq2. Operands: a_0, a_1; results: the coefficients.
    pub fn fq2_square() -> Result<Self, Bn254Error> {
        let results = vec![
            vec![product(0, 0, false), product(1, 1, true)],
            vec![product(0, 1, false), product(1, 0, false)],
        ];
        Self::new(2, results)
    }

    fn new(operands: usize, results: Vec<Vec<Product>>) -> Result<Self, Bn254Error> {
        let form = Self { operands, results };
        for result in 0..form.results.len() {
            form.check_columns(result)?;
        }
        Ok(form)
    }

    /// Number of operands.
    pub fn operands(&self) -> usize {
        self.operands
    }

    /// Number of results.
    pub fn results(&self) -> usize {
        self.results.len()
    }

    pub(super) fn products(&self, result: usize) -> &[Product] {
        &self.results[result]
    }

    /// Operands with a table of multiples, in the order of their tables.
    pub(super) fn tables(&self) -> Vec<usize> {
        let products = self.results.first().into_iter().flatten();
        products.map(|product| product.left).collect()
    }

    /// Operands whose digits select rows, in the order of their addresses; none if the factors are constants.
    pub(super) fn selectors(&self) -> Vec<usize> {
        let products = self.results.first().into_iter().flatten();
        let operands = products.filter_map(|product| match product.right {
            Factor::Operand(operand) => Some(operand),
            Factor::Constant(_) => None,
        });
        operands.collect()
    }

    /// Checks that no sum of a result, whatever the operands and hints, is longer than four bytes: neither a column (in any
    /// order of its terms) nor, if the relation holds, a column with sixteen times what is above it.
    ///
    /// If the relation holds, all columns together are zero. So sixteen times the sum from column k + 1 upwards is the
    /// negative of what column k and those below it come to, `S_k + S_(k-1) / 16 + ..`.
    fn check_columns(&self, result: usize) -> Result<(), Bn254Error> {
        let modulus = signed_digits(&modulus());
        let (mut low, mut high) = (0.0, 0.0);
        for column in 0..COLUMNS {
            let mut range = (0, 0);
            let mut add = |(lo, hi): (i64, i64)| range = (range.0 + lo, range.1 + hi);
            for limb in 0..LIMBS {
                let Some(digit) = digit_at(column, limb) else {
                    continue;
                };
                for product in &self.results[result] {
                    let values = match &product.right {
                        Factor::Operand(_) => multiples(limb_range(limb), -8..=7),
                        Factor::Constant(digits) => {
                            let constant = digits.get(digit).copied().unwrap_or(0);
                            multiples(limb_range(limb), constant..=constant)
                        }
                    };
                    add(if product.negative {
                        negated(values)
                    } else {
                        values
                    });
                }
                let constant = modulus.get(digit).copied().unwrap_or(0);
                add(negated(multiples(QUOTIENT_LIMB, constant..=constant)));
                if digit == 0 {
                    add(negated(limb_range(limb)));
                }
            }
            low = range.0 as f64 + low / 16.0;
            high = range.1 as f64 + high / 16.0;
            let most = -range.0.min(low as i64 - 1);
            let most = most.max(range.1).max(high as i64 + 1);
            if most > MAX_OPERAND {
                return Err(Bn254Error::ColumnOverflow { column, most });
            }
        }
        Ok(())
    }
}

/// The digit that limb `limb` meets in a column.
pub(super) fn digit_at(column: usize, limb: usize) -> Option<usize> {
    let digit = column.checked_sub(LIMB_DIGITS * limb)?;
    (digit < DIGITS).then_some(digit)
}

/// The signed digits of the constant or of the constant less p, whichever has fewer that are not zero.
fn constant_digits(constant: &BigInt) -> Vec<i64> {
    let p = modulus();
    let reduced = ((constant % &p) + &p) % &p;
    let [a, b] = [&reduced, &(&reduced - &p)].map(signed_digits);
    let terms = |digits: &[i64]| digits.iter().filter(|digit| **digit != 0).count();
    if terms(&b) < terms(&a) { b } else { a }
}

fn multiples((lo, hi): (i64, i64), by: std::ops::RangeInclusive<i64>) -> (i64, i64) {
    let corners = [
        by.start() * lo,
        by.start() * hi,
        by.end() * lo,
        by.end() * hi,
    ];
    let least = corners.iter().copied().min().unwrap_or(0);
    (least, corners.into_iter().max().unwrap_or(0))
}

fn negated((lo, hi): (i64, i64)) -> (i64, i64) {
    (-hi, -lo)
}
