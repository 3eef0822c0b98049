//! Why a proof game cannot be played.

use gavel_ocp::{
    keys::musig::MusigError,
    presign::VerifyError,
    proof::{ProofSetupError, ProofTx, ReadError, StatementError, sign::ProofSignError},
};

use crate::ChainError;

/// A proof game that cannot be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum ProofScenarioError {
    /// The leaves cannot be built, or none can be found.
    #[error("the statement fails: {0}")]
    Statement(StatementError),
    /// The parties cannot agree on the game.
    #[error(transparent)]
    Setup(#[from] ProofSetupError),
    /// A key of the harness is invalid.
    #[error("a key cannot be derived: {0}")]
    Key(#[from] bitcoin::secp256k1::Error),
    /// The signers cannot sign.
    #[error(transparent)]
    Musig(#[from] MusigError),
    /// The signers' signatures are refused.
    #[error(transparent)]
    Signatures(#[from] VerifyError<ProofTx>),
    /// A transaction cannot be completed.
    #[error(transparent)]
    Sign(#[from] ProofSignError),
    /// A confirmed transaction cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The finder names a leaf that the tree does not have.
    #[error("there is no leaf {0}")]
    NoLeaf(usize),
    /// Nothing is false that could be refuted too late.
    #[error("the values are true: there is no refutation that could come too late")]
    NothingToRefute,
    /// The chain has taken a refutation after the payout.
    #[error("the chain has accepted a refutation after the payout")]
    LateRefutationAccepted,
    /// The chain refuses.
    #[error("{name}: {source}")]
    Chain {
        /// The transaction of the game.
        name: String,
        /// Why.
        source: ChainError,
    },
    /// The game does not end.
    #[error("after {blocks} blocks the game has not ended; the last transaction is {last}")]
    Stuck {
        /// Blocks since the beginning.
        blocks: u32,
        /// The last confirmed transaction.
        last: String,
    },
}
