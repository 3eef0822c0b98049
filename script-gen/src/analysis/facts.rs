//! What is known about values, and what a condition adds to it.
//!
//! Values have numbers; copies of a value share one. So what a check says about one copy holds for all of them.

use super::interval::Interval;

/// A value's number.
pub(super) type Id = usize;

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// An item of the spender's about which nothing is known.
    Hint,
    /// An item of the spender's that is a number of this range, perhaps not in its minimal encoding.
    HintIn(Interval),
    /// A number of this range, in its minimal encoding.
    Number(Interval),
    /// A byte string, with its length if that is known: then it is not from the spender.
    Bytes(Option<usize>),
}

impl Kind {
    pub(super) fn range(self) -> Option<Interval> {
        match self {
            Kind::Number(range) | Kind::HintIn(range) => Some(range),
            Kind::Hint | Kind::Bytes(_) => None,
        }
    }

    fn with_range(self, range: Interval) -> Self {
        match self {
            Kind::Number(_) => Kind::Number(range),
            Kind::Hint | Kind::HintIn(_) => Kind::HintIn(range),
            Kind::Bytes(_) => self,
        }
    }

    /// What is known about a value that is one of two.
    pub(super) fn hull(self, other: Self) -> Self {
        match (self, other) {
            (Kind::Number(a), Kind::Number(b)) => Kind::Number(a.hull(b)),
            (Kind::Number(a) | Kind::HintIn(a), Kind::Number(b) | Kind::HintIn(b)) => {
                Kind::HintIn(a.hull(b))
            }
            (Kind::Bytes(a), Kind::Bytes(b)) => Kind::Bytes(a.filter(|_| a == b)),
            // What may be longer than an operand is no operand, whatever else it may be.
            (Kind::Bytes(_), _) | (_, Kind::Bytes(_)) => Kind::Bytes(None),
            (kind, _) | (_, kind) if kind.range().is_some_and(|range| !range.is_operand()) => {
                Kind::Bytes(None)
            }
            _ => Kind::Hint,
        }
    }
}

/// How a value was computed, as far as conditions on it say something about its operands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    Other,
    /// `base + offset`.
    Offset(Id, i64),
    /// The sum of two values.
    Sum(Id, Id),
    /// After a branch: `base + offset` with `base` in the range, in one of two ways, which [`Facts`] keeps.
    Either(Id, usize),
    Less(Id, Id),
    LessOrEqual(Id, Id),
    Equal(Id, Id),
    NotEqual(Id, Id),
    Within(Id, Id, Id),
    IsZero(Id),
    NotZero(Id),
    And(Id, Id),
    Or(Id, Id),
}

/// How far a condition is followed back. Further steps would only sharpen ranges.
const MAX_STEPS_BACK: usize = 64;

/// All values of a script so far.
#[derive(Default)]
pub(super) struct Facts {
    kinds: Vec<Kind>,
    origins: Vec<Origin>,
    /// Of values that are one of two: the range of the base, and the offset.
    ways: Vec<[(Interval, i64); 2]>,
    /// Values that conditions narrowed, with what was known before; see [`Facts::checkpoint`].
    narrowed: Vec<(Id, Kind)>,
}

/// A state to return to at the end of a branch.
#[derive(Clone, Copy)]
pub(super) struct Checkpoint {
    values: usize,
    narrowed: usize,
}

impl Facts {
    /// No values yet, but room for so many.
    pub(super) fn with_capacity(values: usize) -> Self {
        Self {
            kinds: Vec::with_capacity(values),
            origins: Vec::with_capacity(values),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, kind: Kind, origin: Origin) -> Id {
        self.kinds.push(kind);
        self.origins.push(origin);
        self.kinds.len() - 1
    }

    /// Adds a value that is `base + offset` with `base` in the range, in one of two ways.
    pub(super) fn add_either(&mut self, kind: Kind, base: Id, ways: [(Interval, i64); 2]) -> Id {
        self.ways.push(ways);
        self.add(kind, Origin::Either(base, self.ways.len() - 1))
    }

    pub(super) fn number(&mut self, range: Interval) -> Id {
        self.add(Kind::Number(range), Origin::Other)
    }

    pub(super) fn kind(&self, id: Id) -> Kind {
        self.kinds[id]
    }

    /// The value as an earlier value and an offset.
    pub(super) fn offset(&self, id: Id) -> (Id, i64) {
        match self.origins[id] {
            Origin::Offset(base, offset) => (base, offset),
            _ => (id, 0),
        }
    }

    /// The range of a value that an arithmetic opcode has read: whatever it was, it is a number of at most four bytes.
    pub(super) fn operand(&self, id: Id) -> Interval {
        self.kinds[id].range().unwrap_or(Interval::OPERANDS)
    }

    /// Applies to a sum what its terms have been found to be since.
    pub(super) fn refresh(&mut self, id: Id) {
        if let Origin::Sum(a, b) = self.origins[id] {
            let sum = self.operand(a).add(self.operand(b));
            if let Some(range) = self.operand(id).meet(sum)
                && range != self.operand(id)
            {
                self.set(id, self.kinds[id].with_range(range));
            }
        }
    }

    /// The condition of a branch is `truth`. A condition from the spender is then known to the byte: MINIMALIF.
    pub(super) fn assume_branch(&mut self, id: Id, truth: bool) {
        if let Kind::Hint | Kind::HintIn(_) = self.kinds[id] {
            self.set(id, Kind::Number(Interval::exactly(truth.into())));
        }
        self.assume(id, truth);
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            values: self.kinds.len(),
            narrowed: self.narrowed.len(),
        }
    }

