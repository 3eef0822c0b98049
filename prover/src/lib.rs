//! Proofs of MIPS executions.
//!
//! - [`segment`]: a run of `gavel-vm`'s machine, cut into segments.
//! - [`stark`]: the proof of a segment; [`recursion`]: its verification inside of a proof.
//! - [`wrap`]: from a plonky2 proof to one Groth16 proof on BN254; [`setup`]: its keys.
//!
//! What is proved, and how, is specified in `docs/prover.md` and `docs/wrap.md`.

pub mod recursion;
pub mod segment;
pub mod setup;
pub mod stark;
pub mod wrap;
