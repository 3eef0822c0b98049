//! What a party remembers of a game: enough to go on after a crash at any point.

use bitcoin::{OutPoint, Transaction};
use serde::{Deserialize, Serialize};

use crate::graph::Graph;
use crate::graph::name::{DisputeTx, Move, TxName};
use crate::reveal::Opening;

/// Reorganisations that disconnect this many blocks or more are not followed.
pub const FINAL_DEPTH: u32 = 100;

/// A transaction of the game in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Which one.
    pub name: TxName,
    /// Height of its block.
    pub height: u32,
    /// The transaction with its witnesses.
    pub transaction: Transaction,
}

/// A transaction outside the graph that spends one of the graph's outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// The output that it spends.
    pub outpoint: OutPoint,
    /// Height of its block.
    pub height: u32,
}

/// A transaction that the party has decided to make. It is stored before it is broadcast, and never made anew: a
/// one-time key signs one value only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Which one.
    pub name: TxName,
    /// The transaction with its witnesses.
    pub transaction: Transaction,
}

/// The state of a game.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Height of the last block that was seen; 0 before the first.
    pub height: u32,
    /// The highest block that was ever seen.
    pub highest: u32,
    /// The game's transactions in the chain.
    pub confirmed: Vec<Confirmed>,
    /// Other spends of the game's outputs.
    pub foreign: Vec<Foreign>,
    /// What the operator was heard to open outside the chain, and does not open in it: for each place two openings at most.
    #[serde(default)]
    pub heard: Vec<Opening>,
    /// The party's own transactions.
    pub prepared: Vec<Prepared>,
    /// Whether the end of the game was announced.
    pub ended: bool,
}

impl State {
    /// A transaction of the game, if it is in the chain.
    pub fn confirmed(&self, name: TxName) -> Option<&Confirmed> {
        self.confirmed.iter().find(|one| one.name == name)
    }

    /// The party's own transaction, if it was made.
    pub fn prepared(&self, name: TxName) -> Option<&Transaction> {
        self.prepared
            .iter()
            .find(|one| one.name == name)
            .map(|one| &one.transaction)
    }

    /// Whether an output is spent in the chain.
    pub fn is_spent(&self, outpoint: OutPoint) -> bool {
        let spends = |transaction: &Transaction| {
            transaction
                .input
                .iter()
                .any(|input| input.previous_output == outpoint)
        };
        self.confirmed.iter().any(|one| spends(&one.transaction))
            || self.foreign.iter().any(|one| one.outpoint == outpoint)
    }

    /// The transaction of the game that spent the finalizer.
    pub fn decision(&self, graph: &Graph) -> Option<TxName> {
        let finalizer = graph.finalizer();
        let spends = |one: &&Confirmed| {
            one.transaction
                .input
                .iter()
                .any(|input| input.previous_output == finalizer)
        };
        self.confirmed.iter().find(spends).map(|one| one.name)
    }

    /// The last confirmed move of a dispute whose first output is unspent: whose turn it is follows from it.
    pub fn open_move(&self, challenger: u8) -> Option<(Move, &Confirmed)> {
        self.confirmed.iter().find_map(|one| match one.name {
            TxName::Dispute {
                challenger: of,
                tx: DisputeTx::Move(mv),
            } if of == challenger => {
                let outpoint = OutPoint {
                    txid: one.transaction.compute_txid(),
                    vout: 0,
                };
                (!self.is_spent(outpoint)).then_some((mv, one))
            }
            _ => None,
        })
    }

    /// Whether anybody has challenged.
    pub fn challenged(&self) -> bool {
        let challenge = |one: &Confirmed| {
            matches!(
                one.name,
                TxName::Dispute {
                    tx: DisputeTx::Move(Move::Challenge),
                    ..
                }
            )
        };
        self.confirmed.iter().any(challenge)
    }

    /// Takes in a block. Transactions that have nothing to do with the game are ignored.
    pub fn connect(&mut self, graph: &Graph, height: u32, transactions: &[Transaction]) {
        self.height = height;
        self.highest = self.highest.max(height);
        for transaction in transactions {
            let txid = transaction.compute_txid();
            if let Some(node) = graph.by_txid(&txid) {
                if self.confirmed(node.name).is_none() {
                    self.confirmed.push(Confirmed {
                        name: node.name,
                        height,
                        transaction: transaction.clone(),
                    });
                }
                continue;
            }
            for input in &transaction.input {
                let outpoint = input.previous_output;
                if graph.by_txid(&outpoint.txid).is_some() {
                    self.foreign.push(Foreign { outpoint, height });
                }
            }
        }
    }

    /// Takes back the last block, and returns its transactions of the game.
    pub fn disconnect(&mut self) -> Vec<Transaction> {
        let height = self.height;
        let lost = self.confirmed.extract_if(.., |one| one.height >= height);
        let lost = lost.map(|one| one.transaction).collect();
        self.foreign.retain(|one| one.height < height);
        self.height -= 1;
        self.ended = false;
        lost
    }
}