    /// Forgets what conditions have said since `checkpoint` about values that were there then. Returns what was known.
    pub(super) fn restore(&mut self, checkpoint: Checkpoint) -> Vec<(Id, Kind)> {
        let mut known = vec![];
        while self.narrowed.len() > checkpoint.narrowed {
            if let Some((id, before)) = self.narrowed.pop()
                && id < checkpoint.values
            {
                known.push((id, self.kinds[id]));
                self.kinds[id] = before;
            }
        }
        // The first entry of a value is its latest state.
        known.sort_by_key(|(id, _)| *id);
        known.dedup_by_key(|(id, _)| *id);
        known
    }

    /// Sets what is known about a value.
    pub(super) fn set(&mut self, id: Id, kind: Kind) {
        self.narrowed.push((id, self.kinds[id]));
        self.kinds[id] = kind;
    }

    /// A value is from `lo` to `hi`, or this place is not reached.
    pub(super) fn narrow(&mut self, id: Id, lo: i64, hi: i64) {
        self.narrow_back(id, lo, hi, MAX_STEPS_BACK);
    }

    fn narrow_back(&mut self, id: Id, lo: i64, hi: i64, steps: usize) {
        let before = self.operand(id);
        // An empty range says that this place is not reached: then anything may be assumed, also what is known already.
        let Some(range) = before.within(lo, hi) else {
            return;
        };
        if range == before && self.kinds[id].range().is_some() {
            return;
        }
        self.set(id, self.kinds[id].with_range(range));
        if steps == 0 {
            return;
        }
        match self.origins[id] {
            Origin::Offset(base, offset) => {
                self.narrow_back(base, range.lo - offset, range.hi - offset, steps - 1);
            }
            Origin::Either(base, ways) => {
                let possible = self.ways[ways]
                    .iter()
                    .filter_map(|(from, offset)| from.within(range.lo - offset, range.hi - offset))
                    .reduce(Interval::hull);
                if let Some(possible) = possible {
                    self.narrow_back(base, possible.lo, possible.hi, steps - 1);
                }
            }
            _ => {}
        }
    }

    /// A value is not `value`.
    fn exclude(&mut self, id: Id, value: i64) {
        let range = self.operand(id);
        if range.lo == value {
            self.narrow(id, value + 1, range.hi);
        } else if range.hi == value {
            self.narrow(id, range.lo, value - 1);
        }
    }

    fn at_most(&mut self, x: Id, y: Id, gap: i64) {
        let (a, b) = (self.operand(x), self.operand(y));
        self.narrow(x, a.lo, b.hi - gap);
        self.narrow(y, a.lo + gap, b.hi);
    }

    /// The condition `id` has been found to be `truth`.
    pub(super) fn assume(&mut self, id: Id, truth: bool) {
        self.assume_back(id, truth, MAX_STEPS_BACK);
    }

    fn assume_back(&mut self, id: Id, truth: bool, steps: usize) {
        if truth {
            self.exclude(id, 0);
        } else {
            self.narrow(id, 0, 0);
        }
        if steps == 0 {
            return;
        }
        match (self.origins[id], truth) {
            (Origin::Less(x, y), true) | (Origin::LessOrEqual(y, x), false) => {
                self.at_most(x, y, 1)
            }
            (Origin::LessOrEqual(x, y), true) | (Origin::Less(y, x), false) => {
                self.at_most(x, y, 0)
            }
            (Origin::Equal(x, y), true) | (Origin::NotEqual(x, y), false) => {
                let (a, b) = (self.operand(x), self.operand(y));
                self.narrow(x, b.lo, b.hi);
                self.narrow(y, a.lo, a.hi);
            }
            (Origin::Equal(x, y), false) | (Origin::NotEqual(x, y), true) => {
                if let Some(value) = self.operand(y).single() {
                    self.exclude(x, value);
                }
                if let Some(value) = self.operand(x).single() {
                    self.exclude(y, value);
                }
            }
            (Origin::Within(x, lo, hi), true) => {
                self.narrow(x, self.operand(lo).lo, self.operand(hi).hi - 1);
            }
            (Origin::IsZero(x), _) => self.assume_back(x, !truth, steps - 1),
            (Origin::NotZero(x), _) => self.assume_back(x, truth, steps - 1),
            (Origin::And(x, y), true) | (Origin::Or(x, y), false) => {
                self.assume_back(x, truth, steps - 1);
                self.assume_back(y, truth, steps - 1);
            }
            _ => {}
        }
    }
}
