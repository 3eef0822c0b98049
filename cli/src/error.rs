//! What can go wrong in a command.

use gavel_ocp::graph::setup::SetupError;
use gavel_ocp::leaves::LeavesError;
use gavel_ocp::measure::MeasureError;
use gavel_regtest::ChainError;
use gavel_regtest::scenario::ScenarioError;
use gavel_script_gen::bn254::Bn254Error;
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
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    WriteFile {
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
    /// The leaves could not be compiled.
    #[error("the leaves were not compiled: {0}")]
    Leaves(#[from] LeavesError),
    /// The leaves could not be measured.
    #[error("the leaves were not measured: {0}")]
    Measure(#[from] MeasureError),
    /// The gadgets could not be generated.
    #[error("the gadgets were not generated: {0}")]
    Gadgets(#[from] Bn254Error),
    /// The parameters of a game are refused.
    #[error("the game cannot be laid out: {0}")]
    Setup(#[from] SetupError),
    /// The chain could not be started.
    #[error("the chain did not start: {0}")]
    Chain(#[from] ChainError),
    /// The dispute could not be played.
    #[error("the dispute was not played: {0}")]
    Scenario(#[from] Box<ScenarioError>),
}
