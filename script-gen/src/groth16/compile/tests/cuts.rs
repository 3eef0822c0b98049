//! What the cut promises, and what is refused.

use std::path::Path;

use rayon::prelude::*;

use super::super::budget::useful;
use super::super::{CompileError, CurvePoint, DIGEST_SHAPE, INPUT_SHAPE, curve, leaf};
use super::*;
use crate::groth16::choice::choose;
use crate::groth16::input::load_key;
use crate::groth16::program::ProgramError;
use crate::groth16::registers::Extents;

#[test]
fn a_budget_decides_how_many_values_are_committed() {
    let fine = fine();
    let coarse = coarse();
    let names = |compiled: &Compiled| -> Vec<String> {
        let slots = compiled.slots().iter();
        slots.map(|slot| slot.name.clone()).collect()
    };
    assert_eq!(
        names(&fine),
        [
            "scalar", "a", "b", "w", "window", "product", "pair", "quotient"
        ]
    );
    assert!(coarse.slots().len() < fine.slots().len());
    assert!(coarse.assertion_weight() < fine.assertion_weight());
    assert_eq!(fine.scalars(), 1);
}

#[test]
fn the_tree_has_the_leaves_of_the_list() {
    let game = Game::new(fine());
    let (tree, manifest) = game.compiled.tree(&game.keys, |_, _| {}).unwrap();
    let plans = game.compiled.leaves().unwrap();
    assert_eq!(manifest.root, tree.root());
    assert_eq!(tree.len(), game.compiled.leaf_count());
    for (plan, entry) in plans.iter().zip(&manifest.leaves) {
        assert_eq!((&plan.name, &plan.relation), (&entry.name, &entry.relation));
        assert_eq!(plan.slots.len(), entry.slots.len());
    }
    let (again, _) = game.compiled.tree(&game.keys, |_, _| {}).unwrap();
    assert_eq!(again, tree);
    // Leaves that are built in lots are those that are built alone.
    for (number, entry) in manifest.leaves.iter().enumerate() {
        assert_eq!(game.leaf(number).hash(), entry.leaf_hash, "{}", entry.name);
    }
}

/// What is measured without being written is as long as what is written, and as high.
#[test]
fn leaves_weigh_what_the_list_says() {
    for compiled in [fine(), coarse()] {
        let game = Game::new(compiled);
        let (_, manifest) = game.compiled.tree(&game.keys, |_, _| {}).unwrap();
        let plans = game.compiled.leaves().unwrap();
        let listed = plans.iter().map(|plan| plan.weight);
        let built = manifest.leaves.iter().map(|leaf| leaf.worst_weight);
        assert!(listed.eq(built));
    }
}

/// The same for a verifier under both budgets. Its leaves are written, but not proved.
#[test]
fn leaves_of_a_verifier_are_as_long_as_measured() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16/1");
    let key = load_key(&folder.join("key.bin")).unwrap();
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let keys = [INPUT_SHAPE, DIGEST_SHAPE].map(|shape| seed.secret_key(shape, "").public_key());
    for budget in [Budget::default(), Budget::of_leaf_weight(400_000)] {
        let compiled = choose(&key, budget).unwrap().compiled;
        let program = &compiled.program;
        let planner = compiled.planner();
        let known = Extents::default();
        compiled.targets.par_iter().for_each(|target| {
            let plan = planner.plan(*target).unwrap();
            let opened = compiled.opened(&plan).into_iter();
            let opened = opened.map(|slot| {
                let shape = compiled.slots.list[slot].shape;
                keys.iter().find(|key| key.shape() == shape).unwrap()
            });
            let keys: Vec<_> = opened.collect();
            let body = leaf::script(program, &plan, &keys, known.plans()).unwrap();
            let measured = leaf::spend_size(program, &plan, &known).unwrap().unwrap();
            assert_eq!(measured.witness_items, body.witness_items);
            assert_eq!(measured.max_witness_weight, body.max_witness_weight);
            let name = planner.name(*target);
            assert_eq!(measured.script_bytes, body.script().len(), "{name}");
        });
    }
}

