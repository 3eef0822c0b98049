//! All interleavings of broadcasts and time-outs of a small game, over the real graph.
//!
//! Whoever is not assumed honest may make any move and broadcast any pre-signed transaction whenever its inputs are
//! unspent and its time-locks have passed. An honest party answers at any time, but before the other side could take a
//! time-out, and broadcasts time-outs of its own within the margin.
#![allow(missing_docs)]
mod common;

use bitcoin::{OutPoint, TxIn, relative};
use gavel_ocp::graph::Graph;
use gavel_ocp::graph::name::{DisputeTx, Move, Party, TxName};
use gavel_ocp::graph::schedule::window;
use gavel_ocp::params::{Params, TimeLocks};
use stateright::{Checker, Model, Property};

/// Who is honest. The claim is true with an honest operator, and false with an honest challenger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Honest {
    Nobody,
    Operator,
    Challenger(u8),
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
    name: TxName,
    /// For each input: the transaction that it spends from, if that is part of the graph, and its time-lock.
    inputs: Vec<(Option<usize>, u8)>,
    /// Transactions that spend an output that this one spends, too.
    rivals: Vec<usize>,
    /// Transactions that spend its first output: while there is none, the party whose turn it is has not answered.
    answers: Vec<usize>,
    /// The age at which all time-locks on its outputs have passed.
    oldest: u8,
    /// Transactions that spend an output of it after a time-lock, or rivals of these: then its age has no meaning any more.
    locked: Vec<usize>,
}

struct Game {
    graph: Graph,
    params: Params,
    txs: Vec<Tx>,
    honest: Honest,
}

fn params(signers: usize) -> Params {
    let locks = TimeLocks {
        margin: 1,
        challenger_window: 2,
        operator_window: 3,
        challenge_period: 4,
        refund: 200,
    };
    Params {
        signers,
        trace_rounds: vec![2],
        path_rounds: vec![5],
        locks,
        ..common::params()
    }
}

