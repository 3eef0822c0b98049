//! What can go wrong in a command.

use gavel_vm::image::ImageError;
use gavel_vm::machine::MachineError;
use std::path::PathBuf;

/// An error of the command line, as a sentence a user can act on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The result could not be written.
    #[error("cannot write the result: {0}")]
    Write(#[from] std::io::Error),
    /// The result could not be written as JSON.
    #[error("cannot write the result: {0}")]
    Json(#[from] serde_json::Error),
    /// The program or its input does not make an initial state.
    #[error("the program was not loaded: {0}")]
    Image(#[from] ImageError),
    /// The run did not reach its end.
    #[error("the run ended early: {0}")]
    Machine(#[from] MachineError),
}
