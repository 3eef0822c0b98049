//! Every instruction with corner operands, each alone between known registers.
//!
//! Left out, because the architecture leaves the result open and qemu and this machine choose differently: division by
//! zero, EXT and INS of impossible fields, the cycle counter and its resolution. Overflow and traps that are taken end a
//! program: `refusals.rs` has them.

use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;

use super::assembler::{Code, DATA, Register, ZERO};
use super::{ORDERS, on_gavel, on_qemu};

/// Where operands and results are.
const RS: Register = 8;
const RT: Register = 9;
const RD: Register = 10;
const RESULTS: Register = 16;
const MEMORY: Register = 17;
const SCRATCH: Register = 18;

/// Bytes at the start of the data that loads and stores reach.
const SCENE: u32 = 64;
/// Words that a case leaves: rd, rt, HI, LO, and one word of the scene.
const RESULT_WORDS: u32 = 5;

const CORNERS: [u32; 15] = [
    0,
    1,
    2,
    31,
    32,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x1234_5678,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_8000,
    0xffff_ffff,
];
const CONSTANTS: [u16; 8] = [0, 1, 2, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff];
/// HI and LO before an instruction.
const ACCUMULATORS: [(u32, u32); 3] = [
    (0, 0),
    (0x0000_0001, 0xffff_ffff),
    (0x8000_0000, 0x7fff_ffff),
];

/// How an instruction is laid out, and so how it is tried.
enum Shape {
    /// rd, rs, rt.
    Registers,
    /// rd, rs, with rt repeating rd.
    Count,
    /// rd, rt.
    Rearrange,
    /// rd, rt, shift amount.
    Shift,
    /// rt, rs, constant.
    Constant,
    /// rt, constant.
    Upper,
    /// rt, rs, lsb and msb; for EXT the second is the size less one.
    Extract,
    Insert,
    /// rs, rt to HI and LO.
    Accumulate,
    Divide,
    /// rd from HI or LO.
    FromAccumulator,
    /// HI or LO from rs.
    ToAccumulator,
    /// A condition on rs and rt that must not hold.
    Trap(fn(u32, u32) -> bool),
    /// A condition on rs and a constant that must not hold.
    TrapConstant(fn(u32, u32) -> bool),
    /// A branch on rs and rt.
    BranchPair,
    /// A branch on rs.
    Branch,
    /// A jump to a constant.
    Jump,
    /// A jump to rs.
    JumpRegister,
    /// A load or a store of that many bytes, at addresses that are multiples of the alignment.
    Memory {
        alignment: u32,
    },
    /// LL and SC, one after the other.
    Linked,
    /// No effect on anything.
    Nothing,
    /// A hardware register that is the same everywhere.
    Hardware,
    /// Not comparable, or the end of a program: why is said above.
    LeftOut,
}

