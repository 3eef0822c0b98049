//! Plans and the figures that they promise.

use gavel_ocp::plan::Course;
use gavel_ocp::proof::plan::{ProofPlan, default_params, plan};
use gavel_ocp::proof::{ProofParams, ProofTx, Statement};
use gavel_script_gen::winternitz::{GameSeed, Shape};

use crate::equality::Equality;
use crate::play::{Conduct, Played, WATCHED, play};
use crate::world::{World, params, statement, world};

fn planned(params: &ProofParams, statement: &Equality) -> ProofPlan {
    let worst = world().graph.blueprint().setup().tree.worst_witness;
    plan(params, statement.slots(), worst).unwrap()
}

/// Every transaction that was made has the planned weight or, where digits happen to be 0, a little less.
fn compare(played: &Played, planned: &Course) {
    let names: Vec<String> = played.names().iter().map(ToString::to_string).collect();
    let transactions = &planned.transactions;
    let expected: Vec<&String> = transactions.iter().map(|planned| &planned.name).collect();
    assert_eq!(Vec::from_iter(&names), expected);
    for ((name, made), planned) in played.transactions.iter().zip(transactions) {
        let (weight, worst) = (made.weight().to_wu(), planned.weight);
        // A digit 0 is encoded one byte shorter than any other.
        assert!(
            weight <= worst && weight + worst / 500 + 4 >= worst,
            "{name}: {weight} of {worst}"
        );
        assert_eq!(made.version.0, planned.version, "{name}");
    }
    assert_eq!(
        planned.total_vbytes,
        transactions.iter().map(|one| one.vbytes).sum::<u64>()
    );
}

#[test]
fn planned_sizes_are_those_of_real_transactions() {
    let world = world();
    let plan = planned(&params(), &statement());
    let honest = world.statement.values();
    let lie = world.statement.lie(9);
    let alone = Conduct {
        watched: false,
        ..WATCHED
    };
    let silent = Conduct {
        silent_from: Some(ProofTx::AssertStart),
        ..WATCHED
    };
    compare(&play(world, &honest, alone), &plan.honest);
    compare(&play(world, &honest, WATCHED), &plan.challenged);
    compare(&play(world, &lie, WATCHED), &plan.slashed);
    compare(&play(world, &lie, silent), &plan.silent);
    assert_eq!(plan.assert_transactions, 3);
    assert!(plan.disprove_relayable);
}

/// A refutation of more than 400,000 weight units is planned, and said not to be relayed.
#[test]
fn a_plan_says_what_is_not_relayed() {
    let statement = Equality::new(1, 2);
    let worst = 3_900_000;
    let params = default_params(statement.slots(), worst).unwrap();
    let plan = plan(&params, statement.slots(), worst).unwrap();
    assert!(!plan.disprove_relayable);
    assert_eq!(plan.slashed.transactions.last().unwrap().version, 2);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["disprove_relayable"], false);
    assert_eq!(json["silent"]["transactions"][2]["name"], "OperatorTimeout");
}

/// What default parameters promise: a challenge pays for itself on both sides.
#[test]
fn default_parameters_suit_the_statement() {
    for (statement, worst) in [
        (Equality::new(1, 4), 10_000),
        (Equality::new(16, 400), 400_000),
        (Equality::new(4, 300), 3_990_000),
    ] {
        let params = default_params(statement.slots(), worst).unwrap();
        let plan = plan(&params, statement.slots(), worst).unwrap();
        let amounts = &params.amounts;
        let asserted: u64 = plan
            .challenged
            .transactions
            .iter()
            .map(|one| one.vbytes)
            .sum();
        let challenge = plan.challenged.transactions[1].vbytes;
        assert!(amounts.challenger_bond >= amounts.fee(asserted - challenge) / 2);
        let refuting = plan.slashed.transactions.last().unwrap().vbytes;
        let catching = amounts.challenger_bond + amounts.fee(challenge + refuting);
        assert!(amounts.reward() > catching);
        assert!(
            plan.slashed
                .transactions
                .iter()
                .rev()
                .skip(1)
                .all(|one| one.weight <= 400_000)
        );
    }
}

/// The assertion of the size that a Groth16 check has: 14 field elements and 363 digests, in few standard transactions.
#[test]
fn an_assertion_of_377_values() {
    let mut slots = Equality::new(1, 377).slots().clone();
    for slot in &mut slots.asserted[..14] {
        slot.shape = Shape::DIGEST_256;
    }
    let params = default_params(&slots, 400_000).unwrap();
    let plan = plan(&params, &slots, 400_000).unwrap();
    assert_eq!(plan.assert_transactions, 4);
    let seed = GameSeed::new(&[0; 32], &[0; 32]);
    let values: usize = slots
        .asserted
        .iter()
        .map(|slot| {
            let key = seed.secret_key(slot.shape, "").public_key();
            slot.shape.max_witness_weight() + key.verify_script().len()
        })
        .sum();
    // Inputs, their outputs, and the transactions around them cost less than one part in fifty.
    let overhead = plan.assert_weight - values as u64;
    assert!(overhead * 50 < plan.assert_weight, "{overhead}");
}

#[test]
fn courses_say_how_long_they_take() {
    let plan = planned(&params(), &statement());
    let locks = params().locks;
    let margins = 2 * u32::from(locks.margin);
    let period = u32::from(locks.challenge_period);
    assert_eq!(plan.honest.worst_blocks, period + margins);
    assert_eq!(plan.silent.worst_blocks, locks.deadline() + margins);
    assert_eq!(plan.challenged.worst_blocks, locks.longest());
    assert_eq!(plan.challenged.turns, 3);
    let alone = World::new(&params(), Equality::new(2, 1));
    assert_eq!(alone.graph.blueprint().assertions(), 1);
}
