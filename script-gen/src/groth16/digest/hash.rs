//! The scripts that hash.

use super::packed::{PACKED_LIMBS, kept_order, pack_kept};
use super::unpack::Packing;
use super::{
    DIGEST_DIGITS, DigestError, Domain, MAX_ELEMENTS, MAX_MEMBERS, differs, pack_digits, pack_hint,
};
use crate::blake3::{
    CHUNK_END, CHUNK_START, Compression, DigestWords, KEYED_HASH, Key, MessageWord, NibbleOrder,
    ROOT, WORD_NIBBLES,
};
use crate::bn254::DIGITS;
use crate::script;
use crate::script::Script;

/// Elements of a block.
const BLOCK_ELEMENTS: usize = 2;

/// Bytes of a word.
const WORD_BYTES: u32 = 4;

/// The digest of a member: `.. [limbs] -> .. [packed digest]`.
///
/// The first element's limbs are deepest, in every element limb 0. They must be in their [range](super::limb_range).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberDigest {
    elements: usize,
    others: usize,
}

impl MemberDigest {
    /// A member of so many elements, with `others` items below them or on the altstack.
    ///
    /// # Errors
    /// If there is no script for so many.
    pub const fn new(elements: usize, others: usize) -> Result<Self, DigestError> {
        match elements {
            1..=MAX_ELEMENTS => Ok(Self { elements, others }),
            _ => Err(DigestError::Elements(elements)),
        }
    }

    /// The script.
    pub fn script(&self) -> Script {
        let blocks = self.elements.div_ceil(BLOCK_ELEMENTS);
        let mut script = Script::new();
        for block in 0..blocks {
            let elements = BLOCK_ELEMENTS.min(self.elements - BLOCK_ELEMENTS * block);
            let above = PACKED_LIMBS * (self.elements - BLOCK_ELEMENTS * block - elements);
            let compression = Compression {
                key: match block {
                    0 => Key::Constant(words(Domain::Elements)),
                    _ => Key::Chained,
                },
                digest: if block + 1 == blocks {
                    DigestWords::Four
                } else {
                    DigestWords::Eight
                },
                flags: KEYED_HASH
                    | if block == 0 { CHUNK_START } else { 0 }
                    | if block + 1 == blocks {
                        CHUNK_END | ROOT
                    } else {
                        0
                    },
                others: self.others + above,
                ..low_words(elements * DIGITS / WORD_NIBBLES, NibbleOrder::LowDeepest)
            };
            script.push(Packing::Limbs.unpack(DIGITS, elements, above));
            if block + 1 == blocks {
                script.push(packed_digest(&compression));
            } else {
                script.push(compression.chaining_script());
            }
        }
        script
    }
}

/// The digest of a group: `.. [packed digests] -> .. [packed digest]`, the first member's deepest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupDigest {
    members: usize,
    others: usize,
}

impl GroupDigest {
    /// A group of so many members, with `others` items below them or on the altstack.
    ///
    /// # Errors
    /// If there is no script for so many, or no need of one.
    pub const fn new(members: usize, others: usize) -> Result<Self, DigestError> {
        match members {
            2..=MAX_MEMBERS => Ok(Self { members, others }),
            _ => Err(DigestError::Members(members)),
        }
    }

    /// The script.
    pub fn script(&self) -> Script {
        let words = self.members * DIGEST_DIGITS / WORD_NIBBLES;
        let compression = Compression {
            key: Key::Constant(self::words(Domain::Members)),
            others: self.others,
            ..low_words(words, NibbleOrder::HighDeepest)
        };
        script! {
            {Packing::Digest.unpack(DIGEST_DIGITS, self.members, 0)}
            {packed_digest(&compression)}
        }
    }
}

/// The key of a domain, as words.
fn words(domain: Domain) -> [u32; 8] {
    let key = domain.key();
    std::array::from_fn(|word| {
        let bytes = key[4 * word..4 * word + 4].iter().rev();
        bytes.fold(0, |word, byte| word << 8 | u32::from(*byte))
    })
}

/// The only block of a hash of `stacked` words, under no key.
fn low_words(stacked: usize, order: NibbleOrder) -> Compression {
    Compression {
        key: Key::Chained,
        message: std::array::from_fn(|word| match word < stacked {
            true => MessageWord::Stack,
            false => MessageWord::Constant(0),
        }),
        order,
        block_length: WORD_BYTES * stacked as u32,
        flags: CHUNK_START | CHUNK_END | ROOT | KEYED_HASH,
        digest: DigestWords::Four,
        others: 0,
    }
}

/// The last block: `.. [message] -> .. [packed digest]`.
fn packed_digest(compression: &Compression) -> Script {
    let place = |digit: usize| {
        (
            digit / WORD_NIBBLES,
            WORD_NIBBLES - 1 - digit % WORD_NIBBLES,
        )
    };
    let order: Vec<(usize, usize)> = kept_order().map(place).collect();
    script! { {compression.altstack_script(&order)} {pack_kept()} }
}

/// Bytes of the scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Doubled nibbles of a 64-byte block to those of a digest of 128 bits, with 0, 100 and 200 other items.
    pub block: [usize; 3],
    /// Two elements unpacked, tables included.
    pub unpack: usize,
    /// Members of 1, 2, 4 and 6 elements.
    pub members: [usize; 4],
    /// Groups of 2, 3 and 4 members.
    pub groups: [usize; 3],
    /// Packing of opened digits.
    pub pack_digits: usize,
    /// Packing of a hint.
    pub pack_hint: usize,
    /// Comparison of two packed digests.
    pub differs: usize,
}

/// The sizes of the scripts.
///
/// # Errors
/// None in practice: the members and groups exist.
pub fn sizes() -> Result<Sizes, DigestError> {
    let block = |others| Compression {
        key: Key::Constant(words(Domain::Elements)),
        others,
        ..low_words(16, NibbleOrder::LowDeepest)
    };
    let member = |elements| Ok(MemberDigest::new(elements, 0)?.script().len());
    let group = |members| Ok(GroupDigest::new(members, 0)?.script().len());
    Ok(Sizes {
        block: [0, 100, 200].map(|others| block(others).digest_script().len()),
        unpack: Packing::Limbs.unpack(DIGITS, 2, 0).len(),
        members: [member(1)?, member(2)?, member(4)?, member(6)?],
        groups: [group(2)?, group(3)?, group(4)?],
        pack_digits: pack_digits().len(),
        pack_hint: pack_hint().len(),
        differs: differs().len(),
    })
}
