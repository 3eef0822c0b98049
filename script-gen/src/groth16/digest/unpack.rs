//! Packed numbers to doubled nibbles, without hints.
//!
//! A digit is found by binary search among the multiples of its weight. The search tree is laid out so that its indices need no
//! correction: an index `n` is the depth at which the item to compare with lies, and `2 n + bit` is the next one. So a bit is
//! `OP_2DUP OP_PICK OP_GREATERTHANOREQUAL OP_OVER OP_ADD OP_ADD`. The last index, `8 k + digit`, finds the multiple to subtract
//! and the doubled digit. For `k` = 8, 10, 12 and 14 the trees and rows of four weights fill 126 places.

use super::packed::{NUMBER_DIGITS, limb_offset};
use crate::blake3::sequence::push_sequence;
use crate::script;
use crate::script::{Script, drop_items, pick_from, roll};

/// Where the row of doubled digits begins, counted from the top of the tables.
const DOUBLES: usize = 126;

/// Items of the tables.
pub(super) const CELLS: usize = DOUBLES + 16;

/// Items above the tables when an index of a tree is used, after it has been removed.
const TREE_HEIGHT: usize = 3;

/// The same for an index of a row of multiples.
const MULTIPLES_HEIGHT: usize = 2;

/// The same for an index of the row of doubled digits.
const DOUBLES_HEIGHT: usize = 1;

/// What the packed numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Signed limbs of an element.
    Limbs,
    /// The even numbers of a digest.
    Digest,
}

/// A digit of weight `16^place`, `place` from 1 to 4.
#[derive(Clone, Copy)]
struct Place(usize);

impl Place {
    /// The index of the left node below the root. It is at most 16, so that it is pushed by one byte.
    const fn first_index(self) -> usize {
        16 - 2 * self.0
    }

    /// The root's place, counted from the top of the tables.
    const fn root(self) -> usize {
        self.0 - 1
    }

    /// The tree's levels below the root: the index of the first node, the number of nodes.
    fn levels(self) -> [(usize, usize); 3] {
        [1, 2, 4].map(|factor| (factor * self.first_index(), 2 * factor))
    }

    /// The index of the smallest multiple.
    const fn multiples(self) -> usize {
        8 * self.first_index()
    }
}

impl Packing {
    /// `digit` times the weight, on the scale of the packed numbers.
    fn multiple(self, Place(place): Place, digit: usize) -> i64 {
        let multiple = (digit as i64) << (4 * place);
        match self {
            Packing::Digest => 2 * multiple,
            // The first digit takes away the sign, too.
            Packing::Limbs if place + 1 == NUMBER_DIGITS => multiple - limb_offset(NUMBER_DIGITS),
            Packing::Limbs => multiple,
        }
    }

    /// The tables: `.. -> .. [tables]`.
    fn tables(self) -> Script {
        let mut cells = [None; CELLS];
        for place in (1..NUMBER_DIGITS).map(Place) {
            cells[place.root()] = Some(self.multiple(place, 8));
            for (first, nodes) in place.levels() {
                for node in 0..nodes {
                    let digit = (2 * node + 1) * 8 / nodes;
                    cells[first - TREE_HEIGHT + node] = Some(self.multiple(place, digit));
                }
            }
            for digit in 0..16 {
                cells[place.multiples() - MULTIPLES_HEIGHT + digit] =
                    Some(self.multiple(place, digit));
            }
        }
        for digit in 0..16 {
            cells[DOUBLES + digit] = Some(2 * digit as i64);
        }
        // Places that nothing reads repeat the item below them: that is one byte.
        let mut numbers: Vec<i64> = vec![];
        for cell in cells.into_iter().rev() {
            numbers.push(cell.or(numbers.last().copied()).unwrap_or(0));
        }
        push_sequence(&numbers)
    }

    /// Moves one digit of the number on top to the altstack, doubled, and leaves the remainder.
    fn digit(self, place: Place) -> Script {
        let first = place.first_index();
        let level = |(first, nodes): (usize, usize)| {
            script! {
                OP_2DUP {pick_from(first..first + nodes)} OP_GREATERTHANOREQUAL OP_OVER OP_ADD OP_ADD
            }
        };
        let multiples = place.multiples();
        let doubles = DOUBLES + DOUBLES_HEIGHT;
        script! {
            OP_DUP {place.root() + 2} OP_PICK OP_GREATERTHANOREQUAL {first} OP_ADD
            {place.levels().into_iter().map(level)}
            OP_TUCK {pick_from(multiples..multiples + 16)} OP_SUB
            OP_SWAP {doubles - multiples} OP_ADD {pick_from(doubles..doubles + 16)} OP_TOALTSTACK
        }
    }

    /// Moves all digits of the number on top to the altstack, doubled, the most significant one first.
    fn number(self, digits: usize) -> Script {
        let sign = match self {
            Packing::Limbs if digits < NUMBER_DIGITS => {
                Some(script! { {limb_offset(digits)} OP_ADD })
            }
            _ => None,
        };
        // The remainder is a digit already; the analysis has to see it.
        let last = match self {
            Packing::Limbs => script! { OP_ABS 15 OP_MIN OP_DUP OP_ADD },
            Packing::Digest => script! { 0 OP_MAX 30 OP_MIN },
        };
        script! {
            {sign}
            {(1..digits).rev().map(|place| self.digit(Place(place)))}
            {last} OP_TOALTSTACK
        }
    }

    /// Unpacks numbers of so many digits each, the top one's count first. Their digits get on the altstack, the deepest number's
    /// first digit on top. `.. [numbers] -> ..`
    pub(super) fn unpack(self, numbers: &[usize]) -> Script {
        script! {
            {self.tables()}
            {numbers.iter().map(|digits| script! { {roll(CELLS)} {self.number(*digits)} })}
            {drop_items(CELLS)}
        }
    }
}
