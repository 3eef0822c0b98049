//! Fields of the opened instruction word, and tests of which instruction it is.
//!
//! Which bits make an instruction is taken from the declarations of [`gavel_vm::isa`], so the leaves and the machine cannot
//! disagree about it.

use std::array;

use gavel_vm::isa::{Dest, Op};

use super::expr::{Expr, any};
use super::predicate::Predicate;
use super::slot::{Slot, StepWord};
use super::word::Word;

/// Nibble `i` of the instruction.
fn nibble(i: u8) -> Expr {
    Expr::Nibble(Slot::Step(StepWord::Instr), i)
}

/// Bits 26..32: the primary opcode.
fn primary() -> Expr {
    nibble(7).shl(2) + nibble(6).shr(2)
}

/// Bits 16..21.
pub(crate) fn rt() -> Expr {
    nibble(5).modulo(2).shl(4) + nibble(4)
}

/// Bits 21..26.
pub(crate) fn rs() -> Expr {
    nibble(6).modulo(4).shl(3) + nibble(5).shr(1)
}

/// Bits 11..16.
pub(crate) fn rd() -> Expr {
    nibble(3).shl(1) + nibble(2).shr(3)
}

/// Bits 6..11: the shift amount, the low end of a bit field, or the sub-function of a byte shuffle.
pub(crate) fn shamt() -> Expr {
    nibble(2).modulo(8).shl(2) + nibble(1).shr(2)
}

/// Bits 0..6.
fn function() -> Expr {
    nibble(1).modulo(4).shl(4) + nibble(0)
}

/// Bit 21: among shifts by a constant, tells a rotation.
pub(crate) fn rotates() -> Expr {
    nibble(5).modulo(4).shr(1)
}

/// Bit 6: among shifts by a register, tells a rotation.
pub(crate) fn rotates_variable() -> Expr {
    nibble(1).modulo(8).shr(2)
}

/// 15 if bit 15 is set, else 0: the digit that sign extension repeats.
fn sign_fill(p: &mut Predicate) -> Expr {
    p.bind(nibble(3).ge(8).choose(15, 0))
}

/// Bits 0..16, sign-extended.
pub(crate) fn signed_immediate(p: &mut Predicate) -> Word {
    let fill = sign_fill(p);
    array::from_fn(|i| if i < 4 { nibble(i as u8) } else { fill.clone() })
}

/// Bits 0..16 in the upper half.
pub(crate) fn upper_immediate() -> Word {
    array::from_fn(|i| {
        if i < 4 {
            Expr::Int(0)
        } else {
            nibble(i as u8 - 4)
        }
    })
}

/// Digit `i` of the instruction word shifted left by two.
fn shifted(i: u8) -> Expr {
    if i == 0 {
        nibble(0).modulo(4).shl(2)
    } else {
        nibble(i).modulo(4).shl(2) + nibble(i - 1).shr(2)
    }
}

/// Bits 0..16, sign-extended and shifted left by two: the distance of a branch.
pub(crate) fn branch_distance(p: &mut Predicate) -> Word {
    let fill = sign_fill(p);
    array::from_fn(|i| match i {
        0..=3 => shifted(i as u8),
        4 => nibble(3).shr(2) + fill.clone().ge(1).choose(12, 0),
        _ => fill.clone(),
    })
}

/// Bits 0..26 shifted left by two, below the digit `region`: the target of a jump.
pub(crate) fn jump_target(region: Expr) -> Word {
    array::from_fn(|i| {
        if i < 7 {
            shifted(i as u8)
        } else {
            region.clone()
        }
    })
}

/// Whether the field that names the destination register is not $0.
pub(crate) fn dest_is_not_zero(dest: Dest) -> Expr {
    match dest {
        Dest::None => Expr::Int(0),
        Dest::Rd => nibble(3).ne(0).or(nibble(2).ge(8)),
        Dest::Rt => nibble(4).ne(0).or(nibble(5).modulo(2)),
        Dest::Ra | Dest::K0 => Expr::Int(1),
    }
}

const SPECIAL: u32 = 0x00;
const REGIMM: u32 = 0x01;
const SPECIAL2: u32 = 0x1c;
const SPECIAL3: u32 = 0x1f;

/// Primary opcodes whose instructions a further field tells apart.
const GROUPS: [u32; 4] = [SPECIAL, REGIMM, SPECIAL2, SPECIAL3];

/// Numbers in a group, and the first number that is no primary opcode.
const GROUP_SIZE: i64 = 64;

/// Tells the instructions of a leaf apart by one bound number: the primary opcode, or the function (the rt field for REGIMM)
/// above the base of the group. Instructions that only a further field tells apart share one.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    key: Expr,
    /// The groups that the leaf needs. The first has the smallest numbers, which are cheap to push.
    groups: Vec<u32>,
}

impl Decoder {
    /// Binds the key of the opened instruction word, with the groups that `ops` need.
    pub(crate) fn new(p: &mut Predicate, ops: &[Op]) -> Self {
        let opcode = p.bind(primary());
        let needed = |group: &u32| ops.iter().any(|op| op.encoding().bits >> 26 == *group);
        let groups: Vec<u32> = GROUPS.into_iter().filter(needed).collect();
        let mut key = opcode.clone();
        for (base, &group) in (GROUP_SIZE..).step_by(GROUP_SIZE as usize).zip(&groups) {
            let within = if group == REGIMM { rt() } else { function() };
            let of_group = opcode.clone().eq(i64::from(group));
            key = of_group.choose(within + base, key);
        }
        Self {
            key: p.bind(key),
            groups,
        }
    }

    /// The key of an instruction of the leaf.
    fn key(&self, op: Op) -> i64 {
        let bits = op.encoding().bits;
        let (group, function) = (bits >> 26, i64::from(bits & 0x3f));
        let Some(place) = self.groups.iter().position(|needed| *needed == group) else {
            return i64::from(group);
        };
        let within = if group == REGIMM {
            i64::from(bits >> 16 & 31)
        } else {
            function
        };
        GROUP_SIZE * (place as i64 + 1) + within
    }

    /// Whether the instruction is one of `ops`, which must be among those of the leaf, as far as opcode and function tell.
    pub(crate) fn is(&self, ops: &[Op]) -> Expr {
        let keys: Vec<i64> = ops.iter().map(|op| self.key(*op)).collect();
        self.key.clone().one_of(&keys)
    }
}

/// Whether the word is an instruction that has a successor in some state.
pub(crate) fn is_supported(p: &mut Predicate) -> Expr {
    let decoder = Decoder::new(p, Op::ALL);
    let shuffles = [Op::Wsbh, Op::Seb, Op::Seh];
    let hardware: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| decoder.key(*op) == decoder.key(Op::RdhwrCpu))
        .collect();
    let plain: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| *op != Op::Break && !shuffles.contains(op) && !hardware.contains(op))
        .collect();
    let shuffle = decoder.is(&shuffles).and(any(shuffles.map(is_shuffle)));
    let rdhwr = decoder
        .is(&hardware)
        .and(any(hardware.iter().map(|op| is_hardware(*op))));
    decoder.is(&plain).or(shuffle).or(rdhwr)
}

/// Whether bits 6..11 name this byte shuffle.
pub(crate) fn is_shuffle(op: Op) -> Expr {
    shamt().eq(i64::from(op.encoding().bits >> 6 & 31))
}

/// Whether bits 11..16 name this hardware register.
pub(crate) fn is_hardware(op: Op) -> Expr {
    rd().eq(i64::from(op.encoding().bits >> 11 & 31))
}
