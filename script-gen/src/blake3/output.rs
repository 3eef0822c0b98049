//! The result: the exclusive or of the state's two halves.

use super::DigestWords;
use super::frame::{Frame, Slot};
use super::tables::{Column, Tables};
use crate::script::Op;

/// The nibbles of the result in the order in which they go to the altstack, so that word 0's most significant nibble comes
/// back first; pairs of word and lane.
pub(super) fn order(digest: DigestWords) -> Vec<(usize, usize)> {
    let words = (0..digest.count()).rev();
    words
        .flat_map(|word| (0..8).map(move |lane| (word, lane)))
        .collect()
}

/// Leaves nibbles of the result on the altstack and removes everything else.
pub(super) fn keep(frame: &mut Frame, nibbles: &[(usize, usize)]) {
    for (word, lane) in nibbles {
        push_nibble(frame, *word, *lane, false);
        frame.op(Op::ToAltStack);
    }
    frame.clear();
}

/// Compares the result with what is on the altstack, leaves whether it differs, and removes everything else.
pub(super) fn compare(frame: &mut Frame, nibbles: &[(usize, usize)]) {
    for (at, (word, lane)) in nibbles.iter().enumerate() {
        push_nibble(frame, *word, *lane, at == 0);
        frame.op(Op::FromAltStack);
        frame.op(Op::NumNotEqual);
        if at != 0 {
            frame.op(Op::BoolOr);
        }
    }
    frame.op(Op::ToAltStack);
    frame.clear();
    frame.op(Op::FromAltStack);
}

/// The tables are addressed for all items of the state and one more: the outcome of the comparisons so far, or the word's first
/// nibble. With `take`, there is no such item, and the first nibble leaves the state.
fn push_nibble(frame: &mut Frame, word: usize, lane: usize, take: bool) {
    let moved = if take { -1 } else { 0 };
    let (nibble, row) = if word < 4 {
        (word + 8, word)
    } else {
        (word, word + 8)
    };
    let nibble = Slot::State(nibble, lane);
    if take {
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
}
