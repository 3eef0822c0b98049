//! Every instruction against a second, plain description of it: numbers as wide integers, words as rows of bits, memory
//! as bytes.

use proptest::prelude::*;

use super::{Bus, Cpu, Registers, Trap, execute};
use crate::isa::{Class, Instruction, Op};
use crate::memory::ByteOrder;

/// The bytes around the accessed word, zero elsewhere.
const BASE: u32 = 0x2_0000;

#[derive(Clone, Debug, PartialEq)]
struct Bytes {
    order: ByteOrder,
    bytes: [u8; 64],
    ulr: u32,
}

impl Bus for Bytes {
    type Error = Trap;

    fn order(&self) -> ByteOrder {
        self.order
    }

    fn load(&mut self, address: u32) -> u32 {
        assert_eq!(address % 4, 0);
        if address == crate::address::ULR {
            return self.ulr;
        }
        match address.checked_sub(BASE).map(|at| at as usize) {
            Some(at) if at < 64 => self.order.word(self.bytes[at..at + 4].try_into().unwrap()),
            _ => 0,
        }
    }

    fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), Trap> {
        let word = self.load(address) & !mask | value & mask;
        let at = (address - BASE) as usize;
        self.bytes[at..at + 4].copy_from_slice(&self.order.bytes(word));
        Ok(())
    }
}

/// A state of the machine, as far as one instruction sees it.
#[derive(Clone, Debug, PartialEq)]
struct State {
    cpu: Cpu,
    gpr: Registers,
    memory: Bytes,
}

/// Signed and unsigned value of a word.
fn signed(word: u32) -> i128 {
    i128::from(word) - if word >> 31 == 1 { 1 << 32 } else { 0 }
}

fn unsigned(word: u32) -> i128 {
    i128::from(word)
}

/// The low 32 bits of a number.
fn low(number: i128) -> u32 {
    number.rem_euclid(1 << 32) as u32
}

fn bit(word: u32, i: u32) -> bool {
    word >> i & 1 == 1
}

/// The word whose bit `i` is `f(i)`.
fn bits(f: impl Fn(u32) -> bool) -> u32 {
    (0..32).filter(|&i| f(i)).map(|i| 1 << i).sum()
}

