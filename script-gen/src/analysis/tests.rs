//! What is proved, what is refused and why.

use super::*;
use crate::bits::CopiedBit;
use crate::script;
use crate::script::{limit, pick_from};
use crate::winternitz::{GameSeed, Shape};

fn number(lo: i64, hi: i64) -> Entry {
    Entry::Number(Interval::new(lo, hi).expect("lo <= hi"))
}

fn problem(script: Script, witness_items: usize) -> Problem {
    analyse(&script, witness_items)
        .expect_err("not provable")
        .problem
}

fn result(script: Script, entry: &[Entry]) -> Entry {
    let report = analyse_part(&script, entry).unwrap_or_else(|error| panic!("{error}: {script}"));
    *report.stack.last().expect("a result")
}

#[test]
fn commitments_are_proved() {
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let word = Shape::WORD.witness_items();
    let key = seed.secret_key(Shape::WORD, "word").public_key();
    let report = analyse(&script! { {key.verify_script()} 1 }, word).expect("provable");
    assert_eq!(report.peak_stack, 29);
    let opened = analyse_part(&key.open_script(), &vec![Entry::Hint; word]).expect("provable");
    assert_eq!(opened.stack, [number(0, 15); 8]);
    let digest = seed.secret_key(Shape::DIGEST_256, "digest").public_key();
    let opened = analyse_part(&digest.open_script(), &vec![Entry::Hint; 132]).expect("provable");
    assert_eq!(opened.stack, [number(0, 15); 64]);
    let bit = seed.bit_key("bit").public_key();
    assert_eq!(result(bit.open_script(), &[Entry::Hint]), number(0, 1));
    let copied = CopiedBit {
        challenger: bit,
        operator: bit,
    };
    analyse(&script! { {copied.copy_script()} 1 }, 3).expect("provable");
}

#[test]
fn hints_need_a_check_before_arithmetic() {
    assert_eq!(problem(script! { 1 OP_ADD }, 1), Problem::UncheckedHint);
    assert_eq!(problem(script! { OP_NEGATE }, 1), Problem::UncheckedHint);
    assert_eq!(problem(script! { OP_PICK }, 3), Problem::UncheckedHint);
    assert_eq!(
        problem(script! { 5 OP_EQUAL }, 1),
        Problem::HintComparedAsBytes
    );
    assert_eq!(
        problem(script! { OP_DUP 0 5 OP_WITHIN OP_VERIFY 5 OP_EQUAL }, 1),
        Problem::HintComparedAsBytes
    );
    let bounded = |script| result(script, &[Entry::Hint]);
    assert_eq!(bounded(script! { 7 OP_MIN 0 OP_MAX }), number(0, 7));
    assert_eq!(bounded(script! { OP_ABS 15 OP_MIN }), number(0, 15));
    assert_eq!(
        bounded(script! { OP_DUP 3 9 OP_WITHIN OP_VERIFY 1 OP_ADD }),
        number(4, 9)
    );
    assert_eq!(
        bounded(
            script! { OP_DUP 3 OP_GREATERTHAN OP_VERIFY OP_DUP 9 OP_LESSTHANOREQUAL OP_VERIFY 0 OP_ADD }
        ),
        number(4, 9)
    );
    assert_eq!(
        bounded(script! { OP_DUP 4 OP_NUMEQUALVERIFY OP_1SUB }),
        number(3, 3)
    );
    assert_eq!(
        bounded(script! { OP_DUP OP_IF OP_ELSE OP_ENDIF OP_1ADD }),
        number(1, 2)
    );
}

#[test]
fn operands_fit_four_bytes() {
    let wide = |script, hi| {
        analyse_part(&script, &[number(0, hi)])
            .map(|report| report.stack)
            .map_err(|e| e.problem)
    };
    assert!(wide(script! { OP_DUP OP_ADD }, (1 << 31) - 1).is_ok());
    let problem = Problem::OperandTooWide { lo: 0, hi: 1 << 31 };
    assert_eq!(
        wide(script! { OP_DUP OP_ADD OP_1ADD }, 1 << 30),
        Err(problem.clone())
    );
    assert_eq!(
        wide(script! { OP_DUP OP_ADD OP_NOT }, 1 << 30),
        Err(problem)
    );
    assert!(wide(script! { OP_DUP OP_ADD OP_SIZE }, 1 << 30).is_ok());
    let hash = script! { OP_HASH160 OP_1ADD };
    assert_eq!(wide(hash, 1), Err(Problem::OperandIsBytes));
}

