//! A script under construction together with what stands on the stack at each place.

use super::tables::{Column, Tables};
use crate::script::{Op, Script, pick, pick_from, roll};

/// One item of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A nibble of a message word, least significant first.
    Message(usize, usize),
    /// A nibble of a state word, least significant first.
    State(usize, usize),
    /// The same after the rotation of the pass that is under way.
    Turned(usize, usize),
    /// A cell of a table.
    Cell,
    /// Anything else.
    Scratch,
}

/// The script so far and the stack after it.
pub(super) struct Frame {
    pub(super) script: Script,
    pub(super) tables: Tables,
    stack: Vec<Slot>,
    /// Items up to the tables' top.
    tables_end: usize,
}

impl Frame {
    /// The stack holds the message, then the tables.
    pub(super) fn new(message: impl IntoIterator<Item = Slot>, tables: Tables) -> Self {
        let mut stack: Vec<Slot> = message.into_iter().collect();
        stack.extend(std::iter::repeat_n(Slot::Cell, tables.cells()));
        Self {
            script: tables.push(),
            tables,
            tables_end: stack.len(),
            stack,
        }
    }

    /// Items above the tables.
    fn height(&self) -> usize {
        self.stack.len() - self.tables_end
    }

    fn below_top(&self, slot: Slot) -> usize {
        let mut stack = self.stack.iter();
        let place = match slot {
            // They are at the other end.
            Slot::Message(..) => stack.position(|other| *other == slot),
            _ => stack.rposition(|other| *other == slot),
        };
        self.stack.len() - 1 - place.expect("the generator asks for what it made")
    }

    /// Appends items that `script` pushes.
    pub(super) fn push(&mut self, script: &Script, slots: impl IntoIterator<Item = Slot>) {
        self.script.extend(script);
        self.stack.extend(slots);
    }

    /// Moves an item from the altstack.
    pub(super) fn restore(&mut self, slot: Slot) {
        self.script.push_op(Op::FromAltStack);
        self.stack.push(slot);
    }

    /// Pushes a number.
    pub(super) fn number(&mut self, number: i64) {
        self.script.push_int(number);
        self.stack.push(Slot::Scratch);
    }

    /// Copies an item to the top.
    pub(super) fn copy(&mut self, slot: Slot) {
        self.script.push(pick(self.below_top(slot)));
        self.stack.push(Slot::Scratch);
    }

    /// Moves an item to the top.
    pub(super) fn take(&mut self, slot: Slot) {
        let depth = self.below_top(slot);
        self.script.push(roll(depth));
        let place = self.stack.len() - 1 - depth;
        if place < self.tables_end {
            self.tables_end -= 1;
        }
        self.stack.remove(place);
        self.stack.push(Slot::Scratch);
    }

    /// Names the item `depth` places below the top.
    pub(super) fn name(&mut self, depth: usize, slot: Slot) {
        let place = self.stack.len() - 1 - depth;
        self.stack[place] = slot;
    }

    /// Ends a rotation: the turned nibble is the word's.
    pub(super) fn settle(&mut self, word: usize, lane: usize) {
        let turned = Slot::Turned(word, lane);
        if let Some(place) = self.stack.iter().rposition(|slot| *slot == turned) {
            self.stack[place] = Slot::State(word, lane);
        }
    }

    /// Adds a number to the top.
    pub(super) fn add_number(&mut self, number: i64) {
        match number {
            0 => {}
            1 => self.op(Op::OneAdd),
            -1 => self.op(Op::OneSub),
            _ => {
                self.number(number);
                self.op(Op::Add);
            }
        }
    }

    /// Appends an opcode.
    pub(super) fn op(&mut self, op: Op) {
        self.script.push_op(op);
        let len = self.stack.len();
        match op {
            Op::Dup => self.stack.push(Slot::Scratch),
            Op::Over => self.stack.push(Slot::Scratch),
            Op::Tuck => self.stack.insert(len - 2, Slot::Scratch),
            Op::Swap => self.stack.swap(len - 1, len - 2),
            Op::Rot => self.stack[len - 3..].rotate_left(1),
            Op::Nip => drop(self.stack.remove(len - 2)),
            Op::Drop | Op::ToAltStack | Op::Add | Op::NumNotEqual | Op::BoolOr => {
                self.stack.truncate(len - 1);
            }
            Op::FromAltStack => self.stack.push(Slot::Scratch),
            Op::OneAdd | Op::OneSub => {}
            _ => unreachable!("the generator does not use {}", op.name()),
        }
    }

    /// Replaces the top, an address to which `moved` was added, by the item at it.
    pub(super) fn look_up(&mut self, column: Column, moved: i64) {
        let height = self.height() - 1;
        debug_assert_eq!(height as i64, column.height() as i64 + moved, "{column:?}");
        let places = self.tables.places(column);
        self.script
            .push(pick_from(places.start + height..places.end + height));
        let top = self.stack.len() - 1;
        self.stack[top] = Slot::Scratch;
    }

    /// Removes everything.
    pub(super) fn clear(&mut self) {
        self.script
            .push(crate::script::drop_items(self.stack.len()));
        self.stack.clear();
    }
}
