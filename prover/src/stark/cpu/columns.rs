//! The columns of the CPU table.

use gavel_vm::isa::Op;

/// Instructions.
pub const OPS: usize = Op::ALL.len();

/// The number of this row's step in its segment.
pub const CLOCK: usize = 0;
/// Program counter before the step.
pub const PC: usize = 1;
/// Next program counter before the step.
pub const NEXT_PC: usize = 2;
/// HI before the step.
pub const HI: usize = 3;
/// LO before the step.
pub const LO: usize = 4;
/// For each instruction, in the order of [`Op::ALL`]: 1 if the step executes it. All are 0 in rows after the last step.
pub const FLAG: usize = 5;
/// The bits of the word at PC.
pub const INSTR: usize = FLAG + OPS;
/// The bits of the value of rs.
pub const A: usize = INSTR + 32;
/// The bits of the value of rt.
pub const B: usize = A + 32;
/// Bits with a meaning of their own in each family: the memory word before the step; the shift amount, one bit set; the
/// mask of a field; the bits of a sum; the bits of PC + 4.
pub const SCRATCH: usize = B + 32;
/// Numbers of 16 bits, looked up in the range table in every row. [`RESULT`] and its followers say what they mean.
pub const LIMB: usize = SCRATCH + 32;
/// Limbs.
pub const LIMBS: usize = 12;

/// The register that is written, 0 if none.
pub const DEST: usize = LIMB + LIMBS;
/// 1 if a register is written.
pub const WRITES: usize = DEST + 1;
/// The inverse of DEST, if it has one.
pub const DEST_INVERSE: usize = DEST + 2;
/// What the destination held before.
pub const DEST_OLD: usize = DEST + 3;
/// For each access: when what it accesses was accessed before.
pub const OLD_TIME: usize = DEST + 4;
/// For each access: the upper 16 bits of the time that has passed since then, less one.
pub const AGE_HIGH: usize = OLD_TIME + ACCESSES;
/// Accesses of a step: fetch, rs, rt, memory, destination.
pub const ACCESSES: usize = 5;

/// The lane of the accessed byte, two bits.
pub const LANE: usize = AGE_HIGH + ACCESSES;
/// Whether both bits of the lane are set.
pub const LANE_3: usize = LANE + 2;
/// The memory word after the step.
pub const MEMORY_NEW: usize = LANE + 3;

/// A carry or borrow; of a comparison, whether rs is less.
pub const CARRY: usize = MEMORY_NEW + 1;
/// A second carry or borrow.
pub const CARRY_HIGH: usize = CARRY + 1;
/// Whether a target, or PC + 4, exceeds 32 bits.
pub const WRAP: usize = CARRY + 2;
/// Whether NEXT_PC + 4 exceeds 32 bits.
pub const NEXT_WRAP: usize = CARRY + 3;
/// Whether a branch is taken.
pub const TAKEN: usize = CARRY + 4;
/// What an instruction compares with zero.
pub const DIFFERENCE: usize = CARRY + 5;
/// The inverse of DIFFERENCE, if it has one.
pub const INVERSE: usize = CARRY + 6;
/// Whether DIFFERENCE is zero.
pub const ZERO: usize = CARRY + 7;
/// The inverse of PC - HALT.
pub const NOT_HALTED: usize = CARRY + 8;
/// The bitwise and of rs with rt or the constant.
pub const AND: usize = CARRY + 9;

/// Signed products and quotients: the sign of rs.
pub const SIGN_A: usize = AND + 1;
/// The sign of rt.
pub const SIGN_B: usize = AND + 2;
/// Whether the signs differ.
pub const SIGN: usize = AND + 3;
/// Whether the product is subtracted.
pub const NEGATE: usize = AND + 4;
/// The absolute value of rs.
pub const ABS_A: usize = AND + 5;
/// The absolute value of rt is this and 2^16 times the next column, each at most 2^16.
pub const ABS_B: usize = AND + 6;

/// Fields: 2 to the lower three bits of lsb; 2 to lsb.
pub const LSB: usize = ABS_B + 2;
/// 2 to the lower three bits of msb; 2 to msb.
pub const MSB: usize = LSB + 2;
/// 2 to 31 - msb.
pub const ABOVE: usize = LSB + 4;
/// INS: the field where it is inserted.
pub const FIELD: usize = LSB + 5;
/// EXT: the field reaches beyond bit 31. INS: msb is less than lsb.
pub const BEYOND: usize = LSB + 6;
/// INS with a field: msb is not less than lsb.
pub const INSERTS: usize = LSB + 7;

/// Columns of the table.
pub const COLUMNS: usize = LSB + 8;

/// The limbs of the result: what an instruction computes for its destination.
pub const RESULT: usize = 0;
/// The limbs of the memory word's address.
pub const ADDRESS: usize = 2;
/// The limbs of a difference that is compared.
pub const COMPARED: usize = 2;
/// The limbs of LO after a product or quotient.
pub const NEW_LO: usize = 8;
/// The limbs of HI after a product or quotient.
pub const NEW_HI: usize = 10;

/// Public inputs: whether the machine is big-endian.
pub const BIG_ENDIAN: usize = 0;
/// The number of the first step.
pub const FIRST_STEP: usize = 1;
/// PC, NEXT_PC, HI and LO before the first step.
pub const BEFORE: usize = 2;
/// The number of the step after the last.
pub const END_STEP: usize = 6;
/// PC, NEXT_PC, HI and LO after the last step.
pub const AFTER: usize = 7;
/// Public inputs of the table.
pub const PUBLIC_INPUTS: usize = 11;
