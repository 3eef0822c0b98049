//! Words, fields and sums of flags, read from a row of the CPU table.

use gavel_vm::isa::Op;

use super::columns::*;
use crate::stark::air::Row;
use crate::stark::algebra::Algebra;

/// A row with what several families of constraints need.
pub(super) struct View<'a, A> {
    pub(super) row: &'a Row<'a, A>,
    /// The value of rs.
    pub(super) a: A,
    /// The value of rt.
    pub(super) b: A,
    /// What an instruction computes for its destination.
    pub(super) result: A,
    /// 1 in rows of steps.
    pub(super) active: A,
}

impl<'a, A: Algebra> View<'a, A> {
    pub(super) fn new(row: &'a Row<'a, A>) -> View<'a, A> {
        let mut view = View {
            row,
            a: A::zero(),
            b: A::zero(),
            result: A::zero(),
            active: A::zero(),
        };
        view.a = low(view.a_bits(), 32);
        view.b = low(view.b_bits(), 32);
        view.result = view.pair(RESULT);
        view.active = view.any(Op::ALL);
        view
    }

    pub(super) fn at(&self, column: usize) -> A {
        self.row.local[column]
    }

    pub(super) fn next(&self, column: usize) -> A {
        self.row.next[column]
    }

    pub(super) fn flag(&self, op: Op) -> A {
        self.at(FLAG + op as usize)
    }

    /// 1 if the step executes one of these instructions.
    pub(super) fn any(&self, ops: &[Op]) -> A {
        sum(ops.iter().map(|&op| self.flag(op)))
    }

    /// 1 if the step executes an instruction that `wanted` holds for.
    pub(super) fn those(&self, wanted: impl Fn(Op) -> bool) -> A {
        let flags = Op::ALL.iter().filter(|&&op| wanted(op));
        sum(flags.map(|&op| self.flag(op)))
    }

    fn bits(&self, column: usize) -> &'a [A] {
        &self.row.local[column..column + 32]
    }

    pub(super) fn instr_bits(&self) -> &'a [A] {
        self.bits(INSTR)
    }

    pub(super) fn a_bits(&self) -> &'a [A] {
        self.bits(A)
    }

    pub(super) fn b_bits(&self) -> &'a [A] {
        self.bits(B)
    }

    pub(super) fn scratch(&self) -> &'a [A] {
        self.bits(SCRATCH)
    }

    /// A field of the instruction.
    pub(super) fn field(&self, from: usize, bits: usize) -> A {
        low(&self.instr_bits()[from..], bits)
    }

    /// The constant of 16 bits, zero-extended.
    pub(super) fn unsigned(&self) -> A {
        self.field(0, 16)
    }

    /// The constant of 16 bits, sign-extended to 32.
    pub(super) fn signed(&self) -> A {
        self.unsigned() + self.instr_bits()[15].times((1 << 32) - (1 << 16))
    }

    /// A number of 32 bits from two limbs.
    pub(super) fn pair(&self, limb: usize) -> A {
        self.limb(limb) + self.limb(limb + 1).times(1 << 16)
    }

    pub(super) fn limb(&self, limb: usize) -> A {
        self.at(LIMB + limb)
    }
}

/// The sum of some values.
pub(super) fn sum<A: Algebra>(values: impl Iterator<Item = A>) -> A {
    values
        .reduce(|sum, value| sum + value)
        .unwrap_or_else(A::zero)
}

/// The number that the lowest `count` bits are.
pub(super) fn low<A: Algebra>(bits: &[A], count: usize) -> A {
    let terms = bits[..count].iter().enumerate();
    sum(terms.map(|(i, &bit)| bit.times(1 << i)))
}

/// The number that the bits from `from` on are.
pub(super) fn high<A: Algebra>(bits: &[A], from: usize) -> A {
    low(&bits[from..], bits.len() - from)
}

/// `low(bits, n)` for n = 0..=32.
pub(super) fn prefixes<A: Algebra>(bits: &[A]) -> Vec<A> {
    let mut prefixes = vec![A::zero()];
    for (i, &bit) in bits.iter().enumerate() {
        prefixes.push(prefixes[i] + bit.times(1 << i));
    }
    prefixes
}

/// `high(bits, n)` for n = 0..=32.
pub(super) fn suffixes<A: Algebra>(bits: &[A]) -> Vec<A> {
    let mut suffixes = vec![A::zero()];
    for (i, &bit) in bits.iter().rev().enumerate() {
        suffixes.push(bit + suffixes[i].times(2));
    }
    suffixes.reverse();
    suffixes
}
