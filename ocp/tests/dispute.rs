//! Whole disputes, every transaction judged by Bitcoin Core's interpreter.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;

use common::world::{TestTrace, play, world};
use gavel_ocp::game::Outcome;
use gavel_ocp::game::state::State;
use gavel_ocp::graph::name::{DisputeTx, Move, Stage, TxName};

const HONEST: TestTrace = TestTrace {
    false_digests_from: None,
    false_word: None,
    false_old_to: None,
    false_new_from: None,
    contrary: false,
};

fn dispute(challenger: u8, tx: DisputeTx) -> TxName {
    TxName::Dispute { challenger, tx }
}

#[test]
fn an_unchallenged_claim_is_paid() {
    let world = world();
    let mut chain = world.chain();
    let mut parties = [
        world.operator(HONEST, State::default()),
        world.challenger(1, HONEST, &[], State::default()),
    ];
    let names = play(&mut chain, &mut parties, &BTreeSet::new());
    assert_eq!(names, [TxName::Claim, TxName::Payout]);
    assert_eq!(
        parties[1].outcome(),
        Some(Outcome::Paid { by: TxName::Payout })
    );
    let payout = world.graph.get(TxName::Payout).unwrap();
    assert_eq!(
        world.balance(&chain, 0),
        12_000_000 + 2 * 330 - payout.fee() - 240
    );
}

#[test]
fn a_lie_is_searched_and_refuted() {
    let world = world();
    let mut chain = world.chain();
    let liar = TestTrace {
        false_digests_from: Some(6),
        false_new_from: Some(12),
        ..HONEST
    };
    let contrary = TestTrace {
        contrary: true,
        ..HONEST
    };
    let mut parties = [
        world.operator(liar, State::default()),
        world.challenger(2, contrary, &[Stage::Path], State::default()),
    ];
    let names = play(&mut chain, &mut parties, &BTreeSet::new());
    let moves = [
        Move::Challenge,
        Move::Disclose { round: 1, part: 1 },
        Move::Select { round: 1 },
        Move::Disclose { round: 2, part: 1 },
        Move::Select { round: 2 },
        Move::RevealStep,
        Move::SelectPath,
        Move::DisclosePath { round: 1, part: 1 },
        Move::SelectPathPart { round: 1 },
        Move::DisclosePath { round: 2, part: 1 },
        Move::SelectPathPart { round: 2 },
        Move::RevealPath,
    ];
    let mut expected = vec![TxName::Claim];
    expected.extend(moves.map(|mv| TxName::of(2, mv)));
    expected.push(dispute(2, DisputeTx::Disprove(Stage::Path)));
    assert_eq!(names, expected);
    let by = dispute(2, DisputeTx::Disprove(Stage::Path));
    assert_eq!(
        parties[0].outcome(),
        Some(Outcome::Slashed { challenger: 2, by })
    );
    assert!(world.balance(&chain, 2) >= 1_500_000, "bond and reward");
}
