//! The MIPS front end: one machine step, its memory paths and its registers as relations between committed values, and the
//! leaves that refute them (section 5 of `docs/protocol.md`).

mod access;
mod alu;
mod bits;
mod claim;
mod compression;
mod control;
mod decode;
mod divide;
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

pub use error::PredicateError;
pub use leaf::{Leaf, slot_shape};
pub use leaves::{LeafSet, Refutation};
pub use opening::{Keys, Openings};
pub use relation::Stage;
pub use shape::GameShape;
pub use slot::{Choice, Slot, StepWord};
pub use values::Values;

#[cfg(test)]
mod tests;
