//! Parties that could say two things, and do not, or gain nothing by it.

use std::collections::BTreeMap;

use bitcoin::Transaction;
use gavel_ocp::game::state::State;
use gavel_ocp::game::{Event, Game, Reply};
use gavel_ocp::graph::name::{Move, TxName};

use crate::common::world::{TestTrace, claim, world};
use crate::{broadcasts, contrary, other_claim};

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
