//! The script of a form, phase by phase.

use super::columns::Relation;
use super::element::{
    DIGITS, LIMB_DIGITS, LIMBS, limb_digits, limb_offset, modulus, signed_digits,
};
use super::form::{Form, QUOTIENT_LIMB};
use super::frame::Frame;
use super::layout::Layout;
use super::rows::{ALL, MAGNITUDES};
use super::{remainder, selected};
use crate::script::{Op, Script, pick, pick_from, roll};

/// Values of a digit.
const DIGIT_VALUES: usize = 16;

/// `.. [operands] [quotients] [remainders] -> .. [remainders]`
pub(super) fn script(form: &Form) -> Script {
    let mut frame =
        Frame::new((form.operands() + form.results()) * DIGITS + form.results() * LIMBS);
    remainder::accept(&mut frame, form.results());
    save_quotients(&mut frame, form.results());
    let mut sums = if form.selectors().is_empty() {
        build_magnitudes(&mut frame, form.operands());
        vec![]
    } else {
        let layout = Layout::new(form);
        let tables = save_addresses(&mut frame, form, &layout);
        build_multiples(&mut frame, tables);
        frame.restore(layout.top(0) - frame.height);
        selected::sums(&mut frame, &layout, form)
    };
    frame.restore(form.results() * LIMBS);
    let modulus = signed_digits(&modulus());
    for result in 0..form.results() {
        let start = frame.height - LIMBS;
        let relation = Relation {
            result,
            products: form.products(result),
            modulus: &modulus,
            quotient: MAGNITUDES.build(&mut frame, LIMBS),
        };
        let taken = sums.len();
        relation.check(&mut frame, &mut sums);
        frame.cut(start - (taken - sums.len()));
    }
    frame.cut(0);
    frame.restore(form.results() * DIGITS);
    frame.script
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

/// Puts the addresses of the selectors' digits on the altstack and removes operands that are no tables. The operands are all that
/// is on the stack. Returns the table operands, which are left, deepest first.
fn save_addresses(frame: &mut Frame, form: &Form, layout: &Layout) -> Vec<usize> {
    let tables = form.tables();
    let mut digits: Vec<(usize, usize)> = (0..form.operands())
        .flat_map(|operand| (0..DIGITS).map(move |digit| (operand, digit)))
        .collect();
    let lowest = LIMB_DIGITS - 1;
    for digit in (0..DIGIT_VALUES as i64).rev() {
        frame.number(layout.address_of(digit - 8, lowest) as i64);
    }
    for class in 0..LIMB_DIGITS {
        let higher = layout.top(class) - layout.top(lowest);
        for wanted in layout.digits(class).into_iter().rev() {
            let place = digits.iter().position(|other| *other == wanted);
            let place = place.expect("a selector's digit stays until it is used");
            let depth = DIGIT_VALUES + digits.len() - 1 - place;
            if tables.contains(&wanted.0) {
                frame.script.push(pick(depth));
                frame.height += 1;
            } else {
                frame.script.push(roll(depth));
                digits.remove(place);
            }
            frame.script.push(pick_from(0..DIGIT_VALUES));
            if higher > 0 {
                frame.number(higher as i64);
                frame.ops(&[Op::Add]);
            }
            frame.save(1);
        }
    }
    frame.cut(frame.height - DIGIT_VALUES);
    digits.chunks(DIGITS).map(|chunk| chunk[0].0).collect()
}

/// Makes a table of magnitudes of each operand; the operands are all that is on the stack.
fn build_magnitudes(frame: &mut Frame, operands: usize) {
    for _ in 0..operands {
        save_limbs(frame);
    }
    for _ in 0..operands {
        frame.restore(LIMBS);
        MAGNITUDES.build(frame, LIMBS);
    }
}

/// Makes the table of all multiples of the operands, which are all that is on the stack.
fn build_multiples(frame: &mut Frame, operands: Vec<usize>) {
    for _ in &operands {
        save_limbs(frame);
    }
    frame.restore(operands.len() * LIMBS);
    if operands.len() > 1 {
        interleave_limbs(frame, operands.len());
    }
    ALL.build(frame, operands.len() * LIMBS);
}

/// Orders the limbs of tables, which are all that is on the stack, by limbs first and by tables then.
fn interleave_limbs(frame: &mut Frame, tables: usize) {
    let mut limbs: Vec<(usize, usize)> = (0..tables)
        .flat_map(|table| (0..LIMBS).map(move |limb| (limb, table)))
        .collect();
    for item in 0..limbs.len() {
        let wanted = (item / tables, item % tables);
        let place = limbs.iter().position(|other| *other == wanted);
        let place = place.expect("every limb is there once");
        frame.raise(place);
        let limb = limbs.remove(place);
        limbs.push(limb);
    }
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
