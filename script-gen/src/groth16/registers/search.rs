//! Digits and carries of checked numbers, without hints: binary search in tables.
//!
//! The search tree of a weight is laid out so that its indices need no correction: an index `n` is the depth at which the
//! number to compare with lies, and `2 n + bit` is the next one. So a bit is
//! `OP_2DUP OP_PICK OP_GREATERTHANOREQUAL OP_OVER OP_ADD OP_ADD`. The last index finds the multiple to subtract.

use super::limb::Range;
use crate::blake3::sequence::push_sequence;
use crate::script;
use crate::script::{Script, pick_from};

/// Items above the tables when an index of a tree is used, after it has been removed.
const TREE_HEIGHT: usize = 3;

/// The same for an index of the row of multiples.
const MULTIPLES_HEIGHT: usize = 2;

/// Tables while their places are given out, counted from the top.
#[derive(Default)]
pub(super) struct Cells(Vec<Option<i64>>);

/// The tree and row of one weight: it splits a number into a multiple and a remainder.
pub(super) struct Split {
    /// The root's place.
    root: usize,
    /// The index of the left node below the root.
    first: usize,
    /// Levels below the root.
    levels: usize,
}

impl Cells {
    /// Puts numbers at places from `place` on, which must be free.
    pub(super) fn put(&mut self, place: usize, numbers: impl IntoIterator<Item = i64>) {
        for (place, number) in (place..).zip(numbers) {
            if self.0.len() <= place {
                self.0.resize(place + 1, None);
            }
            debug_assert_eq!(self.0[place], None, "place {place} is taken");
            self.0[place] = Some(number);
        }
    }

    /// Items of the tables.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// `.. -> .. [tables]`
    pub(super) fn script(&self) -> Script {
        // Places that nothing reads repeat the item below them: that is one byte.
        let mut numbers: Vec<i64> = vec![];
        for cell in self.0.iter().rev() {
            numbers.push(cell.or(numbers.last().copied()).unwrap_or(0));
        }
        push_sequence(&numbers)
    }
}

impl Split {
    /// Puts the tables of `2^(levels + 1)` multiples, in ascending order, into the cells.
    pub(super) fn new(cells: &mut Cells, root: usize, first: usize, multiples: &[i64]) -> Self {
        let levels = multiples.len().ilog2() as usize - 1;
        let split = Self {
            root,
            first,
            levels,
        };
        cells.put(root, [multiples[multiples.len() / 2]]);
        for level in 0..levels {
            let nodes = 2 << level;
            let step = multiples.len() / nodes;
            let numbers = (0..nodes).map(|node| multiples[node * step + step / 2]);
            cells.put((first << level) - TREE_HEIGHT, numbers);
        }
        cells.put(split.row() - MULTIPLES_HEIGHT, multiples.iter().copied());
        split
    }

    /// The index of the smallest multiple.
    pub(super) fn row(&self) -> usize {
        self.first << self.levels
    }

    /// The index after the row.
    fn end(&self) -> usize {
        self.row() + (2 << self.levels)
    }

    /// With the tables right below: `x -> remainder index`, where the index is that of the largest multiple not above x.
    pub(super) fn script(&self) -> Script {
        let level = |level: usize| {
            let first = self.first << level;
            script! {
                OP_2DUP {pick_from(first..first + (2 << level))} OP_GREATERTHANOREQUAL
                OP_OVER OP_ADD OP_ADD
            }
        };
        script! {
            OP_DUP {self.root + 2} OP_PICK OP_GREATERTHANOREQUAL {self.first} OP_ADD
            {(0..self.levels).map(level)}
            OP_TUCK {pick_from(self.row()..self.end())} OP_SUB OP_SWAP
        }
    }
}

/// Splits off carries: `x = remainder + carry * unit`, with a remainder from `least` to `least + unit - 1`.
pub(super) struct Carry {
    split: Split,
    cells: Cells,
    least: i64,
}

impl Carry {
    /// For carries of this range.
    pub(super) fn new(unit: i64, least_remainder: i64, (least, most): Range) -> Self {
        let count = (most - least + 1).max(2) as usize;
        let carries = (least..).take(count.next_power_of_two());
        let bounds: Vec<i64> = carries
            .map(|carry| carry * unit + least_remainder)
            .collect();
        let mut cells = Cells::default();
        let split = Split::new(&mut cells, 0, 4, &bounds);
        Self {
            split,
            cells,
            least,
        }
    }

    /// Items of the tables.
    pub(super) fn table_items(&self) -> usize {
        self.cells.len()
    }

    /// `.. -> .. [tables]`
    pub(super) fn tables(&self) -> Script {
        self.cells.script()
    }

    /// With the tables right below: `x -> remainder carry`. The remainder is still to be shifted by its least value.
    pub(super) fn script(&self) -> Script {
        script! { {self.split.script()} {self.split.row() as i64 - self.least} OP_SUB }
    }
}
