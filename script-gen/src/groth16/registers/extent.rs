//! Extents of relations, measured once.
//!
//! Whoever looks for a cut measures thousands of leaves, and most of what they do is alike: the same relation with its values in the same
//! places. Its script is written once, measured and dropped.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use super::plan::Plan;
use crate::analysis::Extent;

/// Relations with their values' places, and the place of the first item above them.
type Key = [u8; 32];

/// What is known about relations.
#[derive(Debug, Default)]
pub struct Extents(Mutex<HashMap<Key, Option<Extent>>>);

impl Extents {
    /// The extent of plans whose values are called by their places, at a height. `measure` finds it.
    pub(super) fn of(
        &self,
        plans: &[Plan],
        height: usize,
        measure: impl FnOnce() -> Option<Extent>,
    ) -> Option<Extent> {
        let mut key = KeyHasher::default();
        (plans, height).hash(&mut key);
        let key = key.0.finalize().into();
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(extent) = known().get(&key) {
            return *extent;
        }
        let extent = measure();
        known().insert(key, extent);
        extent
    }
}

/// Collects what is hashed for a digest without collisions.
#[derive(Default)]
struct KeyHasher(blake3::Hasher);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = *self.0.finalize().as_bytes();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
