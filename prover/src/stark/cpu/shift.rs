//! Shifts and rotations. The scratch bits say by how much: bit `n` is set for a shift by `n`.

use gavel_vm::isa::Op;

use super::view::{View, low, prefixes, suffixes, sum};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

const BY_CONSTANT: [Op; 4] = [Op::Sll, Op::Srl, Op::Rotr, Op::Sra];
const BY_REGISTER: [Op; 4] = [Op::Sllv, Op::Srlv, Op::Rotrv, Op::Srav];

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let by = view.scratch();
    let by_constant = view.any(&BY_CONSTANT);
    let by_register = view.any(&BY_REGISTER);
    let set = sum(by.iter().copied());
    let amount = sum(by.iter().enumerate().map(|(n, &bit)| bit.times(n as u64)));
    emit.always((by_constant + by_register) * (set - A::one()));
    emit.always(
        by_constant * (amount - view.field(6, 5)) + by_register * (amount - low(view.a_bits(), 5)),
    );

    let (below, above) = (prefixes(view.b_bits()), suffixes(view.b_bits()));
    let each = |of: &dyn Fn(usize) -> A| sum((0..32).map(|n| by[n] * of(n)));
    let left = each(&|n| below[32 - n].times(1 << n));
    let right = each(&|n| above[n]);
    let around = each(&|n| below[n].times(1 << (32 - n)));
    let ones = each(&|n| A::constant((1 << 32) - (1 << (32 - n))));
    let result = view.result;
    emit.always(
        view.any(&[Op::Sll, Op::Sllv]) * (result - left)
            + view.any(&[Op::Srl, Op::Srlv]) * (result - right)
            + view.any(&[Op::Rotr, Op::Rotrv]) * (result - right - around)
            + view.any(&[Op::Sra, Op::Srav]) * (result - right - view.b_bits()[31] * ones),
    );
}
