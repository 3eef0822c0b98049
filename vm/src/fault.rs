//! A machine that lies: what a dishonest operator runs, so that its digests and witnesses fit together everywhere but
//! at the lie. For tests and demonstrations of a dispute.

use crate::execute::{Cpu, Registers};
use crate::isa::Instruction;
use crate::machine::{Machine, MachineError};
use crate::memory::{Memory, MemoryFull};
use crate::step::{Plan, StepWords};

/// One lie, at one machine step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number of the machine step, counted from 0.
    pub step: u64,
    /// What is wrong about it.
    pub kind: FaultKind,
}

/// What a lying machine does wrong in one step. Execution continues from the wrong state. `xor` is the set of bits that
/// are flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Executes another instruction than memory holds.
    Instruction {
        /// That instruction.
        word: u32,
    },
    /// Uses another value of the register rs.
    Rs {
        /// Bits flipped.
        xor: u32,
    },
    /// Uses another value of the register rt.
    Rt {
        /// Bits flipped.
        xor: u32,
    },
    /// Loads another value than memory holds.
    Loaded {
        /// Bits flipped.
        xor: u32,
    },
    /// Writes another value to the destination register (nothing if there is none).
    Result {
        /// Bits flipped.
        xor: u32,
    },
    /// Writes another value to memory, at the address of the step's access.
    Stored {
        /// Bits flipped.
        xor: u32,
    },
    /// Changes a memory word that the step does not access.
    Memory {
        /// Its address.
        address: u32,
        /// Bits flipped.
        xor: u32,
    },
    /// Changes a register that the step does not write (nothing for register 0, which the next step would clear).
    Register {
        /// Its number.
        register: u8,
        /// Bits flipped.
        xor: u32,
    },
    /// Continues at another pc.
    Pc {
        /// Bits flipped.
        xor: u32,
    },
    /// Continues with another next pc.
    NextPc {
        /// Bits flipped.
        xor: u32,
    },
    /// Leaves another HI.
    Hi {
        /// Bits flipped.
        xor: u32,
    },
    /// Leaves another LO.
    Lo {
        /// Bits flipped.
        xor: u32,
    },
}

/// A machine with a list of lies. Without lies it is the machine.
///
/// Where the machine has no successor a liar stalls: the step is claimed and changes nothing.
#[derive(Clone, Debug)]
pub struct FaultyMachine {
    machine: Machine,
    faults: Vec<Fault>,
    stalls: bool,
}

/// What a faulty step changed beside the words that it says it did.
#[derive(Clone, Debug, Default)]
pub(crate) struct SideEffects {
    /// Whether any fault struck.
    pub(crate) faulty: bool,
    /// The memory word that was changed silently.
    pub(crate) memory: Option<u32>,
}

impl FaultyMachine {
    /// A machine that lies as listed and stalls where it should stop.
    pub fn new(machine: Machine, faults: &[Fault]) -> FaultyMachine {
        let mut faults = faults.to_vec();
        faults.sort_by_key(|fault| fault.step);
        FaultyMachine {
            machine,
            faults,
            stalls: true,
        }
    }

    /// A machine that does not lie: it ends where a machine ends.
    pub(crate) fn honest(machine: Machine) -> FaultyMachine {
        FaultyMachine {
            machine,
            faults: Vec::new(),
            stalls: false,
        }
    }

    /// Whether it stalls where it should stop.
    pub(crate) fn set_stalls(&mut self, stalls: bool) {
        self.stalls = stalls;
    }

    /// The machine in its present state.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Runs until `step` steps have been taken in all.
    ///
    /// # Errors
    /// [`MachineError`], from a machine that does not lie.
    pub fn run_to(&mut self, step: u64) -> Result<(), MachineError> {
        loop {
            let now = self.machine.steps;
            let stop = self.next_fault(now).map_or(step, |at| at.min(step));
            let result = self.machine.run_to(stop);
            if self.stalls && self.machine.steps < stop {
                // Nothing changes until the next lie.
                self.machine.steps = stop;
            } else {
                result?;
            }
            if self.machine.steps >= step || (!self.stalls && self.machine.halted()) {
                return Ok(());
            }
            self.step()?;
        }
    }

    /// Takes one step, with the lies about it.
    ///
    /// # Errors
    /// [`MachineError`], from a machine that does not lie.
    pub fn step(&mut self) -> Result<StepWords, MachineError> {
        let plan = self.plan();
        self.take(plan).map(|(words, _)| words)
    }

    /// What the next step does, lies included.
    pub(crate) fn plan(&mut self) -> Result<Plan, MachineError> {
        let plan = self.machine.plan();
        if self.next_fault(self.machine.steps) != Some(self.machine.steps) {
            return plan;
        }
        let mut plan = match (self.substitute(), plan) {
            (Some((word, ins)), _) => Plan::new(&self.machine, word, ins),
            (None, plan) => plan?,
        };
        for fault in self.faults_now() {
            match fault.kind {
                FaultKind::Rs { xor } => plan.rs ^= xor,
                FaultKind::Rt { xor } => plan.rt ^= xor,
                FaultKind::Loaded { xor } => plan.loaded_xor ^= xor,
                _ => {}
            }
        }
        Ok(plan)
    }

