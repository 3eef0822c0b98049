//! How the slots of a move are distributed over transactions and inputs.

use std::collections::BTreeMap;

use gavel_script_gen::bits::CopiedBit;
use gavel_script_gen::winternitz::Shape;
use gavel_vm::digest::DigestLength;

use crate::keys::slots::{OneTimeSecret, Scope};
use crate::slot::{Choice, Slot};

/// The weight of a transaction that nodes relay.
pub const MAX_STANDARD_WEIGHT: usize = 400_000;

/// What revealing a slot costs in a transaction: script and witness.
#[derive(Clone, Debug)]
pub struct SlotWidth {
    digest_bits: DigestLength,
    /// Costs by the number of words.
    widths: BTreeMap<usize, usize>,
}

impl SlotWidth {
    /// The costs at a digest length, taken from the scripts themselves.
    pub fn new(digest_bits: DigestLength) -> Self {
        let seed = OneTimeSecret::new(&[0; 32], &[0; 32]);
        let width = |slot: Slot| {
            let key = seed.slot(Scope::Claim, slot, digest_bits).public_key();
            let weight = key.shape().max_witness_weight() + key.publish_script().len();
            (slot.words(digest_bits), weight)
        };
        Self {
            digest_bits,
            widths: [
                Slot::Steps,
                Slot::Salt,
                Slot::FingerprintBefore,
                Slot::Input,
            ]
            .map(width)
            .into(),
        }
    }

    fn weight(&self, slot: Slot) -> usize {
        let words = slot.words(self.digest_bits);
        self.widths.get(&words).copied().unwrap_or(0)
    }
}

/// How much the first input of a move copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyCount {
    /// Whether it copies the salt.
    pub salt: bool,
    /// How many bits of a selection it copies.
    pub bits: usize,
}

impl CopyCount {
    /// A selection alone.
    pub fn bits(copies: &[Choice]) -> Self {
        Self {
            salt: false,
            bits: copies.len(),
        }
    }

    fn witness_items(self) -> usize {
        // Two chain values and a digit for each digit.
        let salt = if self.salt {
            3 * Shape::WORDS_2.digits()
        } else {
            0
        };
        salt + self.bits * CopiedBit::WITNESS_ITEMS
    }

    /// At most what it weighs, script and witness.
    fn weight(self, width: &SlotWidth) -> usize {
        // Two hashes of each key, two secrets and some opcodes.
        const BIT: usize = 160;
        let salt = if self.salt {
            2 * width.weight(Slot::Salt)
        } else {
            0
        };
        salt + BIT * self.bits
    }
}

/// Distributes slots over the inputs of one transaction so that no witness exceeds the stack; the first input also copies.
pub fn inputs(width: &SlotWidth, slots: &[Slot], copies: CopyCount) -> Vec<Vec<Slot>> {
    let shapes: Vec<Shape> = slots
        .iter()
        .map(|slot| slot.shape(width.digest_bits))
        .collect();
    let ranges = gavel_script_gen::reveal::inputs(&shapes, copies.witness_items());
    ranges
        .into_iter()
        .map(|range| slots[range].to_vec())
        .collect()
}

/// Distributes slots evenly over as many standard transactions as they need, and each over its inputs. Every transaction
/// leaves room for the copies.
pub fn transactions(width: &SlotWidth, slots: &[Slot], copies: CopyCount) -> Vec<Vec<Vec<Slot>>> {
    // Per input: outpoint, sequence and count, the output that it may have to make for the next part, control block,
    // signature, key, and the lengths of witness and script.
    const INPUT: usize = 4 * (41 + 43) + 34 + 65 + 34 + 6;
    // Version, lock-time and counts, the anchor and the next output.
    const BASE: usize = 4 * (11 + 13 + 43) + 2;
    let weight = |slots: &[Slot]| {
        let values: usize = slots.iter().map(|&slot| width.weight(slot)).sum();
        BASE + copies.weight(width) + values + INPUT * inputs(width, slots, copies).len()
    };
    let mut count = weight(slots).div_ceil(MAX_STANDARD_WEIGHT).max(1);
    loop {
        let parts: Vec<&[Slot]> = slots.chunks(slots.len().div_ceil(count).max(1)).collect();
        if count >= slots.len() || parts.iter().all(|part| weight(part) <= MAX_STANDARD_WEIGHT) {
            return parts
                .into_iter()
                .map(|part| inputs(width, part, copies))
                .collect();
        }
        count += 1;
    }
}
