//! A path through the memory tree: what DisclosePath and RevealPath show.
//!
//! The selected interval x = [x, x + 1] decides which disclosed nodes a leaf compares, so there is a leaf per interval. Position
//! p >= 1 is the node of level p - 1; interval x >= 1 is the compression from level x - 1 to level x.

use gavel_vm::address::{INPUT, OUTPUT};
use gavel_vm::digest::{Digest, DigestLength, Hasher, MemoryTree};

use crate::leaf::LeafKind;

use super::claim::{
    digest_differs, digits, is_after, is_boot, is_finish, is_machine_step, require_digests_differ,
};
use super::compression::Compression;
use super::expr::Expr;
use super::predicate::Predicate;
use super::relation::{Relation, Stage};
use super::shape::{Boundary, GameShape, Search};
use super::slot::StepWord::{Addr, Instr, MemNew, MemOld, Pc};
use super::slot::{Choice, Slot, StepWord};
use super::word::{Word, constant, differ, open, step};

/// A kind of path, by its number in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Fetch = 0,
    Data = 1,
    Output = 2,
    Boot = 3,
}

/// The bit of a kind that says that the path of the new state counts.
const CHANGES: u8 = 0;
/// The bit of a kind that says that the path begins at a region's root.
const REGION: u8 = 1;

/// The relations of this family.
pub(crate) fn relations(shape: &GameShape) -> Vec<Relation> {
    let paths = Paths {
        length: shape.digest,
        search: Search::new(&shape.path_bits),
    };
    let mut relations = paths.addresses();
    relations.extend(paths.words().into_iter().flatten());
    for interval in 1..=paths.length.state_level() as u8 {
        relations.extend(paths.old_level(interval));
        relations.extend(paths.new_level(interval));
    }
    relations.extend(paths.regions().into_iter().flatten());
    relations.extend(paths.ends().into_iter().flatten());
    relations
}

struct Paths {
    length: DigestLength,
    search: Search,
}

/// Which state's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

impl Side {
    fn slot(self, (round, boundary): (u8, u16)) -> Slot {
        match self {
            Side::Old => Slot::PathOld { round, boundary },
            Side::New => Slot::PathNew { round, boundary },
        }
    }
}

fn require_kind(p: &mut Predicate, kind: Kind) {
    require_kind_bit(p, CHANGES, kind as u8 & 1 == 1);
    require_kind_bit(p, REGION, kind as u8 & 2 == 2);
}

fn require_kind_bit(p: &mut Predicate, bit: u8, value: bool) {
    p.require_choice(Choice::PathKind { bit }, value);
}

fn state(name: String, text: String, build: impl FnOnce(&mut Predicate)) -> Relation {
    Relation::digits(name, LeafKind::State, Stage::Path, text, build)
}

impl Paths {
    /// The slot at the lower or upper end of an interval; the ends of the whole range have none.
    fn bound(&self, bounds: Vec<Boundary>, side: Side, interval: u8) -> Option<Slot> {
        let holds = |bound: &Boundary| {
            let mask = ((1u64 << bound.bits) - 1) as u32;
            u32::from(interval) & mask == bound.value
        };
        // The first entry, without a slot, is for the ends of the range; the others exclude each other.
        bounds
            .into_iter()
            .find(holds)
            .and_then(|bound| bound.slot)
            .map(|slot| side.slot(slot))
    }

    fn lower(&self, side: Side, interval: u8) -> Option<Slot> {
        self.bound(self.search.lower(), side, interval)
    }

    fn upper(&self, side: Side, interval: u8) -> Option<Slot> {
        self.bound(self.search.upper(), side, interval)
    }

    /// Requires that the interval was selected.
    fn require_interval(&self, p: &mut Predicate, interval: u8) {
        for round in self.search.rounds() {
            for bit in 0..round.bits {
                let value = interval >> (round.offset + bit) & 1 == 1;
                p.require_choice(
                    Choice::Path {
                        round: round.number,
                        bit,
                    },
                    value,
                );
            }
        }
    }

