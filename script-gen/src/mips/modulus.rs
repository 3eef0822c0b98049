//! Identities between products, tested modulo small numbers.
//!
//! An identity between integers whose sides differ by less than 2^64 fails exactly if it fails modulo one of [`MODULI`],
//! because their least common multiple is larger. Every one is `16^k`, `16^k - 1` or `16^k + 1` for a small k, so reducing a
//! number is adding its digits in k columns; residues next to zero are at most 2^15, so that products of a residue and a column
//! sum of digits fit a script number.

use super::expr::{Expr, sum};
use super::predicate::Predicate;
use super::word::{Word, number};

/// The number m with `16^digits = wrap (mod m)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Modulus {
    pub(crate) value: i64,
    digits: usize,
    wrap: i64,
}

/// The moduli.
pub(crate) const MODULI: [Modulus; 5] = [
    Modulus {
        value: 0x1_0000,
        digits: 4,
        wrap: 0,
    },
    Modulus {
        value: 0xffff,
        digits: 4,
        wrap: 1,
    },
    Modulus {
        value: 0x1_0001,
        digits: 4,
        wrap: -1,
    },
    Modulus {
        value: 0xfff,
        digits: 3,
        wrap: 1,
    },
    Modulus {
        value: 0x1001,
        digits: 3,
        wrap: -1,
    },
];

impl Modulus {
    /// A small number congruent to the one with these digits (least significant first; they may be negative).
    pub(crate) fn fold(self, digits: &[Expr]) -> Expr {
        let columns: Vec<Expr> = (0..self.digits.min(digits.len()))
            .map(|column| {
                let terms = digits.iter().skip(column).step_by(self.digits).enumerate();
                sum(terms.filter_map(|(turn, digit)| match (turn, self.wrap) {
                    (0, _) | (_, 1) => Some(digit.clone()),
                    (_, 0) => None,
                    (turn, _) if turn % 2 == 0 => Some(digit.clone()),
                    _ => Some(-digit.clone()),
                }))
            })
            .collect();
        number(&columns)
    }

    /// A number congruent to the product of two words, which are signed numbers where `signed` is 1.
    ///
    /// Horner's rule over the columns of a's digits, with a table of the sixteen multiples of b's residue.
    pub(crate) fn product(self, p: &mut Predicate, a: &Word, b: &Word, signed: &Expr) -> Expr {
        let b = p.bind(self.fold(&signed_digits(b, signed)).near(self.value));
        let mut multiples = p.table([Expr::Int(0), b.clone()]);
        for factor in 2..16 {
            let next = multiples[factor - 1].clone() + multiples[1].clone();
            multiples.extend(p.table([next]));
        }
        let multiple = |digit: &Expr| Expr::Pick(multiples.clone(), Box::new(digit.clone()));
        let mut product: Option<Expr> = None;
        for column in (0..self.digits).rev() {
            let turns = a.iter().skip(column).step_by(self.digits).enumerate();
            let mut total = product.map(|product| product.shl(4));
            for (turn, digit) in turns {
                total = match (total, self.wrap, turn % 2) {
                    (total, 0, _) if turn > 0 => total,
                    (Some(total), -1, 1) => Some(total - multiple(digit)),
                    (Some(total), ..) => Some(total + multiple(digit)),
                    (None, ..) => Some(multiple(digit)),
                };
            }
            let total = total.unwrap_or(Expr::Int(0));
            // Three columns of four reach 2^28; below 2^27, one more fits.
            let total = if self.digits == 4 && column == 1 {
                // The clamp changes nothing; it tells the analysis of the script how near to zero the number is.
                let m = 4000 * self.value;
                total.near(m).max(-m / 2).min(m / 2)
            } else {
                total
            };
            product = Some(p.bind(total));
        }
        let product = product.unwrap_or(Expr::Int(0));
        // As a signed number, a is 2^32 less where its top bit is set.
        let excess = match self.two_to_the_32() {
            0 => return product,
            power => b.shl(power.ilog2()),
        };
        let negative = match signed {
            Expr::Int(0) => return product,
            Expr::Int(_) => a[7].clone().ge(8),
            signed => signed.clone().and(a[7].clone().ge(8)),
        };
        p.bind(product - negative.choose(excess, 0))
    }

    /// A small power of two congruent to `2^32`, or 0.
    fn two_to_the_32(self) -> i64 {
        let turns = 8 / self.digits as u32;
        self.wrap.pow(turns) << (4 * (8 - turns * self.digits as u32))
    }

    /// Whether numbers are the same modulo m whatever is added at `16^16`.
    pub(crate) fn ignores_the_top(self) -> bool {
        self.wrap == 0
    }

    /// A small number congruent to `2^64`.
    pub(crate) fn two_to_the_64(self) -> i64 {
        let turns = 16 / self.digits as u32;
        self.wrap.pow(turns) << (4 * (16 - turns * self.digits as u32))
    }
}

/// The digits of a word as a signed number where `signed` is 1: the top one counts from -8 to 7.
pub(crate) fn signed_digits(word: &Word, signed: &Expr) -> Word {
    let mut digits = word.clone();
    let negative = word[7].clone().ge(8);
    let negative = match signed {
        Expr::Int(0) => return digits,
        Expr::Int(_) => negative,
        signed => signed.clone().and(negative),
    };
    digits[7] = negative.choose(word[7].clone() - 16, word[7].clone());
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moduli_decide_every_identity_below_two_to_the_64() {
        fn gcd(a: u128, b: u128) -> u128 {
            if b == 0 { a } else { gcd(b, a % b) }
        }
        let mut multiple = 1u128;
        for modulus in MODULI {
            let m = i128::from(modulus.value);
            assert_eq!(
                ((1 << (4 * modulus.digits)) - i128::from(modulus.wrap)) % m,
                0
            );
            assert_eq!(((1i128 << 32) - i128::from(modulus.two_to_the_32())) % m, 0);
            assert_eq!(((1i128 << 64) - i128::from(modulus.two_to_the_64())) % m, 0);
            multiple *= m as u128 / gcd(multiple, m as u128);
        }
        // The largest difference is that of DIVU: lo * rt + hi - rs < 2^64 + 2^32.
        assert!(multiple > (1 << 64) + (1 << 32));
    }
}
