//! Digests of lists of field elements: the values that an operator of the proof game commits to in 16 bytes each.
//!
//! A member is a list of 1 to 16 elements. Its digest is `blake3::keyed_hash` of their stored digits, cut to 16 bytes: digit `t`
//! of an [`Element`] is nibble `t`, the less significant nibble of a byte first. A group is a list of up to four members; its
//! digest is the keyed hash of theirs, so that a leaf opens one member and is given the others' digests. The two have keys of
//! their own. A group of one member has that member's digest.
//!
//! # Security of 128 bits
//! Who spends a leaf opens the digests of its inputs; the digest of its output is computed and compared.
//! - An honest operator's digests are those of the honest computation, which fixes the elements. To refute a true relation one
//!   needs other elements with the same digest: a second preimage, 2^128 hashes for one digest, 2^118 for one of the thousand
//!   that a proof has.
//! - A false claim has a first false value, whose inputs are honest: everybody can open them, and no digest that the operator
//!   may have signed for the output passes, whether or not it knows elements for it. Collisions gain it nothing.
//!
//! # Stack
//! An element is packed into [`PACKED_LIMBS`] signed numbers of five digits each: 1000 items are not many, and a hash takes
//! most of them. A digest is packed into [`PACKED_DIGEST`] even numbers: number `k` is twice `sum d_(5k+j) 16^j` over the
//! digits `d_i` of [`digits`].
//! - [`MemberDigest`]: `.. [limbs of all elements] -> .. [packed digest]`
//! - [`GroupDigest`]: `.. [packed digests] -> .. [packed digest]`
//! - [`pack_digits`] and [`pack_hint`] bring opened and hinted digests to this form, [`differs`] and [`equal_verify`] compare.

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

use crate::bn254::{DIGITS, Element};

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 16;

/// Nibbles of a digest.
pub const DIGEST_DIGITS: usize = 2 * DIGEST_BYTES;

/// The longest list of elements that has a script.
pub const MAX_ELEMENTS: usize = 16;

/// The most members of a group.
pub const MAX_MEMBERS: usize = 4;

/// A digest of a member or group.
pub type Digest = [u8; DIGEST_BYTES];

/// Why there is no script for a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// No element, or too many.
    #[error("a member has 1 to {MAX_ELEMENTS} elements, not {0}")]
    Elements(usize),
    /// A group of one member has that member's digest, and one block holds four.
    #[error("a group that is hashed has 2 to {MAX_MEMBERS} members, not {0}")]
    Members(usize),
}

/// What is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Domain {
    Elements,
    Members,
}

impl Domain {
    fn key(self) -> [u8; 32] {
        let context = match self {
            Domain::Elements => "gavel 2026 elements",
            Domain::Members => "gavel 2026 members",
        };
        ::blake3::derive_key(context, b"")
    }

    fn digest(self, bytes: &[u8]) -> Digest {
        let hash = ::blake3::keyed_hash(&self.key(), bytes);
        std::array::from_fn(|place| hash.as_bytes()[place])
    }
}

/// The digest of a list of elements.
pub fn member_digest(elements: &[Element]) -> Digest {
    let mut bytes = Vec::with_capacity(elements.len() * DIGITS / 2);
    for element in elements {
        let pairs = element.digits().chunks_exact(2);
        bytes.extend(pairs.map(|pair| pair[0] | pair[1] << 4));
    }
    Domain::Elements.digest(&bytes)
}

/// The digest of a list of members, from their digests.
pub fn group_digest(members: &[Digest]) -> Digest {
    match members {
        [member] => *member,
        _ => Domain::Members.digest(&members.concat()),
    }
}
