//! BLAKE3 of words as a plonky2 circuit: the digest that a statement is, as Script computes it.
//!
//! Words are 32 bits; an addition is split into bits again, an exclusive or takes two operations a bit, and a rotation is a
//! change of names. A block costs about 1,200 rows of the standard configuration.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

type F = GoldilocksField;
const D: usize = 2;

/// BLAKE3's initial value: that of SHA-256.
const IV: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Where each message word goes after a round.
const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

const ROUNDS: usize = 7;
const BLOCK_WORDS: usize = 16;
const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const ROOT: u32 = 8;

/// Words of the longest message: one chunk.
pub const MAX_WORDS: usize = 256;

/// A word by its bits, lowest first, and as a number.
#[derive(Clone)]
struct Word {
    bits: Vec<BoolTarget>,
    number: Target,
}

impl Word {
    fn constant(builder: &mut CircuitBuilder<F, D>, value: u32) -> Self {
        Self {
            bits: (0..32)
                .map(|i| builder.constant_bool(value >> i & 1 == 1))
                .collect(),
            number: builder.constant(F::from_canonical_u32(value)),
        }
    }

    /// The lowest 32 bits of a number below `2^width`.
    fn truncate(builder: &mut CircuitBuilder<F, D>, number: Target, width: usize) -> Self {
        let mut bits = builder.split_le(number, width);
        bits.truncate(32);
        Self::of_bits(builder, bits)
    }

    fn of_bits(builder: &mut CircuitBuilder<F, D>, bits: Vec<BoolTarget>) -> Self {
        let number = builder.le_sum(bits.iter());
        Self { bits, number }
    }

    /// The sum of two or three words modulo `2^32`.
    fn sum(builder: &mut CircuitBuilder<F, D>, words: &[&Self]) -> Self {
        let sum = builder.add_many(words.iter().map(|word| word.number));
        Self::truncate(builder, sum, 34)
    }

    /// `(self ^ other) >>> turn`: a bit is `b (1 - 2a) + a`.
    fn xor(&self, builder: &mut CircuitBuilder<F, D>, other: &Self, turn: usize) -> Self {
        let one = builder.one();
        let mut bits: Vec<BoolTarget> = self
            .bits
            .iter()
            .zip(&other.bits)
            .map(|(a, b)| {
                let sign = builder.arithmetic(-F::TWO, F::ONE, one, a.target, one);
                // 0 or 1, because both bits are.
                BoolTarget::new_unsafe(builder.mul_add(b.target, sign, a.target))
            })
            .collect();
        bits.rotate_left(turn);
        Self::of_bits(builder, bits)
    }
}

/// The quarter round on columns or diagonals.
fn mix(
    builder: &mut CircuitBuilder<F, D>,
    state: &mut [Word],
    at: [usize; 4],
    message: [&Word; 2],
) {
    let [a, b, c, d] = at;
    for (message, [first, second]) in message.into_iter().zip([[16, 12], [8, 7]]) {
        state[a] = Word::sum(builder, &[&state[a], &state[b], message]);
        state[d] = state[d].xor(builder, &state[a], first);
        state[c] = Word::sum(builder, &[&state[c], &state[d]]);
        state[b] = state[b].xor(builder, &state[c], second);
    }
}

/// The chaining value after a block.
fn compress(
    builder: &mut CircuitBuilder<F, D>,
    chaining: &[Word],
    block: &[Word],
    bytes: u32,
    flags: u32,
) -> Vec<Word> {
    let mut state = chaining.to_vec();
    let rest = [IV[0], IV[1], IV[2], IV[3], 0, 0, bytes, flags];
    state.extend(rest.map(|value| Word::constant(builder, value)));
    let mut message = block.to_vec();
    for _ in 0..ROUNDS {
        for i in 0..4 {
            let column = [i, i + 4, i + 8, i + 12];
            mix(
                builder,
                &mut state,
                column,
                [&message[2 * i], &message[2 * i + 1]],
            );
        }
        for i in 0..4 {
            let diagonal = [i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12];
            let message = [&message[2 * i + 8], &message[2 * i + 9]];
            mix(builder, &mut state, diagonal, message);
        }
        message = PERMUTATION.map(|from| message[from].clone()).to_vec();
    }
    (0..8)
        .map(|i| state[i].xor(builder, &state[i + 8], 0))
        .collect()
}

/// BLAKE3 of at most [`MAX_WORDS`] words, each of four bytes in little-endian order; `None` for more. The words are
/// constrained to be below `2^32`.
pub fn blake3(builder: &mut CircuitBuilder<F, D>, words: &[Target]) -> Option<[Target; 8]> {
    if words.len() > MAX_WORDS {
        return None;
    }
    let words: Vec<Word> = words
        .iter()
        .map(|word| Word::truncate(builder, *word, 32))
        .collect();
    let blocks = words.len().div_ceil(BLOCK_WORDS).max(1);
    let mut chaining: Vec<Word> = IV
        .iter()
        .map(|value| Word::constant(builder, *value))
        .collect();
    for i in 0..blocks {
        let rest = &words[i * BLOCK_WORDS..];
        let mut block = rest[..rest.len().min(BLOCK_WORDS)].to_vec();
        let bytes = 4 * block.len() as u32;
        block.resize(BLOCK_WORDS, Word::constant(builder, 0));
        let mut flags = 0;
        if i == 0 {
            flags |= CHUNK_START;
        }
        if i + 1 == blocks {
            flags |= CHUNK_END | ROOT;
        }
        chaining = compress(builder, &chaining, &block, bytes, flags);
    }
    Some(std::array::from_fn(|i| chaining[i].number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::statement::Statement;
    use plonky2::iop::witness::{PartialWitness, WitnessWrite};
    use plonky2::plonk::circuit_data::CircuitConfig;
    use plonky2::plonk::config::PoseidonGoldilocksConfig;

    /// A message of two blocks, the second not full.
    #[test]
    fn the_circuit_computes_blake3() {
        let message: Vec<u8> = (0..100).map(|i| 255 - i).collect();
        let mut config = CircuitConfig::standard_recursion_config();
        config.security_bits = 22;
        config.fri_config.num_query_rounds = 2;
        let mut builder = CircuitBuilder::<F, D>::new(config);
        let words = builder.add_virtual_targets(message.len() / 4);
        let digest = blake3(&mut builder, &words).expect("a short message");
        builder.register_public_inputs(&digest);
        let circuit = builder.build::<PoseidonGoldilocksConfig>();
        let mut witness = PartialWitness::new();
        for (target, bytes) in words.iter().zip(message.chunks(4)) {
            let word = bytes
                .iter()
                .rev()
                .fold(0, |high, byte| high << 8 | u32::from(*byte));
            witness
                .set_target(*target, F::from_canonical_u32(word))
                .expect("a new target");
        }
        let proof = circuit.prove(witness).expect("a proof");
        let statement = Statement::of_public_inputs(&proof.public_inputs).expect("a digest");
        assert_eq!(statement.0, *::blake3::hash(&message).as_bytes());
        circuit.verify(proof).expect("valid");
    }

    #[test]
    fn a_message_of_several_chunks_is_refused() {
        let mut builder = CircuitBuilder::<F, D>::new(CircuitConfig::standard_recursion_config());
        let words = builder.add_virtual_targets(MAX_WORDS + 1);
        assert!(blake3(&mut builder, &words).is_none());
    }
}
