//! One opcode after the other, on sets of values.

use std::borrow::Cow;
use std::ops::Range;

use super::branch::{Branch, Items};
use super::facts::{Facts, Id, Kind, Origin};
use super::hulls::Hulls;
use super::interval::Interval;
use super::{AnalysisError, Entry, Problem};
use crate::script::{Item, MAX_ELEMENT, MAX_OPERAND_BYTES, Mark, Op, Script};
use crate::trace::MAX_STACK;

/// Bytes of a public key in tapscript.
const KEY_BYTES: usize = 32;

/// Opcodes change at most this many of the top items, but for those with an index.
const REACH: usize = 6;

pub(super) struct Machine<'a> {
    script: &'a Script,
    pub(super) facts: Facts,
    pub(super) hulls: Hulls,
    pub(super) items: Items,
    branches: Vec<Branch>,
    peak: usize,
    /// Items that are done.
    at: usize,
    item: Option<Item<'a>>,
    /// Marks and labels that lie ahead.
    marks: &'a [(u32, Mark)],
    labels: &'a [(usize, Cow<'static, str>)],
    label: Option<&'a str>,
    pub(super) table: Option<Range<usize>>,
    /// Whether an operand that is too long is a failed check.
    pub(super) limits: bool,
}

impl<'a> Machine<'a> {
    pub(super) fn new(script: &'a Script, entry: Vec<Kind>) -> Self {
        // Most items give one value.
        let mut facts = Facts::with_capacity(entry.len() + script.len());
        let stack = entry
            .into_iter()
            .map(|kind| facts.add(kind, Origin::Other))
            .collect::<Vec<_>>();
        let peak = stack.len();
        let items = Items { stack, alt: vec![] };
        Self {
            script,
            facts,
            hulls: Hulls::default(),
            items,
            branches: vec![],
            peak,
            at: 0,
            item: None,
            marks: script.marks(),
            labels: script.labels(),
            label: None,
            table: None,
            limits: false,
        }
    }

    pub(super) fn peak(&self) -> usize {
        self.peak
    }

    pub(super) fn items(&self) -> Vec<Entry> {
        let entry = |id: &Id| match self.facts.kind(*id) {
            Kind::Hint | Kind::HintIn(_) => Entry::Hint,
            Kind::Number(range) => Entry::Number(range),
            Kind::Bytes(length) => Entry::Bytes(length),
        };
        self.items.stack.iter().map(entry).collect()
    }

    pub(super) fn run(&mut self) -> Result<(), AnalysisError> {
        self.check_height().map_err(|problem| self.error(problem))?;
        for (place, item) in self.script.items() {
            self.read_marks(place);
            self.item = Some(item);
            self.step(item)
                .and_then(|()| self.check_height())
                .map_err(|problem| self.error(problem))?;
            self.at += 1;
        }
        self.item = None;
        if self.branches.is_empty() {
            Ok(())
        } else {
            Err(self.error(Problem::UnbalancedConditional))
        }
    }

    pub(super) fn require_clean_end(&self) -> Result<(), AnalysisError> {
        let result = match self.items.stack[..] {
            [id] => self.facts.kind(id),
            _ => Kind::Hint,
        };
        if matches!(result, Kind::Number(range) if range.is_bool()) && self.items.alt.is_empty() {
            return Ok(());
        }
        Err(self.error(Problem::NotClean {
            items: self.items.stack.len(),
            alt: self.items.alt.len(),
        }))
    }

    fn error(&self, problem: Problem) -> AnalysisError {
        let op = match self.item {
            Some(Item::Op(op)) => Some(op),
            _ => None,
        };
        AnalysisError {
            at: self.at,
            op,
            label: self.label.map(str::to_owned),
            problem,
        }
    }

    fn check_height(&mut self) -> Result<(), Problem> {
        let items = self.items.count();
        self.peak = self.peak.max(items);
        if items > MAX_STACK {
            Err(Problem::StackTooHigh { items })
        } else {
            Ok(())
        }
    }

    /// Reads marks and labels of the item at this place of the script.
    fn read_marks(&mut self, place: usize) {
        self.table = None;
        self.limits = false;
        while let Some(((at, mark), rest)) = self.marks.split_first()
            && *at as usize <= place
        {
            match *mark {
                Mark::Table { first, end } => self.table = Some(first.into()..end.into()),
                Mark::Limit => self.limits = true,
            }
            self.marks = rest;
        }
        while let Some(((at, label), rest)) = self.labels.split_first()
            && *at <= place
        {
            self.label = Some(label);
            self.labels = rest;
        }
    }

    fn step(&mut self, item: Item<'_>) -> Result<(), Problem> {
        self.hulls
            .changed_from(self.items.stack.len().saturating_sub(REACH));
        match item {
            Item::Op(op) => self.op(op),
            Item::Int(value) => {
                self.push_kind(Kind::Number(Interval::exactly(value)));
                Ok(())
            }
            Item::Bytes(bytes) if bytes.len() > MAX_ELEMENT => Err(Problem::ElementTooLong {
                length: bytes.len(),
            }),
            Item::Bytes(bytes) => {
                self.push_kind(Kind::Bytes(Some(bytes.len())));
                Ok(())
            }
        }
    }

