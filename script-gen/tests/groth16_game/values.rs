//! Every committed value: wrong alone, wrong with all that follows from it, and right but attacked.

use gavel_script_gen::bn254::modulus;
use gavel_script_gen::groth16::program::{Equation, Program, Value};
use gavel_script_gen::script::encode_number;
use gavel_script_gen::testing::LeafSpend;
use gavel_script_gen::trace::Reason;
use rayon::prelude::*;

use crate::GAME;

/// All of `count` things, or every `step`-th.
fn sample(count: usize, step: usize) -> impl ParallelIterator<Item = usize> {
    let all = std::env::var_os("GAVEL_TEST_ALL").is_some();
    let chosen = (0..count).step_by(if all { 1 } else { step });
    chosen.collect::<Vec<_>>().into_par_iter()
}

#[test]
fn a_value_that_is_wrong_alone_is_refuted() {
    let inputs = GAME.compiled.program().inputs.len();
    sample(GAME.honest.len(), 97).for_each(|slot| {
        let mut wrong = GAME.honest.clone();
        let digit = slot % wrong[slot].len();
        wrong[slot][digit] ^= 1 + (slot % 15) as u8;
        let name = &GAME.compiled.slots()[slot].name;
        let refuted = GAME.refute(&wrong);
        assert!(refuted.is_some(), "{name}");
        if slot >= inputs {
            assert_eq!(refuted.as_ref(), Some(name));
        }
    });
}

/// The program with a step that gives another value.
fn lying(step: usize, value: Value) -> Program {
    let mut program = GAME.compiled.program().clone();
    for equation in &mut program.steps[step].equations {
        match equation {
            Equation::Lookup(lookup) if lookup.outputs.contains(&value) => {
                let coordinate = usize::from(lookup.outputs[1] == value);
                for row in &mut lookup.table {
                    row[coordinate] = (&row[coordinate] + 1) % modulus();
                }
                break;
            }
            Equation::Relation(relation) if relation.values().any(|other| other == value) => {
                relation.linear.constant += 1;
                break;
            }
            _ => {}
        }
    }
    program
}

#[test]
fn a_value_that_is_wrong_with_all_that_follows_is_refuted() {
    let program = GAME.compiled.program();
    sample(program.steps.len(), 89).for_each(|step| {
        let name = &program.steps[step].name;
        // A step that only must not be undefined has none.
        let Some(&value) = program.steps[step].outputs.iter().flatten().next() else {
            return;
        };
        let inputs = program.inputs.iter();
        let inputs: Vec<_> = inputs
            .map(|input| GAME.values[input.value.0].clone())
            .collect();
        let run = lying(step, value).run(&inputs).unwrap();
        assert_ne!(run.values[value.0], GAME.values[value.0], "{name}");
        let committed = GAME.compiled.assertion(&run.values).unwrap();
        let mut slots = GAME.compiled.slots().iter().zip(&committed);
        let mut honest = GAME.honest.iter();
        // The slot where the lie begins: what it reads is right.
        let first = slots.find(|(_, digits)| honest.next() != Some(digits));
        let refuted = GAME.refute(&committed);
        assert_eq!(
            refuted.as_ref(),
            first.map(|(slot, _)| &slot.name),
            "{name}"
        );
    });
}

/// What can stand in the place of a number.
fn hostile(honest: &[u8]) -> Vec<Vec<u8>> {
    let mut items = [-1, 0, 1, 16, 1 << 20, 0x7fff_ffff, -0x7fff_ffff]
        .map(encode_number)
        .to_vec();
    items.extend([vec![0x80], vec![1, 0], vec![0xff; 5], vec![7; 80]]);
    items.retain(|item| item != honest);
    items
}

#[test]
fn a_right_value_is_refuted_by_no_witness() {
    let compiled = &GAME.compiled;
    let plans = compiled.leaves().unwrap();
    let signatures = GAME.sign(&GAME.honest);
    let inputs = compiled.program().inputs.len();
    let groups = sample(GAME.honest.len(), 97).filter(|slot| *slot >= inputs);
    groups.for_each(|slot| {
        // The leaf that would refute it, with all that is right to show.
        let mut wrong = GAME.honest.clone();
        wrong[slot][0] ^= 1;
        let refutation = compiled.find_refutation(&wrong).unwrap().unwrap();
        let leaf = compiled.leaf(refutation.leaf, &GAME.keys).unwrap();
        let name = &leaf.draft().name;
        let witness = compiled.witness(&refutation, &signatures).unwrap();
        let spend = LeafSpend::new(leaf.script());
        let failure = spend.execute_by_consensus(&witness).unwrap_err();
        assert_eq!(failure.reason, Reason::EvalFalse, "{name}");
        let opened = plans[refutation.leaf].slots.iter();
        let opened: usize = opened
            .map(|slot| compiled.slots()[*slot].shape.witness_items())
            .sum();
        let shown = witness.len() - opened;
        for (turn, place) in (0..shown).step_by(shown / 5 + 1).enumerate() {
            let items = hostile(&witness[place]);
            let mut other = witness.clone();
            other[place] = items[(slot + turn) % items.len()].clone();
            let accepted = spend.execute_by_consensus(&other);
            assert!(accepted.is_err(), "{name}: item {place}");
        }
    });
}
