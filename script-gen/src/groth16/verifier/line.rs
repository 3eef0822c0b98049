//! Lines of the Miller loop, and the points of G1 at which they are taken.
//!
//! A line through a point T = (x_T, y_T) of the twist with slope lambda is, at P = (x_P, y_P) and divided by y_P,
//! `1 + (-lambda x' + mu y'' v) w` with `x' = x_P / y_P`, `y'' = 1 / y_P` and `mu = lambda x_T - y_T`.

use ark_bn254::{Config, Fq2, G2Affine};
use ark_ec::bn::BnConfig;
use ark_ff::{AdditiveGroup, Field};

use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum};
use crate::groth16::program::{Equation, Linear, Value};

/// A point of G1 as lines read it.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    /// `x / y`.
    pub(super) x_over_y: Linear,
    /// `1 / y`.
    pub(super) inverse_y: Linear,
}

/// A move of the Miller loop: what happens to the point T of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// T becomes 2 T. The number is that of the digit.
    Double(usize),
    /// T becomes T + Q.
    Add(usize),
    /// T becomes T - Q.
    Subtract(usize),
    /// T becomes T + psi(Q).
    Frobenius,
    /// T becomes T - psi^2(Q).
    FrobeniusSquare,
}

impl Move {
    /// All moves, in their order.
    pub(super) fn all() -> Vec<Self> {
        let mut digits = Config::ATE_LOOP_COUNT.iter().enumerate().rev();
        digits.next();
        let digits = digits.flat_map(|(place, digit)| {
            let chord = match digit {
                1 => Some(Self::Add(place)),
                -1 => Some(Self::Subtract(place)),
                _ => None,
            };
            [Self::Double(place)].into_iter().chain(chord)
        });
        digits
            .chain([Self::Frobenius, Self::FrobeniusSquare])
            .collect()
    }

    /// Its place in names.
    pub(super) fn name(self) -> String {
        match self {
            Self::Double(place) => format!("{place}/double"),
            Self::Add(place) => format!("{place}/add"),
            Self::Subtract(place) => format!("{place}/subtract"),
            Self::Frobenius => "frobenius-1/add".to_owned(),
            Self::FrobeniusSquare => "frobenius-2/subtract".to_owned(),
        }
    }
}

/// A line through a constant point.
#[derive(Clone, Copy, Debug)]
pub(super) struct FixedLine {
    lambda: Fq2,
    mu: Fq2,
}

/// A coefficient, with the values and equations that a step which reads it has to include.
#[derive(Clone, Debug)]
pub(super) struct Coefficient {
    /// The coefficient.
    pub(super) form: Quadratic,
    /// Values of the step.
    pub(super) hidden: Vec<Value>,
    /// What determines them.
    pub(super) equations: Vec<Equation>,
}

/// Makes a coefficient for a step. Of a line, coefficient 0 is that of w and coefficient 1 that of v w.
pub(super) type Coefficients<'a> = &'a dyn Fn(&mut Builder, usize) -> Coefficient;

impl From<Quadratic> for Coefficient {
    fn from(form: Quadratic) -> Self {
        Self {
            form,
            hidden: vec![],
            equations: vec![],
        }
    }
}

impl Coefficient {
    /// A new value that this sum determines together with it.
    pub(super) fn hidden(
        builder: &mut Builder,
        sum: impl FnOnce(&Quadratic) -> QuadraticSum,
    ) -> Self {
        let values: [Value; 2] = builder.array();
        let form = Quadratic::from(values);
        Self {
            equations: sum(&form).equations().into(),
            hidden: values.into(),
            form,
        }
    }
}

impl FixedLine {
    /// The lines of all moves for a point. None if the chain of points is not defined, which does not happen in the
    /// subgroup of order r.
    pub(super) fn chain(q: G2Affine) -> Option<Vec<Self>> {
        let (mut x, mut y) = (q.x, q.y);
        let line = |kind: &Move| {
            let (dx, dy) = match kind {
                Move::Double(_) => (y.double(), x.square() * Fq2::from(3u64)),
                Move::Add(_) => (x - q.x, y - q.y),
                Move::Subtract(_) => (x - q.x, y + q.y),
                Move::Frobenius => {
                    let psi = psi(q);
                    (x - psi.x, y - psi.y)
                }
                Move::FrobeniusSquare => {
                    let psi = psi(psi(q));
                    (x - psi.x, y + psi.y)
                }
            };
            let lambda = dy * dx.inverse()?;
            let mu = lambda * x - y;
            let other = match kind {
                Move::Double(_) => x,
                _ => x - dx,
            };
            x = lambda.square() - x - other;
            y = mu - lambda * x;
            Some(Self { lambda, mu })
        };
        Move::all().iter().map(line).collect()
    }

    /// A coefficient of the line at a point, as a hidden value.
    pub(super) fn at(&self, builder: &mut Builder, point: &Affine, place: usize) -> Coefficient {
        let (coordinate, factor) = match place {
            0 => (&point.x_over_y, self.lambda),
            _ => (&point.inverse_y, -self.mu),
        };
        let coordinate = Quadratic::real(coordinate);
        Coefficient::hidden(builder, |form| {
            let sum = QuadraticSum::default().by_constant(&coordinate, factor);
            sum.linear(1, form)
        })
    }
}

/// The Frobenius endomorphism of the twist.
pub(super) fn psi(q: G2Affine) -> G2Affine {
    let [mut x, mut y] = [q.x, q.y];
    x.conjugate_in_place();
    y.conjugate_in_place();
    G2Affine::new_unchecked(x * Config::TWIST_MUL_BY_Q_X, y * Config::TWIST_MUL_BY_Q_Y)
}
