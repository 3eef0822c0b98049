//! plonky2's hasher and configuration with digests in BN254's scalar field.
//!
//! Three Goldilocks elements (64 bits each) fill one element of the sponge. The number of elements that an absorption takes
//! is added to the capacity, so that a short block is not a block with zeros at its end.

use super::poseidon::{NODE, SPONGE, SPONGE_WIDTH};
use super::words::WordPairs;
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, PrimeField};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::plonk::config::{GenericConfig, GenericHashOut, Hasher};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Goldilocks elements in one element of the sponge.
pub(crate) const PACKED: usize = 3;

/// Goldilocks elements that one permutation takes, and gives.
pub(crate) const RATE: usize = PACKED * (SPONGE_WIDTH - 1);

/// Bits of each of the elements that a digest is in the transcript, from the lowest.
pub(crate) const DIGEST_LIMBS: [usize; 5] = [51, 51, 51, 51, 50];

type F = GoldilocksField;

/// The configuration of the last recursion layer: Merkle trees and transcript of BN254 Poseidon. The public inputs, which the
/// layer's own circuit would have to hash, are eight words and not hashed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bn254Config;

impl GenericConfig<2> for Bn254Config {
    type F = F;
    type FE = QuadraticExtension<F>;
    type Hasher = Bn254Poseidon;
    type InnerHasher = WordPairs;
}

/// BN254 Poseidon as a hash of Goldilocks elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bn254Poseidon;

/// A digest: one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub Fr);

impl Digest {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&self.0.into_bigint().to_bytes_le());
        bytes
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.bytes().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <[u8; 32]>::deserialize(deserializer)?;
        let limbs = std::array::from_fn(|i| {
            let limb = bytes[8 * i..][..8].iter().rev();
            limb.fold(0, |high, byte| high << 8 | u64::from(*byte))
        });
        let element = Fr::from_bigint(BigInt::new(limbs));
        let element =
            element.ok_or_else(|| de::Error::custom("a digest is not below the modulus"))?;
        Ok(Self(element))
    }
}

impl GenericHashOut<F> for Digest {
    fn to_bytes(&self) -> Vec<u8> {
        self.bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Fr::from_le_bytes_mod_order(bytes))
    }

    /// Five limbs of 51 and 50 bits: limbs of 64 bits would not be Goldilocks elements.
    fn to_vec(&self) -> Vec<F> {
        let mut value = self.0.into_bigint();
        let limbs = DIGEST_LIMBS.iter().map(|bits| {
            let limb = value.0[0] & ((1 << bits) - 1);
            value >>= *bits as u32;
            F::from_canonical_u64(limb)
        });
        limbs.collect()
    }
}

/// The state of the sponge, with what is absorbed by the next permutation and what the last one gives out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sponge {
    state: [Fr; SPONGE_WIDTH],
    block: [F; RATE],
    absorbed: usize,
}

impl AsRef<[F]> for Sponge {
    fn as_ref(&self) -> &[F] {
        &self.block
    }
}

/// Three elements as one.
pub(crate) fn pack(elements: &[F]) -> Fr {
    let mut limbs = [0; 4];
    for (limb, element) in limbs.iter_mut().zip(elements) {
        *limb = element.to_canonical_u64();
    }
    // 192 bits: below the modulus.
    Fr::from_bigint(BigInt::new(limbs)).unwrap_or_default()
}

impl PlonkyPermutation<F> for Sponge {
    const RATE: usize = RATE;
    const WIDTH: usize = RATE;

    fn new<I: IntoIterator<Item = F>>(elements: I) -> Self {
        let mut sponge = Self::default();
        // plonky2 starts with zeros without end: those are no input.
        let elements: Vec<F> = elements.into_iter().take(RATE).collect();
        if elements.iter().any(|element| *element != F::ZERO) {
            sponge.set_from_slice(&elements, 0);
        }
        sponge
    }

    fn set_elt(&mut self, element: F, index: usize) {
        self.block[index] = element;
        self.absorbed = self.absorbed.max(index + 1);
    }

    fn set_from_iter<I: IntoIterator<Item = F>>(&mut self, elements: I, start: usize) {
        for (i, element) in elements.into_iter().take(RATE - start).enumerate() {
            self.set_elt(element, start + i);
        }
    }

    fn set_from_slice(&mut self, elements: &[F], start: usize) {
        self.set_from_iter(elements.iter().copied(), start);
    }

