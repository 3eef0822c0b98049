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

/// A point of G1 as lines and perhaps parabolas read it.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    /// As lines do.
    pub(super) at: Affine,
    /// `x'' = x^2 / y`, if there are parabolas.
    pub(super) square_over_y: Option<Linear>,
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

/// A line through constant points, or the product of two divided by a vertical line.
#[derive(Clone, Debug)]
pub(super) enum FixedLine {
    /// `1 + (-lambda x' + mu y'' v) w`.
    Line {
        /// The slope.
        lambda: Fq2,
        /// `lambda x_T - y_T`.
        mu: Fq2,
    },
    /// `b + w` with `b = b0 x'' + b1 x' v + b2 y'' v^2`: the parabola of a doubling and the addition after it.
    Parabola {
        /// x''.
        square_over_y: Linear,
        /// The constants.
        b: [Fq2; 3],
    },
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
    /// What each move contributes for a point. With parabolas, which x'' is needed for, a doubling before an addition contributes
    /// nothing: the parabola serves for both. None if the chain of points is not defined, which does not happen in the subgroup of
    /// order r.
    pub(super) fn chain(q: G2Affine, square_over_y: Option<&Linear>) -> Option<Vec<Option<Self>>> {
        let moves = Move::all();
        let mut t = q;
        let mut last = q;
        let mut lines = vec![];
        for (place, kind) in moves.iter().enumerate() {
            let addend = match kind {
                Move::Double(_) => t,
                Move::Add(_) => q,
                Move::Subtract(_) => -q,
                Move::Frobenius => psi(q),
                Move::FrobeniusSquare => -psi(psi(q)),
            };
            let lambda = slope(t, addend)?;
            let is_chord = |kind: &Move| matches!(kind, Move::Add(_) | Move::Subtract(_));
            let is_followed = moves.get(place + 1).is_some_and(is_chord);
            lines.push(match square_over_y {
                Some(square_over_y) if is_chord(kind) => Some(Self::Parabola {
                    square_over_y: square_over_y.clone(),
                    b: parabola(last, addend)?,
                }),
                Some(_) if is_followed => None,
                _ => {
                    let mu = lambda * t.x - t.y;
                    Some(Self::Line { lambda, mu })
                }
            });
            last = t;
            t = third(t, addend, lambda);
        }
        Some(lines)
    }

    /// A coefficient at a point, as a hidden value: of a line those of w and v w, of a parabola those of 1, v and v^2.
    pub(super) fn at(&self, builder: &mut Builder, at: &Affine, place: usize) -> Coefficient {
        let (coordinate, factor) = match (self, place) {
            (Self::Line { lambda, .. }, 0) => (&at.x_over_y, -*lambda),
            (Self::Line { mu, .. }, _) => (&at.inverse_y, *mu),
            (Self::Parabola { square_over_y, b }, 0) => (square_over_y, b[0]),
            (Self::Parabola { b, .. }, 1) => (&at.x_over_y, b[1]),
            (Self::Parabola { b, .. }, _) => (&at.inverse_y, b[2]),
        };
        let coordinate = Quadratic::real(coordinate);
        Coefficient::hidden(builder, |form| {
            QuadraticSum::default()
                .by_constant(&coordinate, factor)
                .linear(-1, form)
        })
    }
}

/// The function with the divisor `2 (T) + (Q) + (-2T - Q) - 4 (O)`, divided by y and its coefficient of w: by the lines through T
/// and Q and through T and S = T + Q it is
/// `(x - x_T)(x + x_T + x_S + lambda_1 lambda_2) - (lambda_1 + lambda_2)(y - y_T)`.
fn parabola(t: G2Affine, q: G2Affine) -> Option<[Fq2; 3]> {
    let first = slope(t, q)?;
    let sum = third(t, q, first);
    let second = slope(t, sum)?;
    let sigma = first + second;
    let kappa = sum.x + first * second;
    let nu = sigma * t.y - t.x.square() - t.x * kappa;
    let factor = -sigma.inverse()?;
    Some([factor, kappa * factor, nu * factor])
}

/// The slope of the line through two points, or of a tangent.
fn slope(a: G2Affine, b: G2Affine) -> Option<Fq2> {
    let (dy, dx) = match a == b {
        true => (a.x.square() * Fq2::from(3u64), a.y.double()),
        false => (a.y - b.y, a.x - b.x),
    };
    Some(dy * dx.inverse()?)
}

/// The sum of two points, from that slope.
fn third(a: G2Affine, b: G2Affine, slope: Fq2) -> G2Affine {
    let x = slope.square() - a.x - b.x;
    G2Affine::new_unchecked(x, slope * (a.x - x) - a.y)
}

/// The Frobenius endomorphism of the twist.
pub(super) fn psi(q: G2Affine) -> G2Affine {
    let [mut x, mut y] = [q.x, q.y];
    x.conjugate_in_place();
    y.conjugate_in_place();
    G2Affine::new_unchecked(x * Config::TWIST_MUL_BY_Q_X, y * Config::TWIST_MUL_BY_Q_Y)
}
