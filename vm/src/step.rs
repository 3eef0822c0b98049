//! Single steps, with everything that they read and write.

use crate::address::{HALT, ULR};
use crate::execute::{Bus, Cpu, Trap, execute};
use crate::isa::{Class, Instruction, Op};
use crate::machine::{Cause, Machine, MachineError};
use crate::memory::{ByteOrder, Memory, PAGE_WORDS};

/// The words that say what one step did: those that a party reveals, and what a row of a proof's trace holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepWords {
    /// Position in the trace of the game: the number of the machine step plus 1.
    pub index: u32,
    /// Program counter before the step.
    pub pc: u32,
    /// Next program counter before the step.
    pub next_pc: u32,
    /// The word at pc.
    pub instr: u32,
    /// Value of the register that bits 21..26 of `instr` name.
    pub rs: u32,
    /// Value of the register that bits 16..21 of `instr` name.
    pub rt: u32,
    /// The value written to the destination register, 0 if none is written.
    pub result: u32,
    /// Address of the memory word that the step accesses, 0 if it accesses none.
    pub addr: u32,
    /// The word at `addr` before the step.
    pub mem_old: u32,
    /// The word at `addr` after the step.
    pub mem_new: u32,
    /// Program counter after the step.
    pub pc_after: u32,
    /// Next program counter after the step.
    pub next_pc_after: u32,
    /// HI before the step.
    pub hi: u32,
    /// LO before the step.
    pub lo: u32,
    /// HI after the step.
    pub hi_after: u32,
    /// LO after the step.
    pub lo_after: u32,
}

impl StepWords {
    /// The register that the step writes, 0 if none.
    pub fn dest(&self) -> u8 {
        Instruction::decode(self.instr).map_or(0, |ins| ins.destination(self.rt))
    }

    /// What the instruction computes for its destination, also where that is register 0 and `result` is 0; 0 if it has
    /// none, or is a conditional move whose condition fails.
    pub fn computed(&self, order: ByteOrder) -> u32 {
        let Some(mut ins) = Instruction::decode(self.instr) else {
            return 0;
        };
        let mut gpr = [0; 32];
        gpr[usize::from(ins.rs & 31)] = self.rs;
        gpr[usize::from(ins.rt & 31)] = self.rt;
        ins.dest = (1..4)
            .find(|&register| register != ins.rs && register != ins.rt)
            .unwrap_or_default();
        let mut cpu = Cpu {
            pc: self.pc,
            next_pc: self.next_pc,
            hi: self.hi,
            lo: self.lo,
        };
        let mut bus = WordBus {
            order,
            word: self.mem_old,
        };
        let now = self.index.wrapping_sub(1);
        match execute(&mut cpu, &mut gpr, &mut bus, ins, now) {
            Ok(()) => gpr[usize::from(ins.dest)],
            Err(_) => 0,
        }
    }
}

/// Memory that holds one word.
struct WordBus {
    order: ByteOrder,
    word: u32,
}

impl Bus for WordBus {
    type Error = Trap;

    fn order(&self) -> ByteOrder {
        self.order
    }

    fn load(&mut self, _: u32) -> u32 {
        self.word
    }

    fn store(&mut self, _: u32, _: u32, _: u32) -> Result<(), Trap> {
        Ok(())
    }
}

/// What a step is about to do: its inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) word: u32,
    pub(crate) ins: Instruction,
    pub(crate) rs: u32,
    pub(crate) rt: u32,
    /// Flips these bits of what a load sees. Zero on a machine that does not lie.
    pub(crate) loaded_xor: u32,
}

impl Plan {
    /// The step of `word` with the operands that the machine's registers hold.
    pub(crate) fn new(machine: &Machine, word: u32, ins: Instruction) -> Plan {
        let value = |register: u8| machine.gpr[usize::from(register & 31)];
        Plan {
            word,
            ins,
            rs: value(ins.rs),
            rt: value(ins.rt),
            loaded_xor: 0,
        }
    }

    /// The address of the memory word that the step accesses, 0 if none.
    #[inline]
    pub(crate) fn address(&self) -> u32 {
        match self.ins.op.class() {
            Class::Load | Class::Store => self.rs.wrapping_add(self.ins.imm) & !3,
            _ if self.ins.op == Op::RdhwrUserLocal => ULR,
            _ => 0,
        }
    }
}

