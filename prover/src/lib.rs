//! Proofs of MIPS executions.
//!
//! - [`claim`]: what is proved in the end: a program, its input, its output.
//! - [`pipeline`]: all of it, in stages that are kept in a folder.
//! - [`segment`]: a run of `gavel-vm`'s machine, cut into segments.
//! - [`stark`]: the proof of a segment; [`recursion`]: from segments to one proof of a claim.
//! - [`wrap`]: from a plonky2 proof to one Groth16 proof on BN254; [`setup`]: its keys.
//!
//! What is proved, and how, is specified in `docs/prover.md` and `docs/wrap.md`.

pub mod claim;
mod files;
pub mod pipeline;
#[cfg(test)]
mod programs;
pub mod recursion;
pub mod segment;
pub mod setup;
pub mod stark;
pub mod wrap;
