//! From a predicate to Script.
//!
//! The opened digits, selection bits and hints lie on the stack when the code begins. Expressions copy what they read and
//! leave their value on top; bound values stay where they are made. At the end everything is dropped.

use crate::script::{Item, Op, Script, drop_items, pick, pick_from};

use super::error::PredicateError;
use super::expr::{Expr, Op2, Range};
use super::predicate::{Predicate, Statement};
use super::slot::{Choice, Slot};

/// What one stack item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Nibble(Slot, u8),
    Bit(Choice),
    Hint(usize),
    Local(usize),
    Temporary,
}

/// The code of a predicate, for a stack with these items (bottom first). It fails exactly if the predicate does not hold; it
/// leaves none of the items, and the result if there is one.
pub(crate) fn lower(predicate: &Predicate, stack: Vec<Cell>) -> Result<Script, PredicateError> {
    let mut lowering = Lowering {
        predicate,
        stack,
        comparisons: Vec::new(),
        script: Script::new(),
    };
    for (i, range) in predicate.ranges().hints.iter().enumerate() {
        lowering.copy(Cell::Hint(i))?;
        lowering.int(range.0);
        lowering.int(range.1 + 1);
        lowering.op(Op::Within);
        lowering.op(Op::Verify);
        lowering.pop(3);
    }
    for statement in predicate.statements() {
        match statement {
            Statement::Bind(expr) => {
                lowering.eval(expr)?;
                lowering.pop(1);
                lowering.stack.push(Cell::Local(lowering.comparisons.len()));
                lowering.comparisons.push(lowering.is_comparison(expr));
            }
            Statement::Require(expr) => {
                lowering.eval(expr)?;
                lowering.op(Op::Verify);
                lowering.pop(1);
            }
        }
    }
    let items = lowering.stack.len();
    if let Some(result) = predicate.result() {
        lowering.eval(result)?;
        lowering.op(Op::ToAltStack);
    }
    lowering.script.push(drop_items(items));
    if predicate.result().is_some() {
        lowering.op(Op::FromAltStack);
    }
    Ok(lowering.script)
}

struct Lowering<'a> {
    predicate: &'a Predicate,
    stack: Vec<Cell>,
    /// Of every bound value, whether it is the outcome of comparisons.
    comparisons: Vec<bool>,
    script: Script,
}

