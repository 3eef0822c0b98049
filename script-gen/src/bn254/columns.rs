//! The relation: one column after the other, from the highest.
//!
//! The column sums `S_k` have to satisfy `sum S_k 16^k = 0` over the integers. From the top, `T_k = S_k + 16 T_(k+1)` ends with that
//! sum, `T_0`. No carries are hinted: if the relation holds, `16 T_(k+1)` is the negative of what lies below, so
//! it stays small; if it does not, then either a `T_k` outgrows the four bytes that arithmetic reads, which ends the
//! script, or `T_0` is not zero. Script numbers do not wrap, so there is no third case.

use super::element::LIMBS;
use super::form::{COLUMNS, Factor, Product, digit_at};
use super::frame::{Frame, sum};
use super::layout::Layout;
use super::rows::{ALL, MAGNITUDES};
use crate::script::{Op, pick_from};

/// A term at a constant place, with its sign.
struct Term {
    place: usize,
    negative: bool,
}

/// Sums all columns of a result. The stack is as [`Layout`] says without padding and sum, and so it is left; the altstack's top
/// are the limbs of the result, limb 10 uppermost, which are taken.
pub(super) fn check(frame: &mut Frame, layout: &Layout, products: &[Product], modulus: &[i64]) {
    for _ in 0..layout.padding_in(COLUMNS - 1) + 1 {
        frame.number(0);
    }
    for column in (0..COLUMNS).rev() {
        if column + 1 < COLUMNS {
            let above = layout.padding_in(column + 1);
            for _ in 0..above - layout.padding_in(column) {
                frame.ops(&[Op::Nip]);
            }
            frame.limited_shift();
        }
        let negative = sum_column(frame, layout, products, modulus, column);
        if let Some(negative) = negative {
            frame.limit(sum(!negative));
        }
    }
    frame.number(0);
    frame.limit(Op::NumEqualVerify);
}

/// Pushes the sum of a column, or its negative: then the result is `Some(true)`. A column without terms pushes nothing.
fn sum_column(
    frame: &mut Frame,
    layout: &Layout,
    products: &[Product],
    modulus: &[i64],
    column: usize,
) -> Option<bool> {
    let mut negative = sum_selected(frame, layout, products, column);
    for term in constant_terms(layout, products, modulus, column) {
        frame.copy(term.place);
        match negative {
            Some(negative) => frame.combine(term.negative == negative),
            None => negative = Some(term.negative),
        }
    }
    if column.is_multiple_of(COLUMNS_PER_LIMB) && column / COLUMNS_PER_LIMB < LIMBS {
        frame.restore(1);
        match negative {
            Some(negative) => frame.combine(negative),
            None => negative = Some(true),
        }
    }
    negative
}

/// Columns from one limb to the next.
const COLUMNS_PER_LIMB: usize = super::element::LIMB_DIGITS;

/// The terms that digits select: pushed first, so that each finds the height for which its address is right, then summed. From the
/// top, each term is added or subtracted as its sign is that of the one below it or not.
fn sum_selected(
    frame: &mut Frame,
    layout: &Layout,
    products: &[Product],
    column: usize,
) -> Option<bool> {
    let lowest = layout.address_of(ALL_MULTIPLES.0);
    let highest = layout.address_of(ALL_MULTIPLES.1);
    let mut signs = vec![];
    for limb in 0..LIMBS {
        let Some(digit) = digit_at(column, limb) else {
            continue;
        };
        for product in products {
            if let Some(address) = layout.address(product, digit) {
                frame.copy(address);
                frame.script.push(pick_from(lowest..highest + 1));
                signs.push(product.negative);
            }
        }
    }
    for pair in signs.windows(2).rev() {
        frame.combine(pair[0] == pair[1]);
    }
    signs.first().copied()
}

/// The multiples in the uppermost and the deepest row.
const ALL_MULTIPLES: (i64, i64) = (ALL.uppermost(), 1);

/// Terms with constant factors: `- q p` and the products with constants.
fn constant_terms(
    layout: &Layout,
    products: &[Product],
    modulus: &[i64],
    column: usize,
) -> Vec<Term> {
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
        for (table, product) in products.iter().enumerate() {
            if let Factor::Constant(digits) = &product.right {
                let start = layout.rows + table * MAGNITUDES.count() * LIMBS;
                add(start, digits.get(digit), product.negative);
            }
        }
        add(layout.quotient, modulus.get(digit), true);
    }
    terms
}
