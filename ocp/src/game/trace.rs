//! What a party knows of the execution that the game is about.

pub use gavel_vm::witness::AccessKind;
use thiserror::Error;

/// What the operator claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Words of the digest of the input.
    pub input: Vec<u32>,
    /// Words of the digest of the output.
    pub output: Vec<u32>,
    /// Number of machine steps.
    pub steps: u32,
}

/// Which path in the memory tree is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathKind {
    /// The instruction at `pc`.
    Fetch,
    /// The word at `addr`, before and after the step.
    Data,
    /// The output region in the final state.
    Output,
    /// The input region in the initial state, empty and filled.
    Boot,
}

impl PathKind {
    /// All kinds, in order of their numbers.
    pub const ALL: [Self; 4] = [Self::Fetch, Self::Data, Self::Output, Self::Boot];
}

/// What RevealStep says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReveal {
    /// The step's words, in the order of `StepWord::ALL`.
    pub words: [u32; 16],
    /// Digest of the register file after the step.
    pub file_after: Vec<u32>,
    /// The state digest before the step.
    pub state_before: Vec<u32>,
    /// The state digest after the step.
    pub state_after: Vec<u32>,
}

/// A path in the memory tree, before and after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathReveal {
    /// The address whose path it is.
    pub address: u32,
    /// Nodes before the step, from level 0 to the state digest.
    pub old: Vec<Vec<u32>>,
    /// Nodes after the step, from level 0 to the state digest.
    pub new: Vec<Vec<u32>>,
    /// The other child at every level below the state digest; at the highest it is the register file before the step.
    pub siblings: Vec<Vec<u32>>,
}

/// A register's path in the register file, before and after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReveal {
    /// Words of the register's chunk before the step.
    pub chunk: Vec<u32>,
    /// Siblings at levels 0 to `G - 1`; that of level 0 is a chunk, padded with zero words.
    pub level_siblings: Vec<Vec<u32>>,
    /// Nodes of levels 1 to `G` before the step.
    pub gpr_old: Vec<Vec<u32>>,
    /// Nodes of levels 1 to `G` after the step.
    pub gpr_new: Vec<Vec<u32>>,
    /// The register file before the step.
    pub file_before: Vec<u32>,
    /// The memory root before the step.
    pub memory_root: Vec<u32>,
}

/// The trace cannot answer: the program or its input is not what the party thought.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the trace has no answer for {what}: {reason}")]
pub struct TraceError {
    /// What was asked for.
    pub what: String,
    /// Why it cannot be answered.
    pub reason: String,
}

/// The trace of section 3 of the protocol, for one claim, as one party computes it.
///
/// The operator answers from its trace; a challenger compares what it sees with its own.
pub trait Trace {
    /// Whether the claim is true. A challenger asks this before anything else; it may ask again at any time.
    ///
    /// # Errors
    /// The execution cannot be computed.
    fn holds(&mut self, claim: &Claim) -> Result<bool, TraceError>;

    /// The digests `B_position` of several positions in rising order, `None` (REJECT) where a false claim has no true state:
    /// whatever the operator discloses there is false.
    ///
    /// # Errors
    /// A position is outside the trace.
    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Option<Vec<u32>>>, TraceError>;

    /// The words of step `index`, which leads from `B_index` to the next digest.
    ///
    /// # Errors
    /// The step is outside the trace.
    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError>;

    /// The path that a dispute about step `index` is about.
    ///
    /// # Errors
    /// The step is outside the trace.
    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError>;

    /// The registers that a dispute about step `index` is about.
    ///
    /// # Errors
    /// The step is outside the trace.
    fn access(&mut self, index: u64, kind: AccessKind) -> Result<AccessReveal, TraceError>;
}
