//! Games in which the challenger is shown something else than what is mined.

use std::collections::BTreeMap;

use bitcoin::Transaction;
use gavel_ocp::game::state::State;
use gavel_ocp::game::trace::Claim;
use gavel_ocp::game::{Event, Game, Outcome, Reply};
use gavel_ocp::graph::name::{Move, Stage, TxName};

use crate::common::world::{TestTrace, claim, world};
use crate::{broadcasts, contrary, disproved, other_claim};

/// An operator with two faces, and a challenger.
struct Duel {
    /// Whose transactions are mined.
    mined: (TestTrace, Claim),
    /// Whose transactions the challenger is shown.
    shown: (TestTrace, Claim),
    challenger: TestTrace,
}

impl Duel {
    /// Plays until the game is decided, or nothing more happens. `when` says after which mined transaction the challenger is
    /// shown which other one. Returns the names that were mined, and the challenger.
    fn play(self, when: &[(Option<TxName>, TxName)]) -> (Vec<TxName>, Game) {
        let world = world();
        let mut chain = world.chain();
        let mut operators = [self.mined, self.shown].map(|(trace, claim)| {
            let mut game = world.operator(trace, State::default());
            let made = broadcasts(game.handle(&Event::Claim(claim)).unwrap());
            (game, BTreeMap::from_iter(made))
        });
        let mut challenger = world.challenger(1, self.challenger, &[], State::default());
        let mut names: Vec<TxName> = Vec::new();
        let mut block = Vec::new();
        let mut quiet = 0;
        while challenger.outcome().is_none() && quiet < 30 {
            let event = Event::Connected {
                height: chain.height,
                transactions: std::mem::take(&mut block),
            };
            for (game, made) in &mut operators {
                made.extend(broadcasts(game.handle(&event).unwrap()));
            }
            let mut wants = broadcasts(challenger.handle(&event).unwrap());
            for (after, what) in when {
                if names.last() == after.as_ref()
                    && let Some(transaction) = operators[1].1.get(what)
                    && let reply @ Reply::Effects(_) = challenger
                        .handle(&Event::Heard(transaction.clone()))
                        .unwrap()
                {
                    wants = broadcasts(reply);
                }
            }
            let operator = operators[0].1.values();
            let challengers = wants.iter().map(|(_, transaction)| transaction);
            let queue: Vec<Transaction> = challengers.chain(operator).cloned().collect();
            block = chain.mine(&queue);
            quiet = if block.is_empty() { quiet + 1 } else { 0 };
            let name = |mined: &Transaction| world.graph.by_txid(&mined.compute_txid());
            names.extend(block.iter().filter_map(name).map(|node| node.name));
        }
        (names, challenger)
    }
}

fn assert_slashed(names: &[TxName], challenger: &Game, stage: Stage) {
    let by = disproved(stage);
    assert_eq!(names.last(), Some(&by), "{names:?}");
    assert_eq!(
        challenger.outcome(),
        Some(Outcome::Slashed { challenger: 1, by })
    );
}

/// The claim that is mined is true, and the one that is shown is heard before it or after it.
#[test]
fn two_claims_are_slashed_although_one_is_true() {
    let honest = TestTrace::default();
    let duel = || Duel {
        mined: (honest, claim()),
        shown: (honest, other_claim()),
        challenger: honest,
    };
    let (names, _) = duel().play(&[]);
    assert_eq!(names, [TxName::Claim, TxName::Payout]);
    for after in [None, Some(TxName::Claim)] {
        let (names, challenger) = duel().play(&[(after, TxName::Claim)]);
        assert_eq!(names[1], TxName::of(1, Move::Challenge));
        let select_after_step = [Move::SelectPath, Move::SelectAccess].map(|mv| TxName::of(1, mv));
        assert!(!names.iter().any(|name| select_after_step.contains(name)));
        assert_slashed(&names, &challenger, Stage::Step);
    }
}

/// Whatever move is shown twice, the first stage with a leaf for it is the end.
#[test]
fn two_answers_are_slashed_in_the_first_stage_that_can() {
    let liar = TestTrace {
        false_digests_from: Some(6),
        false_new_from: Some(12),
        ..TestTrace::default()
    };
    let first = TxName::of(1, Move::Disclose { round: 1, part: 1 });
    let step = TxName::of(1, Move::RevealStep);
    let path = TxName::of(1, Move::DisclosePath { round: 1, part: 1 });
    let other_states = TestTrace {
        false_digests_from: Some(1),
        ..liar
    };
    let other_word = TestTrace {
        false_word: Some(3),
        ..liar
    };
    let other_nodes = TestTrace {
        false_new_from: Some(3),
        ..liar
    };
    for (shown, what, after, stage) in [
        (other_states, first, first, Stage::Step),
        (other_word, step, step, Stage::Step),
        (other_nodes, path, path, Stage::Path),
    ] {
        let duel = Duel {
            mined: (liar, claim()),
            shown: (shown, claim()),
            challenger: contrary(),
        };
        let (names, challenger) = duel.play(&[(Some(after), what)]);
        assert_slashed(&names, &challenger, stage);
    }
}

/// A selection that was made, but is not yet in the chain, gives way.
#[test]
fn a_selection_under_way_is_withdrawn() {
    let liar = TestTrace {
        false_digests_from: Some(6),
        ..TestTrace::default()
    };
    let world = world();
    let mut chain = world.chain();
    let mut parties = [
        world.operator(liar, State::default()),
        world.challenger(1, contrary(), &[], State::default()),
    ];
    let mut claims = broadcasts(parties[0].handle(&Event::Claim(claim())).unwrap());
    let mut liar = world.operator(liar, State::default());
    let shown = broadcasts(liar.handle(&Event::Claim(other_claim())).unwrap());
    let mut block = Vec::new();
    loop {
        let event = Event::Connected {
            height: chain.height,
            transactions: block,
        };
        let [operators, challengers] = parties
            .each_mut()
            .map(|party| broadcasts(party.handle(&event).unwrap()));
        claims.extend(operators);
        if challengers.iter().any(|(name, _)| {
            [Move::SelectPath, Move::SelectAccess]
                .map(|mv| TxName::of(1, mv))
                .contains(name)
        }) {
            break;
        }
        claims.extend(challengers);
        let queue: Vec<Transaction> = claims.iter().map(|(_, made)| made.clone()).collect();
        block = chain.mine(&queue);
    }
    let heard = parties[1]
        .handle(&Event::Heard(shown[0].1.clone()))
        .unwrap();
    let names: Vec<TxName> = broadcasts(heard)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, [disproved(Stage::Step)]);
}
