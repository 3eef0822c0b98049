//! From step to step: program counters, HI and LO, branches and jumps, the ends of a segment.

use gavel_vm::address::{HALT, SUPERVISOR};
use gavel_vm::isa::Op;

use super::columns::*;
use super::view::{View, low};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

const LIKELY: [Op; 8] = [
    Op::Beql,
    Op::Bnel,
    Op::Blezl,
    Op::Bgtzl,
    Op::Bltzl,
    Op::Bgezl,
    Op::Bltzall,
    Op::Bgezall,
];
const LINKING: [Op; 6] = [
    Op::Bltzal,
    Op::Bgezal,
    Op::Bltzall,
    Op::Bgezall,
    Op::Jal,
    Op::Jalr,
];
/// Instructions that compute HI and LO in limbs.
const COMPUTED: [Op; 8] = [
    Op::Mult,
    Op::Multu,
    Op::Madd,
    Op::Maddu,
    Op::Msub,
    Op::Msubu,
    Op::Div,
    Op::Divu,
];

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    ends(view, emit);
    conditions(view, emit);
    counters(view, emit);

    let computed = view.any(&COMPUTED);
    for (register, moved, limbs) in [(HI, Op::Mthi, NEW_HI), (LO, Op::Mtlo, NEW_LO)] {
        let next = view.next(register);
        let moved = view.flag(moved);
        emit.transition(
            (A::one() - computed - moved) * (next - view.at(register))
                + computed * (next - view.pair(limbs))
                + moved * (next - view.a),
        );
    }
}

/// The state before the first step and after the last, and the rows that fill the table.
fn ends<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let public = view.row.public;
    emit.first(view.at(CLOCK));
    for (i, register) in [PC, NEXT_PC, HI, LO].into_iter().enumerate() {
        emit.first(view.at(register) - public[BEFORE + i]);
        emit.last(view.at(register) - public[AFTER + i]);
    }
    emit.last(view.active);
    emit.last(view.at(CLOCK) + public[FIRST_STEP] - public[END_STEP]);

    emit.transition(view.next(CLOCK) - view.at(CLOCK) - view.active);
    let idle = A::one() - view.active;
    for &op in Op::ALL {
        emit.transition(idle * view.next(FLAG + op as usize));
    }
    for register in [PC, NEXT_PC] {
        emit.transition(idle * (view.next(register) - view.at(register)));
    }
    // No step is taken at HALT.
    let distance = view.at(PC) - A::constant(HALT.into());
    emit.always(view.active * (distance * view.at(NOT_HALTED) - A::one()));
}

/// What is compared with zero, and whether a branch is taken.
fn conditions<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (zero, sign) = (view.at(ZERO), view.a_bits()[31]);
    let equality = [Op::Beq, Op::Bne, Op::Beql, Op::Bnel, Op::Teq, Op::Tne];
    let against_zero = [Op::Blez, Op::Bgtz, Op::Blezl, Op::Bgtzl];
    emit.always(
        view.at(DIFFERENCE)
            - view.any(&equality) * (view.a - view.b)
            - view.any(&[Op::Teqi, Op::Tnei]) * (view.a - view.signed())
            - view.any(&against_zero) * view.a
            - view.any(&[Op::Movz, Op::Movn, Op::Div, Op::Divu]) * view.b,
    );
    emit.always(view.at(DIFFERENCE) * zero);
    emit.always(view.at(DIFFERENCE) * view.at(INVERSE) + zero - A::one());

    let (one, any) = (A::one(), |ops: &[Op]| view.any(ops));
    emit.always(
        view.at(TAKEN)
            - any(&[Op::Beq, Op::Beql]) * zero
            - any(&[Op::Bne, Op::Bnel]) * (one - zero)
            - any(&[Op::Bltz, Op::Bltzl, Op::Bltzal, Op::Bltzall]) * sign
            - any(&[Op::Bgez, Op::Bgezl, Op::Bgezal, Op::Bgezall]) * (one - sign)
            - any(&[Op::Blez, Op::Blezl]) * (sign + zero)
            - any(&[Op::Bgtz, Op::Bgtzl]) * (one - sign - zero),
    );
    emit.always(any(&[Op::Teq, Op::Teqi]) * zero);
    emit.always(any(&[Op::Tne, Op::Tnei]) * (one - zero));
}

/// PC and NEXT_PC after the step, and links. A value that is no address leads nowhere: no word can be fetched there.
fn counters<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (pc, next_pc, taken) = (view.at(PC), view.at(NEXT_PC), view.at(TAKEN));
    let four = A::constant(4);
    let stride = four - view.at(NEXT_WRAP).times(1 << 32);
    // At the last word only. With the target's, which may be chosen, this keeps program counters at -2^32 or above:
    // further down, the memory bus has the registers.
    emit.always(view.at(NEXT_WRAP) * (next_pc - A::constant(0xffff_fffc)));
    let syscall = view.flag(Op::Syscall);
    let absolute = view.any(&[Op::J, Op::Jal]);
    let register = view.any(&[Op::Jr, Op::Jalr]);
    let skipped = view.any(&LIKELY) * (A::one() - taken);
    let entry = A::constant(SUPERVISOR.into());

    emit.transition(
        view.active * view.next(PC)
            - (view.active - syscall) * next_pc
            - syscall * entry
            - skipped * stride,
    );

    let after = next_pc + stride;
    let distance = view.unsigned().times(4) + view.instr_bits()[15].times((1 << 32) - (1 << 18));
    let target = pc + four + distance - view.at(WRAP).times(1 << 32);
    // The upper four bits of a jump's target are those of PC + 4.
    let slot = view.scratch();
    let region = low(&slot[28..], 4).times(1 << 28);
    emit.always(absolute * (pc + four - view.at(WRAP).times(1 << 32) - low(slot, 32)));
    emit.transition(
        view.active * view.next(NEXT_PC)
            - (view.active - syscall - absolute - register) * after
            - taken * (target - after)
            - skipped * four
            - absolute * (region + view.field(0, 26).times(4))
            - register * view.a
            - syscall * (entry + four),
    );

    let link = pc + A::constant(8) - view.at(CARRY).times(1 << 32);
    emit.always(view.any(&LINKING) * (view.result - link));
    emit.always(syscall * (view.result - next_pc));
}
