//! What a table holds, remembered from one look-up to the next.
//!
//! A hash function looks thousands of times into the same few tables of hundreds of items. An answer stays true until an item
//! that it covers may have changed, so it is enough to know how far down the stack was changed since.

use super::facts::{Id, Kind};

/// What is known about one of several items.
#[derive(Clone, Copy)]
pub(super) struct Hull {
    pub(super) kind: Kind,
    /// The value, if all of them are copies of it.
    pub(super) same: Option<Id>,
}

/// Places of the stack, counted from the bottom: first, last, and the step between.
type Places = (usize, usize, usize);

/// An answer, and when it was given.
#[derive(Clone, Copy)]
struct Answer {
    places: Places,
    time: u64,
    hull: Hull,
}

/// How many answers are remembered: more than a script has tables.
const ANSWERS: usize = 1 << 12;

/// Answers for places of the stack. Those whose places fall together replace each other.
pub(super) struct Hulls {
    answers: Box<[Option<Answer>; ANSWERS]>,
    now: u64,
    /// When the stack was changed how far down, latest and highest last. A change hides earlier ones that were not deeper.
    changes: Vec<(u64, usize)>,
}

impl Default for Hulls {
    fn default() -> Self {
        Self {
            answers: Box::new([None; ANSWERS]),
            now: 0,
            changes: vec![],
        }
    }
}

/// Where the answer for these places is remembered: a hash of them, by multiplication with a large odd number.
fn slot((first, last, step): Places) -> usize {
    let places = (first << 20 | last << 10) ^ step;
    places.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (usize::BITS - ANSWERS.ilog2())
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

    pub(super) fn get(&self, places: Places) -> Option<Hull> {
        let answer = self.answers[slot(places)].filter(|answer| answer.places == places)?;
        let since = self
            .changes
            .partition_point(|(change, _)| *change <= answer.time);
        let untouched = self
            .changes
            .get(since)
            .is_none_or(|(_, deepest)| *deepest > places.1);
        untouched.then_some(answer.hull)
    }

    pub(super) fn set(&mut self, places: Places, hull: Hull) {
        self.answers[slot(places)] = Some(Answer {
            places,
            time: self.now,
            hull,
        });
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
