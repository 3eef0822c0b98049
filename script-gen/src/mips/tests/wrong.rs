//! Every wrong digit of a register or memory path is refuted by a leaf of the selection that is about it.

use std::collections::BTreeSet;

use gavel_vm::digest::DigestLength;
use gavel_vm::memory::ByteOrder;
use gavel_vm::witness::AccessKind;

use super::game::Game;
use super::machine::Random;
use crate::mips::shape::Search;
use crate::mips::{LeafSet, Slot, Stage, StepWord, Values};

/// Checks that a leaf refutes every value of `slot` that differs in one digit: the kinds of leaves that do. `unused` words at the
/// end are not hashed.
fn assert_refuted(
    leaves: &LeafSet,
    stage: Stage,
    values: &Values,
    slot: Slot,
    unused: usize,
    what: &str,
) -> BTreeSet<String> {
    let mut random = Random(5);
    let honest = values.words(slot).unwrap().to_vec();
    let mut kinds = BTreeSet::new();
    for word in 0..honest.len() - unused {
        for digit in 0..8 {
            let mut wrong = honest.clone();
            wrong[word] ^= (1 + random.below(15)) << (4 * digit);
            let mut values = values.clone();
            values.set(slot, wrong);
            let found = leaves.find_refutation(stage, &values).unwrap();
            let found =
                found.unwrap_or_else(|| panic!("{what}: {slot}, word {word}, digit {digit}"));
            let leaf = leaves.leaf(found.leaf).unwrap();
            kinds.insert(leaf.kind_name().to_owned());
        }
    }
    kinds
}

fn check_accesses(order: ByteOrder, digest: DigestLength) {
    let mut game = Game::new(order, digest);
    let leaves = LeafSet::new(game.shape.clone()).unwrap();
    let unused = digest.words() - digest.chunk_words();
    for index in [0, 1, 3, 8, game.steps(), game.steps() + 1] {
        let (witness, values) = game.step(index);
        for kind in AccessKind::ALL {
            let mut values = values.clone();
            game.access(&witness, &mut values, kind);
            let mut slots = vec![Slot::FileBefore, Slot::MemoryRoot, Slot::StateBefore];
            slots.extend((0..digest.chunk_words() as u8).map(Slot::Chunk));
            slots.extend((1..digest.register_levels() as u8).map(Slot::LevelSibling));
            slots.extend((1..=digest.register_levels() as u8).map(Slot::GprOld));
            slots.extend(
                [StepWord::Pc, StepWord::NextPc, StepWord::Hi, StepWord::Lo].map(Slot::Step),
            );
            match kind {
                AccessKind::Rs => slots.push(Slot::Step(StepWord::Rs)),
                AccessKind::Rt => slots.push(Slot::Step(StepWord::Rt)),
                AccessKind::Dest => {
                    slots.extend((1..=digest.register_levels() as u8).map(Slot::GprNew));
                    slots.push(Slot::Step(StepWord::Result));
                }
                AccessKind::Cpu => {}
            }
            if kind == AccessKind::Dest && (1..=game.steps()).contains(&index) {
                use StepWord::{HiAfter, LoAfter, NextPcAfter, PcAfter};
                slots.extend([PcAfter, NextPcAfter, HiAfter, LoAfter].map(Slot::Step));
                slots.push(Slot::FileAfter);
            }
            let what = format!("position {index}, {kind:?}");
            for slot in slots {
                assert_refuted(&leaves, Stage::Access, &values, slot, 0, &what);
            }
            assert_refuted(
                &leaves,
                Stage::Access,
                &values,
                Slot::LevelSibling(0),
                unused,
                &what,
            );
        }
    }
}

/// The slots at the ends of an interval, in the rounds of three and two bits of the test games.
fn ends(interval: u8, old: bool) -> [Option<Slot>; 2] {
    let slot = |round, boundary| match (boundary, old) {
        (0, _) => None,
        (boundary, true) => Some(Slot::PathOld { round, boundary }),
        (boundary, false) => Some(Slot::PathNew { round, boundary }),
    };
    let (first, second) = (u16::from(interval >> 2), u16::from(interval & 3));
    let lower = if second == 0 {
        slot(1, first)
    } else {
        slot(2, second)
    };
    let upper = if second == 3 {
        slot(1, first + 1)
    } else {
        slot(2, second + 1)
    };
    [lower, upper]
}

