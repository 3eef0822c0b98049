//! The BLAKE3 compression function in tapscript.
//!
//! One call of the compression function: a keyed hash of one block, or a hash of more, up to 104 bytes, whose data fills the places
//! of the chaining value and the counter as well. Its 56 quarter rounds are tables and look-ups on nibbles:
//! - A nibble `v` stands on the stack as the number `2 v`, inputs and outputs too.
//! - A sum of words is nibble-wise, carries are made when its nibbles are needed (`rounds`): one address gives the carry and
//!   the address of the XOR table's row, because the second look-up happens one item lower (`tables`).
//! - Rotations by whole nibbles are other names for the same items; the one by 7 bits is a shift by one bit through a table.
//! - Which item stands where is followed symbolically (`frame`), so an operand costs the shortest fetch there is.
//!
//! With two digests of 256 bits the script has 41.4 kB, with two of 160 bits 39.0 kB ([`sizes`]). About 700 bytes make a quarter
//! round: 112 fetches of state items, 16 of message items, 32 sums and 32 exclusive ors of nibbles. Every index is provable from
//! ranges with a step, as all numbers that stand for nibbles are even.
//!
//! ```
//! use gavel_script_gen::blake3::{Compression, DigestWords, MessageWord};
//!
//! let node = Compression::keyed_hash([0; 8], [MessageWord::Stack; 16], DigestWords::Eight, 0);
//! assert_eq!(node.message_items(), 128);
//! assert!(node.differs_script().len() < 42_000);
//! ```

mod frame;
mod native;
mod output;
mod rounds;
mod schedule;
pub(crate) mod sequence;
mod tables;
#[cfg(test)]
mod tests;

pub use native::compress;

use crate::script;
use crate::script::{Op, Script, roll};
use crate::trace::MAX_STACK;
use frame::{Frame, Slot};
use rounds::{Rounds, nibble, sum_offset};
use sequence::push_sequence;
use tables::Tables;

/// Nibbles of a word.
pub const WORD_NIBBLES: usize = 8;

/// Initial value of the state words 8 to 11.
const IV: [u32; 4] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a];

/// Bytes of a whole block.
pub const BLOCK_BYTES: u32 = 64;

/// Flag of a chunk's first block.
pub const CHUNK_START: u32 = 1;

/// Flag of a chunk's last block.
pub const CHUNK_END: u32 = 2;

/// Flag of a call whose data are digests.
pub const PARENT: u32 = 4;

/// Flag of the call that gives the hash.
pub const ROOT: u32 = 8;

/// Flag of every block of a keyed hash.
pub const KEYED_HASH: u32 = 16;

/// Bounds of the sums that the tables can know, with every number of additions that they allow before a sum is reduced to
/// nibbles. A larger one makes a shorter script and takes two items a sum.
const SUM_BOUNDS: [usize; 5] = [176, 144, 112, 80, 48];

/// Items that a pass needs above the sum that it looks up.
const SCRATCH_ITEMS: usize = 3;

/// Where a message word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageWord {
    /// Eight items of the stack.
    Stack,
    /// Known when the script is made.
    Constant(u32),
}

/// In which order the nibbles of a word stand on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NibbleOrder {
    /// The most significant one deepest.
    HighDeepest,
    /// The least significant one deepest.
    LowDeepest,
}

impl NibbleOrder {
    /// The nibbles' places, the deepest one's first.
    fn lanes(self) -> impl Iterator<Item = usize> {
        (0..WORD_NIBBLES).map(move |place| match self {
            Self::HighDeepest => WORD_NIBBLES - 1 - place,
            Self::LowDeepest => place,
        })
    }
}

/// What stands in the places of the counter and the chaining value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key that is known when the script is made, as little-endian words; the counter is 0.
    Constant([u32; 8]),
    /// Data: so many of the counter's two words and, after them, the chaining value's eight, the last ones. Those before are 0.
    Data(usize),
}

/// Words of the counter and the chaining value.
pub const KEY_WORDS: usize = KEY_PLACES.len();

