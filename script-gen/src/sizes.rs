//! What the gadgets cost that verifiers consist of: the figures by which script generators are compared.

use serde::Serialize;

use crate::blake3;
use crate::bn254::{self, Bn254Error};
use crate::winternitz::{GameSeed, Shape};

/// The size of a hash depends on its key by a few bytes; this one has every nibble.
const BLOCK_KEY: [u32; 8] = {
    let [low, high] = [0x0123_4567, 0x89ab_cdef];
    [low, high, low, high, low, high, low, high]
};

/// Bytes of the gadgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// A product of two elements of the base field of BN254, reduced: checked digits in and out.
    pub fq_mul: usize,
    /// The same for a sum of two products, reduced once.
    pub fq_sum_of_two_products: usize,
    /// A product of two elements of the quadratic extension, reduced.
    pub fq2_mul: usize,
    /// A keyed hash of 64 bytes, all 256 bits of it: doubled nibbles in and out.
    pub blake3_block: usize,
    /// A committed value opened in a leaf, its digits left on the stack.
    pub winternitz_total: WinternitzTotals,
}

/// Script and largest witness together, by the length of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WinternitzTotals {
    /// Of 4 bytes.
    #[serde(rename = "4")]
    pub bytes_4: usize,
    /// Of 16 bytes.
    #[serde(rename = "16")]
    pub bytes_16: usize,
    /// Of 32 bytes.
    #[serde(rename = "32")]
    pub bytes_32: usize,
}

/// The sizes of the gadgets as they are generated now.
///
/// # Errors
/// None in practice: the forms of arithmetic exist.
pub fn sizes() -> Result<Sizes, Bn254Error> {
    let arithmetic = bn254::sizes()?;
    Ok(Sizes {
        fq_mul: arithmetic.fq_mul,
        fq_sum_of_two_products: arithmetic.fq_sum_of_two_products,
        fq2_mul: arithmetic.fq2_mul,
        blake3_block: blake3::sizes(BLOCK_KEY).block,
        winternitz_total: WinternitzTotals {
            bytes_4: opened(Shape::WORD),
            bytes_16: opened(Shape::WORDS_4),
            bytes_32: opened(Shape::DIGEST_256),
        },
    })
}

fn opened(shape: Shape) -> usize {
    let seed = GameSeed::new(&[0; 32], &[0; 32]);
    let key = seed.secret_key(shape, "value").public_key();
    key.open_script().len() + shape.max_witness_weight()
}
