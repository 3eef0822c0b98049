//! The witness of a step: everything that a party may have to reveal about it.

mod access;
mod build;
mod check;
mod path;

pub use access::{AccessKind, AccessOpening};
pub(crate) use build::Commitment;
pub use check::WitnessError;
pub(crate) use path::Top;
pub use path::{MemoryPath, PathNodes};

use crate::digest::Digest;
use crate::execute::Registers;
use crate::step::StepWords;

/// The witness of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepWitness {
    /// The words of RevealStep.
    pub words: StepWords,
    /// The general registers before the step.
    pub gpr_before: Registers,
    /// The general registers after the step.
    pub gpr_after: Registers,
    /// The memory root before the step.
    pub memory_root: Digest,
    /// The register file's digest before the step.
    pub file_before: Digest,
    /// The register file's digest after the step.
    pub file_after: Digest,
    /// The state digest before the step.
    pub state_before: Digest,
    /// The state digest after the step.
    pub state_after: Digest,
    /// The path of pc before the step.
    pub fetch: MemoryPath,
    /// The path of the accessed word (of the word at 0 if there is no access) before the step.
    pub data: MemoryPath,
    /// The nodes of that path after the step.
    pub data_after: PathNodes,
}

impl StepWitness {
    /// A witness to be filled.
    pub(crate) fn empty() -> StepWitness {
        let path = MemoryPath::empty();
        StepWitness {
            words: StepWords::default(),
            gpr_before: [0; 32],
            gpr_after: [0; 32],
            memory_root: Digest::default(),
            file_before: Digest::default(),
            file_after: Digest::default(),
            state_before: Digest::default(),
            state_after: Digest::default(),
            data_after: path.nodes,
            fetch: path.clone(),
            data: path,
        }
    }
}
