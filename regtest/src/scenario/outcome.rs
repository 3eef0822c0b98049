//! How a dispute went.

use std::fmt;

use bitcoin::Txid;
use serde::Serialize;

use crate::Confirmed;

/// What became of the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The operator lost its bond.
    Slashed,
    /// The operator was paid.
    Paid,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Slashed => "slashed",
            Self::Paid => "paid",
        })
    }
}

/// A confirmed transaction of the game, in words and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The transaction's name in the protocol.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Its id.
    pub txid: Txid,
    /// The height of its block.
    pub height: u32,
    /// Its weight in weight units.
    pub weight: u64,
    /// Its size in virtual bytes.
    pub vbytes: u64,
    /// Its fee in satoshis.
    pub fee: u64,
}

impl Report {
    pub(crate) fn new(name: String, says: String, confirmed: &Confirmed) -> Self {
        Self {
            name,
            says,
            txid: confirmed.txid(),
            height: confirmed.height,
            weight: confirmed.weight().to_wu(),
            vbytes: confirmed.vbytes(),
            fee: confirmed.fee.to_sat(),
        }
    }
}

/// What one party put in and got out, in satoshis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The party.
    pub party: String,
    /// What it paid into the game.
    pub paid_in: u64,
    /// What was paid to it.
    pub received: u64,
    /// What is still in the game for it to take: the deposit of a refused claim, the stake of a challenger that did not
    /// challenge.
    pub untouched: u64,
}

/// The end of a game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What became of the claim.
    pub outcome: Verdict,
    /// The leaf, the time-out or the silence that decided.
    pub decided_by: String,
    /// All transactions, in the order of their confirmation.
    pub transactions: Vec<Report>,
    /// The sum of their virtual bytes.
    pub total_vbytes: u64,
    /// The sum of their fees, in satoshis.
    pub total_fees: u64,
    /// The share of the operator's bond that nobody gets, in satoshis.
    pub burned: u64,
    /// Anchors and connectors that nobody has spent, in satoshis.
    pub left_over: u64,
    /// Who paid and got what.
    pub balances: Vec<Balance>,
}
