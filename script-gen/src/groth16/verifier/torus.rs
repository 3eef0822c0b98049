//! Accumulators in the quotient Fq12* / Fq6*: an element a of Fq6 stands for the class of a + w.

use ark_bn254::{Fq6, Fq12};
use ark_ff::{Field, One, Zero};

use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum, Sextic, SexticSum};
use super::line::Line;
use crate::groth16::program::{Equation, Relation, Step, Value};

/// The class of `a + w`, for the a that it holds.
#[derive(Clone, Debug)]
pub(super) struct Torus(pub(super) Sextic);

/// v.
fn v() -> Fq6 {
    Fq6::new(Zero::zero(), One::one(), Zero::zero())
}

/// The a for the class of an element; none if it is in Fq6 and has none.
pub(super) fn compress(element: Fq12) -> Option<Fq6> {
    Some(element.c0 * element.c1.inverse()?)
}

impl Torus {
    /// The inverse: `-a`, since `(a + w)(-a + w) = v - a^2` is in Fq6.
    pub(super) fn inverse(&self) -> Self {
        Self(self.0.times(-1))
    }

    /// The square t: `a (2 t - a) = v`. Undefined if a = 0.
    pub(super) fn square(&self, builder: &mut Builder, name: String) -> Self {
        let a = &self.0;
        let output = builder.sextic();
        let t = Sextic::from(output);
        let sum = SexticSum::default()
            .product(a, &t.times(2).plus(-1, a))
            .linear(-1, &v().into());
        builder.step(step(
            name,
            vec![],
            output,
            sum.equations(),
            a.clone().vanishes(),
        ));
        Self(t)
    }

    /// The product t with a line `1 + y w`: `u = a y`, `t (1 + u) = a + y v`. Undefined if 1 + u = 0.
    pub(super) fn times_line(&self, builder: &mut Builder, name: String, line: Line) -> Self {
        let a = &self.0;
        let mut hidden = line.hidden;
        let mut equations = line.equations;
        let u = builder.sextic();
        let output = builder.sextic();
        hidden.extend(u.iter().flatten());
        let (u, t) = (Sextic::from(u), Sextic::from(output));
        let zero = Quadratic::from(ark_bn254::Fq2::zero());
        let y = Sextic([line.y0.clone(), line.y1.clone(), zero.clone()]);
        let yv = Sextic([zero, line.y0, line.y1]);
        let product = SexticSum::default().product(a, &y).linear(-1, &u);
        equations.extend(product.equations());
        let denominator = u.plus(1, &Fq6::one().into());
        let quotient = SexticSum::default()
            .product(&t, &denominator)
            .linear(-1, a)
            .linear(-1, &yv);
        equations.extend(quotient.equations());
        builder.step(step(
            name,
            hidden,
            output,
            equations,
            denominator.vanishes(),
        ));
        Self(t)
    }

    /// The product t with the class of `b + w`: `(t - a)(a + b) + a^2 = v`, which is `t (a + b) = a b + v` with fewer
    /// products. Undefined if a + b = 0.
    pub(super) fn times(&self, builder: &mut Builder, name: String, b: &Power) -> Self {
        let a = &self.0;
        let output = builder.sextic();
        let t = Sextic::from(output);
        let denominator = a.clone().plus(1, &b.class.0);
        let sum = SexticSum::default()
            .product(&t.clone().plus(-1, a), &denominator)
            .square(a)
            .linear(-1, &v().into());
        let mut equations = b.equations.clone();
        equations.extend(sum.equations());
        let undefined = denominator.vanishes();
        builder.step(step(name, b.hidden.clone(), output, equations, undefined));
        Self(t)
    }

    /// What says that the product with the class of `b + w` is the class of 1: `a + b = 0`.
    pub(super) fn is_inverse_of(&self, b: &Self) -> Vec<Relation> {
        self.0.clone().plus(1, &b.0).vanishes()
    }
}

fn step(
    name: String,
    hidden: Vec<Value>,
    output: [[Value; 2]; 3],
    equations: Vec<Equation>,
    undefined: Vec<Relation>,
) -> Step {
    Step {
        name,
        hidden,
        outputs: vec![output.concat()],
        equations,
        undefined,
    }
}

/// A factor of an accumulator: with the values and equations that the step which multiplies by it has to include.
#[derive(Clone, Debug)]
pub(super) struct Power {
    /// The class.
    pub(super) class: Torus,
    /// Values.
    pub(super) hidden: Vec<Value>,
    /// What determines them.
    pub(super) equations: Vec<Equation>,
}

impl From<Torus> for Power {
    fn from(class: Torus) -> Self {
        Self {
            class,
            hidden: vec![],
            equations: vec![],
        }
    }
}

impl Power {
    /// The class's power by p^exponent, with six hidden values: every coefficient is conjugated or not and multiplied by a
    /// constant.
    pub(super) fn frobenius(builder: &mut Builder, class: &Torus, exponent: usize) -> Self {
        let values = builder.sextic();
        let power = Sextic::from(values);
        let w = Fq12::new(Fq6::zero(), Fq6::one()).frobenius_map(exponent);
        let mut equations = vec![];
        for (place, (result, form)) in power.0.iter().zip(&class.0.0).enumerate() {
            let mut basis = [Zero::zero(); 3];
            basis[place] = One::one();
            let [c0, c1, c2] = basis;
            // w becomes w times an element g of Fq2, which a division turns back into w.
            let image = Fq6::new(c0, c1, c2).frobenius_map(exponent);
            let image = [image.c0, image.c1, image.c2][place];
            let factor =
                w.c1.c0
                    .inverse()
                    .map_or_else(Zero::zero, |inverse| image * inverse);
            let form = match exponent % 2 {
                0 => form.clone(),
                _ => form.clone().conjugate(),
            };
            let sum = QuadraticSum::default()
                .linear(1, result)
                .by_constant(&form, -factor);
            equations.extend(sum.equations());
        }
        Self {
            class: Torus(power),
            hidden: values.concat(),
            equations,
        }
    }

    /// The inverse.
    pub(super) fn inverse(self) -> Self {
        Self {
            class: self.class.inverse(),
            ..self
        }
    }
}
