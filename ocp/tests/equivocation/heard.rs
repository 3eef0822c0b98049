//! What a challenger keeps of what it has heard.

use bitcoin::{Transaction, Witness};
use gavel_ocp::game::state::State;
use gavel_ocp::game::store::Store;
use gavel_ocp::game::trace::Claim;
use gavel_ocp::game::{Effect, Event, Game, Reply};
use gavel_ocp::graph::name::{Move, TxName};
use gavel_ocp::reveal::Opening;
use gavel_ocp::slot::Slot;
use gavel_script_gen::mips::Place;

use crate::common::world::{TestTrace, claim, world};
use crate::{broadcasts, other_claim};

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
