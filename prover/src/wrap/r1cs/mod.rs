//! A builder of rank-1 constraints over BN254's scalar field that computes the assignment while it builds.
//!
//! Values never decide which constraints are made, so the matrices are those of the circuit whatever proof they were built
//! with; [`ConstraintSystem::digest`] names them.

#[cfg(test)]
mod arkworks;
mod bits;
mod linear;
mod matrices;
mod poseidon;

pub(crate) use bits::{compose, decompose};
pub(crate) use linear::Linear;
pub use matrices::ConstraintSystem;
pub(crate) use matrices::PUBLIC;
pub(crate) use poseidon::{hash_pair, permute};
