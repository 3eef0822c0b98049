//! The parties' state machines: silence, baseless challenges, several challengers, replays, crashes, reorganisations.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;

use bitcoin::Transaction;
use common::world::{TestTrace, broadcasts, claim, contrary, play, world};
use gavel_ocp::game::state::State;
use gavel_ocp::game::store::{Store, StoreError};
use gavel_ocp::game::{Effect, Event, Game, GameError, Outcome, Reply};
use gavel_ocp::graph::name::{DisputeTx, Move, Party, Stage, TxName};

fn honest() -> TestTrace {
    TestTrace::default()
}

fn liar() -> TestTrace {
    TestTrace {
        false_digests_from: Some(6),
        false_new_from: Some(12),
        ..honest()
    }
}

fn dispute(challenger: u8, tx: DisputeTx) -> TxName {
    TxName::Dispute { challenger, tx }
}

fn line() -> Vec<Move> {
    world().graph.blueprint().schedule().line(Stage::Path)
}

#[test]
fn a_silent_operator_is_slashed_at_every_point() {
    let world = world();
    let schedule = world.graph.blueprint().schedule();
    for pair in line()
        .windows(2)
        .filter(|pair| schedule.turn_after(pair[0]) == Party::Operator)
    {
        let mut parties = [
            world.operator(liar(), State::default()),
            world.challenger(1, contrary(), &[], State::default()),
        ];
        let names = play(
            &mut world.chain(),
            &mut parties,
            &BTreeSet::from([TxName::of(1, pair[1])]),
        );
        let by = dispute(1, DisputeTx::OperatorTimeout { after: pair[0] });
        assert_eq!(names.last(), Some(&by));
        assert_eq!(
            parties[1].outcome(),
            Some(Outcome::Slashed { challenger: 1, by })
        );
    }
}

#[test]
fn a_silent_challenger_loses_its_bond_at_every_point() {
    let world = world();
    let schedule = world.graph.blueprint().schedule();
    let mut after = line();
    after.retain(|&mv| schedule.turn_after(mv) == Party::Challenger);
    for last in after {
        let silent = schedule
            .answers(last)
            .into_iter()
            .map(|mv| TxName::of(1, mv))
            .collect();
        let mut chain = world.chain();
        let mut parties = [
            world.operator(liar(), State::default()),
            world.challenger(1, contrary(), &[], State::default()),
        ];
        let names = play(&mut chain, &mut parties, &silent);
        let timeout = dispute(1, DisputeTx::ChallengerTimeout { after: last });
        assert!(names.contains(&timeout), "after {last}");
        assert_eq!(names.last(), Some(&TxName::PayoutAfterDispute));
        let amounts = &world.graph.blueprint().setup().params.amounts;
        assert!(
            world.balance(&chain, 0)
                > amounts.deposit + amounts.operator_bond + amounts.challenger_bond - 1_000
        );
        assert_eq!(world.balance(&chain, 1), 0);
    }
}

#[test]
fn a_baseless_challenge_is_answered_to_the_end_and_loses() {
    let world = world();
    let believer = TestTrace {
        contrary: true,
        ..liar()
    };
    let mut parties = [
        world.operator(honest(), State::default()),
        world.challenger(2, believer, &[], State::default()),
    ];
    let names = play(&mut world.chain(), &mut parties, &BTreeSet::new());
    assert!(names.contains(&dispute(
        2,
        DisputeTx::ChallengerTimeout {
            after: Move::RevealPath
        }
    )));
    assert_eq!(
        parties[0].outcome(),
        Some(Outcome::Paid {
            by: TxName::PayoutAfterDispute
        })
    );
}

#[test]
fn a_false_word_is_refuted_at_once_or_as_an_access() {
    let world = world();
    for (word, stage) in [(6, Stage::Step), (4, Stage::Access), (1, Stage::Access)] {
        let liar = TestTrace {
            false_digests_from: Some(3),
            false_word: Some(word),
            ..honest()
        };
        let mut parties = [
            world.operator(liar, State::default()),
            world.challenger(1, contrary(), &[stage], State::default()),
        ];
        let names = play(&mut world.chain(), &mut parties, &BTreeSet::new());
        assert_eq!(
            names.last(),
            Some(&dispute(1, DisputeTx::Disprove(stage))),
            "word {word}"
        );
    }
}