/// One line for every instruction: a new one does not compile until it is tried.
fn shape(op: Op) -> Shape {
    match op {
        Op::Sllv | Op::Srlv | Op::Rotrv | Op::Srav | Op::Movz | Op::Movn => Shape::Registers,
        Op::Add | Op::Addu | Op::Sub | Op::Subu | Op::And | Op::Or | Op::Xor | Op::Nor => {
            Shape::Registers
        }
        Op::Slt | Op::Sltu | Op::Mul => Shape::Registers,
        Op::Clz | Op::Clo => Shape::Count,
        Op::Wsbh | Op::Seb | Op::Seh => Shape::Rearrange,
        Op::Sll | Op::Srl | Op::Rotr | Op::Sra => Shape::Shift,
        Op::Addi | Op::Addiu | Op::Slti | Op::Sltiu | Op::Andi | Op::Ori | Op::Xori => {
            Shape::Constant
        }
        Op::Lui => Shape::Upper,
        Op::Ext => Shape::Extract,
        Op::Ins => Shape::Insert,
        Op::Mult | Op::Multu | Op::Madd | Op::Maddu | Op::Msub | Op::Msubu => Shape::Accumulate,
        Op::Div | Op::Divu => Shape::Divide,
        Op::Mfhi | Op::Mflo => Shape::FromAccumulator,
        Op::Mthi | Op::Mtlo => Shape::ToAccumulator,
        Op::Tge => Shape::Trap(|a, b| a as i32 >= b as i32),
        Op::Tgeu => Shape::Trap(|a, b| a >= b),
        Op::Tlt => Shape::Trap(|a, b| (a as i32) < b as i32),
        Op::Tltu => Shape::Trap(|a, b| a < b),
        Op::Teq => Shape::Trap(|a, b| a == b),
        Op::Tne => Shape::Trap(|a, b| a != b),
        Op::Tgei => Shape::TrapConstant(|a, b| a as i32 >= b as i32),
        Op::Tgeiu => Shape::TrapConstant(|a, b| a >= b),
        Op::Tlti => Shape::TrapConstant(|a, b| (a as i32) < b as i32),
        Op::Tltiu => Shape::TrapConstant(|a, b| a < b),
        Op::Teqi => Shape::TrapConstant(|a, b| a == b),
        Op::Tnei => Shape::TrapConstant(|a, b| a != b),
        Op::Beq | Op::Bne | Op::Beql | Op::Bnel => Shape::BranchPair,
        Op::Bltz | Op::Bgez | Op::Bltzl | Op::Bgezl => Shape::Branch,
        Op::Bltzal | Op::Bgezal | Op::Bltzall | Op::Bgezall => Shape::Branch,
        Op::Blez | Op::Bgtz | Op::Blezl | Op::Bgtzl => Shape::Branch,
        Op::J | Op::Jal => Shape::Jump,
        Op::Jr | Op::Jalr => Shape::JumpRegister,
        Op::Lb | Op::Lbu | Op::Sb | Op::Lwl | Op::Lwr | Op::Swl | Op::Swr => {
            Shape::Memory { alignment: 1 }
        }
        Op::Lh | Op::Lhu | Op::Sh => Shape::Memory { alignment: 2 },
        Op::Lw | Op::Sw => Shape::Memory { alignment: 4 },
        Op::Ll | Op::Sc => Shape::Linked,
        Op::Sync | Op::Synci | Op::Pref => Shape::Nothing,
        Op::RdhwrCpu | Op::RdhwrSynciStep | Op::RdhwrUserLocal => Shape::Hardware,
        // SYSCALL ends every program here, CACHE is privileged on Linux.
        Op::Syscall | Op::Break | Op::Cache | Op::RdhwrCounter | Op::RdhwrResolution => {
            Shape::LeftOut
        }
    }
}

/// A program of cases, with what each of them tries.
struct Suite {
    code: Code,
    cases: Vec<String>,
}

impl Suite {
    fn new(order: ByteOrder) -> Suite {
        let mut code = Code::new(order);
        code.load(RESULTS, DATA + SCENE);
        code.load(MEMORY, DATA + SCENE / 2);
        Suite {
            code,
            cases: Vec::new(),
        }
    }

    /// One case: `emit` puts the instruction, everything around it is the same for all.
    fn case(&mut self, op: Op, rs: u32, rt: u32, what: &str, emit: impl FnOnce(&mut Code)) {
        let (hi, lo) = ACCUMULATORS[self.cases.len() % ACCUMULATORS.len()];
        let code = &mut self.code;
        code.load(RD, 0xa5a5_5a5a);
        code.immediate(Op::Sw, RD, MEMORY, 0);
        code.load(RS, hi);
        code.put(Op::Mthi, 0, RS, 0, 0);
        code.load(RS, lo);
        code.put(Op::Mtlo, 0, RS, 0, 0);
        code.load(RS, rs);
        code.load(RT, rt);
        emit(code);
        code.immediate(Op::Sw, RD, RESULTS, 0);
        code.immediate(Op::Sw, RT, RESULTS, 4);
        code.put(Op::Mfhi, RD, 0, 0, 0);
        code.immediate(Op::Sw, RD, RESULTS, 8);
        code.put(Op::Mflo, RD, 0, 0, 0);
        code.immediate(Op::Sw, RD, RESULTS, 12);
        code.immediate(Op::Lw, RD, MEMORY, 0);
        code.immediate(Op::Sw, RD, RESULTS, 16);
        code.immediate(Op::Addiu, RESULTS, RESULTS, 4 * RESULT_WORDS as u16);
        self.cases.push(format!(
            "{} rs={rs:#x} rt={rt:#x} hi={hi:#x} lo={lo:#x} {what}",
            op.name()
        ));
    }

