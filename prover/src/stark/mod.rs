//! The STARK of a segment: three tables joined by look-ups.
//!
//! - [`cpu`]: one step a row, all instructions.
//! - [`memory`]: the leaves of memory and registers that a segment touches, between two roots of the state's tree.
//! - [`range`]: the numbers of 16 bits.
//! - [`lookup`]: what joins them; [`proof`]: proving and verifying; [`algebra`] and [`air`]: how constraints are written.

pub mod air;
pub mod algebra;
#[cfg(test)]
mod check;
pub mod cpu;
pub mod lookup;
pub mod memory;
pub mod proof;
pub mod range;
mod sums;
#[cfg(test)]
mod tests;

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::config::PoseidonGoldilocksConfig;

/// The field of the tables.
pub type F = GoldilocksField;
/// The degree of the extension that challenges are drawn from.
pub const D: usize = 2;
/// Hash and field of the proofs.
pub type C = PoseidonGoldilocksConfig;
