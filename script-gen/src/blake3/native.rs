//! The compression function on words.

use super::IV;
use super::schedule::{PERMUTATION, QUARTERS, ROUNDS};

/// BLAKE3's compression function: the first eight words of its result, which are those that hashes and chaining values consist of.
pub fn compress(
    chaining_value: &[u32; 8],
    counter: [u32; 2],
    block: &[u32; 16],
    block_length: u32,
    flags: u32,
) -> [u32; 8] {
    let mut state = [0; 16];
    state[..8].copy_from_slice(chaining_value);
    state[8..12].copy_from_slice(&IV);
    state[12..].copy_from_slice(&[counter[0], counter[1], block_length, flags]);
    let mut message = *block;
    for _ in 0..ROUNDS {
        for (quarter, words) in QUARTERS.into_iter().enumerate() {
            mix(
                &mut state,
                words,
                [message[2 * quarter], message[2 * quarter + 1]],
            );
        }
        message = PERMUTATION.map(|word| message[word]);
    }
    std::array::from_fn(|word| state[word] ^ state[word + 8])
}

fn mix(state: &mut [u32; 16], [a, b, c, d]: [usize; 4], message: [u32; 2]) {
    for (word, turns) in message.into_iter().zip([[16, 12], [8, 7]]) {
        state[a] = state[a].wrapping_add(state[b]).wrapping_add(word);
        state[d] = (state[d] ^ state[a]).rotate_right(turns[0]);
        state[c] = state[c].wrapping_add(state[d]);
        state[b] = (state[b] ^ state[c]).rotate_right(turns[1]);
    }
}
