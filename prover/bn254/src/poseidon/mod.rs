//! Poseidon over the scalar field of BN254 ([Grassi et al.](https://eprint.iacr.org/2019/458)): S-box `x^5`, 8 full rounds,
//! 128 bits of security. The round constants and matrices are those that the reference Grain generator yields, the same
//! that circomlib uses.
//!
//! Width 3 compresses two digests in Merkle trees; width 9 hashes leaves and drives the transcript, because a rate of 8
//! costs 51 constraints an element where a rate of 2 costs 121.

#[cfg(target_arch = "x86_64")]
mod lanes;
mod parameters;
mod permutation;

pub use parameters::{Matrix, Parameters, Partial};

use std::sync::LazyLock;

/// Width of the permutation of Merkle nodes: two digests and a capacity of one element.
pub const NODE_WIDTH: usize = 3;

/// Width of the permutation of sponges: a rate of 8 and a capacity of one element.
pub const SPONGE_WIDTH: usize = 9;

/// The permutation of Merkle nodes.
pub static NODE: LazyLock<Parameters<NODE_WIDTH>> = LazyLock::new(|| Parameters::generate(57));

/// The permutation of sponges.
pub static SPONGE: LazyLock<Parameters<SPONGE_WIDTH>> = LazyLock::new(|| Parameters::generate(63));