    /// The case of an instruction that may go elsewhere: RD tells which of the delay slot and the two places behind it
    /// were executed, RT the return address where there is one.
    fn flow(&mut self, op: Op, rs: u32, rt: u32, emit: impl FnOnce(&mut Code)) {
        let links = matches!(op.dest(), gavel_vm::isa::Dest::Ra);
        self.case(op, rs, rt, "", |code| {
            code.load(RD, 0);
            emit(code);
            code.immediate(Op::Ori, RD, RD, 1);
            code.immediate(Op::Ori, RD, RD, 2);
            code.immediate(Op::Ori, RD, RD, 4);
            if links {
                code.put(Op::Addu, RT, 31, ZERO, 0);
            }
        });
    }

    fn add(&mut self, op: Op) {
        match shape(op) {
            Shape::Registers => pairs(|rs, rt| {
                let overflows = match op {
                    Op::Add => (rs as i32).checked_add(rt as i32).is_none(),
                    Op::Sub => (rs as i32).checked_sub(rt as i32).is_none(),
                    _ => false,
                };
                if !overflows {
                    self.case(op, rs, rt, "", |code| code.put(op, RD, RS, RT, 0));
                }
            }),
            Shape::Count => {
                for bit in 0..32 {
                    for value in [1 << bit, u32::MAX << bit, !(u32::MAX << bit), !(1 << bit)] {
                        self.case(op, value, 0, "", |code| {
                            code.put(op, RD, RS, RD, 0);
                        });
                    }
                }
            }
            Shape::Rearrange => {
                for rt in CORNERS {
                    self.case(op, 0, rt, "", |code| code.put(op, RD, 0, RT, 0));
                }
            }
            Shape::Shift => {
                for rt in CORNERS {
                    for amount in 0..32 {
                        self.case(op, 0, rt, &format!("by {amount}"), |code| {
                            code.put(op, RD, 0, RT, amount << 6);
                        });
                    }
                }
            }
            Shape::Constant => {
                for rs in CORNERS {
                    for constant in CONSTANTS {
                        let signed = i32::from(constant as i16);
                        if op == Op::Addi && (rs as i32).checked_add(signed).is_none() {
                            continue;
                        }
                        self.case(op, rs, 0, &format!("{constant:#x}"), |code| {
                            code.immediate(op, RT, RS, constant);
                        });
                    }
                }
            }
            Shape::Upper => {
                for constant in CONSTANTS {
                    self.case(op, 0, 0, &format!("{constant:#x}"), |code| {
                        code.immediate(op, RT, ZERO, constant);
                    });
                }
            }
            Shape::Extract => fields(|lsb, msb| {
                self.case(op, 0x89ab_cdef, 0, &format!("{lsb} {msb}"), |code| {
                    code.put(op, 0, RS, RT, (msb - lsb) << 11 | lsb << 6);
                });
            }),
            Shape::Insert => fields(|lsb, msb| {
                self.case(op, 0x89ab_cdef, 0x0123_4567, &format!("{lsb} {msb}"), |c| {
                    c.put(op, 0, RS, RT, msb << 11 | lsb << 6);
                });
            }),
            Shape::Accumulate => {
                for _ in ACCUMULATORS {
                    pairs(|rs, rt| self.case(op, rs, rt, "", |code| code.put(op, 0, RS, RT, 0)));
                    // One more case moves the next round to other accumulators.
                    self.case(op, 3, 5, "", |code| code.put(op, 0, RS, RT, 0));
                }
            }
            Shape::Divide => pairs(|rs, rt| {
                if rt != 0 {
                    self.case(op, rs, rt, "", |code| code.put(op, 0, RS, RT, 0));
                }
            }),
            Shape::FromAccumulator => {
                for _ in ACCUMULATORS {
                    self.case(op, 0, 0, "", |code| code.put(op, RD, 0, 0, 0));
                }
            }
            Shape::ToAccumulator => {
                for rs in CORNERS {
                    self.case(op, rs, 0, "", |code| code.put(op, 0, RS, 0, 0));
                }
            }
            Shape::Trap(taken) => pairs(|rs, rt| {
                if !taken(rs, rt) {
                    self.case(op, rs, rt, "", |code| code.put(op, 0, RS, RT, 0));
                }
            }),
            Shape::TrapConstant(taken) => {
                for rs in CORNERS {
                    for constant in CONSTANTS {
                        if !taken(rs, i32::from(constant as i16) as u32) {
                            self.case(op, rs, 0, &format!("{constant:#x}"), |code| {
                                code.put(op, 0, RS, 0, u32::from(constant));
                            });
                        }
                    }
                }
            }
            Shape::BranchPair => pairs(|rs, rt| {
                self.flow(op, rs, rt, |code| code.put(op, 0, RS, RT, 2));
            }),
            Shape::Branch => {
                for rs in CORNERS {
                    self.flow(op, rs, 0, |code| code.put(op, 0, RS, 0, 2));
                }
            }
            Shape::Jump => self.flow(op, 0, 0, |code| {
                let target = code.here() + 12;
                code.put(op, 0, 0, 0, target >> 2 & 0x03ff_ffff);
            }),
            Shape::JumpRegister => self.flow(op, 0, 0, |code| {
                let target = code.here() + 20;
                code.load(RS, target);
                let link = if op == Op::Jalr { RT } else { 0 };
                code.put(op, link, RS, 0, 0);
            }),
            Shape::Memory { alignment } => {
                for rt in [0x0123_4567, 0x89ab_cdef, 0x8040_2010] {
                    for offset in (-8..8).filter(|offset| offset % alignment as i16 == 0) {
                        self.case(op, 0, rt, &format!("at {offset}"), |code| {
                            for (word, value) in [(-8, 0x1020_3040), (-4, 0x5162_7384), (4, 1)] {
                                code.load(SCRATCH, value);
                                code.immediate(Op::Sw, SCRATCH, MEMORY, word as u16);
                            }
                            code.immediate(op, RT, MEMORY, offset as u16);
                            // The word at the address, for the stores; words next to it are seen by other offsets.
                            code.immediate(Op::Lw, RD, MEMORY, (offset & !3) as u16);
                        });
                    }
                }
            }
            Shape::Linked => {
                for rt in CORNERS {
                    self.case(op, 0, rt, "after ll", |code| {
                        code.immediate(Op::Ll, RD, MEMORY, 0);
                        if op == Op::Sc {
                            code.immediate(Op::Sc, RT, MEMORY, 0);
                        }
                    });
                }
            }
            Shape::Nothing => self.case(op, 0, 0, "", |code| match op {
                Op::Sync => code.put(op, 0, 0, 0, 0),
                Op::Synci => code.put(op, 0, MEMORY, 0, 0),
                _ => code.put(op, 0, MEMORY, 0, 4),
            }),
            Shape::Hardware => self.case(op, 0, 0, "", |code| code.put(op, 0, 0, RT, 0)),
            Shape::LeftOut => {}
        }
    }