/// What the instruction `word` makes of `before`, by the architecture's text and the protocol's additions.
fn model(word: u32, before: &State, now: u32) -> Result<State, Trap> {
    let mut s = before.clone();
    let field = |low: u32, count: u32| (word >> low) % (1 << count);
    let (rs, rt, rd, sa) = (field(21, 5), field(16, 5), field(11, 5), field(6, 5));
    let (a, b) = (before.gpr[rs as usize], before.gpr[rt as usize]);
    let imm = field(0, 16);
    let simm = signed(imm) - if imm >= 0x8000 { 0x1_0000 } else { 0 };
    let pc = before.cpu.pc;
    let hilo = unsigned(before.cpu.hi) * (1 << 32) + unsigned(before.cpu.lo);
    let target = low(unsigned(pc) + 4 + 4 * simm);
    let link = low(unsigned(pc) + 8);
    s.cpu.pc = before.cpu.next_pc;
    s.cpu.next_pc = low(unsigned(before.cpu.next_pc) + 4);

    let set = |s: &mut State, register: u32, value: u32| {
        if register != 0 {
            s.gpr[register as usize] = value;
        }
    };
    let set_hilo = |s: &mut State, value: i128| {
        s.cpu.lo = low(value);
        s.cpu.hi = low(value.div_euclid(1 << 32));
    };
    let branch = |s: &mut State, taken: bool, likely: bool| {
        if taken {
            s.cpu.next_pc = target;
        } else if likely {
            s.cpu.pc = low(unsigned(before.cpu.next_pc) + 4);
            s.cpu.next_pc = low(unsigned(before.cpu.next_pc) + 8);
        }
    };
    let fits = |sum: i128| {
        if (-(1 << 31)..1 << 31).contains(&sum) {
            Ok(low(sum))
        } else {
            Err(Trap::Overflow)
        }
    };
    let trap = |condition: bool| if condition { Err(Trap::Taken) } else { Ok(()) };
    let sign_fill = |shift: u32| bits(|i| bit(b, (i + shift).min(31)));
    let rotate = |shift: u32| bits(|i| bit(b, (i + shift) % 32));

    match word >> 26 {
        0 => match field(0, 6) {
            0x00 => set(&mut s, rd, low(unsigned(b) << sa)),
            0x02 => set(
                &mut s,
                rd,
                if field(21, 1) == 1 {
                    rotate(sa)
                } else {
                    b / (1 << sa)
                },
            ),
            0x03 => set(&mut s, rd, sign_fill(sa)),
            0x04 => set(&mut s, rd, low(unsigned(b) << (a % 32))),
            0x06 => set(
                &mut s,
                rd,
                if field(6, 1) == 1 {
                    rotate(a % 32)
                } else {
                    b / (1 << (a % 32))
                },
            ),
            0x07 => set(&mut s, rd, sign_fill(a % 32)),
            0x08 => s.cpu.next_pc = a,
            0x09 => {
                set(&mut s, rd, link);
                s.cpu.next_pc = a;
            }
            0x0a if b == 0 => set(&mut s, rd, a),
            0x0b if b != 0 => set(&mut s, rd, a),
            0x0a | 0x0b | 0x0f => {}
            0x0c => {
                set(&mut s, 26, before.cpu.next_pc);
                (s.cpu.pc, s.cpu.next_pc) = (0x8000_0000, 0x8000_0004);
            }
            0x0d => return Err(Trap::Break),
            0x10 => set(&mut s, rd, before.cpu.hi),
            0x11 => s.cpu.hi = a,
            0x12 => set(&mut s, rd, before.cpu.lo),
            0x13 => s.cpu.lo = a,
            0x18 => set_hilo(&mut s, signed(a) * signed(b)),
            0x19 => set_hilo(&mut s, unsigned(a) * unsigned(b)),
            0x1a if b == 0 => (s.cpu.lo, s.cpu.hi) = (if signed(a) < 0 { 1 } else { u32::MAX }, a),
            0x1a => (s.cpu.lo, s.cpu.hi) = (low(signed(a) / signed(b)), low(signed(a) % signed(b))),
            0x1b if b == 0 => (s.cpu.lo, s.cpu.hi) = (u32::MAX, a),
            0x1b => (s.cpu.lo, s.cpu.hi) = (a / b, a % b),
            0x20 => set(&mut s, rd, fits(signed(a) + signed(b))?),
            0x21 => set(&mut s, rd, low(unsigned(a) + unsigned(b))),
            0x22 => set(&mut s, rd, fits(signed(a) - signed(b))?),
            0x23 => set(&mut s, rd, low(unsigned(a) - unsigned(b))),
            0x24 => set(&mut s, rd, bits(|i| bit(a, i) && bit(b, i))),
            0x25 => set(&mut s, rd, bits(|i| bit(a, i) || bit(b, i))),
            0x26 => set(&mut s, rd, bits(|i| bit(a, i) != bit(b, i))),
            0x27 => set(&mut s, rd, bits(|i| !bit(a, i) && !bit(b, i))),
            0x2a => set(&mut s, rd, u32::from(signed(a) < signed(b))),
            0x2b => set(&mut s, rd, u32::from(unsigned(a) < unsigned(b))),
            0x30 => trap(signed(a) >= signed(b))?,
            0x31 => trap(unsigned(a) >= unsigned(b))?,
            0x32 => trap(signed(a) < signed(b))?,
            0x33 => trap(unsigned(a) < unsigned(b))?,
            0x34 => trap(a == b)?,
            0x36 => trap(a != b)?,
            _ => return Err(Trap::Unsupported),
        },
        1 => {
            let (negative, sum) = (signed(a) < 0, unsigned(low(simm)));
            match rt {
                0x00 => branch(&mut s, negative, false),
                0x01 => branch(&mut s, !negative, false),
                0x02 => branch(&mut s, negative, true),
                0x03 => branch(&mut s, !negative, true),
                0x08 => trap(signed(a) >= simm)?,
                0x09 => trap(unsigned(a) >= sum)?,
                0x0a => trap(signed(a) < simm)?,
                0x0b => trap(unsigned(a) < sum)?,
                0x0c => trap(signed(a) == simm)?,
                0x0e => trap(signed(a) != simm)?,
                0x10..=0x13 => {
                    set(&mut s, 31, link);
                    branch(&mut s, negative == (rt % 2 == 0), rt >= 0x12);
                }
                0x1f => {}
                _ => return Err(Trap::Unsupported),
            }
        }
        op @ (2 | 3) => {
            if op == 3 {
                set(&mut s, 31, link);
            }
            let region = low(unsigned(pc) + 4) / (1 << 28);
            s.cpu.next_pc = region * (1 << 28) + 4 * field(0, 26);
        }
        4 | 0x14 => branch(&mut s, a == b, word >> 30 == 1),
        5 | 0x15 => branch(&mut s, a != b, word >> 30 == 1),
        6 | 0x16 => branch(&mut s, signed(a) <= 0, word >> 30 == 1),
        7 | 0x17 => branch(&mut s, signed(a) > 0, word >> 30 == 1),
        8 => set(&mut s, rt, fits(signed(a) + simm)?),
        9 => set(&mut s, rt, low(unsigned(a) + simm)),
        0x0a => set(&mut s, rt, u32::from(signed(a) < simm)),
        0x0b => set(&mut s, rt, u32::from(unsigned(a) < unsigned(low(simm)))),
        0x0c => set(&mut s, rt, bits(|i| bit(a, i) && bit(imm, i))),
        0x0d => set(&mut s, rt, bits(|i| bit(a, i) || bit(imm, i))),
        0x0e => set(&mut s, rt, bits(|i| bit(a, i) != bit(imm, i))),
        0x0f => set(&mut s, rt, imm * 0x1_0000),
        0x1c => match field(0, 6) {
            0x00 => set_hilo(&mut s, hilo + signed(a) * signed(b)),
            0x01 => set_hilo(&mut s, hilo + unsigned(a) * unsigned(b)),
            0x02 => set(&mut s, rd, low(signed(a) * signed(b))),
            0x04 => set_hilo(&mut s, hilo - signed(a) * signed(b)),
            0x05 => set_hilo(&mut s, hilo - unsigned(a) * unsigned(b)),
            0x20 => set(
                &mut s,
                rd,
                (0..32).take_while(|i| !bit(a, 31 - i)).count() as u32,
            ),
            0x21 => set(
                &mut s,
                rd,
                (0..32).take_while(|i| bit(a, 31 - i)).count() as u32,
            ),
            _ => return Err(Trap::Unsupported),
        },
        0x1f => match (field(0, 6), sa) {
            (0x00, lsb) => set(
                &mut s,
                rt,
                bits(|i| i <= rd && i + lsb < 32 && bit(a, i + lsb)),
            ),
            (0x04, lsb) => set(
                &mut s,
                rt,
                bits(|i| {
                    if lsb <= i && i <= rd {
                        bit(a, i - lsb)
                    } else {
                        bit(b, i)
                    }
                }),
            ),
            (0x20, 0x02) => set(&mut s, rd, bits(|i| bit(b, i ^ 8))),
            (0x20, 0x10) => set(&mut s, rd, bits(|i| bit(b, i.min(7)))),
            (0x20, 0x18) => set(&mut s, rd, bits(|i| bit(b, i.min(15)))),
            (0x3b, _) => {
                let value = match rd {
                    0 => 0,
                    1 => 32,
                    2 => now,
                    3 => 1,
                    29 => before.memory.ulr,
                    _ => return Err(Trap::Unsupported),
                };
                set(&mut s, rt, value);
            }
            _ => return Err(Trap::Unsupported),
        },
        0x2f | 0x33 => {}
        op @ (0x20..=0x26 | 0x28..=0x2b | 0x2e | 0x30 | 0x38) => {
            access(op, &mut s, low(unsigned(a) + simm), rt, b)?
        }
        _ => return Err(Trap::Unsupported),
    }
    Ok(s)
}