    pub(super) fn pop(&mut self) -> Result<Id, Problem> {
        self.items.stack.pop().ok_or(Problem::TooFewItems)
    }

    pub(super) fn push(&mut self, id: Id) {
        self.items.stack.push(id);
    }

    pub(super) fn push_kind(&mut self, kind: Kind) {
        let id = self.facts.add(kind, Origin::Other);
        self.push(id);
    }

    pub(super) fn push_bool(&mut self, origin: Origin) {
        let id = self.facts.add(Kind::Number(Interval::BOOL), origin);
        self.push(id);
    }

    pub(super) fn place(&self, depth: usize) -> Result<usize, Problem> {
        self.items
            .stack
            .len()
            .checked_sub(depth + 1)
            .ok_or(Problem::TooFewItems)
    }

    fn copy(&mut self, depth: usize) -> Result<(), Problem> {
        let id = self.items.stack[self.place(depth)?];
        self.push(id);
        Ok(())
    }

    pub(super) fn raise(&mut self, depth: usize) -> Result<(), Problem> {
        let place = self.place(depth)?;
        self.hulls.changed_from(place);
        let id = self.items.stack.remove(place);
        self.push(id);
        Ok(())
    }

    /// The condition of a branch.
    fn pop_condition(&mut self) -> Result<Id, Problem> {
        let id = self.pop()?;
        match self.facts.kind(id) {
            Kind::Number(range) | Kind::HintIn(range) if range.is_bool() => Ok(id),
            Kind::Hint => Ok(id),
            _ => Err(Problem::NotBoolean),
        }
    }

    fn hash(&mut self, length: usize) -> Result<(), Problem> {
        self.pop()?;
        self.push_kind(Kind::Bytes(Some(length)));
        Ok(())
    }

    fn pop_key(&mut self) -> Result<(), Problem> {
        let key = self.pop()?;
        match self.facts.kind(key) {
            Kind::Bytes(Some(KEY_BYTES)) => Ok(()),
            _ => Err(Problem::PublicKey),
        }
    }

    fn verify(&mut self) -> Result<(), Problem> {
        let condition = self.pop()?;
        self.facts.assume(condition, true);
        Ok(())
    }

    fn branch(&mut self, op: Op) -> Result<(), Problem> {
        // What a condition has said about values is forgotten at the end of its branch.
        self.hulls.changed_from(0);
        match op {
            Op::Else => {
                let branch = self
                    .branches
                    .last_mut()
                    .ok_or(Problem::UnbalancedConditional)?;
                branch.otherwise(&mut self.facts, &mut self.items)
            }
            Op::EndIf => {
                let branch = self.branches.pop().ok_or(Problem::UnbalancedConditional)?;
                branch.end(&mut self.facts, &mut self.items)
            }
            _ => {
                let condition = self.pop_condition()?;
                let branch =
                    Branch::begin(&mut self.facts, &self.items, condition, op == Op::NotIf);
                self.branches.push(branch);
                Ok(())
            }
        }
    }

