//! Extents of relations, measured once.
//!
//! Whoever looks for a cut measures thousands of leaves, and most of what they do is alike: the same relation with its values in the same
//! places. Its script is written once, measured and dropped.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::planned::{Identity, Plans};
use crate::analysis::Extent;

/// Relations with their values' places, and the place of the first item above them.
pub(super) type Key = (Vec<(Identity, Vec<usize>)>, usize);

/// What is known about relations.
#[derive(Debug, Default)]
pub struct Extents {
    plans: Plans,
    known: Mutex<HashMap<Key, Option<Extent>>>,
}

impl Extents {
    /// The plans of relations.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// The extent of relations at places. `measure` finds it.
    pub(super) fn of(&self, key: Key, measure: impl FnOnce() -> Option<Extent>) -> Option<Extent> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(extent) = known().get(&key) {
            return *extent;
        }
        let extent = measure();
        known().insert(key, extent);
        extent
    }
}
