//! The result: the exclusive or of the state's two halves.

use super::DigestWords;
use super::frame::{Frame, Slot};
use super::tables::{Column, Tables};
use crate::script::Op;

/// What is done with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Left on the stack.
    Digest,
    /// Compared with the altstack.
    Compare,
}

/// Computes the result from the state and removes everything else.
pub(super) fn finish(frame: &mut Frame, digest: DigestWords, form: Form) {
    let order = (0..digest.count())
        .rev()
        .flat_map(|word| (0..8).map(move |lane| (word, lane)));
    for (at, (word, lane)) in order.enumerate() {
        let first = at == 0 && form == Form::Compare;
        // The tables are addressed for all items of the state and one more: the outcome of the comparisons so far, or the
        // word's first nibble.
        let moved = if first { -1 } else { 0 };
        let (nibble, row) = if word < 4 {
            (word + 8, word)
        } else {
            (word, word + 8)
        };
        let nibble = Slot::State(nibble, lane);
        if first {
            frame.take(nibble);
        } else {
            frame.copy(nibble);
        }
        if word < 4 {
            frame.add_number(moved);
            frame.look_up(Column::Xor, moved);
        } else {
            frame.add_number(Tables::SUM_BASE as i64 + moved - 1);
            frame.look_up(Column::Row, moved - 1);
        }
        frame.copy(Slot::State(row, lane));
        frame.op(Op::Add);
        frame.add_number(moved);
        frame.look_up(Column::Xor, moved);
        match form {
            Form::Digest => frame.op(Op::ToAltStack),
            Form::Compare => {
                frame.op(Op::FromAltStack);
                frame.op(Op::NumNotEqual);
                if !first {
                    frame.op(Op::BoolOr);
                }
            }
        }
    }
    let results = match form {
        Form::Digest => 8 * digest.count(),
        Form::Compare => {
            frame.op(Op::ToAltStack);
            1
        }
    };
    frame.clear();
    for _ in 0..results {
        frame.op(Op::FromAltStack);
    }
}
