//! All interleavings of broadcasts and time-outs of a small game, over the real graph.
//!
//! Anybody may challenge, refute a false assertion and broadcast what carries only the signers' signatures, whenever the inputs are
//! unspent and the time-locks have passed; so may the operator with its own transactions. An honest party acts at any time, but
//! before the other side could take a time-out, and broadcasts its own time-outs within the margin.

use bitcoin::relative;
use gavel_ocp::proof::{ProofGraph, ProofLocks, ProofParams, ProofTx};
use stateright::{Checker, Model, Property};

use crate::equality::Equality;
use crate::world::{World, params};

/// Who is honest. The claim is true with an honest operator, and false with an honest watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Honest {
    Nobody,
    Operator,
    Watcher,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Action {
    Confirm(usize),
    Block,
}

/// Per transaction: 0 while it is unconfirmed, then 1 and its age in blocks, up to the longest lock on its outputs.
type State = Vec<u8>;

/// One transaction of the graph, by numbers.
struct Tx {
    name: ProofTx,
    /// For each input: the transaction that it spends from, if that is part of the graph, and its time-lock.
    inputs: Vec<(Option<usize>, u8)>,
    /// Transactions that spend an output that this one spends, too.
    rivals: Vec<usize>,
    /// The age after which it does not matter any more.
    oldest: u8,
}

struct Game {
    txs: Vec<Tx>,
    locks: ProofLocks,
    honest: Honest,
}

/// Two parts of an assertion.
fn graph() -> ProofGraph {
    let params = ProofParams {
        assert_weight: 20_000,
        ..params()
    };
    let graph = World::new(&params, Equality::new(1, 6)).graph;
    assert_eq!(graph.blueprint().assertions(), 2);
    graph
}

impl Game {
    fn new(honest: Honest) -> Self {
        let graph = graph();
        let locks = graph.blueprint().setup().params.locks;
        let nodes: Vec<_> = graph.nodes().collect();
        let txids = nodes.iter().map(|node| node.transaction.compute_txid());
        let txids: Vec<_> = txids.collect();
        let tx = |index: usize| {
            let inputs = nodes[index].transaction.input.iter();
            let lock = |sequence: bitcoin::Sequence| match sequence.to_relative_lock_time() {
                Some(relative::LockTime::Blocks(blocks)) => u8::try_from(blocks.value()).unwrap(),
                _ => 0,
            };
            let rivals = (0..nodes.len()).filter(|&rival| {
                let mut spent = inputs.clone().map(|input| input.previous_output);
                rival != index && spent.any(|outpoint| nodes[rival].spends(outpoint))
            });
            Tx {
                name: nodes[index].name,
                rivals: rivals.collect(),
                inputs: inputs
                    .clone()
                    .map(|input| {
                        let mut txids = txids.iter();
                        let parent = txids.position(|txid| *txid == input.previous_output.txid);
                        (parent, lock(input.sequence))
                    })
                    .collect(),
                oldest: match nodes[index].name {
                    ProofTx::Claim => locks.deadline() as u8 + 3,
                    ProofTx::AssertEnd => locks.disprove_window as u8 + 3,
                    _ => 1,
                },
            }
        };
        Self {
            txs: (0..nodes.len()).map(tx).collect(),
            locks,
            honest,
        }
    }

    fn index(&self, name: ProofTx) -> usize {
        self.txs.iter().position(|tx| tx.name == name).unwrap()
    }

    /// Whether a transaction could be in the next block.
    fn valid(&self, state: &State, index: usize) -> bool {
        // An age of `a` is stored as `a + 1`, and the next block is one later.
        let mature = |&(parent, lock): &(Option<usize>, u8)| {
            parent.is_none_or(|parent| state[parent] > 0 && state[parent] >= lock)
        };
        let tx = &self.txs[index];
        state[index] == 0
            && tx.rivals.iter().all(|&rival| state[rival] == 0)
            && tx.inputs.iter().all(mature)
    }

    /// Whether anybody would make the transaction: no leaf accepts a true assertion.
    fn can(&self, state: &State, index: usize) -> bool {
        let exists = self.txs[index].name != ProofTx::Disprove || self.honest != Honest::Operator;
        exists && self.valid(state, index)
    }

    fn can_make(&self, state: &State, name: ProofTx) -> bool {
        self.can(state, self.index(name))
    }

    fn age(&self, state: &State, name: ProofTx) -> u8 {
        state[self.index(name)]
    }

