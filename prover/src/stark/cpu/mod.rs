//! The CPU table: one step a row.
//!
//! A row holds the word at PC and the values of the registers that its fields name, as bits; a flag for each instruction;
//! and what the step computes. `decode` binds the flags to the word, `flow` leads to the next row, and each family of
//! instructions has constraints of its own. The values of registers and memory come from the memory bus.

mod access;
mod arithmetic;
mod bits;
pub mod columns;
mod decode;
mod flow;
mod logic;
mod product;
mod shift;
#[cfg(test)]
mod tests;
mod trace;
mod view;

use gavel_vm::isa::Op;
use plonky2::field::types::Field;

use self::columns::*;
use self::view::View;
use super::F;
use super::air::{Air, Emit, Row};
use super::algebra::Algebra;
use super::lookup::{BUS_BASE, Combination, Entry};
use super::memory::tree::{LEAF_WORDS, register_leaf};

pub use trace::{Leaves, MAX_STEP_ROWS, filler, looked_up, step};

/// The CPU table.
#[derive(Clone, Copy, Debug)]
pub struct Cpu;

impl Air for Cpu {
    const COLUMNS: usize = COLUMNS;
    const PUBLIC_INPUTS: usize = PUBLIC_INPUTS;

    fn constrain<A: Algebra>(row: &Row<'_, A>, emit: &mut impl Emit<A>) {
        let view = View::new(row);
        decode::constrain(&view, emit);
        flow::constrain(&view, emit);
        arithmetic::constrain(&view, emit);
        logic::constrain(&view, emit);
        shift::constrain(&view, emit);
        bits::constrain(&view, emit);
        product::constrain(&view, emit);
        access::constrain(&view, emit);
    }
}

/// Time steps of a step of the machine. Time 0 is before the segment.
const STEP_TIME: u64 = 8;

/// The time of an access of the step at `clock`.
fn time(clock: u64, access: usize) -> u64 {
    STEP_TIME * clock + 1 + access as u64
}

/// The address on the memory bus of the register whose number is a sum of columns.
fn register(number: impl IntoIterator<Item = (usize, F)>) -> Combination {
    let four = F::from_canonical_u64(4);
    Combination::new(
        number
            .into_iter()
            .map(|(column, factor)| (column, factor * four)),
        F::from_canonical_u64(4 * LEAF_WORDS as u64 * register_leaf(0)) - BUS_BASE,
    )
}

/// Two limbs.
fn pair(limb: usize) -> Combination {
    let half = F::from_canonical_u32(1 << 16);
    Combination::new([(LIMB + limb, F::ONE), (LIMB + limb + 1, half)], F::ZERO)
}

/// One of the accesses of a step.
struct AccessColumns {
    address: Combination,
    old: Combination,
    new: Combination,
    /// 1 if the step does access it.
    active: Combination,
}

/// The accesses of a step, in the order of their times.
fn access_columns() -> [AccessColumns; ACCESSES] {
    let flags = |wanted: fn(Op) -> bool| {
        let wanted = Op::ALL.iter().filter(move |&&op| wanted(op));
        Combination::sum(wanted.map(|&op| FLAG + op as usize))
    };
    let field =
        |from: usize| register((0..5).map(|i| (INSTR + from + i, F::from_canonical_u32(1 << i))));
    let read = |address: Combination, bits: usize| AccessColumns {
        address,
        old: Combination::bits(bits),
        new: Combination::bits(bits),
        active: flags(|_| true),
    };
    [
        read(Combination::column(PC), INSTR),
        read(field(21), A),
        read(field(16), B),
        AccessColumns {
            address: pair(ADDRESS),
            old: Combination::bits(SCRATCH),
            new: Combination::column(MEMORY_NEW),
            active: flags(access::accesses),
        },
        AccessColumns {
            address: register([(DEST, F::ONE)]),
            old: Combination::column(DEST_OLD),
            new: pair(RESULT),
            active: Combination::column(WRITES),
        },
    ]
}

/// The accesses of a step on the memory bus.
pub(super) fn bus() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (i, access) in access_columns().into_iter().enumerate() {
        let now = Combination::new(
            [(CLOCK, F::from_canonical_u64(STEP_TIME))],
            F::from_canonical_u64(time(0, i)),
        );
        let before = Combination::column(OLD_TIME + i);
        entries.push(Entry {
            tuple: vec![access.address.clone(), access.old, before],
            count: vec![access.active.negated()],
        });
        entries.push(Entry {
            tuple: vec![access.address, access.new, now],
            count: vec![access.active],
        });
    }
    entries
}

/// The numbers of 16 bits in a row: limbs, and for each access the two halves of the time since the one before, less one.
pub(super) fn ranges() -> Vec<Entry> {
    let number = |number: Combination, count: Combination| Entry {
        tuple: vec![number],
        count: vec![count],
    };
    let mut entries: Vec<Entry> = (LIMB..LIMB + LIMBS)
        .map(|limb| number(Combination::column(limb), Combination::constant(F::ONE)))
        .collect();
    for (i, access) in access_columns().into_iter().enumerate() {
        let low = Combination::new(
            [
                (CLOCK, F::from_canonical_u64(STEP_TIME)),
                (OLD_TIME + i, F::NEG_ONE),
                (AGE_HIGH + i, -F::from_canonical_u32(1 << 16)),
            ],
            F::from_canonical_u64(time(0, i)) - F::ONE,
        );
        entries.push(number(
            Combination::column(AGE_HIGH + i),
            access.active.clone(),
        ));
        entries.push(number(low, access.active));
    }
    entries
}
