//! The trace of a claim: digest `B_i` and witness of every position `i`, as `docs/protocol.md` numbers them.
//!
//! Nothing is hashed while the program runs the first time; snapshots are taken. A digest costs the re-execution from
//! the nearest snapshot (a thirty-second of the run at most) and the hashing of the pages that changed since the last
//! digest; several digests at once cost one pass over the interval that they span. Memory is bounded by the program's
//! own, 64 snapshots and 512 MiB of their pages.

mod record;
mod reveal;

pub use reveal::{Position, TraceWitness};

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, DigestLength, Hasher};
use crate::execute::Trap;
use crate::fault::{Fault, FaultyMachine};
use crate::image::{Image, ImageError};
use crate::machine::{Cause, Machine, MachineError, Outcome};
use crate::memory::Memory;
use crate::snapshot::Snapshots;
use crate::step::StepWords;
use crate::witness::Commitment;

/// The most steps that a claim can have: a trace has 2^32 positions at most, two of which are boot and finish.
pub const MAX_STEPS: u64 = (1 << 32) - 2;

/// What an operator claims about a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Root of the input region's subtree, before the run.
    pub input: Digest,
    /// Root of the output region's subtree, after the run.
    pub output: Digest,
    /// The number of machine steps.
    pub steps: u64,
}

/// Why there is no trace, or no witness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// There is no initial state.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The program did not reach its end.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The input at hand is not the input of the claim.
    #[error("the input has another digest than the claim's")]
    Input,
    /// The number of steps is not one that a claim can have.
    #[error("a claim has 1 to {MAX_STEPS} steps, not {steps}")]
    Steps {
        /// The number.
        steps: u64,
    },
    /// The true trace ends before this position: there is nothing to reveal.
    #[error("the true trace has no state at position {index}")]
    NoState {
        /// The position.
        index: u64,
    },
}

/// The lies of an operator. The default is none.
#[derive(Clone, Debug, Default)]
pub struct Lies {
    /// A memory word of the initial state that is not the image's: its address and the bits flipped.
    pub initial: Option<(u32, u32)>,
    /// What the machine does wrong.
    pub faults: Vec<Fault>,
    /// The number of steps claimed. Where the machine has ended before, it stalls.
    pub steps: Option<u64>,
    /// The output digest claimed.
    pub output: Option<Digest>,
}

/// The trace of a claim, as one party sees it.
#[derive(Clone, Debug)]
pub struct Trace {
    hasher: Hasher,
    image: Image,
    /// The initial state with the input: the machine before step 0.
    start: Memory,
    machine: FaultyMachine,
    commitment: Commitment,
    /// Pages that changed since the commitment was last brought up to date.
    unhashed: Vec<u32>,
    snapshots: Snapshots,
    /// Steps of the run.
    steps: u64,
    outcome: Result<Outcome, MachineError>,
    boot: Digest,
    claim: Claim,
    /// Whether the trace ends in ACCEPT.
    accepted: bool,
}

impl Trace {
    /// Runs a program to its end and claims what it did.
    ///
    /// # Errors
    /// [`TraceError::Image`], [`TraceError::Machine`] if the run does not end within `limit` steps, or
    /// [`TraceError::Steps`].
    pub fn honest(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        limit: u64,
    ) -> Result<Trace, TraceError> {
        let trace = Trace::record(image, input, length, limit, None)?;
        match &trace.outcome {
            Ok(outcome) => check_steps(outcome.steps).map(|()| trace),
            Err(error) => Err((*error).into()),
        }
    }

    /// Runs a program and sees a claim about it as the truth has it: from where the claim and the truth part the digests
    /// are REJECT.
    ///
    /// # Errors
    /// [`TraceError::Image`]; [`TraceError::Input`] if `input` is not what the claim is about; [`TraceError::Steps`];
    /// [`TraceError::Machine`] if the program needs more memory than this machine may have: then the truth is not known.
    /// Any other end of the run is part of the truth.
    pub fn challenge(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        claim: Claim,
    ) -> Result<Trace, TraceError> {
        check_steps(claim.steps)?;
        let mut trace = Trace::record(image, input, length, claim.steps, None)?;
        if trace.claim.input != claim.input {
            return Err(TraceError::Input);
        }
        if let Err(error) = trace.outcome
            && matches!(error.cause, Cause::Trap(Trap::MemoryFull(_)))
        {
            return Err(error.into());
        }
        // What the output's bytes mean is not for the game to judge: it compares digests.
        trace.accepted = trace.machine.machine().halted() && trace.claim == claim;
        trace.claim = claim;
        Ok(trace)
    }