    /// Takes the planned step, and says what else it changed.
    pub(crate) fn take(
        &mut self,
        plan: Result<Plan, MachineError>,
    ) -> Result<(StepWords, SideEffects), MachineError> {
        let now = self.machine.steps;
        let mut words = match plan.and_then(|plan| self.machine.take(&plan)) {
            Ok(words) => words,
            Err(_) if self.stalls => self.stall(),
            Err(error) => return Err(error),
        };
        let mut effects = SideEffects::default();
        if self.next_fault(now) != Some(now) {
            return Ok((words, effects));
        }
        effects.faulty = true;
        let faults: Vec<Fault> = self
            .faults
            .iter()
            .filter(|fault| fault.step == now)
            .copied()
            .collect();
        for fault in faults {
            self.apply(fault.kind, &mut words, &mut effects)?;
        }
        Ok((words, effects))
    }

    /// Changes the state after a step as the lie wants it, and the words where they show it.
    fn apply(
        &mut self,
        kind: FaultKind,
        words: &mut StepWords,
        effects: &mut SideEffects,
    ) -> Result<(), MachineError> {
        let machine = &mut self.machine;
        match kind {
            FaultKind::Instruction { .. }
            | FaultKind::Rs { .. }
            | FaultKind::Rt { .. }
            | FaultKind::Loaded { .. } => {}
            FaultKind::Result { xor } => {
                let dest = words.dest();
                if dest != 0 {
                    words.result ^= xor;
                    machine.gpr[usize::from(dest)] ^= xor;
                }
            }
            FaultKind::Stored { xor } => {
                words.mem_new ^= xor;
                flip(machine, words.addr, xor)?;
            }
            FaultKind::Memory { address, xor } => {
                effects.memory = Some(address & !3);
                flip(machine, address & !3, xor)?;
            }
            FaultKind::Register { register, xor } => {
                machine.gpr[usize::from(register & 31)] ^= xor;
                machine.gpr[0] = 0;
            }
            FaultKind::Pc { xor } => {
                machine.cpu.pc ^= xor;
                words.pc_after = machine.cpu.pc;
            }
            FaultKind::NextPc { xor } => {
                machine.cpu.next_pc ^= xor;
                words.next_pc_after = machine.cpu.next_pc;
            }
            FaultKind::Hi { xor } => {
                machine.cpu.hi ^= xor;
                words.hi_after = machine.cpu.hi;
            }
            FaultKind::Lo { xor } => {
                machine.cpu.lo ^= xor;
                words.lo_after = machine.cpu.lo;
            }
        }
        Ok(())
    }

    /// A step that should not exist and changes nothing.
    fn stall(&mut self) -> StepWords {
        let machine = &mut self.machine;
        let word = machine.memory.load(machine.cpu.pc & !3);
        let value = |shift: u32| machine.gpr[(word >> shift) as usize & 31];
        let Cpu {
            pc,
            next_pc,
            hi,
            lo,
        } = machine.cpu;
        let mem = machine.memory.load(0);
        machine.steps += 1;
        StepWords {
            index: machine.steps as u32,
            pc,
            next_pc,
            instr: word,
            rs: value(21),
            rt: value(16),
            mem_old: mem,
            mem_new: mem,
            pc_after: pc,
            next_pc_after: next_pc,
            hi,
            lo,
            hi_after: hi,
            lo_after: lo,
            ..StepWords::default()
        }
    }

    /// The state that a snapshot holds.
    pub(crate) fn restore(&mut self, steps: u64, cpu: Cpu, gpr: Registers) -> &mut Memory {
        self.machine.steps = steps;
        self.machine.cpu = cpu;
        self.machine.gpr = gpr;
        self.machine.code.clear();
        &mut self.machine.memory
    }

    pub(crate) fn memory_mut(&mut self) -> &mut Memory {
        &mut self.machine.memory
    }

    /// The first step from `now` on with a lie.
    #[inline]
    fn next_fault(&self, now: u64) -> Option<u64> {
        if self.faults.is_empty() {
            return None;
        }
        self.faults
            .iter()
            .map(|fault| fault.step)
            .find(|&step| step >= now)
    }

    fn faults_now(&self) -> impl Iterator<Item = &Fault> {
        self.faults
            .iter()
            .filter(|fault| fault.step == self.machine.steps)
    }

    /// The instruction that is executed in the place of the one in memory.
    fn substitute(&self) -> Option<(u32, Instruction)> {
        self.faults_now().find_map(|fault| match fault.kind {
            FaultKind::Instruction { word } => Some((word, Instruction::decode(word)?)),
            _ => None,
        })
    }
}

/// Flips bits of a memory word.
fn flip(machine: &mut Machine, address: u32, xor: u32) -> Result<(), MachineError> {
    let value = machine.memory.load(address) ^ xor;
    let stored: Result<(), MemoryFull> = machine.memory.store(address, u32::MAX, value);
    stored.map_err(|full| machine.trapped(full.into()))?;
    machine.code.refresh(&machine.memory, address);
    Ok(())
}
