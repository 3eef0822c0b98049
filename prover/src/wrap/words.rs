//! How the last layer's circuit is bound to its public inputs: they are eight words, so two of them fit into one element, and
//! no hash is needed.
//!
//! plonky2 hashes the public inputs of a circuit inside of it and compares that with four wires. Goldilocks Poseidon there
//! would be a tenth of the constraints above. A pair `low + 2^32 high` is below the field's order unless `high` is
//! `2^32 - 1` and `low` is not 0; then it is another pair with `high = 0`, too. Who wants to use that has to find a true and a
//! false statement whose digests of 256 bits differ in just this way, which is no easier than a collision.

use plonky2::field::extension::Extendable;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::{HashOut, RichField};
use plonky2::hash::hashing::{PlonkyPermutation, hash_n_to_hash_no_pad};
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::config::{AlgebraicHasher, Hasher};
use std::fmt::Debug;

type F = GoldilocksField;

/// Words that are taken at once.
const WORDS: usize = 8;

/// Elements that they become.
const PAIRS: usize = WORDS / 2;

/// The pairs of eight words. It is no hash of anything longer, and not for Merkle trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordPairs;

/// Eight words, then their pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<T>([T; WORDS]);

/// A word outside of circuits or inside.
pub trait Word: Copy + Debug + Default + Eq + Send + Sync {
    /// The pairs of the words; inside of circuits [`AlgebraicHasher::permute_swapped`] makes them.
    fn pairs(words: [Self; WORDS]) -> [Self; WORDS];
}

/// `2^32`.
fn base() -> F {
    F::from_canonical_u64(1 << 32)
}

impl Word for F {
    fn pairs(words: [Self; WORDS]) -> [Self; WORDS] {
        let pair = |i: usize| words[2 * i] + base() * words[2 * i + 1];
        std::array::from_fn(|i| if i < PAIRS { pair(i) } else { F::ZERO })
    }
}

impl Word for Target {
    fn pairs(words: [Self; WORDS]) -> [Self; WORDS] {
        words
    }
}

impl<T> AsRef<[T]> for Words<T> {
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Word> PlonkyPermutation<T> for Words<T> {
    const RATE: usize = WORDS;
    const WIDTH: usize = WORDS;

    fn new<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut words = Self::default();
        words.set_from_iter(elements, 0);
        words
    }

    fn set_elt(&mut self, element: T, index: usize) {
        self.0[index] = element;
    }

    fn set_from_iter<I: IntoIterator<Item = T>>(&mut self, elements: I, start: usize) {
        for (word, element) in self.0[start..].iter_mut().zip(elements) {
            *word = element;
        }
    }

    fn set_from_slice(&mut self, elements: &[T], start: usize) {
        self.set_from_iter(elements.iter().copied(), start);
    }

    fn permute(&mut self) {
        self.0 = T::pairs(self.0);
    }

    fn squeeze(&self) -> &[T] {
        &self.0
    }
}

impl Hasher<F> for WordPairs {
    const HASH_SIZE: usize = 32;
    type Hash = HashOut<F>;
    type Permutation = Words<F>;

    fn hash_no_pad(input: &[F]) -> HashOut<F> {
        hash_n_to_hash_no_pad::<F, Self::Permutation>(input)
    }

    fn two_to_one(left: HashOut<F>, right: HashOut<F>) -> HashOut<F> {
        PoseidonHash::two_to_one(left, right)
    }
}

impl AlgebraicHasher<F> for WordPairs {
    type AlgebraicPermutation = Words<Target>;

    fn permute_swapped<const D: usize>(
        inputs: Words<Target>,
        _swap: BoolTarget,
        builder: &mut CircuitBuilder<F, D>,
    ) -> Words<Target>
    where
        F: RichField + Extendable<D>,
    {
        let mut words = [builder.zero(); WORDS];
        for (pair, halves) in words.iter_mut().zip(inputs.0.chunks(2)) {
            *pair = builder.mul_const_add(base(), halves[1], halves[0]);
        }
        Words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_words_are_four_elements() {
        let words: [F; WORDS] = std::array::from_fn(|i| F::from_canonical_usize(i + 1));
        let pairs = WordPairs::hash_no_pad(&words).elements;
        let expected = [[1, 2], [3, 4], [5, 6], [7, 8]];
        let expected = expected.map(|[low, high]| F::from_canonical_u64(low | high << 32));
        assert_eq!(pairs, expected);
        // The words that the documentation speaks of.
        let largest = F::from_canonical_u32(u32::MAX);
        let mut other = words;
        (other[0], other[1]) = (F::TWO, largest);
        let mut same = words;
        (same[0], same[1]) = (F::ONE, F::ZERO);
        assert_eq!(
            WordPairs::hash_no_pad(&other),
            WordPairs::hash_no_pad(&same)
        );
    }
}
