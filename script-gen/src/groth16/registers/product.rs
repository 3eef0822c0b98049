//! The sums of a product's columns.
//!
//! Column `k` collects what is multiplied by `16^k`: digit `t` times limb `i` for `t + 5 i = k`. All digits of a column are of one
//! class, the residue modulo 5; classes are dealt with one after the other.
//!
//! Every term that is pushed makes the stack higher by one, and so an address reads the next limb of its row: the terms of
//! a column are pushed in the order of the limbs, which leaves every digit with one address for all of its uses. The
//! addresses stand in the reverse order, so that the index which copies an address is the same for all terms of a column.
//! A column whose terms begin with limb i needs a stack that is higher by i: sums of earlier columns wait there.

use super::digits::{TABLE, address_range};
use super::limb::{LIMB_DIGITS, LIMBS};
use super::schedule::Use;
use super::work::{Column, Work};
use crate::bn254::frame::Frame;
use crate::script::{Op, pick, pick_from};

/// With a table of multiples right above the work: adds a product to the sums of its columns. The new sums are on the altstack;
/// `saved` tells in which order they have gone there.
///
/// Of a square, a limb is multiplied by itself once and by every higher one twice.
pub(super) fn save_sums(
    frame: &mut Frame,
    work: &mut Work,
    product: Use,
    digits: usize,
    saved: &mut Vec<Column>,
) {
    for class in 0..LIMB_DIGITS {
        let steps = (digits - class).div_ceil(LIMB_DIGITS);
        for _ in steps..LIMBS {
            frame.number(0);
        }
        for step in (0..steps).rev() {
            work.copy_address(frame, product.factor, class + LIMB_DIGITS * step);
        }
        let class_sums = Class {
            digits: steps,
            square: product.square,
        };
        class_sums.push(frame, &mut |frame, step| {
            let column = Column {
                relation: product.relation,
                power: class + LIMB_DIGITS * step,
            };
            work.save_sum(frame, column, product.negative);
            saved.push(column);
        });
        frame.cut(work.top() + TABLE);
    }
}

/// A class of digits, whose addresses are on top.
struct Class {
    digits: usize,
    square: bool,
}

impl Class {
    /// The first limb of a column.
    fn first_limb(&self, step: usize) -> usize {
        let first = step.saturating_sub(self.digits - 1);
        match self.square {
            true => first.max(step.div_ceil(2)),
            false => first,
        }
    }

    /// Pushes the sums of the class's columns; `save` takes each of them away.
    fn push(&self, frame: &mut Frame, save: &mut dyn FnMut(&mut Frame, usize)) {
        let last = self.digits - 1 + LIMBS - 1;
        let mut waiting = vec![];
        for step in 0..=last {
            self.push_sum(frame, step);
            if step < last && self.first_limb(step + 1) > self.first_limb(step) {
                waiting.push(step);
            } else {
                save(frame, step);
            }
        }
        for step in waiting.into_iter().rev() {
            save(frame, step);
        }
    }

    /// Pushes the sum of a column. As many sums wait above the addresses as its first limb says.
    fn push_sum(&self, frame: &mut Frame, step: usize) {
        let first = self.first_limb(step);
        let end = LIMBS.min(step + 1);
        for _ in first..end {
            frame.script.push(pick(step));
            frame.script.push(pick_from(address_range()));
            frame.height += 1;
        }
        let is_single = |limb: usize| self.square && 2 * limb == step;
        for limb in (first + 1..end).rev() {
            if is_single(limb - 1) {
                frame.ops(&[Op::Dup, Op::Add]);
            }
            frame.ops(&[Op::Add]);
        }
        if self.square && !is_single(first) {
            frame.ops(&[Op::Dup, Op::Add]);
        }
    }
}
