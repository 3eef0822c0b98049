//! Where everything stands while columns are summed.
//!
//! From the bottom: the table of all multiples of the table operands, its rows interleaved limb by limb (limb i of table s is
//! item `S i + s` of a row of S tables); quotients that are not used yet; the table of the quotient's magnitudes; the
//! addresses of the selectors' digits; padding; the sum.
//!
//! An address is the index that `OP_PICK` needs for item 0 of the digit's row at one certain height of the stack. Every term
//! that is pushed makes the stack higher by one, and so the same index reads the next item of the row: a column's terms are pushed in
//! the order of the items, which leaves every digit with one address for all of its uses.

use super::element::{DIGITS, LIMB_DIGITS, LIMBS};
use super::form::{Factor, Form, Product};
use super::rows::{ALL, MAGNITUDES};

/// Heights and places, counted from the bottom of what the script may touch.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Number of tables with all multiples, which is also that of the selectors; 0 if the factors are constants.
    pub(super) tables: usize,
    selectors: Vec<usize>,
    /// The first item of the multiples of table operands.
    pub(super) rows: usize,
    /// The first item of the quotient's magnitudes.
    pub(super) quotient: usize,
    /// The deepest address.
    pub(super) addresses: usize,
    /// The deepest item of the padding.
    pub(super) padding: usize,
}

impl Layout {
    pub(super) fn new(form: &Form) -> Self {
        let selectors = form.selectors();
        let rows = 0;
        let table = match selectors.is_empty() {
            true => MAGNITUDES.count(),
            false => ALL.count(),
        };
        let quotient = rows + form.tables().len() * LIMBS * table + (form.results() - 1) * LIMBS;
        let addresses = quotient + MAGNITUDES.count() * LIMBS;
        let padding = addresses + DIGITS * selectors.len();
        Self {
            tables: selectors.len(),
            selectors,
            rows,
            quotient,
            addresses,
            padding,
        }
    }

    /// The selectors' digits (selector, digit) in the order of their addresses, deepest first: by residues modulo the digits of
    /// a limb, so that digits whose terms follow each other in a column are neighbours; then the index that copies an address is
    /// the same for all terms, too.
    pub(super) fn address_order(&self) -> Vec<(usize, usize)> {
        let mut order = vec![];
        for class in (0..LIMB_DIGITS).rev() {
            for step in (0..LIMBS).rev() {
                let digit = class + LIMB_DIGITS * step;
                if digit < DIGITS {
                    order.extend((0..self.selectors.len()).map(|selector| (selector, digit)));
                }
            }
        }
        order
    }

    /// The place of the address of a digit of a product's right factor, `None` for a constant.
    pub(super) fn address(&self, product: &Product, digit: usize) -> Option<usize> {
        let Factor::Operand(operand) = product.right else {
            return None;
        };
        let selector = self.selectors.iter().position(|other| *other == operand)?;
        let order = self.address_order();
        let place = order.iter().position(|other| *other == (selector, digit))?;
        Some(self.addresses + place)
    }

    /// Items of a row over all tables.
    pub(super) fn width(&self) -> usize {
        self.tables * LIMBS
    }

    /// The address of the row of a multiple. Item 0 is read when nothing but the sum lies above the place of the padding.
    pub(super) fn address_of(&self, multiple: i64) -> usize {
        self.padding - self.rows - ALL.place(multiple) * self.width()
    }

    /// Padding in a column: as many items as there would be terms of lower limbs.
    pub(super) fn padding_in(&self, column: usize) -> usize {
        let missing = (column + 1).saturating_sub(DIGITS).div_ceil(LIMB_DIGITS);
        missing * self.tables
    }
}