    fn op(&mut self, op: Op) -> Result<(), Problem> {
        match op {
            Op::If | Op::NotIf | Op::Else | Op::EndIf => self.branch(op)?,
            Op::Verify => self.verify()?,
            Op::ToAltStack => {
                let id = self.pop()?;
                self.items.alt.push(id);
            }
            Op::FromAltStack => {
                let id = self.items.alt.pop().ok_or(Problem::TooFewItems)?;
                self.push(id);
            }
            Op::TwoDrop => (0..2).try_for_each(|_| self.pop().map(drop))?,
            Op::TwoDup => (0..2).try_for_each(|_| self.copy(1))?,
            Op::ThreeDup => (0..3).try_for_each(|_| self.copy(2))?,
            Op::TwoOver => (0..2).try_for_each(|_| self.copy(3))?,
            Op::TwoRot => (0..2).try_for_each(|_| self.raise(5))?,
            Op::TwoSwap => (0..2).try_for_each(|_| self.raise(3))?,
            Op::Depth => self.push_kind(Kind::Number(Interval::exactly(
                self.items.stack.len() as i64
            ))),
            Op::Drop => drop(self.pop()?),
            Op::Dup => self.copy(0)?,
            Op::Nip => {
                let place = self.place(1)?;
                self.items.stack.remove(place);
            }
            Op::Over => self.copy(1)?,
            Op::Pick => {
                let places = self.pop_index()?;
                let id = self.one_of(places);
                self.push(id);
            }
            Op::Roll => {
                let places = self.pop_index()?;
                self.roll(places)?;
            }
            Op::Rot => self.raise(2)?,
            Op::Swap => self.raise(1)?,
            Op::Tuck => {
                let place = self.place(1)?;
                let top = self.items.stack[place + 1];
                self.items.stack.insert(place, top);
            }
            Op::Size => {
                self.place(0)?;
                self.push_kind(Kind::Number(Interval {
                    lo: 0,
                    hi: MAX_ELEMENT as i64,
                    step: 1,
                }));
            }
            Op::Equal => {
                let ids = [self.pop()?, self.pop()?];
                if ids.iter().any(|id| {
                    matches!(
                        self.facts.kind(*id),
                        Kind::Hint | Kind::HintIn(_) | Kind::Bytes(None)
                    )
                }) {
                    return Err(Problem::HintComparedAsBytes);
                }
                let numbers = ids.iter().all(|id| self.facts.kind(*id).range().is_some());
                self.push_bool(if numbers {
                    Origin::Equal(ids[0], ids[1])
                } else {
                    Origin::Other
                });
            }
            Op::EqualVerify => {
                let ids = [self.pop()?, self.pop()?];
                for (id, other) in [(ids[0], ids[1]), (ids[1], ids[0])] {
                    if let (Kind::Number(range), Some(_)) =
                        (self.facts.kind(other), self.facts.kind(id).range())
                    {
                        self.facts.narrow(id, range.lo, range.hi);
                    }
                }
            }
            Op::OneAdd | Op::OneSub => {
                let id = self.pop_checked()?;
                self.push_shifted(id, if op == Op::OneAdd { 1 } else { -1 });
            }
            Op::Negate => {
                let id = self.pop_checked()?;
                let range = self.facts.operand(id).negate();
                self.push_kind(Kind::Number(range));
            }
            Op::Abs => {
                let id = self.pop_operand()?;
                let range = self.facts.operand(id).abs();
                self.push_kind(Kind::Number(range));
            }
            Op::Not => {
                let id = self.pop_checked()?;
                self.push_bool(Origin::IsZero(id));
            }
            Op::ZeroNotEqual => {
                let id = self.pop_checked()?;
                self.push_bool(Origin::NotZero(id));
            }
            Op::Add => {
                let (b, a) = (self.pop_checked()?, self.pop_checked()?);
                self.push_sum(a, b);
            }
            Op::Sub => {
                let (b, a) = (self.pop_checked()?, self.pop_checked()?);
                let range = self.facts.operand(b);
                match range.single() {
                    Some(value) => self.push_shifted(a, -value),
                    None => {
                        let range = self.facts.operand(a).add(range.negate());
                        let range = if a == b { Interval::exactly(0) } else { range };
                        self.push_kind(Kind::Number(range));
                    }
                }
            }
            Op::BoolAnd | Op::BoolOr => {
                let (b, a) = (self.pop_checked()?, self.pop_checked()?);
                self.push_bool(if op == Op::BoolAnd {
                    Origin::And(a, b)
                } else {
                    Origin::Or(a, b)
                });
            }
            Op::NumEqual => self.compare(Origin::Equal)?,
            Op::NumEqualVerify => {
                self.compare(Origin::Equal)?;
                self.verify()?;
            }
            Op::NumNotEqual => self.compare(Origin::NotEqual)?,
            Op::LessThan => self.compare(Origin::Less)?,
            Op::GreaterThan => self.compare(|a, b| Origin::Less(b, a))?,
            Op::LessThanOrEqual => self.compare(Origin::LessOrEqual)?,
            Op::GreaterThanOrEqual => self.compare(|a, b| Origin::LessOrEqual(b, a))?,
            Op::Min => self.clamp(Interval::min, |x, y| x.hi <= y.lo)?,
            Op::Max => self.clamp(Interval::max, |x, y| x.lo >= y.hi)?,
            Op::Within => {
                let (hi, lo, x) = (
                    self.pop_operand()?,
                    self.pop_operand()?,
                    self.pop_operand()?,
                );
                self.push_bool(Origin::Within(x, lo, hi));
            }
            Op::Ripemd160 | Op::Sha1 | Op::Hash160 => self.hash(20)?,
            Op::Sha256 | Op::Hash256 => self.hash(32)?,
            Op::CheckSig | Op::CheckSigVerify => {
                self.pop_key()?;
                self.pop()?;
                if op == Op::CheckSig {
                    self.push_bool(Origin::Other);
                }
            }
            Op::CheckSigAdd => {
                self.pop_key()?;
                let count = self.pop_checked()?;
                self.pop()?;
                let range = self.facts.operand(count);
                let range = range.hull(range.shift(1));
                self.push_kind(Kind::Number(range));
            }
            Op::CheckLockTime | Op::CheckSequence => {
                let place = self.place(0)?;
                let Kind::Number(range) = self.facts.kind(self.items.stack[place]) else {
                    return Err(Problem::UncheckedHint);
                };
                let widest = 1i64 << (8 * (MAX_OPERAND_BYTES + 1) - 1);
                if range.lo <= -widest || range.hi >= widest {
                    return Err(Problem::OperandTooWide {
                        lo: range.lo,
                        hi: range.hi,
                    });
                }
            }
        }
        Ok(())
    }
}