#[test]
fn limits_end_the_script_where_they_are_meant_to() {
    let most = (1 << 31) - 1;
    let from = |script| result(script, &[number(0, most)]);
    assert_eq!(
        from(script! { OP_1ADD {limit(Op::OneAdd)} }),
        number(2, most + 1)
    );
    // Behind the check, copies of the operand are known to have passed it.
    assert_eq!(
        from(script! { OP_1ADD OP_DUP {limit(Op::Negate)} OP_DROP }),
        number(1, most)
    );
    // A limit holds for one opcode only, and it makes neither items of the spender nor byte strings into operands.
    let next = script! { OP_DUP {limit(Op::Add)} OP_1ADD };
    let problem_of = |script| analyse_part(&script, &[number(0, most)]).map_err(|e| e.problem);
    let (lo, hi) = (0, 2 * most);
    assert_eq!(problem_of(next), Err(Problem::OperandTooWide { lo, hi }));
    let bytes = script! { OP_HASH160 {limit(Op::OneAdd)} };
    assert_eq!(problem_of(bytes), Err(Problem::OperandIsBytes));
    assert_eq!(
        problem(script! { {limit(Op::OneAdd)} }, 1),
        Problem::UncheckedHint
    );
    // What is too long for certain would leave nothing to prove behind it.
    let always = script! { OP_1ADD {limit(Op::OneAdd)} };
    let error = analyse_part(&always, &[number(most, most)]).map_err(|e| e.problem);
    let (lo, hi) = (most + 1, most + 1);
    assert_eq!(error, Err(Problem::OperandTooWide { lo, hi }));
}

#[test]
fn conditions_narrow_every_copy() {
    let from = |script| result(script, &[number(0, 100)]);
    assert_eq!(
        from(script! { OP_DUP 16 OP_GREATERTHANOREQUAL OP_IF 16 OP_SUB OP_ENDIF }),
        number(0, 84)
    );
    assert_eq!(
        from(script! { OP_DUP 50 OP_LESSTHAN OP_NOTIF 50 OP_SUB OP_ENDIF }),
        number(0, 50)
    );
    assert_eq!(
        from(script! { OP_DUP 5 OP_NUMNOTEQUAL OP_NOT OP_VERIFY }),
        number(5, 5)
    );
    assert_eq!(
        from(script! { OP_DUP 0 OP_NUMEQUAL OP_IF OP_1ADD OP_ENDIF }),
        number(1, 100)
    );
    // Behind the branch the condition says nothing any more.
    assert_eq!(
        from(script! { OP_DUP 16 OP_LESSTHAN OP_IF OP_ELSE OP_ENDIF }),
        number(0, 100)
    );
    // What both sides say, holds.
    assert_eq!(
        from(
            script! { OP_DUP 16 OP_LESSTHAN OP_IF OP_DUP 3 OP_GREATERTHAN OP_VERIFY OP_ELSE OP_DUP 60 OP_LESSTHAN OP_VERIFY OP_ENDIF }
        ),
        number(4, 59)
    );
    assert_eq!(
        from(script! { OP_DUP OP_DUP 3 9 OP_WITHIN OP_SWAP 5 OP_LESSTHAN OP_BOOLAND OP_VERIFY }),
        number(3, 4)
    );
}

