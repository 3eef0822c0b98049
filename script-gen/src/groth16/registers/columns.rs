//! The sum of a relation: one bit after the other, from the highest.
//!
//! What the relation sums has to be zero over the integers. From the top, `T_k = S_k + 2 T_(k+1)` ends with that sum, `T_0`, if
//! `S_k` are the terms with the factor `2^k`. No carries are hinted: if the relation holds, `2 T_(k+1)` is the negative of what
//! lies below, so it stays small; if it does not, then either a `T_k` outgrows the four bytes that arithmetic reads, which ends
//! the script, or `T_0` is not zero. Script numbers do not wrap, so there is no third case.

use super::form::Form;
use super::limb::{LIMB_BITS, LIMBS};
use super::work::{Column, Work};
use crate::bn254::frame::{Frame, sum};
use crate::bn254::rows::ODD;
use crate::groth16::program::Value;
use crate::script::Op;

/// A number of several limbs times a constant, by a table of the limbs' odd multiples.
pub(super) struct Multiples {
    /// The place of the table.
    start: usize,
    /// For each bit its terms: their places in the table, and whether they are subtracted.
    terms: Vec<Vec<(usize, bool)>>,
}

impl Multiples {
    /// Makes the table of the limbs that are on top.
    pub(super) fn build(
        frame: &mut Frame,
        limbs: usize,
        bits: usize,
        constant: &[(usize, i64)],
        negative: bool,
    ) -> Self {
        let start = ODD.build(frame, limbs);
        let top = constant.last().map_or(0, |(bit, _)| *bit);
        let mut terms = vec![vec![]; top + bits * (limbs - 1) + 1];
        for limb in 0..limbs {
            for (bit, digit) in constant {
                let place = ODD.place(digit.abs()) * limbs + limb;
                terms[bit + bits * limb].push((place, negative != (*digit < 0)));
            }
        }
        Self { start, terms }
    }

    /// The terms of a bit: their places, and whether they are subtracted.
    fn terms(&self, bit: usize) -> impl Iterator<Item = (usize, bool)> {
        let terms = self.terms.get(bit).into_iter().flatten();
        terms.map(|(place, negative)| (self.start + place, *negative))
    }

    fn last_bit(&self) -> usize {
        self.terms.len() - 1
    }
}

/// Fails unless everything together is zero: the sums of a relation's columns, which are taken, multiples whose tables stand
/// above them, and linear terms.
pub(super) fn require_zero(
    frame: &mut Frame,
    (work, relation): (&mut Work, usize),
    mut multiples: Vec<Multiples>,
    linear: &Form,
    place: &dyn Fn(Value) -> [usize; LIMBS],
) {
    let tops = multiples.iter().map(Multiples::last_bit);
    let others = [4 * work.highest(relation), LIMB_BITS * (LIMBS - 1)];
    let top = tops.chain(others).max().unwrap_or(0);
    frame.number(0);
    for bit in (0..=top).rev() {
        if bit < top {
            frame.ops(&[Op::Dup]);
            frame.limit(Op::Add);
        }
        let power = bit / 4;
        if bit.is_multiple_of(4) && work.raise_sum(frame, Column { relation, power }) {
            frame.limit(Op::Add);
            for table in &mut multiples {
                table.start -= 1;
            }
        }
        for table in &multiples {
            for (place, negative) in table.terms(bit) {
                frame.copy(place);
                frame.limit(sum(!negative));
            }
        }
        if bit.is_multiple_of(LIMB_BITS) && bit / LIMB_BITS < LIMBS {
            add_limb(frame, linear, bit / LIMB_BITS, place);
        }
    }
    frame.number(0);
    frame.limit(Op::NumEqualVerify);
}

/// Adds a limb of a sum to the top.
fn add_limb(frame: &mut Frame, form: &Form, limb: usize, place: &dyn Fn(Value) -> [usize; LIMBS]) {
    for (value, factor) in &form.terms {
        frame.copy(place(*value)[limb]);
        frame.times(factor.abs());
        frame.limit(sum(*factor > 0));
    }
    let constant = form.constant[limb];
    if constant != 0 {
        frame.number(constant.abs());
        frame.limit(sum(constant > 0));
    }
}

/// Pushes a limb of a sum.
pub(super) fn push_limb(
    frame: &mut Frame,
    form: &Form,
    limb: usize,
    place: &dyn Fn(Value) -> [usize; LIMBS],
) {
    // A positive term first saves a negation.
    let mut terms = form.terms.clone();
    terms.sort_by_key(|(_, factor)| *factor < 0);
    let mut terms = terms.into_iter();
    match terms.next() {
        Some((value, factor)) => {
            frame.copy(place(value)[limb]);
            frame.times(factor.abs());
            if factor < 0 {
                frame.ops(&[Op::Negate]);
            }
        }
        None => frame.number(0),
    }
    for (value, factor) in terms {
        frame.copy(place(value)[limb]);
        frame.times(factor.abs());
        frame.combine(factor > 0);
    }
    let constant = form.constant[limb];
    if constant != 0 {
        frame.number(constant.abs());
        frame.combine(constant > 0);
    }
}
