//! Plans of games and the figures that they promise.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;

use common::world::{TestTrace, play, world};
use gavel_ocp::game::state::State;
use gavel_ocp::graph::name::Stage;
use gavel_ocp::graph::output::WitnessSize;
use gavel_ocp::graph::tree::LeafSize;
use gavel_ocp::plan::{LeafSizes, Plan, cheapest, default_params, fastest, rounds, trace_bits};
use gavel_vm::digest::DigestLength;

/// Leaves of about the size that the MIPS machine's have: a compression and the openings of three digests.
fn leaves(digest: DigestLength) -> LeafSizes {
    let (compression, digits) = match digest {
        DigestLength::Bits256 => (42_000, 3 * 66),
        DigestLength::Bits160 => (39_500, 3 * 42),
    };
    let leaf = |code, digits: usize| LeafSize {
        elements: WitnessSize {
            items: 2 * digits,
            bytes: 23 * digits,
        },
        script: code + 66 * digits,
        depth: 9,
    };
    let hash = leaf(compression, digits);
    LeafSizes {
        step: leaf(3_000, 40),
        path: hash,
        access: hash,
    }
}

#[test]
fn rounds_are_even() {
    assert_eq!(rounds(32, 1), [1; 32]);
    assert_eq!(rounds(32, 5), [5, 5, 5, 5, 4, 4, 4]);
    assert_eq!(rounds(5, 3), [3, 2]);
    assert_eq!([0, 1, 2, 3, 6, 7].map(trace_bits), [2, 2, 2, 3, 3, 4]);
    assert_eq!([(1 << 32) - 2, 1 << 32].map(trace_bits), [32, 32]);
}

#[test]
fn the_cheapest_and_the_fastest_plan() {
    let params = default_params(1 << 32, 3, DigestLength::Bits160);
    let cheap = cheapest(&params, leaves(DigestLength::Bits160)).unwrap();
    assert_eq!((cheap.trace_rounds.len(), cheap.path_rounds.len()), (32, 5));
    assert!(
        cheap.lying_operator.total_vbytes < 75_000,
        "{}",
        cheap.lying_operator.total_vbytes
    );
    let fast = fastest(&params, leaves(DigestLength::Bits160)).unwrap();
    assert!(
        fast.lying_operator.turns <= 18,
        "{}",
        fast.lying_operator.turns
    );
    assert!(fast.is_standard() && cheap.is_standard());
    assert!(fast.lying_operator.worst_blocks < cheap.lying_operator.worst_blocks);
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
    let plan = Plan::new(&params, leaves(DigestLength::Bits160)).unwrap();
    assert_eq!((plan.rounds, plan.honest.turns), (4, 1));
    assert_eq!(plan.honest.transactions.len(), 2);
    // Claim, Challenge, and two turns for each round and each reveal.
    assert_eq!(plan.lying_operator.turns, 2 + 2 * 2 + 2 + 2 * 2 + 2);
    let locks = &params.locks;
    let pair = u32::from(locks.operator_window + locks.challenger_window + 2 * locks.margin);
    let claim = u32::from(locks.challenge_period + 2 * locks.margin);
    assert_eq!(plan.lying_operator.worst_blocks, claim + 6 * pair);
    assert!(plan.silent_challenger.worst_blocks > plan.lying_operator.worst_blocks);
    let last = |course: &gavel_ocp::plan::Course| course.transactions.last().unwrap().name.clone();
    assert_eq!(
        last(&plan.silent_operator),
        "OperatorTimeout after SelectPathPart 2"
    );
    assert_eq!(last(&plan.silent_challenger), "PayoutAfterDispute");
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["lying_operator"]["transactions"][1]["by"],
        "Challenger"
    );
}
