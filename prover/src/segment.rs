//! Runs cut into segments: the tables of each, and the state between them.

use gavel_vm::address::HALT;
use gavel_vm::execute::Cpu;
use gavel_vm::image::{Image, ImageError};
use gavel_vm::machine::{Machine, MachineError};
use gavel_vm::memory::ByteOrder;
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::{Field, PrimeField64};
use starky::util::trace_rows_to_poly_values;

use crate::stark::F;
use crate::stark::cpu::columns::{
    BIG_ENDIAN, COLUMNS, END_STEP, FIRST_STEP, PUBLIC_INPUTS as CPU_INPUTS,
};
use crate::stark::cpu::{self, Leaves, MAX_STEP_ROWS};
use crate::stark::lookup::TABLES;
use crate::stark::memory::tree::{Digest, Tree};
use crate::stark::{memory, range};

/// Public inputs of the proof of a segment.
pub const INPUTS: usize = CPU_INPUTS + memory::PUBLIC_INPUTS;

/// The state of the machine between two steps, as a proof shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The number of the next step.
    pub step: u64,
    /// Program counters, HI and LO.
    pub cpu: Cpu,
    /// The root over memory and registers.
    pub root: Digest,
}

impl State {
    /// Whether the run has ended.
    pub fn halted(&self) -> bool {
        self.cpu.pc == HALT && self.cpu.next_pc == HALT + 4
    }

    /// The state whose step number and other registers are `cpu`.
    fn of_inputs(cpu: &[F], root: &[F]) -> Option<State> {
        let word = |i: usize| u32::try_from(cpu[i].to_canonical_u64()).ok();
        Some(State {
            step: cpu[0].to_canonical_u64(),
            cpu: Cpu {
                pc: word(1)?,
                next_pc: word(2)?,
                hi: word(3)?,
                lo: word(4)?,
            },
            root: root.try_into().ok()?,
        })
    }

    fn cpu_words(&self) -> [F; 4] {
        [self.cpu.pc, self.cpu.next_pc, self.cpu.hi, self.cpu.lo].map(F::from_canonical_u32)
    }
}

/// What the proof of a segment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The byte order of the machine.
    pub order: ByteOrder,
    /// The state before the segment.
    pub before: State,
    /// The state after it.
    pub after: State,
}

impl Boundary {
    /// The public inputs of the CPU table.
    pub(crate) fn cpu_inputs(&self) -> Vec<F> {
        let mut inputs = vec![F::from_bool(self.order == ByteOrder::Big)];
        for state in [&self.before, &self.after] {
            inputs.push(F::from_canonical_u64(state.step));
            inputs.extend(state.cpu_words());
        }
        inputs
    }

    /// The public inputs of the memory table.
    pub(crate) fn memory_inputs(&self) -> Vec<F> {
        [self.before.root, self.after.root].concat()
    }

    /// The public inputs of a segment's proof: those of the CPU table, then those of the memory table.
    pub fn inputs(&self) -> Vec<F> {
        [self.cpu_inputs(), self.memory_inputs()].concat()
    }

    /// The boundary that has these public inputs; `None` if none has.
    pub fn of_inputs(inputs: &[F]) -> Option<Boundary> {
        let inputs: &[F; INPUTS] = inputs.try_into().ok()?;
        let (cpu, roots) = inputs.split_at(CPU_INPUTS);
        let (before, after) = roots.split_at(4);
        let order = match cpu[BIG_ENDIAN].to_canonical_u64() {
            0 => ByteOrder::Little,
            1 => ByteOrder::Big,
            _ => return None,
        };
        Some(Boundary {
            order,
            before: State::of_inputs(&cpu[FIRST_STEP..END_STEP], before)?,
            after: State::of_inputs(&cpu[END_STEP..], after)?,
        })
    }
}

/// A segment: what it does, and the tables that show it.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The states that it leads between.
    pub boundary: Boundary,
    /// The CPU, memory and range tables.
    pub tables: [Vec<PolynomialValues<F>>; TABLES],
}

/// How large the tables of a segment may be, as powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows of the CPU table: a segment has one step less at most.
    pub cpu_bits: usize,
    /// Rows of the memory table: a segment ends before a step that might need more.
    pub memory_bits: usize,
}

/// Why a run cannot be cut into segments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// There is no initial state.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The run does not reach its end.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// Tables are too small for a step, or too large.
    #[error(
        "the size {size:?} is not supported: CPU tables have 2^6 to 2^20 rows, memory tables 2^{MIN_MEMORY_BITS} to 2^20"
    )]
    Size {
        /// The size.
        size: Size,
    },
}

/// Memory tables have room for one step at least.
const MIN_MEMORY_BITS: usize = MAX_STEP_ROWS.ilog2() as usize + 1;

/// A run that is cut into segments.
#[derive(Debug)]
pub struct Run {
    machine: Machine,
    tree: Tree,
    size: Size,
}

