//! Counts of leading bits, bytes rearranged, bit fields.

use gavel_vm::isa::Op;

use super::columns::*;
use super::view::{View, low, suffixes, sum};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    leading(view, emit);
    fields(view, emit);

    let byte = |i: usize| low(&view.b_bits()[8 * i..], 8);
    let sign = |bits: usize| view.b_bits()[bits - 1].times((1 << 32) - (1 << bits));
    let swapped = byte(1) + byte(0).times(1 << 8) + byte(3).times(1 << 16) + byte(2).times(1 << 24);
    emit.always(
        view.flag(Op::Wsbh) * (view.result - swapped)
            + view.flag(Op::Seb) * (view.result - byte(0) - sign(8))
            + view.flag(Op::Seh) * (view.result - low(view.b_bits(), 16) - sign(16)),
    );
}

/// CLZ and CLO. Scratch bit `n` is set if `n` bits lead and another follows, none if all bits are alike.
fn leading<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (bits, counted) = (view.a_bits(), view.scratch());
    let one = A::one();
    let set = sum(counted.iter().copied());
    let count = sum(counted
        .iter()
        .enumerate()
        .map(|(n, &bit)| bit.times(n as u64)));
    let zeros = view.flag(Op::Clz);
    let ones = view.flag(Op::Clo);
    let either = zeros + ones;
    emit.always(either * set * (set - one));
    emit.always(either * (view.result - count - (one - set).times(32)));
    let all_ones = A::constant(u32::MAX.into());
    emit.always(zeros * (one - set) * view.a + ones * (one - set) * (all_ones - view.a));
    let above = suffixes(bits);
    // The n bits from 32 - n on are alike, and the one below differs.
    let each = |of: &dyn Fn(usize) -> A| sum((0..32).map(|n| counted[n] * of(n)));
    emit.always(
        zeros * each(&|n| above[32 - n])
            + ones * each(&|n| A::constant((1 << n) - 1) - above[32 - n]),
    );
    emit.always(zeros * each(&|n| one - bits[31 - n]) + ones * each(&|n| bits[31 - n]));
}

/// EXT and INS. The scratch bits are the mask of the field: ones from lsb to msb.
fn fields<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (ext, ins) = (view.flag(Op::Ext), view.flag(Op::Ins));
    let (lsb, msb) = (view.field(6, 5), view.field(11, 5));
    let bits = view.instr_bits();
    let one = A::one();
    let factor = |bit: A, value: u64| one + bit.times(value - 1);
    for (column, at) in [(LSB, 6), (MSB, 11)] {
        let three = factor(bits[at], 2) * factor(bits[at + 1], 4) * factor(bits[at + 2], 16);
        emit.always(view.at(column) - three);
        let four = factor(bits[at + 3], 1 << 8);
        emit.always(view.at(column + 1) - view.at(column) * four * factor(bits[at + 4], 1 << 16));
    }
    let (lsb_power, msb_power) = (view.at(LSB + 1), view.at(MSB + 1));
    emit.always(view.at(ABOVE) * msb_power - A::constant(1 << 31));

    let mask = low(view.scratch(), 32);
    let masked = |word: &[A]| {
        let both = word.iter().zip(view.scratch()).enumerate();
        sum(both.map(|(i, (&bit, &mask))| bit.times(1 << i) * mask))
    };
    let beyond = view.at(BEYOND);
    let gap = view.limb(8);

    // EXT: msb counts from lsb; a field beyond bit 31 ends there, and then lsb + msb is 31 at least.
    let field = view.at(FIELD);
    let to_the_top = A::constant(1 << 32) - lsb_power;
    emit.always(ext * (field - lsb_power * (msb_power.times(2) - one)));
    emit.always(ext * (mask - field - beyond * (to_the_top - field)));
    emit.always(ext * beyond * (lsb + msb - A::constant(31) - gap));
    emit.always(ext * (view.result * lsb_power - masked(view.a_bits())));

    // INS: a field whose msb is less than its lsb is empty. Else rs is its low part, as wide as the field, and a high part:
    // shifted by lsb, the low part is less than 2^(msb + 1). The high part is less than 2^31; its limbs overlap by a bit,
    // so that the sum cannot reach the field's order.
    emit.always(ins * (mask - (one - beyond) * (msb_power.times(2) - lsb_power)));
    emit.always(ins * beyond * (lsb - msb - one - gap));
    emit.always(view.at(INSERTS) - ins * (one - beyond));
    let low_part = view.pair(4);
    let high_part = view.limb(6) + view.limb(7).times(1 << 15);
    emit.always(ins * (field - lsb_power * low_part));
    emit.always(ins * (field * view.at(ABOVE) - view.pair(2)));
    emit.always(ins * beyond * field);
    emit.always(view.at(INSERTS) * (lsb_power * view.a - field - msb_power.times(2) * high_part));
    emit.always(ins * (view.result - view.b + masked(view.b_bits()) - field));
}