/// Where these words stand in the state.
const KEY_PLACES: [usize; 10] = [12, 13, 0, 1, 2, 3, 4, 5, 6, 7];

/// How many words of the result are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestWords {
    /// The first three: 96 bits.
    Three,
    /// The first four: 128 bits.
    Four,
    /// The first five: 160 bits.
    Five,
    /// The first eight: 256 bits.
    Eight,
}

impl DigestWords {
    /// Number of words.
    pub const fn count(self) -> usize {
        match self {
            DigestWords::Three => 3,
            DigestWords::Four => 4,
            DigestWords::Five => 5,
            DigestWords::Eight => 8,
        }
    }
}

/// One call of the compression function.
///
/// # Stack
/// The message words that come from the stack, word 0 deepest; every item is the number `2 v` of a nibble `v` in 0..=15. They
/// are on top of the stack and are consumed. Words of the [`Key`] that are data are consumed from the altstack in the same form,
/// the first one's first nibble on top. What lies below them is not touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compression {
    /// The chaining value and the counter.
    pub key: Key,
    /// The block.
    pub message: [MessageWord; 16],
    /// The order within a word.
    pub order: NibbleOrder,
    /// Bytes of the block that count; more than 64 if the key is data.
    pub block_length: u32,
    /// [`KEYED_HASH`] and others.
    pub flags: u32,
    /// The part of the result that is used.
    pub digest: DigestWords,
    /// Items that lie below the message or on the altstack, without the claimed digest and the key. The tables are
    /// made as large as they leave room for.
    pub others: usize,
}

impl Compression {
    /// `blake3::keyed_hash` of 64 bytes, the most significant nibble of every word deepest.
    pub const fn keyed_hash(
        key: [u32; 8],
        message: [MessageWord; 16],
        digest: DigestWords,
        others: usize,
    ) -> Self {
        Self {
            key: Key::Constant(key),
            message,
            order: NibbleOrder::HighDeepest,
            block_length: BLOCK_BYTES,
            flags: CHUNK_START | CHUNK_END | ROOT | KEYED_HASH,
            digest,
            others,
        }
    }

    /// Leaves the digest: word 0 deepest, most significant nibble first, every nibble doubled.
    pub fn digest_script(&self) -> Script {
        let order = output::order(self.digest);
        script! {
            {self.altstack_script(&order)}
            {order.iter().map(|_| Op::FromAltStack)}
        }
    }

    /// Leaves nibbles of the digest on the altstack, doubled, in this order: pairs of word and place in the word, 0 the least
    /// significant one. Both must be in range.
    pub(crate) fn altstack_script(&self, nibbles: &[(usize, usize)]) -> Script {
        let mut frame = self.rounds();
        output::keep(&mut frame, nibbles);
        frame.script
    }

    /// Takes a claimed digest from the altstack and leaves 1 if it is not the digest, 0 if it is.
    ///
    /// The claimed digest has doubled nibbles, too; its last word's least significant nibble is on top of the altstack, as
    /// when the nibbles were put there from word 0 on, most significant first.
    pub fn differs_script(&self) -> Script {
        let mut frame = self.rounds();
        output::compare(&mut frame, &output::order(self.digest));
        frame.script
    }

    /// Number of items that the script takes from the stack.
    pub fn message_items(&self) -> usize {
        let words = self.message.iter();
        WORD_NIBBLES * words.filter(|word| **word == MessageWord::Stack).count()
    }

    /// Everything up to the last state.
    fn rounds(&self) -> Frame {
        let words = (0..16).filter(|word| self.message[*word] == MessageWord::Stack);
        let message = words.flat_map(|word| {
            self.order
                .lanes()
                .map(move |lane| Slot::Message(word, lane))
        });
        let mut frame = Frame::new(message, self.tables());
        self.push_state(&mut frame);
        let passes = schedule::passes(self.digest.count(), matches!(self.key, Key::Constant(_)));
        Rounds::new(&mut frame, &self.message, self.key).run(&passes);
        frame
    }

