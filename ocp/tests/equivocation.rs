//! An operator that shows a challenger something else than it has mined.
#![allow(missing_docs)]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use bitcoin::{Transaction, Witness};
use common::world::{TestTrace, claim, world};
use gavel_ocp::game::state::State;
use gavel_ocp::game::store::Store;
use gavel_ocp::game::trace::Claim;
use gavel_ocp::game::{Effect, Event, Game, Outcome, Reply};
use gavel_ocp::graph::name::{DisputeTx, Move, Stage, TxName};
use gavel_ocp::graph::schedule::Schedule;
use gavel_ocp::measure;
use gavel_ocp::reveal::Opening;
use gavel_ocp::slot::Slot;
use gavel_script_gen::mips::Place;

fn other_claim() -> Claim {
    Claim {
        steps: 2,
        ..claim()
    }
}

/// What a challenger believes who thinks the claim false.
fn contrary() -> TestTrace {
    TestTrace {
        contrary: true,
        ..TestTrace::default()
    }
}

fn disproved(stage: Stage) -> TxName {
    TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    }
}

fn broadcasts(reply: Reply) -> Vec<(TxName, Transaction)> {
    let Reply::Effects(effects) = reply else {
        return Vec::new();
    };
    let broadcast = |effect| match effect {
        Effect::Broadcast { name, transaction } => Some((name, transaction)),
        Effect::Save | Effect::Ended(_) => None,
    };
    effects.into_iter().filter_map(broadcast).collect()
}

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

/// The claims of both, as transactions.
fn claims() -> [Transaction; 3] {
    let third = Claim {
        steps: 1,
        ..claim()
    };
    [claim(), other_claim(), third].map(|claim| {
        let mut game = world().operator(TestTrace::default(), State::default());
        let made = broadcasts(game.handle(&Event::Claim(claim)).unwrap());
        made[0].1.clone()
    })
}

fn heard_slots(game: &Game) -> Vec<Slot> {
    let slot = |opening: &Opening| match opening.place() {
        Place::Slot(slot) => Some(slot),
        Place::Choice(_) => None,
    };
    game.state().heard.iter().filter_map(slot).collect()
}

#[test]
fn what_is_heard_is_kept_once_and_stored() {
    let [first, second, third] = claims();
    let heard = |game: &mut Game, transaction: &Transaction| {
        game.handle(&Event::Heard(transaction.clone())).unwrap()
    };
    let mut game = world().challenger(1, TestTrace::default(), &[], State::default());
    for (transaction, slots) in [
        (&first, &[Slot::Input, Slot::Output, Slot::Steps][..]),
        (
            &second,
            &[Slot::Input, Slot::Output, Slot::Steps, Slot::Steps][..],
        ),
    ] {
        let reply = heard(&mut game, transaction);
        assert_eq!(reply, Reply::Effects(vec![Effect::Save]));
        assert_eq!(heard_slots(&game), slots);
        assert_eq!(heard(&mut game, transaction), Reply::Duplicate);
    }
    assert!(
        game.view(1)
            .unwrap()
            .equivocations
            .contains(Place::Slot(Slot::Steps))
    );
    // Two are enough.
    assert_eq!(heard(&mut game, &third), Reply::Duplicate);

    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("state.json"));
    store.save(game.state()).unwrap();
    let state = store.load().unwrap().unwrap();
    assert_eq!(&state, game.state());
    let mut game = world().challenger(1, TestTrace::default(), &[], state);
    // What the chain says need not be kept.
    let block = Event::Connected {
        height: 100,
        transactions: vec![first],
    };
    let names: Vec<TxName> = broadcasts(game.handle(&block).unwrap())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, [TxName::of(1, Move::Challenge)]);
    assert_eq!(heard_slots(&game), [Slot::Steps]);
}