impl Lowering<'_> {
    fn op(&mut self, op: Op) {
        self.script.push_item(Item::Op(op));
    }

    /// Pushes a constant.
    fn int(&mut self, value: i64) {
        self.script.push_int(value);
        self.stack.push(Cell::Temporary);
    }

    /// Records that `count` items are gone.
    fn pop(&mut self, count: usize) {
        self.stack.truncate(self.stack.len() - count);
    }

    /// The opcode, which replaces `operands` items by one.
    fn replace(&mut self, operands: usize, op: Op) {
        self.op(op);
        self.pop(operands);
        self.stack.push(Cell::Temporary);
    }

    /// How far below the top an item lies.
    fn depth(&self, cell: Cell) -> Result<usize, PredicateError> {
        self.stack
            .iter()
            .rev()
            .position(|item| *item == cell)
            .ok_or(PredicateError::Unknown)
    }

    fn copy(&mut self, cell: Cell) -> Result<(), PredicateError> {
        let depth = self.depth(cell)?;
        self.script.push(pick(depth));
        self.stack.push(Cell::Temporary);
        Ok(())
    }

    /// The largest value that an expression can have.
    fn high(&self, expr: &Expr) -> Result<i64, PredicateError> {
        Ok(expr.range(self.predicate.ranges())?.1)
    }

    /// Code that leaves the value of an expression on top.
    fn eval(&mut self, expr: &Expr) -> Result<(), PredicateError> {
        if let Some(cell) = atom(expr) {
            return self.copy(cell);
        }
        match expr {
            Expr::Int(value) => self.int(*value),
            Expr::Op2(op, a, b) => self.binary(*op, a, b)?,
            Expr::Neg(a) => self.unary(a, Op::Negate)?,
            Expr::Not(a) => self.unary(a, Op::Not)?,
            Expr::Abs(a) => self.unary(a, Op::Abs)?,
            Expr::If(condition, then, otherwise) => {
                self.eval(condition)?;
                if !self.is_comparison(condition) {
                    // 0 or 1 by arithmetic, which the analysis of the script does not follow.
                    self.op(Op::ZeroNotEqual);
                }
                self.op(Op::If);
                self.pop(1);
                self.eval(then)?;
                self.pop(1);
                self.op(Op::Else);
                self.eval(otherwise)?;
                self.op(Op::EndIf);
            }
            Expr::Shl(a, k) => {
                self.eval(a)?;
                for _ in 0..*k {
                    self.op(Op::Dup);
                    self.op(Op::Add);
                }
            }
            Expr::Mod(a, m) => {
                let high = self.high(a)?;
                self.eval(a)?;
                for multiple in multiples(*m, high).rev() {
                    self.adjust(Op::GreaterThanOrEqual, multiple, Op::Sub, multiple);
                }
            }
            Expr::Misses(a, m) => {
                let Range(low, high) = a.range(self.predicate.ranges())?;
                self.eval(a)?;
                self.op(Op::Abs);
                // For 0 <= x <= 2c, |x - c| is at most c; it is a multiple of m exactly if x is, for c a multiple of m.
                for multiple in multiples(*m, high.max(-low)).rev() {
                    self.script.push_int(multiple);
                    self.op(Op::Sub);
                    self.op(Op::Abs);
                }
                // Now 0 <= x <= m.
                self.script.push_int(1);
                self.script.push_int(*m);
                self.op(Op::Within);
            }
            Expr::Shr(a, k) => {
                let high = self.high(a)?;
                self.eval(a)?;
                self.shift_right(*k, high);
            }
            Expr::Mul(a, b) => {
                let high = self.high(a)?;
                self.eval(b)?;
                self.eval(a)?;
                self.multiply(high);
            }
            Expr::Pick(items, index) => self.look_up(items, index)?,
            Expr::Nibble(..) | Expr::Bit(_) | Expr::Hint(_) | Expr::Local(_) => {}
        }
        Ok(())
    }

    /// Whether the value is the outcome of comparisons.
    fn is_comparison(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Op2(op, ..) => !matches!(op, Op2::Add | Op2::Sub | Op2::Min | Op2::Max),
            Expr::Not(_) | Expr::Misses(..) | Expr::Bit(_) => true,
            Expr::If(_, then, otherwise) => {
                self.is_comparison(then) && self.is_comparison(otherwise)
            }
            Expr::Local(local) => self
                .comparisons
                .get(*local)
                .is_some_and(|comparison| *comparison),
            _ => false,
        }
    }

    fn unary(&mut self, a: &Expr, op: Op) -> Result<(), PredicateError> {
        self.eval(a)?;
        self.replace(1, op);
        Ok(())
    }

    fn binary(&mut self, op: Op2, a: &Expr, b: &Expr) -> Result<(), PredicateError> {
        let short = match (op, b) {
            (Op2::Add, Expr::Int(1)) => Some(Op::OneAdd),
            (Op2::Sub, Expr::Int(1)) => Some(Op::OneSub),
            (Op2::Eq, Expr::Int(0)) => Some(Op::Not),
            (Op2::Ne, Expr::Int(0)) => Some(Op::ZeroNotEqual),
            _ => None,
        };
        if let Some(short) = short {
            return self.unary(a, short);
        }
        self.eval(a)?;
        self.eval(b)?;
        let op = match op {
            Op2::Add => Op::Add,
            Op2::Sub => Op::Sub,
            Op2::And => Op::BoolAnd,
            Op2::Or => Op::BoolOr,
            Op2::Eq => Op::NumEqual,
            Op2::Ne => Op::NumNotEqual,
            Op2::Lt => Op::LessThan,
            Op2::Ge => Op::GreaterThanOrEqual,
            Op2::Min => Op::Min,
            Op2::Max => Op::Max,
        };
        self.replace(2, op);
        Ok(())
    }

    /// `x -> x +- m` if x compares to a bound.
    fn adjust(&mut self, compare: Op, bound: i64, change: Op, m: i64) {
        self.op(Op::Dup);
        self.script.push_int(bound);
        self.op(compare);
        self.op(Op::If);
        self.script.push_int(m);
        self.op(change);
        self.op(Op::EndIf);
    }

    /// `x -> x >> k` for `0 <= x <= high`.
    fn shift_right(&mut self, k: u32, high: i64) {
        let places: Vec<u32> = (0..63).take_while(|i| 1i64 << (k + i) <= high).collect();
        match places[..] {
            [] => {
                self.op(Op::Drop);
                self.script.push_int(0);
            }
            [0] => {
                self.script.push_int(1 << k);
                self.op(Op::GreaterThanOrEqual);
            }
            _ => {
                // x -> quotient so far, rest. The last place only asks whether the rest reaches it.
                self.script.push_int(0);
                self.op(Op::Swap);
                for &i in places[1..].iter().rev() {
                    self.op(Op::Dup);
                    self.script.push_int(1 << (k + i));
                    self.op(Op::GreaterThanOrEqual);
                    self.op(Op::If);
                    self.script.push_int(1 << (k + i));
                    self.op(Op::Sub);
                    self.op(Op::Swap);
                    self.script.push_int(1 << i);
                    self.op(Op::Add);
                    self.op(Op::Swap);
                    self.op(Op::EndIf);
                }
                self.script.push_int(1 << k);
                self.op(Op::GreaterThanOrEqual);
                self.op(Op::Add);
            }
        }
    }

    /// `b a -> a * b` for `0 <= a <= high`.
    fn multiply(&mut self, high: i64) {
        let places = (0..63).take_while(|i| 1i64 << i <= high).count();
        // b a product: the product of b with the bits of a that are gone.
        self.script.push_int(0);
        for i in (0..places).rev() {
            if i + 1 < places {
                self.op(Op::Dup);
                self.op(Op::Add);
            }
            self.op(Op::Over);
            if i > 0 {
                self.script.push_int(1 << i);
                self.op(Op::GreaterThanOrEqual);
            }
            self.op(Op::If);
            self.script.push_int(2);
            self.op(Op::Pick);
            self.op(Op::Add);
            if i > 0 {
                self.op(Op::Swap);
                self.script.push_int(1 << i);
                self.op(Op::Sub);
                self.op(Op::Swap);
            }
            self.op(Op::EndIf);
        }
        self.op(Op::Nip);
        self.op(Op::Nip);
        self.pop(2);
        self.stack.push(Cell::Temporary);
    }

    /// A table look-up: the items lie side by side, ascending or descending.
    fn look_up(&mut self, items: &[Expr], index: &Expr) -> Result<(), PredicateError> {
        let scattered = PredicateError::Scattered { items: items.len() };
        let mut depths = Vec::with_capacity(items.len());
        for item in items {
            depths.push(self.depth(atom(item).ok_or(PredicateError::Unknown)?)?);
        }
        let (Some(&first), Some(&last)) = (depths.first(), depths.last()) else {
            return Err(scattered);
        };
        if depths.windows(2).all(|pair| pair[0] + 1 == pair[1]) {
            self.eval(index)?;
            if first > 0 {
                self.script.push_int(first as i64);
                self.op(Op::Add);
            }
            self.script.push(pick_from(first..last + 1));
        } else if depths.windows(2).all(|pair| pair[0] == pair[1] + 1) {
            self.int(first as i64);
            self.eval(index)?;
            self.op(Op::Sub);
            self.pop(1);
            self.script.push(pick_from(last..first + 1));
        } else {
            return Err(scattered);
        }
        self.pop(1);
        self.stack.push(Cell::Temporary);
        Ok(())
    }
}

fn atom(expr: &Expr) -> Option<Cell> {
    Some(match expr {
        Expr::Nibble(slot, digit) => Cell::Nibble(*slot, *digit),
        Expr::Bit(choice) => Cell::Bit(*choice),
        Expr::Hint(hint) => Cell::Hint(*hint),
        Expr::Local(local) => Cell::Local(*local),
        _ => return None,
    })
}

/// `m, 2m, 4m, ..` up to `high`.
fn multiples(m: i64, high: i64) -> impl DoubleEndedIterator<Item = i64> {
    let count = (0..62).take_while(|i| m << i <= high).count();
    (0..count).map(move |i| m << i)
}
