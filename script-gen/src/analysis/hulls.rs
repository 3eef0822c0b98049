//! What a table holds, remembered from one look-up to the next.
//!
//! A hash function looks thousands of times into the same few tables of hundreds of items. An answer stays true until an item
//! that it covers may have changed, so it is enough to know how far down the stack was changed since.

use std::collections::HashMap;

use super::facts::{Id, Kind};

/// What is known about one of several items.
#[derive(Clone, Copy)]
pub(super) struct Hull {
    pub(super) kind: Kind,
    /// The value, if all of them are copies of it.
    pub(super) same: Option<Id>,
}

/// Answers for places of the stack, counted from the bottom: first, last, and the step between.
#[derive(Default)]
pub(super) struct Hulls {
    answers: HashMap<(usize, usize, usize), (u64, Hull)>,
    now: u64,
    /// When the stack was changed how far down, latest and highest last. A change hides earlier ones that were not deeper.
    changes: Vec<(u64, usize)>,
}

impl Hulls {
    /// Items from `place` upwards may have changed.
    pub(super) fn changed_from(&mut self, place: usize) {
        self.now += 1;
        while self
            .changes
            .last()
            .is_some_and(|(_, deepest)| *deepest >= place)
        {
            self.changes.pop();
        }
        self.changes.push((self.now, place));
    }

    pub(super) fn get(&self, places: (usize, usize, usize)) -> Option<Hull> {
        let (time, hull) = self.answers.get(&places)?;
        let since = self.changes.partition_point(|(change, _)| change <= time);
        let untouched = self
            .changes
            .get(since)
            .is_none_or(|(_, deepest)| *deepest > places.1);
        untouched.then_some(*hull)
    }

    pub(super) fn set(&mut self, places: (usize, usize, usize), hull: Hull) {
        self.answers.insert(places, (self.now, hull));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_hold_until_their_items_change() {
        let mut hulls = Hulls::default();
        let hull = Hull {
            kind: Kind::Hint,
            same: None,
        };
        hulls.set((2, 5, 1), hull);
        hulls.changed_from(6);
        assert!(hulls.get((2, 5, 1)).is_some());
        hulls.changed_from(9);
        hulls.set((2, 8, 3), hull);
        hulls.changed_from(8);
        assert!(hulls.get((2, 8, 3)).is_none());
        assert!(hulls.get((2, 5, 1)).is_some());
        hulls.changed_from(5);
        hulls.changed_from(20);
        assert!(hulls.get((2, 5, 1)).is_none());
        assert!(hulls.get((0, 1, 1)).is_none());
    }
}