/// Loads and stores, byte by byte. `value` is that of rt.
fn access(op: u32, s: &mut State, address: u32, rt: u32, value: u32) -> Result<(), Trap> {
    let big = s.memory.order == ByteOrder::Big;
    let size = match op {
        0x21 | 0x25 | 0x29 => 2,
        0x23 | 0x2b | 0x30 | 0x38 => 4,
        _ => 1,
    };
    if !address.is_multiple_of(size) {
        return Err(Trap::UnalignedAccess { address });
    }
    let (at, k) = ((address - BASE) as usize, (address % 4) as usize);
    let word = at - k;
    // Which byte of memory (from the word's start) stands at which byte of the register (0 the most significant).
    let pairs: Vec<(usize, usize)> = match op {
        0x22 | 0x2a if big => (0..4 - k).map(|i| (k + i, i)).collect(),
        0x22 | 0x2a => (0..=k).map(|i| (k - i, i)).collect(),
        0x26 | 0x2e if big => (0..=k).map(|i| (k - i, 3 - i)).collect(),
        0x26 | 0x2e => (0..4 - k).map(|i| (k + i, 3 - i)).collect(),
        _ => (0..size as usize)
            .map(|i| {
                if big {
                    (k + i, 4 - size as usize + i)
                } else {
                    (k + i, 3 - i)
                }
            })
            .collect(),
    };
    let mut register = value.to_be_bytes();
    match op {
        0x20..=0x26 | 0x30 => {
            if matches!(op, 0x20 | 0x21 | 0x24 | 0x25) {
                // The number's most significant byte decides what fills the bytes above it.
                let top = pairs.iter().min_by_key(|pair| pair.1).unwrap().0;
                let negative = op < 0x24 && s.memory.bytes[word + top] >= 0x80;
                register = [if negative { 0xff } else { 0 }; 4];
            }
            for (m, r) in pairs {
                register[r] = s.memory.bytes[word + m];
            }
            if rt != 0 {
                s.gpr[rt as usize] = u32::from_be_bytes(register);
            }
        }
        0x28..=0x2e | 0x38 => {
            for (m, r) in pairs {
                s.memory.bytes[word + m] = register[r];
            }
            if op == 0x38 && rt != 0 {
                s.gpr[rt as usize] = 1;
            }
        }
        _ => return Err(Trap::Unsupported),
    }
    Ok(())
}

