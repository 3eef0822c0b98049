//! The look-up tables and the conventions by which they are addressed.
//!
//! A nibble `v` is held as `2 v`. `OP_PICK` counts from the top, so an index is right for one height of the stack only;
//! every pass keeps the same number of items above the tables, and the tables' own contents carry the addresses. Two items
//! one apart belong to one index: the first is read at the full height, the second one item later in the pass.

use super::sequence::push_sequence;
use crate::script::Script;

/// Items above the tables where a sum is looked up: the state, the sum itself.
pub(super) const HEIGHT: usize = 16 * 8 + 1;

/// Cells of the XOR table.
const XOR_CELLS: usize = 256;

/// Cells of the table that shifts a nibble: the incoming bit, the nibble, two columns.
const SHIFT_CELLS: usize = 2 * 16 * 2;

/// What a look-up gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The XOR table's row of a sum's low nibble, as an address.
    Row,
    /// A sum's carry, as the start of the next sum.
    Carry,
    /// The exclusive or of a row's nibble and a nibble added to the row's address.
    Xor,
    /// A nibble shifted left by one, with the incoming bit.
    Shifted,
    /// The bit that a nibble loses in the shift, as the start of the next address.
    Bit,
}

impl Column {
    /// Items above the tables (without the index) for which the addresses are right.
    pub(super) const fn height(self) -> usize {
        match self {
            Column::Row | Column::Bit => HEIGHT,
            Column::Carry | Column::Xor | Column::Shifted => HEIGHT - 1,
        }
    }
}

/// The tables for sums below a bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables {
    /// Sums that can be looked up are below it.
    pub(super) sums: usize,
}

impl Tables {
    /// Added to twice a sum, the address of its row and carry.
    pub(super) const SUM_BASE: usize = HEIGHT;

    /// Number of cells.
    pub(super) const fn cells(self) -> usize {
        self.shift_start() + SHIFT_CELLS
    }

    const fn xor_start(self) -> usize {
        2 * self.sums
    }

    const fn shift_start(self) -> usize {
        self.xor_start() + XOR_CELLS
    }

    /// Places of the table that holds `column`, counted from the tables' top.
    pub(super) const fn places(self, column: Column) -> std::ops::Range<usize> {
        match column {
            Column::Row | Column::Carry => 0..self.xor_start(),
            Column::Xor => self.xor_start()..self.shift_start(),
            Column::Shifted | Column::Bit => self.shift_start()..self.cells(),
        }
    }

    /// The address of the XOR table's row of `nibble`. Two rows share 32 cells, as a nibble moves by two.
    fn row(self, nibble: usize) -> usize {
        Column::Xor.height() + self.xor_start() + row_offset(nibble)
    }

    /// Added to twice a nibble, the address of its shift with this incoming bit.
    pub(super) const fn shift_base(self, bit: usize) -> usize {
        Column::Bit.height() + self.shift_start() + 32 * bit
    }

    /// The script that pushes the tables.
    pub(super) fn push(self) -> Script {
        let mut cells = vec![0i64; self.cells()];
        for sum in 0..self.sums {
            cells[2 * sum] = self.row(sum % 16) as i64;
            cells[2 * sum + 1] = (Self::SUM_BASE + 2 * (sum / 16)) as i64;
        }
        for row in 0..16 {
            for column in 0..16 {
                cells[self.xor_start() + row_offset(row) + 2 * column] = 2 * (row ^ column) as i64;
            }
        }
        for bit in 0..2 {
            for nibble in 0..16 {
                let place = self.shift_start() + 32 * bit + 2 * nibble;
                cells[place] = self.shift_base(nibble >> 3) as i64;
                cells[place + 1] = 2 * (2 * nibble % 16 + bit) as i64;
            }
        }
        cells.reverse();
        push_sequence(&cells)
    }
}

const fn row_offset(nibble: usize) -> usize {
    32 * (nibble / 2) + nibble % 2
}