    fn length(&self) -> u32 {
        SCENE + 4 * RESULT_WORDS * self.cases.len() as u32
    }
}

fn pairs(mut each: impl FnMut(u32, u32)) {
    for rs in CORNERS {
        for rt in CORNERS {
            each(rs, rt);
        }
    }
}

/// All bit fields `lsb..=msb`.
fn fields(mut each: impl FnMut(u32, u32)) {
    for lsb in 0..32 {
        for msb in lsb..32 {
            each(lsb, msb);
        }
    }
}

#[test]
fn every_instruction_as_on_qemu() {
    for order in ORDERS {
        let mut suite = Suite::new(order);
        for &op in Op::ALL {
            suite.add(op);
        }
        let length = suite.length();
        let Suite { code, cases } = suite;
        let elf = code.finish(length);
        let ours = on_gavel(&elf, order, b"", 10_000_000);
        let theirs = on_qemu(&elf, order, b"");
        assert_eq!(ours.output.len() as u32, length);
        assert_eq!(theirs.output.len() as u32, length);
        let size = 4 * RESULT_WORDS as usize;
        let results = ours.output[SCENE as usize..].chunks(size);
        let expected = theirs.output[SCENE as usize..].chunks(size);
        for ((case, result), expected) in cases.iter().zip(results).zip(expected) {
            assert_eq!(result, expected, "{order:?}-endian: {case}");
        }
        assert_eq!(ours, theirs);
    }
}
