//! Which instruction a step executes, and which register it writes.

use gavel_vm::isa::{Dest, Op};

use super::columns::*;
use super::view::{View, sum};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    for array in [INSTR, super::columns::A, B, SCRATCH] {
        for bit in array..array + 32 {
            emit.boolean(view.at(bit));
        }
    }
    for flag in [
        LANE, LANE_3, CARRY, CARRY_HIGH, WRAP, NEXT_WRAP, TAKEN, BEYOND, WRITES,
    ] {
        emit.boolean(view.at(flag));
    }
    emit.boolean(view.at(LANE + 1));

    // One instruction, and the word at PC has the bits that say so.
    for &op in Op::ALL {
        emit.boolean(view.flag(op));
    }
    emit.boolean(view.active);
    emit.always(view.flag(Op::Break));
    for (position, &bit) in view.instr_bits().iter().enumerate() {
        let with = |value: u32| {
            view.those(|op| {
                let encoding = op.encoding();
                encoding.mask >> position & 1 == 1 && encoding.bits >> position & 1 == value
            })
        };
        emit.always(with(1) * (A::one() - bit) + with(0) * bit);
    }

    // The destination: that of a conditional move counts only if its condition holds.
    let conditional = [Op::Movz, Op::Movn];
    let rd = view.those(|op| op.dest() == Dest::Rd && !conditional.contains(&op))
        + view.flag(Op::Movz) * view.at(ZERO)
        + view.flag(Op::Movn) * (A::one() - view.at(ZERO));
    let dest = [
        rd * view.field(11, 5),
        view.those(|op| op.dest() == Dest::Rt) * view.field(16, 5),
        view.those(|op| op.dest() == Dest::Ra).times(31),
        view.those(|op| op.dest() == Dest::K0).times(26),
    ];
    emit.always(view.at(DEST) - sum(dest.into_iter()));
    emit.always(view.at(DEST) * view.at(DEST_INVERSE) - view.at(WRITES));
    emit.always(view.at(DEST) * (A::one() - view.at(WRITES)));
}
