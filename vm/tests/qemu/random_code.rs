//! Long random programs: every instruction that cannot end one, on all registers, with branches and memory.

use gavel_vm::isa::{Dest, Immediate, Op};

use super::assembler::{Code, DATA, Register, ZERO};
use super::{ORDERS, on_gavel, on_qemu};

/// The register that holds the address of the middle of memory, which no instruction of the body writes.
const BASE: Register = 16;
/// Bytes that loads and stores reach on either side of it.
const REACH: u32 = 256;
/// Registers without a part of their own: not 0, k0 and k1, nor the base.
const FREE: [Register; 28] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29,
    30, 31,
];
const PROGRAMS: u64 = 8;
const INSTRUCTIONS: usize = 3000;

/// xorshift64*: the tests are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.next() % bound
    }

    /// A register to write; now and then register 0, where the value must vanish.
    fn destination(&mut self) -> Register {
        match self.below(32) {
            0 => ZERO,
            _ => FREE[self.below(FREE.len() as u32) as usize],
        }
    }

    /// A register to read.
    fn source(&mut self) -> Register {
        match self.below(16) {
            0 => ZERO,
            1 => BASE,
            _ => self.destination(),
        }
    }

    fn value(&mut self) -> u32 {
        match self.below(4) {
            0 => self.below(4).wrapping_sub(2),
            1 => 1 << self.below(32),
            _ => self.next(),
        }
    }
}

/// Instructions that neither end a program nor go elsewhere, and whose result the architecture defines for all operands.
fn is_plain(op: Op) -> bool {
    use gavel_vm::isa::Class;
    match op.class() {
        Class::Branch | Class::Jump | Class::Trap | Class::System => false,
        _ => !matches!(op, Op::Add | Op::Addi | Op::Sub | Op::Ll | Op::Sc),
    }
}

/// A plain instruction with random operands; the division's divisor is made odd first where there is room for it.
fn put_plain(code: &mut Code, random: &mut Random, op: Op, in_delay_slot: bool) {
    let (rd, rs, mut rt) = (random.destination(), random.source(), random.source());
    let alignment = match op {
        Op::Lb | Op::Lbu | Op::Sb | Op::Lwl | Op::Lwr | Op::Swl | Op::Swr => Some(1),
        Op::Lh | Op::Lhu | Op::Sh => Some(2),
        Op::Lw | Op::Sw => Some(4),
        _ => None,
    };
    if let Some(alignment) = alignment {
        let offset = random.below(2 * REACH / alignment) * alignment;
        let offset = (offset as i32 - REACH as i32) as u16;
        return code.immediate(op, rd, BASE, offset);
    }
    if matches!(op, Op::Div | Op::Divu) {
        if in_delay_slot {
            return code.nop();
        }
        rt = FREE[random.below(FREE.len() as u32) as usize];
        code.immediate(Op::Ori, rt, rt, 1);
    }
    match (op, op.dest(), op.immediate()) {
        (Op::Ext, ..) => {
            let lsb = random.below(32);
            let size = random.below(32 - lsb);
            code.put(op, 0, rs, rd, size << 11 | lsb << 6);
        }
        (Op::Ins, ..) => {
            let lsb = random.below(32);
            let msb = lsb + random.below(32 - lsb);
            code.put(op, 0, rs, rd, msb << 11 | lsb << 6);
        }
        (Op::Clz | Op::Clo, ..) => code.put(op, rd, rs, rd, 0),
        (Op::Wsbh | Op::Seb | Op::Seh, ..) => code.put(op, rd, 0, rt, 0),
        (Op::Mfhi | Op::Mflo, ..) => code.put(op, rd, 0, 0, 0),
        (Op::Mthi | Op::Mtlo, ..) => code.put(op, 0, rs, 0, 0),
        (Op::Lui, ..) => code.immediate(op, rd, ZERO, random.next() as u16),
        (_, Dest::Rd, Immediate::Shift) => code.put(op, rd, 0, rt, random.below(32) << 6),
        (_, Dest::Rd, _) => code.put(op, rd, rs, rt, 0),
        (_, Dest::Rt, _) => code.immediate(op, rd, rs, random.next() as u16),
        _ => code.put(op, 0, rs, rt, 0),
    }
}

/// A branch over a few instructions, taken or not, with an instruction in its delay slot.
fn put_branch(code: &mut Code, random: &mut Random, op: Op, plain: &[Op]) {
    let distance = 1 + random.below(4);
    let rt = match op {
        Op::Beq | Op::Bne | Op::Beql | Op::Bnel => random.source(),
        _ => 0,
    };
    code.put(op, 0, random.source(), rt, distance);
    for position in 0..distance {
        let op = plain[random.below(plain.len() as u32) as usize];
        // Two words for one would move the target.
        put_plain(
            code,
            random,
            op,
            position == 0 || matches!(op, Op::Div | Op::Divu),
        );
    }
}

fn generate(code: &mut Code, random: &mut Random) {
    let plain: Vec<Op> = Op::ALL.iter().copied().filter(|&op| is_plain(op)).collect();
    let branches: Vec<Op> = (Op::ALL.iter().copied())
        .filter(|op| op.immediate() == Immediate::Branch)
        .collect();
    code.load(BASE, DATA + REACH);
    for register in FREE {
        code.load(register, random.value());
    }
    for _ in 0..INSTRUCTIONS {
        match random.below(16) {
            0 => {
                let register = random.destination();
                code.load(register, random.value());
            }
            1 => {
                let op = branches[random.below(branches.len() as u32) as usize];
                put_branch(code, random, op, &plain);
            }
            _ => {
                let op = plain[random.below(plain.len() as u32) as usize];
                put_plain(code, random, op, false);
            }
        }
    }
    // All registers behind the memory that the body used.
    for (i, register) in FREE.into_iter().enumerate() {
        code.immediate(Op::Sw, register, BASE, (REACH + 4 * i as u32) as u16);
    }
    code.put(Op::Mfhi, 1, 0, 0, 0);
    code.immediate(Op::Sw, 1, BASE, (REACH + 4 * 28) as u16);
    code.put(Op::Mflo, 1, 0, 0, 0);
    code.immediate(Op::Sw, 1, BASE, (REACH + 4 * 29) as u16);
}

#[test]
fn random_code_as_on_qemu() {
    for order in ORDERS {
        for seed in 1..=PROGRAMS {
            let mut code = Code::new(order);
            generate(&mut code, &mut Random(seed));
            let elf = code.finish(2 * REACH + 4 * 30);
            let ours = on_gavel(&elf, order, b"", 1_000_000);
            assert_eq!(
                ours,
                on_qemu(&elf, order, b""),
                "{order:?}-endian, seed {seed}"
            );
        }
    }
}
