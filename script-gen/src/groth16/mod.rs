//! The check of a Groth16 proof on BN254 as leaves that refute it.
//!
//! - [`input`]: verifying keys, proofs and public inputs as arkworks and snarkjs write them, checked;
//! - [`program`]: what a straight-line program over the base field is: inputs, steps, checks.

pub mod input;
pub mod program;
