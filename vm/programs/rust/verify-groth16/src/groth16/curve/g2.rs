//! G2: the points of order r on y^2 = x^3 + 3 / xi over Fq2.

use super::super::field::{Fq, Fq2, Fq12, GAMMA};
use super::LOOP_DIGITS;

/// 3 / xi, the constant of the twisted curve.
const B: Fq2 = Fq2::constant(
    "2b149d40ceb8aaae81be18991be06ac3b5b4c5e559dbefa33267e6dc24a138e5",
    "9713b03af0fed4cd2cafadeed8fdf4a74fa084e52d1852e4a2bd0685c315d2",
);

/// A point of the twisted curve that is not at infinity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct G2 {
    /// Abscissa.
    pub(crate) x: Fq2,
    /// Ordinate.
    pub(crate) y: Fq2,
}

impl G2 {
    /// The two points with this abscissa, opposite to each other: one of them.
    pub(crate) fn with_x(x: &Fq2) -> Option<G2> {
        Some(G2 {
            x: *x,
            y: right_side(x).root()?,
        })
    }

    /// Whether the coordinates satisfy the curve's equation.
    pub(crate) fn is_on_curve(&self) -> bool {
        self.y.square() == right_side(&self.x)
    }

    /// The opposite point.
    pub(crate) fn opposite(&self) -> G2 {
        G2 {
            x: self.x,
            y: -&self.y,
        }
    }

    /// The map psi that raises a point of the curve over Fq12 to the p-th power, on the twist.
    pub(crate) fn frobenius(&self) -> G2 {
        let square = GAMMA.square();
        G2 {
            x: &self.x.conjugate() * &square,
            y: &self.y.conjugate() * &(&square * &GAMMA),
        }
    }

    /// Whether a point of the curve has order r. The pairing's loop finds it on its way: see [`Multiple::closes`].
    pub(crate) fn is_in_subgroup(&self) -> bool {
        let mut multiple = Multiple::of(self);
        let opposite = self.opposite();
        for &digit in LOOP_DIGITS.iter().rev().skip(1) {
            multiple.double();
            if digit != 0 {
                multiple.add(if digit > 0 { self } else { &opposite });
            }
        }
        let image = self.frobenius();
        multiple.add(&image);
        multiple.add(&image.frobenius().opposite());
        multiple.closes(self)
    }
}

/// `x^3 + 3 / xi`.
fn right_side(x: &Fq2) -> Fq2 {
    &(&x.square() * x) + &B
}

/// A line through points of the curve: `c0 y + c1 x w + c2 v w` at the point (x, y) of G1.
pub(crate) struct Line {
    c0: Fq2,
    c1: Fq2,
    c2: Fq2,
}

impl Line {
    /// `f` times the line's value at a point.
    pub(crate) fn times(&self, f: &Fq12, x: &Fq, y: &Fq) -> Fq12 {
        f.times_line(&self.c0.scale(y), &self.c1.scale(x), &self.c2)
    }
}

/// The point `(x / z, y / z)` that the pairing's loop carries along.
pub(crate) struct Multiple {
    x: Fq2,
    y: Fq2,
    z: Fq2,
}

impl Multiple {
    /// The point itself.
    pub(crate) fn of(point: &G2) -> Multiple {
        Multiple {
            x: point.x,
            y: point.y,
            z: Fq2::ONE,
        }
    }

    /// Doubles the point and gives the tangent (Costello, Lange and Naehrig, ePrint 2009/615; all times 4, without halves).
    #[inline(never)]
    pub(crate) fn double(&mut self) -> Line {
        let b = self.y.square();
        let c = self.z.square();
        let e = &B * &c.triple();
        let f = e.triple();
        let h = &(&self.y + &self.z).square() - &(&b + &c);
        let line = Line {
            c0: -&h,
            c1: self.x.square().triple(),
            c2: &e - &b,
        };
        self.x = &(&self.x * &self.y).double() * &(&b - &f);
        self.y = &(&b + &f).square() - &e.double().square().triple();
        self.z = (&b * &h).double().double();
        line
    }

    /// Adds a point and gives the chord.
    #[inline(never)]
    pub(crate) fn add(&mut self, point: &G2) -> Line {
        let theta = &self.y - &(&point.y * &self.z);
        let lambda = &self.x - &(&point.x * &self.z);
        let square = lambda.square();
        let cube = &lambda * &square;
        let g = &self.x * &square;
        let h = &(&cube + &(&self.z * &theta.square())) - &g.double();
        self.x = &lambda * &h;
        self.y = &(&theta * &(&g - &h)) - &(&cube * &self.y);
        self.z = &self.z * &cube;
        Line {
            c2: &(&theta * &point.x) - &(&lambda * &point.y),
            c0: lambda,
            c1: -&theta,
        }
    }

    /// Whether this, at the loop's end `[6 x + 2] point + psi(point) - psi^2(point)`, is `-psi^3(point)`, which is so just for the points of order r.
    ///
    /// On the curve psi^2 - t psi + p = 0, so that `6 x + 2 + psi - psi^2 + psi^3` is `a + b psi`; its norm
    /// `a^2 + a b t + b^2 p` is a multiple of r and has no divisor in common with the cofactor 2 p - r (both are checked in
    /// the tests), so that only points of order r go to infinity. In a sum or tangent for which the formulas are not made,
    /// z becomes zero and stays so.
    pub(crate) fn closes(&self, point: &G2) -> bool {
        let end = point.frobenius().frobenius().frobenius().opposite();
        !self.z.is_zero() && self.x == &end.x * &self.z && self.y == &end.y * &self.z
    }
}
