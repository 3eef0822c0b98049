//! The parameters of one game that the leaves depend on.

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::memory::ByteOrder;

use super::error::PredicateError;
use super::slot::{Choice, Slot};

/// Everything that decides the leaves of one game, except the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameShape {
    /// Bits of the selection in every round of the trace search, first round first.
    pub trace_bits: Vec<u8>,
    /// Bits of the selection in every round of the path search, first round first; their sum is 5.
    pub path_bits: Vec<u8>,
    /// Length of digests.
    pub digest: DigestLength,
    /// Byte order of the program.
    pub order: ByteOrder,
    /// The constant BOOT: state digest of the program image with an empty input region.
    pub boot: Digest,
    /// Digest of the image's register file.
    pub boot_file: Digest,
}

impl GameShape {
    /// Levels of the path search are five bits' worth of positions.
    pub const PATH_BITS: u8 = 5;

    /// Checks the lengths of its parts.
    ///
    /// # Errors
    /// [`PredicateError::Shape`] with what is wrong.
    pub fn validate(&self) -> Result<(), PredicateError> {
        let fail = |what| Err(PredicateError::Shape(what));
        let sum = |bits: &[u8]| bits.iter().map(|bits| u32::from(*bits)).sum::<u32>();
        if self
            .trace_bits
            .iter()
            .chain(&self.path_bits)
            .any(|bits| !(1..=8).contains(bits))
        {
            return fail("a round selects between 1 and 8 bits");
        }
        if !(2..=32).contains(&sum(&self.trace_bits)) {
            return fail("the rounds of the trace search must select 2 to 32 bits together");
        }
        if sum(&self.path_bits) != u32::from(Self::PATH_BITS) {
            return fail("the rounds of the path search must select 5 bits together");
        }
        Ok(())
    }

    /// Bits of the trace index (`t`).
    pub fn index_bits(&self) -> u8 {
        self.trace_bits.iter().sum()
    }

    /// Words that a slot holds.
    pub const fn slot_words(&self, slot: Slot) -> usize {
        slot.words(self.digest)
    }

    /// The copies of all trace selections, each with the bit of the index that it has to equal.
    pub fn index_choices(&self) -> Vec<(Choice, u8)> {
        let rounds = Search::new(&self.trace_bits);
        let choices = rounds.rounds().flat_map(|round| {
            (0..round.bits).map(move |bit| {
                (
                    Choice::Trace {
                        round: round.number,
                        bit,
                    },
                    round.offset + bit,
                )
            })
        });
        choices.collect()
    }
}

/// One round of a search: `bits` bits of the position from bit `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// Counted from 1.
    pub(crate) number: u8,
    pub(crate) bits: u8,
    pub(crate) offset: u8,
}

/// Which disclosed boundary bounds an interval, and for which intervals: those whose low `bits` bits are `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Boundary {
    /// Round and number of the boundary; none for an end of the whole range.
    pub(crate) slot: Option<(u8, u16)>,
    pub(crate) bits: u8,
    pub(crate) value: u32,
}

/// A search by rounds, most significant bits first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    rounds: Vec<Round>,
    bits: u8,
}

impl Search {
    pub(crate) fn new(round_bits: &[u8]) -> Self {
        let bits = round_bits.iter().sum();
        let mut offset = bits;
        let rounds = round_bits.iter().zip(1..).map(|(&bits, number)| {
            offset -= bits;
            Round {
                number,
                bits,
                offset,
            }
        });
        Self {
            rounds: rounds.collect(),
            bits,
        }
    }

    pub(crate) fn rounds(&self) -> impl Iterator<Item = Round> + '_ {
        self.rounds.iter().copied()
    }

    /// Lower bounds: the last round whose part is not 0 disclosed the boundary `part`.
    pub(crate) fn lower(&self) -> Vec<Boundary> {
        let mut found = vec![Boundary {
            slot: None,
            bits: self.bits,
            value: 0,
        }];
        for round in &self.rounds {
            for part in 1..1u16 << round.bits {
                found.push(Boundary {
                    slot: Some((round.number, part)),
                    bits: round.offset + round.bits,
                    value: u32::from(part) << round.offset,
                });
            }
        }
        found
    }

    /// Upper bounds: the last round whose part is not the highest disclosed the boundary `part + 1`.
    pub(crate) fn upper(&self) -> Vec<Boundary> {
        let ones = |bits: u8| ((1u64 << bits) - 1) as u32;
        let mut found = vec![Boundary {
            slot: None,
            bits: self.bits,
            value: ones(self.bits),
        }];
        for round in &self.rounds {
            for boundary in 1..1u16 << round.bits {
                found.push(Boundary {
                    slot: Some((round.number, boundary)),
                    bits: round.offset + round.bits,
                    value: u32::from(boundary - 1) << round.offset | ones(round.offset),
                });
            }
        }
        found
    }
}
