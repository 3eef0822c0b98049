//! Loads and stores, and hardware registers. The scratch bits are those of the memory word before the step.

use gavel_vm::address::ULR;
use gavel_vm::isa::{Class, Op};

use super::columns::*;
use super::view::{View, high, low, sum};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

/// Whether an instruction accesses memory.
pub(super) fn accesses(op: Op) -> bool {
    matches!(op.class(), Class::Load | Class::Store) || op == Op::RdhwrUserLocal
}

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    address(view, emit);
    load(view, emit);
    store(view, emit);

    let (result, old) = (view.result, low(view.scratch(), 32));
    let now = view.at(CLOCK) + view.row.public[FIRST_STEP];
    emit.always(
        view.flag(Op::RdhwrCpu) * result
            + view.flag(Op::RdhwrSynciStep) * (result - A::constant(32))
            + view.flag(Op::RdhwrCounter) * (result - now)
            + view.flag(Op::RdhwrResolution) * (result - A::one())
            + view.flag(Op::RdhwrUserLocal) * (result - old),
    );
}

/// The address, its lane and alignment. That the address is a multiple of four is known from the memory bus.
fn address<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let big = view.row.public[BIG_ENDIAN];
    let lane = [view.at(LANE), view.at(LANE + 1)];
    emit.always(lane[0] * lane[1] - view.at(LANE_3));
    // The lane counts from the least significant byte.
    let offset = lane.map(|bit| bit + big - (big * bit).times(2));
    let address = view.pair(ADDRESS);
    let memory = view.those(|op| matches!(op.class(), Class::Load | Class::Store));
    emit.always(
        memory
            * (view.a + view.signed()
                - address
                - offset[0]
                - offset[1].times(2)
                - view.at(CARRY).times(1 << 32)),
    );
    emit.always(view.flag(Op::RdhwrUserLocal) * (address - A::constant(ULR.into())));
    let words = view.any(&[Op::Lw, Op::Ll, Op::Sw, Op::Sc]);
    let halves = view.any(&[Op::Lh, Op::Lhu, Op::Sh]);
    emit.always((words + halves) * offset[0]);
    emit.always(words * offset[1]);
}

/// For each lane: 1 if it is the accessed one.
fn lanes<A: Algebra>(view: &View<'_, A>) -> [A; 4] {
    let (bit, upper, both) = (view.at(LANE), view.at(LANE + 1), view.at(LANE_3));
    [
        A::one() - bit - upper + both,
        bit - both,
        upper - both,
        both,
    ]
}

fn load<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (word, rt) = (view.scratch(), view.b_bits());
    let lanes = lanes(view);
    let each = |of: &dyn Fn(usize) -> A| sum((0..4).map(|lane| lanes[lane] * of(lane)));
    let half = |of: &dyn Fn(usize) -> A| {
        let upper = view.at(LANE + 1);
        (A::one() - upper) * of(0) + upper * of(1)
    };
    let sign = |bit: usize, bits: u32| word[bit].times((1 << 32) - (1 << bits));
    let byte = each(&|lane| low(&word[8 * lane..], 8));
    let byte_sign = each(&|lane| sign(8 * lane + 7, 8));
    let half_word = half(&|upper| low(&word[16 * upper..], 16));
    let half_sign = half(&|upper| sign(16 * upper + 15, 16));
    let left = each(&|lane| {
        let kept = 8 * (3 - lane);
        low(word, 32 - kept).times(1 << kept) + low(rt, kept)
    });
    let right = each(&|lane| {
        let kept = 32 - 8 * lane;
        high(word, 8 * lane) + high(rt, kept).times(1 << kept)
    });
    let (result, old) = (view.result, low(word, 32));
    emit.always(
        view.flag(Op::Lb) * (result - byte - byte_sign)
            + view.flag(Op::Lbu) * (result - byte)
            + view.flag(Op::Lh) * (result - half_word - half_sign)
            + view.flag(Op::Lhu) * (result - half_word)
            + view.any(&[Op::Lw, Op::Ll]) * (result - old)
            + view.flag(Op::Lwl) * (result - left)
            + view.flag(Op::Lwr) * (result - right),
    );
    let reads = view.those(|op| op.class() == Class::Load || op == Op::RdhwrUserLocal);
    emit.always(reads * (view.at(MEMORY_NEW) - old));
}

fn store<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let (word, rt) = (view.scratch(), view.b_bits());
    let lanes = lanes(view);
    let each = |of: &dyn Fn(usize) -> A| sum((0..4).map(|lane| lanes[lane] * of(lane)));
    let (old, new) = (low(word, 32), view.at(MEMORY_NEW));
    let replace =
        |from: usize, bits: usize| (low(rt, bits) - low(&word[from..], bits)).times(1 << from);
    let upper = view.at(LANE + 1);
    let byte = each(&|lane| replace(8 * lane, 8));
    let half_word = (A::one() - upper) * replace(0, 16) + upper * replace(16, 16);
    let left = each(&|lane| {
        let replaced = 8 * (lane + 1);
        high(rt, 32 - replaced) - low(word, replaced)
    });
    let right = each(&|lane| {
        let kept = 8 * lane;
        low(word, kept) + low(rt, 32 - kept).times(1 << kept)
    });
    emit.always(
        view.flag(Op::Sb) * (new - old - byte)
            + view.flag(Op::Sh) * (new - old - half_word)
            + view.any(&[Op::Sw, Op::Sc]) * (new - view.b)
            + view.flag(Op::Swl) * (new - old - left)
            + view.flag(Op::Swr) * (new - right),
    );
    emit.always(view.flag(Op::Sc) * (view.result - A::one()));
}
