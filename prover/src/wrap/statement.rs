//! The statement: a digest of 256 bits, and the one public input that stands for it.

use super::error::WrapError;
use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, PrimeField64};

/// Public inputs of the inner proof: a digest of 32 bytes as words of 32 bits, in little-endian order.
pub const DIGEST_WORDS: usize = 8;

/// The digest that the inner proof exposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement(pub [u8; 32]);

impl Statement {
    /// Bits of a public input of the inner proof.
    pub(crate) const WORD_BITS: usize = 32;

    /// Bits of the digest that the public input keeps: so many are below the modulus whatever they are, and finding two
    /// digests that agree in them costs 2^126.
    pub const PUBLIC_BITS: usize = 253;

    /// The digest as a number in little-endian order without its highest three bits. Script opens it as the digest's
    /// nibbles, the highest modulo 2.
    pub fn public_input(&self) -> Fr {
        let mut limbs = [0; 4];
        for (limb, bytes) in limbs.iter_mut().zip(self.0.chunks(8)) {
            *limb = bytes
                .iter()
                .rev()
                .fold(0, |high, byte| high << 8 | u64::from(*byte));
        }
        limbs[3] &= u64::MAX >> 3;
        // Below 2^253, hence below the modulus.
        Fr::from_bigint(BigInt::new(limbs)).unwrap_or_default()
    }

    /// The digest as public inputs of the inner proof.
    pub fn words(&self) -> [GoldilocksField; DIGEST_WORDS] {
        std::array::from_fn(|i| {
            let bytes = self.0[4 * i..][..4].iter().rev();
            let word = bytes.fold(0, |high, byte| high << 8 | u64::from(*byte));
            GoldilocksField::from_canonical_u64(word)
        })
    }

    /// The digest that these public inputs are.
    pub fn of_public_inputs(inputs: &[GoldilocksField]) -> Result<Self, WrapError> {
        let mut digest = [0; 32];
        if inputs.len() != DIGEST_WORDS {
            return Err(WrapError::Shape {
                part: "public inputs",
                expected: DIGEST_WORDS,
                found: inputs.len(),
            });
        }
        for (index, (bytes, input)) in digest.chunks_mut(4).zip(inputs).enumerate() {
            let value = input.to_canonical_u64();
            let word = u32::try_from(value).map_err(|_| WrapError::NotAWord { index, value })?;
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Ok(Self(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digest_are_the_same() {
        let statement = Statement(std::array::from_fn(|i| 255 - i as u8));
        let words = statement.words();
        assert_eq!(words[0].to_canonical_u64(), 0xfcfd_feff);
        let read = Statement::of_public_inputs(&words).expect("words");
        assert_eq!(read, statement);
        assert!(matches!(
            Statement::of_public_inputs(&words[1..]),
            Err(WrapError::Shape { found: 7, .. })
        ));
        let mut large = words;
        large[3] = GoldilocksField::from_canonical_u64(1 << 32);
        assert!(matches!(
            Statement::of_public_inputs(&large),
            Err(WrapError::NotAWord { index: 3, value }) if value == 1 << 32
        ));
    }

    #[test]
    fn the_public_input_keeps_253_bits() {
        let number = |digest: [u8; 32]| Statement(digest).public_input().into_bigint();
        assert_eq!(
            number([255; 32]),
            BigInt::new([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 3])
        );
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(number(one), BigInt::new([1, 0, 0, 0]));
        one[31] = 0xe0;
        assert_eq!(number(one), BigInt::new([1, 0, 0, 0]));
    }
}
