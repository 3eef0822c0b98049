//! The relation: one column after the other, from the highest.
//!
//! The column sums `S_k` have to satisfy `sum S_k 16^k = 0` over the integers. From the top, `T_k = S_k + 16 T_(k+1)` ends with
//! that sum, `T_0`. No carries are hinted: if the relation holds, `16 T_(k+1)` is the negative of what lies below, so it stays
//! small; if it does not, then either a `T_k` outgrows the four bytes that arithmetic reads, which ends the script, or `T_0` is
//! not zero. Script numbers do not wrap, so there is no third case.

use super::element::{LIMB_DIGITS, LIMBS};
use super::form::{COLUMNS, Factor, Product, digit_at};
use super::frame::{Frame, sum};
use super::rows::MAGNITUDES;
use super::selected::Sum;
use crate::script::Op;

/// One result's relation.
pub(super) struct Relation<'a> {
    pub(super) result: usize,
    pub(super) products: &'a [Product],
    /// The signed digits of p.
    pub(super) modulus: &'a [i64],
    /// The place of the table of the quotient's magnitudes, which is uppermost.
    pub(super) quotient: usize,
}

/// A term at a constant place, with its sign.
struct Term {
    place: usize,
    negative: bool,
}

impl Relation<'_> {
    /// Fails unless the relation holds. `sums` are deepest on the stack, those of the result are taken; else there may be
    /// tables of magnitudes of operands. The altstack's top are the limbs of the result, limb 10 uppermost, which are taken.
    pub(super) fn check(mut self, frame: &mut Frame, sums: &mut Vec<Sum>) {
        frame.number(0);
        for column in (0..COLUMNS).rev() {
            if column + 1 < COLUMNS {
                frame.limited_shift();
            }
            if let Some(negative) = self.sum_column(frame, sums, column) {
                frame.limit(sum(!negative));
            }
        }
        frame.number(0);
        frame.limit(Op::NumEqualVerify);
    }

    /// Pushes the sum of a column, or its negative: then the result is `Some(true)`. A column without terms pushes nothing.
    fn sum_column(
        &mut self,
        frame: &mut Frame,
        sums: &mut Vec<Sum>,
        column: usize,
    ) -> Option<bool> {
        let mut negative = None;
        let result = self.result;
        if let Some(place) = sums.iter().position(|sum| *sum == Sum { result, column }) {
            frame.raise(place);
            sums.remove(place);
            self.quotient -= 1;
            negative = Some(self.products.first()?.negative);
        }
        for term in self.constant_terms(column) {
            frame.copy(term.place);
            match negative {
                Some(negative) => frame.combine(term.negative == negative),
                None => negative = Some(term.negative),
            }
        }
        if column.is_multiple_of(LIMB_DIGITS) && column / LIMB_DIGITS < LIMBS {
            frame.restore(1);
            match negative {
                Some(negative) => frame.combine(negative),
                None => negative = Some(true),
            }
        }
        negative
    }

    /// Terms with constant factors: `- q p` and the products with constants.
    fn constant_terms(&self, column: usize) -> Vec<Term> {
        let mut terms = vec![];
        for limb in 0..LIMBS {
            let Some(digit) = digit_at(column, limb) else {
                continue;
            };
            let mut add = |start: usize, constant: Option<&i64>, negative: bool| {
                let constant = constant.copied().unwrap_or(0);
                if constant != 0 {
                    let row = MAGNITUDES.place(constant.abs());
                    terms.push(Term {
                        place: start + row * LIMBS + limb,
                        negative: negative != (constant < 0),
                    });
                }
            };
            for (table, product) in self.products.iter().enumerate() {
                if let Factor::Constant(digits) = &product.right {
                    let start = table * MAGNITUDES.count() * LIMBS;
                    add(start, digits.get(digit), product.negative);
                }
            }
            add(self.quotient, self.modulus.get(digit), true);
        }
        terms
    }
}
