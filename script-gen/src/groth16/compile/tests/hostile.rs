//! Leaves that must not accept: against an honest assertion, whatever the spender shows.

use super::super::plan::Target;
use super::*;
use crate::bn254::Element;
use crate::groth16::registers::element_items;
use crate::script::encode_number;
use crate::trace::Reason;

/// The best that a spender can show for a leaf: honest values, and zeros where a relation would have to be something else.
fn hints(game: &Game, number: usize, values: &[BigInt]) -> Vec<Vec<u8>> {
    let refutation = Refutation {
        leaf: number,
        values: values.to_vec(),
    };
    let committed = game.compiled.assertion(values).unwrap();
    match game.compiled.witness(&refutation, &game.sign(&committed)) {
        Ok(witness) => witness,
        Err(_) => {
            let leaf = game.leaf(number);
            let openings: usize = game.compiled.leaves().unwrap()[number]
                .slots
                .iter()
                .map(|slot| game.compiled.slots()[*slot].shape.witness_items())
                .sum();
            let mut witness = vec![vec![]; leaf.draft().witness_items - openings];
            witness.extend(openings_of(game, number, &committed));
            witness
        }
    }
}

fn openings_of(game: &Game, number: usize, committed: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let signatures = game.sign(committed);
    let slots = game.compiled.leaves().unwrap()[number].slots.clone();
    let order = game.compiled.planner().plan(game.compiled.targets[number]);
    let order = order.unwrap().order();
    let slots = slots.into_iter().rev();
    let shape = |slot: usize| game.compiled.slots()[slot].shape;
    slots
        .flat_map(|slot| signatures[slot].witness_in(shape(slot), order))
        .collect()
}

#[test]
fn no_leaf_accepts_an_honest_assertion() {
    for compiled in [fine(), coarse()] {
        let game = Game::new(compiled);
        let run = game.compiled.program().run(&honest_inputs()).unwrap();
        for number in 0..game.compiled.leaf_count() {
            let leaf = game.leaf(number);
            let witness = hints(&game, number, &run.values);
            let failure = LeafSpend::new(leaf.script()).execute(&witness).unwrap_err();
            let expected = match game.compiled.targets[number] {
                Target::Negative(_) | Target::TooLarge(_) | Target::Digest(_) => {
                    &[Reason::EvalFalse][..]
                }
                // A relation that does not hold ends the script where a column is not zero, or outgrows four bytes before.
                Target::Undefined(_) | Target::Claim(..) => {
                    &[Reason::NumEqualVerify, Reason::Verify, Reason::ScriptNumber]
                }
            };
            let name = &leaf.draft().name;
            assert!(expected.contains(&failure.reason), "{name}: {failure:?}");
        }
    }
}

/// What can stand in the place of a number.
fn hostile_items(honest: &[u8]) -> Vec<Vec<u8>> {
    let mut items: Vec<Vec<u8>> = [-1, 0, 1, 16, -(1 << 19), 1 << 20, 0x7fff_ffff, -0x7fff_ffff]
        .map(encode_number)
        .to_vec();
    items.extend([vec![0], vec![0x80], vec![1, 0], vec![0xff; 5], vec![7; 80]]);
    items.retain(|item| item != honest);
    items
}

#[test]
fn no_hint_makes_a_leaf_accept_an_honest_assertion() {
    let game = Game::new(fine());
    let run = game.compiled.program().run(&honest_inputs()).unwrap();
    for number in 0..game.compiled.leaf_count() {
        let leaf = game.leaf(number);
        let spend = LeafSpend::new(leaf.script());
        let honest = hints(&game, number, &run.values);
        let slots = &game.compiled.leaves().unwrap()[number].slots;
        let shapes = slots.iter().map(|slot| game.compiled.slots()[*slot].shape);
        let opened: usize = shapes.map(|shape| shape.witness_items()).sum();
        let shown = honest.len() - opened;
        let places = (0..shown).step_by(5).chain(shown..shown.saturating_add(2));
        for (turn, place) in places.filter(|place| *place < honest.len()).enumerate() {
            let items = hostile_items(&honest[place]);
            let mut wrong = honest.clone();
            wrong[place] = items[turn % items.len()].clone();
            assert!(
                spend.execute(&wrong).is_err(),
                "{} {place}",
                leaf.draft().name
            );
        }
        let mut missing = honest.clone();
        missing.remove(0);
        let mut extra = honest.clone();
        extra.insert(0, vec![]);
        let mut reordered = honest.clone();
        reordered.reverse();
        for wrong in [missing, extra, reordered] {
            assert!(spend.execute(&wrong).is_err(), "{}", leaf.draft().name);
        }
    }
}

#[test]
fn another_representative_of_a_result_is_no_refutation() {
    let game = Game::new(fine());
    let run = game.compiled.program().run(&honest_inputs()).unwrap();
    for (step, value) in [(1, C), (3, Q)] {
        let number = game
            .compiled
            .targets
            .iter()
            .position(|target| *target == Target::Digest(step));
        let number = number.unwrap();
        for other in [modulus(), -modulus()] {
            let mut values = run.values.clone();
            values[value.0] += other;
            let refutation = Refutation {
                leaf: number,
                values: values.clone(),
            };
            let committed = game.compiled.assertion(&run.values).unwrap();
            let leaf = game.leaf(number);
            let failure = game.play(&leaf, &refutation, &committed).unwrap_err();
            assert_eq!(failure.reason, Reason::Verify, "{value:?}");
        }
    }
}

#[test]
fn a_remainder_of_zero_refutes_no_claim() {
    let game = Game::new(fine());
    let run = game.compiled.program().run(&honest_inputs()).unwrap();
    let claims = game.compiled.targets.iter().enumerate();
    let claims = claims.filter(|(_, target)| matches!(target, Target::Claim(..)));
    for (number, _) in claims {
        let leaf = game.leaf(number);
        let committed = game.compiled.assertion(&run.values).unwrap();
        let openings = openings_of(&game, number, &committed);
        let shown = leaf.draft().witness_items - openings.len();
        for remainder in [BigInt::ZERO, modulus()] {
            let remainder = element_items(&Element::new(&remainder).unwrap());
            for place in 0..=shown - remainder.len() {
                let mut witness = vec![vec![]; shown];
                witness[place..place + remainder.len()].clone_from_slice(&remainder);
                witness.extend(openings.clone());
                let failure = LeafSpend::new(leaf.script()).execute(&witness).unwrap_err();
                assert_ne!(failure.reason, Reason::EvalFalse);
                if place > 40 {
                    break;
                }
            }
        }
    }
}
