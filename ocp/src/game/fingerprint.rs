//! Fingerprints of states: what the trace search discloses.

use gavel_vm::digest::{Digest, DigestLength, Hasher};

use crate::game::view::View;
use crate::slot::Slot;

/// The fingerprints of one dispute: known from the challenge on, when the salt is.
#[derive(Clone, Debug)]
pub struct Fingerprints {
    hasher: Hasher,
    salt: [u32; 2],
}

impl Fingerprints {
    /// Those of the dispute in this view, `None` before the challenge.
    pub fn new(length: DigestLength, view: &View) -> Option<Self> {
        let salt = view.values.get(Slot::Salt)?.try_into().ok()?;
        let hasher = Hasher::new(length);
        Some(Self { hasher, salt })
    }

    /// The fingerprint of a state at a position. The position counts modulo 2^32: the end of the longest trace is never
    /// disclosed.
    pub fn of(&self, position: u64, state: &[u32]) -> Vec<u32> {
        self.hasher
            .fingerprint(position as u32, &digest_of(state), self.salt)
    }
}

/// The digest of these words.
pub(crate) fn digest_of(words: &[u32]) -> Digest {
    let mut digest = Digest::default();
    digest
        .0
        .iter_mut()
        .zip(words)
        .for_each(|(place, word)| *place = *word);
    digest
}
