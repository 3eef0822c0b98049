//! What places the step in the trace: its index, the claimed number of steps, the boot and the finish step.

use gavel_vm::address::HALT;
use gavel_vm::digest::{Digest, Hasher};

use crate::leaf::LeafKind;

use super::compression::Compression;
use super::expr::{Expr, all, any};
use super::predicate::Predicate;
use super::relation::{Relation, Stage};
use super::shape::{Boundary, GameShape, Search};
use super::slot::StepWord::{Index, NextPc, Pc};
use super::slot::{Choice, Slot};
use super::word::{Word, constant, differ, is_zero, less_than, open, step, sum_fails};

/// The relations of this family.
pub(crate) fn relations(shape: &GameShape) -> Vec<Relation> {
    let mut relations = vec![steps_range(shape), finish(), boot_file(shape)];
    relations.extend(
        shape
            .index_choices()
            .into_iter()
            .map(|(choice, bit)| index_bit(choice, bit)),
    );
    relations.extend(index_range(shape));
    relations.extend([boot_state(shape), accept(shape)]);
    let search = Search::new(&shape.trace_bits);
    let before = search.lower().into_iter();
    relations.extend(before.filter_map(|bound| disclosed(shape, Side::Before, bound)));
    let after = search.upper().into_iter();
    relations.extend(after.filter_map(|bound| disclosed(shape, Side::After, bound)));
    relations.extend([Side::Before, Side::After].map(|side| fingerprint(shape, side)));
    relations
}

fn state(name: &str, text: &str, build: impl FnOnce(&mut Predicate)) -> Relation {
    Relation::digits(
        name.into(),
        LeafKind::State,
        Stage::Step,
        text.into(),
        build,
    )
}

/// Whether the step is a machine step: `1 <= index <= steps`.
pub(crate) fn is_machine_step(p: &mut Predicate) -> Expr {
    let idle = is_after(p, 0);
    all([is_boot().not(), idle.not()])
}

/// Whether the step is the boot step: `index = 0`.
pub(crate) fn is_boot() -> Expr {
    is_zero(&step(Index))
}

/// Whether the step is the finish step: `index = steps + 1`.
pub(crate) fn is_finish(p: &mut Predicate) -> Expr {
    let fails = sum_fails(p, &open(Slot::Steps), &constant(1), &step(Index));
    // 2^32 - 1 steps, which are refuted by themselves, would make the boot step a finish step.
    fails.or(is_boot()).not()
}

/// Whether `index > steps + further`.
pub(crate) fn is_after(p: &mut Predicate, further: u32) -> Expr {
    let after = less_than(p, &open(Slot::Steps), &step(Index), &Expr::Int(0));
    if further == 0 {
        return after;
    }
    let finish = is_finish(p);
    after.and(finish.not())
}

/// Whether the low `bits` bits of a word are those of `value`.
pub(crate) fn low_bits_are(word: &Word, bits: u8, value: u32) -> Expr {
    let digits = word.iter().enumerate().filter_map(|(i, digit)| {
        let expected = i64::from(value >> (4 * i) & 15);
        match bits.saturating_sub(4 * i as u8) {
            0 => None,
            bits @ 1..=3 => Some(
                digit
                    .clone()
                    .modulo(1 << bits)
                    .eq(expected & ((1 << bits) - 1)),
            ),
            _ => Some(digit.clone().eq(expected)),
        }
    });
    all(digits)
}

/// Whether a digest of `words` words differs from a constant.
pub(crate) fn digest_differs(slot: Slot, expected: &Digest, words: usize) -> Expr {
    let digits = (0..8 * words).map(|i| {
        let digit = i64::from(expected.0[i / 8] >> (4 * (i % 8)) & 15);
        Expr::Nibble(slot, i as u8).ne(digit)
    });
    any(digits)
}

/// Requires that two digests differ in a hinted digit.
pub(crate) fn require_digests_differ(p: &mut Predicate, a: Slot, b: Slot, words: usize) {
    let place = p.hint(8 * words as i64);
    let digit = |slot| Expr::Pick(digits(slot, words), Box::new(place.clone()));
    p.require(digit(a).ne(digit(b)));
}

/// The digits of a slot in the order in which they lie on the stack: word 0 first, the most significant digit of a word first.
pub(crate) fn digits(slot: Slot, words: usize) -> Vec<Expr> {
    (0..8 * words as u8)
        .map(|place| Expr::Nibble(slot, place / 8 * 8 + 7 - place % 8))
        .collect()
}

