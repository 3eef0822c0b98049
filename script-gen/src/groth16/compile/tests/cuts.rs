//! What the cut promises, and what is refused.

use super::super::{CompileError, curve};
use super::*;

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

#[test]
fn heavier_leaves_make_lighter_assertions() {
    let points = curve(&program(), 3).unwrap();
    assert!(!points.is_empty());
    for pair in points.windows(2) {
        assert!(pair[0].max_leaf_weight < pair[1].max_leaf_weight);
        assert!(pair[0].assertion_weight >= pair[1].assertion_weight);
    }
    for point in points {
        assert!(point.worst_leaf_weight <= point.max_leaf_weight);
    }
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
