//! The machine that writes the arithmetic of a proof's leaf.
//!
//! A [`Machine`] keeps elements in registers: thirteen signed limbs on the stack, as [`digest`](crate::groth16::digest) packs
//! them. It takes elements from the spender, packs opened ones, checks that relations between them hold or do not hold modulo
//! p, and hands them on to what hashes them. Its script is a part of a leaf; the analysis proves the whole.
//!
//! # Stack
//! `[hints] [registers] [sums and addresses] [table] [terms]`, and on the altstack, below what is put there for a while, what
//! the leaf keeps. The hints are consumed from the deepest upwards, in the order of the calls; [`element_items`],
//! [`quotient_items`] and [`refutation_items`] make those of one call each, bottom first. A relation takes up to 440 items
//! beside hints and registers, two that are written together up to 620.
//!
//! # Why a relation cannot be faked
//! The script finds over the integers that `sum = q p` for a number q that the spender shows. Every number that is shown is brought
//! into its range by `OP_MIN` and `OP_MAX`, so whatever the items are, they stand for integers; and the script checks the
//! equation between these integers itself, as script numbers do not wrap (`columns`). So it goes on if and only if p divides the sum. For a relation to be
//! false the spender shows the remainder r as well, `sum = q p + r`, with `0 < r < p`.
//!
//! That no sum outgrows the four bytes of arithmetic while the relation holds is checked for all values that registers can hold when
//! the relation is planned (`plan`); otherwise it has no script.
//!
//! # How a product is summed
//! One factor becomes a table of its multiples by signed digits (`product`); of the other one the digits are found, without hints, as
//! addresses of rows (`digits`, `search`). 64 digits times 13 limbs are 832 terms of 4 or 5 bytes. The factor with the table may
//! be a sum of values, whose limbs are added as they are; they are brought back to the range of limbs only if
//! columns would not fit otherwise. Products with constants have no addresses: odd multiples of the limbs are added at the
//! constant's bits (`columns`), and so is `q p`.
//!
//! # Cost
//! A register that is taken costs 141 bytes. The first product of a relation has 7.1 kB, every other one 7.9 kB, as its sums are added to those
//! that are there: 3.5 kB are terms, 2.4 kB the search for digits, 0.8 kB the table, and 0.4 kB copies of addresses. A square has 5.6 kB. The
//! reduction has 3.9 kB. Two relations that follow each other share searches and tables (`schedule`): two coordinates of
//! a product in Fq6 have 91 instead of 116 kB.

mod columns;
mod compare;
mod constant;
mod digits;
mod extent;
mod form;
mod hints;
mod limb;
mod lookup;
mod machine;
mod plan;
mod planned;
mod product;
mod relation;
mod schedule;
mod search;
#[cfg(test)]
mod tests;
mod work;

pub use extent::Extents;
pub use hints::{element_items, quotient_items, refutation_items};
pub use machine::{Machine, Part, Register, pack_digits};
pub use planned::{Planned, Plans, Refuted};

use crate::bn254::Bn254Error;

/// Why there is no script or no hint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// A constant or value that 64 digits cannot say.
    #[error(transparent)]
    Element(#[from] Bn254Error),
    /// A register that has been given back.
    #[error("the register is not in use any more")]
    Forgotten,
    /// Both factors of a product are sums, and 65 digits cannot say the shorter one.
    #[error(
        "both factors of a product are sums, with coefficients that are too large: give one of them a value of its own"
    )]
    FactorTooLong,
    /// The column sums of the relation do not fit script arithmetic.
    #[error(
        "the sum of a column may reach {most}, which is more than four bytes: split the relation"
    )]
    ColumnOverflow {
        /// The largest magnitude.
        most: i64,
    },
    /// A quotient was asked for though the relation does not hold.
    #[error("the relation does not hold for the values")]
    DoesNotHold,
    /// A refutation was asked for though the relation holds.
    #[error("the relation holds for the values and cannot be refuted")]
    Holds,
    /// A look-up without a row for each choice of its digits.
    #[error("a look-up by {digits} digits has {rows} rows")]
    Table {
        /// Digits that choose.
        digits: usize,
        /// Rows of the table.
        rows: usize,
    },
}
