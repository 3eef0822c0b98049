//! Shifts and rotations.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero, rotates, rotates_variable, shamt};
use super::expr::Expr;
use super::predicate::Predicate;
use super::relation::Relation;
use super::slot::StepWord::{Result, Rs, Rt};
use super::word::{digit, digit_or, is_negative, step};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    const LEFT: [Op; 2] = [Op::Sll, Op::Sllv];
    const ARITHMETIC: [Op; 2] = [Op::Sra, Op::Srav];
    const VARIABLE: [Op; 4] = [Op::Sllv, Op::Srlv, Op::Rotrv, Op::Srav];
    const ALL: [Op; 8] = [
        Op::Sll,
        Op::Srl,
        Op::Rotr,
        Op::Sra,
        Op::Sllv,
        Op::Srlv,
        Op::Rotrv,
        Op::Srav,
    ];
    vec![Relation::step(
        "shift",
        "SLL, SRL, SRA, ROTR: one nibble of the result",
        |p| {
            let place = p.hint(8);
            let decoder = Decoder::new(p, &ALL);
            p.require(decoder.is(&ALL).and(dest_is_not_zero(Dest::Rd)));
            let (rs, rt) = (step(Rs), step(Rt));
            let by_register = rs[1].clone().modulo(2).shl(4) + rs[0].clone();
            let amount = p.bind(decoder.is(&VARIABLE).choose(by_register, shamt()));
            // Nibble `place` of the result is the four bits of rt from bit 4 place -+ amount on, which lie in two nibbles.
            let from = place.clone().shl(2) + decoder.is(&LEFT).choose(-amount.clone(), amount);
            let rotated = decoder.is(&[Op::Rotr]).and(rotates());
            let rotated = rotated.or(decoder.is(&[Op::Rotrv]).and(rotates_variable()));
            // A rotation reads bits 32.. as bits 0.., which is the same as reading from a place 32 lower. Adding 32 makes every
            // place positive; a nibble index is then 8 too large.
            let from = p.bind(from + 32);
            let high = p.bind(from.clone().shr(2) - 8);
            let bit = p.bind(from.modulo(4));
            let fill = p.bind(decoder.is(&ARITHMETIC).and(is_negative(&rt)).choose(15, 0));
            let rotated = p.bind(rotated);
            let wrap = |index: Expr| {
                rotated
                    .clone()
                    .and(index.clone().ge(8))
                    .choose(index.clone() - 8, index)
            };
            let nibble = |p: &mut Predicate, index: Expr| {
                let index = p.bind(wrap(index));
                // Below bit 0 a left shift reads zeros, above bit 31 a right shift reads the fill.
                let outside = index.clone().lt(0).choose(0, fill.clone());
                let value = digit_or(p, &rt, index, &outside);
                p.bind(value)
            };
            let low_digit = nibble(p, high.clone());
            let high_digit = nibble(p, high + 1);
            let pair = p.bind(high_digit.shl(4) + low_digit);
            // The nibble from bit `bit` on is bits 4..8 of the pair shifted left by 4 - bit.
            let shifted = p.bind(
                bit.clone()
                    .modulo(2)
                    .choose(pair.clone().shl(1), pair.shl(2)),
            );
            let shifted = bit.lt(2).choose(shifted.clone().shl(2), shifted);
            let expected = shifted.modulo(256).shr(4);
            p.require(digit(&step(Result), &place).ne(expected));
        },
    )]
}
