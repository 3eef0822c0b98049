//! The machine: state, and the loop that runs it.

use crate::address::{HALT, OUTPUT, OUTPUT_CAPACITY, STOP_RECORD, SUPERVISOR};
use crate::code::{CodeCache, CodePage};
use crate::execute::{Bus, Cpu, Registers, Trap, execute};
use crate::image::{Image, ImageError};
use crate::memory::{ByteOrder, Memory, PAGE_BITS, PAGE_WORDS};

/// The bits of an address inside its page.
const PAGE_MASK: u32 = (1 << PAGE_BITS) - 1;

/// Why the supervisor ended a run: the first word of the record at [`STOP_RECORD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// 1: the program made a system call that the supervisor does not serve.
    #[error("unknown system call {number} at {pc:#010x}")]
    UnknownSystemCall {
        /// The number of the call.
        number: u32,
        /// Where it was made.
        pc: u32,
    },
    /// 2: every thread waits for another.
    #[error("deadlock: every thread waits")]
    Deadlock,
    /// 3: the program asked for more address space than there is.
    #[error("the program exhausted its address space")]
    MemoryExhausted,
    /// 4: the program read past the end of an input that it needs.
    #[error("the program exhausted its input")]
    InputExhausted,
}

/// What ended a run before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The instruction has no successor.
    #[error(transparent)]
    Trap(#[from] Trap),
    /// The supervisor gave up and said why.
    #[error(transparent)]
    Stop(Stop),
    /// The machine reached HALT in a delay slot, which ends no run.
    #[error("HALT was reached in a delay slot")]
    HaltInDelaySlot,
    /// The run has ended: there is no further step.
    #[error("the run has ended")]
    Halted,
    /// The run has taken as many steps as allowed.
    #[error("the step limit {limit} is reached")]
    StepLimit {
        /// The limit.
        limit: u64,
    },
    /// The output region's length word is larger than the region.
    #[error("the output has {length} bytes, more than its region")]
    OutputTooLong {
        /// The length.
        length: u32,
    },
}

/// A run that did not reach its end. The machine's state is that before the step that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {step}, pc {pc:#010x}, word {word:#010x}: {cause}")]
pub struct MachineError {
    /// The program counter.
    pub pc: u32,
    /// The word there.
    pub word: u32,
    /// The number of the step that failed, counted from 0.
    pub step: u64,
    /// Why it failed.
    pub cause: Cause,
}

/// What a finished run gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code.
    pub exit_code: u32,
    /// The output bytes.
    pub output: Vec<u8>,
    /// The number of steps.
    pub steps: u64,
}

/// The machine in one state of a run.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(crate) cpu: Cpu,
    pub(crate) gpr: Registers,
    pub(crate) memory: Memory,
    pub(crate) steps: u64,
    pub(crate) code: CodeCache,
}

/// The plain loop leaves an instruction to [`Machine::step`], which knows why.
struct LeftOver;

impl From<Trap> for LeftOver {
    #[inline(always)]
    fn from(_: Trap) -> LeftOver {
        LeftOver
    }
}

/// Memory for the plain loop: stores to decoded code are left over.
struct DataBus<'a>(&'a mut Memory);

impl Bus for DataBus<'_> {
    type Error = LeftOver;

    #[inline(always)]
    fn order(&self) -> ByteOrder {
        self.0.order()
    }

    #[inline(always)]
    fn load(&mut self, address: u32) -> u32 {
        self.0.load(address)
    }

    #[inline(always)]
    fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), LeftOver> {
        if self.0.store_data(address, mask, value) {
            return Ok(());
        }
        if self.0.is_code(address) {
            return Err(LeftOver);
        }
        self.0.store(address, mask, value).map_err(|_| LeftOver)
    }
}

impl Machine {
    /// The machine in the initial state of `image`, with `input` in the input region.
    ///
    /// # Errors
    /// [`ImageError::InputTooLong`] or [`ImageError::MemoryFull`].
    pub fn new(image: &Image, input: &[u8]) -> Result<Machine, ImageError> {
        Ok(Machine {
            cpu: image.cpu,
            gpr: image.gpr,
            memory: image.memory_with_input(input)?,
            steps: 0,
            code: CodeCache::new(),
        })
    }

