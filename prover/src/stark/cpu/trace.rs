//! The rows of the CPU table, from the words of the machine's steps.

use std::collections::{BTreeMap, HashSet};

use gavel_vm::address::HALT;
use gavel_vm::execute::{Cpu, Registers};
use gavel_vm::isa::{Class, Instruction, Op};
use gavel_vm::memory::{ByteOrder, Memory};
use gavel_vm::step::StepWords;
use plonky2::field::types::{Field, PrimeField64};

use super::access::accesses;
use super::columns::{self, *};
use super::time;
use crate::stark::F;
use crate::stark::memory::Access;
use crate::stark::memory::tree::{LEAF_LEVEL, LEAF_WORDS, Leaf, leaf, memory_leaf, register_leaf};

/// Rows that one step adds to the memory table at most: two for each of its leaves and for each node above them.
pub const MAX_STEP_ROWS: usize = 2 * ACCESSES * (LEAF_LEVEL as usize + 1);

/// The leaves that a segment has touched so far.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    accesses: BTreeMap<u64, Access>,
    /// The nodes above them.
    above: HashSet<u64>,
}

impl Leaves {
    /// The leaves.
    pub fn accesses(&self) -> &BTreeMap<u64, Access> {
        &self.accesses
    }

    /// Rows of the memory table.
    pub fn rows(&self) -> usize {
        2 * (self.accesses.len() + self.above.len())
    }

    /// Accesses a word of a leaf, which held `before` when the segment touches it for the first time. Gives the word and
    /// the time of the access before this one.
    fn access(
        &mut self,
        key: u64,
        word: usize,
        time: u64,
        before: impl FnOnce() -> Leaf,
        write: Option<u32>,
    ) -> (u32, u64) {
        let access = self.accesses.entry(key).or_insert_with(|| {
            let mut node = key / 2;
            while node > 0 && self.above.insert(node) {
                node /= 2;
            }
            let old = before();
            Access {
                old,
                new: old,
                times: [0; LEAF_WORDS],
            }
        });
        let last = (access.new[word], access.times[word]);
        access.times[word] = time;
        if let Some(value) = write {
            access.new[word] = value;
        }
        last
    }
}

/// A row that is being filled.
struct Fill {
    row: [F; COLUMNS],
}

impl Fill {
    fn new(clock: u64, cpu: Cpu, instr: u32) -> Fill {
        let mut fill = Fill {
            row: [F::ZERO; COLUMNS],
        };
        fill.set(CLOCK, clock);
        for (column, value) in [
            (PC, cpu.pc),
            (NEXT_PC, cpu.next_pc),
            (HI, cpu.hi),
            (LO, cpu.lo),
        ] {
            fill.set(column, value.into());
        }
        fill.bits(INSTR, instr);
        fill.set(ZERO, 1);
        for (column, at) in [(LSB, 6), (MSB, 11)] {
            let exponent = instr >> at & 31;
            fill.set(column, 1 << (exponent & 7));
            fill.set(column + 1, 1 << exponent);
        }
        fill.set(ABOVE, 1 << (31 - (instr >> 11 & 31)));
        fill
    }

    fn set(&mut self, column: usize, value: u64) {
        self.row[column] = F::from_canonical_u64(value);
    }

    fn flag(&mut self, column: usize, value: bool) {
        self.row[column] = F::from_bool(value);
    }

    fn bits(&mut self, column: usize, value: u32) {
        for i in 0..32 {
            self.flag(column + i, value >> i & 1 == 1);
        }
    }

    fn limb(&mut self, limb: usize, value: u32) {
        self.set(LIMB + limb, value.into());
    }

    fn pair(&mut self, limb: usize, value: u32) {
        self.limb(limb, value & 0xffff);
        self.limb(limb + 1, value >> 16);
    }
}

/// A row after the last step.
pub fn filler(clock: u64, cpu: Cpu) -> [F; COLUMNS] {
    Fill::new(clock, cpu, 0).row
}

