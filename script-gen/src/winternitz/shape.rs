//! How many digits a committed value has, and how wide they are.

/// The shape of a committed value: the widths of its digits in bits, in signing order, and those of its checksum.
///
/// The checksum is `max_sum - (sum of the message digits)`, most significant digit first. Whoever holds a signature can raise
/// digits (by hashing on) but not lower them; raising a message digit lowers the checksum, and a smaller value of the checksum
/// has at least one smaller digit. So nothing but the signed value can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    message: &'static [u8],
    checksum: &'static [u8],
}

impl Shape {
    /// A 32-bit word: 8 nibbles, most significant first. The largest sum is 120: seven bits of checksum.
    pub const WORD: Shape = Shape {
        message: &[4; 8],
        checksum: &[4, 3],
    };
    /// A digest of 8 words: 64 nibbles, word 0 first, each word's most significant nibble first. The largest sum is 960: ten
    /// bits of checksum.
    pub const DIGEST_256: Shape = Shape {
        message: &[4; 64],
        checksum: &[5, 5],
    };
    /// A digest of 5 words: 40 nibbles. The largest sum is 600: ten bits of checksum.
    pub const DIGEST_160: Shape = Shape {
        message: &[4; 40],
        checksum: &[5, 5],
    };
    /// Two words: 16 nibbles. The largest sum is 240: eight bits of checksum.
    pub const WORDS_2: Shape = Shape {
        message: &[4; 16],
        checksum: &[4, 4],
    };
    /// Three words: 24 nibbles. The largest sum is 360: nine bits of checksum.
    pub const WORDS_3: Shape = Shape {
        message: &[4; 24],
        checksum: &[5, 4],
    };
    /// Four words: 32 nibbles. The largest sum is 480: nine bits of checksum.
    pub const WORDS_4: Shape = Shape {
        message: &[4; 32],
        checksum: &[5, 4],
    };

    /// A shape of digits of 1 to 6 bits, or `None` if the checksum cannot hold the largest sum or has more bits than that
    /// needs.
    pub const fn new(message: &'static [u8], checksum: &'static [u8]) -> Option<Shape> {
        let shape = Shape { message, checksum };
        let (mut bits, mut place) = (0, 0);
        while place < message.len() + checksum.len() {
            let width = shape.width(place);
            if width == 0 || width > 6 {
                return None;
            }
            if place >= message.len() {
                bits += width as u32;
            }
            place += 1;
        }
        if message.is_empty() || shape.max_sum().ilog2() + 1 != bits {
            None
        } else {
            Some(shape)
        }
    }

    /// Widths of the message digits in bits.
    pub const fn message(&self) -> &'static [u8] {
        self.message
    }

    /// Widths of the checksum digits in bits, most significant first.
    pub const fn checksum(&self) -> &'static [u8] {
        self.checksum
    }

    /// Message and checksum digits.
    pub const fn digits(&self) -> usize {
        self.message.len() + self.checksum.len()
    }

    /// Bits of the committed value.
    pub fn bits(&self) -> usize {
        self.message.iter().map(|width| usize::from(*width)).sum()
    }

    /// The width in bits of digit `place`: first the message's, then the checksum's.
    pub(super) const fn width(&self, place: usize) -> u8 {
        if place < self.message.len() {
            self.message[place]
        } else {
            self.checksum[place - self.message.len()]
        }
    }

    /// The largest value of digit `place`, which is also the length of its hash chain.
    pub(super) const fn top(&self, place: usize) -> u8 {
        ((1u32 << self.width(place)) - 1) as u8
    }

    /// The largest sum of message digits.
    pub const fn max_sum(&self) -> u32 {
        let (mut sum, mut place) = (0, 0);
        while place < self.message.len() {
            sum += self.top(place) as u32;
            place += 1;
        }
        sum
    }

    /// The digits of the checksum for a sum of message digits.
    pub(super) fn checksum_digits(&self, sum: u32) -> Vec<u8> {
        let mut rest = self.max_sum().saturating_sub(sum);
        let mut digits = vec![0; self.checksum.len()];
        for (digit, width) in digits.iter_mut().zip(self.checksum).rev() {
            *digit = (rest & ((1 << width) - 1)) as u8;
            rest >>= width;
        }
        digits
    }

    /// Witness items of a signature: two per digit.
    pub const fn witness_items(&self) -> usize {
        2 * self.digits()
    }

    /// The weight of the largest signature in a witness: per digit a chain value of 20 bytes and a number of one byte, each
    /// with its length.
    pub const fn max_witness_weight(&self) -> usize {
        self.digits() * (1 + 20 + 1 + 1)
    }
}

/// The nibbles of words, each word's most significant first: the message digits of [`Shape::WORD`] and of digests.
pub fn nibbles(words: &[u32]) -> Vec<u8> {
    words
        .iter()
        .flat_map(|word| {
            (0..8)
                .rev()
                .map(move |place| (word >> (4 * place) & 15) as u8)
        })
        .collect()
}
