//! What one call of the compression function hashes, natively and as a script.

use super::{DIGEST_WORDS, Digest};
use crate::blake3::{
    CHUNK_END, CHUNK_START, Compression, DigestWords, KEY_WORDS, KEYED_HASH, Key, MessageWord,
    NibbleOrder, PARENT, ROOT, compress,
};
use std::ops::Range;

/// Words of a message.
const MESSAGE_WORDS: usize = 16;

/// Words that one call takes: message, counter, chaining value.
pub(super) const BLOCK_WORDS: usize = MESSAGE_WORDS + KEY_WORDS;

/// What is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    Elements,
    Digests,
}

impl Domain {
    /// The flags of all its blocks.
    const fn flags(self) -> u32 {
        match self {
            Self::Elements => KEYED_HASH,
            Self::Digests => KEYED_HASH | PARENT,
        }
    }

    /// The digest of a list of words.
    pub(super) fn digest(self, words: &[u32]) -> Digest {
        let mut digest = [0; DIGEST_WORDS];
        for block in blocks(words.len(), self) {
            let mut data = words[block.words.clone()].to_vec();
            if block.chained {
                data.extend(digest);
            }
            digest = compressed(&data, block.flags);
        }
        std::array::from_fn(|byte| digest[byte / 4].to_le_bytes()[byte % 4])
    }
}

/// A block of a list of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Those of the list.
    pub(super) words: Range<usize>,
    /// Whether the digest of the block that is hashed before it follows them.
    pub(super) chained: bool,
    pub(super) flags: u32,
}

impl Block {
    /// The block of a list of words that needs no other, at most [`BLOCK_WORDS`].
    pub(super) fn whole(words: usize, domain: Domain) -> Self {
        Self {
            words: 0..words,
            chained: false,
            flags: domain.flags() | CHUNK_START | CHUNK_END | ROOT,
        }
    }

    /// The compression.
    pub(super) fn compression(&self, order: NibbleOrder, others: usize) -> Compression {
        let words = self.words.len() + if self.chained { DIGEST_WORDS } else { 0 };
        Compression {
            key: Key::Data(words.min(KEY_WORDS)),
            message: std::array::from_fn(|word| match word + words < BLOCK_WORDS {
                true => MessageWord::Constant(0),
                false => MessageWord::Stack,
            }),
            order,
            block_length: bytes(words),
            flags: self.flags,
            digest: DigestWords::Four,
            others,
        }
    }
}

/// The blocks of so many words, as they are hashed: from the end of the list.
pub(super) fn blocks(words: usize, domain: Domain) -> Vec<Block> {
    let with_digest = BLOCK_WORDS - DIGEST_WORDS;
    let chained = words.saturating_sub(BLOCK_WORDS).div_ceil(with_digest);
    let blocks = (0..=chained).rev().map(|block| {
        let from = with_digest * block;
        let (to, start) = match block == chained {
            true => (words, CHUNK_START),
            false => (from + with_digest, 0),
        };
        let end = if block == 0 { CHUNK_END | ROOT } else { 0 };
        Block {
            words: from..to,
            chained: block != chained,
            flags: domain.flags() | start | end,
        }
    });
    blocks.collect()
}

/// Bytes of words.
const fn bytes(words: usize) -> u32 {
    4 * words as u32
}

/// The digest of a block; it has at most [`BLOCK_WORDS`] words.
fn compressed(words: &[u32], flags: u32) -> [u32; DIGEST_WORDS] {
    let place = |place: usize| {
        let before = BLOCK_WORDS - words.len();
        place.checked_sub(before).map_or(0, |word| words[word])
    };
    let message = std::array::from_fn(place);
    let counter = std::array::from_fn(|word| place(MESSAGE_WORDS + word));
    let chaining_value = std::array::from_fn(|word| place(BLOCK_WORDS - 8 + word));
    let result = compress(
        &chaining_value,
        counter,
        &message,
        bytes(words.len()),
        flags,
    );
    std::array::from_fn(|word| result[word])
}
