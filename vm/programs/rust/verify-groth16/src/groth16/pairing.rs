//! Whether a product of pairings is one.

use super::curve::{G1, G2, LOOP_DIGITS, Multiple, X_DIGITS};
use super::field::Fq12;

/// A pair whose pairing is a factor.
pub(crate) struct Pair {
    pub(crate) p: G1,
    pub(crate) q: G2,
}

/// What the loop finds.
pub(crate) struct Product {
    /// Whether all points of the twisted curve are in G2.
    in_subgroup: bool,
    /// The product before the final exponentiation.
    value: Fq12,
}

impl Product {
    /// The loop of the optimal ate pairing for all pairs at once: they share the squarings.
    pub(crate) fn new<const N: usize>(pairs: &[Pair; N]) -> Product {
        let mut f = Fq12::ONE;
        let mut multiples: [Multiple; N] = core::array::from_fn(|i| Multiple::of(&pairs[i].q));
        for (step, &digit) in LOOP_DIGITS.iter().rev().skip(1).enumerate() {
            if step > 0 {
                f = f.square();
            }
            for (multiple, pair) in multiples.iter_mut().zip(pairs) {
                f = multiple.double().times(&f, &pair.p.x, &pair.p.y);
                if digit != 0 {
                    let point = if digit > 0 { pair.q } else { pair.q.opposite() };
                    f = multiple.add(&point).times(&f, &pair.p.x, &pair.p.y);
                }
            }
        }
        for (multiple, pair) in multiples.iter_mut().zip(pairs) {
            let image = pair.q.frobenius();
            f = multiple.add(&image).times(&f, &pair.p.x, &pair.p.y);
            let point = image.frobenius().opposite();
            f = multiple.add(&point).times(&f, &pair.p.x, &pair.p.y);
        }
        Product {
            in_subgroup: multiples
                .iter()
                .zip(pairs)
                .all(|(multiple, pair)| multiple.closes(&pair.q)),
            value: f,
        }
    }

    /// Whether all points of the twisted curve are in G2. Else the product means nothing.
    pub(crate) fn all_in_subgroup(&self) -> bool {
        self.in_subgroup
    }

    /// Whether the product of the pairings is one.
    pub(crate) fn is_one(&self) -> bool {
        final_exponentiation(&self.value) == Fq12::ONE
    }
}

/// The power `(p^12 - 1) / r * 2 x (6 x^2 + 3 x + 1)`, whose last factor has no divisor in common with r (Fuentes-Castaneda,
/// Knapp and Rodriguez-Henriquez, SAC 2011): in base p the exponent's digits after the easy part are
/// `12 x^3 + 12 x^2 + 6 x + 1`, `12 x^3 + 6 x^2 + 4 x`, `12 x^3 + 6 x^2 + 6 x` and `12 x^3 + 6 x^2 + 4 x - 1`.
#[inline(never)]
fn final_exponentiation(f: &Fq12) -> Fq12 {
    let f = &f.conjugate() * &f.inverse();
    let f = &f.frobenius().frobenius() * &f;

    let x2 = f.cyclotomic_power(&X_DIGITS).cyclotomic_square();
    let x4 = x2.cyclotomic_square();
    let x6 = &x4 * &x2;
    let six_squares = x6.cyclotomic_power(&X_DIGITS);
    let twelve_cubes = six_squares.cyclotomic_square().cyclotomic_power(&X_DIGITS);
    let common = &twelve_cubes * &six_squares;

    let second = &common * &x6;
    let first = &common * &x4;
    let zeroth = &(&second * &six_squares) * &f;
    let third = &first * &f.conjugate();
    // Horner's way in the Frobenius map.
    let result = &third.frobenius() * &second;
    let result = &result.frobenius() * &first;
    &result.frobenius() * &zeroth
}
