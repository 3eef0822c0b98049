//! The script of a relation.

use super::columns::{Multiples, Sums, push_limb, require_zero};
use super::digits::push_addresses;
use super::limb::{LIMB_BITS, LIMBS, Range, limb_range};
use super::plan::{Form, Plan, Product};
use super::product::{Addresses, save_sums};
use super::search::Carry;
use crate::bn254::frame::Frame;
use crate::groth16::program::Value;
use crate::script::Op;

/// What a relation reads: where values stand.
pub(super) struct Operands<'a> {
    /// The places of a value's limbs.
    pub(super) limbs: &'a dyn Fn(Value) -> [usize; LIMBS],
    /// A value's addresses, if they have been made before.
    pub(super) addresses: &'a dyn Fn(Value) -> Option<Addresses>,
}

/// Fails unless what the plan sums is a multiple of p: the next hints are the quotient. Leaves nothing.
pub(super) fn require(
    frame: &mut Frame,
    plan: &Plan,
    operands: &Operands<'_>,
    quotient: impl FnOnce(&mut Frame),
) {
    let start = frame.height;
    let mut sums = Sums::default();
    for product in &plan.products {
        let saved = product_sums(frame, product, operands);
        sums.add(frame, saved);
    }
    quotient(frame);
    let quotient = plan.quotient;
    let mut multiples = vec![Multiples::build(
        frame,
        quotient.limbs,
        quotient.bits,
        &plan.modulus,
        true,
    )];
    for multiple in &plan.multiples {
        push_form(frame, &multiple.form, operands.limbs);
        let constant = &multiple.constant;
        multiples.push(Multiples::build(frame, LIMBS, LIMB_BITS, constant, false));
    }
    require_zero(frame, start, sums, multiples, &plan.linear, operands.limbs);
    frame.cut(start);
}

fn product_sums(frame: &mut Frame, product: &Product, operands: &Operands<'_>) -> Vec<usize> {
    let start = frame.height;
    let addresses = match product.digits.single() {
        Some((value, _)) => (operands.addresses)(value).unwrap_or_else(|| {
            push_addresses(frame, (operands.limbs)(value), product.digit_count());
            Addresses {
                start,
                digits: product.digit_count(),
            }
        }),
        None => {
            push_normalised(frame, &product.digits, operands.limbs);
            let places = std::array::from_fn(|limb| start + LIMBS - 1 - limb);
            push_addresses(frame, places, product.digit_count());
            Addresses {
                start: start + LIMBS,
                digits: product.digit_count(),
            }
        }
    };
    if product.normalised {
        let below = frame.height;
        push_normalised(frame, &product.table, operands.limbs);
        for limb in 1..LIMBS {
            frame.raise(below + LIMBS - 1 - limb);
        }
    } else {
        push_form(frame, &product.table, operands.limbs);
    }
    let saved = save_sums(frame, addresses, product.is_square());
    frame.cut(start);
    saved
}

/// Pushes the limbs of a sum, the least significant one first.
fn push_form(frame: &mut Frame, form: &Form, limbs: &dyn Fn(Value) -> [usize; LIMBS]) {
    for limb in 0..LIMBS {
        push_limb(frame, form, limb, limbs);
    }
}

/// Pushes the limbs of a sum in the range of limbs, the most significant one first; only that one may be longer.
fn push_normalised(frame: &mut Frame, form: &Form, limbs: &dyn Fn(Value) -> [usize; LIMBS]) {
    let (least, _) = limb_range(0);
    let carries = (0..LIMBS - 1).map(|limb| form.carry(limb));
    let carries = carries.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let carry = Carry::new(1 << LIMB_BITS, least, carries.unwrap_or((0, 0)));
    let start = frame.height;
    frame.script.push(carry.tables());
    frame.height += carry.table_items();
    for limb in 0..LIMBS {
        push_limb(frame, form, limb, limbs);
        if limb > 0 {
            frame.ops(&[Op::Add]);
        }
        if limb + 1 < LIMBS {
            frame.script.push(carry.script());
            frame.height += 1;
            frame.ops(&[Op::Swap]);
            // It is in this range already; the analysis has to see it.
            clamp(frame, (0, (1 << LIMB_BITS) - 1));
            frame.number(least.abs());
            frame.combine(least > 0);
        }
        frame.save(1);
    }
    frame.cut(start);
    frame.restore(LIMBS);
}

/// Brings the top into a range.
pub(super) fn clamp(frame: &mut Frame, (least, most): Range) {
    frame.number(most);
    frame.ops(&[Op::Min]);
    frame.number(least);
    frame.ops(&[Op::Max]);
}
