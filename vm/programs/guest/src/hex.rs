//! Digests as text.

use core::fmt::{Display, Formatter, Result};

/// A digest in hexadecimal.
pub struct Hex(pub [u8; 32]);

impl Display for Hex {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}
