//! The trace of a claim: digest `B_i` and witness of every position `i`, as `docs/protocol.md` numbers them.
//!
//! Nothing is hashed while the program runs the first time; snapshots are taken. A digest costs the re-execution from
//! the nearest snapshot (a thirty-second of the run at most) and the hashing of the pages that changed since the last
//! digest; several digests at once cost one pass over the interval that they span. Memory is bounded by the program's
//! own, 64 snapshots and 512 MiB of their pages.

use serde::{Deserialize, Serialize};

use crate::address::{INPUT, OUTPUT};
use crate::digest::{Digest, DigestLength, Hasher};
use crate::execute::Cpu;
use crate::fault::{Fault, FaultyMachine};
use crate::image::{Image, ImageError};
use crate::machine::{Cause, Machine, MachineError, Outcome};
use crate::memory::{Memory, MemoryFull};
use crate::snapshot::Snapshots;
use crate::witness::{Commitment, MemoryPath, PathNodes, StepWitness};

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

/// What a position of the trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Position {
    /// The input is placed into the image.
    Boot,
    /// A machine step.
    Machine,
    /// A machine step that is claimed and does not exist: the machine has no successor.
    Stuck,
    /// The output is compared.
    Finish,
    /// Nothing happens.
    Idle,
}

/// Everything that a party may have to reveal about a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceWitness {
    /// What the position is.
    pub position: Position,
    /// `B_i`.
    pub pre: Digest,
    /// `B_(i+1)`.
    pub post: Digest,
    /// The step. Where there is no machine step: a no-operation.
    pub step: StepWitness,
    /// The path of the output region before the step, from level R.
    pub output: MemoryPath,
    /// The path of the input region before the step, from level R.
    pub input: MemoryPath,
    /// The nodes of that path after the step.
    pub input_after: PathNodes,
}

impl TraceWitness {
    /// A witness with the paths of the regions in this state; the rest is to be filled in.
    fn before(position: Position, state: &Commitment, memory: &Memory) -> TraceWitness {
        let (mut output, mut input) = (MemoryPath::empty(), MemoryPath::empty());
        output.capture_region(&state.tree, memory, OUTPUT, state.top());
        input.capture_region(&state.tree, memory, INPUT, state.top());
        TraceWitness {
            position,
            pre: Digest::default(),
            post: Digest::default(),
            step: StepWitness::empty(),
            output,
            input_after: input.nodes,
            input,
        }
    }

    /// Takes a no-operation as the step: the memory stays, the state digest changes with the program counter.
    fn no_step(&mut self, step: StepWitness, length: DigestLength) {
        self.input_after[length.state_level()] = step.state_after;
        self.step = step;
    }
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
    /// [`TraceError::Image`], or [`TraceError::Machine`] if the run does not end within `limit` steps.
    pub fn honest(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        limit: u64,
    ) -> Result<Trace, TraceError> {
        let trace = Trace::record(image, input, length, limit, None)?;
        match &trace.outcome {
            Ok(_) => Ok(trace),
            Err(error) => Err((*error).into()),
        }
    }

