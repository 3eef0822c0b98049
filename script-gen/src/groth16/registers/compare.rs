//! Comparisons of the number at a place, whose limbs are in the range of limbs.
//!
//! A comparison of signed limbs is one of integers, because every limb takes each residue of its range once: the lower limbs
//! decide where the upper ones are equal. So `below' = (limb < bound + below)` from limb 0 upwards.

use super::limb::LIMBS;
use crate::bn254::frame::Frame;
use crate::script::Op;

/// Fails if the number at a place is below zero.
pub(super) fn require_not_negative(frame: &mut Frame, place: usize) {
    frame.copy(place);
    frame.number(0);
    frame.ops(&[Op::LessThan]);
    for limb in 1..LIMBS {
        frame.copy(place + limb);
        frame.ops(&[Op::GreaterThan]);
    }
    frame.ops(&[Op::Not, Op::Verify]);
}

/// Fails unless the number at a place is below a bound.
pub(super) fn require_below(frame: &mut Frame, place: usize, bound: &[i64; LIMBS]) {
    for (limb, bound) in bound.iter().enumerate() {
        if limb > 0 {
            frame.number(*bound);
            frame.ops(&[Op::Add]);
            frame.copy(place + limb);
            frame.ops(&[Op::GreaterThan]);
        } else {
            frame.copy(place);
            frame.number(*bound);
            frame.ops(&[Op::LessThan]);
        }
    }
    frame.ops(&[Op::Verify]);
}

/// Fails if the number at a place is zero.
pub(super) fn require_not_zero(frame: &mut Frame, place: usize) {
    for limb in 0..LIMBS {
        frame.copy(place + limb);
        if limb > 0 {
            frame.ops(&[Op::BoolOr]);
        }
    }
    frame.ops(&[Op::Verify]);
}
