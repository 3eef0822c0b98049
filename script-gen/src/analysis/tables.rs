//! `OP_PICK` and `OP_ROLL`: where an index may lead, and what may lie there.

use super::Problem;
use super::facts::{Id, Origin};
use super::hulls::Hull;
use super::interval::Interval;
use super::machine::Machine;

impl Machine<'_> {
    /// Removes the index and returns the range of places below the top that it can name. Behind this place the index is known to
    /// lie in it: any other ends the script.
    pub(super) fn pop_index(&mut self) -> Result<Interval, Problem> {
        let id = self.pop_checked()?;
        let height = self.items.stack.len();
        let Interval { lo, hi, .. } = self.facts.operand(id);
        let table = match (self.table.take(), lo == hi) {
            (Some(places), _) => places,
            (None, true) => 0..height,
            (None, false) => return Err(Problem::NoTable { lo, hi }),
        };
        let (start, end) = (table.start, table.end);
        let inside = hi >= 0
            && hi < end as i64
            && end <= height
            && (lo >= start as i64 || start == 0 && lo != hi);
        if !inside {
            return Err(Problem::OutsideTable {
                lo,
                hi,
                start,
                end,
                height,
            });
        }
        self.facts.narrow(id, start as i64, hi);
        Ok(self.facts.operand(id))
    }

    /// What is known about one of the items at these places.
    pub(super) fn one_of(&mut self, places: Interval) -> Id {
        let top = self.items.stack.len() - 1;
        let step = places.step.max(1) as usize;
        let key = (top - places.hi as usize, top - places.lo as usize, step);
        let hull = self.hulls.get(key).unwrap_or_else(|| self.hull(key));
        self.hulls.set(key, hull);
        hull.same
            .unwrap_or_else(|| self.facts.add(hull.kind, Origin::Other))
    }

    /// What is known about one of the items at `first`, `first + step`, .., `last`.
    pub(super) fn hull(&self, (first, last, step): (usize, usize, usize)) -> Hull {
        let mut ids = self.items.stack[first..=last].iter().step_by(step);
        let id = ids.next().copied().unwrap_or(0);
        let mut hull = Hull {
            kind: self.facts.kind(id),
            same: Some(id),
        };
        for other in ids {
            hull.same = hull.same.filter(|same| same == other);
            hull.kind = hull.kind.hull(self.facts.kind(*other));
        }
        hull
    }

    pub(super) fn roll(&mut self, places: Interval) -> Result<(), Problem> {
        if let Some(depth) = places.single() {
            return self.raise(depth as usize);
        }
        let raised = self.one_of(places);
        // Items above the raised one stay, those below it come up by one: between, each is one of two.
        for depth in (places.lo..places.hi).rev() {
            let moved = self.one_of(Interval {
                lo: depth,
                hi: depth + 1,
                step: 1,
            });
            let place = self.place(depth as usize + 1)?;
            self.items.stack[place] = moved;
        }
        self.hulls.changed_from(self.place(places.hi as usize)?);
        let place = self.place(places.lo as usize)?;
        self.items.stack.remove(place);
        self.push(raised);
        Ok(())
    }
}