impl Run {
    /// The run of a program on an input.
    ///
    /// # Errors
    /// [`SegmentError::Image`] or [`SegmentError::Size`].
    pub fn new(image: &Image, input: &[u8], size: Size) -> Result<Run, SegmentError> {
        let supported =
            (6..=20).contains(&size.cpu_bits) && (MIN_MEMORY_BITS..=20).contains(&size.memory_bits);
        if !supported {
            return Err(SegmentError::Size { size });
        }
        let machine = Machine::new(image, input)?;
        let tree = Tree::new(machine.memory(), machine.registers());
        Ok(Run {
            machine,
            tree,
            size,
        })
    }

    /// The state that has been reached.
    pub fn state(&self) -> State {
        State {
            step: self.machine.steps(),
            cpu: self.machine.cpu(),
            root: self.tree.root(),
        }
    }

    /// Runs the next segment; `None` if the run has ended.
    ///
    /// # Errors
    /// [`SegmentError::Machine`] if a step has no successor.
    pub fn next_segment(&mut self) -> Result<Option<Segment>, SegmentError> {
        if self.machine.halted() {
            return Ok(None);
        }
        let before = self.state();
        let rows = 1 << self.size.cpu_bits;
        let mut leaves = Leaves::default();
        let mut table: Vec<[F; COLUMNS]> = Vec::with_capacity(rows);
        let mut numbers = Numbers::new();
        let memory_rows = 1 << self.size.memory_bits;
        while table.len() + 1 < rows
            && leaves.rows() + MAX_STEP_ROWS <= memory_rows
            && !self.machine.halted()
        {
            let registers = *self.machine.registers();
            let words = self.machine.step()?;
            let clock = table.len() as u64;
            let memory = self.machine.memory();
            // A step that the machine has taken has an instruction.
            let Some(row) = cpu::step(&words, clock, &registers, memory, &mut leaves) else {
                break;
            };
            numbers.count(&row);
            table.push(row);
        }
        let filler = cpu::filler(table.len() as u64, self.machine.cpu());
        while table.len() < rows {
            numbers.count(&filler);
            table.push(filler);
        }
        let memory = memory::trace(&mut self.tree, leaves.accesses(), memory_rows);
        Ok(Some(Segment {
            boundary: Boundary {
                order: self.machine.memory().order(),
                before,
                after: self.state(),
            },
            tables: [
                trace_rows_to_poly_values(table),
                memory,
                range::trace(&numbers.0),
            ],
        }))
    }
}

/// How often each number of 16 bits is looked up.
struct Numbers(Vec<u32>);

impl Numbers {
    fn new() -> Numbers {
        Numbers(vec![0; range::ROWS])
    }

    /// Counts the numbers of a row.
    fn count(&mut self, row: &[F; COLUMNS]) {
        for number in cpu::looked_up(row) {
            self.0[number] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use gavel_vm::supervisor;

    use super::*;

    #[test]
    fn sizes_that_are_not_supported() {
        let image = Image::bare(ByteOrder::Big, 0x1_0000, &[0]).unwrap();
        for (cpu_bits, memory_bits) in [(5, 12), (21, 12), (6, 8), (6, 21)] {
            let size = Size {
                cpu_bits,
                memory_bits,
            };
            let error = Run::new(&image, b"", size).unwrap_err();
            assert_eq!(error, SegmentError::Size { size });
        }
    }

    #[test]
    fn public_inputs_are_one_boundary() {
        let image = Image::bare(ByteOrder::Little, 0x1_0000, &[0; 70]).unwrap();
        let size = Size {
            cpu_bits: 6,
            memory_bits: 10,
        };
        let mut run = Run::new(&image, b"", size).unwrap();
        let boundary = run.next_segment().unwrap().unwrap().boundary;
        let inputs = boundary.inputs();
        assert_eq!(Boundary::of_inputs(&inputs), Some(boundary));
        assert_eq!(Boundary::of_inputs(&inputs[1..]), None);
        for (input, value) in [(BIG_ENDIAN, 2), (FIRST_STEP + 1, 1 << 32)] {
            let mut other = inputs.clone();
            other[input] = F::from_canonical_u64(value);
            assert_eq!(Boundary::of_inputs(&other), None);
        }
    }

    #[test]
    fn a_segment_ends_when_its_memory_table_is_full() {
        let elf = include_bytes!("../../vm/programs/elf/c-crc32-be.elf");
        let image = Image::new(elf, &supervisor::linux(ByteOrder::Big), &["crc32"]).unwrap();
        let size = Size {
            cpu_bits: 12,
            memory_bits: 10,
        };
        let mut run = Run::new(&image, b"123456789", size).unwrap();
        let (mut segments, mut full) = (0, 0);
        let mut state = run.state();
        while let Some(segment) = run.next_segment().unwrap() {
            assert_eq!(segment.boundary.before, state);
            state = segment.boundary.after;
            full +=
                usize::from(!state.halted() && state.step - segment.boundary.before.step < 4095);
            segments += 1;
            assert_eq!(segment.tables[1][0].values.len(), 1 << 10);
        }
        assert!(
            state.halted() && full > 0,
            "{segments} segments, {full} full"
        );
        let outcome = Machine::new(&image, b"123456789").unwrap().run(1 << 20);
        assert_eq!(outcome.unwrap().steps, state.step);
    }
}
