//! The chain of points that starts with the proof's B, and its lines at the proof's A.

use ark_bn254::{Config, Fq2};
use ark_ec::bn::BnConfig;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::One;

use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum};
use super::line::{Affine, Move};
use crate::groth16::program::{Check, Equation, Member, Relation, Step, Value};

/// A point of the twist.
#[derive(Clone, Debug)]
pub(super) struct TwistPoint {
    /// Its x.
    pub(super) x: Quadratic,
    /// Its y.
    pub(super) y: Quadratic,
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

    /// The image as a point, from a step of its own.
    fn point(&self, builder: &mut Builder, name: &str, b: &TwistPoint) -> TwistPoint {
        let values: [[Value; 2]; 2] = [builder.array(), builder.array()];
        let [x, y] = values.map(Quadratic::from);
        let equations = [
            self.difference(&x, self.x, &b.x),
            self.difference(&y, self.y, &b.y),
        ];
        builder.step(Step {
            name: format!("point/{name}/image"),
            outputs: vec![values.concat()],
            equations: equations
                .into_iter()
                .flat_map(QuadraticSum::equations)
                .collect(),
            ..Step::default()
        });
        TwistPoint { x, y }
    }
}

/// The slope lambda of a line through T, and mu = lambda x_T - y_T, as values of a step that is being written.
struct Slope {
    lambda: Quadratic,
    mu: Quadratic,
    other_x: Quadratic,
    hidden: Vec<Value>,
    equations: Vec<Equation>,
    undefined: Vec<Relation>,
}

impl Slope {
    /// Of the line through T and what is added to it, or of the tangent. Undefined if it is vertical or not determined: y_T = 0
    /// when T is doubled, equal x otherwise.
    fn new(builder: &mut Builder, t: &TwistPoint, addend: Option<&TwistPoint>) -> Self {
        let values: [[Value; 2]; 2] = [builder.array(), builder.array()];
        let hidden = values.concat();
        let [lambda, mu] = values.map(Quadratic::from);
        let sum = QuadraticSum::default;
        let mut equations = vec![];
        let (slope, denominator, other_x) = match addend {
            None => {
                let slope = sum().product(2, &lambda, &t.y).square(-3, &t.x);
                (slope, t.y.clone(), t.x.clone())
            }
            Some(addend) => {
                let dx = t.x.clone().plus(-1, &addend.x);
                let slope = sum()
                    .product(1, &lambda, &dx)
                    .linear(-1, &t.y)
                    .linear(1, &addend.y);
                (slope, dx, addend.x.clone())
            }
        };
        equations.extend(slope.equations());
        // mu = lambda x_T - y_T
        let offset = sum().product(-1, &lambda, &t.x).linear(1, &t.y);
        equations.extend(offset.linear(1, &mu).equations());
        Self {
            lambda,
            mu,
            other_x,
            hidden,
            equations,
            undefined: denominator.vanishes().into(),
        }
    }

    /// The next T: `x = lambda^2 - x_T - x_Q`, `y = mu - lambda x`.
    fn next(&mut self, builder: &mut Builder, t: &TwistPoint) -> [[Value; 2]; 2] {
        let values = [builder.array(), builder.array()];
        let [x, y] = values.map(Quadratic::from);
        let sums = [
            QuadraticSum::default()
                .square(-1, &self.lambda)
                .linear(1, &t.x)
                .linear(1, &self.other_x)
                .linear(1, &x),
            QuadraticSum::default()
                .product(1, &self.lambda, &x)
                .linear(-1, &self.mu)
                .linear(1, &y),
        ];
        let equations = sums.into_iter().flat_map(QuadraticSum::equations);
        self.equations.extend(equations);
        values
    }

    /// The coefficients of the line: `y0 = -lambda x'`, `y1 = mu y''`.
    fn line(&mut self, builder: &mut Builder, at: &Affine) -> [[Value; 2]; 2] {
        let values = [builder.array(), builder.array()];
        let [y0, y1] = values.map(Quadratic::from);
        let sums = [
            QuadraticSum::default()
                .product(1, &self.lambda, &Quadratic::real(&at.x_over_y))
                .linear(1, &y0),
            QuadraticSum::default()
                .product(-1, &self.mu, &Quadratic::real(&at.inverse_y))
                .linear(1, &y1),
        ];
        let equations = sums.into_iter().flat_map(QuadraticSum::equations);
        self.equations.extend(equations);
        values
    }

    fn step(self, name: String, outputs: Vec<Member>) -> Step {
        Step {
            name,
            hidden: self.hidden,
            outputs,
            equations: self.equations,
            undefined: self.undefined,
        }
    }
}

impl TwistPoint {
    /// One move from T = `self`, with Q = `b`: the new T, and the line at `at`. They are two members of one step, so that
    /// who needs the one does not open the other, or outputs of two steps that both compute the slope.
    pub(super) fn advance(
        &self,
        builder: &mut Builder,
        kind: Move,
        b: &Self,
        at: &Affine,
        apart: bool,
    ) -> (Self, [Quadratic; 2]) {
        let name = kind.name();
        let addend = match kind {
            Move::Double(_) => None,
            Move::Add(_) => Some(b.clone()),
            Move::Subtract(_) => Some(Self {
                x: b.x.clone(),
                y: b.y.times(-1),
            }),
            Move::Frobenius => Some(Image::first().point(builder, &name, b)),
            Move::FrobeniusSquare => {
                let image = Image::first().next().opposite();
                Some(image.point(builder, &name, b))
            }
        };
        let mut slope = Slope::new(builder, self, addend.as_ref());
        let next = slope.next(builder, self);
        let mut outputs = vec![next.concat()];
        let mut step = format!("point/{name}");
        if apart {
            builder.step(slope.step(step, outputs));
            step = format!("line/{name}");
            slope = Slope::new(builder, self, addend.as_ref());
            outputs = vec![];
        }
        let line = slope.line(builder, at);
        outputs.push(line.concat());
        builder.step(slope.step(step, outputs));
        let [x, y] = next.map(Quadratic::from);
        (Self { x, y }, line.map(Quadratic::from))
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
