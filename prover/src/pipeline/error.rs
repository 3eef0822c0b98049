//! What can go wrong.

use crate::claim::ClaimError;
use crate::recursion::RecursionError;
use crate::segment::SegmentError;
use crate::stark::proof::ProofError;
use crate::wrap::error::WrapError;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why there is no proof, or why one is refused.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// The program has no run that could be proved.
    #[error("there is nothing to prove: {0}")]
    Claim(#[from] ClaimError),
    /// The run cannot be cut into segments.
    #[error("the run was not cut into segments: {0}")]
    Segment(#[from] SegmentError),
    /// A segment has no proof, or a wrong one.
    #[error("a segment's proof: {0}")]
    Stark(#[from] ProofError),
    /// The recursion failed.
    #[error("recursion: {0}")]
    Recursion(#[from] RecursionError),
    /// The last layer, its constraints or Groth16 failed.
    #[error(transparent)]
    Wrap(#[from] WrapError),
    /// A run without steps.
    #[error("the run has no steps, so there is nothing to prove")]
    NoSegments,
    /// A file could not be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file does not hold what was written into it.
    #[error(
        "{} is damaged: {reason}. Delete it, and it is made again; everything else is kept",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file belongs to another run, or to other parameters.
    #[error(
        "{} belongs to another program, input or parameters: name another folder, or delete it",
        path.display()
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// There is no such file yet.
    #[error("{} is missing: the proof is not finished", path.display())]
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// A stage needs more memory than there is.
    #[error(
        "too little memory: {needed} MB are needed for the next stage, {available} MB are free. Finished stages are kept"
    )]
    Memory {
        /// What is needed, in megabytes.
        needed: u64,
        /// What is free.
        available: u64,
    },
    /// The Groth16 proof is not one of this claim under this key.
    #[error("the Groth16 proof in {} does not verify under {}", folder.display(), key.display())]
    NotVerified {
        /// The folder.
        folder: PathBuf,
        /// The verifying key.
        key: PathBuf,
    },
}

impl PipelineError {
    pub(super) fn file(path: &Path, error: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            error,
        }
    }

    pub(super) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}
