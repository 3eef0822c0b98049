//! Honest steps, made by running the machine.

use gavel_vm::address::ULR;
use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::image::Image;
use gavel_vm::isa::{Class, Instruction, Op};
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::step::StepWords;

use crate::mips::{GameShape, Slot, StepWord, Values};

/// Where the tested instruction stands; code that prepares its operands stands before it.
pub(crate) const PC: u32 = 0x0fff_fffc;
/// Registers that the tested instructions use.
pub(crate) const RS: u32 = 8;
pub(crate) const RT: u32 = 9;
pub(crate) const RD: u32 = 10;

/// The state in which an instruction is executed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) instr: u32,
    pub(crate) rs: u32,
    pub(crate) rt: u32,
    pub(crate) hi: u32,
    pub(crate) lo: u32,
    pub(crate) mem: u32,
    /// Whether the instruction stands in the delay slot of a jump.
    pub(crate) delay_slot: bool,
}

/// A small generator for operands (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as u32
    }

    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.next() % end
    }

    /// Any word, with the corners frequent.
    pub(crate) fn word(&mut self) -> u32 {
        const CORNERS: [u32; 16] = [
            0,
            1,
            2,
            4,
            0x7f,
            0x80,
            0xff,
            0x7fff,
            0x8000,
            0xffff,
            0x1_0000,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_fffe,
            0xffff_ffff,
        ];
        match self.below(5) {
            0 | 1 => CORNERS[self.below(16) as usize],
            2 => self.next() >> self.below(32),
            3 => !(self.next() >> self.below(32)),
            _ => self.next(),
        }
    }
}

/// A word that is this instruction, with its registers chosen for [`before`] and random constants.
pub(crate) fn encode(op: Op, random: &mut Random) -> u32 {
    let encoding = op.encoding();
    let rd = if random.below(8) == 0 { 0 } else { RD };
    let rt = if random.below(8) == 0 { 0 } else { RT };
    let constant = random.word() & 0xffff;
    let fields = match op.class() {
        Class::Shift | Class::Bits => random.next() & 0xffff & !(31 << 11) | rd << 11,
        _ if encoding.mask & 0x3f == 0x3f => random.next() & 0xff00 & !(31 << 11) | rd << 11,
        _ => constant,
    };
    let fields = if matches!(op, Op::Ext | Op::Ins) {
        random.next() & 0xffff
    } else {
        fields
    };
    let word = RS << 21 | rt << 16 | fields;
    let word = if matches!(op, Op::J | Op::Jal) {
        random.next()
    } else {
        word
    };
    word & !encoding.mask | encoding.bits
}

fn load_constant(code: &mut Vec<u32>, register: u32, value: u32) {
    code.push(0x3c00_0000 | register << 16 | value >> 16);
    code.push(0x3400_0000 | register << 21 | register << 16 | value & 0xffff);
}

/// The words of the step, or none if the instruction has no successor or the prepared word overwrote the code.
pub(crate) fn run(before: Before, order: ByteOrder) -> Option<Values> {
    let (mut machine, _) = prepare(before, order)?;
    let words = machine.step().ok()?;
    Some(values(&words))
}

/// What a party sees of a step that has no successor: the words before it, and nothing after it.
pub(crate) fn stuck(before: Before, order: ByteOrder) -> Option<Values> {
    let (mut machine, addr) = prepare(before, order)?;
    let (cpu, gpr) = (machine.cpu(), *machine.registers());
    machine.step().err()?;
    Some(values(&StepWords {
        index: machine.steps() as u32 + 1,
        pc: cpu.pc,
        next_pc: cpu.next_pc,
        instr: before.instr,
        rs: gpr[(before.instr >> 21 & 31) as usize],
        rt: gpr[(before.instr >> 16 & 31) as usize],
        addr,
        mem_old: machine.memory().load(addr),
        hi: cpu.hi,
        lo: cpu.lo,
        ..StepWords::default()
    }))
}

fn values(words: &StepWords) -> Values {
    let mut values = Values::new();
    set_words(&mut values, words);
    values.set(Slot::Steps, [1000]);
    values
}

/// The machine before the step, and the address that the step accesses.
fn prepare(before: Before, order: ByteOrder) -> Option<(Machine, u32)> {
    let field = |shift: u32| before.instr >> shift & 31;
    let decoded = Instruction::decode(before.instr)?;
    let rs = if field(21) == 0 { 0 } else { before.rs };
    let accesses = matches!(decoded.op.class(), Class::Load | Class::Store);
    let addr = match decoded.op {
        Op::RdhwrUserLocal => ULR,
        _ if accesses => rs.wrapping_add(decoded.imm) & !3,
        _ => 0,
    };
    let mut code = Vec::new();
    // Memory first: where the word would lie on the code, the code wins and the step sees that.
    load_constant(&mut code, 1, addr);
    load_constant(&mut code, 2, before.mem);
    code.push(0xac22_0000);
    for (value, move_to) in [(before.hi, 0x0000_0011), (before.lo, 0x0000_0013)] {
        load_constant(&mut code, 1, value);
        code.push(1 << 21 | move_to);
    }
    load_constant(&mut code, RS, before.rs);
    load_constant(&mut code, RT, before.rt);
    if before.delay_slot {
        code.push(0x0800_0000 | 0x0123_4567);
    }
    code.push(before.instr);
    let start = PC.wrapping_sub(4 * (code.len() as u32 - 1));
    let image = Image::bare(order, start, &code).expect("the code fits");
    let mut machine = Machine::new(&image, b"").expect("there is no input");
    machine
        .run_to(code.len() as u64 - 1)
        .expect("the preparation runs");
    if machine.cpu().pc != PC || machine.memory().load(PC) != before.instr {
        return None; // The prepared memory word overwrote the code.
    }
    Some((machine, addr))
}

/// Sets the words of a step.
pub(crate) fn set_words(values: &mut Values, words: &StepWords) {
    let words = [
        (StepWord::Index, words.index),
        (StepWord::Pc, words.pc),
        (StepWord::NextPc, words.next_pc),
        (StepWord::Instr, words.instr),
        (StepWord::Rs, words.rs),
        (StepWord::Rt, words.rt),
        (StepWord::Result, words.result),
        (StepWord::Addr, words.addr),
        (StepWord::MemOld, words.mem_old),
        (StepWord::MemNew, words.mem_new),
        (StepWord::PcAfter, words.pc_after),
        (StepWord::NextPcAfter, words.next_pc_after),
        (StepWord::Hi, words.hi),
        (StepWord::Lo, words.lo),
        (StepWord::HiAfter, words.hi_after),
        (StepWord::LoAfter, words.lo_after),
    ];
    for (word, value) in words {
        values.set_step(word, value);
    }
}

/// A game of 2^12 steps in four rounds.
pub(crate) fn shape(order: ByteOrder) -> GameShape {
    GameShape {
        trace_bits: vec![3, 3, 3, 3],
        path_bits: vec![3, 2],
        digest: DigestLength::Bits256,
        order,
        boot: Digest([1; 8]),
        boot_file: Digest([2; 8]),
    }
}
