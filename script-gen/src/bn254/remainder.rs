//! The hinted results: 64 nibbles each, clamped, made into limbs and compared with p.

use super::element::{DIGITS, LIMBS, limb_digits, limb_offset, limbs_of, modulus};
use super::frame::Frame;
use crate::script::Op;

/// From `.. [hinted digits of each result]` (the last result on top): the digits on the altstack, those of the first result
/// uppermost; above them the limbs, those of the first result uppermost, in each limb 10 uppermost. Fails unless every result
/// is from 0 to p - 1.
pub(super) fn accept(frame: &mut Frame, results: usize) {
    let start = frame.height - results * DIGITS;
    for result in (0..results).rev() {
        accept_digits(frame, start + result * DIGITS);
    }
    for result in (0..results).rev() {
        // The limbs of later results have left, those of earlier ones lie above.
        if result > 0 {
            for _ in 0..LIMBS {
                frame.raise(frame.height - LIMBS * (result + 1));
            }
        }
        require_reduced(frame);
    }
}

/// Clamps the 64 items from place `start`, copies them to the altstack and replaces them by limbs on top, limb 0 uppermost.
///
/// `OP_ABS 15 OP_MIN` makes any number a digit, so that nothing but the relation judges a hint.
fn accept_digits(frame: &mut Frame, start: usize) {
    let mut place = start + DIGITS;
    for limb in (0..LIMBS).rev() {
        for digit in (0..limb_digits(limb)).rev() {
            let first = digit + 1 == limb_digits(limb);
            if !first {
                frame.shift();
            }
            place -= 1;
            frame.raise(place);
            frame.ops(&[Op::Abs]);
            frame.number(15);
            frame.ops(&[Op::Min, Op::Dup, Op::ToAltStack]);
            if !first {
                frame.ops(&[Op::Add]);
            }
        }
        frame.number(limb_offset(limb));
        frame.ops(&[Op::Sub]);
    }
}

/// Moves the eleven limbs on top to the altstack, limb 0 first, if their integer is from 0 to p - 1.
///
/// A comparison of signed limbs is one of integers, because every limb takes each residue of its range once: the lower limbs
/// decide where the upper ones are equal. So `below' = (limb < bound + below)` from limb 0 upwards.
fn require_reduced(frame: &mut Frame) {
    let top = frame.height - 1;
    frame.copy(top);
    frame.number(0);
    frame.ops(&[Op::LessThan]);
    for limb in 1..LIMBS {
        frame.copy(top - limb);
        frame.ops(&[Op::GreaterThan]);
    }
    frame.ops(&[Op::Not, Op::Verify]);
    let bound = limbs_of(&modulus(), limb_offset(0));
    for (limb, bound) in bound.into_iter().enumerate() {
        if limb == 0 {
            frame.ops(&[Op::Dup, Op::ToAltStack]);
            frame.number(bound);
        } else {
            frame.ops(&[Op::Over, Op::ToAltStack]);
            frame.number(bound);
            frame.ops(&[Op::Add]);
        }
        frame.ops(&[Op::LessThan]);
    }
    frame.ops(&[Op::Verify]);
}
