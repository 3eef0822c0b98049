//! Fq2 = Fq\[u\]/(u^2 + 1).

use super::Fq;
use core::ops::{Add, Mul, Neg, Sub};

/// `c0 + c1 u`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fq2 {
    /// The coefficient of 1.
    pub(crate) c0: Fq,
    /// The coefficient of u.
    pub(crate) c1: Fq,
}

impl Fq2 {
    /// Zero.
    pub(crate) const ZERO: Fq2 = Fq2 {
        c0: Fq::ZERO,
        c1: Fq::ZERO,
    };
    /// One.
    pub(crate) const ONE: Fq2 = Fq2 {
        c0: Fq::ONE,
        c1: Fq::ZERO,
    };

    /// The element with these hexadecimal coefficients.
    pub(crate) const fn constant(c0: &str, c1: &str) -> Fq2 {
        Fq2 {
            c0: Fq::constant(c0),
            c1: Fq::constant(c1),
        }
    }

    /// Whether this is zero.
    pub(crate) fn is_zero(&self) -> bool {
        self.c0.is_zero() && self.c1.is_zero()
    }

    /// Whether this comes after its negative when elements are ordered by c1, then by c0.
    pub(crate) fn is_larger_root(&self) -> bool {
        if self.c1.is_zero() {
            self.c0.is_larger_root()
        } else {
            self.c1.is_larger_root()
        }
    }

    /// `2 a`.
    pub(crate) fn double(&self) -> Fq2 {
        self + self
    }

    /// `3 a`.
    pub(crate) fn triple(&self) -> Fq2 {
        &self.double() + self
    }

    /// `a^2 = (c0 + c1)(c0 - c1) + 2 c0 c1 u`.
    #[inline(never)]
    pub(crate) fn square(&self) -> Fq2 {
        Fq2 {
            c0: &(&self.c0 + &self.c1) * &(&self.c0 - &self.c1),
            c1: &self.c0.double() * &self.c1,
        }
    }

    /// The product with an element of Fq.
    pub(crate) fn scale(&self, factor: &Fq) -> Fq2 {
        Fq2 {
            c0: &self.c0 * factor,
            c1: &self.c1 * factor,
        }
    }

    /// `c0 - c1 u`, which is the p-th power.
    pub(crate) fn conjugate(&self) -> Fq2 {
        Fq2 {
            c0: self.c0,
            c1: -&self.c1,
        }
    }

    /// The product with xi = 9 + u.
    pub(crate) fn times_xi(&self) -> Fq2 {
        Fq2 {
            c0: self.c0.nine_times_minus(&self.c1),
            c1: self.c1.nine_times_plus(&self.c0),
        }
    }

    /// `1 / a`, and 0 for 0.
    pub(crate) fn inverse(&self) -> Fq2 {
        self.conjugate().scale(&self.norm().inverse())
    }

    /// `c0^2 + c1^2`.
    fn norm(&self) -> Fq {
        Fq::sum_of_products(&self.c0, &self.c0, &self.c1, &self.c1)
    }

    /// A root, if this is a square.
    ///
    /// With n = c0^2 + c1^2 = s^2, the real part x of a root has x^2 = (c0 + s) / 2 or (c0 - s) / 2. Let t be the first
    /// and r = t^((p-3)/4). If t is a square, x = t r and 1/x = r, so that the imaginary part is c1 r / 2. Else t r is a
    /// root of -t and -r its inverse, and because the product of the two is -(c1/2)^2, the root is -c1 r / 2 + t r u.
    pub(crate) fn root(&self) -> Option<Fq2> {
        if self.c1.is_zero() {
            let (root, is_square) = self.c0.root_or_that_of_the_negative();
            return Some(if is_square {
                Fq2 {
                    c0: root,
                    c1: Fq::ZERO,
                }
            } else {
                Fq2 {
                    c0: Fq::ZERO,
                    c1: root,
                }
            });
        }
        let square = (&self.c0 + &self.norm().root()?).half();
        let inverse = square.root_of_the_inverse();
        let part = &square * &inverse;
        let other = (&self.c1 * &inverse).half();
        Some(if part.square() == square {
            Fq2 {
                c0: part,
                c1: other,
            }
        } else {
            Fq2 {
                c0: -&other,
                c1: part,
            }
        })
    }
}

impl Add for &Fq2 {
    type Output = Fq2;

    fn add(self, other: &Fq2) -> Fq2 {
        Fq2 {
            c0: &self.c0 + &other.c0,
            c1: &self.c1 + &other.c1,
        }
    }
}

impl Sub for &Fq2 {
    type Output = Fq2;

    fn sub(self, other: &Fq2) -> Fq2 {
        Fq2 {
            c0: &self.c0 - &other.c0,
            c1: &self.c1 - &other.c1,
        }
    }
}

impl Neg for &Fq2 {
    type Output = Fq2;

    fn neg(self) -> Fq2 {
        Fq2 {
            c0: -&self.c0,
            c1: -&self.c1,
        }
    }
}

impl Mul for &Fq2 {
    type Output = Fq2;

    #[inline(never)]
    fn mul(self, other: &Fq2) -> Fq2 {
        Fq2 {
            c0: Fq::difference_of_products(&self.c0, &other.c0, &self.c1, &other.c1),
            c1: Fq::sum_of_products(&self.c0, &other.c1, &self.c1, &other.c0),
        }
    }
}
