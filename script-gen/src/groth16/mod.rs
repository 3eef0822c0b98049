//! The verifier of a Groth16 proof on BN254.
//!
//! - [`input`]: verifying keys, proofs and public inputs, from the files of arkworks and of snarkjs.

pub mod input;
