//! Products into HI and LO, sums of them, and MUL.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero};
use super::expr::{Expr, all, any};
use super::modulus::{MODULI, Modulus, minus, word};
use super::relation::Relation;
use super::slot::StepWord::{Hi, HiAfter, Lo, LoAfter, Result, Rs, Rt};
use super::word::{Word, is_negative, number, step};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    let mut relations = vec![low_product()];
    relations.extend(MODULI.map(product));
    for op in [Op::Madd, Op::Maddu, Op::Msub, Op::Msubu] {
        relations.extend(MODULI.map(|modulus| accumulate(modulus, op)));
    }
    relations
}

fn product(modulus: Modulus) -> Relation {
    let m = modulus.value;
    let text = format!("MULT, MULTU: hi_after * 2^32 + lo_after = rs * rt, modulo {m}");
    Relation::step(&format!("product/{m}"), &text, |p| {
        let decoder = Decoder::new(p, &[Op::Mult, Op::Multu]);
        let signed = p.bind(decoder.is(&[Op::Mult]));
        p.require(signed.clone().or(decoder.is(&[Op::Multu])));
        let (hi, lo) = (step(HiAfter), step(LoAfter));
        let mut terms = modulus.product(p, &step(Rs), &step(Rt), &signed);
        terms.extend(minus(word(0, &lo, &Expr::Int(0))));
        terms.extend(minus(word(32, &hi, &signed)));
        p.require(modulus.sum(terms).misses(m));
    })
}

/// A subtraction is an addition backwards, so let u be the change of HI and LO as unsigned numbers from the side where the
/// product v = `rs * rt` is added to that where it has been added. `v - u` is 0 or +-2^64 in a true step: 2^64 if a v that is not
/// negative carried out of the top, so that u is negative; -2^64 if a negative one borrowed.
///
/// Whether it did can be seen at the change of HI alone, call it h, since `|u - 2^32 h| < 2^32`: after a carry
/// `u <= (2^32 - 1)^2 - 2^64 < -2^32`, so `h < 0`, and without one `u >= 0`, so `h >= 0`; likewise for a borrow. In a false step the
/// number that is tested is not a multiple of 2^64, and at most 2^64 + 2^32 away from zero: some modulus misses it.
fn accumulate(modulus: Modulus, op: Op) -> Relation {
    let signed = matches!(op, Op::Madd | Op::Msub);
    let (from, to) = match op {
        Op::Madd | Op::Maddu => ([Hi, Lo], [HiAfter, LoAfter]),
        _ => ([HiAfter, LoAfter], [Hi, Lo]),
    };
    let m = modulus.value;
    let name = op.name();
    let change = if from[0] == Hi { "grow" } else { "shrink" };
    let text = format!(
        "{}: HI and LO {change} by rs * rt modulo 2^64, modulo {m}",
        name.to_uppercase()
    );
    Relation::step(&format!("accumulate/{name}/{m}"), &text, |p| {
        let decoder = Decoder::new(p, &[op]);
        p.require(decoder.is(&[op]));
        let (rs, rt) = (step(Rs), step(Rt));
        let signed = Expr::Int(i64::from(signed));
        let [from_hi, from_lo] = from.map(step);
        let [to_hi, to_lo] = to.map(step);
        let mut terms = Vec::new();
        if !modulus.ignores_the_top() {
            // The halves of h, whose first that is not 0 has its sign.
            let mut change = |digits: std::ops::Range<usize>| {
                let digits: Vec<Expr> = digits
                    .map(|digit| to_hi[digit].clone() - from_hi[digit].clone())
                    .collect();
                p.bind(number(&digits))
            };
            let (high, low) = (change(4..8), change(0..4));
            let sign = |x: &Expr| x.clone().max(-1).min(1);
            let h = p.bind(sign(&high).shl(1) + sign(&low));
            let carried = h.clone().lt(0);
            let lost = match signed {
                Expr::Int(0) => carried,
                _ => {
                    let negative = is_negative(&rs).ne(is_negative(&rt));
                    negative.choose(-h.ge(1), carried)
                }
            };
            terms.extend([(32, -low), (48, -high), (64, -lost)]);
        }
        terms.extend(word(0, &from_lo, &Expr::Int(0)));
        terms.extend(minus(word(0, &to_lo, &Expr::Int(0))));
        terms.extend(modulus.product(p, &rs, &rt, &signed));
        p.require(modulus.sum(terms).misses(m));
    })
}

fn low_product() -> Relation {
    Relation::step("low-product", "MUL: result = rs * rt modulo 2^32", |p| {
        let decoder = Decoder::new(p, &[Op::Mul]);
        p.require(all([decoder.is(&[Op::Mul]), dest_is_not_zero(Dest::Rd)]));
        // Limbs of 12, 12 and 8 bits: a column of products stays below 2^26.
        let mut limbs = |word: Word| {
            [&word[0..3], &word[3..6], &word[6..8]].map(|digits| p.bind(number(digits)))
        };
        let (a, b, result) = (limbs(step(Rs)), limbs(step(Rt)), limbs(step(Result)));
        let mut carry = Expr::Int(0);
        let mut wrong = Vec::new();
        for column in 0..3 {
            let products = (0..=column).map(|i| a[i].clone().mul(b[column - i].clone()));
            let total = p.bind(products.fold(carry, |total, product| total + product));
            if column == 2 {
                wrong.push(total.modulo(256).ne(result[2].clone()));
                break;
            }
            carry = p.bind(total.clone().shr(12));
            wrong.push((total - carry.clone().shl(12)).ne(result[column].clone()));
        }
        p.require(any(wrong));
    })
}
