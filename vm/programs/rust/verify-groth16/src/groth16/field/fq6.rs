//! Fq6 = Fq2\[v\]/(v^3 - xi).

use super::Fq2;
use core::ops::{Add, Mul, Neg, Sub};

/// `c0 + c1 v + c2 v^2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fq6 {
    /// The coefficient of 1.
    pub(crate) c0: Fq2,
    /// The coefficient of v.
    pub(crate) c1: Fq2,
    /// The coefficient of v^2.
    pub(crate) c2: Fq2,
}

impl Fq6 {
    /// Zero.
    pub(crate) const ZERO: Fq6 = Fq6 {
        c0: Fq2::ZERO,
        c1: Fq2::ZERO,
        c2: Fq2::ZERO,
    };
    /// One.
    pub(crate) const ONE: Fq6 = Fq6 {
        c0: Fq2::ONE,
        c1: Fq2::ZERO,
        c2: Fq2::ZERO,
    };

    /// The product with v.
    pub(crate) fn times_v(&self) -> Fq6 {
        Fq6 {
            c0: self.c2.times_xi(),
            c1: self.c0,
            c2: self.c1,
        }
    }

    /// The product with `b0 + b1 v`.
    pub(crate) fn times_sparse(&self, b0: &Fq2, b1: &Fq2) -> Fq6 {
        let v0 = &self.c0 * b0;
        let v1 = &self.c1 * b1;
        let crossed = &(&(&self.c0 + &self.c1) * &(b0 + b1)) - &(&v0 + &v1);
        Fq6 {
            c0: &(&self.c2 * b1).times_xi() + &v0,
            c1: crossed,
            c2: &(&self.c2 * b0) + &v1,
        }
    }

    /// The product with an element of Fq2.
    pub(crate) fn scale(&self, factor: &Fq2) -> Fq6 {
        Fq6 {
            c0: &self.c0 * factor,
            c1: &self.c1 * factor,
            c2: &self.c2 * factor,
        }
    }

    /// `1 / a`, and 0 for 0.
    pub(crate) fn inverse(&self) -> Fq6 {
        let Fq6 { c0, c1, c2 } = self;
        let t0 = &c0.square() - &(c1 * c2).times_xi();
        let t1 = &c2.square().times_xi() - &(c0 * c1);
        let t2 = &c1.square() - &(c0 * c2);
        let norm = &(c0 * &t0) + &(&(c2 * &t1) + &(c1 * &t2)).times_xi();
        Fq6 {
            c0: t0,
            c1: t1,
            c2: t2,
        }
        .scale(&norm.inverse())
    }
}

impl Add for &Fq6 {
    type Output = Fq6;

    fn add(self, other: &Fq6) -> Fq6 {
        Fq6 {
            c0: &self.c0 + &other.c0,
            c1: &self.c1 + &other.c1,
            c2: &self.c2 + &other.c2,
        }
    }
}

impl Sub for &Fq6 {
    type Output = Fq6;

    fn sub(self, other: &Fq6) -> Fq6 {
        Fq6 {
            c0: &self.c0 - &other.c0,
            c1: &self.c1 - &other.c1,
            c2: &self.c2 - &other.c2,
        }
    }
}

impl Neg for &Fq6 {
    type Output = Fq6;

    fn neg(self) -> Fq6 {
        Fq6 {
            c0: -&self.c0,
            c1: -&self.c1,
            c2: -&self.c2,
        }
    }
}

impl Mul for &Fq6 {
    type Output = Fq6;

    /// Karatsuba's way: six products.
    #[inline(never)]
    fn mul(self, other: &Fq6) -> Fq6 {
        let v0 = &self.c0 * &other.c0;
        let v1 = &self.c1 * &other.c1;
        let v2 = &self.c2 * &other.c2;
        let crossed =
            |a: &Fq2, b: &Fq2, c: &Fq2, d: &Fq2, done: &Fq2| &(&(a + b) * &(c + d)) - done;
        let x12 = crossed(&self.c1, &self.c2, &other.c1, &other.c2, &(&v1 + &v2));
        let x01 = crossed(&self.c0, &self.c1, &other.c0, &other.c1, &(&v0 + &v1));
        let x02 = crossed(&self.c0, &self.c2, &other.c0, &other.c2, &(&v0 + &v2));
        Fq6 {
            c0: &v0 + &x12.times_xi(),
            c1: &x01 + &v2.times_xi(),
            c2: &x02 + &v1,
        }
    }
}