#[test]
fn indices_stay_in_their_tables() {
    let table = script! { 10 20 30 40 };
    let look_up = |range: (i64, i64), access: Script| {
        let script = script! { {&table} 4 OP_ROLL {access} };
        analyse_part(&script, &[number(range.0, range.1)])
            .map(|report| report.stack[4])
            .map_err(|e| e.problem)
    };
    let stepped = |lo, hi, step| {
        Ok(Entry::Number(
            Interval::stepped(lo, hi, step).expect("lo <= hi"),
        ))
    };
    assert_eq!(
        look_up((0, 3), script! { {pick_from(0..4)} }),
        stepped(10, 40, 10)
    );
    assert_eq!(
        look_up((1, 2), script! { {pick_from(0..4)} }),
        stepped(20, 30, 10)
    );
    assert_eq!(
        look_up((-3, 1), script! { {pick_from(0..4)} }),
        stepped(30, 40, 10)
    );
    assert_eq!(
        look_up((0, 3), script! { OP_PICK }),
        Err(Problem::NoTable { lo: 0, hi: 3 })
    );
    let outside = |lo, hi, start, end| {
        Err(Problem::OutsideTable {
            lo,
            hi,
            start,
            end,
            height: 4,
        })
    };
    assert_eq!(
        look_up((0, 4), script! { {pick_from(0..4)} }),
        outside(0, 4, 0, 4)
    );
    assert_eq!(
        look_up((0, 3), script! { {pick_from(0..5)} }),
        outside(0, 3, 0, 5)
    );
    assert_eq!(
        look_up((0, 2), script! { {pick_from(1..3)} }),
        outside(0, 2, 1, 3)
    );
    assert_eq!(
        look_up((-3, -1), script! { {pick_from(0..4)} }),
        outside(-3, -1, 0, 4)
    );
    assert_eq!(
        problem(script! { 1 2 3 3 OP_PICK }, 0),
        Problem::OutsideTable {
            lo: 3,
            hi: 3,
            start: 0,
            end: 3,
            height: 3
        }
    );
    // Doubled indices meet every second item only.
    let doubled =
        script! { 1 1000 2 1000 3 1000 6 OP_ROLL OP_DUP OP_ADD OP_1ADD {pick_from(0..6)} };
    assert_eq!(Ok(result(doubled, &[number(0, 2)])), stepped(1, 3, 1));
}

#[test]
fn branches_and_ends_are_clean() {
    assert_eq!(
        problem(script! { OP_IF 1 OP_ENDIF 1 }, 1),
        Problem::UnequalBranches {
            then: 1,
            otherwise: 0
        }
    );
    assert_eq!(
        problem(script! { OP_IF 1 OP_ELSE 1 }, 1),
        Problem::UnbalancedConditional
    );
    assert_eq!(
        problem(script! { OP_ENDIF 1 }, 0),
        Problem::UnbalancedConditional
    );
    assert_eq!(
        problem(script! { OP_IF 1 OP_ELSE 0 OP_ELSE 1 OP_ENDIF }, 1),
        Problem::UnbalancedConditional
    );
    assert_eq!(
        problem(script! { 2 OP_IF 1 OP_ELSE 1 OP_ENDIF }, 0),
        Problem::NotBoolean
    );
    assert_eq!(
        problem(script! { 1 }, 1),
        Problem::NotClean { items: 2, alt: 0 }
    );
    assert_eq!(
        problem(script! {}, 1),
        Problem::NotClean { items: 1, alt: 0 }
    );
    assert_eq!(
        problem(script! { OP_TOALTSTACK 1 }, 1),
        Problem::NotClean { items: 1, alt: 1 }
    );
    assert_eq!(
        problem(script! { OP_DROP OP_DROP 1 }, 1),
        Problem::TooFewItems
    );
    assert_eq!(
        problem(script! { {vec![7; 521]} }, 0),
        Problem::ElementTooLong { length: 521 }
    );
    assert_eq!(
        problem(script! { {[7; 33]} OP_CHECKSIG }, 1),
        Problem::PublicKey
    );
    let high = script! { {(0..1000).map(|_| script! { 1 })} };
    assert_eq!(problem(high, 1), Problem::StackTooHigh { items: 1001 });
}

#[test]
fn errors_name_the_place() {
    let script = script! { 1 {script! { 2 OP_ADD OP_ADD }.labelled("sum")} };
    let error = analyse(&script, 0).expect_err("too few items");
    assert_eq!(
        error.to_string(),
        "item 3 (OP_ADD in sum): there are too few items"
    );
}