/// The row of a step: what it did, its number in the segment, the registers before it and the memory after it.
pub fn step(
    words: &StepWords,
    clock: u64,
    registers: &Registers,
    memory: &Memory,
    leaves: &mut Leaves,
) -> Option<[F; COLUMNS]> {
    let ins = Instruction::decode(words.instr)?;
    let order = memory.order();
    let cpu = Cpu {
        pc: words.pc,
        next_pc: words.next_pc,
        hi: words.hi,
        lo: words.lo,
    };
    let mut fill = Fill::new(clock, cpu, words.instr);
    fill.set(FLAG + ins.op as usize, 1);
    fill.bits(columns::A, words.rs);
    fill.bits(B, words.rt);
    let result = match ins.op {
        Op::Movz | Op::Movn => words.rs,
        _ => words.computed(order),
    };
    fill.pair(RESULT, result);
    fill.row[NOT_HALTED] =
        (F::from_canonical_u32(words.pc) - F::from_canonical_u32(HALT)).inverse();
    fill.flag(NEXT_WRAP, words.next_pc == 0xffff_fffc);

    record(&mut fill, words, ins, clock, registers, memory, leaves);
    flow(&mut fill, words, ins);
    numbers(&mut fill, words, ins, result);
    product(&mut fill, words, ins.op);
    if accesses(ins.op) {
        access(&mut fill, words, ins, order);
    }
    Some(fill.row)
}

/// The accesses, with the times of those before them.
fn record(
    fill: &mut Fill,
    words: &StepWords,
    ins: Instruction,
    clock: u64,
    registers: &Registers,
    memory: &Memory,
    leaves: &mut Leaves,
) {
    let memory_before = |key: u64| {
        let mut before = leaf(key, memory, registers);
        if accesses(ins.op) && memory_leaf(words.addr) == key {
            before[words.addr as usize / 4 % LEAF_WORDS] = words.mem_old;
        }
        before
    };
    let mut note = |fill: &mut Fill, access: usize, key: u64, word: usize, write: Option<u32>| {
        let now = time(clock, access);
        let (old, last) = leaves.access(key, word, now, || memory_before(key), write);
        fill.set(OLD_TIME + access, last);
        fill.set(AGE_HIGH + access, (now - last - 1) >> 16);
        old
    };
    let word = |address: u32| (memory_leaf(address), address as usize / 4 % LEAF_WORDS);
    let register = |number: u8| {
        let number = usize::from(number);
        (register_leaf(number), number % LEAF_WORDS)
    };

    let (key, at) = word(words.pc);
    note(fill, 0, key, at, None);
    for (i, number) in [ins.rs, ins.rt].into_iter().enumerate() {
        let (key, at) = register(number);
        note(fill, 1 + i, key, at, None);
    }
    if accesses(ins.op) {
        let (key, at) = word(words.addr);
        note(fill, 3, key, at, Some(words.mem_new));
    }
    let dest = words.dest();
    if dest != 0 {
        let (key, at) = register(dest);
        let old = note(fill, 4, key, at, Some(words.result));
        fill.set(DEST, dest.into());
        fill.set(WRITES, 1);
        fill.row[DEST_INVERSE] = F::from_canonical_u8(dest).inverse();
        fill.set(DEST_OLD, old.into());
    }
}

/// Branches, jumps and links; what is compared with zero.
fn flow(fill: &mut Fill, words: &StepWords, ins: Instruction) {
    let (a, b) = (words.rs, words.rt);
    let (wide_a, wide_b) = (F::from_canonical_u32(a), F::from_canonical_u32(b));
    let difference = match ins.op {
        Op::Beq | Op::Bne | Op::Beql | Op::Bnel | Op::Teq | Op::Tne => wide_a - wide_b,
        Op::Teqi | Op::Tnei => wide_a - F::from_canonical_u32(ins.imm),
        Op::Blez | Op::Bgtz | Op::Blezl | Op::Bgtzl => wide_a,
        Op::Movz | Op::Movn | Op::Div | Op::Divu => wide_b,
        _ => F::ZERO,
    };
    fill.row[DIFFERENCE] = difference;
    fill.row[INVERSE] = difference.try_inverse().unwrap_or_default();
    fill.flag(ZERO, difference == F::ZERO);

    let negative = (a as i32) < 0;
    let taken = match ins.op {
        Op::Beq | Op::Beql => a == b,
        Op::Bne | Op::Bnel => a != b,
        Op::Bltz | Op::Bltzl | Op::Bltzal | Op::Bltzall => negative,
        Op::Bgez | Op::Bgezl | Op::Bgezal | Op::Bgezall => !negative,
        Op::Blez | Op::Blezl => a as i32 <= 0,
        Op::Bgtz | Op::Bgtzl => a as i32 > 0,
        _ => false,
    };
    fill.flag(TAKEN, taken);
    let slot = words.pc.wrapping_add(4);
    match ins.op {
        Op::J | Op::Jal => {
            fill.bits(SCRATCH, slot);
            fill.flag(WRAP, words.pc.checked_add(4).is_none());
        }
        _ => {
            let distance = u64::from(ins.imm);
            let wraps = u64::from(words.pc) + 4 + distance >= 1 << 32;
            fill.flag(WRAP, ins.op.class() == Class::Branch && wraps);
        }
    }
    if matches!(
        ins.op,
        Op::Jal | Op::Jalr | Op::Bltzal | Op::Bgezal | Op::Bltzall | Op::Bgezall
    ) {
        fill.flag(CARRY, words.pc.checked_add(8).is_none());
    }
}

