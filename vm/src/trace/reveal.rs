//! What a party may have to reveal about a position.

use serde::{Deserialize, Serialize};

use super::{Trace, TraceError};
use crate::address::{INPUT, OUTPUT};
use crate::digest::{Digest, DigestLength};
use crate::execute::Cpu;
use crate::image::Image;
use crate::machine::Machine;
use crate::memory::Memory;
use crate::witness::{Commitment, MemoryPath, PathNodes, StepWitness};

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

impl Trace {
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
}
