//! Proofs of MIPS executions.
//!
//! - [`segment`]: a run of `gavel-vm`'s machine, cut into segments.
//! - [`stark`]: the proof of a segment.
//!
//! What is proved, and how, is specified in `docs/prover.md`.

pub mod segment;
pub mod stark;
