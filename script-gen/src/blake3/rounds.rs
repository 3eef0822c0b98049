//! The passes of a compression, nibble by nibble.

use super::MessageWord;
use super::frame::{Frame, Slot};
use super::schedule::{Pass, Turn};
use super::tables::{Column, Tables};
use crate::script::Op;

/// How a word that collects sums stands on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Twice the sums of nibbles, carries still to be made; the lowest has the tables' base added. Sums are at most this.
    Sums(usize),
    /// Nibbles, as addresses of rows.
    Rows,
}

/// The words that collect sums: `0..4` and `8..12`.
pub(super) struct Rounds<'a> {
    frame: &'a mut Frame,
    message: &'a [MessageWord; 16],
    forms: [Form; 16],
}

impl<'a> Rounds<'a> {
    /// The state stands above the tables.
    pub(super) fn new(frame: &'a mut Frame, message: &'a [MessageWord; 16]) -> Self {
        Self {
            frame,
            message,
            forms: [Form::Sums(15); 16],
        }
    }

    /// Runs all passes.
    pub(super) fn run(&mut self, passes: &[Pass]) {
        for (at, pass) in passes.iter().enumerate() {
            let next = passes[at + 1..].iter().find(|next| next.sum == pass.sum);
            self.pass(pass, next);
        }
    }

    /// The most that a pass adds to a nibble.
    fn growth(&self, pass: &Pass) -> usize {
        let message = match pass.message.map(|word| self.message[word]) {
            Some(MessageWord::Stack) => 15,
            Some(MessageWord::Constant(word)) => largest_nibble(word),
            None => 0,
        };
        15 + message
    }

    fn pass(&mut self, pass: &Pass, next: Option<&Pass>) {
        let before = match self.forms[pass.sum] {
            Form::Sums(most) => most,
            Form::Rows => 15,
        };
        let sums = before + self.growth(pass);
        let room = |sums: usize| sums + most_carry(sums) < self.frame.tables.sums;
        debug_assert!(room(sums));
        let form = match next {
            Some(next) if room(sums + self.growth(next)) => Form::Sums(sums),
            _ => Form::Rows,
        };
        for lane in 0..8 {
            self.sum(pass, lane);
            self.lane(pass, lane, form);
        }
        if pass.live && pass.turn == Turn::SevenBits {
            self.close_shift(pass.partner);
        }
        for lane in 0..8 {
            self.frame.settle(pass.partner, lane);
        }
        self.forms[pass.sum] = form;
    }

    /// Brings a nibble of the sum to the top and adds to it; a carry stays below it.
    fn sum(&mut self, pass: &Pass, lane: usize) {
        let frame = &mut *self.frame;
        frame.take(Slot::State(pass.sum, lane));
        if self.forms[pass.sum] == Form::Rows {
            // In the lowest lane there is no carry on the stack.
            let moved = if lane == 0 { -1 } else { 0 };
            frame.add_number(moved);
            frame.look_up(Column::Xor, moved);
            if lane == 0 {
                frame.add_number(Tables::SUM_BASE as i64);
            }
        }
        frame.copy(Slot::State(pass.addend, lane));
        frame.op(Op::Add);
        match pass.message.map(|word| (word, self.message[word])) {
            Some((word, MessageWord::Stack)) => {
                frame.copy(Slot::Message(word, lane));
                frame.op(Op::Add);
            }
            Some((_, MessageWord::Constant(word))) => {
                frame.add_number(2 * nibble(word, lane) as i64)
            }
            None => {}
        }
    }

    /// From a carry and a sum (the lowest lane: a sum) to sum, partner, carry (the highest lane: sum, partner).
    fn lane(&mut self, pass: &Pass, lane: usize, form: Form) {
        let frame = &mut *self.frame;
        let keeps_sum = form != Form::Rows;
        match (keeps_sum, lane) {
            (true, 0) => frame.op(Op::Dup),
            (true, _) => {
                frame.op(Op::Tuck);
                frame.op(Op::Add);
            }
            (false, 0) => {}
            (false, _) => frame.op(Op::Add),
        }
        frame.op(Op::Dup);
        let moved = if keeps_sum { 0 } else { -1 };
        frame.add_number(moved);
        frame.look_up(Column::Row, moved);
        if pass.live {
            frame.take(Slot::State(pass.partner, lane));
            if !keeps_sum {
                frame.op(Op::Over);
            }
            frame.op(Op::Add);
            frame.look_up(Column::Xor, 0);
            if pass.turn == Turn::SevenBits {
                self.shift(lane);
            }
        }
        // Above the sum's address: the partner; or, next to it, the row.
        let frame = &mut *self.frame;
        match (keeps_sum && pass.live, lane) {
            (true, 7) => frame.op(Op::Nip),
            (true, _) => {
                frame.op(Op::Swap);
                frame.look_up(Column::Carry, 0);
            }
            (false, 7) if pass.live => {
                frame.op(Op::Rot);
                frame.op(Op::Drop);
            }
            (false, 7) => frame.op(Op::Nip),
            (false, _) => {
                frame.op(if pass.live { Op::Rot } else { Op::Swap });
                frame.look_up(Column::Carry, 0);
            }
        }
        let top = if lane == 7 { 0 } else { 1 };
        if pass.live {
            let turned = match pass.turn {
                Turn::Nibbles(count) => (lane + 8 - count) % 8,
                Turn::SevenBits => (lane + 6) % 8,
            };
            frame.name(top, Slot::Turned(pass.partner, turned));
            frame.name(top + 1, Slot::State(pass.sum, lane));
        } else {
            frame.name(top, Slot::State(pass.sum, lane));
        }
    }

    /// Shifts the nibble on top by one bit; the bit between two nibbles waits on the altstack.
    fn shift(&mut self, lane: usize) {
        let frame = &mut *self.frame;
        if lane == 0 {
            // Its incoming bit comes last of all.
            frame.op(Op::Dup);
            let base = frame.tables.shift_base(0);
            frame.add_number(base as i64);
            frame.look_up(Column::Bit, 0);
            frame.op(Op::ToAltStack);
        } else {
            frame.op(Op::FromAltStack);
            frame.op(Op::Add);
            frame.op(Op::Dup);
            frame.look_up(Column::Bit, 0);
            frame.op(Op::ToAltStack);
            frame.look_up(Column::Shifted, 0);
        }
    }

    /// Gives the nibble of lane 0 the bit of lane 7.
    fn close_shift(&mut self, partner: usize) {
        let frame = &mut *self.frame;
        frame.take(Slot::Turned(partner, 6));
        frame.op(Op::FromAltStack);
        frame.op(Op::Add);
        frame.add_number(-1);
        frame.look_up(Column::Shifted, -1);
        frame.name(0, Slot::Turned(partner, 6));
    }
}

/// The largest carry out of nibbles whose sums (without a carry) are at most `sums`.
fn most_carry(sums: usize) -> usize {
    (0..8).fold(0, |carry, _| (sums + carry) / 16)
}

pub(super) fn nibble(word: u32, lane: usize) -> usize {
    (word >> (4 * lane)) as usize & 15
}

fn largest_nibble(word: u32) -> usize {
    (0..8).map(|lane| nibble(word, lane)).max().unwrap_or(0)
}
