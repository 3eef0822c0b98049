//! A script under construction together with the height of its stack.

use crate::script::{Op, Script, limit, pick, roll};

/// The script so far; places on the stack are counted from the bottom of what the script may touch.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) script: Script,
    pub(crate) height: usize,
}

impl Frame {
    pub(crate) fn new(height: usize) -> Self {
        Self {
            script: Script::new(),
            height,
        }
    }

    /// Appends opcodes.
    pub(crate) fn ops(&mut self, ops: &[Op]) {
        for op in ops {
            self.script.push_op(*op);
            self.count(*op);
        }
    }

    /// Appends an opcode for which an operand that is too long is a failed check.
    pub(crate) fn limit(&mut self, op: Op) {
        self.script.push(limit(op));
        self.count(op);
    }

    fn count(&mut self, op: Op) {
        match op {
            Op::Dup | Op::Over | Op::FromAltStack => self.height += 1,
            Op::Negate | Op::Abs | Op::Not | Op::Swap => {}
            Op::Add | Op::Sub | Op::BoolOr | Op::Min | Op::Max | Op::LessThan | Op::GreaterThan => {
                self.height -= 1;
            }
            Op::ToAltStack | Op::Verify | Op::Nip | Op::Drop => self.height -= 1,
            Op::NumEqualVerify | Op::TwoDrop => self.height -= 2,
            _ => unreachable!("the generator does not use {}", op.name()),
        }
    }

    /// Pushes a number.
    pub(crate) fn number(&mut self, number: i64) {
        self.script.push_int(number);
        self.height += 1;
    }

    /// Copies the item at a place to the top.
    pub(crate) fn copy(&mut self, place: usize) {
        self.script.push(pick(self.height - 1 - place));
        self.height += 1;
    }

    /// Moves the item at a place to the top.
    pub(crate) fn raise(&mut self, place: usize) {
        self.script.push(roll(self.height - 1 - place));
    }

    /// Multiplies the top by 16.
    pub(crate) fn shift(&mut self) {
        for _ in 0..4 {
            self.ops(&[Op::Dup, Op::Add]);
        }
    }

    /// Multiplies the top by 16; a product of more than four bytes is a failed check.
    pub(crate) fn limited_shift(&mut self) {
        for _ in 0..4 {
            self.ops(&[Op::Dup]);
            self.limit(Op::Add);
        }
    }

    /// Multiplies the top by a positive number.
    pub(crate) fn times(&mut self, factor: i64) {
        if factor > 1 && factor % 2 == 0 {
            self.times(factor / 2);
            self.ops(&[Op::Dup, Op::Add]);
        } else if factor > 1 {
            self.ops(&[Op::Dup]);
            self.times(factor - 1);
            self.ops(&[Op::Add]);
        }
    }

    /// Adds the top to the item below it, or subtracts it.
    pub(crate) fn combine(&mut self, add: bool) {
        self.ops(&[sum(add)]);
    }

    /// Moves items from the altstack.
    pub(crate) fn restore(&mut self, count: usize) {
        for _ in 0..count {
            self.ops(&[Op::FromAltStack]);
        }
    }

    /// Moves items to the altstack.
    pub(crate) fn save(&mut self, count: usize) {
        for _ in 0..count {
            self.ops(&[Op::ToAltStack]);
        }
    }

    /// Removes what lies above a place.
    pub(crate) fn cut(&mut self, height: usize) {
        self.script
            .push(crate::script::drop_items(self.height - height));
        self.height = height;
    }
}

pub(crate) fn sum(add: bool) -> Op {
    if add { Op::Add } else { Op::Sub }
}