impl Game {
    fn new(signers: usize, honest: Honest) -> Self {
        let params = params(signers);
        let (graph, _) = common::graph(&params);
        let nodes: Vec<_> = graph.nodes().collect();
        let txids: Vec<_> = nodes
            .iter()
            .map(|node| node.transaction.compute_txid())
            .collect();
        let spenders = |outpoint: OutPoint| -> Vec<usize> {
            let spends = |index: &usize| {
                nodes[*index]
                    .transaction
                    .input
                    .iter()
                    .any(|input| input.previous_output == outpoint)
            };
            (0..nodes.len()).filter(spends).collect()
        };
        let lock = |input: &TxIn| match input.sequence.to_relative_lock_time() {
            Some(relative::LockTime::Blocks(blocks)) => u8::try_from(blocks.value()).unwrap(),
            _ => 0,
        };
        let tx = |index: usize| {
            let node = nodes[index];
            let parent = |input: &TxIn| {
                txids
                    .iter()
                    .position(|txid| *txid == input.previous_output.txid)
            };
            let inputs = node.transaction.input.iter();
            let rivals = inputs
                .clone()
                .flat_map(|input| spenders(input.previous_output));
            let mut oldest = 0;
            let mut locked = Vec::new();
            for (vout, _) in (0..).zip(&node.transaction.output) {
                let outpoint = OutPoint {
                    txid: txids[index],
                    vout,
                };
                for spender in spenders(outpoint) {
                    let inputs = &nodes[spender].transaction.input;
                    let own = inputs
                        .iter()
                        .find(|input| input.previous_output == outpoint)
                        .unwrap();
                    if lock(own) > 0 {
                        oldest = oldest.max(lock(own));
                        locked.extend(spenders(outpoint));
                    }
                }
            }
            Tx {
                name: node.name,
                inputs: inputs.map(|input| (parent(input), lock(input))).collect(),
                rivals: rivals.filter(|&rival| rival != index).collect(),
                answers: spenders(OutPoint {
                    txid: txids[index],
                    vout: 0,
                }),
                oldest: oldest + 2,
                locked,
            }
        };
        let txs = (0..nodes.len()).map(tx).collect();
        Self {
            txs,
            params,
            honest,
            graph: graph.clone(),
        }
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

    /// Whether anybody would make the transaction: nothing refutes an honest operator, and an honest challenger does not
    /// give up a bond that it can win.
    fn can(&self, state: &State, index: usize) -> bool {
        let wanted = match (self.txs[index].name, self.honest) {
            (
                TxName::Dispute {
                    tx: DisputeTx::Disprove(_) | DisputeTx::Recover(_),
                    ..
                },
                Honest::Operator,
            ) => false,
            (TxName::Dispute { challenger, tx }, Honest::Challenger(own)) if challenger == own => {
                let gives_up = matches!(tx, DisputeTx::Withdraw { .. } | DisputeTx::Recover(_));
                !gives_up || self.slashed(state)
            }
            _ => true,
        };
        wanted && self.valid(state, index)
    }

    fn index(&self, name: TxName) -> usize {
        self.txs.iter().position(|tx| tx.name == name).unwrap()
    }

    /// Whether a block may pass without an honest party having acted.
    fn can_wait(&self, state: &State) -> bool {
        let locks = &self.params.locks;
        let margin = locks.margin as u8;
        for (index, tx) in self.txs.iter().enumerate() {
            let TxName::Dispute {
                challenger,
                tx: DisputeTx::Move(mv),
            } = tx.name
            else {
                continue;
            };
            if state[index] == 0 || tx.answers.iter().any(|&answer| state[answer] > 0) {
                continue;
            }
            let turn = self.graph.blueprint().schedule().turn_after(mv);
            let lock = window(locks, turn) as u8;
            let next = state[index] + 1;
            let late = match (turn, self.honest) {
                (Party::Operator, Honest::Operator) => next >= lock,
                (Party::Challenger, Honest::Challenger(own)) if own == challenger => next >= lock,
                (Party::Operator, Honest::Challenger(own)) if own == challenger => {
                    next > lock + margin
                }
                _ => false,
            };
            if late {
                return false;
            }
        }
        let Honest::Challenger(own) = self.honest else {
            return true;
        };
        let period = locks.challenge_period as u8;
        let late = state[self.index(TxName::Claim)] + 1 >= period;
        !(late && self.can(state, self.index(TxName::of(own, Move::Challenge))))
    }

    fn paid(&self, state: &State) -> bool {
        let pays = |tx: &Tx| matches!(tx.name, TxName::Payout | TxName::PayoutAfterDispute);
        self.txs
            .iter()
            .zip(state)
            .any(|(tx, &age)| age > 0 && pays(tx))
    }

    fn slashed(&self, state: &State) -> bool {
        let slashes = |tx: &Tx| {
            let TxName::Dispute { tx, .. } = tx.name else {
                return false;
            };
            matches!(
                tx,
                DisputeTx::Disprove(_) | DisputeTx::OperatorTimeout { .. }
            )
        };
        self.txs
            .iter()
            .zip(state)
            .any(|(tx, &age)| age > 0 && slashes(tx))
    }

    /// Whether a time-lock on one of its outputs may still matter.
    fn age_counts(&self, state: &State, tx: &Tx) -> bool {
        tx.locked.iter().any(|&spender| {
            state[spender] == 0
                && self.txs[spender]
                    .rivals
                    .iter()
                    .all(|&rival| state[rival] == 0)
        })
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
        state[self.index(TxName::Claim)] = 1;
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(
            (0..state.len())
                .filter(|&index| self.can(state, index))
                .map(Action::Confirm),
        );
        let ages = state
            .iter()
            .zip(&self.txs)
            .any(|(&age, tx)| age > 0 && age < tx.oldest && self.age_counts(state, tx));
        if ages && self.can_wait(state) {
            actions.push(Action::Block);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        if let Action::Confirm(index) = action {
            next[index] = 1;
        }
        for (index, tx) in self.txs.iter().enumerate() {
            if state[index] > 0 && !self.age_counts(&next, tx) {
                next[index] = 1;
            } else if state[index] > 0 && action == Action::Block {
                next[index] = (state[index] + 1).min(tx.oldest);
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![Property::<Self>::always(
            "paid and slashed exclude each other",
            |game, state| !(game.paid(state) && game.slashed(state)),
        )];
        match self.honest {
            Honest::Nobody => {}
            Honest::Operator => {
                properties.push(Property::<Self>::always(
                    "an honest operator is not slashed",
                    |game, state| !game.slashed(state),
                ));
                properties.push(Property::<Self>::always(
                    "an honest operator is paid in the end",
                    |game, state| game.paid(state) || !game.over(state),
                ));
            }
            Honest::Challenger(_) => {
                properties.push(Property::<Self>::always(
                    "a lie is not paid",
                    |game, state| !game.paid(state),
                ));
                properties.push(Property::<Self>::always(
                    "a lie is slashed in the end",
                    |game, state| game.slashed(state) || !game.over(state),
                ));
            }
        }
        properties.push(Property::<Self>::sometimes(
            "the game ends",
            |game, state| game.over(state),
        ));
        properties
    }
}

fn check(game: Game) -> usize {
    let checker = game.checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

#[test]
fn paid_and_slashed_exclude_each_other_whoever_plays() {
    assert!(check(Game::new(2, Honest::Nobody)) > 1_000);
}

#[test]
fn an_honest_operator_is_paid_against_two_challengers() {
    assert!(check(Game::new(3, Honest::Operator)) > 10_000);
}

#[test]
fn an_honest_challenger_wins_although_another_one_helps_the_operator() {
    assert!(check(Game::new(3, Honest::Challenger(1))) > 10_000);
}

/// The other direction: where the payout does not wait for the longest dispute, a lie is paid, and the model finds it.
#[test]
fn an_early_payout_would_be_found() {
    let mut game = Game::new(2, Honest::Challenger(1));
    let payout = game.index(TxName::PayoutAfterDispute);
    let early = game.params.locks.challenge_period as u8 + 3;
    game.txs[payout].inputs[0].1 = early;
    let checker = game.checker().threads(2).spawn_bfs().join();
    assert!(checker.discovery("a lie is not paid").is_some());
    assert!(
        checker
            .discovery("paid and slashed exclude each other")
            .is_none()
    );
}
