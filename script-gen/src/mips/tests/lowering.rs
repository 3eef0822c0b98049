//! Expressions mean the same off chain and in Script.

use crate::analysis::analyse;
use crate::mips::expr::{Expr, Op2};
use crate::mips::lower::{Cell, lower};
use crate::mips::predicate::Predicate;
use crate::mips::{PredicateError, Slot, StepWord, Values};
use crate::script;
use crate::script::{Script, encode_number};
use crate::testing::execute_leaf;

use super::machine::Random;

const SLOT: Slot = Slot::Step(StepWord::Rs);

fn nibble(i: u8) -> Expr {
    Expr::Nibble(SLOT, i)
}

/// The leaf of `expression = expected`, for digits that the witness holds.
fn leaf(expression: &Expr, expected: i64) -> Script {
    let mut p = Predicate::new();
    p.require(expression.clone().eq(expected));
    let p = p.checked().unwrap();
    let digits: Vec<Cell> = (0..8)
        .rev()
        .map(|digit| Cell::Nibble(SLOT, digit))
        .collect();
    // Digits are as clean here as an opening leaves them.
    let clean = (0..8).map(|_| script! { OP_ABS 15 OP_MIN OP_TOALTSTACK });
    let back = (0..8).map(|_| script! { OP_FROMALTSTACK });
    script! { {clean} {back} {lower(&p, digits).unwrap()} 1 }
}

fn check(expression: &Expr, word: u32) {
    let mut values = Values::new();
    values.set(SLOT, [word]);
    let mut p = Predicate::new();
    p.leave(expression.clone());
    let value = p.checked().unwrap().run(&values, &[]).unwrap().unwrap();
    let witness: Vec<Vec<u8>> = (0..8)
        .rev()
        .map(|digit| encode_number(i64::from(word >> (4 * digit) & 15)))
        .collect();
    let right = leaf(expression, value);
    analyse(&right, 8).unwrap_or_else(|error| panic!("{expression:?}: {error}"));
    execute_leaf(&right, &witness)
        .unwrap_or_else(|failure| panic!("{expression:?} = {value}: {failure}"));
    let failure = execute_leaf(&leaf(expression, value + 1), &witness).unwrap_err();
    assert_eq!(
        failure.reason,
        crate::trace::Reason::Verify,
        "{expression:?} is not {value} + 1"
    );
}

#[test]
fn every_operation() {
    let number = || nibble(2).shl(8) + nibble(1).shl(4) + nibble(0);
    let table: Vec<Expr> = (0..8).map(nibble).collect();
    let reversed: Vec<Expr> = (0..8).rev().map(nibble).collect();
    let expressions = [
        nibble(3) - nibble(4),
        -nibble(3),
        (nibble(3) - nibble(4)).abs(),
        nibble(3).eq(nibble(4)).not(),
        nibble(3).lt(7).choose(nibble(1), nibble(2) + 40),
        nibble(3).modulo(2).choose(1, 2),
        number().shr(5),
        number().shr(12),
        nibble(7).shr(3),
        number().modulo(7),
        number().modulo(5000),
        (number() - 2000).misses(3),
        number().misses(17),
        number().mul(nibble(3) - 8),
        nibble(0).mul(0),
        nibble(5).one_of(&[1, 2, 3, 9, 15]),
        nibble(5).max(7).min(nibble(6)),
        nibble(1)
            .eq(nibble(2))
            .or(nibble(3).ne(nibble(4)))
            .and(nibble(5).ge(3)),
        Expr::Pick(table, Box::new(nibble(6).min(7))),
        Expr::Pick(reversed, Box::new(nibble(6).min(7))),
    ];
    let mut random = Random(11);
    for expression in &expressions {
        for word in [0, u32::MAX, 0x8765_4321, random.next(), random.word()] {
            check(expression, word);
        }
    }
}

/// What cannot be proved is refused when the predicate is built, and the reason is named.
#[test]
fn what_cannot_be_proved_is_refused() {
    let refused = |expression: Expr| {
        let mut p = Predicate::new();
        p.require(expression);
        p.checked().unwrap_err()
    };
    let large = || nibble(0).shl(28);
    assert_eq!(
        refused(large() - 1),
        PredicateError::Overflow {
            low: 0,
            high: 15 << 28
        }
    );
    assert_eq!(
        refused((nibble(0) - 1).modulo(4)),
        PredicateError::Negative { low: -1 }
    );
    assert_eq!(
        refused((nibble(0) - 2).shr(1)),
        PredicateError::Negative { low: -2 }
    );
    assert_eq!(
        refused((nibble(0) - 3).mul(2)),
        PredicateError::Negative { low: -3 }
    );
    assert_eq!(
        refused(nibble(0).choose(1, 2)),
        PredicateError::NotBoolean { low: 0, high: 15 }
    );
    let table = vec![nibble(0), nibble(1)];
    let outside = Expr::Pick(table, Box::new(nibble(2)));
    assert_eq!(
        refused(outside),
        PredicateError::IndexRange {
            index: 15,
            items: 2
        }
    );
    let sum = nibble(0).op2(Op2::Add, Expr::Int(1 << 31));
    assert!(matches!(refused(sum), PredicateError::Overflow { .. }));
}

/// A table whose items lie apart has no address.
#[test]
fn a_scattered_table_is_refused() {
    let mut p = Predicate::new();
    let place = nibble(7).min(1);
    p.require(Expr::Pick(vec![nibble(0), nibble(2)], Box::new(place)));
    let digits: Vec<Cell> = (0..8)
        .rev()
        .map(|digit| Cell::Nibble(SLOT, digit))
        .collect();
    let error = lower(&p.checked().unwrap(), digits).unwrap_err();
    assert_eq!(error, PredicateError::Scattered { items: 2 });
}
