//! Counting of leading bits, bit fields and byte shuffles.

use gavel_vm::isa::{Dest, Op};

use super::decode::{Decoder, dest_is_not_zero, is_shuffle, rd, shamt};
use super::expr::{Expr, any};
use super::predicate::Predicate;
use super::relation::Relation;
use super::slot::StepWord::{Result, Rs, Rt};
use super::word::{Word, constant, differ, digit_or, is_zero, step};

/// The relations of this family.
pub(crate) fn relations() -> Vec<Relation> {
    vec![count(), extract(), insert(), shuffle()]
}

fn count() -> Relation {
    Relation::step(
        "count",
        "CLZ, CLO: result is the number of leading zeros or ones of rs",
        |p| {
            let decoder = Decoder::new(p, &[Op::Clz, Op::Clo]);
            let ones = p.bind(decoder.is(&[Op::Clo]));
            p.require(
                decoder
                    .is(&[Op::Clz, Op::Clo])
                    .and(dest_is_not_zero(Dest::Rd)),
            );
            let mut count = Expr::Int(0);
            for digit in step(Rs) {
                // The zeros of a digit that is itself zero go on into the digits below it.
                let digit = p.bind(ones.clone().choose(Expr::Int(15) - digit.clone(), digit));
                let zeros = digit.clone().lt(8) + digit.clone().lt(4) + digit.clone().lt(2);
                count = p.bind(digit.ge(1).choose(zeros, count + 4));
            }
            let result = step(Result);
            let low = result[1].clone().shl(4) + result[0].clone();
            p.require(low.ne(count).or(is_zero(&result[2..]).not()));
        },
    )
}

/// Bit `index` of a word, 0 for an index outside `0..32`. The index may be as low as -32.
fn bit_at(p: &mut Predicate, word: &Word, index: Expr) -> Expr {
    let index = p.bind(index + 32);
    let nibble = digit_or(p, word, index.clone().shr(2) - 8, &Expr::Int(0));
    let nibble = p.bind(nibble);
    let bit = p.bind(index.modulo(4));
    // Bit b of a nibble is bit 3 of the nibble shifted left by 3 - b.
    let shifted = p.bind(bit.clone().modulo(2).choose(nibble.clone(), nibble.shl(1)));
    let shifted = bit.lt(2).choose(shifted.clone().shl(2), shifted);
    p.bind(shifted.modulo(16).shr(3))
}

fn extract() -> Relation {
    Relation::step("extract", "EXT: one bit of the result", |p| {
        let (nibble, bit) = (p.hint(8), p.hint(4));
        let decoder = Decoder::new(p, &[Op::Ext]);
        p.require(decoder.is(&[Op::Ext]).and(dest_is_not_zero(Dest::Rt)));
        let place = p.bind(nibble.shl(2) + bit);
        let source = bit_at(p, &step(Rs), place.clone() + shamt());
        let result = bit_at(p, &step(Result), place.clone());
        // The field that holds the top bit of the extracted field lies where other instructions have rd.
        let expected = place.ge(rd() + 1).choose(0, source);
        p.require(result.ne(expected));
    })
}

fn insert() -> Relation {
    Relation::step("insert", "INS: one bit of the result", |p| {
        let (nibble, bit) = (p.hint(8), p.hint(4));
        let decoder = Decoder::new(p, &[Op::Ins]);
        p.require(decoder.is(&[Op::Ins]).and(dest_is_not_zero(Dest::Rt)));
        let place = p.bind(nibble.shl(2) + bit);
        let low = p.bind(shamt());
        let inserted = bit_at(p, &step(Rs), place.clone() - low.clone());
        let kept = bit_at(p, &step(Rt), place.clone());
        let result = bit_at(p, &step(Result), place.clone());
        let inside = place.clone().ge(low).and(place.lt(rd() + 1));
        p.require(result.ne(inside.choose(inserted, kept)));
    })
}

fn shuffle() -> Relation {
    const ALL: [Op; 3] = [Op::Wsbh, Op::Seb, Op::Seh];
    Relation::step("shuffle", "WSBH, SEB, SEH: result is rt rearranged", |p| {
        let decoder = Decoder::new(p, &ALL);
        p.require(decoder.is(&ALL).and(dest_is_not_zero(Dest::Rd)));
        let (rt, result) = (step(Rt), step(Result));
        let swapped = [2, 3, 0, 1, 6, 7, 4, 5].map(|i: usize| rt[i].clone());
        let mut extended = |top: usize| -> Word {
            let fill = p.bind(rt[top].clone().ge(8).choose(15, 0));
            let mut word = constant(0);
            for (i, digit) in word.iter_mut().enumerate() {
                *digit = if i <= top {
                    rt[i].clone()
                } else {
                    fill.clone()
                };
            }
            word
        };
        let (byte, half) = (extended(1), extended(3));
        p.require(any([
            is_shuffle(Op::Wsbh).and(differ(&swapped, &result)),
            is_shuffle(Op::Seb).and(differ(&byte, &result)),
            is_shuffle(Op::Seh).and(differ(&half, &result)),
        ]));
    })
}
