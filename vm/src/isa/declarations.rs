//! The declarations themselves.

use super::{Class, Dest, Encoding, Immediate};

const fn primary(opcode: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_0000,
        bits: opcode << 26,
    }
}

const fn special(function: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_003f,
        bits: function,
    }
}

const fn special2(function: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_003f,
        bits: 0x1c << 26 | function,
    }
}

const fn special3(function: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_003f,
        bits: 0x1f << 26 | function,
    }
}

const fn regimm(rt: u32) -> Encoding {
    Encoding {
        mask: 0xfc1f_0000,
        bits: 0x01 << 26 | rt << 16,
    }
}

/// A shift by a constant: bit 21 tells a rotation from a shift.
const fn shift(function: u32, rotate: u32) -> Encoding {
    Encoding {
        mask: 0xfc20_003f,
        bits: rotate << 21 | function,
    }
}

/// A shift by a register: bit 6 tells a rotation from a shift.
const fn shift_variable(function: u32, rotate: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_007f,
        bits: rotate << 6 | function,
    }
}

/// The byte-shuffle group, told apart by bits 6..11.
const fn shuffle(sub: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_07ff,
        bits: 0x1f << 26 | sub << 6 | 0x20,
    }
}

/// RDHWR of one hardware register, named by bits 11..16.
const fn hardware(register: u32) -> Encoding {
    Encoding {
        mask: 0xfc00_f83f,
        bits: 0x1f << 26 | register << 11 | 0x3b,
    }
}

