//! Fq12 = Fq6\[w\]/(w^2 - v).

use super::{Fq2, Fq6};
use core::ops::Mul;

/// `c0 + c1 w`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fq12 {
    /// The coefficient of 1.
    pub(crate) c0: Fq6,
    /// The coefficient of w.
    pub(crate) c1: Fq6,
}

/// xi^((p-1)/6), by which w^p differs from w.
pub(crate) const GAMMA: Fq2 = Fq2::constant(
    "1284b71c2865a7dfe8b99fdd76e68b605c521e08292f2176d60b35dadcc9e470",
    "246996f3b4fae7e6a6327cfe12150b8e747992778eeec7e5ca5cf05f80f362ac",
);

impl Fq12 {
    /// One.
    pub(crate) const ONE: Fq12 = Fq12 {
        c0: Fq6::ONE,
        c1: Fq6::ZERO,
    };

    /// `a^2`: two products.
    #[inline(never)]
    pub(crate) fn square(&self) -> Fq12 {
        let product = &self.c0 * &self.c1;
        let crossed = &(&self.c0 + &self.c1) * &(&self.c0 + &self.c1.times_v());
        Fq12 {
            c0: &crossed - &(&product + &product.times_v()),
            c1: &product + &product,
        }
    }

    /// The product with `c0 + c3 w + c4 v w`, which is what a line has.
    #[inline(never)]
    pub(crate) fn times_line(&self, c0: &Fq2, c3: &Fq2, c4: &Fq2) -> Fq12 {
        let v0 = self.c0.scale(c0);
        let v1 = self.c1.times_sparse(c3, c4);
        let crossed = (&self.c0 + &self.c1).times_sparse(&(c0 + c3), c4);
        Fq12 {
            c0: &v0 + &v1.times_v(),
            c1: &crossed - &(&v0 + &v1),
        }
    }

    /// `c0 - c1 w`, the power p^6. In the cyclotomic subgroup it is the inverse.
    pub(crate) fn conjugate(&self) -> Fq12 {
        Fq12 {
            c0: self.c0,
            c1: -&self.c1,
        }
    }

    /// `1 / a`, and 0 for 0.
    pub(crate) fn inverse(&self) -> Fq12 {
        let norm = &(&self.c0 * &self.c0) - &(&self.c1 * &self.c1).times_v();
        let inverse = norm.inverse();
        Fq12 {
            c0: &self.c0 * &inverse,
            c1: &-&self.c1 * &inverse,
        }
    }

    /// The p-th power: each coefficient of w^i is conjugated and multiplied by gamma^i.
    #[inline(never)]
    pub(crate) fn frobenius(&self) -> Fq12 {
        let mut power = Fq2::ONE;
        let mut next = |coefficient: &Fq2| {
            let image = &coefficient.conjugate() * &power;
            power = &power * &GAMMA;
            image
        };
        let w0 = next(&self.c0.c0);
        let w1 = next(&self.c1.c0);
        let w2 = next(&self.c0.c1);
        let w3 = next(&self.c1.c1);
        let w4 = next(&self.c0.c2);
        let w5 = next(&self.c1.c2);
        Fq12 {
            c0: Fq6 {
                c0: w0,
                c1: w2,
                c2: w4,
            },
            c1: Fq6 {
                c0: w1,
                c1: w3,
                c2: w5,
            },
        }
    }

    /// `a^2` in the cyclotomic subgroup (Granger and Scott, ePrint 2009/565): nine squares of Fq2.
    #[inline(never)]
    pub(crate) fn cyclotomic_square(&self) -> Fq12 {
        let (t0, t1) = square_of_fq4(&self.c0.c0, &self.c1.c1);
        let (t2, t3) = square_of_fq4(&self.c1.c0, &self.c0.c2);
        let (t4, t5) = square_of_fq4(&self.c0.c1, &self.c1.c2);
        let real = |t: &Fq2, z: &Fq2| &(t - z).double() + t;
        let imaginary = |t: &Fq2, z: &Fq2| &(t + z).double() + t;
        Fq12 {
            c0: Fq6 {
                c0: real(&t0, &self.c0.c0),
                c1: real(&t2, &self.c0.c1),
                c2: real(&t4, &self.c0.c2),
            },
            c1: Fq6 {
                c0: imaginary(&t5.times_xi(), &self.c1.c0),
                c1: imaginary(&t1, &self.c1.c1),
                c2: imaginary(&t3, &self.c1.c2),
            },
        }
    }

    /// The power with a signed binary exponent, the lowest digit first, in the cyclotomic subgroup.
    pub(crate) fn cyclotomic_power(&self, digits: &[i8]) -> Fq12 {
        let inverse = self.conjugate();
        let mut power = Fq12::ONE;
        for &digit in digits.iter().rev() {
            power = power.cyclotomic_square();
            match digit {
                0 => {}
                1 => power = &power * self,
                _ => power = &power * &inverse,
            }
        }
        power
    }
}

/// `(a + b s)^2` where s^2 = xi.
fn square_of_fq4(a: &Fq2, b: &Fq2) -> (Fq2, Fq2) {
    let (a2, b2) = (a.square(), b.square());
    let crossed = &(a + b).square() - &(&a2 + &b2);
    (&a2 + &b2.times_xi(), crossed)
}

impl Mul for &Fq12 {
    type Output = Fq12;

    /// Karatsuba's way: three products.
    #[inline(never)]
    fn mul(self, other: &Fq12) -> Fq12 {
        let v0 = &self.c0 * &other.c0;
        let v1 = &self.c1 * &other.c1;
        let crossed = &(&self.c0 + &self.c1) * &(&other.c0 + &other.c1);
        Fq12 {
            c0: &v0 + &v1.times_v(),
            c1: &crossed - &(&v0 + &v1),
        }
    }
}
