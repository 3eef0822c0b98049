//! Digests of lists of field elements: the values that an operator of the proof game commits to in 16 bytes each.
//!
//! A member is a list of 1 to 16 elements, a group a list of up to six members. A group's digest is that of its members' digests,
//! so that a leaf opens one member and is given the others' digests. A group of one member has that member's digest.
//!
//! # What is hashed
//! BLAKE3's compression function takes 26 words that hashes fill with message (16), counter (2) and chaining value (8). Here all of
//! them are data, zeros before it, so that a call takes 104 bytes instead of 64. The block length is that of the data
//! in bytes, the digest the first four words of the result.
//! - Member: the words of its elements, eight each; digit `t` of an [`Element`] is nibble `t`, the least significant nibble of word
//!   0 first. If they are more than 26, what is hashed is 22 words and the digest of the rest. Flags are KEYED_HASH,
//!   for the last words CHUNK_START, for the first ones CHUNK_END and ROOT.
//! - Group: the little-endian words of its members' digests in the same way, with the flag PARENT.
//!
//! # Security of 128 bits
//! Who spends a leaf opens the digests of its inputs; the digest of its output is computed and compared.
//! - The function is used as BLAKE3's own proofs see it, as random in all its inputs. It cannot be inverted either:
//!   of the state 192 bits are constants, and the digest shows 128 of 512.
//! - An honest operator's digests are those of the honest computation, which fixes the elements. To refute a true relation one
//!   needs other elements with the same digest: a second preimage, 2^128 hashes for one digest, 2^118 for one of the thousand
//!   that a proof has.
//! - A false claim has a first false value, whose inputs are honest: everybody can open them, and no digest that the operator
//!   may have signed for the output passes, whether or not it knows elements for it. Collisions gain it nothing.
//! - Who chooses what an honest operator proves may look for a collision beforehand, among 2^64 honest computations and as many
//!   lists. The values that come from the proof are out of reach if the operator randomises it; those that come from the
//!   public input alone are so if nobody else chooses it freely.
//!
//! # Stack
//! An element is packed into [`PACKED_LIMBS`] signed numbers of five digits each: 1000 items are not many, and a hash takes
//! most of them. A digest is packed into [`PACKED_DIGEST`] even numbers: number `k` is twice `sum d_(5k+j) 16^j` over the
//! digits `d_i` of [`digits`].
//! - [`MemberDigest`]: `.. [limbs of all elements] -> .. [packed digest]`
//! - [`GroupDigest`]: `.. [packed digests] -> .. [packed digest]`
//! - [`pack_digits`] and [`pack_hint`] bring opened and hinted digests to this form, [`differs`] and [`equal_verify`] compare.

mod block;
mod hash;
mod packed;
mod unpack;

#[cfg(test)]
mod tests;

pub use hash::{GroupDigest, MemberDigest, Sizes, sizes};
pub use packed::{
    PACKED_DIGEST, PACKED_LIMBS, differs, digits, equal_verify, hint, limb_range, limbs,
    pack_digits, pack_hint,
};

use crate::blake3::WORD_NIBBLES;
use crate::bn254::Element;
use block::Domain;

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 16;

/// Words of a digest.
const DIGEST_WORDS: usize = DIGEST_BYTES / 4;

/// Nibbles of a digest.
pub const DIGEST_DIGITS: usize = 2 * DIGEST_BYTES;

/// The longest list of elements that has a script.
pub const MAX_ELEMENTS: usize = 16;

/// The most members of a group.
pub const MAX_MEMBERS: usize = 6;

/// A digest of a member or group.
pub type Digest = [u8; DIGEST_BYTES];

/// Why there is no script for a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// No element, or too many.
    #[error("a member has 1 to {MAX_ELEMENTS} elements, not {0}")]
    Elements(usize),
    /// A group of one member has that member's digest, and one block holds six.
    #[error("a group that is hashed has 2 to {MAX_MEMBERS} members, not {0}")]
    Members(usize),
}

/// The digest of a list of elements.
pub fn member_digest(elements: &[Element]) -> Digest {
    let digits = elements.iter().flat_map(|element| *element.digits());
    let digits: Vec<u8> = digits.collect();
    let words = digits.chunks_exact(WORD_NIBBLES).map(|digits| {
        let digits = digits.iter().rev();
        digits.fold(0, |word, digit| word << 4 | u32::from(*digit))
    });
    Domain::Elements.digest(&words.collect::<Vec<_>>())
}

/// The digest of a list of members, from their digests.
pub fn group_digest(members: &[Digest]) -> Digest {
    match members {
        [member] => *member,
        _ => {
            let words = members.iter().flat_map(packed::words);
            Domain::Digests.digest(&words.collect::<Vec<_>>())
        }
    }
}
