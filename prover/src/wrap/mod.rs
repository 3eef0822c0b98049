//! From a plonky2 proof to a Groth16 proof.

pub mod blake3;
pub mod error;
pub mod groth16;
pub mod hash;
pub mod layer;
pub mod r1cs;
pub mod statement;
pub mod verifier;
pub mod words;

pub use gavel_bn254::poseidon;

pub(crate) mod key;
pub(crate) mod quotient;

mod goldilocks;
#[cfg(test)]
mod tests;