/// Sums, comparisons, logic, shifts and bit fields.
fn numbers(fill: &mut Fill, words: &StepWords, ins: Instruction, result: u32) {
    let (a, b, imm) = (words.rs, words.rt, ins.imm);
    match ins.op {
        Op::Addu => fill.flag(CARRY, a.checked_add(b).is_none()),
        Op::Addiu => fill.flag(CARRY, a.checked_add(imm).is_none()),
        Op::Subu => fill.flag(CARRY, a < b),
        Op::Add | Op::Addi | Op::Sub => fill.bits(SCRATCH, result),
        Op::Slt | Op::Tge | Op::Tlt => compare(fill, a, b, (a as i32) < b as i32),
        Op::Sltu | Op::Tgeu | Op::Tltu => compare(fill, a, b, a < b),
        Op::Slti | Op::Tgei | Op::Tlti => compare(fill, a, imm, (a as i32) < imm as i32),
        Op::Sltiu | Op::Tgeiu | Op::Tltiu => compare(fill, a, imm, a < imm),
        Op::And | Op::Or | Op::Xor | Op::Nor => fill.set(AND, (a & b).into()),
        Op::Andi | Op::Ori | Op::Xori => fill.set(AND, (a & imm).into()),
        Op::Sll | Op::Srl | Op::Rotr | Op::Sra => fill.set(SCRATCH + imm as usize, 1),
        Op::Sllv | Op::Srlv | Op::Rotrv | Op::Srav => fill.set(SCRATCH + (a & 31) as usize, 1),
        Op::Clz | Op::Clo if result < 32 => fill.set(SCRATCH + result as usize, 1),
        Op::Ext => extract(fill, imm & 31, imm >> 5),
        Op::Ins => insert(fill, a, imm & 31, imm >> 5),
        _ => {}
    }
}

fn compare(fill: &mut Fill, a: u32, b: u32, less: bool) {
    fill.pair(COMPARED, a.wrapping_sub(b));
    fill.flag(CARRY, less);
}

fn extract(fill: &mut Fill, lsb: u32, size_less_one: u32) {
    let field = ((2 << size_less_one) - 1) << lsb;
    let beyond = lsb + size_less_one > 31;
    fill.set(FIELD, field);
    fill.flag(BEYOND, beyond);
    if beyond {
        fill.limb(8, lsb + size_less_one - 31);
    }
    fill.bits(SCRATCH, field as u32);
}

fn insert(fill: &mut Fill, a: u32, lsb: u32, msb: u32) {
    if msb < lsb {
        fill.set(BEYOND, 1);
        fill.limb(8, lsb - msb - 1);
        return;
    }
    fill.set(INSERTS, 1);
    let size = msb - lsb + 1;
    let low = (u64::from(a) & ((1 << size) - 1)) as u32;
    let field = low << lsb;
    fill.set(FIELD, field.into());
    fill.bits(SCRATCH, (((1u64 << size) - 1) << lsb) as u32);
    fill.pair(2, field << (31 - msb));
    fill.pair(4, low);
    // The limbs overlap by a bit.
    let high = (u64::from(a) >> size) as u32;
    fill.limb(6, high & 0x7fff);
    fill.limb(7, high >> 15);
}

/// Products and quotients, and the absolute values that every row has.
fn product(fill: &mut Fill, words: &StepWords, op: Op) {
    let signed = matches!(op, Op::Mult | Op::Madd | Op::Msub | Op::Div);
    let sign_a = signed && (words.rs as i32) < 0;
    let sign_b = signed && (words.rt as i32) < 0;
    let absolute = |value: u32, negative: bool| {
        if negative {
            value.wrapping_neg()
        } else {
            value
        }
    };
    let (a, b) = (absolute(words.rs, sign_a), absolute(words.rt, sign_b));
    let subtracts = matches!(op, Op::Msub | Op::Msubu);
    fill.flag(SIGN_A, sign_a);
    fill.flag(SIGN_B, sign_b);
    fill.flag(SIGN, sign_a != sign_b);
    fill.flag(NEGATE, (sign_a != sign_b) != subtracts);
    fill.set(ABS_A, a.into());
    let half = |i: u32| u64::from(words.rt >> (16 * i) & 0xffff);
    if sign_b {
        fill.set(ABS_B, (1 << 16) - half(0));
        fill.set(ABS_B + 1, (1 << 16) - 1 - half(1));
    } else {
        fill.set(ABS_B, half(0));
        fill.set(ABS_B + 1, half(1));
    }
    match op {
        Op::Mult | Op::Multu | Op::Madd | Op::Maddu | Op::Msub | Op::Msubu | Op::Mul => {
            multiply(fill, words, op, (a, b), sign_b);
        }
        Op::Div | Op::Divu => {
            let quotient = a.checked_div(b).unwrap_or(u32::MAX);
            let remainder = a.checked_rem(b).unwrap_or(a);
            fill.pair(2, quotient);
            fill.pair(4, remainder);
            fill.limb(6, (quotient >> 16).wrapping_mul(b));
            fill.pair(0, b.wrapping_sub(remainder).wrapping_sub(1));
            if b == 0 {
                fill.pair(0, 0);
            }
            fill.pair(NEW_LO, words.lo_after);
            fill.pair(NEW_HI, words.hi_after);
            fill.flag(CARRY, sign_a != sign_b && quotient != 0);
            fill.flag(CARRY_HIGH, sign_a && remainder != 0);
        }
        _ => {}
    }
}

