//! Sums, differences and comparisons; traps that compare.

use gavel_vm::isa::Op;

use super::columns::*;
use super::view::{View, low};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

const COMPARE_REGISTERS: [Op; 6] = [Op::Slt, Op::Sltu, Op::Tge, Op::Tgeu, Op::Tlt, Op::Tltu];
const COMPARE_CONSTANT: [Op; 6] = [
    Op::Slti,
    Op::Sltiu,
    Op::Tgei,
    Op::Tgeiu,
    Op::Tlti,
    Op::Tltiu,
];

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (a, b, result, constant) = (view.a, view.b, view.result, view.signed());
    let word = |bit: A| bit.times(1 << 32);
    let carry = word(view.at(CARRY));
    emit.always(
        view.flag(Op::Addu) * (a + b - result - carry)
            + view.flag(Op::Addiu) * (a + constant - result - carry)
            + view.flag(Op::Subu) * (a - b - result + carry)
            + view.flag(Op::Lui) * (result - view.unsigned().times(1 << 16)),
    );

    // Sums that must not overflow: of signed numbers, without a carry.
    let bits = view.scratch();
    let sign = view.instr_bits()[15];
    let (signed_a, signed_b) = (a - word(view.a_bits()[31]), b - word(view.b_bits()[31]));
    let signed_result = result - word(bits[31]);
    emit.always(view.any(&[Op::Add, Op::Addi, Op::Sub]) * (result - low(bits, 32)));
    emit.always(
        view.flag(Op::Add) * (signed_a + signed_b - signed_result)
            + view.flag(Op::Addi) * (signed_a + constant - word(sign) - signed_result)
            + view.flag(Op::Sub) * (signed_a - signed_b - signed_result),
    );

    // a - b = difference - 2^32 * less; signed numbers are compared after adding 2^31 to both.
    let compared = view.pair(COMPARED) - carry;
    let signed = view.any(&[Op::Slt, Op::Tge, Op::Tlt]);
    let signed_constant = view.any(&[Op::Slti, Op::Tgei, Op::Tlti]);
    emit.always(
        view.any(&COMPARE_REGISTERS) * (a - b - compared)
            + view.any(&COMPARE_CONSTANT) * (a - constant - compared)
            - signed * word(view.a_bits()[31] - view.b_bits()[31])
            - signed_constant * word(view.a_bits()[31] - sign),
    );
    let less = view.at(CARRY);
    emit.always(view.any(&[Op::Slt, Op::Sltu, Op::Slti, Op::Sltiu]) * (result - less));
    emit.always(view.any(&[Op::Tge, Op::Tgeu, Op::Tgei, Op::Tgeiu]) * (A::one() - less));
    emit.always(view.any(&[Op::Tlt, Op::Tltu, Op::Tlti, Op::Tltiu]) * less);
}
