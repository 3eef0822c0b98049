//! The terms of columns that digits select from the table of all multiples.

use super::element::{LIMB_DIGITS, LIMBS};
use super::form::{Factor, Form, Product, digit_at};
use super::frame::Frame;
use super::layout::Layout;
use super::rows::ALL;
use crate::script::{Op, pick_from};

/// Whose sum stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) result: usize,
    pub(super) column: usize,
}

/// From the layout's stack: the sums of all columns of all results, without operands and addresses. A sum is negated if the sign of
/// its first product is minus. Returns which sum stands where, deepest first.
pub(super) fn sums(frame: &mut Frame, layout: &Layout, form: &Form) -> Vec<Sum> {
    let mut sums = vec![];
    for class in 0..LIMB_DIGITS {
        for result in 0..form.results() {
            class_sums(frame, layout, form.products(result), class, &mut |column| {
                sums.push(Sum { result, column });
            });
        }
        frame.cut(layout.below(class));
    }
    frame.cut(0);
    frame.restore(sums.len());
    sums.reverse();
    sums
}

/// Moves the sums of the columns of a class to the altstack and names them.
///
/// A column whose terms begin with limb i needs a stack that is higher by the items of i limbs. As i grows from one
/// column to the next, sums are left on the stack, each in as many parts as a limb has items.
fn class_sums(
    frame: &mut Frame,
    layout: &Layout,
    products: &[Product],
    class: usize,
    saved: &mut dyn FnMut(usize),
) {
    let columns: Vec<usize> = (0..layout.steps(class) + LIMBS - 1)
        .map(|step| class + LIMB_DIGITS * step)
        .filter(|column| !terms(layout, products, *column).is_empty())
        .collect();
    let first_limb = |column: usize| {
        terms(layout, products, column)
            .first()
            .map(|term| term.limb)
    };
    let mut waiting: Vec<(usize, Vec<Op>)> = vec![];
    for (place, column) in columns.iter().enumerate() {
        let next = columns.get(place + 1).and_then(|next| first_limb(*next));
        let waits = next > first_limb(*column);
        let mut ops = push_terms(frame, layout, products, *column);
        let parts = if waits { layout.tables() } else { 1 };
        for op in ops.split_off(parts - 1).into_iter().rev() {
            frame.ops(&[op]);
        }
        if waits {
            waiting.push((*column, ops));
        } else {
            frame.save(1);
            saved(*column);
        }
    }
    for (column, ops) in waiting.into_iter().rev() {
        for op in ops.into_iter().rev() {
            frame.ops(&[op]);
        }
        frame.save(1);
        saved(column);
    }
}

/// A digit times a limb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Selected {
    limb: usize,
    /// The place of the digit's address.
    address: usize,
    negative: bool,
    /// Whether it stands for a second, equal term.
    twice: bool,
}

/// The terms of a column in the order of the items that they read.
///
/// Of a square, the limb that a digit belongs to is multiplied by itself once and by every higher one twice.
fn terms(layout: &Layout, products: &[Product], column: usize) -> Vec<Selected> {
    let is_square = is_square(products);
    let mut terms = vec![];
    for limb in 0..LIMBS {
        let Some(digit) = digit_at(column, limb) else {
            continue;
        };
        let own = digit / LIMB_DIGITS;
        if is_square && limb < own {
            continue;
        }
        for product in products {
            if let Some(address) = layout.address(product, digit) {
                terms.push(Selected {
                    limb,
                    address,
                    negative: product.negative,
                    twice: is_square && limb > own,
                });
            }
        }
    }
    terms
}

fn is_square(products: &[Product]) -> bool {
    matches!(products, [product] if product.right == Factor::Operand(product.left))
}

/// Pushes the terms of a column. Returns what combines them, to be used from the last to the first: each term is added to
/// or subtracted from the one below it, as their signs are equal or not.
fn push_terms(frame: &mut Frame, layout: &Layout, products: &[Product], column: usize) -> Vec<Op> {
    let class = column % LIMB_DIGITS;
    let lowest = layout.address_of(ALL.uppermost(), class);
    let highest = layout.address_of(ALL.deepest(), class);
    let terms = terms(layout, products, column);
    for term in &terms {
        frame.copy(term.address);
        frame.script.push(pick_from(lowest..highest + 1));
    }
    let mut ops = vec![];
    let mut below: Option<Selected> = None;
    for term in terms {
        if let Some(below) = below {
            let equal = below.negative == term.negative;
            ops.push(if equal { Op::Add } else { Op::Sub });
        }
        if term.twice && below.is_none_or(|below| !below.twice) {
            ops.extend([Op::Add, Op::Dup]);
        }
        below = Some(term);
    }
    ops
}
