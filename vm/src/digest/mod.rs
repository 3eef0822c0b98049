//! Digests: the one compression that everything is built from, and the trees over memory and registers.

mod compress;
mod memory_tree;
mod registers;

pub use compress::{Domain, Hasher};
pub use memory_tree::MemoryTree;
pub use registers::RegisterTree;

use serde::{Deserialize, Serialize};

/// The length of a digest, a parameter of the game. Shapes of the trees follow from it.
///
/// In the trace game the operator opens digests and may have chosen the input, so collision resistance counts: 256 bits
/// give 128 bits of it, 160 bits only 80.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DigestLength {
    /// 256 bits, the default.
    #[default]
    Bits256,
    /// 160 bits: smaller transactions, 80 bits of collision resistance.
    Bits160,
}

impl DigestLength {
    /// Bits in a digest.
    pub const fn bits(self) -> usize {
        32 * self.words()
    }

    /// Words in a digest.
    pub const fn words(self) -> usize {
        match self {
            DigestLength::Bits256 => 8,
            DigestLength::Bits160 => 5,
        }
    }

    /// Words in a fingerprint of a state digest. What it fingerprints is fixed before its salt is known, so that only second
    /// preimages count: half the length resists them as long as the whole resists collisions; at 160 bits with a margin.
    pub const fn fingerprint_words(self) -> usize {
        match self {
            DigestLength::Bits256 => 4,
            DigestLength::Bits160 => 3,
        }
    }

    /// Words in a chunk, the leaf of the trees (`C`): the largest power of two that fits into a digest's place.
    pub const fn chunk_words(self) -> usize {
        match self {
            DigestLength::Bits256 => 8,
            DigestLength::Bits160 => 4,
        }
    }

    /// Bytes in a chunk, as a power of two.
    pub const fn chunk_bits(self) -> u32 {
        2 + self.chunk_words().trailing_zeros()
    }

    /// Levels from a chunk to the memory root (`M`).
    pub const fn memory_levels(self) -> usize {
        32 - self.chunk_bits() as usize
    }

    /// Levels from a chunk to the state digest (`L`).
    pub const fn state_level(self) -> usize {
        self.memory_levels() + 1
    }

    /// Levels from a chunk of registers to the register root (`G`).
    pub const fn register_levels(self) -> usize {
        (32 / self.chunk_words()).trailing_zeros() as usize
    }

    /// The level of the root of the input and of the output region (`R`).
    pub const fn region_level(self) -> usize {
        (crate::address::REGION_BITS - self.chunk_bits()) as usize
    }
}

/// A digest: the words that the compression gives, in order. Words beyond the digest length are zero.
///
/// A chunk stands in a digest's place as its words, followed by zeros.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest(pub [u32; 8]);

impl Digest {
    /// The digest's bytes: every word least significant byte first, as BLAKE3 writes them.
    pub fn to_bytes(self, length: DigestLength) -> Vec<u8> {
        self.0[..length.words()]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// [`to_bytes`](Self::to_bytes) in hexadecimal.
    pub fn to_hex(self, length: DigestLength) -> String {
        self.to_bytes(length)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_hex(DigestLength::Bits256))
    }
}