macro_rules! instructions {
    ($($(#[$doc:meta])* $op:ident $name:literal $class:ident $encoding:expr, $dest:ident, $immediate:ident;)*) => {
        /// What an instruction does. One variant per instruction; RDHWR has one per hardware register, so that every
        /// other register is an unsupported word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Op {
            $($(#[$doc])* $op,)*
        }

        impl Op {
            /// Every instruction, in declaration order.
            pub const ALL: &'static [Op] = &[$(Op::$op),*];

            /// The assembler's name.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$op => $name,)* }
            }

            /// The family.
            pub const fn class(self) -> Class {
                match self { $(Op::$op => Class::$class,)* }
            }

            /// The words that are this instruction.
            pub const fn encoding(self) -> Encoding {
                match self { $(Op::$op => $encoding,)* }
            }

            /// The register that it writes.
            pub const fn dest(self) -> Dest {
                match self { $(Op::$op => Dest::$dest,)* }
            }

            /// The constant that it carries.
            pub const fn immediate(self) -> Immediate {
                match self { $(Op::$op => Immediate::$immediate,)* }
            }
        }
    };
}

instructions! {
    /// Shift left by a constant. The word 0 is `sll $0, $0, 0`, the no-operation.
    Sll "sll" Shift special(0x00), Rd, Shift;
    /// Shift right by a constant, filling with zeros.
    Srl "srl" Shift shift(0x02, 0), Rd, Shift;
    /// Rotate right by a constant.
    Rotr "rotr" Shift shift(0x02, 1), Rd, Shift;
    /// Shift right by a constant, filling with the sign.
    Sra "sra" Shift special(0x03), Rd, Shift;
    /// Shift left by the low five bits of rs.
    Sllv "sllv" Shift special(0x04), Rd, None;
    /// Shift right by the low five bits of rs, filling with zeros.
    Srlv "srlv" Shift shift_variable(0x06, 0), Rd, None;
    /// Rotate right by the low five bits of rs.
    Rotrv "rotrv" Shift shift_variable(0x06, 1), Rd, None;
    /// Shift right by the low five bits of rs, filling with the sign.
    Srav "srav" Shift special(0x07), Rd, None;
    /// Jump to rs.
    Jr "jr" Jump special(0x08), None, None;
    /// Jump to rs, linking in rd.
    Jalr "jalr" Jump special(0x09), Rd, None;
    /// Move rs if rt is zero.
    Movz "movz" Move special(0x0a), Rd, None;
    /// Move rs if rt is not zero.
    Movn "movn" Move special(0x0b), Rd, None;
    /// Enter the supervisor.
    Syscall "syscall" Trap special(0x0c), K0, None;
    /// Breakpoint: always illegal.
    Break "break" Trap special(0x0d), None, None;
    /// Memory barrier: no effect.
    Sync "sync" System special(0x0f), None, None;
    /// Read HI.
    Mfhi "mfhi" Move special(0x10), Rd, None;
    /// Write HI.
    Mthi "mthi" Move special(0x11), None, None;
    /// Read LO.
    Mflo "mflo" Move special(0x12), Rd, None;
    /// Write LO.
    Mtlo "mtlo" Move special(0x13), None, None;
    /// Signed product into HI and LO.
    Mult "mult" Multiply special(0x18), None, None;
    /// Unsigned product into HI and LO.
    Multu "multu" Multiply special(0x19), None, None;
    /// Signed quotient into LO, remainder into HI.
    Div "div" Divide special(0x1a), None, None;
    /// Unsigned quotient into LO, remainder into HI.
    Divu "divu" Divide special(0x1b), None, None;
    /// Sum; overflow is illegal.
    Add "add" Arithmetic special(0x20), Rd, None;
    /// Sum modulo 2^32.
    Addu "addu" Arithmetic special(0x21), Rd, None;
    /// Difference; overflow is illegal.
    Sub "sub" Arithmetic special(0x22), Rd, None;
    /// Difference modulo 2^32.
    Subu "subu" Arithmetic special(0x23), Rd, None;
    /// Bitwise and.
    And "and" Logic special(0x24), Rd, None;
    /// Bitwise or.
    Or "or" Logic special(0x25), Rd, None;
    /// Bitwise exclusive or.
    Xor "xor" Logic special(0x26), Rd, None;
    /// Bitwise not-or.
    Nor "nor" Logic special(0x27), Rd, None;
    /// 1 if rs < rt as signed numbers.
    Slt "slt" Arithmetic special(0x2a), Rd, None;
    /// 1 if rs < rt as unsigned numbers.
    Sltu "sltu" Arithmetic special(0x2b), Rd, None;
    /// Trap if rs >= rt, signed.
    Tge "tge" Trap special(0x30), None, None;
    /// Trap if rs >= rt, unsigned.
    Tgeu "tgeu" Trap special(0x31), None, None;
    /// Trap if rs < rt, signed.
    Tlt "tlt" Trap special(0x32), None, None;
    /// Trap if rs < rt, unsigned.
    Tltu "tltu" Trap special(0x33), None, None;
    /// Trap if rs = rt.
    Teq "teq" Trap special(0x34), None, None;
    /// Trap if rs is not rt.
    Tne "tne" Trap special(0x36), None, None;

    /// Branch if rs < 0.
    Bltz "bltz" Branch regimm(0x00), None, Branch;
    /// Branch if rs >= 0.
    Bgez "bgez" Branch regimm(0x01), None, Branch;
    /// Branch likely if rs < 0.
    Bltzl "bltzl" Branch regimm(0x02), None, Branch;
    /// Branch likely if rs >= 0.
    Bgezl "bgezl" Branch regimm(0x03), None, Branch;
    /// Trap if rs >= the constant, signed.
    Tgei "tgei" Trap regimm(0x08), None, Signed;
    /// Trap if rs >= the sign-extended constant, unsigned.
    Tgeiu "tgeiu" Trap regimm(0x09), None, Signed;
    /// Trap if rs < the constant, signed.
    Tlti "tlti" Trap regimm(0x0a), None, Signed;
    /// Trap if rs < the sign-extended constant, unsigned.
    Tltiu "tltiu" Trap regimm(0x0b), None, Signed;
    /// Trap if rs = the constant.
    Teqi "teqi" Trap regimm(0x0c), None, Signed;
    /// Trap if rs is not the constant.
    Tnei "tnei" Trap regimm(0x0e), None, Signed;
    /// Branch if rs < 0, linking whether taken or not.
    Bltzal "bltzal" Branch regimm(0x10), Ra, Branch;
    /// Branch if rs >= 0, linking whether taken or not.
    Bgezal "bgezal" Branch regimm(0x11), Ra, Branch;
    /// Branch likely if rs < 0, linking whether taken or not.
    Bltzall "bltzall" Branch regimm(0x12), Ra, Branch;
    /// Branch likely if rs >= 0, linking whether taken or not.
    Bgezall "bgezall" Branch regimm(0x13), Ra, Branch;
    /// Make instruction writes visible: no effect, they always are.
    Synci "synci" System regimm(0x1f), None, None;

    /// Jump.
    J "j" Jump primary(0x02), None, Jump;
    /// Jump and link.
    Jal "jal" Jump primary(0x03), Ra, Jump;
    /// Branch if rs = rt.
    Beq "beq" Branch primary(0x04), None, Branch;
    /// Branch if rs is not rt.
    Bne "bne" Branch primary(0x05), None, Branch;
    /// Branch if rs <= 0.
    Blez "blez" Branch primary(0x06), None, Branch;
    /// Branch if rs > 0.
    Bgtz "bgtz" Branch primary(0x07), None, Branch;
    /// Sum with a constant; overflow is illegal.
    Addi "addi" Arithmetic primary(0x08), Rt, Signed;
    /// Sum with a constant modulo 2^32.
    Addiu "addiu" Arithmetic primary(0x09), Rt, Signed;
    /// 1 if rs < the constant, signed.
    Slti "slti" Arithmetic primary(0x0a), Rt, Signed;
    /// 1 if rs < the sign-extended constant, unsigned.
    Sltiu "sltiu" Arithmetic primary(0x0b), Rt, Signed;
    /// Bitwise and with a constant.
    Andi "andi" Logic primary(0x0c), Rt, Unsigned;
    /// Bitwise or with a constant.
    Ori "ori" Logic primary(0x0d), Rt, Unsigned;
    /// Bitwise exclusive or with a constant.
    Xori "xori" Logic primary(0x0e), Rt, Unsigned;
    /// A constant in the upper half.
    Lui "lui" Arithmetic primary(0x0f), Rt, Upper;
    /// Branch likely if rs = rt.
    Beql "beql" Branch primary(0x14), None, Branch;
    /// Branch likely if rs is not rt.
    Bnel "bnel" Branch primary(0x15), None, Branch;
    /// Branch likely if rs <= 0.
    Blezl "blezl" Branch primary(0x16), None, Branch;
    /// Branch likely if rs > 0.
    Bgtzl "bgtzl" Branch primary(0x17), None, Branch;

    /// Add the signed product to HI:LO.
    Madd "madd" Multiply special2(0x00), None, None;
    /// Add the unsigned product to HI:LO.
    Maddu "maddu" Multiply special2(0x01), None, None;
    /// Low word of the product; HI and LO stay as they are.
    Mul "mul" Multiply special2(0x02), Rd, None;
    /// Subtract the signed product from HI:LO.
    Msub "msub" Multiply special2(0x04), None, None;
    /// Subtract the unsigned product from HI:LO.
    Msubu "msubu" Multiply special2(0x05), None, None;
    /// Count leading zeros of rs.
    Clz "clz" Bits special2(0x20), Rd, None;
    /// Count leading ones of rs.
    Clo "clo" Bits special2(0x21), Rd, None;

    /// Extract: bit i is bit `i + lsb` of rs for i <= msbd, zero above and where there is no such bit.
    Ext "ext" Bits special3(0x00), Rt, Field;
    /// Insert: bit i is bit `i - lsb` of rs for lsb <= i <= msb, else that of rt (all of rt if msb < lsb).
    Ins "ins" Bits special3(0x04), Rt, Field;
    /// Swap the bytes in both halves of rt.
    Wsbh "wsbh" Bits shuffle(0x02), Rd, None;
    /// Sign-extend the low byte of rt.
    Seb "seb" Bits shuffle(0x10), Rd, None;
    /// Sign-extend the low half of rt.
    Seh "seh" Bits shuffle(0x18), Rd, None;
    /// Processor number: 0.
    RdhwrCpu "rdhwr cpu_num" System hardware(0), Rt, None;
    /// Step of SYNCI: 32.
    RdhwrSynciStep "rdhwr synci_step" System hardware(1), Rt, None;
    /// Cycle counter: the step number.
    RdhwrCounter "rdhwr cc" System hardware(2), Rt, None;
    /// Steps per tick of the cycle counter: 1.
    RdhwrResolution "rdhwr cc_res" System hardware(3), Rt, None;
    /// Thread pointer: a load of the word at [`address::ULR`](crate::address::ULR).
    RdhwrUserLocal "rdhwr ulr" System hardware(29), Rt, None;

    /// Load a byte, sign-extended.
    Lb "lb" Load primary(0x20), Rt, Signed;
    /// Load a half-word, sign-extended.
    Lh "lh" Load primary(0x21), Rt, Signed;
    /// Load the left part of an unaligned word.
    Lwl "lwl" Load primary(0x22), Rt, Signed;
    /// Load a word.
    Lw "lw" Load primary(0x23), Rt, Signed;
    /// Load a byte, zero-extended.
    Lbu "lbu" Load primary(0x24), Rt, Signed;
    /// Load a half-word, zero-extended.
    Lhu "lhu" Load primary(0x25), Rt, Signed;
    /// Load the right part of an unaligned word.
    Lwr "lwr" Load primary(0x26), Rt, Signed;
    /// Store a byte.
    Sb "sb" Store primary(0x28), None, Signed;
    /// Store a half-word.
    Sh "sh" Store primary(0x29), None, Signed;
    /// Store the left part of an unaligned word.
    Swl "swl" Store primary(0x2a), None, Signed;
    /// Store a word.
    Sw "sw" Store primary(0x2b), None, Signed;
    /// Store the right part of an unaligned word.
    Swr "swr" Store primary(0x2e), None, Signed;
    /// Cache maintenance: no effect.
    Cache "cache" System primary(0x2f), None, None;
    /// Load linked: a load, because a machine with one processor never loses the link.
    Ll "ll" Load primary(0x30), Rt, Signed;
    /// Prefetch: no effect.
    Pref "pref" System primary(0x33), None, None;
    /// Store conditional: stores and writes 1 to rt.
    Sc "sc" Store primary(0x38), Rt, Signed;
}
