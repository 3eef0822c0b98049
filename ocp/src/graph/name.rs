//! Names of the transactions of a game.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The two sides of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// Signer 0, who claims.
    Operator,
    /// The signer who disputes the claim.
    Challenger,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Party::Operator => "operator",
            Party::Challenger => "challenger",
        })
    }
}

/// A step of a dispute that says something: everything but a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Move {
    /// The challenger stakes its bond.
    Challenge,
    /// The operator discloses digests inside the disputed part of the trace.
    Disclose {
        /// Round, from 1.
        round: u8,
        /// Transaction of this round, from 1: more than one where the digests exceed a standard transaction.
        part: u8,
    },
    /// The challenger selects the part of the trace that it disputes.
    Select {
        /// Round, from 1.
        round: u8,
    },
    /// The operator reveals the one step that is left.
    RevealStep,
    /// The challenger disputes a path in the memory tree.
    SelectPath,
    /// The operator discloses nodes of the disputed path.
    DisclosePath {
        /// Round, from 1.
        round: u8,
        /// Transaction of this round, from 1.
        part: u8,
    },
    /// The challenger selects the part of the path that it disputes.
    SelectPathPart {
        /// Round, from 1.
        round: u8,
    },
    /// The operator reveals the sibling at the disputed level.
    RevealPath,
    /// The challenger disputes a register or the processor's other words.
    SelectAccess,
    /// The operator reveals the register file's path.
    RevealAccess,
}

impl Move {
    /// Who makes the move.
    pub fn by(self) -> Party {
        match self {
            Move::Challenge
            | Move::Select { .. }
            | Move::SelectPath
            | Move::SelectPathPart { .. }
            | Move::SelectAccess => Party::Challenger,
            Move::Disclose { .. }
            | Move::RevealStep
            | Move::DisclosePath { .. }
            | Move::RevealPath
            | Move::RevealAccess => Party::Operator,
        }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move::Challenge => f.write_str("Challenge"),
            Move::Disclose { round, part: 1 } => write!(f, "Disclose {round}"),
            Move::Disclose { round, part } => write!(f, "Disclose {round}.{part}"),
            Move::Select { round } => write!(f, "Select {round}"),
            Move::RevealStep => f.write_str("RevealStep"),
            Move::SelectPath => f.write_str("SelectPath"),
            Move::DisclosePath { round, part: 1 } => write!(f, "DisclosePath {round}"),
            Move::DisclosePath { round, part } => write!(f, "DisclosePath {round}.{part}"),
            Move::SelectPathPart { round } => write!(f, "SelectPathPart {round}"),
            Move::RevealPath => f.write_str("RevealPath"),
            Move::SelectAccess => f.write_str("SelectAccess"),
            Move::RevealAccess => f.write_str("RevealAccess"),
        }
    }
}

/// After which reveal a leaf is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// After RevealStep.
    Step,
    /// After RevealPath.
    Path,
    /// After RevealAccess.
    Access,
}

impl Stage {
    /// All stages.
    pub const ALL: [Stage; 3] = [Stage::Step, Stage::Path, Stage::Access];

    /// The reveal that the stage's leaves refute.
    pub fn reveal(self) -> Move {
        match self {
            Stage::Step => Move::RevealStep,
            Stage::Path => Move::RevealPath,
            Stage::Access => Move::RevealAccess,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Step => "step",
            Stage::Path => "path",
            Stage::Access => "access",
        })
    }
}

/// A transaction of one dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DisputeTx {
    /// A party says something.
    Move(Move),
    /// The challenger refutes a relation: the operator is slashed.
    Disprove(Stage),
    /// The challenger refutes a relation, but the operator's bond is already gone: it takes its own bond back.
    Recover(Stage),
    /// The challenger was silent after this move: its bond goes to the operator.
    ChallengerTimeout {
        /// The last move.
        after: Move,
    },
    /// The operator was silent after this move: it is slashed.
    OperatorTimeout {
        /// The last move.
        after: Move,
    },
    /// The operator was silent after this move, but its bond is already gone: the challenger takes its own bond back.
    Withdraw {
        /// The last move.
        after: Move,
    },
}

/// A transaction of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TxName {
    /// The operator's claim.
    Claim,
    /// The payout of a claim that nobody challenged.
    Payout,
    /// The payout of a claim whose challengers all failed.
    PayoutAfterDispute,
    /// A transaction of the dispute with one challenger.
    Dispute {
        /// The challenger's number among the signers, from 1.
        challenger: u8,
        /// Which transaction.
        tx: DisputeTx,
    },
}

impl TxName {
    /// The name of a move in the dispute with `challenger`.
    pub fn of(challenger: u8, mv: Move) -> Self {
        TxName::Dispute {
            challenger,
            tx: DisputeTx::Move(mv),
        }
    }
}

impl fmt::Display for DisputeTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DisputeTx::Move(mv) => mv.fmt(f),
            DisputeTx::Disprove(stage) => write!(f, "Disprove ({stage})"),
            DisputeTx::Recover(stage) => write!(f, "Recover ({stage})"),
            DisputeTx::ChallengerTimeout { after } => write!(f, "ChallengerTimeout after {after}"),
            DisputeTx::OperatorTimeout { after } => write!(f, "OperatorTimeout after {after}"),
            DisputeTx::Withdraw { after } => write!(f, "Withdraw after {after}"),
        }
    }
}

impl fmt::Display for TxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TxName::Claim => f.write_str("Claim"),
            TxName::Payout => f.write_str("Payout"),
            TxName::PayoutAfterDispute => f.write_str("PayoutAfterDispute"),
            TxName::Dispute { tx, .. } => tx.fmt(f),
        }
    }
}
