//! The scripts that hash.

use super::block::{BLOCK_WORDS, Block, Domain, blocks};
use super::packed::{kept_order, number_digits, pack_kept};
use super::unpack::Packing;
use super::{
    DIGEST_DIGITS, DIGEST_WORDS, DigestError, MAX_ELEMENTS, MAX_MEMBERS, differs, pack_digits,
    pack_hint,
};
use crate::blake3::{Compression, NibbleOrder, WORD_NIBBLES};
use crate::bn254::DIGITS;
use crate::script;
use crate::script::{Op, Script};

/// Words of an element.
const ELEMENT_WORDS: usize = DIGITS / WORD_NIBBLES;

/// The digest of a member: `.. [limbs] -> .. [packed digest]`.
///
/// The first element's limbs are deepest, in every element limb 0. They must be in their [range](super::limb_range).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        let limbs = (0..self.elements).flat_map(|_| number_digits(DIGITS));
        let mut limbs: Vec<usize> = limbs.collect();
        let blocks = blocks(ELEMENT_WORDS * self.elements, Domain::Elements);
        // The first digits of a limb whose last ones are in another block.
        let mut waiting = 0;
        let mut script = Script::new();
        for (at, block) in blocks.iter().enumerate() {
            let wanted = WORD_NIBBLES * block.words.len();
            let mut digits = waiting;
            let mut taken = vec![];
            while digits < wanted
                && let Some(limb) = limbs.pop()
            {
                digits += limb;
                taken.push(limb);
            }
            script.push((0..waiting).map(|_| Op::ToAltStack));
            script.push(Packing::Limbs.unpack(&taken));
            waiting = digits - wanted;
            script.push((0..waiting).map(|_| Op::FromAltStack));
            let others = self.others + limbs.len() + waiting;
            let compression = block.compression(NibbleOrder::LowDeepest, others);
            script.push(restore_message(&compression));
            if at + 1 == blocks.len() {
                script.push(packed_digest(&compression));
            } else {
                script.push(compression.altstack_script(&chained_order()));
            }
        }
        script
    }
}

/// The digest of a group: `.. [packed digests] -> .. [packed digest]`, the first member's deepest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        let mut numbers: Vec<usize> = number_digits(DIGEST_DIGITS).rev().collect();
        numbers = numbers.repeat(self.members);
        let block = Block::whole(self.members * DIGEST_WORDS, Domain::Digests);
        let compression = block.compression(NibbleOrder::HighDeepest, self.others);
        script! {
            {Packing::Digest.unpack(&numbers)}
            {restore_message(&compression)}
            {packed_digest(&compression)}
        }
    }
}

/// Moves the message from the altstack.
fn restore_message(compression: &Compression) -> Script {
    script! { {(0..compression.message_items()).map(|_| Op::FromAltStack)} }
}

/// In which order a digest goes to the altstack to be the end of the next block: its first nibble last.
fn chained_order() -> Vec<(usize, usize)> {
    let words = (0..DIGEST_WORDS).rev();
    words
        .flat_map(|word| (0..WORD_NIBBLES).rev().map(move |lane| (word, lane)))
        .collect()
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
    /// Doubled nibbles of a full block, 104 bytes, to those of its digest, with 0, 100 and 200 other items.
    pub block: [usize; 3],
    /// Three elements unpacked, tables included.
    pub unpack: usize,
    /// Members of 1, 2, 3, 4, 6 and 12 elements.
    pub members: [usize; 6],
    /// Groups of 2, 3, 4 and 6 members.
    pub groups: [usize; 4],
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
    let block = |others| {
        let block = Block::whole(BLOCK_WORDS, Domain::Elements);
        block.compression(NibbleOrder::LowDeepest, others)
    };
    let limbs: Vec<usize> = number_digits(DIGITS).rev().collect();
    let member = |elements| Ok(MemberDigest::new(elements, 0)?.script().len());
    let group = |members| Ok(GroupDigest::new(members, 0)?.script().len());
    Ok(Sizes {
        block: [0, 100, 200].map(|others| block(others).digest_script().len()),
        unpack: Packing::Limbs.unpack(&limbs.repeat(3)).len(),
        members: [
            member(1)?,
            member(2)?,
            member(3)?,
            member(4)?,
            member(6)?,
            member(12)?,
        ],
        groups: [group(2)?, group(3)?, group(4)?, group(6)?],
        pack_digits: pack_digits().len(),
        pack_hint: pack_hint().len(),
        differs: differs().len(),
    })
}
