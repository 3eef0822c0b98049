//! Why a game cannot be played.

use gavel_ocp::{
    game::GameError, graph::setup::SetupError, keys::musig::MusigError, leaves::LeavesError,
    presign::VerifyError, reveal::RevealError,
};
use gavel_vm::{image::ImageError, machine::MachineError, trace::TraceError};

use super::LieKind;
use crate::ChainError;

/// A game that cannot be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The program cannot be loaded.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The program does not run.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The program's trace cannot be computed.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The program takes too long.
    #[error("the claim counts 2^32 steps or more: no trace has room for them")]
    TooManySteps,
    /// The lie cannot be told about this program.
    #[error(
        "the lie {kind} cannot be told: the program has no suitable step from step {place} of {steps} on"
    )]
    NoSuitableStep {
        /// The lie.
        kind: LieKind,
        /// Where the search began.
        place: u64,
        /// Steps of the program.
        steps: u64,
    },
    /// The scenario needs more signers.
    #[error("the lie {kind} needs {needed} signers, not {signers}")]
    Signers {
        /// The lie.
        kind: LieKind,
        /// Signers that it needs.
        needed: usize,
        /// Signers that there are.
        signers: usize,
    },
    /// The leaves cannot be built.
    #[error(transparent)]
    Leaves(#[from] LeavesError),
    /// The parties cannot agree on the game.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A key of the harness is invalid.
    #[error("a key cannot be derived: {0}")]
    Key(#[from] bitcoin::secp256k1::Error),
    /// The signers cannot sign.
    #[error(transparent)]
    Musig(#[from] MusigError),
    /// The signers' signatures are refused.
    #[error(transparent)]
    Signatures(#[from] VerifyError),
    /// A party cannot go on.
    #[error(transparent)]
    Game(#[from] GameError),
    /// A confirmed transaction cannot be read.
    #[error(transparent)]
    Reveal(#[from] RevealError),
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