/// Executes `word` with both and compares.
fn compare(word: u32, before: &State) -> Result<(), TestCaseError> {
    let now = 0x1234_5678;
    let expected = model(word, before, now);
    let mut after = before.clone();
    let found = match Instruction::decode(word) {
        Some(ins) => execute(&mut after.cpu, &mut after.gpr, &mut after.memory, ins, now),
        None => Err(Trap::Unsupported),
    };
    match expected {
        Ok(expected) => {
            prop_assert_eq!(found, Ok(()));
            prop_assert_eq!(after, expected);
        }
        Err(trap) => {
            prop_assert_eq!(found, Err(trap));
            prop_assert_eq!(&after, before);
        }
    }
    Ok(())
}

const CORNERS: [u32; 14] = [
    0,
    1,
    2,
    3,
    31,
    32,
    0x7fff,
    0x8000,
    0x5555_aaaa,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_8000,
    0xffff_ffff,
];

/// A word that is `op`, with registers 5, 6 and 7 or aliases of them in its fields, and `rest` in the free bits.
fn encode(op: Op, [rs, rt, rd]: [u32; 3], rest: u32) -> u32 {
    let encoding = op.encoding();
    let operands = rs << 21 | rt << 16;
    let free = match op.class() {
        // Immediates take the low half.
        _ if encoding.mask & 0x3f == 0 => operands | rest & 0xffff,
        _ => operands | rd << 11 | rest & 0x7c0,
    };
    encoding.bits | free & !encoding.mask
}