    /// Runs a program and sees a claim about it as the truth has it: from where the claim and the truth part the digests
    /// are REJECT.
    ///
    /// # Errors
    /// [`TraceError::Image`], or [`TraceError::Input`] if `input` is not what the claim is about.
    pub fn challenge(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        claim: Claim,
    ) -> Result<Trace, TraceError> {
        let mut trace = Trace::record(image, input, length, claim.steps, None)?;
        if trace.claim.input != claim.input {
            return Err(TraceError::Input);
        }
        trace.accepted = trace.outcome.is_ok() && trace.claim == claim;
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

    fn record(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        limit: u64,
        lies: Option<&Lies>,
    ) -> Result<Trace, TraceError> {
        let hasher = Hasher::new(length);
        let boot = Commitment::new(&hasher, &image.memory, &image.gpr, image.cpu).state();
        let mut machine = Machine::new(image, input)?;
        let true_start = Commitment::new(&hasher, &machine.memory, &machine.gpr, machine.cpu);
        let claimed_input = true_start.tree.node(length.region_level(), INPUT);
        if let Some((address, xor)) = lies.and_then(|lies| lies.initial) {
            let value = machine.memory.load(address) ^ xor;
            let stored: Result<(), MemoryFull> =
                machine.memory.store(address & !3, u32::MAX, value);
            stored.map_err(ImageError::from)?;
        }
        let start = machine.memory.clone();
        let mut machine = match lies {
            Some(lies) => FaultyMachine::new(machine, &lies.faults),
            None => FaultyMachine::honest(machine),
        };
        // A liar stalls only as far as it claims steps.
        let claimed = lies.and_then(|lies| lies.steps);
        machine.set_stalls(claimed.is_some());
        let mut recording = Recording {
            snapshots: Snapshots::new(),
            unhashed: Vec::new(),
        };
        let run = recording.run(&mut machine, claimed.unwrap_or(limit));
        machine.set_stalls(lies.is_some());
        let steps = machine.machine().steps();
        let outcome = run.and_then(|()| machine.machine().outcome_within(limit));
        let mut trace = Trace {
            commitment: true_start,
            unhashed: recording.unhashed,
            snapshots: recording.snapshots,
            hasher,
            image: image.clone(),
            start,
            machine,
            steps,
            outcome,
            boot,
            claim: Claim {
                input: claimed_input,
                output: Digest::default(),
                steps,
            },
            accepted: true,
        };
        trace.synchronise();
        trace.claim.output = trace.commitment.tree.node(length.region_level(), OUTPUT);
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

    /// The witness of position `index`.
    ///
    /// # Errors
    /// [`TraceError::NoState`] for a claimed machine step behind the end of the true trace.
    pub fn witness(&mut self, index: u64) -> Result<TraceWitness, TraceError> {
        let pre = self.digest(index)?;
        let mut witness = if index == 0 {
            self.boot_witness()
        } else if index > self.claim.steps + 1 {
            self.idle_witness(index)
        } else if index - 1 > self.last_step() {
            return Err(TraceError::NoState { index });
        } else {
            self.step_witness(index)
        };
        witness.pre = pre;
        witness.post = self.digest(index + 1)?;
        Ok(witness)
    }

    /// Calls `each` with the witnesses of `count` consecutive machine steps from `step` on, or of those up to the run's end.
    ///
    /// # Errors
    /// [`TraceError::NoState`] if the run is shorter than `step`.
    pub fn for_each_witness(
        &mut self,
        step: u64,
        count: u64,
        mut each: impl FnMut(&StepWitness),
    ) -> Result<(), TraceError> {
        self.seek(step)?;
        self.synchronise();
        let mut witness = StepWitness::empty();
        let mut follows = false;
        for _ in step..self.steps.min(step.saturating_add(count)) {
            follows = self
                .commitment
                .step(&mut self.machine, &mut witness, follows)?;
            each(&witness);
        }
        Ok(())
    }

    /// Position 0: the input is placed into the image.
    fn boot_witness(&self) -> TraceWitness {
        let Image { cpu, gpr, memory } = &self.image;
        let before = Commitment::new(&self.hasher, memory, gpr, *cpu);
        let after = Commitment::new(&self.hasher, &self.start, gpr, *cpu);
        let mut step = before.no_step(memory, gpr, *cpu, 0, 0);
        // The register file is the image's before and after.
        step.file_after = step.file_before;
        step.data_after = step.data.nodes;
        step.state_after = after.state();
        let mut witness = TraceWitness::before(Position::Boot, &before, memory);
        witness.input.capture_nodes(
            &after.tree,
            &self.start,
            after.state(),
            &mut witness.input_after,
        );
        witness.step = step;
        witness
    }

    /// A position behind the finish: a no-operation of the all-zero state.
    fn idle_witness(&self, index: u64) -> TraceWitness {
        let (memory, gpr, cpu) = (Memory::new(self.image.order(), 0), [0; 32], Cpu::default());
        let zero = Commitment::new(&self.hasher, &memory, &gpr, cpu);
        let mut witness = TraceWitness::before(Position::Idle, &zero, &memory);
        let step = zero.no_step(&memory, &gpr, cpu, index as u32, 0);
        witness.no_step(step, self.hasher.length());
        witness
    }

    /// A machine step or the finish, from the state that machine and commitment are in.
    fn step_witness(&mut self, index: u64) -> TraceWitness {
        let mut witness = TraceWitness::before(
            Position::Machine,
            &self.commitment,
            self.machine.machine().memory(),
        );
        let finish = index == self.claim.steps + 1;
        if !finish
            && self
                .commitment
                .step(&mut self.machine, &mut witness.step, false)
                .is_ok()
        {
            let (tree, state) = (&self.commitment.tree, self.commitment.state());
            let memory = self.machine.machine().memory();
            witness
                .input
                .capture_nodes(tree, memory, state, &mut witness.input_after);
            return witness;
        }
        let Machine {
            memory, gpr, cpu, ..
        } = self.machine.machine();
        witness.position = if finish {
            Position::Finish
        } else {
            Position::Stuck
        };
        let instr = if finish { 0 } else { memory.load(cpu.pc & !3) };
        let step = self
            .commitment
            .no_step(memory, gpr, *cpu, index as u32, instr);
        witness.no_step(step, self.hasher.length());
        witness
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

/// A first run, with the pages that it changes.
struct Recording {
    snapshots: Snapshots,
    unhashed: Vec<u32>,
}

impl Recording {
    /// Runs to the end, or until `limit` steps have been taken.
    fn run(&mut self, machine: &mut FaultyMachine, limit: u64) -> Result<(), MachineError> {
        loop {
            let dirty = machine.memory_mut().take_dirty();
            self.snapshots.take(machine.machine(), &dirty);
            self.unhashed.extend(dirty);
            self.unhashed.sort_unstable();
            self.unhashed.dedup();
            let target = limit.min(machine.machine().steps() + self.snapshots.interval());
            machine.run_to(target)?;
            let steps = machine.machine().steps();
            if steps < target || steps == limit {
                return Ok(());
            }
        }
    }
}

impl Machine {
    /// The outcome of a run that had `limit` steps.
    fn outcome_within(&self, limit: u64) -> Result<Outcome, MachineError> {
        if self.halted() {
            self.outcome()
        } else {
            Err(self.error(Cause::StepLimit { limit }))
        }
    }
}
