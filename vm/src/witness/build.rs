//! Building witnesses, step after step, with trees that follow the machine.

use super::{StepWitness, Top};
use crate::digest::{Digest, Hasher, MemoryTree, RegisterTree};
use crate::execute::{Cpu, Registers};
use crate::fault::FaultyMachine;
use crate::machine::{Machine, MachineError};
use crate::memory::Memory;
use crate::step::StepWords;

/// The trees over one state of a machine.
#[derive(Clone, Debug)]
pub(crate) struct Commitment {
    pub(crate) tree: MemoryTree,
    registers: RegisterTree,
    file: Digest,
    state: Digest,
}

impl Commitment {
    /// The trees over this state.
    pub(crate) fn new(hasher: &Hasher, memory: &Memory, gpr: &Registers, cpu: Cpu) -> Commitment {
        let mut commitment = Commitment {
            tree: MemoryTree::of(hasher.clone(), memory),
            registers: RegisterTree::new(hasher, gpr),
            file: Digest::default(),
            state: Digest::default(),
        };
        commitment.close(cpu);
        commitment
    }

    /// The trees over the machine's state, where only these pages differ from the state before.
    pub(crate) fn update(&mut self, machine: &Machine, pages: &mut Vec<u32>) {
        self.tree.update_pages(&machine.memory, pages);
        self.registers = RegisterTree::new(self.tree.hasher(), &machine.gpr);
        self.close(machine.cpu);
    }

    /// The state digest.
    pub(crate) fn state(&self) -> Digest {
        self.state
    }

    /// What is above the memory root.
    pub(crate) fn top(&self) -> Top {
        Top {
            file: self.file,
            state: self.state,
        }
    }

    /// Hashes what is above the trees.
    fn close(&mut self, cpu: Cpu) {
        let hasher = self.tree.hasher();
        self.file = hasher.file(&self.registers.root(), cpu);
        self.state = hasher.state(&self.tree.root(), &self.file);
    }

    /// Takes one step of the machine, whose state this must be, and fills in its witness. `follows` says that the witness
    /// holds that of the step before, as this left it, and need only be brought up to date; what is given back says
    /// whether the next step may follow.
    ///
    /// # Errors
    /// [`MachineError`]: there is no such step. The part of the witness that is about the state before is filled in, with
    /// the data path of address 0.
    pub(crate) fn step(
        &mut self,
        machine: &mut FaultyMachine,
        witness: &mut StepWitness,
        follows: bool,
    ) -> Result<bool, MachineError> {
        let plan = machine.plan();
        let (address, dest) = match &plan {
            Ok(plan) => (plan.address(), plan.ins.destination(plan.rt)),
            Err(_) => (0, 0),
        };
        let before = machine.machine();
        if follows {
            self.follow(before, address, witness);
        } else {
            self.before(&before.memory, &before.gpr, before.cpu, address, witness);
        }
        let (words, effects) = machine.take(plan)?;
        let now = machine.machine();
        if effects.faulty {
            self.registers = RegisterTree::new(self.tree.hasher(), &now.gpr);
        } else {
            self.registers.set(self.tree.hasher(), dest, words.result);
        }
        let changed = words.mem_old != words.mem_new || effects.faulty;
        if changed {
            self.tree.update_word(&now.memory, words.addr);
            if let Some(silent) = effects.memory {
                self.tree.update_word(&now.memory, silent);
            }
        }
        self.close(now.cpu);
        witness.words = words;
        witness.gpr_after = now.gpr;
        self.after(&now.memory, changed, witness);
        Ok(!effects.faulty)
    }

    /// Fills in what is about the state before a step that accesses `address`.
    fn before(
        &self,
        memory: &Memory,
        gpr: &Registers,
        cpu: Cpu,
        address: u32,
        witness: &mut StepWitness,
    ) {
        witness.gpr_before = *gpr;
        witness.memory_root = self.tree.root();
        witness.file_before = self.file;
        witness.state_before = self.state;
        witness
            .fetch
            .capture(&self.tree, memory, cpu.pc & !3, self.top());
        witness
            .data
            .capture(&self.tree, memory, address, self.top());
    }

    /// As [`before`](Self::before), on a witness of the step before.
    fn follow(&self, machine: &Machine, address: u32, witness: &mut StepWitness) {
        let words = &witness.words;
        let changed = (words.mem_old != words.mem_new).then_some(words.addr);
        witness.gpr_before = machine.gpr;
        witness.memory_root = self.tree.root();
        witness.file_before = self.file;
        witness.state_before = self.state;
        witness.fetch.follow(
            &self.tree,
            &machine.memory,
            machine.cpu.pc & !3,
            self.top(),
            changed,
        );
        witness
            .data
            .follow(&self.tree, &machine.memory, address, self.top(), changed);
    }

    /// Fills in what is about the state after it.
    fn after(&self, memory: &Memory, changed: bool, witness: &mut StepWitness) {
        witness.file_after = self.file;
        witness.state_after = self.state;
        if changed {
            witness
                .data
                .capture_nodes(&self.tree, memory, self.state, &mut witness.data_after);
        } else {
            witness.data_after = witness.data.nodes;
            witness.data_after[self.tree.hasher().length().state_level()] = self.state;
        }
    }

    /// The witness of a position where there is no machine step: a no-operation from the state that this is.
    ///
    /// `instr` is what is revealed as the instruction, 0 but where the machine is stuck at a word that has no successor.
    pub(crate) fn no_step(
        &self,
        memory: &Memory,
        gpr: &Registers,
        cpu: Cpu,
        index: u32,
        instr: u32,
    ) -> StepWitness {
        let mut witness = StepWitness::empty();
        self.before(memory, gpr, cpu, 0, &mut witness);
        let Cpu {
            pc,
            next_pc,
            hi,
            lo,
        } = cpu;
        let value = |shift: u32| gpr[(instr >> shift) as usize & 31];
        let word = memory.load(0);
        let after = Cpu {
            pc: next_pc,
            next_pc: next_pc.wrapping_add(4),
            hi,
            lo,
        };
        witness.words = StepWords {
            index,
            pc,
            next_pc,
            instr,
            rs: value(21),
            rt: value(16),
            mem_old: word,
            mem_new: word,
            pc_after: after.pc,
            next_pc_after: after.next_pc,
            hi,
            lo,
            hi_after: hi,
            lo_after: lo,
            ..StepWords::default()
        };
        witness.gpr_after = *gpr;
        let hasher = self.tree.hasher();
        witness.file_after = hasher.file(&self.registers.root(), after);
        witness.state_after = hasher.state(&self.tree.root(), &witness.file_after);
        witness.data_after = witness.data.nodes;
        witness.data_after[hasher.length().state_level()] = witness.state_after;
        witness
    }
}

impl Machine {
    /// The digest of the present state, from nothing: everything that was ever written is hashed. For many digests of one
    /// run use a [`Trace`](crate::trace::Trace).
    pub fn state_digest(&self, hasher: &Hasher) -> Digest {
        Commitment::new(hasher, &self.memory, &self.gpr, self.cpu).state()
    }
}