    /// Runs a program with lies, and claims what came out. `limit` bounds a run that does not end.
    ///
    /// # Errors
    /// [`TraceError::Image`].
    pub fn lying(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        limit: u64,
        lies: &Lies,
    ) -> Result<Trace, TraceError> {
        let mut trace = Trace::record(image, input, length, limit, Some(lies))?;
        trace.accepted = true;
        trace.claim.output = lies.output.unwrap_or(trace.claim.output);
        Ok(trace)
    }

    /// The claim that the trace is of.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// The compressions of the trace.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// What the run gave, or why it did not end.
    pub fn outcome(&self) -> &Result<Outcome, MachineError> {
        &self.outcome
    }

    /// Whether the trace ends in ACCEPT: for [`challenge`](Self::challenge), whether the claim is true.
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// The constant BOOT: `B_0`.
    pub fn boot(&self) -> Digest {
        self.boot
    }

    /// The digest `B_index`.
    ///
    /// # Errors
    /// None for an honest trace; [`TraceError::Machine`] if a lying machine could not repeat its lie.
    pub fn digest(&mut self, index: u64) -> Result<Digest, TraceError> {
        if index == 0 {
            Ok(self.boot)
        } else if index - 1 <= self.last_step() {
            self.state_digest(index - 1)
        } else if self.accepted {
            Ok(self.hasher.accept())
        } else {
            Ok(self.hasher.reject())
        }
    }

    /// The digests of several positions, in one pass over the steps that they span.
    ///
    /// # Errors
    /// As [`digest`](Self::digest).
    pub fn digests(&mut self, indices: &[u64]) -> Result<Vec<Digest>, TraceError> {
        let mut order: Vec<usize> = (0..indices.len()).collect();
        order.sort_by_key(|&i| indices[i]);
        let mut digests = vec![Digest::default(); indices.len()];
        for i in order {
            digests[i] = self.digest(indices[i])?;
        }
        Ok(digests)
    }

    /// The state digest after `step` machine steps.
    ///
    /// # Errors
    /// [`TraceError::NoState`] if the run is shorter.
    pub fn state_digest(&mut self, step: u64) -> Result<Digest, TraceError> {
        self.seek(step)?;
        self.synchronise();
        Ok(self.commitment.state())
    }

    /// The machine after `step` machine steps.
    ///
    /// # Errors
    /// [`TraceError::NoState`] if the run is shorter.
    pub fn machine_at(&mut self, step: u64) -> Result<&Machine, TraceError> {
        self.seek(step)?;
        Ok(self.machine.machine())
    }

    /// The number of the first machine step from `from` on whose words satisfy `wanted`.
    ///
    /// # Errors
    /// [`TraceError::NoState`] if the run is shorter than `from`.
    pub fn find_step(
        &mut self,
        from: u64,
        mut wanted: impl FnMut(&StepWords) -> bool,
    ) -> Result<Option<u64>, TraceError> {
        self.seek(from)?;
        for step in from..self.steps {
            if wanted(&self.machine.step()?) {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// The last machine step whose state before it belongs to the trace.
    fn last_step(&self) -> u64 {
        self.steps.min(self.claim.steps)
    }

    /// Brings the machine to a step.
    fn seek(&mut self, step: u64) -> Result<(), TraceError> {
        if step > self.steps {
            return Err(TraceError::NoState { index: step + 1 });
        }
        let now = self.machine.machine().steps();
        if let Some(snapshot) = self.snapshots.before(step)
            && (step < now || snapshot.steps > now)
        {
            let memory = self
                .machine
                .restore(snapshot.steps, snapshot.cpu, snapshot.gpr);
            memory.restore(&snapshot.pages);
        }
        self.machine.run_to(step)?;
        Ok(())
    }

    /// Hashes what changed.
    fn synchronise(&mut self) {
        self.unhashed.extend(self.machine.memory_mut().take_dirty());
        self.commitment
            .update(self.machine.machine(), &mut self.unhashed);
        self.unhashed.clear();
    }
}

/// Whether a claim can have this number of steps.
fn check_steps(steps: u64) -> Result<(), TraceError> {
    if (1..=MAX_STEPS).contains(&steps) {
        Ok(())
    } else {
        Err(TraceError::Steps { steps })
    }
}