fn check_paths(order: ByteOrder, digest: DigestLength) {
    let mut game = Game::new(order, digest);
    let leaves = LeafSet::new(game.shape.clone()).unwrap();
    let steps = game.steps();
    let (top, region) = (digest.state_level() as u8, digest.region_level() as u8);
    let unused = |interval: u8| {
        if interval <= 1 {
            digest.words() - digest.chunk_words()
        } else {
            0
        }
    };
    for (index, kind) in [
        (0, 3),
        (2, 0),
        (4, 1),
        (6, 1),
        (9, 1),
        (steps, 0),
        (steps + 1, 2),
    ] {
        let (witness, values) = game.step(index);
        let first = if kind < 2 { 0 } else { region };
        for interval in first..=top {
            let mut values = values.clone();
            game.path(&witness, &mut values, kind, interval);
            let what = format!("position {index}, path kind {kind}, interval {interval}");
            let refuted = |slot, unused| {
                assert_refuted(&leaves, Stage::Path, &values, slot, unused, &what);
            };
            refuted(Slot::PathAddr, 0);
            if interval == 0 {
                match kind {
                    0 => refuted(Slot::Step(StepWord::Instr), 0),
                    _ => [StepWord::MemOld, StepWord::MemNew]
                        .map(Slot::Step)
                        .into_iter()
                        .for_each(|slot| refuted(slot, 0)),
                }
            }
            let climbs = interval > first || kind == 1;
            if climbs && interval >= 1 {
                let words = if interval == 1 { unused(1) } else { 0 };
                refuted(Slot::Sibling, words);
            }
            for old in [true, false] {
                if !old && kind % 2 == 0 {
                    continue;
                }
                let [lower, upper] = ends(interval, old);
                if let (Some(lower), true) = (lower, interval > first) {
                    refuted(lower, unused(interval));
                }
                // At interval 0 one chunk alone says nothing about the words beside the fetched one.
                if let (Some(upper), true) = (upper, interval > 0 || kind == 1) {
                    refuted(upper, if interval == 0 { unused(0) } else { 0 });
                }
            }
            if interval == top {
                refuted(Slot::StateBefore, 0);
            }
            if interval == top && kind % 2 == 1 {
                refuted(Slot::FileAfter, 0);
                refuted(Slot::StateAfter, 0);
            }
        }
    }
}

/// The states at the ends of every position, and what was disclosed of them.
fn check_states(order: ByteOrder, digest: DigestLength) {
    let mut game = Game::new(order, digest);
    let leaves = LeafSet::new(game.shape.clone()).unwrap();
    let search = Search::new(&game.shape.trace_bits);
    let last = (1 << game.shape.index_bits()) - 1;
    for index in (0..game.steps() + 4).chain([31, last]) {
        let (_, values) = game.step(index);
        assert_eq!(leaves.find_refutation(Stage::Step, &values), Ok(None));
        let mut slots = vec![
            (Slot::Salt, ["fingerprint-before", "fingerprint-after"]),
            (Slot::StateBefore, ["boot-state", "fingerprint-before"]),
            (Slot::StateAfter, ["accept", "fingerprint-after"]),
            (
                Slot::FingerprintBefore,
                ["disclosed-before", "fingerprint-before"],
            ),
            (
                Slot::FingerprintAfter,
                ["disclosed-after", "fingerprint-after"],
            ),
        ];
        for bound in search.lower().into_iter().chain(search.upper()) {
            let mask = (1 << bound.bits) - 1;
            if let Some((round, boundary)) = bound.slot
                && index as u32 & mask == bound.value
            {
                let slot = Slot::Trace { round, boundary };
                slots.push((slot, ["disclosed-before", "disclosed-after"]));
            }
        }
        // The ends of the trace were never disclosed.
        assert_eq!(slots.len(), if [0, last].contains(&index) { 6 } else { 7 });
        for (slot, expected) in slots {
            let what = format!("position {index}");
            let kinds = assert_refuted(&leaves, Stage::Step, &values, slot, 0, &what);
            let known = kinds.iter().all(|kind| expected.contains(&kind.as_str()));
            assert!(known, "{what}: {slot} by {kinds:?}");
        }
    }
}

#[test]
fn wrong_states_of_long_digests() {
    check_states(ByteOrder::Big, DigestLength::Bits256);
}

#[test]
fn wrong_states_of_short_digests() {
    check_states(ByteOrder::Little, DigestLength::Bits160);
}

#[test]
fn wrong_registers_of_long_digests() {
    check_accesses(ByteOrder::Big, DigestLength::Bits256);
}

#[test]
fn wrong_registers_of_short_digests() {
    check_accesses(ByteOrder::Little, DigestLength::Bits160);
}

#[test]
fn wrong_paths_of_long_digests() {
    check_paths(ByteOrder::Big, DigestLength::Bits256);
}

#[test]
fn wrong_paths_of_short_digests() {
    check_paths(ByteOrder::Little, DigestLength::Bits160);
}
