//! Quotient and remainder.

use gavel_vm::isa::Op;

use super::decode::Decoder;
use super::expr::{Expr, all, any};
use super::modulus::{MODULI, Modulus, minus, word};
use super::predicate::Predicate;
use super::relation::Relation;
use super::slot::StepWord::{HiAfter, LoAfter, Rs, Rt};
use super::word::{
    Word, choose, constant, differ, is_all_ones, is_negative, is_zero, number, step,
};

const ALL: [Op; 2] = [Op::Div, Op::Divu];

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    let mut relations = vec![remainder(), special()];
    relations.extend(MODULI.map(quotient));
    relations
}

/// Whether the quotient of a signed division does not fit: `-2^31 / -1`.
fn overflows(signed: &Expr, rs: &Word, rt: &Word) -> Expr {
    let lowest = rs[7].clone().eq(8).and(is_zero(&rs[..7]));
    all([signed.clone(), lowest, is_all_ones(rt)])
}

fn special() -> Relation {
    const LOWEST: u32 = 1 << 31;
    Relation::step(
        "divide-special",
        "DIV by zero and -2^31 / -1: the defined HI and LO",
        |p| {
            let decoder = Decoder::new(p, &ALL);
            p.require(decoder.is(&ALL));
            let signed = p.bind(decoder.is(&[Op::Div]));
            let (rs, rt, hi, lo) = (step(Rs), step(Rt), step(HiAfter), step(LoAfter));
            let negative = p.bind(signed.clone().and(is_negative(&rs)));
            let ratio = choose(&negative, &constant(1), &constant(u32::MAX));
            let by_zero = is_zero(&rt).and(differ(&hi, &rs).or(differ(&lo, &ratio)));
            let overflow = overflows(&signed, &rs, &rt);
            let overflow = overflow.and(differ(&lo, &constant(LOWEST)).or(is_zero(&hi).not()));
            p.require(by_zero.or(overflow));
        },
    )
}

fn quotient(modulus: Modulus) -> Relation {
    let m = modulus.value;
    let text = format!("DIV: rs = lo_after * rt + hi_after, modulo {m}");
    Relation::step(&format!("quotient/{m}"), &text, |p| {
        let decoder = Decoder::new(p, &ALL);
        let signed = p.bind(decoder.is(&[Op::Div]));
        let (rs, rt) = (step(Rs), step(Rt));
        p.require(signed.clone().or(decoder.is(&[Op::Divu])));
        p.require(any([is_zero(&rt), overflows(&signed, &rs, &rt)]).not());
        let hi = step(HiAfter);
        let mut terms = modulus.product(p, &step(LoAfter), &rt, &signed);
        terms.extend(word(0, &hi, &signed));
        terms.extend(minus(word(0, &rs, &signed)));
        p.require(modulus.sum(terms).misses(m));
    })
}

/// Whether `sum digit_i 16^i` is below and whether it is above zero, for digits from -15 to 30.
fn sign(p: &mut Predicate, digits: &[Expr]) -> (Expr, Expr) {
    const TOP: i64 = 1 << 28;
    let low = p.bind(number(&digits[..7]));
    // Moves what the low part has above 2^28 or below 0 into the top digit.
    let carry = p.bind(low.clone().ge(TOP) - low.clone().lt(0));
    let rest = low
        - carry
            .clone()
            .eq(1)
            .choose(TOP, carry.clone().lt(0).choose(-TOP, 0));
    let top = p.bind(digits[7].clone() + carry);
    let negative = p.bind(top.clone().lt(0));
    let positive = top.clone().ge(1).or(top.eq(0).and(rest.ne(0)));
    let positive = p.bind(positive);
    (negative, positive)
}

/// The digits of a word as a signed number where `signed` is 1: the top one counts from -8 to 7.
fn signed_digits(word: &Word, signed: &Expr) -> Word {
    let mut digits = word.clone();
    let negative = signed.clone().and(is_negative(word));
    digits[7] = negative.choose(word[7].clone() - 16, word[7].clone());
    digits
}

fn remainder() -> Relation {
    Relation::step(
        "remainder",
        "DIV: |hi_after| < |rt|, and hi_after is 0 or has the sign of rs",
        |p| {
            let decoder = Decoder::new(p, &ALL);
            let signed = p.bind(decoder.is(&[Op::Div]));
            let (rs, rt, hi) = (step(Rs), step(Rt), step(HiAfter));
            p.require(decoder.is(&ALL).and(is_zero(&rt).not()));
            let negative = p.bind(signed.clone().and(is_negative(&hi)));
            let opposite = p.bind(negative.clone().ne(signed.clone().and(is_negative(&rt))));
            let digits = signed_digits(&hi, &signed);
            let divisor = signed_digits(&rt, &signed);
            // |hi| - |rt| has the sign of hi - rt, or of hi + rt if their signs differ, turned around where hi is negative.
            let gap: Vec<Expr> = digits
                .iter()
                .zip(&divisor)
                .map(|(hi, rt)| hi.clone() + opposite.clone().choose(rt.clone(), -rt.clone()))
                .collect();
            let (below, above) = sign(p, &gap);
            let small = negative.clone().choose(above, below);
            let strays = all([signed, is_zero(&hi).not(), negative.ne(is_negative(&rs))]);
            p.require(small.not().or(strays));
        },
    )
}
