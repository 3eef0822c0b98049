//! What one instruction does to the machine.

use crate::address::{SUPERVISOR, ULR};
use crate::isa::{Instruction, Op};
use crate::memory::{ByteOrder, MemoryFull};

/// The general registers. Register 0 is always zero.
pub type Registers = [u32; 32];

/// The registers beside the general ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cpu {
    /// Address of the instruction that the next step executes.
    pub pc: u32,
    /// Address of the one after it (the delay slot makes both part of the state).
    pub next_pc: u32,
    /// High word of products, remainder of divisions.
    pub hi: u32,
    /// Low word of products, quotient of divisions.
    pub lo: u32,
}

impl Cpu {
    /// HI and LO as one number.
    #[inline(always)]
    fn accumulator(self) -> u64 {
        u64::from(self.hi) << 32 | u64::from(self.lo)
    }

    #[inline(always)]
    fn set_accumulator(&mut self, value: u64) {
        self.hi = (value >> 32) as u32;
        self.lo = value as u32;
    }
}

/// Why an instruction has no successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trap {
    /// The word is not an instruction of this machine.
    #[error("unsupported instruction")]
    Unsupported,
    /// The program counter is not a multiple of four.
    #[error("unaligned program counter")]
    UnalignedPc,
    /// A load or a store of a half-word or word at an address that is not a multiple of its size.
    #[error("unaligned access to {address:#010x}")]
    UnalignedAccess {
        /// The address.
        address: u32,
    },
    /// A signed addition or subtraction overflowed.
    #[error("integer overflow")]
    Overflow,
    /// The condition of a trap instruction holds.
    #[error("trap taken")]
    Taken,
    /// BREAK.
    #[error("breakpoint")]
    Break,
    /// The store needs a page that the memory may not have.
    #[error(transparent)]
    MemoryFull(#[from] MemoryFull),
}

/// The memory as one instruction sees it.
pub(crate) trait Bus {
    /// What a failed instruction gives.
    type Error: From<Trap>;
    /// Byte order of narrow accesses.
    fn order(&self) -> ByteOrder;
    /// The word at an address that is a multiple of four.
    fn load(&mut self, address: u32) -> u32;
    /// Replaces the bits of `mask` in the word at an address that is a multiple of four.
    fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), Self::Error>;
}

#[inline(always)]
fn aligned(address: u32, size: u32) -> Result<u32, Trap> {
    if address & (size - 1) == 0 {
        Ok(address & !3)
    } else {
        Err(Trap::UnalignedAccess { address })
    }
}

/// `{}` if the condition of a trap instruction does not hold.
#[inline(always)]
fn trap_if(condition: bool) -> Result<(), Trap> {
    if condition { Err(Trap::Taken) } else { Ok(()) }
}

/// Where a step goes.
#[derive(Clone, Copy)]
struct Flow {
    pc: u32,
    next_pc: u32,
}

impl Flow {
    /// A branch at `pc` whose delay slot is at `self.pc`.
    #[inline(always)]
    fn branch(&mut self, taken: bool, pc: u32, distance: u32) {
        if taken {
            self.next_pc = pc.wrapping_add(4).wrapping_add(distance);
        }
    }

    /// A likely branch: the delay slot is skipped if it is not taken.
    #[inline(always)]
    fn branch_likely(&mut self, taken: bool, pc: u32, distance: u32) {
        if taken {
            self.branch(true, pc, distance);
        } else {
            *self = Flow {
                pc: self.next_pc,
                next_pc: self.next_pc.wrapping_add(4),
            };
        }
    }
}

