//! Sums, differences, comparisons and bitwise logic.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero, signed_immediate, upper_immediate};
use super::expr::{Expr, any, sum};
use super::relation::Relation;
use super::slot::StepWord::{Instr, Result, Rs, Rt};
use super::word::{bits, choose, differ, digit, is_zero, less_than, step, sum_fails};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    vec![add(), upper(), set_less_than(), logic()]
}

/// Whether the destination, named by rt for instructions with a constant and by rd for the others, is not $0.
fn writes(with_constant: Expr) -> Expr {
    with_constant.choose(dest_is_not_zero(Dest::Rt), dest_is_not_zero(Dest::Rd))
}

fn add() -> Relation {
    const SUBTRACT: [Op; 2] = [Op::Sub, Op::Subu];
    const CONSTANT: [Op; 2] = [Op::Addi, Op::Addiu];
    const ALL: [Op; 6] = [Op::Add, Op::Addu, Op::Sub, Op::Subu, Op::Addi, Op::Addiu];
    Relation::step(
        "sum",
        "ADD, SUB: result = rs +- rt or the constant, modulo 2^32",
        |p| {
            let decoder = Decoder::new(p, &ALL);
            let constant = p.bind(decoder.is(&CONSTANT));
            let subtract = p.bind(decoder.is(&SUBTRACT));
            p.require(decoder.is(&ALL).and(writes(constant.clone())));
            let immediate = signed_immediate(p);
            let (rs, rt, result) = (step(Rs), step(Rt), step(Result));
            // rs - rt = result is result + rt = rs.
            let addend = choose(&constant, &immediate, &rt);
            let fails = sum_fails(
                p,
                &choose(&subtract, &result, &rs),
                &addend,
                &choose(&subtract, &rs, &result),
            );
            p.require(fails);
        },
    )
}

fn upper() -> Relation {
    Relation::step(
        "upper",
        "LUI: result is the constant in the upper half",
        |p| {
            let decoder = Decoder::new(p, &[Op::Lui]);
            p.require(decoder.is(&[Op::Lui]).and(dest_is_not_zero(Dest::Rt)));
            p.require(differ(&upper_immediate(), &step(Result)));
        },
    )
}

fn set_less_than() -> Relation {
    const SIGNED: [Op; 2] = [Op::Slt, Op::Slti];
    const CONSTANT: [Op; 2] = [Op::Slti, Op::Sltiu];
    const ALL: [Op; 4] = [Op::Slt, Op::Sltu, Op::Slti, Op::Sltiu];
    Relation::step(
        "less",
        "SLT: result is 1 if rs < rt or the constant, else 0",
        |p| {
            let decoder = Decoder::new(p, &ALL);
            let constant = p.bind(decoder.is(&CONSTANT));
            let signed = p.bind(decoder.is(&SIGNED));
            p.require(decoder.is(&ALL).and(writes(constant.clone())));
            let immediate = signed_immediate(p);
            let other = choose(&constant, &immediate, &step(Rt));
            let less = less_than(p, &step(Rs), &other, &signed);
            let result = step(Result);
            let fails = result[0].clone().ne(less).or(is_zero(&result[1..]).not());
            p.require(fails);
        },
    )
}

fn logic() -> Relation {
    const CONSTANT: [Op; 3] = [Op::Andi, Op::Ori, Op::Xori];
    const ALL: [Op; 7] = [
        Op::And,
        Op::Or,
        Op::Xor,
        Op::Nor,
        Op::Andi,
        Op::Ori,
        Op::Xori,
    ];
    Relation::step(
        "logic",
        "AND, OR, XOR, NOR: one nibble of the result",
        |p| {
            let place = p.hint(8);
            let decoder = Decoder::new(p, &ALL);
            let constant = p.bind(decoder.is(&CONSTANT));
            p.require(decoder.is(&ALL).and(writes(constant.clone())));
            // The instruction's low half is the constant; above it there are zeros.
            let immediate = place.clone().lt(4).choose(digit(&step(Instr), &place), 0);
            let a = p.bind(digit(&step(Rs), &place));
            let b = p.bind(constant.choose(immediate, digit(&step(Rt), &place)));
            let result = p.bind(digit(&step(Result), &place));
            let common = bits(&a).into_iter().zip(bits(&b)).enumerate();
            let and = p.bind(sum(common.map(|(i, (a, b))| a.and(b).shl(i as u32))));
            let or = p.bind(a + b - and.clone());
            p.require(any([
                decoder
                    .is(&[Op::And, Op::Andi])
                    .and(result.clone().ne(and.clone())),
                decoder
                    .is(&[Op::Or, Op::Ori])
                    .and(result.clone().ne(or.clone())),
                decoder
                    .is(&[Op::Xor, Op::Xori])
                    .and(result.clone().ne(or.clone() - and)),
                decoder.is(&[Op::Nor]).and((result + or).ne(15)),
            ]));
        },
    )
}
