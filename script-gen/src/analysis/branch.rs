//! Both sides of a branch, and what is known after them.

use std::collections::HashMap;

use super::Problem;
use super::facts::{Checkpoint, Facts, Id, Kind, Origin};
use super::interval::Interval;

/// The items of stack and altstack, bottom first.
#[derive(Clone, Default)]
pub(super) struct Items {
    pub(super) stack: Vec<Id>,
    pub(super) alt: Vec<Id>,
}

impl Items {
    pub(super) fn count(&self) -> usize {
        self.stack.len() + self.alt.len()
    }
}

/// An open `OP_IF`.
pub(super) struct Branch {
    condition: Id,
    /// Whether the second side runs for a true condition, as with `OP_NOTIF`.
    inverted: bool,
    start: Checkpoint,
    /// The items at the `OP_IF`; after the `OP_ELSE`, not needed any more.
    before: Items,
    /// The first side, once it has ended.
    first: Option<Side>,
}

/// A side of a branch at its end.
struct Side {
    items: Items,
    /// Values that were there before the branch and about which the side has learnt something.
    known: HashMap<Id, Kind>,
}

impl Side {
    fn kind(&self, facts: &Facts, id: Id) -> Kind {
        self.known
            .get(&id)
            .copied()
            .unwrap_or_else(|| facts.kind(id))
    }

    fn range(&self, facts: &Facts, id: Id) -> Option<Interval> {
        self.kind(facts, id).range()
    }
}

impl Branch {
    /// Begins the first side. `items` no longer hold the condition.
    pub(super) fn begin(facts: &mut Facts, items: &Items, condition: Id, inverted: bool) -> Self {
        let branch = Self {
            condition,
            inverted,
            start: facts.checkpoint(),
            before: items.clone(),
            first: None,
        };
        facts.assume_branch(condition, !inverted);
        branch
    }

    /// Ends the first side and begins the second.
    pub(super) fn otherwise(
        &mut self,
        facts: &mut Facts,
        items: &mut Items,
    ) -> Result<(), Problem> {
        if self.first.is_some() {
            return Err(Problem::UnbalancedConditional);
        }
        let known = facts.restore(self.start).into_iter().collect();
        let before = std::mem::take(&mut self.before);
        self.first = Some(Side {
            items: std::mem::replace(items, before),
            known,
        });
        facts.assume_branch(self.condition, self.inverted);
        Ok(())
    }

    /// Ends the second side.
    pub(super) fn end(mut self, facts: &mut Facts, items: &mut Items) -> Result<(), Problem> {
        if self.first.is_none() {
            self.otherwise(facts, items)?;
        }
        let Some(first) = self.first else {
            return Err(Problem::UnbalancedConditional);
        };
        let known = facts.restore(self.start).into_iter().collect();
        let second = Side {
            items: std::mem::take(items),
            known,
        };
        let heights = |side: &Side| (side.items.stack.len(), side.items.alt.len());
        if heights(&first) != heights(&second) {
            return Err(Problem::UnequalBranches {
                then: first.items.count(),
                otherwise: second.items.count(),
            });
        }
        for (&id, kind) in &first.known {
            if let Some(other) = second.known.get(&id) {
                facts.set(id, kind.hull(*other));
            }
        }
        let mut merged = HashMap::new();
        let mut join = |facts: &mut Facts, a: &[Id], b: &[Id]| -> Vec<Id> {
            let pairs = a.iter().zip(b).map(|(&a, &b)| {
                if a == b {
                    return a;
                }
                *merged
                    .entry((a, b))
                    .or_insert_with(|| either(facts, (&first, a), (&second, b)))
            });
            pairs.collect()
        };
        items.stack = join(facts, &first.items.stack, &second.items.stack);
        items.alt = join(facts, &first.items.alt, &second.items.alt);
        Ok(())
    }
}

/// A value that is `a` after the first side and `b` after the second.
fn either(facts: &mut Facts, (first, a): (&Side, Id), (second, b): (&Side, Id)) -> Id {
    let kind = first.kind(facts, a).hull(second.kind(facts, b));
    let ((base, offset), (other_base, other_offset)) = (facts.offset(a), facts.offset(b));
    let ways = (base == other_base).then(|| (first.range(facts, base), second.range(facts, base)));
    match ways {
        Some((Some(range), Some(other))) => {
            facts.add_either(kind, base, [(range, offset), (other, other_offset)])
        }
        _ => facts.add(kind, Origin::Other),
    }
}
