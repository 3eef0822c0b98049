//! The passes of a compression, nibble by nibble.

use super::frame::{Frame, Slot};
use super::schedule::{Pass, Turn};
use super::tables::{Column, Tables};
use super::{Key, MessageWord};
use crate::script::Op;

/// The lane whose carry is lost.
const TOP_LANE: usize = 7;

/// What is added to a sum's nibble so that it is an address as it stands: the lowest lane has no carry that would bring the
/// tables' base, and the top lane is looked up one item lower than the others.
pub(super) const fn sum_offset(lane: usize) -> i64 {
    match lane {
        0 => Tables::SUM_BASE as i64,
        TOP_LANE => -1,
        _ => 0,
    }
}

/// How a word that collects sums stands on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Twice the sums of nibbles, carries still to be made, with [`sum_offset`] added. Sums are at most this.
    Sums(usize),
    /// Nibbles, as addresses of rows.
    Rows,
    /// Nibbles as they are.
    Nibbles,
}

/// The words that collect sums: `0..4` and `8..12`.
pub(super) struct Rounds<'a> {
    frame: &'a mut Frame,
    message: &'a [MessageWord; 16],
    forms: [Form; 16],
}

impl<'a> Rounds<'a> {
    /// The state stands above the tables; under a constant key, its first four words hold sums of two nibbles.
    pub(super) fn new(frame: &'a mut Frame, message: &'a [MessageWord; 16], key: Key) -> Self {
        let forms = std::array::from_fn(|word| match key {
            Key::Constant(_) if word < 4 => Form::Sums(30),
            Key::Data(_) if word < 4 => Form::Nibbles,
            _ => Form::Sums(15),
        });
        Self {
            frame,
            message,
            forms,
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
        let addend = if pass.addend.is_some() { 15 } else { 0 };
        addend + message
    }

    fn pass(&mut self, pass: &Pass, next: Option<&Pass>) {
        let before = match self.forms[pass.sum] {
            Form::Sums(most) => most,
            Form::Rows | Form::Nibbles => 15,
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
        }
        if !matches!(self.forms[pass.sum], Form::Sums(_)) {
            frame.add_number(sum_offset(lane));
        }
        if let Some(addend) = pass.addend {
            frame.copy(Slot::State(addend, lane));
            frame.op(Op::Add);
        }
        match pass.message.map(|word| (word, self.message[word])) {
            Some((word, MessageWord::Stack)) => {
                let slot = Slot::Message(word, lane);
                if pass.ends_message {
                    frame.take(slot);
                } else {
                    frame.copy(slot);
                }
                frame.op(Op::Add);
            }
            Some((_, MessageWord::Constant(word))) => {
                frame.add_number(2 * nibble(word, lane) as i64);
            }
            None => {}
        }
    }

    /// From a carry and a sum (the lowest lane: a sum) to sum, partner, carry (the highest lane: sum, partner).
    fn lane(&mut self, pass: &Pass, lane: usize, form: Form) {
        let turned = match pass.turn {
            Turn::Nibbles(count) => (lane + 8 - count) % 8,
            Turn::SevenBits => (lane + 6) % 8,
        };
        match form {
            Form::Sums(_) => self.lane_of_sums(pass, lane),
            Form::Rows | Form::Nibbles => self.lane_of_rows(pass, lane),
        }
        let top = if lane == TOP_LANE { 0 } else { 1 };
        if pass.live {
            self.frame.name(top, Slot::Turned(pass.partner, turned));
            self.frame.name(top + 1, Slot::State(pass.sum, lane));
        } else {
            self.frame.name(top, Slot::State(pass.sum, lane));
        }
    }

    /// The sum is kept without the carry.
    fn lane_of_sums(&mut self, pass: &Pass, lane: usize) {
        let frame = &mut *self.frame;
        if lane == 0 {
            frame.op(Op::Dup);
        } else {
            frame.op(Op::Tuck);
            frame.op(Op::Add);
        }
        // Where no carry is needed, the sum's address is gone after its first use.
        let moved = if lane == TOP_LANE { -1 } else { 0 };
        if lane != TOP_LANE {
            frame.op(Op::Dup);
        }
        frame.look_up(Column::Row, moved);
        frame.take(Slot::State(pass.partner, lane));
        frame.op(Op::Add);
        frame.add_number(moved);
        frame.look_up(Column::Xor, moved);
        if pass.turn == Turn::SevenBits {
            self.shift(lane, moved);
        }
        if lane != TOP_LANE {
            self.frame.op(Op::Swap);
            self.frame.look_up(Column::Carry, 0);
        }
    }

    /// The row's address is kept in the place of the sum: what it stands for is reduced.
    fn lane_of_rows(&mut self, pass: &Pass, lane: usize) {
        let frame = &mut *self.frame;
        if lane != 0 {
            frame.op(Op::Add);
        }
        frame.op(Op::Dup);
        // There is one item less than with sums; the top lane's sums are one less, too.
        if lane != TOP_LANE {
            frame.add_number(-1);
        }
        frame.look_up(Column::Row, -1);
        if pass.live {
            frame.take(Slot::State(pass.partner, lane));
            frame.op(Op::Over);
            frame.op(Op::Add);
            frame.look_up(Column::Xor, 0);
            if pass.turn == Turn::SevenBits {
                self.shift(lane, 0);
            }
            self.frame.op(Op::Rot);
        } else {
            frame.op(Op::Swap);
        }
        if lane == TOP_LANE {
            self.frame.op(Op::Drop);
        } else {
            self.frame.look_up(Column::Carry, 0);
        }
    }

    /// Shifts the nibble on top by one bit; the bit between two nibbles waits on the altstack.
    fn shift(&mut self, lane: usize, moved: i64) {
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
            frame.add_number(moved);
            frame.op(Op::Dup);
            frame.look_up(Column::Bit, moved);
            frame.op(Op::ToAltStack);
            frame.look_up(Column::Shifted, moved);
        }
    }

    /// Gives the nibble of lane 0 the bit of the top lane.
    fn close_shift(&mut self, partner: usize) {
        let frame = &mut *self.frame;
        let turned = Slot::Turned(partner, 6);
        frame.take(turned);
        frame.op(Op::FromAltStack);
        frame.op(Op::Add);
        frame.add_number(-1);
        frame.look_up(Column::Shifted, -1);
        frame.name(0, turned);
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
