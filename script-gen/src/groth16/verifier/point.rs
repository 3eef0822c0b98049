//! The chain of points that starts with the proof's B, and its lines at the proof's A.

use ark_bn254::{Config, Fq2};
use ark_ec::bn::BnConfig;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::One;

use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum};
use super::line::{Affine, Line, Move};
use crate::groth16::program::{Check, Equation, Step, Value};

/// A point of the twist.
#[derive(Clone, Debug)]
pub(super) struct TwistPoint {
    /// Its x.
    pub(super) x: Quadratic,
    /// Its y.
    pub(super) y: Quadratic,
}

/// What is added to T: itself, or another point, with what determines that point's coordinates in the same step.
struct Addend {
    x: Quadratic,
    y: Quadratic,
    hidden: Vec<Value>,
    equations: Vec<Equation>,
}

/// An image of B under a power of psi: `x` and `y`, conjugated or not, times constants.
struct Image {
    conjugate: bool,
    x: Fq2,
    y: Fq2,
}

impl Image {
    /// `psi(B)`.
    fn first() -> Self {
        Self {
            conjugate: true,
            x: Config::TWIST_MUL_BY_Q_X,
            y: Config::TWIST_MUL_BY_Q_Y,
        }
    }

    /// `psi` of this, and its opposite.
    fn next(&self) -> Self {
        let [mut x, mut y] = [self.x, self.y];
        x.conjugate_in_place();
        y.conjugate_in_place();
        Self {
            conjugate: !self.conjugate,
            x: x * Config::TWIST_MUL_BY_Q_X,
            y: y * Config::TWIST_MUL_BY_Q_Y,
        }
    }

    fn opposite(mut self) -> Self {
        self.y = -self.y;
        self
    }

    /// `form - factor * coordinate`, for a coordinate of B.
    fn difference(&self, form: &Quadratic, factor: Fq2, coordinate: &Quadratic) -> QuadraticSum {
        let coordinate = match self.conjugate {
            true => coordinate.clone().conjugate(),
            false => coordinate.clone(),
        };
        let sum = QuadraticSum::default().linear(1, form);
        match factor == Fq2::one() {
            true => sum.linear(-1, &coordinate),
            false => sum.by_constant(&coordinate, -factor),
        }
    }

    /// The image as an addend.
    fn addend(&self, builder: &mut Builder, b: &TwistPoint) -> Addend {
        let hidden: [Value; 4] = builder.array();
        let [x, y] = [[hidden[0], hidden[1]], [hidden[2], hidden[3]]].map(Quadratic::from);
        let equations = [
            self.difference(&x, self.x, &b.x),
            self.difference(&y, self.y, &b.y),
        ];
        Addend {
            x,
            y,
            hidden: hidden.to_vec(),
            equations: equations
                .into_iter()
                .flat_map(QuadraticSum::equations)
                .collect(),
        }
    }
}

impl TwistPoint {
    /// The step of one move, from T = `self` and Q = `b`: the new T, and the line at `at`. The step's outputs are the new
    /// T as one member and the line as another, so that who needs the one does not open the other.
    ///
    /// Undefined if the line is vertical or not determined: y_T = 0 when T is doubled, equal x otherwise.
    pub(super) fn advance(
        &self,
        builder: &mut Builder,
        kind: Move,
        b: &Self,
        at: &Affine,
    ) -> (Self, Line) {
        let b_itself = |y: Quadratic| Addend {
            x: b.x.clone(),
            y,
            hidden: vec![],
            equations: vec![],
        };
        let addend = match kind {
            Move::Double(_) => None,
            Move::Add(_) => Some(b_itself(b.y.clone())),
            Move::Subtract(_) => Some(b_itself(b.y.times(-1))),
            Move::Frobenius => Some(Image::first().addend(builder, b)),
            Move::FrobeniusSquare => Some(Image::first().next().opposite().addend(builder, b)),
        };
        let [lambda, mu, x, y, y0, y1]: [[Value; 2]; 6] = std::array::from_fn(|_| builder.array());
        let mut hidden = [lambda, mu].concat();
        let outputs = vec![[x, y].concat(), [y0, y1].concat()];
        let [lambda, mu, x, y, y0, y1] = [lambda, mu, x, y, y0, y1].map(Quadratic::from);
        let sum = QuadraticSum::default;
        let mut equations = vec![];
        let (slope, denominator, other_x) = match addend {
            None => {
                let slope = sum().product(2, &lambda, &self.y).square(-3, &self.x);
                (slope, self.y.clone(), self.x.clone())
            }
            Some(addend) => {
                hidden.extend(addend.hidden);
                equations.extend(addend.equations);
                let dx = self.x.clone().plus(-1, &addend.x);
                let slope = sum()
                    .product(1, &lambda, &dx)
                    .linear(-1, &self.y)
                    .linear(1, &addend.y);
                (slope, dx, addend.x)
            }
        };
        let sums = [
            slope,
            // mu = lambda x_T - y_T
            sum()
                .product(-1, &lambda, &self.x)
                .linear(1, &self.y)
                .linear(1, &mu),
            // x = lambda^2 - x_T - x_Q
            sum()
                .square(-1, &lambda)
                .linear(1, &self.x)
                .linear(1, &other_x)
                .linear(1, &x),
            // y = mu - lambda x
            sum().product(1, &lambda, &x).linear(-1, &mu).linear(1, &y),
            // y0 = -lambda x', y1 = mu y''
            sum()
                .product(1, &lambda, &Quadratic::real(&at.x_over_y))
                .linear(1, &y0),
            sum()
                .product(-1, &mu, &Quadratic::real(&at.inverse_y))
                .linear(1, &y1),
        ];
        equations.extend(sums.into_iter().flat_map(QuadraticSum::equations));
        builder.step(Step {
            name: format!("point/{}", kind.name()),
            hidden,
            outputs,
            equations,
            undefined: denominator.vanishes().into(),
        });
        let line = Line {
            y0,
            y1,
            hidden: vec![],
            equations: vec![],
        };
        (Self { x, y }, line)
    }

    /// The check that B is on the twist: `y^2 = x^3 + 3 / xi`.
    pub(super) fn on_twist(&self, builder: &mut Builder) {
        let hidden: [Value; 2] = builder.array();
        let square = Quadratic::from(hidden);
        let sum = QuadraticSum::default;
        let constant = Quadratic::from(ark_bn254::g2::Config::COEFF_B);
        let equation = sum().square(-1, &self.x).linear(1, &square);
        let claims = sum()
            .square(1, &self.y)
            .product(-1, &square, &self.x)
            .linear(-1, &constant);
        builder.check(Check {
            name: "proof/b/on-twist".to_owned(),
            hidden: hidden.to_vec(),
            equations: equation.equations().into(),
            claims: claims.relations().into(),
        });
    }

    /// The check that B is in G2, from the last point T of the chain: `T = -psi^3(B)`.
    pub(super) fn in_subgroup(&self, builder: &mut Builder, last: &Self) {
        let image = Image::first().next().next().opposite();
        let claims = [
            image.difference(&last.x, image.x, &self.x),
            image.difference(&last.y, image.y, &self.y),
        ];
        builder.check(Check {
            name: "proof/b/in-subgroup".to_owned(),
            claims: claims
                .into_iter()
                .flat_map(QuadraticSum::relations)
                .collect(),
            ..Check::default()
        });
    }
}
