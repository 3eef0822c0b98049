//! Sets of numbers: from `lo` to `hi` in equal steps.

use crate::script::MAX_OPERAND;

/// The numbers `lo, lo + step, .., hi`. A single number has step 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub(super) lo: i64,
    pub(super) hi: i64,
    pub(super) step: i64,
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}

impl Interval {
    /// Every number that an arithmetic opcode reads.
    pub const OPERANDS: Interval = Interval {
        lo: -MAX_OPERAND,
        hi: MAX_OPERAND,
        step: 1,
    };
    /// False or true.
    pub const BOOL: Interval = Interval {
        lo: 0,
        hi: 1,
        step: 1,
    };

    /// One number.
    pub const fn exactly(value: i64) -> Self {
        Self {
            lo: value,
            hi: value,
            step: 0,
        }
    }

    /// The numbers from `lo` to `hi`, both included, or `None` if there are none.
    pub const fn new(lo: i64, hi: i64) -> Option<Self> {
        Self::stepped(lo, hi, 1)
    }

    /// The numbers from `lo` in steps of `step` that are not above `hi`.
    pub(super) const fn stepped(lo: i64, hi: i64, step: i64) -> Option<Self> {
        if lo > hi {
            return None;
        }
        let hi = if step == 0 { lo } else { hi - (hi - lo) % step };
        Some(Self {
            lo,
            hi,
            step: if lo == hi { 0 } else { step },
        })
    }

    /// The smallest number.
    pub const fn lo(self) -> i64 {
        self.lo
    }

    /// The largest number.
    pub const fn hi(self) -> i64 {
        self.hi
    }

    pub(super) const fn single(self) -> Option<i64> {
        if self.lo == self.hi {
            Some(self.lo)
        } else {
            None
        }
    }

    pub(super) const fn is_bool(self) -> bool {
        self.lo >= 0 && self.hi <= 1
    }

    pub(super) const fn is_operand(self) -> bool {
        self.lo >= -MAX_OPERAND && self.hi <= MAX_OPERAND
    }

    pub(super) fn hull(self, other: Self) -> Self {
        // Most of what is asked for: tables of consecutive numbers.
        let step = match self.step == 1 || other.step == 1 {
            true => 1,
            false => gcd(gcd(self.step, other.step), self.lo - other.lo),
        };
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
            step,
        }
    }

    /// What of it lies from `lo` to `hi`.
    pub(super) fn within(self, lo: i64, hi: i64) -> Option<Self> {
        // The first number of the set that is not below.
        let steps = (lo - self.lo)
            .max(0)
            .unsigned_abs()
            .div_ceil(self.step.max(1).unsigned_abs()) as i64;
        let lo = self.lo + steps * self.step.max(1);
        Self::stepped(lo, hi.min(self.hi), self.step)
    }

    /// A superset of what both have in common.
    pub(super) fn meet(self, other: Self) -> Option<Self> {
        if other.step > self.step {
            other.within(self.lo, self.hi)
        } else {
            self.within(other.lo, other.hi)
        }
    }

    pub(super) fn add(self, other: Self) -> Self {
        Self {
            lo: self.lo + other.lo,
            hi: self.hi + other.hi,
            step: gcd(self.step, other.step),
        }
    }

    pub(super) fn shift(self, by: i64) -> Self {
        Self {
            lo: self.lo + by,
            hi: self.hi + by,
            step: self.step,
        }
    }

    pub(super) fn negate(self) -> Self {
        Self {
            lo: -self.hi,
            hi: -self.lo,
            step: self.step,
        }
    }

    pub(super) fn double(self) -> Self {
        Self {
            lo: 2 * self.lo,
            hi: 2 * self.hi,
            step: 2 * self.step,
        }
    }

    pub(super) fn abs(self) -> Self {
        if self.lo >= 0 {
            self
        } else if self.hi <= 0 {
            self.negate()
        } else {
            Self {
                lo: 0,
                hi: self.hi.max(-self.lo),
                step: 1,
            }
        }
    }

    pub(super) fn min(self, other: Self) -> Self {
        self.ordered(other, self.lo.min(other.lo), self.hi.min(other.hi))
    }

    pub(super) fn max(self, other: Self) -> Self {
        self.ordered(other, self.lo.max(other.lo), self.hi.max(other.hi))
    }

    /// The bounds of a value that is one of both sets.
    fn ordered(self, other: Self, lo: i64, hi: i64) -> Self {
        let step = self.hull(other).step;
        Self {
            lo,
            hi,
            step: if lo == hi { 0 } else { step },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(set: Interval) -> Vec<i64> {
        (set.lo..=set.hi)
            .step_by(set.step.max(1) as usize)
            .collect()
    }

    /// Every operation holds every result of its operands' members.
    #[test]
    fn operations_cover_their_results() {
        let sets: Vec<Interval> = (-4..4)
            .flat_map(|lo| {
                (lo..6).flat_map(move |hi| {
                    (1..4).filter_map(move |step| Interval::stepped(lo, hi, step))
                })
            })
            .collect();
        for &a in &sets {
            for &b in &sets {
                for x in members(a) {
                    for y in members(b) {
                        for (set, value) in [
                            (a.hull(b), x),
                            (a.hull(b), y),
                            (a.add(b), x + y),
                            (a.add(b.negate()), x - y),
                            (a.min(b), x.min(y)),
                            (a.max(b), x.max(y)),
                            (a.abs(), x.abs()),
                            (a.double(), 2 * x),
                        ] {
                            assert!(members(set).contains(&value), "{a:?} {b:?} {x} {y} {set:?}");
                        }
                    }
                    let kept = a.within(b.lo, b.hi).map(members).unwrap_or_default();
                    assert_eq!(kept.contains(&x), (b.lo..=b.hi).contains(&x), "{a:?} {b:?}");
                    if members(b).contains(&x) {
                        assert!(a.meet(b).is_some_and(|both| members(both).contains(&x)));
                    }
                }
            }
        }
    }
}