/// Whatever the limit is, a cut is found if every step by itself has a leaf, and no leaf is heavier.
#[test]
fn limits_hold_for_steps_and_checks() {
    let heaviest = |compiled: &Compiled| {
        let leaves = compiled.leaves().unwrap().into_iter();
        leaves.map(|leaf| leaf.weight).max().unwrap()
    };
    let (least, most) = (heaviest(&fine()), heaviest(&coarse()));
    for limit in (least..most).step_by((most - least) / 12) {
        let compiled = compile(program(), Budget::of_leaf_weight(limit)).unwrap();
        assert!(heaviest(&compiled) <= limit);
    }
    let error = compile(program(), Budget::of_leaf_weight(least - 1)).unwrap_err();
    assert!(
        matches!(error, CompileError::LeafTooHeavy { weight, .. } if weight == least),
        "{error}"
    );
}

/// Whoever chooses a scalar could look for other values with the digest of what follows from it.
#[test]
fn what_follows_from_scalars_alone_is_not_committed() {
    let mut program = program();
    let window = &mut program.steps[0];
    window.outputs = vec![vec![X, Y], vec![COPY]];
    let error = compile(program, Budget::default()).unwrap_err();
    let foreseeable = ProgramError::Foreseeable("window".to_owned());
    assert_eq!(error, CompileError::Program(foreseeable));
}

/// A spender needs one zero where a step is undefined by two: an operator that has such a run does not assert it.
#[test]
fn one_coordinate_that_vanishes_is_a_refutation() {
    let mut program = program();
    let zero = program.steps[3].undefined[0].linear.clone();
    let never = zero.clone().plus(1, &Linear::constant(&1.into()));
    let quotient = &mut program.steps[3];
    quotient.equations = vec![relation(vec![], Linear::from(D).plus(-1, &Q.into()))];
    quotient.undefined = vec![zero.into(), never.into()];
    let compiled = compile(program, Budget::default()).unwrap();
    let game = Game::new(compiled);
    for (a, refuted) in [(107, Some("quotient/undefined")), (108, Some("end/0"))] {
        let mut inputs = honest_inputs();
        inputs[1] = number(a);
        let run = game.compiled.program().run(&inputs).unwrap();
        assert!(run.undefined.is_empty());
        let committed = game.compiled.assertion(&run.values).unwrap();
        assert_eq!(game.refute(&committed).as_deref(), refuted);
    }
}

#[test]
fn budgets_that_nothing_fits_are_refused() {
    let error = compile(program(), Budget::of_leaf_weight(50_000)).unwrap_err();
    assert!(
        matches!(error, CompileError::LeafTooHeavy { limit: 50_000, .. }),
        "{error}"
    );
    let budget = Budget {
        limit: super::super::Limit::AssertionWeight(1_000),
        ..Budget::default()
    };
    let error = compile(program(), budget).unwrap_err();
    assert_eq!(error, CompileError::AssertionTooSmall(1_000));
    // As a goal it is missed by as little as possible.
    let budget = Budget {
        limit: super::super::Limit::AssertionGoal(1_000),
        ..Budget::default()
    };
    let lightest = compile(program(), budget).unwrap().assertion_weight();
    assert_eq!(lightest, coarse().assertion_weight());
}

/// Here leaves as heavy as the heaviest step's allow the coarsest cut already.
#[test]
fn the_curve_ends_where_heavier_leaves_buy_nothing() {
    let points = curve(&program(), 3, MAX_BLOCK_TRANSACTION).unwrap();
    let [point] = points[..] else {
        panic!("{points:?}");
    };
    assert_eq!(point.assertion_weight, coarse().assertion_weight());
    assert_eq!(point.committed_values, coarse().slots().len());
    assert!(point.worst_leaf_weight <= point.max_leaf_weight);
    let lighter = |assertion_weight: usize| CurvePoint {
        assertion_weight,
        ..point
    };
    let weights = [9, 9, 7, 8, 6].map(lighter).to_vec();
    assert_eq!(useful(weights), [9, 7, 6].map(lighter));
}

#[test]
fn keys_and_numbers_that_do_not_fit_are_refused() {
    let game = Game::new(fine());
    let error = game.compiled.leaf(0, &game.keys[1..]).unwrap_err();
    assert_eq!(
        error,
        CompileError::Keys {
            expected: 8,
            found: 7
        }
    );
    let error = game.compiled.leaf(99, &game.keys).unwrap_err();
    let leaves = game.compiled.leaf_count();
    assert_eq!(error, CompileError::NoLeaf { number: 99, leaves });
    let error = game.compiled.find_refutation(&[]).unwrap_err();
    assert_eq!(
        error,
        CompileError::Keys {
            expected: 8,
            found: 0
        }
    );
}
