//! G1: y^2 = x^3 + 3 over Fq, all of whose points are in the group.

use super::super::field::Fq;

/// Three, the curve's constant.
const B: Fq = Fq::constant("3");
/// Digits of a scalar in signed binary form: one more than its bits.
const DIGITS: usize = 255;

/// A point that is not at infinity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct G1 {
    /// Abscissa.
    pub(crate) x: Fq,
    /// Ordinate.
    pub(crate) y: Fq,
}

impl G1 {
    /// The two points with this abscissa, opposite to each other: one of them.
    pub(crate) fn with_x(x: &Fq) -> Option<G1> {
        Some(G1 {
            x: *x,
            y: right_side(x).root()?,
        })
    }

    /// Whether the coordinates satisfy the curve's equation.
    pub(crate) fn is_on_curve(&self) -> bool {
        self.y.square() == right_side(&self.x)
    }

    /// The opposite point.
    pub(crate) fn opposite(&self) -> G1 {
        G1 {
            x: self.x,
            y: -&self.y,
        }
    }
}

/// `x^3 + 3`.
fn right_side(x: &Fq) -> Fq {
    &(&x.square() * x) + &B
}

/// The point `(x / z^2, y / z^3)`, at infinity if z = 0.
struct Jacobian {
    x: Fq,
    y: Fq,
    z: Fq,
}

impl Jacobian {
    const INFINITY: Jacobian = Jacobian {
        x: Fq::ONE,
        y: Fq::ONE,
        z: Fq::ZERO,
    };

    /// "dbl-2009-l" of the Explicit-Formulas Database.
    #[inline(never)]
    fn double(&mut self) {
        let a = self.x.square();
        let b = self.y.square();
        let c = b.square();
        let d = (&(&(&self.x + &b).square() - &a) - &c).double();
        let e = &a.double() + &a;
        self.z = (&self.y * &self.z).double();
        self.x = &e.square() - &d.double();
        self.y = &(&e * &(&d - &self.x)) - &c.double().double().double();
    }

    /// Adds a point. "madd": z of the sum is `z h`, where h = 0 says that the abscissas agree.
    #[inline(never)]
    fn add(&mut self, x: &Fq, y: &Fq) {
        if self.z.is_zero() {
            *self = Jacobian {
                x: *x,
                y: *y,
                z: Fq::ONE,
            };
            return;
        }
        let z2 = self.z.square();
        let h = &(x * &z2) - &self.x;
        let r = &(y * &(&z2 * &self.z)) - &self.y;
        if h.is_zero() {
            if r.is_zero() {
                self.double();
            } else {
                *self = Jacobian::INFINITY;
            }
            return;
        }
        let h2 = h.square();
        let h3 = &h * &h2;
        let v = &self.x * &h2;
        self.x = &(&r.square() - &h3) - &v.double();
        self.y = Fq::difference_of_products(&r, &(&v - &self.x), &self.y, &h3);
        self.z = &self.z * &h;
    }
}

/// `points[0] + sum scalars[i] points[i + 1]`; none if that is the point at infinity. The doublings are shared.
pub(crate) fn sum_of_multiples<const N: usize>(points: &[G1], scalars: &[[u32; 8]]) -> Option<G1> {
    let mut digits = [[0; DIGITS]; N];
    for (digits, scalar) in digits.iter_mut().zip(scalars) {
        *digits = signed_digits(scalar);
    }
    let mut sum = Jacobian::INFINITY;
    for place in (0..DIGITS).rev() {
        sum.double();
        for (digits, point) in digits[..scalars.len()].iter().zip(&points[1..]) {
            match digits[place] {
                0 => {}
                1 => sum.add(&point.x, &point.y),
                _ => sum.add(&point.x, &-&point.y),
            }
        }
    }
    sum.add(&points[0].x, &points[0].y);
    if sum.z.is_zero() {
        return None;
    }
    let inverse = sum.z.inverse();
    let square = inverse.square();
    Some(G1 {
        x: &sum.x * &square,
        y: &sum.y * &(&square * &inverse),
    })
}

/// The non-adjacent form of a scalar below 2^254: bit i of 3 k less bit i of k is digit i - 1.
fn signed_digits(scalar: &[u32; 8]) -> [i8; DIGITS] {
    let mut triple = [0; 8];
    let mut carry = 0;
    for (triple, &word) in triple.iter_mut().zip(scalar) {
        carry += 3 * u64::from(word);
        *triple = carry as u32;
        carry >>= 32;
    }
    let mut digits = [0; DIGITS];
    for (i, digit) in digits.iter_mut().enumerate() {
        let (word, bit) = ((i + 1) / 32, (i + 1) % 32);
        *digit = (triple[word] >> bit & 1) as i8 - (scalar[word] >> bit & 1) as i8;
    }
    digits
}
