//! Identities between products, tested modulo small numbers.
//!
//! An identity between integers whose sides differ by less than 2^64 fails exactly if it fails modulo one of [`MODULI`],
//! because their least common multiple is larger. Every one is `16^k`, `16^k - 1` or `16^k + 1` for a small k, so reducing a
//! number is adding its digits in k columns; residues next to zero are at most 2^15, so that their products fit a script
//! number.

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

/// The residue of the largest modulus that is farthest from zero.
const LARGEST_RESIDUE: i64 = 1 << 15;

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

    /// A number congruent to the product of two words, at most 2^30 away from zero.
    pub(crate) fn product(self, p: &mut Predicate, a: &Word, b: &Word) -> Expr {
        // The clamps change nothing; they tell the analysis of the script how near to zero a residue and a product are.
        let clamp = |value: Expr, bound: i64| value.max(-bound).min(bound);
        let a = p.bind(self.fold(a).near(self.value));
        let b = p.bind(clamp(self.fold(b).near(self.value), LARGEST_RESIDUE));
        let product = clamp(a.clone().abs().mul(b), LARGEST_RESIDUE * LARGEST_RESIDUE);
        let product = p.bind(product);
        a.lt(0).choose(-product.clone(), product)
    }

    /// Whether the modulus does not divide a number.
    pub(crate) fn misses(self, number: Expr) -> Expr {
        number.abs().modulo(self.value).ne(0)
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
        Expr::Int(1) => negative,
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
            assert_eq!(((1i128 << 64) - i128::from(modulus.two_to_the_64())) % m, 0);
            multiple *= m as u128 / gcd(multiple, m as u128);
        }
        // The largest difference is that of DIVU: lo * rt + hi - rs < 2^64 + 2^32.
        assert!(multiple > (1 << 64) + (1 << 32));
    }
}