    /// Adds the block to the state, permutes, and takes the lowest 192 bits of each element of the rate as three Goldilocks
    /// elements. 64 bits modulo `p` make an element below `2^32` twice as probable as the others: an event that is
    /// improbable for uniform elements is at most twice as probable per element.
    fn permute(&mut self) {
        self.state[0] += Fr::from(self.absorbed as u64);
        let packs = self.block[..self.absorbed].chunks(PACKED).map(pack);
        for (element, pack) in self.state[1..].iter_mut().zip(packs) {
            *element += pack;
        }
        SPONGE.permute(&mut self.state);
        for (elements, state) in self.block.chunks_mut(PACKED).zip(&self.state[1..]) {
            for (element, limb) in elements.iter_mut().zip(state.into_bigint().0) {
                *element = F::from_noncanonical_u64(limb);
            }
        }
        self.absorbed = 0;
    }

    fn squeeze(&self) -> &[F] {
        &self.block
    }
}

impl Hasher<F> for Bn254Poseidon {
    const HASH_SIZE: usize = 32;
    type Hash = Digest;
    type Permutation = Sponge;

    /// The sponge's first element after all blocks; the capacity starts with the length.
    fn hash_no_pad(input: &[F]) -> Digest {
        let mut state = [Fr::ZERO; SPONGE_WIDTH];
        state[0] = Fr::from(input.len() as u64);
        for block in input.chunks(RATE) {
            for (element, pack) in state[1..].iter_mut().zip(block.chunks(PACKED).map(pack)) {
                *element += pack;
            }
            SPONGE.permute(&mut state);
        }
        Digest(state[1])
    }

    /// Always hashed: four Goldilocks elements do not fit into a digest.
    fn hash_or_noop(inputs: &[F]) -> Digest {
        Self::hash_no_pad(inputs)
    }

    fn two_to_one(left: Digest, right: Digest) -> Digest {
        let mut state = [Fr::ZERO, left.0, right.0];
        NODE.permute(&mut state);
        Digest(state[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plonky2::field::types::Sample;

    #[test]
    fn a_digest_is_its_limbs() {
        for value in [
            Fr::ZERO,
            Fr::from(u64::MAX),
            -Fr::from(1),
            -Fr::from(u128::MAX),
        ] {
            let digest = Digest(value);
            let mut power = Fr::from(1);
            let mut sum = Fr::ZERO;
            for (limb, bits) in digest.to_vec().into_iter().zip(DIGEST_LIMBS) {
                assert!(limb.to_canonical_u64() >> bits == 0);
                sum += power * Fr::from(limb.to_canonical_u64());
                power *= Fr::from(1u64 << bits);
            }
            assert_eq!(sum, value);
            assert_eq!(Digest::from_bytes(&digest.to_bytes()), digest);
            let json = serde_json::to_string(&digest).expect("JSON");
            assert_eq!(
                serde_json::from_str::<Digest>(&json).expect("a digest"),
                digest
            );
        }
        let large = serde_json::to_string(&[255u8; 32]).expect("JSON");
        let refused = serde_json::from_str::<Digest>(&large).expect_err("too large");
        assert!(refused.to_string().contains("not below the modulus"));
    }

    /// Zeros at the end, another cut into blocks, another order: other digests.
    #[test]
    fn inputs_that_differ_have_other_digests() {
        let input = F::rand_vec(2 * RATE);
        let mut digests = Vec::new();
        for length in [0, 1, 2, 3, 4, RATE - 1, RATE, RATE + 1, 2 * RATE] {
            digests.push(Bn254Poseidon::hash_or_noop(&input[..length]));
            let padded = [&input[..length], &[F::ZERO]].concat();
            digests.push(Bn254Poseidon::hash_or_noop(&padded));
        }
        let two = Bn254Poseidon::two_to_one(digests[0], digests[1]);
        digests.push(Bn254Poseidon::two_to_one(digests[1], digests[0]));
        digests.push(two);
        for (i, digest) in digests.iter().enumerate() {
            assert!(!digests[..i].contains(digest), "{i}");
        }
    }

    #[test]
    fn a_short_block_is_not_a_block_with_zeros() {
        let squeeze = |input: &[F]| {
            let mut sponge = Sponge::new(std::iter::repeat(F::ZERO));
            sponge.set_from_slice(input, 0);
            sponge.permute();
            sponge.squeeze().to_vec()
        };
        let one = F::from_canonical_u64(1);
        assert_ne!(squeeze(&[one]), squeeze(&[one, F::ZERO]));
        assert_ne!(squeeze(&[]), squeeze(&[F::ZERO]));
        assert_eq!(squeeze(&[one]), squeeze(&[one]));
    }
}