    /// The largest tables for which there is room; if there is none, the analysis of the leaf says so.
    fn tables(&self) -> Tables {
        let digest = WORD_NIBBLES * self.digest.count();
        let taken = self.others + self.message_items() + digest + tables::HEIGHT + SCRATCH_ITEMS;
        let mut bounds = SUM_BOUNDS.into_iter().map(|sums| Tables { sums });
        let fits = bounds.find(|tables| taken + tables.cells() <= MAX_STACK);
        fits.unwrap_or(Tables {
            sums: SUM_BOUNDS[SUM_BOUNDS.len() - 1],
        })
    }

    /// The initial state.
    fn push_state(&self, frame: &mut Frame) {
        let mut state = [0; 16];
        state[8..12].copy_from_slice(&IV);
        state[14..].copy_from_slice(&[self.block_length, self.flags]);
        let data = match self.key {
            Key::Constant(key) => {
                state[..8].copy_from_slice(&key);
                &[]
            }
            Key::Data(words) => &KEY_PLACES[KEY_WORDS.saturating_sub(words)..],
        };
        for word in data {
            for lane in self.order.lanes() {
                frame.restore(Slot::State(*word, lane));
            }
        }
        let mut numbers = vec![];
        let mut slots = vec![];
        for word in (0..16).filter(|word| !data.contains(word)) {
            for lane in 0..8 {
                let value = nibble(state[word], lane) as i64;
                numbers.push(match (word, self.key) {
                    // The first addend is constant, too.
                    (0..4, Key::Constant(_)) => {
                        2 * (value + nibble(state[word + 4], lane) as i64) + sum_offset(lane)
                    }
                    (8..12, _) => 2 * value + sum_offset(lane),
                    _ => 2 * value,
                });
                slots.push(Slot::State(word, lane));
            }
        }
        frame.push(&push_sequence(&numbers), slots);
    }
}

/// Exchanges two digests if the top item is 1, not if it is 0 (the empty string): to be run before [`Compression`] where the
/// side of a child is known to the script only. The top item must be a checked 0 or 1.
pub fn order_children(digest: DigestWords) -> Script {
    let nibbles = WORD_NIBBLES * digest.count();
    let mut script = Script::new();
    script.push_op(Op::If);
    for _ in 0..nibbles {
        script.push(roll(2 * nibbles - 1));
    }
    script.push_op(Op::EndIf);
    script
}

/// Bytes of the scripts for the blocks of the trace game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// 64 bytes to a digest of 256 bits.
    pub block: usize,
    /// Two digests of 256 bits, compared with a claimed one.
    pub node_256: usize,
    /// Two digests of 160 bits, compared with a claimed one.
    pub node_160: usize,
    /// A digest of 256 bits and four words, compared with a claimed digest.
    pub file_256: usize,
    /// A digest of 160 bits and four words, compared with a claimed digest.
    pub file_160: usize,
    /// Exchange of two digests of 256 bits.
    pub order_256: usize,
    /// Exchange of two digests of 160 bits.
    pub order_160: usize,
}

/// The sizes of the scripts under `key`: they depend on it by a few bytes.
pub fn sizes(key: [u32; 8]) -> Sizes {
    let compression = |words: usize, digest| {
        let message = std::array::from_fn(|word| match word < words {
            true => MessageWord::Stack,
            false => MessageWord::Constant(0),
        });
        Compression::keyed_hash(key, message, digest, 0)
    };
    let differs = |words, digest| compression(words, digest).differs_script().len();
    Sizes {
        block: compression(16, DigestWords::Eight).digest_script().len(),
        node_256: differs(16, DigestWords::Eight),
        node_160: differs(10, DigestWords::Five),
        file_256: differs(12, DigestWords::Eight),
        file_160: differs(9, DigestWords::Five),
        order_256: order_children(DigestWords::Eight).len(),
        order_160: order_children(DigestWords::Five).len(),
    }
}
