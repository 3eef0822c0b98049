//! Whole games: what an honest operator commits in every position, for every selection.

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use gavel_vm::trace::{Trace, TraceWitness};
use gavel_vm::witness::{AccessKind, MemoryPath, PathNodes};

use super::machine::set_words;
use crate::mips::{Choice, GameShape, Slot, Values};

/// A program that uses its input, calls, stores and ends.
const CODE: [u32; 13] = include!("../../../../vm/programs/copy_word.rs");

/// The rounds of the test games.
const TRACE_BITS: [u8; 3] = [3, 2, 1];
const PATH_BITS: [u8; 2] = [3, 2];
const SALT: [u32; 2] = [0x0bad_cafe, 0x1234_5678];

/// A game about that program.
pub(crate) struct Game {
    pub(crate) shape: GameShape,
    pub(crate) trace: Trace,
}

impl Game {
    pub(crate) fn new(order: ByteOrder, digest: DigestLength) -> Self {
        let image = Image::bare(order, 0x0040_0000, &CODE).expect("the code fits");
        let trace = Trace::honest(&image, &[1, 2, 3, 4], digest, 60).expect("the program ends");
        let boot_file = {
            let mut trace = trace.clone();
            trace.witness(0).expect("position 0 exists").step.file_after
        };
        let shape = GameShape {
            trace_bits: TRACE_BITS.to_vec(),
            path_bits: PATH_BITS.to_vec(),
            digest,
            order,
            boot: trace.boot(),
            boot_file,
        };
        Self { shape, trace }
    }

    pub(crate) fn steps(&self) -> u64 {
        self.trace.claim().steps
    }

    fn fingerprint(&self, place: u64, digest: &Digest) -> Vec<u32> {
        self.trace.hasher().fingerprint(place as u32, digest, SALT)
    }

    fn cut(&self, digest: &Digest) -> Vec<u32> {
        digest.0[..self.shape.digest.words()].to_vec()
    }

    /// What is committed when position `index` is revealed.
    pub(crate) fn step(&mut self, index: u64) -> (TraceWitness, Values) {
        let witness = self.trace.witness(index).expect("the position exists");
        let claim = self.trace.claim();
        let mut values = Values::new();
        set_words(&mut values, &witness.step.words);
        values.set(Slot::Input, self.cut(&claim.input));
        values.set(Slot::Output, self.cut(&claim.output));
        values.set(Slot::Steps, [claim.steps as u32]);
        values.set(Slot::FileAfter, self.cut(&witness.step.file_after));
        values.set(Slot::Salt, SALT);
        for (state, print, place, digest) in [
            (
                Slot::StateBefore,
                Slot::FingerprintBefore,
                index,
                witness.pre,
            ),
            (
                Slot::StateAfter,
                Slot::FingerprintAfter,
                index + 1,
                witness.post,
            ),
        ] {
            values.set(state, self.cut(&digest));
            values.set(print, self.fingerprint(place, &digest));
        }
        let mut offset: u8 = TRACE_BITS.iter().sum();
        for (round, bits) in (1..).zip(TRACE_BITS) {
            let start = index >> offset << offset;
            offset -= bits;
            for boundary in 1..1u16 << bits {
                let place = start + (u64::from(boundary) << offset);
                let digest = self.trace.digest(place).unwrap();
                values.set(
                    Slot::Trace { round, boundary },
                    self.fingerprint(place, &digest),
                );
            }
            for bit in 0..bits {
                values.set_choice(
                    Choice::Trace { round, bit },
                    index >> (offset + bit) & 1 == 1,
                );
            }
        }
        (witness, values)
    }

    /// Adds what is committed for a path of this kind and interval.
    pub(crate) fn path(&self, witness: &TraceWitness, values: &mut Values, kind: u8, interval: u8) {
        let (path, after): (&MemoryPath, &PathNodes) = match kind {
            0 => (&witness.step.fetch, &witness.step.fetch.nodes),
            1 => (&witness.step.data, &witness.step.data_after),
            2 => (&witness.output, &witness.output.nodes),
            _ => (&witness.input, &witness.input_after),
        };
        let mut offset: u8 = PATH_BITS.iter().sum();
        for (round, bits) in (1..).zip(PATH_BITS) {
            let start = interval >> offset << offset;
            offset -= bits;
            for boundary in 1..1u16 << bits {
                let position = usize::from(start) + (usize::from(boundary) << offset);
                let level = (position - 1).min(self.shape.digest.state_level());
                values.set(
                    Slot::PathOld { round, boundary },
                    self.cut(&path.nodes[level]),
                );
                values.set(Slot::PathNew { round, boundary }, self.cut(&after[level]));
            }
            for bit in 0..bits {
                values.set_choice(
                    Choice::Path { round, bit },
                    interval >> (offset + bit) & 1 == 1,
                );
            }
        }
        let level = usize::from(interval)
            .saturating_sub(1)
            .min(self.shape.digest.memory_levels());
        values.set(Slot::Sibling, self.cut(&path.siblings[level]));
        values.set(Slot::PathAddr, [path.address]);
        for bit in 0..2 {
            values.set_choice(Choice::PathKind { bit }, kind >> bit & 1 == 1);
        }
    }

    /// Adds what is committed for an access of this kind.
    pub(crate) fn access(&self, witness: &TraceWitness, values: &mut Values, kind: AccessKind) {
        let opening = witness.step.access(self.trace.hasher(), kind);
        for (i, word) in (0..).zip(&opening.chunk) {
            values.set(Slot::Chunk(i), [*word]);
        }
        for (i, sibling) in (0..).zip(&opening.level_sibling) {
            values.set(Slot::LevelSibling(i), self.cut(sibling));
        }
        for (i, (old, new)) in (1..).zip(opening.gpr_old.iter().zip(&opening.gpr_new)) {
            values.set(Slot::GprOld(i), self.cut(old));
            values.set(Slot::GprNew(i), self.cut(new));
        }
        values.set(Slot::FileBefore, self.cut(&opening.file_before));
        values.set(Slot::MemoryRoot, self.cut(&opening.memory_root));
        let kind = AccessKind::ALL
            .iter()
            .position(|other| *other == kind)
            .unwrap();
        for bit in 0..2u8 {
            values.set_choice(Choice::AccessKind { bit }, kind >> bit & 1 == 1);
        }
    }
}