    /// The registers beside the general ones.
    pub fn cpu(&self) -> Cpu {
        self.cpu
    }

    /// The general registers.
    pub fn registers(&self) -> &Registers {
        &self.gpr
    }

    /// The memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The number of steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether the run has ended.
    pub fn halted(&self) -> bool {
        self.cpu.pc == HALT && self.cpu.next_pc == HALT + 4
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// [`MachineError`], [`Cause::StepLimit`] among them if the run has not ended after `limit` steps in all.
    pub fn run(&mut self, limit: u64) -> Result<Outcome, MachineError> {
        self.run_to(limit)?;
        if !self.halted() {
            return Err(self.error(Cause::StepLimit { limit }));
        }
        self.outcome()
    }

    /// Runs until `step` steps have been taken in all, or to the end if that comes first.
    ///
    /// # Errors
    /// [`MachineError`]: an instruction without a successor.
    pub fn run_to(&mut self, step: u64) -> Result<(), MachineError> {
        while self.steps < step && !self.halted() {
            let pc = self.cpu.pc;
            let budget = step - self.steps;
            let Some(page) = self.code.page(&mut self.memory, pc) else {
                // A page that was never written holds no-operations, which no program executes on purpose.
                self.step().map(|_| ())?;
                continue;
            };
            let (taken, left_over) = run_page(
                &mut self.cpu,
                &mut self.gpr,
                &mut DataBus(&mut self.memory),
                page,
                self.steps,
                budget,
            );
            self.steps += taken;
            if left_over && !self.halted() {
                self.step()?;
            }
        }
        Ok(())
    }

    /// The result of a run that has ended.
    pub(crate) fn outcome(&self) -> Result<Outcome, MachineError> {
        let length = self.memory.load(OUTPUT);
        if length > OUTPUT_CAPACITY {
            return Err(self.error(Cause::OutputTooLong { length }));
        }
        Ok(Outcome {
            exit_code: self.memory.load(OUTPUT + 4),
            output: self.memory.read_bytes(OUTPUT + 8, length as usize),
            steps: self.steps,
        })
    }

    pub(crate) fn error(&self, cause: Cause) -> MachineError {
        MachineError {
            pc: self.cpu.pc,
            word: self.memory.load(self.cpu.pc & !3),
            step: self.steps,
            cause,
        }
    }

    /// The error for a trap: BREAK in the supervisor with a record says what the record says.
    pub(crate) fn trapped(&self, trap: Trap) -> MachineError {
        let record = |word: u32| self.memory.load(STOP_RECORD + 4 * word);
        let stop = match (trap, record(0)) {
            (Trap::Break, _) if self.cpu.pc < SUPERVISOR => None,
            (Trap::Break, 1) => Some(Stop::UnknownSystemCall {
                number: record(1),
                pc: record(2),
            }),
            (Trap::Break, 2) => Some(Stop::Deadlock),
            (Trap::Break, 3) => Some(Stop::MemoryExhausted),
            (Trap::Break, 4) => Some(Stop::InputExhausted),
            _ => None,
        };
        self.error(stop.map_or(Cause::Trap(trap), Cause::Stop))
    }
}

/// Executes instructions as long as pc stays on the page of the first one, `budget` at most; gives the number of steps
/// taken and whether an instruction stands at pc that this loop leaves to [`Machine::step`]: one without a successor, or
/// a store to decoded code. Such an instruction has changed nothing.
fn run_page(
    cpu: &mut Cpu,
    gpr: &mut Registers,
    bus: &mut DataBus<'_>,
    page: &CodePage,
    now: u64,
    budget: u64,
) -> (u64, bool) {
    // Held apart from the machine so that they stay in the host's registers.
    let mut at = *cpu;
    let base = at.pc & !PAGE_MASK;
    let mut left = budget;
    // One comparison finds another page and an unaligned pc.
    while left != 0 && (at.pc ^ base) & !(PAGE_MASK & !3) == 0 {
        let ins = page[(at.pc >> 2) as usize % PAGE_WORDS];
        if execute(&mut at, gpr, bus, ins, (now + (budget - left)) as u32).is_err() {
            break;
        }
        left -= 1;
    }
    *cpu = at;
    (budget - left, left != 0 && at.pc & !PAGE_MASK == base)
}
