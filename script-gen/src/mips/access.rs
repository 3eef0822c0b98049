//! A register and its path to the state digest: what RevealAccess shows.

use gavel_vm::digest::DigestLength;
use gavel_vm::isa::{Dest, Op};

use crate::leaf::LeafKind;

use super::claim::{is_after, is_machine_step};
use super::compression::Compression;
use super::decode::{Decoder, rd, rs, rt};
use super::expr::Expr;
use super::predicate::Predicate;
use super::relation::{Relation, Stage};
use super::shape::GameShape;
use super::slot::StepWord::{
    Hi, HiAfter, Lo, LoAfter, NextPc, NextPcAfter, Pc, PcAfter, Result, Rs, Rt,
};
use super::slot::{Choice, Slot, StepWord};
use super::word::{differ, is_zero, open, step};

/// Kinds of access, by their numbers in the protocol.
const KIND_RS: u8 = 0;
const KIND_RT: u8 = 1;
const KIND_DEST: u8 = 2;

/// The relations of this family.
pub(crate) fn relations(shape: &GameShape) -> Vec<Relation> {
    let length = shape.digest;
    let words = length.chunk_words() as u8;
    let levels = length.register_levels() as u8;
    let mut relations = Vec::new();
    for word in 0..words {
        relations.push(register_word(length, word, KIND_RS, rs, Rs));
        relations.push(register_word(length, word, KIND_RT, rt, Rt));
    }
    relations.extend((0..levels).map(|level| old_level(length, level)));
    relations.push(file_before(length));
    relations.push(state_before(length));
    relations.extend((0..words).map(|word| new_chunk(length, word)));
    relations.extend((1..levels).map(|level| new_level(length, level)));
    relations.push(file_after(length));
    relations
}

fn require_kind(p: &mut Predicate, kind: u8) {
    for bit in 0..2 {
        p.require_choice(Choice::AccessKind { bit }, kind >> bit & 1 == 1);
    }
}

fn register_word(
    length: DigestLength,
    word: u8,
    kind: u8,
    register: fn() -> Expr,
    value: StepWord,
) -> Relation {
    let text = format!(
        "{} is word {word} of the chunk, if the register's number says so",
        value.name()
    );
    let name = format!("register-word/{}/{word}", value.name());
    Relation::digits(name, LeafKind::State, Stage::Access, text, |p| {
        require_kind(p, kind);
        p.require(
            register()
                .modulo(length.chunk_words() as i64)
                .eq(i64::from(word)),
        );
        p.require(differ(&open(Slot::Chunk(word)), &step(value)));
    })
}

/// The number of the register that the step writes; bound.
fn destination(p: &mut Predicate) -> Expr {
    let decoder = Decoder::new(p, Op::ALL);
    let conditional = [Op::Movz, Op::Movn];
    let named = |dest: Dest| -> Vec<Op> {
        Op::ALL
            .iter()
            .copied()
            .filter(|op| op.dest() == dest && !conditional.contains(op))
            .collect()
    };
    let zero = p.bind(is_zero(&step(Rt)));
    let moved = zero.choose(decoder.is(&[Op::Movz]), decoder.is(&[Op::Movn]));
    let fixed = decoder
        .is(&named(Dest::Ra))
        .choose(31, decoder.is(&named(Dest::K0)).choose(26, 0));
    let by_rt = decoder.is(&named(Dest::Rt)).choose(rt(), fixed);
    let number = decoder.is(&named(Dest::Rd)).or(moved).choose(rd(), by_rt);
    p.bind(number)
}

/// Bit `level` of the number of the chunk that holds a register: whether its node of that level is a right child.
fn side(length: DigestLength, register: Expr, level: u8) -> Expr {
    let bit = length.chunk_words().trailing_zeros() + u32::from(level);
    register.modulo(2 << bit).shr(bit)
}

/// Leaves the side of the accessed register's node at a level; the CPU's access opens the chunk of register 0.
fn leave_side(p: &mut Predicate, length: DigestLength, level: u8) {
    let [low, high] = [0, 1].map(|bit| Expr::Bit(Choice::AccessKind { bit }));
    let dest = destination(p);
    let read = low.clone().choose(rt(), rs());
    let other = low.choose(0, dest);
    let register = p.bind(high.choose(other, read));
    p.leave(side(length, register, level));
}

