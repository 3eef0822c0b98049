//! The items that products leave behind and share: column sums and addresses.

use super::digits::save_addresses;
use super::limb::LIMBS;
use crate::bn254::frame::Frame;
use crate::script::{Op, drop_items};

/// A column of a relation's products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The number of the relation.
    pub(super) relation: usize,
    /// What it collects is multiplied by 16 to this power.
    pub(super) power: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// The sum of a column so far.
    Sum(Column),
    /// The address of a factor's digit.
    Address { factor: usize, digit: usize },
}

/// What stands above the registers, and the place of the first of it.
pub(super) struct Work {
    start: usize,
    cells: Vec<Cell>,
}

impl Work {
    /// Nothing yet, from this place on.
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            cells: vec![],
        }
    }

    /// The place after the last item.
    pub(super) fn top(&self) -> usize {
        self.start + self.cells.len()
    }

    fn place(&self, cell: Cell) -> Option<usize> {
        let place = self.cells.iter().position(|other| *other == cell)?;
        Some(self.start + place)
    }

    /// Whether the addresses of a factor are here.
    pub(super) fn has(&self, factor: usize) -> bool {
        self.place(Cell::Address { factor, digit: 0 }).is_some()
    }

    /// Copies the address of a digit to the top.
    pub(super) fn copy_address(&self, frame: &mut Frame, factor: usize, digit: usize) {
        if let Some(place) = self.place(Cell::Address { factor, digit }) {
            frame.copy(place);
        }
    }

    /// Makes the addresses of a factor: its limbs stand at these places, and what is above the cells is taken.
    pub(super) fn add_addresses(
        &mut self,
        frame: &mut Frame,
        factor: usize,
        limbs: [usize; LIMBS],
        digits: usize,
    ) {
        let saved = save_addresses(frame, limbs, digits);
        frame.cut(self.top());
        frame.restore(digits);
        let cells = saved.into_iter().rev();
        self.cells
            .extend(cells.map(|digit| Cell::Address { factor, digit }));
    }

    /// Removes the addresses of a factor; nothing stands above the cells.
    pub(super) fn drop_addresses(&mut self, frame: &mut Frame, factor: usize) {
        let is_address =
            |cell: &Cell| matches!(cell, Cell::Address { factor: of, .. } if *of == factor);
        let count = self.cells.iter().filter(|cell| is_address(cell)).count();
        if let Some(first) = self.cells.iter().position(is_address) {
            // They stand side by side.
            if first + count < self.cells.len() {
                for _ in 0..count {
                    frame.raise(self.start + first);
                }
            }
            self.cells.drain(first..first + count);
            frame.script.push(drop_items(count));
            frame.height -= count;
        }
    }

    /// Moves a column's sum to the top, if there is one.
    pub(super) fn raise_sum(&mut self, frame: &mut Frame, column: Column) -> bool {
        let cell = Cell::Sum(column);
        let Some(index) = self.cells.iter().position(|other| *other == cell) else {
            return false;
        };
        frame.raise(self.start + index);
        self.cells.remove(index);
        true
    }

    /// Adds the top, or its negative, to a column's sum and moves that to the altstack.
    pub(super) fn save_sum(&mut self, frame: &mut Frame, column: Column, negative: bool) {
        match (self.raise_sum(frame, column), negative) {
            (true, false) => frame.ops(&[Op::Add]),
            (true, true) => frame.ops(&[Op::Swap, Op::Sub]),
            (false, true) => frame.ops(&[Op::Negate]),
            (false, false) => {}
        }
        frame.save(1);
    }

    /// Brings sums back from the altstack, which have gone there in this order.
    pub(super) fn restore_sums(&mut self, frame: &mut Frame, saved: Vec<Column>) {
        for column in saved.into_iter().rev() {
            frame.restore(1);
            // A second product of the same table and relation has not found the sum of the first.
            if self.raise_sum(frame, column) {
                frame.ops(&[Op::Add]);
            }
            self.cells.push(Cell::Sum(column));
        }
    }

    /// The highest column of a relation.
    pub(super) fn highest(&self, relation: usize) -> usize {
        let powers = self.cells.iter().filter_map(|cell| match cell {
            Cell::Sum(column) if column.relation == relation => Some(column.power),
            _ => None,
        });
        powers.max().unwrap_or(0)
    }
}