fn index_bit(choice: Choice, bit: u8) -> Relation {
    let text = format!("bit {bit} of index is {choice}");
    state(&format!("index-bit/{bit}"), &text, |p| {
        let digit = step(Index)[usize::from(bit / 4)].clone();
        let place = u32::from(bit % 4);
        let low = if place == 3 {
            digit
        } else {
            digit.modulo(2 << place)
        };
        p.require(low.shr(place).ne(Expr::Bit(choice)));
    })
}

fn index_range(shape: &GameShape) -> Option<Relation> {
    let bits = shape.index_bits();
    let text = format!("index < 2^{bits}");
    (bits < 32).then(|| {
        state("index-range", &text, |p| {
            p.require(exceeds(&step(Index), bits))
        })
    })
}

/// Whether a word is `2^bits` or more.
fn exceeds(word: &Word, bits: u8) -> Expr {
    let (digit, partial) = (usize::from(bits / 4), bits % 4);
    let low = if partial == 0 { digit } else { digit + 1 };
    let above = is_zero(&word[low..]).not();
    if partial == 0 {
        above
    } else {
        above.or(word[digit].clone().ge(1 << partial))
    }
}

fn steps_range(shape: &GameShape) -> Relation {
    let bits = shape.index_bits();
    let last = ((1u64 << bits) - 1) as u32;
    state("steps-range", &format!("1 <= steps <= 2^{bits} - 2"), |p| {
        let steps = open(Slot::Steps);
        let high = low_bits_are(&steps, bits, last);
        let high = if bits < 32 {
            high.or(exceeds(&steps, bits))
        } else {
            high
        };
        p.require(is_zero(&steps).or(high));
    })
}

fn finish() -> Relation {
    state(
        "finish",
        "in the finish step pc = HALT and next_pc = HALT + 4",
        |p| {
            let finish = is_finish(p);
            p.require(finish);
            let pc = differ(&step(Pc), &constant(HALT));
            let next_pc = differ(&step(NextPc), &constant(HALT + 4));
            p.require(pc.or(next_pc));
        },
    )
}

fn boot_file(shape: &GameShape) -> Relation {
    state(
        "boot-file",
        "in the boot step file_after is the image's register file",
        |p| {
            p.require(is_boot());
            p.require(digest_differs(
                Slot::FileAfter,
                &shape.boot_file,
                shape.digest.words(),
            ));
        },
    )
}

fn boot_state(shape: &GameShape) -> Relation {
    state(
        "boot-state",
        "before the boot step the state is BOOT",
        |p| {
            p.require(is_boot());
            p.require(digest_differs(
                Slot::StateBefore,
                &shape.boot,
                shape.digest.words(),
            ));
        },
    )
}

fn accept(shape: &GameShape) -> Relation {
    let accept = Hasher::new(shape.digest).accept();
    state(
        "accept",
        "from the finish step on, the state after is ACCEPT",
        |p| {
            let after = is_after(p, 0);
            p.require(after);
            p.require(digest_differs(
                Slot::StateAfter,
                &accept,
                shape.digest.words(),
            ));
        },
    )
}

/// An end of the disputed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Side {
    const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    const fn fingerprint(self) -> Slot {
        match self {
            Self::Before => Slot::FingerprintBefore,
            Self::After => Slot::FingerprintAfter,
        }
    }
}

/// The fingerprint that RevealStep repeats is the one that the search has disclosed for this end of the step. The ends of the
/// whole trace were never disclosed: they are constants.
fn disclosed(shape: &GameShape, side: Side, bound: Boundary) -> Option<Relation> {
    let (round, boundary) = bound.slot?;
    let slot = Slot::Trace { round, boundary };
    let repeated = side.fingerprint();
    Some(state(
        &format!("disclosed-{}/{slot}", side.name()),
        &format!(
            "{repeated} is the fingerprint that was disclosed for the state {} the step",
            side.name()
        ),
        |p| {
            p.require(low_bits_are(&step(Index), bound.bits, bound.value));
            require_digests_differ(p, repeated, slot, shape.digest.fingerprint_words());
        },
    ))
}

fn fingerprint(shape: &GameShape, side: Side) -> Relation {
    let (state, place) = match side {
        Side::Before => (Slot::StateBefore, "index"),
        Side::After => (Slot::StateAfter, "index + 1"),
    };
    let claimed = side.fingerprint();
    Relation::hash(
        format!("fingerprint-{}", side.name()),
        Stage::Step,
        format!("{claimed} is the fingerprint of {state} at {place}"),
        Compression::fingerprint(shape.digest, state, side == Side::After, claimed),
        |_| {},
    )
}
