//! Script numbers: little-endian, sign and magnitude, minimal.

/// The longest script number that an arithmetic opcode reads, in bytes.
pub const MAX_OPERAND_BYTES: usize = 4;

/// The largest absolute value of an arithmetic operand: four bytes with the sign in the top bit.
pub const MAX_OPERAND: i64 = 0x7fff_ffff;

/// The minimal encoding of `value`, as it stands on the stack.
pub fn encode_number(value: i64) -> Vec<u8> {
    let (bytes, length) = number_bytes(value);
    bytes[..length].to_vec()
}

/// The same, and its length in bytes.
pub(super) const fn number_bytes(value: i64) -> ([u8; 9], usize) {
    let magnitude = value.unsigned_abs();
    let low = magnitude.to_le_bytes();
    let bits = (u64::BITS - magnitude.leading_zeros()) as usize;
    // One bit more for the sign, but nothing for zero.
    let length = if value == 0 { 0 } else { bits / 8 + 1 };
    let mut bytes = [0; 9];
    let mut place = 0;
    while place < low.len() {
        bytes[place] = low[place];
        place += 1;
    }
    if value < 0 {
        bytes[length - 1] |= 0x80;
    }
    (bytes, length)
}

/// The number that `bytes` encode, or `None` if they are no minimal encoding of at most five bytes.
///
/// Arithmetic opcodes read at most [`MAX_OPERAND_BYTES`]; the fifth byte is for results, which may be that long.
pub fn decode_number(bytes: &[u8]) -> Option<i64> {
    let Some((&top, low)) = bytes.split_last() else {
        return Some(0);
    };
    if bytes.len() > MAX_OPERAND_BYTES + 1 {
        return None;
    }
    let extends = low.last().is_some_and(|next| next & 0x80 != 0);
    if top & 0x7f == 0 && !extends {
        return None;
    }
    let magnitude = low.iter().rev().fold(i64::from(top & 0x7f), |value, byte| {
        value << 8 | i64::from(*byte)
    });
    Some(if top & 0x80 != 0 {
        -magnitude
    } else {
        magnitude
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip_and_nothing_else_decodes() {
        for value in
            (-70_000..70_000).chain([MAX_OPERAND, -MAX_OPERAND, MAX_OPERAND + 1, (1 << 39) - 1])
        {
            assert_eq!(decode_number(&encode_number(value)), Some(value));
        }
        for not_minimal in [
            &[0u8][..],
            &[0x80],
            &[1, 0],
            &[1, 0x80],
            &[0xff, 0, 0],
            &[1, 2, 3, 4, 5, 6],
        ] {
            assert_eq!(decode_number(not_minimal), None, "{not_minimal:?}");
        }
        for first in 0..=255u8 {
            for bytes in [vec![first], vec![7, first], vec![0x87, first]] {
                if let Some(value) = decode_number(&bytes) {
                    assert_eq!(encode_number(value), bytes);
                }
            }
        }
    }
}