    fn addresses(&self) -> Vec<Relation> {
        let address = |kind: Kind, name: &str, expected: Word| {
            let text = format!("path_addr is {name} for this kind of path");
            state(format!("path-address/{name}"), text, |p| {
                require_kind(p, kind);
                p.require(differ(&open(Slot::PathAddr), &expected));
            })
        };
        vec![
            address(Kind::Fetch, "pc", step(Pc)),
            address(Kind::Data, "addr", step(Addr)),
            address(Kind::Output, "output", constant(OUTPUT)),
            address(Kind::Boot, "input", constant(INPUT)),
        ]
    }

    /// The position of the addressed word in its chunk, bound.
    fn word_place(&self, p: &mut Predicate) -> Expr {
        let addr = open(Slot::PathAddr);
        let low = addr[0].clone().shr(2);
        p.bind(match self.length {
            DigestLength::Bits256 => addr[1].clone().modulo(2).shl(2) + low,
            DigestLength::Bits160 => low,
        })
    }

    /// Digit `digit`, from the most significant one, of word `word` of a chunk; bound.
    fn chunk_digit(&self, p: &mut Predicate, chunk: Slot, word: &Expr, digit: &Expr) -> Expr {
        let words = self.length.chunk_words();
        // Never more than the last place; the clamp says so to the analysis of the script.
        let place = (word.clone().shl(3) + digit.clone()).min(8 * words as i64 - 1);
        p.bind(Expr::Pick(digits(chunk, words), Box::new(place)))
    }

    fn words(&self) -> Option<Vec<Relation>> {
        let (old, new) = (self.upper(Side::Old, 0)?, self.upper(Side::New, 0)?);
        let addressed = |name: &str, kind: Kind, chunk: Slot, word: StepWord| {
            let text = format!("the addressed word of the {name} chunk is {}", word.name());
            state(format!("path-word/{}", word.name()), text, |p| {
                self.require_interval(p, 0);
                require_kind(p, kind);
                let machine = is_machine_step(p);
                p.require(machine);
                let digit = p.hint(8);
                let place = self.word_place(p);
                let found = self.chunk_digit(p, chunk, &place, &digit);
                p.require(found.ne(Expr::Pick(digits(Slot::Step(word), 1), Box::new(digit))));
            })
        };
        let others = state(
            "path-others".into(),
            "every other word of the chunk stays".into(),
            |p| {
                self.require_interval(p, 0);
                require_kind(p, Kind::Data);
                let machine = is_machine_step(p);
                p.require(machine);
                let (word, digit) = (p.hint(self.length.chunk_words() as i64), p.hint(8));
                let addressed = self.word_place(p);
                p.require(word.clone().ne(addressed));
                let before = self.chunk_digit(p, old, &word, &digit);
                let after = self.chunk_digit(p, new, &word, &digit);
                p.require(before.ne(after));
            },
        );
        Some(vec![
            addressed("fetched", Kind::Fetch, old, Instr),
            addressed("old", Kind::Data, old, MemOld),
            addressed("new", Kind::Data, new, MemNew),
            others,
        ])
    }

    /// Whether the node at the lower end of an interval is a right child, by the address.
    fn leave_side(&self, p: &mut Predicate, level: u8) {
        let bit = self.length.chunk_bits() as u8 + level;
        let digit = Expr::Nibble(Slot::PathAddr, bit / 4);
        let place = u32::from(bit % 4);
        p.leave(if place == 3 {
            digit.shr(3)
        } else {
            digit.modulo(2 << place).shr(place)
        });
    }

    /// The compression of an interval: from level x - 1.
    fn compression(&self, side: Side, interval: u8) -> Option<Compression> {
        let level = usize::from(interval) - 1;
        let (lower, upper) = (self.lower(side, interval)?, self.upper(side, interval)?);
        Some(if level == self.length.memory_levels() {
            let file = if side == Side::Old {
                Slot::Sibling
            } else {
                Slot::FileAfter
            };
            Compression::state(self.length, lower, file, upper)
        } else {
            Compression::parent(self.length, level, lower, Slot::Sibling, upper)
        })
    }

