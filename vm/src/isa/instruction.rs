//! Decoding of one word.

use std::sync::LazyLock;

use super::{Dest, Immediate, Op};

/// A decoded instruction: eight bytes, so that a page of decoded code stays small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub op: Op,
    /// The register named by bits 21..26.
    pub rs: u8,
    /// The register named by bits 16..21.
    pub rt: u8,
    /// The register that is written, 0 if none.
    pub dest: u8,
    /// The constant, as [`Op::immediate`] says.
    pub imm: u32,
}

/// The instructions of each primary opcode (bits 26..32).
static BY_OPCODE: LazyLock<[Vec<Op>; 64]> = LazyLock::new(|| {
    let mut table = [const { Vec::new() }; 64];
    for &op in Op::ALL {
        table[(op.encoding().bits >> 26) as usize].push(op);
    }
    table
});

impl Op {
    /// The instruction that `word` is, `None` for a word that this machine does not support.
    pub fn decode(word: u32) -> Option<Op> {
        BY_OPCODE[(word >> 26) as usize]
            .iter()
            .copied()
            .find(|op| op.encoding().matches(word))
    }
}

impl Instruction {
    /// The instruction that `word` is with its operands, `None` for an unsupported word.
    pub fn decode(word: u32) -> Option<Instruction> {
        let op = Op::decode(word)?;
        let field = |shift: u32| (word >> shift) as u8 & 31;
        let signed = word as u16 as i16 as i32 as u32;
        Some(Instruction {
            op,
            rs: field(21),
            rt: field(16),
            dest: match op.dest() {
                Dest::None => 0,
                Dest::Rd => field(11),
                Dest::Rt => field(16),
                Dest::Ra => 31,
                Dest::K0 => 26,
            },
            imm: match op.immediate() {
                Immediate::None => 0,
                Immediate::Signed => signed,
                Immediate::Unsigned => word & 0xffff,
                Immediate::Upper => word << 16,
                Immediate::Branch => signed << 2,
                Immediate::Jump => (word & 0x03ff_ffff) << 2,
                Immediate::Shift => word >> 6 & 31,
                Immediate::Field => word >> 6 & 0x3ff,
            },
        })
    }

    /// The register that a step with this instruction writes, given the value of rt: a conditional move whose
    /// condition fails writes none.
    pub fn destination(&self, rt: u32) -> u8 {
        match self.op {
            Op::Movz if rt != 0 => 0,
            Op::Movn if rt == 0 => 0,
            _ => self.dest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_declarations_overlap() {
        for (i, a) in Op::ALL.iter().enumerate() {
            let a_enc = a.encoding();
            assert_eq!(a_enc.bits & !a_enc.mask, 0, "{a:?}");
            assert_eq!(Op::decode(a_enc.bits), Some(*a));
            for b in &Op::ALL[i + 1..] {
                let common = a_enc.mask & b.encoding().mask;
                assert_ne!(
                    a_enc.bits & common,
                    b.encoding().bits & common,
                    "{a:?} and {b:?}"
                );
            }
        }
    }

    #[test]
    fn decoded_instructions_are_small() {
        assert_eq!(size_of::<Option<Instruction>>(), 8);
    }

    #[test]
    fn unsupported_words() {
        // A floating-point add, COP0 MFC0, the DSP group, RDHWR of register 4, SDBBP, WAIT.
        for word in [
            0x4600_0000,
            0x4000_0000,
            0x7c00_0010,
            0x7c00_203b,
            0x7000_003f,
            0x4200_0020,
            u32::MAX,
        ] {
            assert_eq!(Instruction::decode(word), None, "{word:#010x}");
        }
    }

    #[test]
    fn operands() {
        let addiu = Instruction::decode(0x27bd_ffe8).unwrap(); // addiu sp, sp, -24
        assert_eq!(
            (addiu.op, addiu.rs, addiu.dest, addiu.imm),
            (Op::Addiu, 29, 29, 24u32.wrapping_neg())
        );
        let bne = Instruction::decode(0x1480_fffd).unwrap(); // bnez a0, -3
        assert_eq!(
            (bne.op, bne.rs, bne.rt, bne.dest, bne.imm),
            (Op::Bne, 4, 0, 0, 12u32.wrapping_neg())
        );
        let ext = Instruction::decode(0x7c82_3900).unwrap(); // ext v0, a0, 4, 8
        assert_eq!(
            (ext.op, ext.rs, ext.dest, ext.imm),
            (Op::Ext, 4, 2, 7 << 5 | 4)
        );
        let jal = Instruction::decode(0x0c10_0000).unwrap();
        assert_eq!((jal.op, jal.dest, jal.imm), (Op::Jal, 31, 0x0040_0000));
    }
}
