//! Arithmetic in the base field of BN254: sums of products modulo p, reduced.
//!
//! An [`Element`] is 64 nibbles, read as signed digits; limbs are the values of six digits, 24 bits with sign, so eleven limbs.
//! A [`Form`] says which products are summed. Its script takes operands (checked digits) and a [`Hint`] (anything) and
//! leaves the results as checked digits. For each result it proves `sum of products = q p + r` over the integers
//! and `0 <= r < p`: the integers q and r are unique, so r is the only result that any hint can bring about.
//!
//! # Stack
//! `.. [operands] [hint] -> .. [results]`, each operand and result 64 items, digit 0 deepest. Operands need not be reduced.
//!
//! # Cost
//! Terms dominate: 16^k times a digit times a limb is 4 or 5 bytes, and a product has 64 x 11 of them (`layout`,
//! `selected`), the quotient times p nearly as many. A carry is a multiplication by 16 and no hint (`columns`).

mod columns;
mod element;
mod form;
pub(crate) mod frame;
mod hint;
mod layout;
mod program;
mod remainder;
pub(crate) mod rows;
mod selected;
#[cfg(test)]
mod tests;

pub use element::{DIGITS, Element, LIMBS, modulus};
pub use form::Form;
pub use hint::Hint;

use crate::analysis::{Entry, Interval};
use crate::script::Script;

/// Why a form or element does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bn254Error {
    /// An integer that 64 signed digits cannot say, or a digit above 15.
    #[error("the value is out of the range of 64 digits")]
    OutOfRange,
    /// Operands are missing or too many.
    #[error("the form has {expected} operands, {found} are given")]
    OperandCount {
        /// How many the form has.
        expected: usize,
        /// How many are given.
        found: usize,
    },
    /// The column sums of the form do not fit script arithmetic.
    #[error("column {column} may reach {most}, which is more than four bytes: split the sum")]
    ColumnOverflow {
        /// The column.
        column: usize,
        /// The largest magnitude.
        most: i64,
    },
}

impl Form {
    /// The script: `.. [operands] [hint] -> .. [results]`.
    pub fn script(&self) -> Script {
        program::script(self)
    }

    /// Items of the hint.
    pub fn hint_items(&self) -> usize {
        self.results() * (LIMBS + DIGITS)
    }

    /// What the script expects on the stack, for its proof: checked digits, then the hint.
    pub fn entry(&self) -> Vec<Entry> {
        let digit = Interval::new(0, 15).map_or(Entry::Hint, Entry::Number);
        let mut entry = vec![digit; self.operands() * DIGITS];
        entry.resize(entry.len() + self.hint_items(), Entry::Hint);
        entry
    }
}

/// Bytes of the scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// `a b`.
    pub fq_mul: usize,
    /// `a^2`.
    pub fq_square: usize,
    /// `c a` with a constant whose digits are none of them zero.
    pub fq_constant_multiple: usize,
    /// `a b + c d`.
    pub fq_sum_of_two_products: usize,
    /// A product in Fq2.
    pub fq2_mul: usize,
    /// A square in Fq2.
    pub fq2_square: usize,
}

/// The sizes of the scripts.
///
/// # Errors
/// None in practice: the forms exist.
pub fn sizes() -> Result<Sizes, Bn254Error> {
    let constant = (modulus() - 1) / 15;
    let size = |form: Form| form.script().len();
    Ok(Sizes {
        fq_mul: size(Form::product()?),
        fq_square: size(Form::square()?),
        fq_constant_multiple: size(Form::constant_multiple(&constant)?),
        fq_sum_of_two_products: size(Form::sum_of_products(&[false, false])?),
        fq2_mul: size(Form::fq2_product()?),
        fq2_square: size(Form::fq2_square()?),
    })
}
