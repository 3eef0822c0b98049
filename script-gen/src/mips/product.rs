//! Products into HI and LO, sums of them, and MUL.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero};
use super::expr::{Expr, all, any};
use super::modulus::{MODULI, Modulus, signed_digits};
use super::relation::Relation;
use super::slot::StepWord::{Hi, HiAfter, Lo, LoAfter, Result, Rs, Rt};
use super::word::{Word, is_negative, number, step};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    let mut relations = vec![low_product()];
    relations.extend(MODULI.map(product));
    relations.extend(MODULI.map(|modulus| accumulate(modulus, true)));
    relations.extend(MODULI.map(|modulus| accumulate(modulus, false)));
    relations
}

/// The sixteen digits of `high * 2^32 + low`.
fn double(high: &[Expr], low: &[Expr]) -> Vec<Expr> {
    low.iter().chain(high).cloned().collect()
}

fn product(modulus: Modulus) -> Relation {
    let m = modulus.value;
    let text = format!("MULT, MULTU: hi_after * 2^32 + lo_after = rs * rt, modulo {m}");
    Relation::step(&format!("product/{m}"), &text, |p| {
        let decoder = Decoder::new(p, &[Op::Mult, Op::Multu]);
        let signed = p.bind(decoder.is(&[Op::Mult]));
        p.require(signed.clone().or(decoder.is(&[Op::Multu])));
        let product = modulus.product(p, &step(Rs), &step(Rt), &signed);
        let hi = signed_digits(&step(HiAfter), &signed);
        let after = modulus.fold(&double(&hi, &step(LoAfter)));
        p.require((product - after).misses(m));
    })
}

/// With u the change of HI and LO as unsigned numbers and v the number added (`rs * rt`, its opposite for MSUB), `v - u` is 0 or
/// +-2^64 in a true step: 2^64 if a v that is not negative carried out of the top, so that u is negative; -2^64 if a negative
/// one borrowed.
///
/// Whether it did can be seen at the change of HI alone, call it h, since `|u - 2^32 h| < 2^32`: after a carry
/// `u <= (2^32 - 1)^2 - 2^64 < -2^32`, so `h < 0`, and without one `u >= 0`, so `h >= 0`; likewise for a borrow. In a false step the
/// number that is tested is not a multiple of 2^64, and less than 2^64 away from zero: some modulus misses it.
fn accumulate(modulus: Modulus, signed: bool) -> Relation {
    let [add, subtract] = if signed {
        [Op::Madd, Op::Msub]
    } else {
        [Op::Maddu, Op::Msubu]
    };
    let m = modulus.value;
    let names = format!("{}, {}", add.name(), subtract.name()).to_uppercase();
    let text = format!("{names}: HI and LO change by +- rs * rt modulo 2^64, modulo {m}");
    let name = format!(
        "accumulate/{}/{m}",
        if signed { "signed" } else { "unsigned" }
    );
    Relation::step(&name, &text, |p| {
        let decoder = Decoder::new(p, &[add, subtract]);
        p.require(decoder.is(&[add, subtract]));
        let subtracts = p.bind(decoder.is(&[subtract]));
        let (rs, rt) = (step(Rs), step(Rt));
        let product = modulus.product(p, &rs, &rt, &Expr::Int(i64::from(signed)));
        let added = p.bind(subtracts.clone().choose(-product.clone(), product));
        let change = |before: Word, after: Word| -> Vec<Expr> {
            before
                .iter()
                .zip(after)
                .map(|(before, after)| after - before.clone())
                .collect()
        };
        let low = change(step(Lo), step(LoAfter));
        if modulus.ignores_the_top() {
            p.require((added - modulus.fold(&low)).misses(m));
            return;
        }
        let high = p.table(change(step(Hi), step(HiAfter)));
        let rest = p.bind(added - modulus.fold(&double(&high, &low)));
        // The sign of h is that of its first digit that is not 0: below a top digit of 1 or -1, the others cannot turn it.
        let mut digits = high;
        digits[7] = digits[7].clone().max(-1).min(1);
        let h = p.bind(number(&digits));
        let negative = match signed {
            true => is_negative(&rs).ne(is_negative(&rt)).ne(subtracts),
            false => subtracts,
        };
        let wrap = modulus.two_to_the_64();
        let lost = negative.choose(h.clone().ge(1).choose(wrap, 0), h.lt(0).choose(-wrap, 0));
        p.require((rest + lost).misses(m));
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
