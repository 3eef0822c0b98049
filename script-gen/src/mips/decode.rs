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

/// The number that stands for an instruction in a leaf: its primary opcode, or its function above the base of its group.
/// Instructions that only a further field tells apart share one.
fn key(op: Op) -> i64 {
    let bits = op.encoding().bits;
    let function = i64::from(bits & 0x3f);
    match bits >> 26 {
        SPECIAL => base(SPECIAL) + function,
        REGIMM => base(REGIMM) + i64::from(bits >> 16 & 31),
        SPECIAL2 => base(SPECIAL2) + function,
        SPECIAL3 => base(SPECIAL3) + function,
        primary => i64::from(primary),
    }
}

/// First key of a group. The order makes the small ones frequent: a key below 128 is a two-byte push.
const fn base(group: u32) -> i64 {
    match group {
        SPECIAL => 64,
        REGIMM => 128,
        SPECIAL2 => 192,
        _ => 256,
    }
}

/// Tells the instructions of a leaf apart by one bound number.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    key: Expr,
    groups: Vec<u32>,
}

impl Decoder {
    /// Binds the key of the opened instruction word, with the groups that `ops` need.
    pub(crate) fn new(p: &mut Predicate, ops: &[Op]) -> Self {
        let opcode = p.bind(primary());
        let groups: Vec<u32> = [SPECIAL, REGIMM, SPECIAL2, SPECIAL3]
            .into_iter()
            .filter(|group| ops.iter().any(|op| op.encoding().bits >> 26 == *group))
            .collect();
        let mut key = opcode.clone();
        for &group in &groups {
            let within = if group == REGIMM { rt() } else { function() };
            let of_group = opcode.clone().eq(i64::from(group));
            key = of_group.choose(within + base(group), key);
        }
        Self {
            key: p.bind(key),
            groups,
        }
    }

    /// Whether the instruction is one of `ops`, as far as opcode and function tell.
    pub(crate) fn is(&self, ops: &[Op]) -> Expr {
        debug_assert!(ops.iter().all(|op| {
            let primary = op.encoding().bits >> 26;
            key(*op) < 64 || self.groups.contains(&primary)
        }));
        let keys: Vec<i64> = ops.iter().map(|op| key(*op)).collect();
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
        .filter(|op| key(*op) == key(Op::RdhwrCpu))
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