/// Other parties, other transactions and damaged witnesses: no reply but `Duplicate`, and nothing kept.
#[test]
fn anything_else_is_ignored() {
    let [first, second, _] = claims();
    let mut operator = world().operator(TestTrace::default(), State::default());
    assert_eq!(
        operator.handle(&Event::Heard(first.clone())).unwrap(),
        Reply::Duplicate
    );

    let mut game = world().challenger(1, TestTrace::default(), &[], State::default());
    let ignored = |game: &mut Game, witness: Vec<Vec<u8>>| {
        let mut transaction = second.clone();
        transaction.input[0].witness = Witness::from_slice(&witness);
        let reply = game.handle(&Event::Heard(transaction)).unwrap();
        assert_eq!(reply, Reply::Duplicate);
    };
    let honest: Vec<Vec<u8>> = second.input[0].witness.iter().map(<[u8]>::to_vec).collect();
    for count in 0..honest.len().min(40) {
        ignored(&mut game, honest[..count].to_vec());
    }
    let damaged: Vec<Vec<u8>> = honest
        .iter()
        .map(|item| [item.as_slice(), &[1]].concat())
        .collect();
    ignored(&mut game, damaged);
    ignored(&mut game, vec![vec![0; 20]; honest.len()]);
    ignored(&mut game, honest.iter().rev().cloned().collect());
    let mut unrelated = second.clone();
    unrelated.output.pop();
    let reply = game.handle(&Event::Heard(unrelated)).unwrap();
    assert_eq!(reply, Reply::Duplicate);
    assert_eq!(game.state(), &State::default());

    // With one damaged value the others count: the operator has said them.
    let mut witness = honest.clone();
    witness[1] = vec![0; 20];
    let mut transaction = second.clone();
    transaction.input[0].witness = Witness::from_slice(&witness);
    game.handle(&Event::Heard(transaction)).unwrap();
    assert_eq!(heard_slots(&game), [Slot::Output, Slot::Steps]);

    // Another encoding of the same digits says nothing else.
    let mut game = world().challenger(1, TestTrace::default(), &[], State::default());
    let block = Event::Connected {
        height: 100,
        transactions: vec![first.clone()],
    };
    game.handle(&block).unwrap();
    let mut longer = first;
    let items = longer.input[0]
        .witness
        .iter()
        .enumerate()
        .map(|(place, item)| {
            if place > 0 && item.len() == 1 {
                vec![item[0], 0]
            } else {
                item.to_vec()
            }
        });
    let items: Vec<Vec<u8>> = items.collect();
    longer.input[0].witness = Witness::from_slice(&items);
    assert_eq!(
        game.handle(&Event::Heard(longer)).unwrap(),
        Reply::Duplicate
    );
    assert!(game.view(1).unwrap().equivocations.is_empty());
}

/// A block that the chain loses was said all the same.
#[test]
fn a_reorganisation_remembers_what_was_said() {
    let [first, second, _] = claims();
    let mut game = world().challenger(1, TestTrace::default(), &[], State::default());
    let connect = |game: &mut Game, height, transactions| {
        let event = Event::Connected {
            height,
            transactions,
        };
        broadcasts(game.handle(&event).unwrap())
    };
    connect(&mut game, 100, Vec::new());
    assert_eq!(connect(&mut game, 101, vec![first.clone()]), []);
    assert_eq!(heard_slots(&game), []);
    game.handle(&Event::Disconnected { height: 101 }).unwrap();
    assert_eq!(heard_slots(&game), [Slot::Input, Slot::Output, Slot::Steps]);
    // The same transaction again: nothing happened.
    assert_eq!(connect(&mut game, 101, vec![first.clone()]), []);
    assert_eq!(heard_slots(&game), []);
    game.handle(&Event::Disconnected { height: 101 }).unwrap();
    connect(&mut game, 101, vec![second]);
    game.handle(&Event::Disconnected { height: 101 }).unwrap();
    let made = connect(&mut game, 101, vec![first]);
    assert_eq!(made[0].0, TxName::of(1, Move::Challenge));
    assert!(
        game.view(1)
            .unwrap()
            .equivocations
            .contains(Place::Slot(Slot::Steps))
    );
}

/// A restored operator stands by what it has stored, even if its trace now says something else.
#[test]
fn a_restored_operator_signs_nothing_twice() {
    let world = world();
    let mut chain = world.chain();
    let mut operator = world.operator(TestTrace::default(), State::default());
    let mut challenger = world.challenger(1, contrary(), &[], State::default());
    let mut queue = broadcasts(operator.handle(&Event::Claim(claim())).unwrap());
    let mut said: BTreeMap<TxName, Transaction> = BTreeMap::new();
    while operator.outcome().is_none() {
        let transactions: Vec<Transaction> = queue.drain(..).map(|(_, made)| made).collect();
        let event = Event::Connected {
            height: chain.height,
            transactions: chain.mine(&transactions),
        };
        queue.extend(broadcasts(challenger.handle(&event).unwrap()));
        let made = broadcasts(operator.handle(&event).unwrap());
        // It has crashed after every block, and computes something else now.
        let changed = TestTrace {
            false_digests_from: Some(1),
            false_word: Some(2),
            false_old_to: Some(9),
            false_new_from: Some(1),
            ..TestTrace::default()
        };
        let mut restored = world.operator(changed, operator.state().clone());
        let again = restored.handle(&Event::Claim(other_claim())).unwrap();
        assert_eq!(again, Reply::Duplicate);
        let resumed = broadcasts(Reply::Effects(restored.resume().unwrap()));
        assert_eq!(resumed, made);
        for (name, transaction) in &made {
            assert_eq!(
                said.entry(*name).or_insert(transaction.clone()),
                transaction
            );
        }
        queue.extend(made);
    }
}

