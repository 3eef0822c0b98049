//! A challenger that is wrong.

use gavel_ocp::game::{
    machine::ChallengerTrace,
    trace::{AccessKind, AccessReveal, Claim, PathKind, PathReveal, StepReveal, Trace, TraceError},
};

/// A challenger that disputes whatever it sees.
pub(super) struct Misled {
    truth: ChallengerTrace,
    /// Whether it takes all that it sees for false, instead of nothing.
    suspicious: bool,
}

impl Misled {
    /// One that finds nothing false and disputes the end of the trace.
    pub(super) fn stubborn(truth: ChallengerTrace) -> Self {
        Self {
            truth,
            suspicious: false,
        }
    }

    /// One that disputes the beginning of the trace, wherever the lie is.
    pub(super) fn suspicious(truth: ChallengerTrace) -> Self {
        Self {
            truth,
            suspicious: true,
        }
    }
}

impl Trace for Misled {
    fn holds(&mut self, claim: &Claim) -> Result<bool, TraceError> {
        self.truth.holds(claim)?;
        Ok(false)
    }

    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Vec<u32>>, TraceError> {
        let mut digests = self.truth.digests(positions)?;
        if self.suspicious {
            digests.iter_mut().flatten().for_each(|word| *word ^= 1);
        }
        Ok(digests)
    }

    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError> {
        self.truth.step(index)
    }

    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
        self.truth.path(index, kind)
    }

    fn access(&mut self, index: u64, kind: AccessKind) -> Result<AccessReveal, TraceError> {
        self.truth.access(index, kind)
    }
}
