//! The instruction set: one declaration per instruction, from which decoding, naming and the operand roles follow.

mod declarations;
mod instruction;

pub use declarations::Op;
pub use instruction::Instruction;

/// Which bits of a word say that it is this instruction: `word & mask == bits`.
///
/// Fields that an instruction does not use are outside its mask and are ignored, so no two declarations overlap and
/// the legality of a word depends on its opcode, function and sub-function fields only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// The bits that are looked at.
    pub mask: u32,
    /// The value that they must have.
    pub bits: u32,
}

impl Encoding {
    /// Whether `word` is this instruction.
    pub const fn matches(self, word: u32) -> bool {
        word & self.mask == self.bits
    }
}

/// Which general register an instruction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dest {
    /// None.
    None,
    /// The register named by bits 11..16.
    Rd,
    /// The register named by bits 16..21.
    Rt,
    /// Register 31, the return address.
    Ra,
    /// Register 26, where SYSCALL leaves the address to return to.
    K0,
}

/// The constant that an instruction carries, as [`Instruction::imm`] holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Immediate {
    /// None: zero.
    None,
    /// Bits 0..16, sign-extended.
    Signed,
    /// Bits 0..16, zero-extended.
    Unsigned,
    /// Bits 0..16 in the upper half of the word.
    Upper,
    /// Bits 0..16, sign-extended and shifted left by two: a branch's distance from the delay slot.
    Branch,
    /// Bits 0..26 shifted left by two: the low 28 bits of a jump's target.
    Jump,
    /// Bits 6..11: a shift amount.
    Shift,
    /// Bits 6..16: `lsb` in the low five bits, `msb` (INS) or `msbd` (EXT) in the next five.
    Field,
}

/// The family of an instruction: instructions of one family share the shape of their step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Addition and subtraction, comparisons and the upper immediate.
    Arithmetic,
    /// Bitwise logic.
    Logic,
    /// Shifts and rotations.
    Shift,
    /// Bit fields, byte rearrangement, counting of leading bits.
    Bits,
    /// Products and sums of products.
    Multiply,
    /// Quotient and remainder.
    Divide,
    /// Moves, conditional ones and those of HI and LO.
    Move,
    /// Branches.
    Branch,
    /// Jumps.
    Jump,
    /// Loads.
    Load,
    /// Stores.
    Store,
    /// Conditional traps, BREAK and SYSCALL.
    Trap,
    /// Hardware registers, and what is a no-operation on this machine.
    System,
}
