//! An input of several parts: each after its length as 32 bits with the lowest byte first, and nothing after the last.

use core::fmt::{self, Display, Formatter};

/// What an input consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format<const N: usize> {
    /// The names of the parts, in order.
    pub parts: [&'static str; N],
    /// The most bytes that an input may have, lengths included.
    pub max_bytes: usize,
}

/// Why an input does not have its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputError {
    /// It is longer than any that makes sense.
    TooLong {
        /// The most bytes that it may have.
        max_bytes: usize,
    },
    /// It ends inside a part, or inside its length.
    Truncated {
        /// The part's name.
        part: &'static str,
    },
    /// Something follows the last part.
    Trailing {
        /// So many bytes.
        bytes: usize,
        /// The last part's name.
        part: &'static str,
    },
}

impl<const N: usize> Format<N> {
    /// The parts of an input.
    ///
    /// # Errors
    /// [`InputError`]: the first that applies, in the order of its variants.
    pub fn split<'a>(&self, input: &'a [u8]) -> Result<[&'a [u8]; N], InputError> {
        let max_bytes = self.max_bytes;
        if input.len() > max_bytes {
            return Err(InputError::TooLong { max_bytes });
        }
        let (mut parts, mut rest, mut last) = ([&[][..]; N], input, "");
        for (bytes, part) in parts.iter_mut().zip(self.parts) {
            let truncated = InputError::Truncated { part };
            let (length, after) = rest.split_first_chunk().ok_or(truncated)?;
            let length = u32::from_le_bytes(*length) as usize;
            (*bytes, rest) = after.split_at_checked(length).ok_or(truncated)?;
            last = part;
        }
        match rest.len() {
            0 => Ok(parts),
            bytes => Err(InputError::Trailing { bytes, part: last }),
        }
    }
}

/// The bytes of an input of these parts, of less than 4 GiB each.
pub fn joined<'a>(parts: &'a [&'a [u8]]) -> impl Iterator<Item = u8> + 'a {
    parts.iter().flat_map(|part| {
        let length = (part.len() as u32).to_le_bytes();
        length.into_iter().chain(part.iter().copied())
    })
}

impl Display for InputError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => write!(f, "the input has more than {max_bytes} bytes"),
            Self::Truncated { part } => {
                write!(f, "the input ends before the end of its {part}")
            }
            Self::Trailing { bytes, part } => write!(f, "{bytes} bytes follow the {part}"),
        }
    }
}

impl core::error::Error for InputError {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    const FORMAT: Format<3> = Format {
        parts: ["key", "proof", "list"],
        max_bytes: 20,
    };

    #[test]
    fn parts_are_split_as_they_were_joined() {
        for parts in [
            [&b"key"[..], b"proof", b""],
            [b"", b"", b""],
            [b"", b"\0\0\0\0", b"list"],
        ] {
            let input: Vec<u8> = joined(&parts).collect();
            assert_eq!(FORMAT.split(&input), Ok(parts));
        }
    }

    #[test]
    fn every_cut_and_every_addition_is_refused() {
        let mut input: Vec<u8> = joined(&[b"ke", b"pro", b"lis"]).collect();
        let says = |input: &[u8]| {
            let refused = FORMAT.split(input).expect_err("refused");
            refused.to_string()
        };
        for length in 0..input.len() {
            let part =
                ["key", "proof", "list"][usize::from(length >= 6) + usize::from(length >= 13)];
            let expected = std::format!("the input ends before the end of its {part}");
            assert_eq!(says(&input[..length]), expected);
        }
        assert_eq!(input.len(), FORMAT.max_bytes);
        input.push(0);
        assert_eq!(says(&input), "the input has more than 20 bytes");
        let longer: Vec<u8> = joined(&[b"ke", b"", b""]).chain(*b"12345").collect();
        assert_eq!(says(&longer), "5 bytes follow the list");
    }

    /// The longest length there is does not run over.
    #[test]
    fn a_length_is_not_trusted() {
        let refused = FORMAT.split(&[0xff; 20]);
        assert_eq!(refused, Err(InputError::Truncated { part: "key" }));
    }
}
