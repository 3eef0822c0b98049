//! What can go wrong in a command.

use gavel_ocp::graph::setup::SetupError;
use gavel_ocp::leaves::LeavesError;
use gavel_ocp::measure::MeasureError;
use gavel_ocp::proof::ProofSetupError;
use gavel_prover::pipeline::PipelineError;
use gavel_regtest::ChainError;
use gavel_regtest::proof::{ClaimError, ProofScenarioError, UnknownSlot};
use gavel_regtest::scenario::ScenarioError;
use gavel_script_gen::bn254::Bn254Error;
use gavel_script_gen::groth16::choice::ChoiceError;
use gavel_script_gen::groth16::compile::CompileError;
use gavel_script_gen::groth16::input::InputError;
use gavel_script_gen::groth16::verifier::VerifierError;
use gavel_script_gen::manifest::ManifestError;
use gavel_script_gen::winternitz::WinternitzError;
use gavel_vm::image::ImageError;
use gavel_vm::machine::MachineError;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

/// An error of the command line, as a sentence a user can act on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Options do not fit together, or a value is none that the option takes.
    #[error("{0}")]
    Usage(String),
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
    /// A verifying key, a proof or public inputs are refused.
    #[error("the statement is refused: {0}")]
    Input(#[from] InputError),
    /// There is no verifier, or no run of it.
    #[error("the verifier refused: {0}")]
    Verifier(Box<VerifierError>),
    /// The verifier could not be compiled, or its values not asserted or refuted.
    #[error("the verifier was not compiled: {0}")]
    Compile(Box<CompileError>),
    /// A key or signature is wrong.
    #[error("a one-time key or signature is refused: {0}")]
    Winternitz(#[from] WinternitzError),
    /// A manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// An assertion is about other slots.
    #[error("the assertion is not one of this verifier under this budget")]
    OtherAssertion,
    /// A manifest is that of another tree.
    #[error("the manifest is not that of the tree in which the assertion's leaf stands")]
    OtherTree,
    /// What an operator is about to sign could be refuted though the proof is valid.
    #[error(
        "a leaf refutes the check of this valid proof, by a coincidence: randomise the proof anew"
    )]
    Refutable,
    /// There is no slot of this name or number.
    #[error(transparent)]
    NoSlot(#[from] UnknownSlot),
    /// An assertion has nothing that could be refuted.
    #[error("nothing is false: every value of the assertion is right, and no leaf refutes it")]
    NothingFalse,
    /// The program or its input does not make an initial state.
    #[error("the program was not loaded: {0}")]
    Image(#[from] ImageError),
    /// A profile needs the names of functions.
    #[error("{} has no symbols, which a profile needs: link it without stripping them", .0.display())]
    Stripped(PathBuf),
    /// The run did not reach its end.
    #[error("the run ended early: {0}")]
    Machine(#[from] MachineError),
    /// A run has no proof, or the proof is refused.
    #[error(transparent)]
    Pipeline(#[from] Box<PipelineError>),
    /// A proof is about something else.
    #[error("the proof is valid, but about another program or input")]
    OtherRun,
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
    /// The parameters of a proof game are refused.
    #[error("the proof game cannot be laid out: {0}")]
    ProofSetup(Box<ProofSetupError>),
    /// The chain could not be started.
    #[error("the chain did not start: {0}")]
    Chain(#[from] ChainError),
    /// The dispute could not be played.
    #[error("the dispute was not played: {0}")]
    Scenario(#[from] Box<ScenarioError>),
    /// The operator of a proof game has nothing to commit.
    #[error(transparent)]
    Claim(#[from] Box<ClaimError>),
    /// The proof game could not be played.
    #[error("the game was not played: {0}")]
    ProofScenario(#[from] Box<ProofScenarioError>),
}

impl CliError {
    /// What the process ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            // As for what the parser of the command line refuses.
            Self::Usage(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }

    /// Whether the result was not taken by the command at the other end of a pipe.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        let kind = match self {
            Self::Write(source) => Some(source.kind()),
            Self::Json(source) => source.io_error_kind(),
            _ => None,
        };
        kind == Some(ErrorKind::BrokenPipe)
    }
}

impl From<VerifierError> for CliError {
    fn from(error: VerifierError) -> Self {
        Self::Verifier(Box::new(error))
    }
}

impl From<ChoiceError> for CliError {
    fn from(error: ChoiceError) -> Self {
        match error {
            ChoiceError::Verifier(error) => error.into(),
            ChoiceError::Compile(error) => error.into(),
        }
    }
}

impl From<ProofSetupError> for CliError {
    fn from(error: ProofSetupError) -> Self {
        Self::ProofSetup(Box::new(error))
    }
}

impl From<CompileError> for CliError {
    fn from(error: CompileError) -> Self {
        Self::Compile(Box::new(error))
    }
}
