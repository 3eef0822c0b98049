//! The state machine of one party: events in, effects out, nothing in between.
//!
//! A [`Game`] does no input or output. It is told about blocks and says what to store and what to broadcast; what it wants
//! follows from the confirmed transactions alone, so replayed events change nothing and a restart from any stored state
//! converges to the same transactions. A transaction that says something is stored before it is broadcast and is never
//! made anew.

pub mod answer;
pub mod fingerprint;
pub mod machine;
pub mod select;
pub mod state;
pub mod store;
pub mod trace;
pub mod view;

mod challenger;
mod heard;
mod operator;
mod pending;
mod reading;

use std::fmt;
use std::sync::Arc;

use bitcoin::Transaction;
use thiserror::Error;

use crate::game::answer::AnswerError;
use crate::game::state::{FINAL_DEPTH, Prepared, State};
use crate::game::trace::{Claim, Trace, TraceError};
use crate::game::view::View;
use crate::graph::Graph;
use crate::graph::name::{Stage, TxName};
use crate::graph::tree::Refutation;
use crate::leaves::LeavesError;
use crate::presign::Signatures;
use crate::reveal::RevealError;
use crate::sign::{PartySecrets, Said, SignError, complete};

/// Finds the leaf that refutes what the operator has revealed.
pub trait Refuter {
    /// A leaf of `stage` that accepts, or `None` if all its relations are true.
    ///
    /// # Errors
    /// A value or an opening that a leaf needs is missing.
    fn refute(&self, stage: Stage, view: &View) -> Result<Option<Refutation>, LeavesError>;
}

/// What a party is in the game.
pub enum Role {
    /// Signer 0.
    Operator,
    /// Another signer, with its number from 1, and the leaves it can spend.
    Challenger {
        /// Number among the signers.
        number: u8,
        /// Finds leaves.
        refuter: Box<dyn Refuter>,
    },
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A block was connected. The first one says where the game begins; each other follows the one before.
    Connected {
        /// Its height.
        height: u32,
        /// Its transactions; those that do not concern the game may be left out.
        transactions: Vec<Transaction>,
    },
    /// The last block was disconnected.
    Disconnected {
        /// Its height.
        height: u32,
    },
    /// A transaction was seen that is not in a block: in the mempool, or from a peer. A challenger keeps what the operator
    /// opens in it, since another opening in the chain would slash the operator; anything else is ignored.
    Heard(Transaction),
    /// The operator's owner wants to claim.
    Claim(Claim),
}

/// Something to do, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store [`Game::state`] before anything that follows.
    Save,
    /// Broadcast a transaction. It is asked for again with every block until it is confirmed or impossible.
    Broadcast {
        /// Its name.
        name: TxName,
        /// The transaction.
        transaction: Transaction,
    },
    /// The game is decided.
    Ended(Outcome),
}

/// How a game ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operator was paid.
    Paid {
        /// By which transaction.
        by: TxName,
    },
    /// The operator was slashed.
    Slashed {
        /// The challenger who is rewarded.
        challenger: u8,
        /// By which transaction.
        by: TxName,
    },
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was taken in; these effects follow.
    Effects(Vec<Effect>),
    /// It says nothing new.
    Duplicate,
}

/// Why an event is refused or an answer is impossible.
#[derive(Debug, Error)]
pub enum GameError {
    /// Blocks must come one after another.
    #[error("block {got} came where block {expected} was expected")]
    MissingBlock {
        /// The next height.
        expected: u32,
        /// The height that came.
        got: u32,
    },
    /// A block was disconnected that is not the last one.
    #[error("block {got} cannot be disconnected: the last one is {last}")]
    NotLast {
        /// The last height.
        last: u32,
        /// The height that came.
        got: u32,
    },
    /// The chain reorganised deeper than the game can follow.
    #[error("the chain lost {depth} blocks: the game follows fewer than {FINAL_DEPTH}")]
    DeepReorganisation {
        /// Blocks lost.
        depth: u32,
    },
    /// Only the operator claims.
    #[error("a challenger cannot claim")]
    NotOperator,
    /// A confirmed reveal cannot be read.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// A transaction cannot be completed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The party does not know what to say.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A leaf cannot be spent.
    #[error(transparent)]
    Leaves(#[from] LeavesError),
}

impl From<TraceError> for GameError {
    fn from(error: TraceError) -> Self {
        Self::Answer(error.into())
    }
}

/// One party's game.
pub struct Game {
    graph: Arc<Graph>,
    signatures: Arc<Signatures>,
    secrets: PartySecrets,
    role: Role,
    trace: Box<dyn Trace>,
    state: State,
}

impl fmt::Debug for Game {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Game")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Game {
    /// A game from the beginning, or from a stored state.
    pub fn new(
        graph: Arc<Graph>,
        signatures: Arc<Signatures>,
        secrets: PartySecrets,
        role: Role,
        trace: Box<dyn Trace>,
        state: State,
    ) -> Self {
        Self {
            graph,
            signatures,
            secrets,
            role,
            trace,
            state,
        }
    }

