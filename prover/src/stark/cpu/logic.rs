//! Bitwise logic and moves.

use gavel_vm::isa::Op;

use super::columns::*;
use super::view::{View, sum};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let registers = view.any(&[Op::And, Op::Or, Op::Xor, Op::Nor]);
    let constants = view.any(&[Op::Andi, Op::Ori, Op::Xori]);
    let and = (0..32).map(|i| {
        let mut other = registers * view.b_bits()[i];
        if i < 16 {
            other = other + constants * view.instr_bits()[i];
        }
        other * view.a_bits()[i].times(1 << i)
    });
    emit.always(view.at(AND) - sum(and));

    let (result, and) = (view.result, view.at(AND));
    let or = view.a + view.b - and;
    let or_constant = view.a + view.unsigned() - and;
    emit.always(
        view.any(&[Op::And, Op::Andi]) * (result - and)
            + view.flag(Op::Or) * (result - or)
            + view.flag(Op::Ori) * (result - or_constant)
            + view.flag(Op::Xor) * (result - or + and)
            + view.flag(Op::Xori) * (result - or_constant + and)
            + view.flag(Op::Nor) * (result + or - A::constant(u32::MAX.into())),
    );

    emit.always(
        view.flag(Op::Mfhi) * (result - view.at(HI))
            + view.flag(Op::Mflo) * (result - view.at(LO))
            + view.any(&[Op::Movz, Op::Movn]) * (result - view.a),
    );
}