    /// Whether a block may pass without an honest party having acted.
    fn can_wait(&self, state: &State) -> bool {
        let margin = self.locks.margin as u8;
        let deadline = self.locks.deadline() as u8;
        let claim = self.age(state, ProofTx::Claim);
        let end = self.age(state, ProofTx::AssertEnd);
        match self.honest {
            Honest::Nobody => true,
            Honest::Operator => {
                let period = self.locks.challenge_period as u8;
                let payout = self.can_make(state, ProofTx::Payout) && claim + 1 > period + margin;
                let assertion = !self.ended(state) && end == 0 && claim + 1 >= deadline;
                let late = self.can_make(state, ProofTx::PayoutAfterAssertion)
                    && end + 1 > self.locks.disprove_window as u8 + margin;
                !(payout || assertion || late)
            }
            Honest::Watcher => {
                let challenge = self.can_make(state, ProofTx::Challenge)
                    && claim + 1 >= self.locks.challenge_period as u8;
                let disprove = self.can_make(state, ProofTx::Disprove)
                    && end + 1 >= self.locks.disprove_window as u8;
                let timeout =
                    self.can_make(state, ProofTx::OperatorTimeout) && claim + 1 > deadline + margin;
                !(challenge && !self.ended(state) || disprove || timeout)
            }
        }
    }

    fn any(&self, state: &State, is: fn(ProofTx) -> bool) -> bool {
        let mut txs = self.txs.iter().zip(state);
        txs.any(|(tx, &age)| age > 0 && is(tx.name))
    }

    fn paid(&self, state: &State) -> bool {
        self.any(state, ProofTx::pays)
    }

    fn slashed(&self, state: &State) -> bool {
        self.any(state, ProofTx::slashes)
    }

    fn ended(&self, state: &State) -> bool {
        self.paid(state) || self.slashed(state)
    }

    fn over(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.actions(state, &mut actions);
        actions.is_empty()
    }
}

impl Model for Game {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut state = vec![0; self.txs.len()];
        state[self.index(ProofTx::Claim)] = 1;
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let confirmed = (0..state.len()).filter(|&index| self.can(state, index));
        actions.extend(confirmed.map(Action::Confirm));
        let mut ages = state.iter().zip(&self.txs);
        let counts = ages.any(|(&age, tx)| age > 0 && age < tx.oldest);
        if counts && self.can_wait(state) {
            actions.push(Action::Block);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Confirm(index) => next[index] = 1,
            Action::Block => {
                for (age, tx) in next.iter_mut().zip(&self.txs).filter(|(age, _)| **age > 0) {
                    *age = (*age + 1).min(tx.oldest);
                }
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::<Self>::always("paid and slashed exclude each other", |game, state| {
                !(game.paid(state) && game.slashed(state))
            }),
            Property::<Self>::sometimes("the game ends", |game, state| game.over(state)),
        ];
        match self.honest {
            Honest::Nobody => {}
            Honest::Operator => properties.extend([
                Property::<Self>::always("an honest operator is not slashed", |game, state| {
                    !game.slashed(state)
                }),
                Property::<Self>::always("an honest operator is paid in the end", |game, state| {
                    game.paid(state) || !game.over(state)
                }),
            ]),
            Honest::Watcher => properties.extend([
                Property::<Self>::always("a lie is not paid", |game, state| !game.paid(state)),
                Property::<Self>::always("a lie is slashed in the end", |game, state| {
                    game.slashed(state) || !game.over(state)
                }),
            ]),
        }
        properties
    }
}

fn check(game: Game) -> usize {
    let checker = game.checker().spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

#[test]
fn paid_and_slashed_exclude_each_other_whoever_plays() {
    assert!(check(Game::new(Honest::Nobody)) > 100);
}

#[test]
fn an_honest_operator_is_paid_whoever_challenges() {
    assert!(check(Game::new(Honest::Operator)) > 100);
}

#[test]
fn one_honest_watcher_suffices() {
    assert!(check(Game::new(Honest::Watcher)) > 100);
}

/// The other direction: each rule of the graph that is broken is found.
fn finds(honest: Honest, property: &'static str, change: impl FnOnce(&mut Game)) {
    let mut game = Game::new(honest);
    change(&mut game);
    let checker = game.checker().spawn_bfs().join();
    assert!(checker.discovery(property).is_some(), "{property}");
}

#[test]
fn broken_rules_are_found() {
    let exclusive = "paid and slashed exclude each other";
    finds(Honest::Nobody, exclusive, |game| {
        // The end of the assertion does not spend the bond.
        let (end, timeout) = (
            game.index(ProofTx::AssertEnd),
            game.index(ProofTx::OperatorTimeout),
        );
        game.txs[end].rivals.retain(|&rival| rival != timeout);
        game.txs[timeout].rivals.retain(|&rival| rival != end);
    });
    finds(
        Honest::Operator,
        "an honest operator is not slashed",
        |game| {
            // The time-out comes when a payout is just possible.
            let timeout = game.index(ProofTx::OperatorTimeout);
            game.txs[timeout].inputs[0].1 = game.locks.challenge_period as u8;
        },
    );
    finds(Honest::Watcher, "a lie is not paid", |game| {
        // A payout that does not need the output that a challenge spends.
        let (payout, challenge) = (game.index(ProofTx::Payout), game.index(ProofTx::Challenge));
        game.txs[payout].rivals.retain(|&rival| rival != challenge);
    });
    finds(Honest::Watcher, "a lie is not paid", |game| {
        // A payout that does not wait for refutations.
        let payout = game.index(ProofTx::PayoutAfterAssertion);
        game.txs[payout].inputs[0].1 = 1;
    });
}