fn multiply(fill: &mut Fill, words: &StepWords, op: Op, (a, b): (u32, u32), sign_b: bool) {
    let (mut b_low, mut b_high) = (u64::from(b & 0xffff), u64::from(b >> 16));
    // The halves of a negated factor, as the columns have them.
    if sign_b && b_low == 0 {
        b_low = 1 << 16;
        b_high = b_high.wrapping_sub(1);
    }
    let first = u64::from(a) * b_low;
    let second = u64::from(a) * b_high + (first >> 16);
    fill.limb(2, first as u32 & 0xffff);
    fill.pair(3, (first >> 16) as u32);
    fill.limb(5, second as u32 & 0xffff);
    fill.pair(6, (second >> 16) as u32);
    if op == Op::Mul {
        return;
    }
    let product = u64::from(a) * u64::from(b);
    let (low, high) = (product as u32, (product >> 32) as u32);
    let accumulates = !matches!(op, Op::Mult | Op::Multu);
    let (base_low, base_high) = if accumulates {
        (words.lo, words.hi)
    } else {
        (0, 0)
    };
    let negate = fill.row[NEGATE] == F::ONE;
    let (carry, carry_high) = if negate {
        let carry = base_low < low;
        let taken = u64::from(high) + u64::from(carry);
        (carry, u64::from(base_high) < taken)
    } else {
        let carry = base_low.checked_add(low).is_none();
        let sum = u64::from(base_high) + u64::from(high) + u64::from(carry);
        (carry, sum >> 32 == 1)
    };
    fill.flag(CARRY, carry);
    fill.flag(CARRY_HIGH, carry_high);
    fill.pair(NEW_LO, words.lo_after);
    fill.pair(NEW_HI, words.hi_after);
}

/// The memory word, its address and the lane.
fn access(fill: &mut Fill, words: &StepWords, ins: Instruction, order: ByteOrder) {
    fill.bits(SCRATCH, words.mem_old);
    fill.set(MEMORY_NEW, words.mem_new.into());
    fill.pair(ADDRESS, words.addr);
    if ins.op == Op::RdhwrUserLocal {
        return;
    }
    let address = words.rs.wrapping_add(ins.imm);
    let lane = order.lane(address);
    fill.flag(LANE, lane & 1 == 1);
    fill.flag(LANE + 1, lane & 2 == 2);
    fill.flag(LANE_3, lane == 3);
    fill.flag(CARRY, words.rs.checked_add(ins.imm).is_none());
}

/// The numbers that a row looks up in the range table, as the table's row numbers.
pub fn looked_up(row: &[F; COLUMNS]) -> Vec<usize> {
    let number = |value: F| value.to_canonical_u64() as usize;
    let mut numbers: Vec<usize> = row[LIMB..LIMB + LIMBS]
        .iter()
        .copied()
        .map(number)
        .collect();
    let executes = |wanted: &dyn Fn(Op) -> bool| {
        let flag = |op: Op| row[FLAG + op as usize].is_one();
        Op::ALL.iter().any(|&op| wanted(op) && flag(op))
    };
    let steps = executes(&|_| true);
    let active = [
        steps,
        steps,
        steps,
        executes(&accesses),
        row[WRITES].is_one(),
    ];
    let clock = row[CLOCK].to_canonical_u64();
    for (i, _) in active.into_iter().enumerate().filter(|&(_, active)| active) {
        let age = time(clock, i) - row[OLD_TIME + i].to_canonical_u64() - 1;
        numbers.extend([(age >> 16) as usize, (age & 0xffff) as usize]);
    }
    numbers
}
