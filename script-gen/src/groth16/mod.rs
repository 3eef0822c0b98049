//! The check of a Groth16 proof on BN254 as leaves that refute it.
//!
//! - [`choice`]: which program of a verifier suits a budget;
//! - [`compile`](mod@compile): cuts a program into leaves under a budget, builds their tree, finds refutations;
//! - [`digest`]: digests of lists of field elements, natively and as scripts;
//! - [`input`]: verifying keys, proofs and public inputs as arkworks and snarkjs write them, checked;
//! - [`program`]: what a straight-line program over the base field is: inputs, steps, checks;
//! - [`registers`]: the machine that writes the arithmetic of a leaf: relations between elements on the stack;
//! - [`verifier`]: the verifier of a key as such a program, and its witness for a proof.

pub mod choice;
pub mod compile;
pub mod digest;
pub mod input;
pub mod program;
pub mod registers;
pub mod verifier;
