//! The digits of a factor as addresses of rows in a table of multiples.
//!
//! A table of multiples is the same for all products: its rows, the addresses of one class of digits above them, and the terms
//! above these. So an address is a number that depends on the digit only: the index that `OP_PICK` needs for limb 0 of the digit's row when
//! the addresses are uppermost. Made once, the addresses of a factor serve all of its products.

use super::limb::{LIMB_DIGITS, LIMBS, offset};
use super::search::{Cells, Split};
use crate::bn254::frame::Frame;
use crate::bn254::rows::ALL;
use crate::script;
use crate::script::{Script, pick_from};

/// Items of a table of multiples.
pub(super) const TABLE: usize = 16 * LIMBS;

/// Places of addresses above a table.
pub(super) const CLASS: usize = LIMBS;

/// The addresses of the rows, the deepest row first: the index of limb 0.
pub(super) fn row_address(digit: usize) -> usize {
    CLASS + TABLE - 1 - LIMBS * ALL.place(digit as i64 - 8)
}

/// Addresses for which a table is named to the analysis.
pub(super) fn address_range() -> std::ops::Range<usize> {
    let row = |multiple: i64| CLASS + TABLE - 1 - LIMBS * ALL.place(multiple);
    row(ALL.uppermost())..row(ALL.deepest()) + 1
}

/// In which order the digits are found.
fn digit_order(digits: usize) -> impl Iterator<Item = usize> {
    let limbs = (0..LIMBS).rev();
    limbs.flat_map(move |limb| {
        let end = digits.min(LIMB_DIGITS * (limb + 1));
        (LIMB_DIGITS * limb..end).rev()
    })
}

/// The tables of the search.
struct Tables {
    cells: Cells,
    /// For the weights 16 to 16^4.
    splits: Vec<Split>,
    /// Where the addresses are.
    addresses: usize,
}

impl Tables {
    fn new() -> Self {
        let mut cells = Cells::default();
        // With these first indices trees and rows of the four weights fill 126 places, but for two.
        let splits = (1..LIMB_DIGITS).map(|place| {
            let top = place + 1 == LIMB_DIGITS;
            // The first digit takes the sign away, too.
            let start = if top { -offset(LIMB_DIGITS) } else { 0 };
            let multiples: Vec<i64> = (0..16)
                .map(|digit| start + (digit << (4 * place)))
                .collect();
            Split::new(&mut cells, place - 1, 16 - 2 * place, &multiples)
        });
        let splits = splits.collect();
        let addresses = cells.len();
        cells.put(addresses, (0..16).map(|digit| row_address(digit) as i64));
        Self {
            cells,
            splits,
            addresses,
        }
    }

    /// Moves the addresses of a limb's digits to the altstack, the most significant one first: `limb -> `
    fn limb(&self, digits: usize) -> Script {
        let unsigned = (digits < LIMB_DIGITS).then(|| script! { {offset(digits)} OP_ADD });
        let digit = |place: usize| {
            let split = &self.splits[place - 1];
            // One item, the remainder, lies above the tables then.
            let shift = self.addresses + 1 - split.row();
            let range = self.addresses + 1..self.addresses + 17;
            script! { {split.script()} {shift} OP_ADD {pick_from(range)} OP_TOALTSTACK }
        };
        let last = self.addresses..self.addresses + 16;
        script! {
            {unsigned}
            {(1..digits).rev().map(digit)}
            // The remainder is a digit already; the analysis has to see it.
            OP_ABS 15 OP_MIN {self.addresses} OP_ADD {pick_from(last)} OP_TOALTSTACK
        }
    }
}

/// Moves the addresses of a number to the altstack. `limbs` are the places of its limbs; it has as many digits as said. Returns the
/// digits in the order in which their addresses have gone there.
pub(super) fn save_addresses(
    frame: &mut Frame,
    limbs: [usize; LIMBS],
    digits: usize,
) -> Vec<usize> {
    let tables = Tables::new();
    let height = frame.height;
    frame.script.push(tables.cells.script());
    frame.height += tables.cells.len();
    for limb in (0..LIMBS).rev() {
        frame.copy(limbs[limb]);
        let count = LIMB_DIGITS.min(digits - LIMB_DIGITS * limb);
        frame.script.push(tables.limb(count));
        frame.height -= 1;
    }
    frame.cut(height);
    digit_order(digits).collect()
}