fn state(order: ByteOrder, rs: u32, rt: u32, other: u32, op: Op) -> State {
    let mut gpr: Registers = std::array::from_fn(|i| other.wrapping_mul(i as u32));
    let address = matches!(op.class(), Class::Load | Class::Store);
    gpr[5] = if address { BASE + 32 + rs % 16 } else { rs };
    gpr[6] = rt;
    State {
        cpu: Cpu {
            pc: other & !3,
            next_pc: (other & !3).wrapping_add(4),
            hi: rs ^ other,
            lo: rt ^ other,
        },
        gpr,
        memory: Bytes {
            order,
            bytes: std::array::from_fn(|i| {
                (i as u32).wrapping_mul(other | 1).wrapping_add(rt) as u8
            }),
            ulr: other,
        },
    }
}

#[test]
fn corner_operands() {
    for &op in Op::ALL {
        let address = matches!(op.class(), Class::Load | Class::Store);
        for order in [ByteOrder::Big, ByteOrder::Little] {
            for rs in CORNERS {
                for rt in CORNERS {
                    for rest in [0, 1, 0x47, 0x7c0, 0x8000, 0xffff] {
                        let rest = if address { rest % 8 } else { rest };
                        let word = encode(op, [5, 6, 7], rest);
                        let before = state(order, rs, rt, 0x8123_4567, op);
                        compare(word, &before)
                            .unwrap_or_else(|e| panic!("{op:?} {word:#010x} {rs:#x} {rt:#x}: {e}"));
                    }
                }
            }
        }
    }
}

#[test]
fn fields_of_extraction_and_insertion() {
    for op in [Op::Ext, Op::Ins] {
        for top in 0..32 {
            for lsb in 0..32 {
                let before = state(ByteOrder::Big, 0x9abc_def1, 0x1234_5678, 5, op);
                compare(encode(op, [5, 6, top], lsb << 6), &before).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Any operands; destinations that are operands, register 0, delay slots of branches.
    #[test]
    fn any_operands(
        op in prop::sample::select(Op::ALL),
        big in any::<bool>(),
        values in any::<[u32; 3]>(),
        registers in prop::array::uniform3(prop::sample::select(vec![0u32, 5, 6, 7, 26, 31])),
        rest in any::<u32>(),
        next_pc in prop::option::of(any::<u32>()),
    ) {
        let address = matches!(op.class(), Class::Load | Class::Store);
        let registers = if address { [5, registers[1], registers[2]] } else { registers };
        let rest = if address { rest % 16 } else { rest };
        let order = if big { ByteOrder::Big } else { ByteOrder::Little };
        let mut before = state(order, values[0], values[1], values[2], op);
        before.gpr[0] = 0;
        if let Some(next_pc) = next_pc {
            before.cpu.next_pc = next_pc;
        }
        compare(encode(op, registers, rest), &before)?;
    }

    /// Any word at all is legal for both or for none.
    #[test]
    fn any_word(word: u32) {
        let op = Op::decode(word);
        if op.is_none_or(|op| !matches!(op.class(), Class::Load | Class::Store)) {
            compare(word, &state(ByteOrder::Big, 1, 2, 0x1000, Op::Sll))?;
        }
    }
}
