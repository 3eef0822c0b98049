//! Points of G1 among the inputs.

use super::builder::Builder;
use super::line::{Affine, Evaluation};
use crate::groth16::program::{Check, Equation, Linear, Product, Relation, Step, Value};

impl Affine {
    /// A point of the proof as two inputs.
    pub(super) fn input(builder: &mut Builder, name: &str) -> Self {
        Self {
            x_over_y: builder.element(format!("{name}/x-over-y")).into(),
            inverse_y: builder.element(format!("{name}/inverse-y")).into(),
        }
    }

    /// A step that is undefined if there is no such point: `1 / y` has an inverse. (`x / y` and `1 / y` that are both 0 satisfy
    /// the equation of the curve. They are what the point at infinity would look like.)
    pub(super) fn finite(&self, builder: &mut Builder, name: &str) {
        let y = builder.value();
        let inverse = Relation {
            products: vec![Product::of(1, y, self.inverse_y.clone())],
            linear: Linear::constant(&(-1).into()),
        };
        builder.step(Step {
            name: format!("{name}/finite"),
            hidden: vec![y],
            outputs: vec![],
            equations: vec![Equation::Relation(inverse)],
            undefined: vec![self.inverse_y.clone().into()],
        });
    }

    /// The coordinates x and y, from a step that is undefined if there is no such point.
    pub(super) fn coordinates(&self, builder: &mut Builder, name: &str) -> [Linear; 2] {
        let [x, y]: [Value; 2] = builder.array();
        let quotients = [
            Relation {
                products: vec![Product::of(1, y, self.inverse_y.clone())],
                linear: Linear::constant(&(-1).into()),
            },
            Relation {
                products: vec![Product::of(1, y, self.x_over_y.clone())],
                linear: Linear::default().plus(-1, &x.into()),
            },
        ];
        builder.step(Step {
            name: format!("{name}/coordinates"),
            hidden: vec![],
            outputs: vec![vec![x, y]],
            equations: quotients.map(Equation::Relation).into(),
            undefined: vec![self.inverse_y.clone().into()],
        });
        [x.into(), y.into()]
    }

    /// The check that it is on the curve, `y^2 = x^3 + 3`, divided by y^3: `1 / y = (x / y)^3 + 3 (1 / y)^3`.
    pub(super) fn on_curve(&self, builder: &mut Builder, name: &str) {
        let [x_square, y_square] = builder.array();
        let square = |of: &Linear, result| Relation {
            products: vec![Product::of(1, of.clone(), of.clone())],
            linear: Linear::default().plus(-1, &Linear::from(result)),
        };
        let equations = [
            square(&self.x_over_y, x_square),
            square(&self.inverse_y, y_square),
        ];
        let claim = Relation {
            products: vec![
                Product::of(1, x_square, self.x_over_y.clone()),
                Product::of(3, y_square, self.inverse_y.clone()),
            ],
            linear: Linear::default().plus(-1, &self.inverse_y),
        };
        builder.check(Check {
            name: format!("{name}/on-curve"),
            hidden: vec![x_square, y_square],
            equations: equations.map(Equation::Relation).into(),
            claims: vec![claim],
        });
    }
}

impl Evaluation {
    /// A point of the proof as two inputs, or three.
    pub(super) fn input(builder: &mut Builder, name: &str, parabolas: bool) -> Self {
        let at = Affine::input(builder, name);
        let square = parabolas.then(|| builder.element(format!("{name}/x-square-over-y")));
        Self {
            at,
            square_over_y: square.map(Linear::from),
        }
    }

    /// The check that the third value belongs to the others: `(x^2 / y) (1 / y) = (x / y)^2`.
    pub(super) fn is_consistent(&self, builder: &mut Builder, name: &str) {
        let Some(square_over_y) = &self.square_over_y else {
            return;
        };
        let Affine {
            x_over_y,
            inverse_y,
        } = &self.at;
        let claim = Relation {
            products: vec![
                Product::of(1, square_over_y.clone(), inverse_y.clone()),
                Product::of(-1, x_over_y.clone(), x_over_y.clone()),
            ],
            linear: Linear::default(),
        };
        builder.check(Check {
            name: format!("{name}/square"),
            claims: vec![claim],
            ..Check::default()
        });
    }

    /// The point with these coordinates, from a step of its own: `y (1 / y) = 1`, `y (x / y) = x`, `x (x / y) = x^2 / y`. Undefined if
    /// y = 0, which is no point of G1.
    pub(super) fn of(
        builder: &mut Builder,
        name: &str,
        [x, y]: &[Linear; 2],
        parabolas: bool,
    ) -> Self {
        let product = |left: &Linear, right: &Linear, product: &Linear| {
            Equation::Relation(Relation {
                products: vec![Product::of(1, left.clone(), right.clone())],
                linear: Linear::default().plus(-1, product),
            })
        };
        let values: [Value; 2] = builder.array();
        let [x_over_y, inverse_y] = values.map(Linear::from);
        let mut output = values.to_vec();
        let mut equations = vec![
            product(y, &inverse_y, &Linear::constant(&1.into())),
            product(y, &x_over_y, x),
        ];
        let square = parabolas.then(|| builder.value());
        let square_over_y = square.map(Linear::from);
        output.extend(square);
        equations.extend(
            square_over_y
                .iter()
                .map(|square| product(x, &x_over_y, square)),
        );
        builder.step(Step {
            name: format!("{name}/quotients"),
            hidden: vec![],
            outputs: vec![output],
            equations,
            undefined: vec![y.clone().into()],
        });
        Self {
            at: Affine {
                x_over_y,
                inverse_y,
            },
            square_over_y,
        }
    }
}