#[test]
fn false_nodes_before_the_step_are_found() {
    let world = world();
    for level in [0, 7, 19, 28] {
        let liar = TestTrace {
            false_digests_from: Some(2),
            false_old_to: Some(level),
            ..honest()
        };
        let mut parties = [
            world.operator(liar, State::default()),
            world.challenger(1, contrary(), &[Stage::Path], State::default()),
        ];
        let mut chain = world.chain();
        let names = play(&mut chain, &mut parties, &BTreeSet::new());
        assert_eq!(
            names.last(),
            Some(&dispute(1, DisputeTx::Disprove(Stage::Path)))
        );
        let params = &world.graph.blueprint().setup().params;
        let view = parties[1].view(1).unwrap();
        // The false node of the highest level is position `level + 1`.
        assert_eq!(
            view.path_interval(params, 2),
            Some((level as u64 + 1, 1)),
            "level {level}"
        );
    }
}

/// A second challenger whose operator was slashed by the first takes its own bond back.
#[test]
fn of_two_challengers_one_is_rewarded_and_none_loses() {
    let world = world();
    for stages in [&[Stage::Path][..], &[]] {
        let mut chain = world.chain();
        let mut parties = [
            world.operator(liar(), State::default()),
            world.challenger(1, contrary(), &[Stage::Path], State::default()),
            world.challenger(2, contrary(), stages, State::default()),
        ];
        let silent = match stages {
            [] => BTreeSet::from([TxName::of(2, Move::RevealPath)]),
            _ => BTreeSet::new(),
        };
        let names = play(&mut chain, &mut parties, &silent);
        let end = match stages {
            [] => DisputeTx::Withdraw {
                after: Move::SelectPathPart { round: 2 },
            },
            _ => DisputeTx::Recover(Stage::Path),
        };
        assert!(names.contains(&dispute(1, DisputeTx::Disprove(Stage::Path))));
        assert_eq!(names.last(), Some(&dispute(2, end)));
        let amounts = &world.graph.blueprint().setup().params.amounts;
        assert!(world.balance(&chain, 1) >= amounts.challenger_bond + amounts.reward());
        assert!(world.balance(&chain, 2) >= amounts.challenger_bond);
        assert_eq!(world.balance(&chain, 0), 0);
    }
}

/// All blocks of a dispute, as a party sees them.
fn blocks() -> Vec<Event> {
    let world = world();
    let mut chain = world.chain();
    let mut parties = [
        world.operator(liar(), State::default()),
        world.challenger(1, contrary(), &[Stage::Path], State::default()),
    ];
    let mut events = Vec::new();
    let mut queue: Vec<Transaction> = Vec::new();
    parties[0].handle(&Event::Claim(claim())).unwrap();
    let mut transactions = Vec::new();
    while parties[1].outcome().is_none() {
        let event = Event::Connected {
            height: chain.height,
            transactions,
        };
        events.push(event.clone());
        for party in &mut parties {
            queue.extend(
                broadcasts(party.handle(&event).unwrap())
                    .into_iter()
                    .map(|(_, transaction)| transaction),
            );
        }
        transactions = chain.mine(&queue);
        queue.clear();
    }
    events
}

fn both(states: [State; 2]) -> [Game; 2] {
    let [operator, challenger] = states;
    [
        world().operator(liar(), operator),
        world().challenger(1, contrary(), &[Stage::Path], challenger),
    ]
}

#[test]
fn a_replayed_event_changes_nothing() {
    let mut parties = both(Default::default());
    parties[0].handle(&Event::Claim(claim())).unwrap();
    assert_eq!(
        parties[0].handle(&Event::Claim(claim())).unwrap(),
        Reply::Duplicate
    );
    let events = blocks();
    for (index, event) in events.iter().enumerate() {
        for party in &mut parties {
            party.handle(event).unwrap();
            let state = party.state().clone();
            for replayed in &events[..=index] {
                assert_eq!(party.handle(replayed).unwrap(), Reply::Duplicate);
            }
            assert_eq!(party.state(), &state);
        }
    }
}

