//! The MIPS front end: one machine step, its memory paths and its registers as relations between committed values, and the
//! leaves that refute them (section 5 of `docs/protocol.md`).
//!
//! A relation is written once, as arithmetic over the digits of opened values (`expr`, `predicate`) or as one compression of
//! them (`compression`). The finder evaluates it over the [`Values`] that a party knows; the [`Leaf`] is the same predicate,
//! lowered to Script (`lower`) behind the openings of what it reads. Ranges are proved when a predicate is built, and again by
//! the analysis when its script is.
//!
//! - Of a step: `legality`, `alu`, `shift`, `bits`, `moves`, `product` and `divide` (by `modulus`), `memory`, `control`.
//! - Of its place in the trace: `claim`. Of a memory path: `path`. Of a register: `access`.
//! - That nothing was said twice: `equivocation`. It needs two openings of one key, and no values.
//! - [`LeafSet`] has all leaves of one game, and [`LeafSet::find_refutation`] the one to spend.

mod access;
mod alu;
mod bits;
mod claim;
mod compression;
mod control;
mod decode;
mod divide;
mod equivocation;
mod error;
mod expr;
mod leaf;
mod leaves;
mod legality;
mod lower;
mod memory;
mod modulus;
mod moves;
mod opening;
mod path;
mod predicate;
mod product;
mod relation;
mod shape;
mod shift;
mod slot;
mod values;
mod word;

pub use equivocation::{Equivocations, Place};
pub use error::PredicateError;
pub use leaf::Leaf;
pub use leaves::{LeafSet, Refutation};
pub use opening::{Keys, Openings};
pub use relation::Stage;
pub use shape::GameShape;
pub use slot::{Choice, Slot, StepWord};
pub use values::Values;

#[cfg(test)]
mod tests;
