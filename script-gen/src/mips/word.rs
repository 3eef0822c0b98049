//! 32-bit words as eight nibbles, least significant first.

use std::array;

use super::expr::{Expr, any, sum};
use super::predicate::Predicate;
use super::slot::{Slot, StepWord};

/// Eight nibbles, least significant first.
pub(crate) type Word = [Expr; 8];

/// The digits of an opened word.
pub(crate) fn open(slot: Slot) -> Word {
    array::from_fn(|i| Expr::Nibble(slot, i as u8))
}

/// The digits of an opened word of the step.
pub(crate) fn step(word: StepWord) -> Word {
    open(Slot::Step(word))
}

/// The digits of a constant.
pub(crate) fn constant(value: u32) -> Word {
    array::from_fn(|i| Expr::Int(i64::from(value >> (4 * i) & 15)))
}

/// `if condition { then } else { otherwise }`, digit by digit; digits that agree cost nothing.
pub(crate) fn choose(condition: &Expr, then: &Word, otherwise: &Word) -> Word {
    array::from_fn(|i| {
        if then[i] == otherwise[i] {
            then[i].clone()
        } else {
            condition
                .clone()
                .choose(then[i].clone(), otherwise[i].clone())
        }
    })
}

/// The number with these digits; seven of them fit a script number.
pub(crate) fn number(digits: &[Expr]) -> Expr {
    digits
        .iter()
        .rev()
        .cloned()
        .reduce(|high, digit| high.shl(4) + digit)
        .unwrap_or(Expr::Int(0))
}

/// Whether two words differ in a digit.
pub(crate) fn differ(a: &Word, b: &Word) -> Expr {
    any(a.iter().zip(b).map(|(a, b)| a.clone().ne(b.clone())))
}

/// Whether all digits are zero.
pub(crate) fn is_zero(a: &[Expr]) -> Expr {
    sum(a.iter().cloned()).not()
}

/// Whether all digits are 15.
pub(crate) fn is_all_ones(a: &[Expr]) -> Expr {
    sum(a.iter().cloned()).eq(15 * a.len() as i64)
}

/// Whether the word is negative as a signed number.
pub(crate) fn is_negative(a: &Word) -> Expr {
    a[7].clone().ge(8)
}

/// Whether `a + b = sum + carry_out * 2^32` fails, whatever the carry out: some carry would have to be neither 0 nor 1.
///
/// The digit's balance `a_i + b_i - sum_i + carry` has to be 0 or 16, and is 16 exactly if it carries. Up to the first digit
/// where this fails the carries are the true ones.
pub(crate) fn sum_fails(p: &mut Predicate, a: &Word, b: &Word, sum: &Word) -> Expr {
    let mut carry = None;
    let mut balances = Vec::new();
    for i in 0..8 {
        let mut balance = a[i].clone() + b[i].clone() - sum[i].clone();
        if let Some(carry) = carry {
            balance = balance + carry;
        }
        let balance = p.bind(balance);
        carry = Some(balance.clone().ge(1));
        balances.push(balance);
    }
    any(balances
        .into_iter()
        .map(|balance| (balance - 8).abs().ne(8)))
}

/// Whether `a < b`, as signed numbers where `signed` is 1.
pub(crate) fn less_than(p: &mut Predicate, a: &Word, b: &Word, signed: &Expr) -> Expr {
    // Flipping the top bit of both maps the signed order to the unsigned one.
    let flipped = |top: &Expr| top.clone().ge(8).choose(top.clone() - 8, top.clone() + 8);
    let top = match signed {
        Expr::Int(0) => a[7].clone() - b[7].clone(),
        Expr::Int(_) => flipped(&a[7]) - flipped(&b[7]),
        signed => signed
            .clone()
            .choose(flipped(&a[7]) - flipped(&b[7]), a[7].clone() - b[7].clone()),
    };
    let top = p.bind(top);
    let rest: Vec<Expr> = (0..7).map(|i| a[i].clone() - b[i].clone()).collect();
    top.clone().lt(0).or(top.eq(0).and(number(&rest).lt(0)))
}

/// The bits of a nibble, least significant first.
pub(crate) fn bits(nibble: &Expr) -> [Expr; 4] {
    array::from_fn(|i| {
        let low = if i == 3 {
            nibble.clone()
        } else {
            nibble.clone().modulo(2 << i)
        };
        if i == 0 { low } else { low.shr(i as u32) }
    })
}

/// Digit `index` of a word, for an index that is in range.
pub(crate) fn digit(word: &Word, index: &Expr) -> Expr {
    Expr::Pick(word.to_vec(), Box::new(index.clone()))
}

/// Digit `index` of a word where `0 <= index < 8`, else `outside`.
pub(crate) fn digit_or(p: &mut Predicate, word: &Word, index: Expr, outside: &Expr) -> Expr {
    let index = p.bind(index);
    let inside = p.bind(index.clone().ge(0).and(index.clone().lt(8)));
    // The clamp lets the analysis prove the look-up; where it changes the index, the look-up does not run.
    let clamped = index.max(0).min(7);
    inside.choose(
        Expr::Pick(word.to_vec(), Box::new(clamped)),
        outside.clone(),
    )
}
