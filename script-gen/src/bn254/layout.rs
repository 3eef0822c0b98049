//! Where everything stands while digits select rows.
//!
//! From the bottom: the table of all multiples of the table operands, its rows interleaved limb by limb (limb i of table s is
//! item `S i + s` of a row of S tables); the addresses of the selectors' digits by classes, the residues modulo the digits
//! of a limb, class 0 uppermost. All digits of a column are of one class. The classes are used, and removed, from the top.
//!
//! An address is the index that `OP_PICK` needs for item 0 of the digit's row at the height at which the class is uppermost. Every
//! term that is pushed makes the stack higher by one, and so the same index reads the next item of the row: a column's terms are
//! pushed in the order of the items, which leaves every digit with one address for all of its uses. The digits of a class
//! stand in the reverse order, so that the index which copies an address is the same for all terms of a column, too.

use super::element::{DIGITS, LIMB_DIGITS, LIMBS};
use super::form::{Factor, Form, Product};
use super::rows::ALL;

/// Heights and places, counted from the bottom of what the script may touch.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    selectors: Vec<usize>,
}

impl Layout {
    /// The layout of a form whose factors are operands.
    pub(super) fn new(form: &Form) -> Self {
        Self {
            selectors: form.selectors(),
        }
    }

    /// Tables, and also selectors.
    pub(super) fn tables(&self) -> usize {
        self.selectors.len()
    }

    /// Items of a row over all tables.
    pub(super) fn width(&self) -> usize {
        self.tables() * LIMBS
    }

    /// Digits of a class for each selector.
    pub(super) fn steps(&self, class: usize) -> usize {
        (DIGITS - class).div_ceil(LIMB_DIGITS)
    }

    /// The height at which the addresses of a class are uppermost.
    pub(super) fn top(&self, class: usize) -> usize {
        let steps: usize = (class..LIMB_DIGITS).map(|class| self.steps(class)).sum();
        self.width() * ALL.count() + steps * self.tables()
    }

    /// The height below the addresses of a class.
    pub(super) fn below(&self, class: usize) -> usize {
        self.top(class) - self.steps(class) * self.tables()
    }

    /// The address of the row of a multiple, for a digit of a class.
    pub(super) fn address_of(&self, multiple: i64, class: usize) -> usize {
        self.top(class) - 1 - ALL.place(multiple) * self.width()
    }

    /// The selectors' digits (operand, digit) of a class in the order of their addresses, deepest first.
    pub(super) fn digits(&self, class: usize) -> Vec<(usize, usize)> {
        let steps = (0..self.steps(class)).rev();
        let digits = steps.flat_map(|step| {
            let digit = class + LIMB_DIGITS * step;
            self.selectors.iter().map(move |operand| (*operand, digit))
        });
        digits.collect()
    }

    /// The place of the address of a digit of a product's right factor, `None` for a constant.
    pub(super) fn address(&self, product: &Product, digit: usize) -> Option<usize> {
        let Factor::Operand(operand) = product.right else {
            return None;
        };
        let class = digit % LIMB_DIGITS;
        let digits = self.digits(class);
        let place = digits.iter().position(|other| *other == (operand, digit))?;
        Some(self.below(class) + place)
    }
}
