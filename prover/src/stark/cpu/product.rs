//! Products and quotients.
//!
//! Signed ones are computed from absolute values. One factor is taken in halves, so that no product reaches the field's
//! order.

use gavel_vm::isa::Op;

use super::columns::*;
use super::view::{View, low};
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

const SIGNED: [Op; 4] = [Op::Mult, Op::Madd, Op::Msub, Op::Div];
const ACCUMULATING: [Op; 4] = [Op::Madd, Op::Maddu, Op::Msub, Op::Msubu];

pub(super) fn constrain<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let signed = view.any(&SIGNED);
    let (sign_a, sign_b) = (view.at(SIGN_A), view.at(SIGN_B));
    emit.always(sign_a - signed * view.a_bits()[31]);
    emit.always(sign_b - signed * view.b_bits()[31]);
    emit.always(view.at(SIGN) - sign_a - sign_b + sign_a.times(2) * sign_b);
    let word = A::constant(1 << 32);
    emit.always(view.at(ABS_A) - view.a - sign_a * (word - view.a.times(2)));
    // 2^32 - b = (2^16 - low half) + 2^16 (2^16 - 1 - high half).
    for (i, negated) in [1 << 16, (1 << 16) - 1].into_iter().enumerate() {
        let half = low(&view.b_bits()[16 * i..], 16);
        let negated = A::constant(negated) - half.times(2);
        emit.always(view.at(ABS_B + i) - half - sign_b * negated);
    }
    multiply(view, emit);
    divide(view, emit);
}

/// The product is the limbs 2, 5, 6 and 7, the lowest first; limbs 3 and 4 are what the first half carries over.
fn multiply<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let into_accumulator = view.any(&[Op::Mult, Op::Multu]) + view.any(&ACCUMULATING);
    let any = into_accumulator + view.flag(Op::Mul);
    let upper = |limb: A| limb.times(1 << 16);
    let carried = view.pair(3);
    emit.always(any * (view.at(ABS_A) * view.at(ABS_B) - view.limb(2) - upper(carried)));
    emit.always(
        any * (view.at(ABS_A) * view.at(ABS_B + 1) + carried - view.limb(5) - upper(view.pair(6))),
    );
    let (product_low, product_high) = (view.limb(2) + upper(view.limb(5)), view.pair(6));
    emit.always(view.flag(Op::Mul) * (view.result - product_low));

    // HI and LO, or zero, plus or minus the product.
    let subtracts = view.any(&[Op::Msub, Op::Msubu]);
    let sign = view.at(SIGN);
    emit.always(view.at(NEGATE) - sign - subtracts + sign.times(2) * subtracts);
    let factor = A::one() - view.at(NEGATE).times(2);
    let accumulates = view.any(&ACCUMULATING);
    let (carry, carry_high) = (view.at(CARRY), view.at(CARRY_HIGH));
    emit.always(
        into_accumulator * (factor * (product_low - carry.times(1 << 32)) - view.pair(NEW_LO))
            + accumulates * view.at(LO),
    );
    emit.always(
        into_accumulator
            * (factor * (product_high + carry - carry_high.times(1 << 32)) - view.pair(NEW_HI))
            + accumulates * view.at(HI),
    );
}

/// The absolute quotient is the limbs 2 and 3, the absolute remainder 4 and 5; limb 6 is the product of the upper half of
/// the quotient with the divisor, which is that small because it is part of the dividend.
fn divide<A: Algebra>(view: &View<'_, A>, emit: &mut impl Emit<A>) {
    let any = view.any(&[Op::Div, Op::Divu]);
    let divisor = view.at(ABS_B) + view.at(ABS_B + 1).times(1 << 16);
    let (quotient, remainder) = (view.pair(2), view.pair(4));
    emit.always(any * (view.limb(3) * divisor - view.limb(6)));
    emit.always(
        any * (view.limb(2) * divisor + view.limb(6).times(1 << 16) + remainder - view.at(ABS_A)),
    );
    // The remainder is less than the divisor. By zero: the quotient is all ones.
    let zero = view.at(ZERO);
    let margin = view.pair(0);
    emit.always(any * (A::one() - zero) * (divisor - remainder - A::one() - margin));
    emit.always(any * zero * (quotient - A::constant(u32::MAX.into())));

    let signed = |value: A, sign: A, carry: usize| {
        value - sign.times(2) * value + view.at(carry).times(1 << 32)
    };
    emit.always(any * (view.pair(NEW_LO) - signed(quotient, view.at(SIGN), CARRY)));
    emit.always(any * (view.pair(NEW_HI) - signed(remainder, view.at(SIGN_A), CARRY_HIGH)));
}
