//! Operands of arithmetic, and what becomes of them.

use super::Problem;
use super::facts::{Id, Kind, Origin};
use super::interval::Interval;
use super::machine::Machine;

impl Machine<'_> {
    /// An operand of arithmetic: a number, and from the spender only when it has been checked.
    pub(super) fn pop_checked(&mut self) -> Result<Id, Problem> {
        let id = self.pop_operand()?;
        if let Kind::Hint = self.facts.kind(id) {
            Err(Problem::UncheckedHint)
        } else {
            Ok(id)
        }
    }

    /// An operand of a comparison or clamp, which may come from the spender: what is no number ends the script.
    pub(super) fn pop_operand(&mut self) -> Result<Id, Problem> {
        let id = self.pop()?;
        self.facts.refresh(id);
        if self.limits && self.facts.kind(id).range().is_some() {
            let Interval { lo, hi, .. } = Interval::OPERANDS;
            self.facts.narrow(id, lo, hi);
        }
        match self.facts.kind(id) {
            Kind::Bytes(_) => Err(Problem::OperandIsBytes),
            Kind::Number(range) | Kind::HintIn(range) if !range.is_operand() => {
                Err(Problem::OperandTooWide {
                    lo: range.lo,
                    hi: range.hi,
                })
            }
            _ => Ok(id),
        }
    }

    pub(super) fn compare(&mut self, origin: impl FnOnce(Id, Id) -> Origin) -> Result<(), Problem> {
        let (b, a) = (self.pop_operand()?, self.pop_operand()?);
        self.push_bool(origin(a, b));
        Ok(())
    }

    pub(super) fn push_sum(&mut self, a: Id, b: Id) {
        let (x, y) = (self.facts.operand(a), self.facts.operand(b));
        let range = if a == b { x.double() } else { x.add(y) };
        let origin = match (x.single(), y.single()) {
            (_, Some(offset)) => self.offset_origin(a, offset),
            (Some(offset), _) => self.offset_origin(b, offset),
            _ => Origin::Sum(a, b),
        };
        let id = self.facts.add(Kind::Number(range), origin);
        self.push(id);
    }

    pub(super) fn offset_origin(&self, id: Id, offset: i64) -> Origin {
        let (base, before) = self.facts.offset(id);
        Origin::Offset(base, before + offset)
    }

    pub(super) fn push_shifted(&mut self, id: Id, offset: i64) {
        let range = self.facts.operand(id).shift(offset);
        let origin = self.offset_origin(id, offset);
        let id = self.facts.add(Kind::Number(range), origin);
        self.push(id);
    }

    /// `OP_MIN` or `OP_MAX`. A clamp that cannot change its operand leaves it the same value.
    pub(super) fn clamp(
        &mut self,
        result: impl FnOnce(Interval, Interval) -> Interval,
        keeps: impl Fn(Interval, Interval) -> bool,
    ) -> Result<(), Problem> {
        let (b, a) = (self.pop_operand()?, self.pop_operand()?);
        let (x, y) = (self.facts.operand(a), self.facts.operand(b));
        let is_number = |id| matches!(self.facts.kind(id), Kind::Number(_));
        let same = if keeps(x, y) && is_number(a) {
            Some(a)
        } else {
            (keeps(y, x) && is_number(b)).then_some(b)
        };
        let id = match same {
            Some(id) => id,
            None => self.facts.number(result(x, y)),
        };
        self.push(id);
        Ok(())
    }
}
