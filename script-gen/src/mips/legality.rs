//! What has no successor: unsupported words, unaligned addresses, overflows, taken traps, and the end of the program.

use gavel_vm::address::HALT;
use gavel_vm::isa::Op;

use super::claim::is_machine_step;
use super::decode::{Decoder, is_supported, signed_immediate};
use super::expr::{Expr, any};
use super::relation::Relation;
use super::slot::StepWord::{Instr, Pc, Rs, Rt};
use super::word::{choose, constant, differ, less_than, number, step};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    vec![
        supported(),
        aligned_pc(),
        not_halted(),
        aligned_access(),
        no_overflow(),
        no_trap(),
    ]
}

fn supported() -> Relation {
    Relation::step(
        "supported",
        "the instruction is supported, and not BREAK",
        |p| {
            let supported = is_supported(p);
            p.require(supported.not());
        },
    )
}

fn aligned_pc() -> Relation {
    Relation::step("aligned-pc", "pc is a multiple of 4", |p| {
        p.require(step(Pc)[0].clone().modulo(4).ne(0));
    })
}

fn not_halted() -> Relation {
    Relation::step("not-halted", "pc is not HALT in a machine step", |p| {
        p.require(differ(&step(Pc), &constant(HALT)).not());
        let machine = is_machine_step(p);
        p.require(machine);
    })
}

fn aligned_access() -> Relation {
    const HALVES: [Op; 3] = [Op::Lh, Op::Lhu, Op::Sh];
    const WORDS: [Op; 4] = [Op::Lw, Op::Ll, Op::Sw, Op::Sc];
    Relation::step(
        "aligned-access",
        "half-words and words are accessed at multiples of their size",
        |p| {
            let decoder = Decoder::new(p, &[&HALVES[..], &WORDS].concat());
            let offset = p.bind((step(Rs)[0].clone() + step(Instr)[0].clone()).modulo(4));
            let half = decoder.is(&HALVES).and(offset.clone().modulo(2));
            p.require(half.or(decoder.is(&WORDS).and(offset.ne(0))));
        },
    )
}

fn no_overflow() -> Relation {
    const ALL: [Op; 3] = [Op::Add, Op::Addi, Op::Sub];
    Relation::step(
        "no-overflow",
        "ADD, ADDI, SUB: the sum fits a signed word",
        |p| {
            let decoder = Decoder::new(p, &ALL);
            let subtracts = p.bind(decoder.is(&[Op::Sub]));
            let constant = p.bind(decoder.is(&[Op::Addi]));
            let immediate = signed_immediate(p);
            p.require(decoder.is(&ALL));
            let (a, b) = (step(Rs), choose(&constant, &immediate, &step(Rt)));
            let signed = |top: &Expr| top.clone().ge(8).choose(top.clone() - 16, top.clone());
            let (low_a, low_b) = (number(&a[..7]), p.bind(number(&b[..7])));
            let (top_a, top_b) = (signed(&a[7]), p.bind(b[7].clone()));
            let top_b = p.bind(signed(&top_b));
            let low = p.bind(low_a + subtracts.clone().choose(-low_b.clone(), low_b));
            let carry = low.clone().ge(1 << 28) - low.lt(0);
            let top = p.bind(top_a + subtracts.choose(-top_b.clone(), top_b) + carry);
            p.require(top.clone().lt(-8).or(top.ge(8)));
        },
    )
}

fn no_trap() -> Relation {
    const CONSTANT: [Op; 6] = [Op::Tgei, Op::Tgeiu, Op::Tlti, Op::Tltiu, Op::Teqi, Op::Tnei];
    const SIGNED: [Op; 4] = [Op::Tge, Op::Tlt, Op::Tgei, Op::Tlti];
    const NOT_LESS: [Op; 4] = [Op::Tge, Op::Tgeu, Op::Tgei, Op::Tgeiu];
    const LESS: [Op; 4] = [Op::Tlt, Op::Tltu, Op::Tlti, Op::Tltiu];
    const EQUAL: [Op; 2] = [Op::Teq, Op::Teqi];
    const NOT_EQUAL: [Op; 2] = [Op::Tne, Op::Tnei];
    Relation::step(
        "no-trap",
        "the condition of a trap instruction does not hold",
        |p| {
            let all = [&NOT_LESS[..], &LESS, &EQUAL, &NOT_EQUAL].concat();
            let decoder = Decoder::new(p, &all);
            p.require(decoder.is(&all));
            let constant = p.bind(decoder.is(&CONSTANT));
            let signed = p.bind(decoder.is(&SIGNED));
            let immediate = signed_immediate(p);
            let other = choose(&constant, &immediate, &step(Rt));
            let other = other.map(|digit| p.bind(digit));
            let less = less_than(p, &step(Rs), &other, &signed);
            let less = p.bind(less);
            let differs = p.bind(differ(&step(Rs), &other));
            p.require(any([
                decoder.is(&NOT_LESS).and(less.clone().not()),
                decoder.is(&LESS).and(less),
                decoder.is(&EQUAL).and(differs.clone().not()),
                decoder.is(&NOT_EQUAL).and(differs),
            ]));
        },
    )
}