/// A challenger that selects one part, sees the answer, and has another selection mined after a reorganisation, changes
/// nothing: the operator's answer stands, and all that follows is about the part that it has copied.
#[test]
fn a_challenger_that_selects_twice_gains_nothing() {
    let world = world();
    let mut chain = world.chain();
    let liar = TestTrace {
        false_digests_from: Some(6),
        ..TestTrace::default()
    };
    // Another opinion of the challenger's: it disputes an earlier part.
    let other = TestTrace {
        false_digests_from: Some(1),
        ..contrary()
    };
    let mut operator = world.operator(liar, State::default());
    let mut challengers =
        [contrary(), other].map(|trace| world.challenger(1, trace, &[], State::default()));
    let mut queue = broadcasts(operator.handle(&Event::Claim(claim())).unwrap());
    let select = TxName::of(1, Move::Select { round: 1 });
    let part = |operator: &Game| {
        let params = &world.graph.blueprint().setup().params;
        operator.view(1).unwrap().trace_interval(params, 1)
    };
    let connect = |game: &mut Game, height, transactions| {
        let event = Event::Connected {
            height,
            transactions,
        };
        broadcasts(game.handle(&event).unwrap())
    };
    let mut block = Vec::new();
    loop {
        let height = chain.height;
        queue.extend(connect(&mut operator, height, block.clone()));
        let [first, second] = challengers
            .each_mut()
            .map(|game| connect(game, height, block.clone()));
        queue.extend(first);
        let transactions: Vec<Transaction> = queue.iter().map(|(_, made)| made.clone()).collect();
        block = chain.mine(&transactions);
        let Some((_, other)) = second.into_iter().find(|(name, _)| *name == select) else {
            continue;
        };
        assert_ne!(block, std::slice::from_ref(&other));
        let height = chain.height;
        let answer = connect(&mut operator, height, block);
        let selected = part(&operator);
        operator.handle(&Event::Disconnected { height }).unwrap();
        assert_eq!(connect(&mut operator, height, vec![other]), answer);
        assert_ne!(part(&operator), selected);
        let answer = answer.into_iter().map(|(_, made)| made).collect();
        connect(&mut operator, height + 1, answer);
        assert_eq!(part(&operator), selected);
        break;
    }
}

/// Every value of the operator and every bit that it copies has its leaf, at the latest in the stage after the one that
/// publishes it.
#[test]
fn every_slot_of_the_schedule_has_a_leaf() {
    let params = common::params();
    let leaves = measure::leaves(&params).unwrap();
    let schedule = Schedule::new(&params);
    let mut expected: BTreeMap<Stage, BTreeSet<String>> = BTreeMap::new();
    let step = expected.entry(Stage::Step).or_default();
    step.extend(Schedule::CLAIM.map(|slot| slot.to_string()));
    step.insert(Slot::Salt.to_string());
    for spec in schedule.moves() {
        let stage = match spec.name {
            Move::DisclosePath { .. } | Move::RevealPath => Stage::Path,
            Move::RevealAccess => Stage::Access,
            _ => Stage::Step,
        };
        let places = expected.entry(stage).or_default();
        places.extend(spec.slots.iter().flatten().map(|slot| slot.to_string()));
        places.extend(spec.copies.iter().map(|choice| choice.to_string()));
    }
    for stage in Stage::ALL {
        let manifest = leaves.manifest(stage, 0);
        let names = manifest.leaves.iter().map(|leaf| leaf.name.clone());
        let found: BTreeSet<String> = names
            .filter_map(|name| name.strip_prefix("equivocation/").map(str::to_owned))
            .collect();
        assert_eq!(Some(&found), expected.get(&stage));
    }
}
