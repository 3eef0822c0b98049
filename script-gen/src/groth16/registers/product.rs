//! The sums of a product's columns.
//!
//! Column `k` collects what is multiplied by `16^k`: digit `t` times limb `i` for `t + 5 i = k`. All digits of a column are of one
//! class, the residue modulo 5; classes are dealt with one after the other.
//!
//! Every term that is pushed makes the stack higher by one, and so an address reads the next limb of its row: the terms of
//! a column are pushed in the order of the limbs, which leaves every digit with one address for all of its uses. The
//! addresses stand in the reverse order, so that the index which copies an address is the same for all terms of a column.
//! A column whose terms begin with limb i needs a stack that is higher by i: sums of earlier columns wait there.

use super::digits::{address_places, address_range};
use super::limb::{LIMB_DIGITS, LIMBS};
use crate::bn254::frame::Frame;
use crate::bn254::rows::ALL;
use crate::script::{Op, pick_from};

/// A factor's digits as they stand on the stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    /// The place of the deepest.
    pub(super) start: usize,
    /// How many digits.
    pub(super) digits: usize,
}

/// From the thirteen limbs of a factor on top, which are taken: the sums of all columns of its product with the number whose
/// addresses are given, on the altstack. Returns the columns in the order in which their sums have gone there.
///
/// Of a square, a limb is multiplied by itself once and by every higher one twice.
pub(super) fn save_sums(frame: &mut Frame, addresses: Addresses, square: bool) -> Vec<usize> {
    let start = ALL.build(frame, LIMBS);
    let places = address_places(addresses.digits);
    let mut saved = vec![];
    for class in 0..LIMB_DIGITS {
        let below = frame.height;
        let digits = (addresses.digits - class).div_ceil(LIMB_DIGITS);
        for _ in digits..LIMBS {
            frame.number(0);
        }
        for step in (0..digits).rev() {
            frame.copy(addresses.start + places[class + LIMB_DIGITS * step]);
        }
        let columns = Class { digits, square };
        columns.save(frame, &mut |step| saved.push(class + LIMB_DIGITS * step));
        frame.cut(below);
    }
    frame.cut(start);
    saved
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

    /// Moves the sums of the class's columns to the altstack and names them.
    fn save(&self, frame: &mut Frame, saved: &mut dyn FnMut(usize)) {
        let top = frame.height;
        let last = self.digits - 1 + LIMBS - 1;
        let mut waiting = vec![];
        for step in 0..=last {
            debug_assert_eq!(frame.height, top + self.first_limb(step));
            self.push_sum(frame, top, step);
            if step < last && self.first_limb(step + 1) > self.first_limb(step) {
                waiting.push(step);
            } else {
                frame.save(1);
                saved(step);
            }
        }
        for step in waiting.into_iter().rev() {
            frame.save(1);
            saved(step);
        }
    }

    /// Pushes the sum of a column.
    fn push_sum(&self, frame: &mut Frame, top: usize, step: usize) {
        let first = self.first_limb(step);
        let end = LIMBS.min(step + 1);
        for limb in first..end {
            // The address of digit 0 is uppermost.
            frame.copy(top - 1 - (step - limb));
            frame.script.push(pick_from(address_range()));
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