/// Executes one instruction. `now` is the low word of the step number.
///
/// # Errors
/// A [`Trap`]: nothing has changed then.
#[inline(always)]
pub(crate) fn execute<B: Bus>(
    cpu: &mut Cpu,
    gpr: &mut Registers,
    bus: &mut B,
    ins: Instruction,
    now: u32,
) -> Result<(), B::Error> {
    let pc = cpu.pc;
    let rs = gpr[(ins.rs & 31) as usize];
    let rt = gpr[(ins.rt & 31) as usize];
    let imm = ins.imm;
    let mut flow = Flow {
        pc: cpu.next_pc,
        next_pc: cpu.next_pc.wrapping_add(4),
    };
    let link = pc.wrapping_add(8);
    let address = rs.wrapping_add(imm);
    // Instructions that write no register have dest 0 and leave this 0 there.
    let mut result = 0;

    match ins.op {
        Op::Sll => result = rt << (imm & 31),
        Op::Srl => result = rt >> (imm & 31),
        Op::Rotr => result = rt.rotate_right(imm & 31),
        Op::Sra => result = ((rt as i32) >> (imm & 31)) as u32,
        Op::Sllv => result = rt << (rs & 31),
        Op::Srlv => result = rt >> (rs & 31),
        Op::Rotrv => result = rt.rotate_right(rs & 31),
        Op::Srav => result = ((rt as i32) >> (rs & 31)) as u32,

        Op::Add => result = (rs as i32).checked_add(rt as i32).ok_or(Trap::Overflow)? as u32,
        Op::Addi => result = (rs as i32).checked_add(imm as i32).ok_or(Trap::Overflow)? as u32,
        Op::Sub => result = (rs as i32).checked_sub(rt as i32).ok_or(Trap::Overflow)? as u32,
        Op::Addu => result = rs.wrapping_add(rt),
        Op::Addiu => result = rs.wrapping_add(imm),
        Op::Subu => result = rs.wrapping_sub(rt),
        Op::Slt => result = u32::from((rs as i32) < rt as i32),
        Op::Sltu => result = u32::from(rs < rt),
        Op::Slti => result = u32::from((rs as i32) < imm as i32),
        Op::Sltiu => result = u32::from(rs < imm),
        Op::Lui => result = imm,

        Op::And => result = rs & rt,
        Op::Or => result = rs | rt,
        Op::Xor => result = rs ^ rt,
        Op::Nor => result = !(rs | rt),
        Op::Andi => result = rs & imm,
        Op::Ori => result = rs | imm,
        Op::Xori => result = rs ^ imm,

        Op::Clz => result = rs.leading_zeros(),
        Op::Clo => result = rs.leading_ones(),
        Op::Ext => result = rs >> (imm & 31) & low_mask(imm >> 5),
        Op::Ins => {
            let (lsb, msb) = (imm & 31, imm >> 5);
            let mask = low_mask(msb) & u32::MAX << lsb;
            result = rt & !mask | rs << lsb & mask;
        }
        Op::Wsbh => result = rt.swap_bytes().rotate_left(16),
        Op::Seb => result = rt as i8 as u32,
        Op::Seh => result = rt as i16 as u32,

        Op::Mult => cpu.set_accumulator(signed_product(rs, rt)),
        Op::Multu => cpu.set_accumulator(u64::from(rs) * u64::from(rt)),
        Op::Madd => cpu.set_accumulator(cpu.accumulator().wrapping_add(signed_product(rs, rt))),
        Op::Maddu => cpu.set_accumulator(
            cpu.accumulator()
                .wrapping_add(u64::from(rs) * u64::from(rt)),
        ),
        Op::Msub => cpu.set_accumulator(cpu.accumulator().wrapping_sub(signed_product(rs, rt))),
        Op::Msubu => cpu.set_accumulator(
            cpu.accumulator()
                .wrapping_sub(u64::from(rs) * u64::from(rt)),
        ),
        Op::Mul => result = rs.wrapping_mul(rt),
        Op::Div => {
            let (quotient, remainder) = match rt {
                // What hardware leaves there, though the architecture does not say: the values that make
                // `quotient * 0 + remainder = rs`.
                0 => (if (rs as i32) < 0 { 1 } else { u32::MAX }, rs),
                _ => (
                    (rs as i32).wrapping_div(rt as i32) as u32,
                    (rs as i32).wrapping_rem(rt as i32) as u32,
                ),
            };
            cpu.lo = quotient;
            cpu.hi = remainder;
        }
        Op::Divu => {
            cpu.lo = rs.checked_div(rt).unwrap_or(u32::MAX);
            cpu.hi = rs.checked_rem(rt).unwrap_or(rs);
        }

        Op::Mfhi => result = cpu.hi,
        Op::Mflo => result = cpu.lo,
        Op::Mthi => cpu.hi = rs,
        Op::Mtlo => cpu.lo = rs,
        Op::Movz => {
            result = if rt == 0 {
                rs
            } else {
                gpr[(ins.dest & 31) as usize]
            }
        }
        Op::Movn => {
            result = if rt != 0 {
                rs
            } else {
                gpr[(ins.dest & 31) as usize]
            }
        }

        Op::Beq => flow.branch(rs == rt, pc, imm),
        Op::Bne => flow.branch(rs != rt, pc, imm),
        Op::Blez => flow.branch(rs as i32 <= 0, pc, imm),
        Op::Bgtz => flow.branch(rs as i32 > 0, pc, imm),
        Op::Bltz => flow.branch((rs as i32) < 0, pc, imm),
        Op::Bgez => flow.branch(rs as i32 >= 0, pc, imm),
        Op::Beql => flow.branch_likely(rs == rt, pc, imm),
        Op::Bnel => flow.branch_likely(rs != rt, pc, imm),
        Op::Blezl => flow.branch_likely(rs as i32 <= 0, pc, imm),
        Op::Bgtzl => flow.branch_likely(rs as i32 > 0, pc, imm),
        Op::Bltzl => flow.branch_likely((rs as i32) < 0, pc, imm),
        Op::Bgezl => flow.branch_likely(rs as i32 >= 0, pc, imm),
        Op::Bltzal => {
            result = link;
            flow.branch((rs as i32) < 0, pc, imm);
        }
        Op::Bgezal => {
            result = link;
            flow.branch(rs as i32 >= 0, pc, imm);
        }
        Op::Bltzall => {
            result = link;
            flow.branch_likely((rs as i32) < 0, pc, imm);
        }
        Op::Bgezall => {
            result = link;
            flow.branch_likely(rs as i32 >= 0, pc, imm);
        }
        Op::J => flow.next_pc = jump_target(pc, imm),
        Op::Jal => {
            result = link;
            flow.next_pc = jump_target(pc, imm);
        }
        Op::Jr => flow.next_pc = rs,
        Op::Jalr => {
            result = link;
            flow.next_pc = rs;
        }

        Op::Lb => {
            let lane = bus.order().lane(address);
            result = (bus.load(address & !3) >> (8 * lane)) as i8 as u32;
        }
        Op::Lbu => {
            let lane = bus.order().lane(address);
            result = bus.load(address & !3) >> (8 * lane) & 0xff;
        }
        Op::Lh => {
            let lane = bus.order().lane(address) & 2;
            result = (bus.load(aligned(address, 2)?) >> (8 * lane)) as i16 as u32;
        }
        Op::Lhu => {
            let lane = bus.order().lane(address) & 2;
            result = bus.load(aligned(address, 2)?) >> (8 * lane) & 0xffff;
        }
        Op::Lw | Op::Ll => result = bus.load(aligned(address, 4)?),
        Op::Lwl => {
            let shift = 8 * (3 - bus.order().lane(address));
            result = bus.load(address & !3) << shift | rt & !(u32::MAX << shift);
        }
        Op::Lwr => {
            let shift = 8 * bus.order().lane(address);
            result = bus.load(address & !3) >> shift | rt & !(u32::MAX >> shift);
        }
        Op::Sb => {
            let shift = 8 * bus.order().lane(address);
            bus.store(address & !3, 0xff << shift, rt << shift)?;
        }
        Op::Sh => {
            let shift = 8 * (bus.order().lane(address) & 2);
            bus.store(aligned(address, 2)?, 0xffff << shift, rt << shift)?;
        }
        Op::Sw => bus.store(aligned(address, 4)?, u32::MAX, rt)?,
        Op::Sc => {
            bus.store(aligned(address, 4)?, u32::MAX, rt)?;
            result = 1;
        }
        Op::Swl => {
            let shift = 8 * (3 - bus.order().lane(address));
            bus.store(address & !3, u32::MAX >> shift, rt >> shift)?;
        }
        Op::Swr => {
            let shift = 8 * bus.order().lane(address);
            bus.store(address & !3, u32::MAX << shift, rt << shift)?;
        }

        Op::Tge => trap_if(rs as i32 >= rt as i32)?,
        Op::Tgeu => trap_if(rs >= rt)?,
        Op::Tlt => trap_if((rs as i32) < rt as i32)?,
        Op::Tltu => trap_if(rs < rt)?,
        Op::Teq => trap_if(rs == rt)?,
        Op::Tne => trap_if(rs != rt)?,
        Op::Tgei => trap_if(rs as i32 >= imm as i32)?,
        Op::Tgeiu => trap_if(rs >= imm)?,
        Op::Tlti => trap_if((rs as i32) < imm as i32)?,
        Op::Tltiu => trap_if(rs < imm)?,
        Op::Teqi => trap_if(rs == imm)?,
        Op::Tnei => trap_if(rs != imm)?,
        Op::Break => return Err(Trap::Break.into()),
        Op::Syscall => {
            result = cpu.next_pc;
            flow = Flow {
                pc: SUPERVISOR,
                next_pc: SUPERVISOR + 4,
            };
        }

        Op::RdhwrCpu => {}
        Op::RdhwrSynciStep => result = 32,
        Op::RdhwrCounter => result = now,
        Op::RdhwrResolution => result = 1,
        Op::RdhwrUserLocal => result = bus.load(ULR),
        Op::Sync | Op::Synci | Op::Cache | Op::Pref => {}
    }

    gpr[(ins.dest & 31) as usize] = result;
    gpr[0] = 0;
    cpu.pc = flow.pc;
    cpu.next_pc = flow.next_pc;
    Ok(())
}

/// Ones in bits `0..=top`.
#[inline(always)]
fn low_mask(top: u32) -> u32 {
    u32::MAX >> (31 - (top & 31))
}

#[inline(always)]
fn signed_product(a: u32, b: u32) -> u64 {
    (i64::from(a as i32) * i64::from(b as i32)) as u64
}

/// A jump stays in the 256 MiB region of its delay slot.
#[inline(always)]
fn jump_target(pc: u32, low: u32) -> u32 {
    pc.wrapping_add(4) & 0xf000_0000 | low
}

#[cfg(test)]
mod tests;