/// Memory for single steps: notes the word before the step.
struct StepBus<'a> {
    memory: &'a mut Memory,
    loaded_xor: u32,
    stored: bool,
}

impl Bus for StepBus<'_> {
    type Error = Trap;

    #[inline(always)]
    fn order(&self) -> ByteOrder {
        self.memory.order()
    }

    #[inline(always)]
    fn load(&mut self, address: u32) -> u32 {
        self.memory.load(address) ^ self.loaded_xor
    }

    #[inline(always)]
    fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), Trap> {
        self.stored = true;
        Ok(self.memory.store(address, mask, value)?)
    }
}

impl Machine {
    /// Takes one step and says what it read and wrote.
    ///
    /// # Errors
    /// [`MachineError`]: the run has ended, or the instruction has no successor.
    #[inline]
    pub fn step(&mut self) -> Result<StepWords, MachineError> {
        let plan = self.plan()?;
        self.take(&plan)
    }

    /// What the next step does.
    #[inline]
    pub(crate) fn plan(&mut self) -> Result<Plan, MachineError> {
        if self.cpu.pc == HALT {
            let halted = self.halted();
            return Err(self.error(if halted {
                Cause::Halted
            } else {
                Cause::HaltInDelaySlot
            }));
        }
        let ins = self.fetch().map_err(|trap| self.trapped(trap))?;
        Ok(Plan::new(self, self.memory.load(self.cpu.pc), ins))
    }

    /// Takes the planned step.
    #[inline]
    pub(crate) fn take(&mut self, plan: &Plan) -> Result<StepWords, MachineError> {
        let before = self.cpu;
        let addr = plan.address();
        let mem_old = self.memory.load(addr);
        let (rs, rt) = (usize::from(plan.ins.rs & 31), usize::from(plan.ins.rt & 31));
        let dest = usize::from(plan.ins.destination(plan.rt) & 31);
        // A lie about an operand lasts for this step only.
        let operands = (self.gpr[rs], self.gpr[rt]);
        if plan.rt != operands.1 {
            self.gpr[rt] = plan.rt;
        }
        if plan.rs != operands.0 {
            self.gpr[rs] = plan.rs;
        }
        let mut bus = StepBus {
            memory: &mut self.memory,
            loaded_xor: plan.loaded_xor,
            stored: false,
        };
        let taken = execute(
            &mut self.cpu,
            &mut self.gpr,
            &mut bus,
            plan.ins,
            self.steps as u32,
        );
        let stored = bus.stored;
        let result = if dest == 0 { 0 } else { self.gpr[dest] };
        if taken.is_err() || dest != rs {
            self.gpr[rs] = operands.0;
        }
        if taken.is_err() || dest != rt {
            self.gpr[rt] = operands.1;
        }
        taken.map_err(|trap| self.trapped(trap))?;
        self.steps += 1;
        if stored && self.memory.is_code(addr) {
            self.code.refresh(&self.memory, addr);
        }
        let seen = if stored { 0 } else { plan.loaded_xor };
        Ok(StepWords {
            index: self.steps as u32,
            pc: before.pc,
            next_pc: before.next_pc,
            instr: plan.word,
            rs: plan.rs,
            rt: plan.rt,
            result,
            addr,
            mem_old: mem_old ^ seen,
            mem_new: self.memory.load(addr) ^ seen,
            pc_after: self.cpu.pc,
            next_pc_after: self.cpu.next_pc,
            hi: before.hi,
            lo: before.lo,
            hi_after: self.cpu.hi,
            lo_after: self.cpu.lo,
        })
    }

    /// The decoded instruction at pc.
    #[inline]
    fn fetch(&mut self) -> Result<Instruction, Trap> {
        let pc = self.cpu.pc;
        if pc & 3 != 0 {
            return Err(Trap::UnalignedPc);
        }
        match self
            .code
            .page(&mut self.memory, pc)
            .map(|page| page[(pc >> 2) as usize % PAGE_WORDS])
        {
            Some(ins) if ins.op != Op::Break => Ok(ins),
            // A word that stands for BREAK, or a page that was never written and holds zeros.
            _ => Instruction::decode(self.memory.load(pc)).ok_or(Trap::Unsupported),
        }
    }
}
