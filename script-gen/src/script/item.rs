//! Opcodes and pushes, and the bytes that stand for them.

use super::number::number_bytes;
use super::{Op, decode_number};

/// Push opcodes: a length in the opcode itself up to this one, in so many bytes behind it from then on, and small numbers.
const LONGEST_DIRECT_PUSH: u8 = 0x4b;
const OP_PUSHDATA1: u8 = 0x4c;
const OP_PUSHDATA2: u8 = 0x4d;
const OP_PUSHDATA4: u8 = 0x4e;
const OP_1NEGATE: u8 = 0x4f;
/// One less than `OP_1`.
const OP_RESERVED: u8 = 0x50;

/// One opcode or push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// An opcode.
    Op(Op),
    /// A push of a number.
    Int(i64),
    /// A push of a byte string.
    Bytes(&'a [u8]),
}

impl Item<'_> {
    /// Appends the shortest encoding.
    pub(super) fn encode(self, out: &mut Vec<u8>) {
        match self {
            Item::Op(op) => out.push(op.code()),
            Item::Int(value @ 1..=16) => out.push(OP_RESERVED + value as u8),
            Item::Int(value) => {
                let (bytes, length) = number_bytes(value);
                encode_push(&bytes[..length], out);
            }
            Item::Bytes(bytes) => encode_push(bytes, out),
        }
    }
}

fn encode_push(bytes: &[u8], out: &mut Vec<u8>) {
    match bytes {
        [] => return out.push(0),
        [value @ 1..=16] => return out.push(OP_RESERVED + value),
        [0x81] => return out.push(OP_1NEGATE),
        _ => {}
    }
    match bytes.len() {
        len @ ..=0x4b => out.push(len as u8),
        len @ ..=0xff => out.extend([OP_PUSHDATA1, len as u8]),
        len @ ..=0xffff => {
            out.push(OP_PUSHDATA2);
            out.extend((len as u16).to_le_bytes());
        }
        len => {
            out.push(OP_PUSHDATA4);
            out.extend((len as u32).to_le_bytes());
        }
    }
    out.extend_from_slice(bytes);
}

/// The items of a script, each with the number of bytes that stand before it.
///
/// What a push puts on the stack is an [`Item::Int`] if it is a script number of at most five bytes: that is how opcodes see it.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Items<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    /// The next push, whose length is said by so many bytes.
    fn push(&mut self, length_bytes: usize) -> Option<&'a [u8]> {
        let length = self.take(length_bytes)?.iter().rev();
        self.take(length.fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = (usize, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let code = *self.bytes.get(at)?;
        self.at += 1;
        let pushed = match code {
            OP_1NEGATE => return Some((at, Item::Int(-1))),
            0x51..=0x60 => return Some((at, Item::Int((code - OP_RESERVED).into()))),
            ..=LONGEST_DIRECT_PUSH => self.take(code.into())?,
            OP_PUSHDATA1 => self.push(1)?,
            OP_PUSHDATA2 => self.push(2)?,
            OP_PUSHDATA4 => self.push(4)?,
            // A script holds no other byte in this place.
            _ => return Op::from_code(code).map(|op| (at, Item::Op(op))),
        };
        let item = decode_number(pushed).map_or(Item::Bytes(pushed), Item::Int);
        Some((at, item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;

    #[test]
    fn what_is_pushed_is_read_again() {
        let long = vec![0xee; 70_000];
        let strings = [20, 75, 76, 255, 256, 520, 65_535, 65_536, 70_000].map(|len| &long[..len]);
        let strings = strings.into_iter().map(Item::Bytes);
        let numbers = [0, 1, 16, 17, -1, -2, 127, 128, -255, 1 << 31, (1 << 39) - 1];
        let numbers = numbers.into_iter().map(Item::Int);
        let opcodes = Op::ALL.iter().map(|op| Item::Op(*op));
        let items: Vec<Item<'_>> = opcodes.chain(numbers).chain(strings).collect();
        let mut script = Script::new();
        let mut places = vec![];
        for item in &items {
            places.push(script.len());
            script.push_item(*item);
        }
        let (read_places, read): (Vec<usize>, Vec<Item<'_>>) = script.items().unzip();
        assert_eq!(read, items);
        assert_eq!(read_places, places);
    }

    #[test]
    fn a_push_of_a_number_is_a_number_however_it_was_written() {
        let mut script = Script::new();
        for bytes in [&[][..], &[5], &[0x81], &[0x11, 0x80], &[1, 2, 3, 4, 5]] {
            script.push_bytes(bytes);
        }
        script.push_bytes(&[1, 0]);
        script.push_int(1 << 40);
        let read: Vec<Item<'_>> = script.items().map(|(_, item)| item).collect();
        let five_bytes = 0x05_0403_0201;
        let numbers = [0, 5, -1].map(Item::Int);
        assert_eq!(read[..3], numbers);
        assert_eq!(
            read[3..],
            [
                Item::Bytes(&[0x11, 0x80]),
                Item::Int(five_bytes),
                Item::Bytes(&[1, 0]),
                Item::Bytes(&[0, 0, 0, 0, 0, 1])
            ]
        );
    }
}
