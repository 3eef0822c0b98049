//! The shortest way to push a row of numbers, copying what was pushed before.

use crate::script::{Op, Script};

/// One way to append numbers to a row.
#[derive(Clone, Copy)]
enum Step {
    Literal,
    Copy(Op),
    Pick(usize),
    /// A copy made by the opcode, whose top is then changed by a number.
    Change(Op, i64),
}

impl Step {
    /// How many numbers it appends, and how far before the end of the row the copied ones start.
    fn shape(self) -> (usize, usize) {
        match self {
            Step::Literal => (1, 0),
            Step::Pick(depth) => (1, depth + 1),
            Step::Copy(op) | Step::Change(op, _) => match op {
                Op::Dup => (1, 1),
                Op::Over => (1, 2),
                Op::TwoDup => (2, 2),
                Op::TwoOver => (2, 4),
                _ => (3, 3),
            },
        }
    }

    fn script(self, number: i64) -> Script {
        let mut script = Script::new();
        match self {
            Step::Literal => script.push_int(number),
            Step::Copy(op) => script.push_op(op),
            Step::Pick(depth) => {
                script.push(depth);
                script.push_op(Op::Pick);
            }
            Step::Change(op, by) => {
                script.push_op(op);
                match by {
                    1 => script.push_op(Op::OneAdd),
                    -1 => script.push_op(Op::OneSub),
                    _ => {
                        script.push_int(by.abs());
                        script.push_op(if by < 0 { Op::Sub } else { Op::Add });
                    }
                }
            }
        }
        script
    }
}

const COPIES: [Op; 5] = [Op::ThreeDup, Op::TwoOver, Op::TwoDup, Op::Over, Op::Dup];

/// The steps that append the right numbers after the first `done`.
fn steps(numbers: &[i64], done: usize) -> Vec<Step> {
    let copied = |step: Step| {
        let (count, back) = step.shape();
        let end = done + count;
        (back <= done && end <= numbers.len()).then(|| {
            let last = numbers[end - 1] - numbers[end - 1 - back];
            let same = numbers[done..end - 1] == numbers[done - back..end - 1 - back];
            (same, last)
        })
    };
    let mut steps = vec![Step::Literal];
    for op in COPIES {
        match copied(Step::Copy(op)) {
            Some((true, 0)) => steps.push(Step::Copy(op)),
            Some((true, by)) => steps.push(Step::Change(op, by)),
            _ => {}
        }
    }
    let picks = (2..32).map(Step::Pick);
    steps.extend(picks.filter(|step| matches!(copied(*step), Some((true, 0)))));
    steps
}

/// Pushes `numbers`, the first one deepest.
pub(crate) fn push_sequence(numbers: &[i64]) -> Script {
    // The cheapest way to reach each length, as (bytes, last step).
    let mut best: Vec<(usize, Step)> = vec![(usize::MAX, Step::Literal); numbers.len() + 1];
    best[0].0 = 0;
    for done in 0..numbers.len() {
        for step in steps(numbers, done) {
            let cost = best[done].0 + step.script(numbers[done]).len();
            let reached = &mut best[done + step.shape().0];
            if cost < reached.0 {
                *reached = (cost, step);
            }
        }
    }
    let mut parts = vec![];
    let mut done = numbers.len();
    while done > 0 {
        let step = best[done].1;
        done -= step.shape().0;
        parts.push(step.script(numbers[done]));
    }
    parts.into_iter().rev().collect()
}
