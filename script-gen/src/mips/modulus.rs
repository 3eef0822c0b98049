//! Identities between products, tested modulo small numbers.
//!
//! An identity between integers whose sides differ by at most 2^64 + 2^32 fails exactly if it fails modulo one of [`MODULI`],
//! because their least common multiple is larger. Every one divides `2^k`, `2^k - 1` or `2^k + 1` for a small k, so the weight of
//! a digit is congruent to a small power of two or its opposite. They are so small that a product of two sums of digits fits a
//! script number without being reduced.

use std::cmp::Reverse;

use super::expr::Expr;
use super::predicate::Predicate;
use super::word::{Word, is_negative};

/// The number m with `2^bits = wrap (mod m)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Modulus {
    pub(crate) value: i64,
    bits: usize,
    wrap: i64,
}

/// The moduli.
pub(crate) const MODULI: [Modulus; 8] = [
    Modulus::new(12, 0),
    Modulus::new(5, 1),
    Modulus::new(5, -1),
    Modulus::new(7, 1),
    Modulus::new(7, -1),
    Modulus::new(8, -1),
    Modulus::new(12, 1),
    Modulus::new(12, -1),
];

/// A number and its place: the exponent of two that it is to be multiplied by.
pub(crate) type Term = (usize, Expr);

impl Modulus {
    const fn new(bits: usize, wrap: i64) -> Self {
        Self {
            value: (1 << bits) - wrap,
            bits,
            wrap,
        }
    }

    /// A number congruent to the sum of the terms, by Horner's rule over what is left of their places.
    pub(crate) fn sum(self, terms: impl IntoIterator<Item = Term>) -> Expr {
        let reduced = terms.into_iter().filter_map(|(place, term)| {
            let turns = place / self.bits;
            let turned = match self.wrap {
                0 if turns > 0 => return None,
                wrap => wrap < 0 && turns % 2 == 1,
            };
            let (negated, term) = match term {
                Expr::Neg(term) => (true, *term),
                term => (false, term),
            };
            Some((place % self.bits, negated != turned, term))
        });
        let mut reduced: Vec<(usize, bool, Expr)> = reduced.collect();
        reduced.sort_by_key(|(place, subtracted, _)| (Reverse(*place), *subtracted));
        let mut last = reduced.first().map_or(0, |(place, ..)| *place);
        let mut total = None;
        for (place, subtracted, term) in reduced {
            total = Some(match (total, subtracted) {
                (None, false) => term,
                (None, true) => -term,
                (Some(total), _) => {
                    let total = shifted(total, last - place);
                    if subtracted {
                        total - term
                    } else {
                        total + term
                    }
                }
            });
            last = place;
        }
        shifted(total.unwrap_or(Expr::Int(0)), last)
    }

    /// Terms whose sum is congruent to the product of two words, which are signed numbers where `signed` is 1.
    ///
    /// Each digit of `a` takes its multiple of b's residue from a table.
    pub(crate) fn product(self, p: &mut Predicate, a: &Word, b: &Word, signed: &Expr) -> Vec<Term> {
        let residue = self.sum(word(0, b, signed));
        let mut multiples = p.table([Expr::Int(0), residue]);
        for factor in 2..16 {
            let next = multiples[factor - 1].clone() + multiples[1].clone();
            multiples.extend(p.table([next]));
        }
        let multiple = |digit: Expr| Expr::Pick(multiples.clone(), Box::new(digit));
        let digits = word(0, a, &Expr::Int(0)).into_iter();
        let products = digits.map(|(place, digit)| (place, multiple(digit)));
        let excess = is_set(a, signed).map(|set| (32, -set.choose(multiples[1].clone(), 0)));
        products.chain(excess).collect()
    }

    /// Whether numbers are the same modulo m whatever is added at `2^32`.
    pub(crate) fn ignores_the_top(self) -> bool {
        self.wrap == 0
    }
}

fn shifted(x: Expr, places: usize) -> Expr {
    if places == 0 { x } else { x.shl(places as u32) }
}

/// The digits of a word whose lowest one stands at `place`. As a signed number, where `signed` is 1, it is less than they say if
/// its top bit is set.
pub(crate) fn word(place: usize, word: &Word, signed: &Expr) -> Vec<Term> {
    let digits = (place..).step_by(4).zip(word.iter().cloned());
    let excess = is_set(word, signed).map(|set| (place + 32, -set));
    digits.chain(excess).collect()
}

/// Whether the top bit of a signed word is set; none if no word is signed.
fn is_set(word: &Word, signed: &Expr) -> Option<Expr> {
    match signed {
        Expr::Int(0) => None,
        Expr::Int(_) => Some(is_negative(word)),
        signed => Some(signed.clone().and(is_negative(word))),
    }
}

/// The opposite terms.
pub(crate) fn minus(terms: impl IntoIterator<Item = Term>) -> impl Iterator<Item = Term> {
    terms.into_iter().map(|(place, term)| match term {
        Expr::Neg(term) => (place, *term),
        term => (place, -term),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moduli_decide_every_identity_of_products() {
        fn gcd(a: u128, b: u128) -> u128 {
            if b == 0 { a } else { gcd(b, a % b) }
        }
        let mut multiple = 1u128;
        for modulus in MODULI {
            let m = modulus.value;
            assert_eq!(((1 << modulus.bits) - modulus.wrap) % m, 0);
            multiple *= m as u128 / gcd(multiple, m as u128);
        }
        // The largest difference is that of DIVU: lo * rt + hi - rs < 2^64 + 2^32.
        assert!(multiple > (1 << 64) + (1 << 32));
    }

    #[test]
    fn sums_are_congruent_to_their_terms() {
        let terms = [(0, 5), (4, -3), (12, 7), (31, 1), (32, 15), (64, -1)];
        let exact: i128 = terms
            .iter()
            .map(|(place, term)| i128::from(*term) << place)
            .sum();
        for modulus in MODULI {
            let sum = modulus.sum(terms.map(|(place, term)| match term {
                0.. => (place, Expr::Int(term)),
                _ => (place, -Expr::Int(-term)),
            }));
            let mut p = Predicate::new();
            p.leave(sum);
            let values = crate::mips::Values::new();
            let sum = p.checked().unwrap().run(&values, &[]).unwrap().unwrap();
            let m = i128::from(modulus.value);
            assert_eq!((exact - i128::from(sum)) % m, 0, "modulo {m}");
        }
    }
}
