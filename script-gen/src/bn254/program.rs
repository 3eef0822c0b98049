//! The script of a form, phase by phase.

use super::columns;
use super::element::{DIGITS, LIMBS, limb_digits, limb_offset, modulus, signed_digits};
use super::form::{Form, QUOTIENT_LIMB};
use super::frame::Frame;
use super::layout::Layout;
use super::remainder;
use super::rows::{ALL, MAGNITUDES};
use crate::script::{Op, Script, pick, pick_from, roll};

/// Values of a digit.
const DIGIT_VALUES: usize = 16;

/// `.. [operands] [quotients] [remainders] -> .. [remainders]`
pub(super) fn script(form: &Form) -> Script {
    let layout = Layout::new(form);
    let mut frame =
        Frame::new((form.operands() + form.results()) * DIGITS + form.results() * LIMBS);
    remainder::accept(&mut frame, form.results());
    let tables = save_addresses(&mut frame, form, &layout);
    save_quotients(&mut frame, form.results());
    build_tables(&mut frame, &layout, tables);
    frame.restore(form.results() * LIMBS);
    let modulus = signed_digits(&modulus());
    for result in 0..form.results() {
        if result > 0 {
            frame.save(frame.height - layout.addresses);
            frame.cut(layout.quotient);
            // A copy, so that all places are those of the first result.
            for _ in 0..LIMBS {
                frame.copy(frame.height - LIMBS);
            }
        }
        MAGNITUDES.build(&mut frame, LIMBS);
        frame.restore(layout.padding - layout.addresses);
        columns::check(&mut frame, &layout, form.products(result), &modulus);
    }
    frame.cut(0);
    frame.restore(form.results() * DIGITS);
    frame.script
}

/// Puts the addresses of the selectors' digits on the altstack and removes operands that are no tables. Returns the table
/// operands that are left, deepest first.
fn save_addresses(frame: &mut Frame, form: &Form, layout: &Layout) -> Vec<usize> {
    let above = frame.height - form.operands() * DIGITS;
    let tables = form.tables();
    let selectors = form.selectors();
    let mut digits: Vec<(usize, usize)> = (0..form.operands())
        .flat_map(|operand| (0..DIGITS).map(move |digit| (operand, digit)))
        .collect();
    if !selectors.is_empty() {
        for digit in (0..DIGIT_VALUES as i64).rev() {
            frame.number(layout.address_of(digit - 8) as i64);
        }
        for (selector, digit) in layout.address_order().into_iter().rev() {
            let wanted = (selectors[selector], digit);
            let place = digits.iter().position(|other| *other == wanted);
            let place = place.expect("a selector's digit stays until it is used");
            let depth = DIGIT_VALUES + above + digits.len() - 1 - place;
            if tables.contains(&wanted.0) {
                frame.script.push(pick(depth));
                frame.height += 1;
            } else {
                frame.script.push(roll(depth));
                digits.remove(place);
            }
            frame.script.push(pick_from(0..DIGIT_VALUES));
            frame.save(1);
        }
        frame.cut(frame.height - DIGIT_VALUES);
    }
    digits.chunks(DIGITS).map(|chunk| chunk[0].0).collect()
}

/// Clamps the limbs of all quotients and moves them to the altstack.
fn save_quotients(frame: &mut Frame, results: usize) {
    let (least, most) = QUOTIENT_LIMB;
    for _ in 0..results * LIMBS {
        frame.number(most);
        frame.ops(&[Op::Min]);
        frame.number(least);
        frame.ops(&[Op::Max]);
        frame.save(1);
    }
}

/// Makes the tables of multiples of the operands, which are all that is left on the stack.
fn build_tables(frame: &mut Frame, layout: &Layout, operands: Vec<usize>) {
    for _ in &operands {
        save_limbs(frame);
    }
    if layout.tables == 0 {
        for _ in &operands {
            frame.restore(LIMBS);
            MAGNITUDES.build(frame, LIMBS);
        }
        return;
    }
    frame.restore(operands.len() * LIMBS);
    let mut limbs: Vec<(usize, usize)> = (0..operands.len())
        .flat_map(|table| (0..LIMBS).map(move |limb| (limb, table)))
        .collect();
    if operands.len() > 1 {
        for item in 0..limbs.len() {
            let wanted = (item / operands.len(), item % operands.len());
            let place = limbs.iter().position(|other| *other == wanted);
            let place = place.expect("every limb is there once");
            frame.raise(layout.rows + place);
            let limb = limbs.remove(place);
            limbs.push(limb);
        }
    }
    ALL.build(frame, limbs.len());
}

/// Replaces 64 digits on top by their limbs on the altstack, limb 0 uppermost.
fn save_limbs(frame: &mut Frame) {
    for limb in (0..LIMBS).rev() {
        for _ in 1..limb_digits(limb) {
            frame.shift();
            frame.ops(&[Op::Add]);
        }
        frame.number(limb_offset(limb));
        frame.ops(&[Op::Sub]);
        frame.save(1);
    }
}