    /// What to store.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Takes in an event.
    ///
    /// # Errors
    /// The event does not fit, or the party cannot answer. The state is then as before.
    pub fn handle(&mut self, event: &Event) -> Result<Reply, GameError> {
        let before = self.state.clone();
        match self.apply(event) {
            Ok(Reply::Effects(mut effects)) => {
                if self.state != before {
                    effects.insert(0, Effect::Save);
                }
                Ok(Reply::Effects(effects))
            }
            Ok(Reply::Duplicate) => Ok(Reply::Duplicate),
            Err(error) => {
                self.state = before;
                Err(error)
            }
        }
    }

    /// What is to be done in the present state: asked for after a restart.
    ///
    /// # Errors
    /// The party cannot answer.
    pub fn resume(&mut self) -> Result<Vec<Effect>, GameError> {
        let before = self.state.clone();
        let mut effects = self.decide()?;
        if self.state != before {
            effects.insert(0, Effect::Save);
        }
        Ok(effects)
    }

    fn apply(&mut self, event: &Event) -> Result<Reply, GameError> {
        match event {
            Event::Connected {
                height,
                transactions,
            } => {
                if self.state.height != 0 {
                    if *height <= self.state.height {
                        return Ok(Reply::Duplicate);
                    }
                    if *height != self.state.height + 1 {
                        return Err(GameError::MissingBlock {
                            expected: self.state.height + 1,
                            got: *height,
                        });
                    }
                }
                self.state.connect(&self.graph, *height, transactions);
                self.forget_confirmed();
            }
            Event::Disconnected { height } => {
                if *height > self.state.height {
                    return Ok(Reply::Duplicate);
                }
                if *height != self.state.height || *height == 0 {
                    return Err(GameError::NotLast {
                        last: self.state.height,
                        got: *height,
                    });
                }
                let depth = self.state.highest - self.state.height + 1;
                if depth >= FINAL_DEPTH {
                    return Err(GameError::DeepReorganisation { depth });
                }
                // What was said in a block was said, whatever the next one says.
                for transaction in self.state.disconnect() {
                    self.hear(&transaction);
                }
            }
            Event::Heard(transaction) => {
                if !self.hear(transaction) {
                    return Ok(Reply::Duplicate);
                }
            }
            Event::Claim(claim) => {
                if !matches!(self.role, Role::Operator) {
                    return Err(GameError::NotOperator);
                }
                if self.state.prepared(TxName::Claim).is_some() {
                    return Ok(Reply::Duplicate);
                }
                self.prepare_claim(claim)?;
            }
        }
        Ok(Reply::Effects(self.decide()?))
    }

    fn decide(&mut self) -> Result<Vec<Effect>, GameError> {
        match &self.role {
            Role::Operator => self.decide_operator()?,
            Role::Challenger { number, .. } => self.decide_challenger(*number)?,
        }
        let mut effects: Vec<Effect> = self.pending().map(broadcast).collect();
        if let Some(outcome) = self.outcome().filter(|_| !self.state.ended) {
            self.state.ended = true;
            effects.push(Effect::Ended(outcome));
        }
        Ok(effects)
    }

    /// How the game ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        let by = self.state.decision(&self.graph)?;
        Some(match by {
            TxName::Dispute { challenger, .. } => Outcome::Slashed { challenger, by },
            TxName::Claim | TxName::Payout | TxName::PayoutAfterDispute => Outcome::Paid { by },
        })
    }

    /// Makes a transaction once; afterwards the stored one stands.
    fn prepare(&mut self, name: TxName, said: Said<'_>) -> Result<(), GameError> {
        if self.state.prepared(name).is_none() {
            let transaction = complete(&self.graph, &self.signatures, name, &self.secrets, said)?;
            self.state.prepared.push(Prepared { name, transaction });
        }
        Ok(())
    }

    /// Makes a transaction that says nothing, once its time-lock has passed.
    fn prepare_when_due(&mut self, name: TxName) -> Result<(), GameError> {
        if self.lock_has_passed(name) {
            self.prepare(name, Said::Nothing)
        } else {
            Ok(())
        }
    }
}

fn broadcast(prepared: &Prepared) -> Effect {
    Effect::Broadcast {
        name: prepared.name,
        transaction: prepared.transaction.clone(),
    }
}