    fn old_level(&self, interval: u8) -> Option<Relation> {
        let level = interval - 1;
        let text =
            format!("the old node of level {interval} is the parent of that of level {level}");
        let compression = self.compression(Side::Old, interval)?;
        Some(Relation::hash(
            format!("path-old/{level}"),
            Stage::Path,
            text,
            compression,
            |p| {
                self.require_interval(p, interval);
                if usize::from(level) < self.length.region_level() {
                    require_kind_bit(p, REGION, false);
                }
                if usize::from(level) < self.length.memory_levels() {
                    self.leave_side(p, level);
                }
            },
        ))
    }

    fn new_level(&self, interval: u8) -> Option<Relation> {
        let level = interval - 1;
        let text =
            format!("the new node of level {interval} is the parent of that of level {level}");
        let compression = self.compression(Side::New, interval)?;
        Some(Relation::hash(
            format!("path-new/{level}"),
            Stage::Path,
            text,
            compression,
            |p| {
                self.require_interval(p, interval);
                require_kind_bit(p, CHANGES, true);
                if usize::from(level) < self.length.region_level() {
                    require_kind_bit(p, REGION, false);
                } else {
                    // A machine step may store beside the input region: only the boot step keeps the siblings of its path.
                    let data = Expr::Bit(Choice::PathKind { bit: REGION }).not();
                    p.require(data.or(is_boot()));
                }
                if usize::from(level) < self.length.memory_levels() {
                    self.leave_side(p, level);
                }
            },
        ))
    }

    fn regions(&self) -> Option<Vec<Relation>> {
        let interval = self.length.region_level() as u8;
        let words = self.length.words();
        let (old, new) = (
            self.upper(Side::Old, interval)?,
            self.upper(Side::New, interval)?,
        );
        let boot = |p: &mut Predicate| {
            self.require_interval(p, interval);
            require_kind(p, Kind::Boot);
            p.require(is_boot());
        };
        let zero: Digest =
            MemoryTree::new(Hasher::new(self.length)).zero(self.length.region_level());
        let output = state(
            "path-output".into(),
            "the output region's root is the claimed output".into(),
            |p| {
                self.require_interval(p, interval);
                require_kind(p, Kind::Output);
                let finish = is_finish(p);
                p.require(finish);
                require_digests_differ(p, old, Slot::Output, words);
            },
        );
        let empty = state(
            "path-empty".into(),
            "before the boot step the input region is zero".into(),
            |p| {
                boot(p);
                p.require(digest_differs(old, &zero, words));
            },
        );
        let input = state(
            "path-input".into(),
            "after the boot step the input region is the claimed input".into(),
            |p| {
                boot(p);
                require_digests_differ(p, new, Slot::Input, words);
            },
        );
        Some(vec![output, empty, input])
    }

    fn ends(&self) -> Option<[Relation; 2]> {
        let top = self.length.state_level() as u8;
        let (old, new) = (self.upper(Side::Old, top)?, self.upper(Side::New, top)?);
        let words = self.length.words();
        let before = state(
            "path-before".into(),
            "the old path ends at state_before, up to the finish step".into(),
            |p| {
                self.require_interval(p, top);
                let idle = is_after(p, 1);
                p.require(idle.not());
                require_digests_differ(p, old, Slot::StateBefore, words);
            },
        );
        let after = state(
            "path-after".into(),
            "the new path ends at state_after, in a machine step and in the boot step".into(),
            |p| {
                self.require_interval(p, top);
                require_kind_bit(p, CHANGES, true);
                let idle = is_after(p, 0);
                let region = Expr::Bit(Choice::PathKind { bit: REGION });
                // Kind 1 counts in a machine step, kind 3 in the boot step.
                p.require(is_boot().eq(region).and(idle.not()));
                require_digests_differ(p, new, Slot::StateAfter, words);
            },
        );
        Some([before, after])
    }
}