/// A crash before or after any state was stored leads to the same transactions.
#[test]
fn a_crash_at_any_point_converges_to_the_same_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let events = blocks();
    for role in 0..2 {
        let mut steady = both(Default::default());
        let store = Store::new(folder.path().join(format!("{role}.json")));
        assert_eq!(store.load().unwrap(), None);
        if role == 0 {
            steady[0].handle(&Event::Claim(claim())).unwrap();
            store.save(steady[0].state()).unwrap();
        } else {
            store.save(steady[1].state()).unwrap();
        }
        for event in &events {
            let expected = broadcasts(steady[role].handle(event).unwrap());
            let restart = || {
                let state = store.load().unwrap().unwrap();
                let [operator, challenger] = both([state.clone(), state]);
                if role == 0 { operator } else { challenger }
            };
            // Once without storing anything, once stored but crashed before broadcasting.
            assert_eq!(broadcasts(restart().handle(event).unwrap()), expected);
            let mut game = restart();
            let Reply::Effects(effects) = game.handle(event).unwrap() else {
                panic!("a new block")
            };
            assert_eq!(
                effects.first(),
                Some(&Effect::Save),
                "stored before anything is broadcast"
            );
            store.save(game.state()).unwrap();
            assert_eq!(
                broadcasts(Reply::Effects(restart().resume().unwrap())),
                expected
            );
            assert_eq!(game.state(), steady[role].state());
        }
    }
}

#[test]
fn a_damaged_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let store = Store::new(&path);
    store.save(&State::default()).unwrap();
    assert_eq!(store.load().unwrap(), Some(State::default()));
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 2]).unwrap();
    assert!(matches!(store.load(), Err(StoreError::Invalid { .. })));
    std::fs::write(&path, whole.replace("\"version\":1", "\"version\":2")).unwrap();
    assert!(
        matches!(store.load(), Err(StoreError::Invalid { reason, .. }) if reason.contains("version 2"))
    );
}

#[test]
fn a_reorganisation_is_followed_and_transactions_are_broadcast_again() {
    let events = blocks();
    let mut parties = both(Default::default());
    parties[0].handle(&Event::Claim(claim())).unwrap();
    let mut last: [Vec<(TxName, Transaction)>; 2] = Default::default();
    for event in &events {
        let Event::Connected { height, .. } = event else {
            panic!("blocks only")
        };
        for (party, last) in parties.iter_mut().zip(&mut last) {
            let made = broadcasts(party.handle(event).unwrap());
            // The block is taken back: what was pending before it is asked for again; with the block it is as before.
            if *height > 100 {
                let again = broadcasts(
                    party
                        .handle(&Event::Disconnected { height: *height })
                        .unwrap(),
                );
                assert!(last.iter().all(|one| again.contains(one)));
                assert_eq!(broadcasts(party.handle(event).unwrap()), made);
            }
            *last = made;
        }
    }
    let refused = parties[0].handle(&Event::Disconnected { height: 100 });
    assert!(matches!(refused, Err(GameError::NotLast { got: 100, .. })));
    let refused = parties[0].handle(&Event::Connected {
        height: 999,
        transactions: Vec::new(),
    });
    assert!(matches!(
        refused,
        Err(GameError::MissingBlock { got: 999, .. })
    ));
    assert!(matches!(
        parties[1].handle(&Event::Claim(claim())),
        Err(GameError::NotOperator)
    ));
}

#[test]
fn a_deep_reorganisation_stops_the_game() {
    let mut party = world().operator(honest(), State::default());
    for height in 100..=300 {
        party
            .handle(&Event::Connected {
                height,
                transactions: Vec::new(),
            })
            .unwrap();
    }
    for height in (202..=300).rev() {
        party.handle(&Event::Disconnected { height }).unwrap();
    }
    let refused = party.handle(&Event::Disconnected { height: 201 });
    assert!(matches!(
        refused,
        Err(GameError::DeepReorganisation { depth: 100 })
    ));
}
