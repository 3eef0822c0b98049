//! Tables of multiples: one row for each multiple, the limbs of the multiplied values side by side.

use super::frame::Frame;
use crate::script::Op;

/// How a row comes from earlier ones. The cost of each is for an entry of a row of eleven.
enum From {
    /// The limbs themselves.
    Given,
    /// The negative of this multiple: 3 bytes if that is the row before.
    Negative(i64),
    /// Twice this multiple: 4 bytes if that is the row before.
    Double(i64),
    /// The sum of two multiples: 6 bytes if one is the row before.
    Sum(i64, i64),
    /// Zeros: 1 byte.
    Zero,
}

/// Rows of a table, deepest first. The order is the cheapest that was found among those in which no sum has terms of different
/// signs: the analysis does not see that they come from one value and would find a range that is too wide.
pub(crate) struct Rows(&'static [(i64, From)]);

/// Every signed digit: 58 bytes for each limb.
pub(crate) const ALL: Rows = Rows(&[
    (1, From::Given),
    (-1, From::Negative(1)),
    (-2, From::Double(-1)),
    (2, From::Negative(-2)),
    (3, From::Sum(2, 1)),
    (-3, From::Negative(3)),
    (-6, From::Double(-3)),
    (6, From::Negative(-6)),
    (7, From::Sum(6, 1)),
    (-7, From::Negative(7)),
    (4, From::Double(2)),
    (5, From::Sum(4, 1)),
    (-5, From::Negative(5)),
    (-4, From::Negative(4)),
    (-8, From::Double(-4)),
    (0, From::Zero),
]);

/// The magnitudes of signed digits: 36 bytes for each limb.
pub(crate) const MAGNITUDES: Rows = Rows(&[
    (1, From::Given),
    (2, From::Double(1)),
    (3, From::Sum(2, 1)),
    (6, From::Double(3)),
    (7, From::Sum(6, 1)),
    (4, From::Double(2)),
    (5, From::Sum(4, 1)),
    (8, From::Double(4)),
]);

/// Odd multiples, for constants as sums of odd multiples of powers of two: 22 bytes for each limb.
pub(crate) const ODD: Rows = Rows(&[
    (1, From::Given),
    (2, From::Double(1)),
    (3, From::Sum(2, 1)),
    (5, From::Sum(3, 2)),
    (7, From::Sum(5, 2)),
]);

impl Rows {
    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// The row of a multiple, the deepest being 0.
    pub(crate) fn place(&self, multiple: i64) -> usize {
        let place = self.0.iter().position(|(row, _)| *row == multiple);
        place.expect("a table has all multiples that are asked for")
    }

    /// The multiple in the deepest row.
    pub(crate) const fn deepest(&self) -> i64 {
        self.0[0].0
    }

    /// The multiple in the uppermost row.
    pub(crate) const fn uppermost(&self) -> i64 {
        self.0[self.0.len() - 1].0
    }

    /// Makes the table over the `width` top items, which are its first row. Returns the place of its first item.
    pub(crate) fn build(&self, frame: &mut Frame, width: usize) -> usize {
        let start = frame.height - width;
        for (_, from) in self.0 {
            for limb in 0..width {
                let at = |multiple: i64| start + self.place(multiple) * width + limb;
                match from {
                    From::Given => {}
                    From::Negative(of) => {
                        frame.copy(at(*of));
                        frame.ops(&[Op::Negate]);
                    }
                    From::Double(of) => {
                        frame.copy(at(*of));
                        frame.ops(&[Op::Dup, Op::Add]);
                    }
                    From::Sum(a, b) => {
                        frame.copy(at(*a));
                        frame.copy(at(*b));
                        frame.ops(&[Op::Add]);
                    }
                    From::Zero => frame.number(0),
                }
            }
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_its_multiple() {
        let multiple = |rows: &Rows, of: i64| {
            let mut known = std::collections::HashMap::<i64, i64>::new();
            for (row, from) in rows.0 {
                let value = match from {
                    From::Given => 1,
                    From::Negative(a) => -known[a],
                    From::Double(a) => 2 * known[a],
                    From::Sum(a, b) => known[a] + known[b],
                    From::Zero => 0,
                };
                known.insert(*row, value);
            }
            known[&of]
        };
        for digit in -8..8 {
            assert_eq!(multiple(&ALL, digit), digit);
        }
        for digit in 1..=8 {
            assert_eq!(multiple(&MAGNITUDES, digit), digit);
        }
    }
}