/// The words of the chunk, with the result in the place of one if there is one.
fn chunk(length: DigestLength, replaced: Option<u8>) -> Vec<Slot> {
    let words = 0..length.chunk_words() as u8;
    words
        .map(|word| {
            if replaced == Some(word) {
                Slot::Step(Result)
            } else {
                Slot::Chunk(word)
            }
        })
        .collect()
}

fn old_level(length: DigestLength, level: u8) -> Relation {
    let (sibling, above) = (Slot::LevelSibling(level), Slot::GprOld(level + 1));
    let compression = match level {
        0 => Compression::chunk(length, &chunk(length, None), sibling, above),
        _ => Compression::parent(
            length,
            usize::from(level),
            Slot::GprOld(level),
            sibling,
            above,
        ),
    };
    let text =
        format!("{above} is the parent of the register's node of level {level} and its sibling");
    Relation::hash(
        format!("register-old/{level}"),
        Stage::Access,
        text,
        compression,
        |p| {
            leave_side(p, length, level);
        },
    )
}

fn new_chunk(length: DigestLength, word: u8) -> Relation {
    let above = Slot::GprNew(1);
    let compression = Compression::chunk(
        length,
        &chunk(length, Some(word)),
        Slot::LevelSibling(0),
        above,
    );
    let text =
        format!("{above} is the parent of the chunk with the result in place of word {word}");
    Relation::hash(
        format!("register-new-chunk/{word}"),
        Stage::Access,
        text,
        compression,
        |p| {
            require_kind(p, KIND_DEST);
            let register = destination(p);
            p.require(
                register
                    .clone()
                    .modulo(length.chunk_words() as i64)
                    .eq(i64::from(word)),
            );
            p.leave(side(length, register, 0));
        },
    )
}

fn new_level(length: DigestLength, level: u8) -> Relation {
    let (sibling, above) = (Slot::LevelSibling(level), Slot::GprNew(level + 1));
    let compression = Compression::parent(
        length,
        usize::from(level),
        Slot::GprNew(level),
        sibling,
        above,
    );
    let text =
        format!("{above} is the parent of the register's node of level {level} and its sibling");
    Relation::hash(
        format!("register-new/{level}"),
        Stage::Access,
        text,
        compression,
        |p| {
            require_kind(p, KIND_DEST);
            let register = destination(p);
            p.leave(side(length, register, level));
        },
    )
}

fn file_before(length: DigestLength) -> Relation {
    let root = Slot::GprOld(length.register_levels() as u8);
    let compression = Compression::file(length, root, [Pc, NextPc, Hi, Lo], Slot::FileBefore);
    let text = "file_before is the digest of the register root and pc, next_pc, hi, lo".into();
    Relation::hash(
        "file-before".into(),
        Stage::Access,
        text,
        compression,
        |_| {},
    )
}

fn file_after(length: DigestLength) -> Relation {
    let root = Slot::GprNew(length.register_levels() as u8);
    let cpu = [PcAfter, NextPcAfter, HiAfter, LoAfter];
    let compression = Compression::file(length, root, cpu, Slot::FileAfter);
    let text = "file_after is the digest of the register root and the other registers after a machine step".into();
    Relation::hash("file-after".into(), Stage::Access, text, compression, |p| {
        require_kind(p, KIND_DEST);
        let machine = is_machine_step(p);
        p.require(machine);
    })
}

fn state_before(length: DigestLength) -> Relation {
    let compression = Compression::state(
        length,
        Slot::MemoryRoot,
        Slot::FileBefore,
        Slot::StateBefore,
    );
    let text =
        "state_before is the digest of memory_root and file_before, up to the finish step".into();
    Relation::hash(
        "state-before".into(),
        Stage::Access,
        text,
        compression,
        |p| {
            let idle = is_after(p, 1);
            p.require(idle.not());
        },
    )
}
