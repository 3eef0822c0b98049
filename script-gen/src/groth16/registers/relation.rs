//! The script of relations.

use super::columns::{Multiples, push_limb, require_zero};
use super::form::Form;
use super::limb::{LIMB_BITS, LIMBS, Range, limb_range};
use super::plan::{MODULUS, Plan};
use super::product::save_sums;
use super::schedule::{Digits, Schedule, Table};
use super::search::Carry;
use super::work::Work;
use crate::bn254::frame::Frame;
use crate::bn254::rows::ALL;
use crate::groth16::program::Value;
use crate::script::Op;

/// The places of a value's limbs.
type Places<'a> = &'a dyn Fn(Value) -> [usize; LIMBS];

/// Fails unless what each of the plans sums is a multiple of p. `quotient` puts the limbs of a plan's quotient on top. Leaves nothing.
pub(super) fn require(
    frame: &mut Frame,
    plans: &[&Plan],
    schedule: &Schedule,
    limbs: Places<'_>,
    quotient: &dyn Fn(&mut Frame, &Plan),
) {
    let mut work = Work::new(frame.height);
    for (number, table) in schedule.tables.iter().enumerate() {
        for entry in &table.uses {
            if !work.has(entry.factor) {
                let digits = &schedule.factors[entry.factor];
                find_digits(frame, &mut work, entry.factor, digits, limbs);
            }
        }
        push_table(frame, table, limbs);
        let mut saved = vec![];
        for entry in &table.uses {
            let digits = schedule.factors[entry.factor].count;
            save_sums(frame, &mut work, *entry, digits, &mut saved);
        }
        frame.cut(work.top());
        for factor in 0..schedule.factors.len() {
            if !schedule.is_used_after(number, factor) {
                work.drop_addresses(frame, factor);
            }
        }
        work.restore_sums(frame, saved);
    }
    for (relation, plan) in plans.iter().enumerate() {
        quotient(frame, plan);
        let shape = plan.quotient;
        let taken = Multiples::build(frame, shape.limbs, shape.bits, &MODULUS, true);
        let mut multiples = vec![taken];
        for multiple in &plan.multiples {
            push_form(frame, &multiple.form, limbs);
            let constant = &multiple.constant;
            multiples.push(Multiples::build(frame, LIMBS, LIMB_BITS, constant, false));
        }
        require_zero(frame, (&mut work, relation), multiples, &plan.linear, limbs);
        frame.cut(work.top());
    }
}

/// Makes the addresses of a factor.
fn find_digits(
    frame: &mut Frame,
    work: &mut Work,
    factor: usize,
    digits: &Digits,
    limbs: Places<'_>,
) {
    let places = match digits.form.single() {
        Some((value, _)) => limbs(value),
        None => {
            push_normalised(frame, &digits.form, limbs);
            std::array::from_fn(|limb| frame.height - 1 - limb)
        }
    };
    work.add_addresses(frame, factor, places, digits.count);
}

/// Makes the table of a factor's multiples.
fn push_table(frame: &mut Frame, table: &Table, limbs: Places<'_>) {
    if table.normalised {
        push_normalised(frame, &table.form, limbs);
        for depth in 1..LIMBS {
            frame.raise(frame.height - 1 - depth);
        }
    } else {
        push_form(frame, &table.form, limbs);
    }
    ALL.build(frame, LIMBS);
}

/// Pushes the limbs of a sum, the least significant one first.
fn push_form(frame: &mut Frame, form: &Form, limbs: Places<'_>) {
    for limb in 0..LIMBS {
        push_limb(frame, form, limb, limbs);
    }
}

/// Pushes the limbs of a sum in the range of limbs, the most significant one first; only that one may be longer.
fn push_normalised(frame: &mut Frame, form: &Form, limbs: Places<'_>) {
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
