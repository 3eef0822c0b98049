//! Plans of games and the figures that they promise.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;

use common::world::{TestTrace, play, world};
use gavel_ocp::game::state::State;
use gavel_ocp::graph::name::Stage;
use gavel_ocp::params::Params;
use gavel_ocp::plan::{LeafSizes, Plan, cheapest, default_params, fastest, rounds, trace_bits};
use gavel_vm::digest::DigestLength;

#[test]
fn rounds_are_even() {
    assert_eq!(rounds(32, 1), [1; 32]);
    assert_eq!(rounds(32, 5), [5, 5, 5, 5, 4, 4, 4]);
    assert_eq!(rounds(5, 3), [3, 2]);
    assert_eq!([0, 1, 2, 3, 6, 7].map(trace_bits), [2, 2, 2, 3, 3, 4]);
    assert_eq!([(1 << 32) - 2, 1 << 32].map(trace_bits), [32, 32]);
}

/// The figures of the README: a trace of 2^32 steps, one bit a round. At most 100 and 70 kvB are required.
#[test]
fn the_cheapest_plan_of_the_longest_trace() {
    for (digest, required, pinned) in [
        (DigestLength::Bits256, 100_000, 87_215),
        (DigestLength::Bits160, 70_000, 69_460),
    ] {
        let params = Params {
            signers: 2,
            ..default_params(1 << 32, 1, digest)
        };
        let plan = Plan::new(&params, LeafSizes::of_machine(&params).unwrap()).unwrap();
        assert!(plan.is_standard());
        assert!(plan.total_vbytes < required);
        assert_eq!((plan.total_vbytes, plan.turns), (pinned, 80));
        let by_move: u64 = plan
            .lying_operator
            .transactions
            .iter()
            .map(|tx| tx.vbytes)
            .sum();
        assert_eq!(plan.total_vbytes, by_move);
    }
}

/// Of the fastest plan, at most 18 turns are required.
#[test]
fn the_search_finds_the_cheapest_and_the_fastest_rounds() {
    for digest in [DigestLength::Bits256, DigestLength::Bits160] {
        let params = Params {
            signers: 2,
            ..default_params(1 << 32, 6, digest)
        };
        let leaves = LeafSizes::of_machine(&default_params(1 << 32, 1, digest)).unwrap();
        let cheap = cheapest(&params, leaves).unwrap();
        assert_eq!(
            (cheap.trace_rounds, cheap.path_rounds),
            (vec![1; 32], vec![1; 5])
        );
        let fast = fastest(&params, leaves).unwrap();
        assert!(fast.is_standard());
        assert_eq!(fast.turns, 16);
        assert!(fast.worst_blocks < cheap.worst_blocks / 2);
    }
}

/// Every transaction that was made has the planned weight or, where values happen to have shorter encodings, little less.
#[test]
fn planned_sizes_are_those_of_real_transactions() {
    let world = world();
    let params = &world.graph.blueprint().setup().params;
    let leaf = common::test_tree(&world.secrets[1]).worst;
    let plan = Plan::new(
        params,
        LeafSizes {
            step: leaf,
            path: leaf,
            access: leaf,
        },
    )
    .unwrap();
    let liar = TestTrace {
        false_digests_from: Some(6),
        ..TestTrace::default()
    };
    let contrary = TestTrace {
        contrary: true,
        ..TestTrace::default()
    };
    let mut parties = [
        world.operator(liar, State::default()),
        world.challenger(1, contrary, &[Stage::Path], State::default()),
    ];
    play(&mut world.chain(), &mut parties, &BTreeSet::new());
    let made = &parties[0].state().confirmed;
    let planned = &plan.lying_operator.transactions;
    assert_eq!(made.len(), planned.len());
    for (made, planned) in made.iter().zip(planned) {
        assert_eq!(made.name.to_string(), planned.name);
        let (weight, worst) = (made.transaction.weight().to_wu(), planned.weight);
        // A digit 0 is encoded one byte shorter than any other: one digit in sixteen, of at most 93 weight units.
        assert!(
            weight <= worst && weight + worst / 500 + 4 >= worst,
            "{}: {weight} of {worst}",
            made.name
        );
    }
}

#[test]
fn courses_say_who_moves_and_how_long_it_takes() {
    let params = common::params();
    let plan = Plan::new(&params, LeafSizes::of_machine(&params).unwrap()).unwrap();
    assert_eq!((plan.rounds, plan.honest.turns), (4, 1));
    assert_eq!(plan.honest.transactions.len(), 2);
    // Claim, Challenge, and two turns for each round and each reveal.
    assert_eq!(plan.turns, 2 + 2 * 2 + 2 + 2 * 2 + 2);
    let locks = &params.locks;
    let pair = u32::from(locks.operator_window + locks.challenger_window + 2 * locks.margin);
    let claim = u32::from(locks.challenge_period + 2 * locks.margin);
    assert_eq!(plan.worst_blocks, claim + 6 * pair);
    assert!(plan.silent_challenger.worst_blocks > plan.worst_blocks);
    let last = |course: &gavel_ocp::plan::Course| course.transactions.last().unwrap().name.clone();
    assert_eq!(
        last(&plan.silent_operator),
        "OperatorTimeout after SelectPathPart 2"
    );
    assert_eq!(last(&plan.silent_challenger), "PayoutAfterDispute");
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["lying_operator"]["transactions"][1]["by"],
        "challenger"
    );
}
