//! Accumulators in the quotient Fq12* / Fq6*: an element a of Fq6 stands for the class of a + w. Few values, large steps.

use std::ops::Range;

use ark_bn254::{Fq2, Fq6, Fq12};
use ark_ff::{Field, One, Zero};

use super::accumulator::Accumulator;
use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum, Sextic, SexticSum};
use super::line::{Coefficient, Coefficients};
use crate::groth16::program::{Check, Equation, Relation, Step, Value};

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
}

impl Accumulator for Torus {
    const LINES_APART: bool = false;
    const PARABOLAS: bool = true;
    const RESIDUE: Range<usize> = 0..3;

    fn residue(root: Fq6) -> Option<Vec<Fq2>> {
        Some(vec![root.c0, root.c1, root.c2])
    }

    fn new(class: &Torus) -> Self {
        class.clone()
    }

    /// The square t: `a (2 t - a) = v`. Undefined if a = 0.
    fn square(self, builder: &mut Builder, name: &str) -> Self {
        let Self(a) = self;
        let output = builder.sextic();
        let t = Sextic::from(output);
        let sum = SexticSum::default()
            .product(&a, &t.times(2).plus(-1, &a))
            .linear(-1, &v().into());
        let undefined = a.vanishes();
        builder.step(step(name, vec![], output, sum.equations(), undefined));
        Self(t)
    }

    fn reduce(self, _: &mut Builder, _: &str) -> Self {
        self
    }

    /// The product t with a line `1 + y w`: `u = a y`, `t (1 + u) = a + y v`. Undefined if 1 + u = 0.
    fn times_line(self, builder: &mut Builder, name: &str, line: Coefficients<'_>) -> Self {
        let Self(a) = self;
        let [y0, y1] = [0, 1].map(|place| line(builder, place));
        let mut hidden = [y0.hidden, y1.hidden].concat();
        let mut equations = [y0.equations, y1.equations].concat();
        let u = builder.sextic();
        let output = builder.sextic();
        hidden.extend(u.iter().flatten());
        let (u, t) = (Sextic::from(u), Sextic::from(output));
        let zero = Quadratic::from(Fq2::zero());
        let y = Sextic([y0.form.clone(), y1.form.clone(), zero.clone()]);
        let yv = Sextic([zero, y0.form, y1.form]);
        let product = SexticSum::default().product(&a, &y).linear(-1, &u);
        equations.extend(product.equations());
        let denominator = u.plus(1, &Fq6::one().into());
        let quotient = SexticSum::default()
            .product(&t, &denominator)
            .linear(-1, &a)
            .linear(-1, &yv);
        equations.extend(quotient.equations());
        let undefined = denominator.vanishes();
        builder.step(step(name, hidden, output, equations, undefined));
        Self(t)
    }

    /// The product t with the class of `b + w`: `(t - a)(a + b) + a^2 = v`, which is `t (a + b) = a b + v` with fewer
    /// products. Undefined if a + b = 0.
    fn times(self, builder: &mut Builder, name: &str, class: Coefficients<'_>) -> Self {
        let Self(a) = self;
        let (b, hidden, mut equations) = gather(builder, class);
        let output = builder.sextic();
        let t = Sextic::from(output);
        let denominator = a.clone().plus(1, &b);
        let sum = SexticSum::default()
            .product(&t.clone().plus(-1, &a), &denominator)
            .square(&a)
            .linear(-1, &v().into());
        equations.extend(sum.equations());
        let undefined = denominator.vanishes();
        builder.step(step(name, hidden, output, equations, undefined));
        Self(t)
    }

    /// `(a + w)(b + w)` is in Fq6 if `a + b = 0`.
    fn require_inverse_of(self, builder: &mut Builder, name: &str, class: Coefficients<'_>) {
        let Self(a) = self;
        let (b, hidden, equations) = gather(builder, class);
        builder.check(Check {
            name: name.to_owned(),
            claims: a.plus(1, &b).vanishes(),
            hidden,
            equations,
        });
    }
}

/// All coefficients of a class.
fn gather(builder: &mut Builder, class: Coefficients<'_>) -> (Sextic, Vec<Value>, Vec<Equation>) {
    let parts = [0, 1, 2].map(|place| class(builder, place));
    let hidden = parts.iter().flat_map(|part| part.hidden.clone());
    let equations = parts.iter().flat_map(|part| part.equations.clone());
    let (hidden, equations) = (hidden.collect(), equations.collect());
    (Sextic(parts.map(|part| part.form)), hidden, equations)
}

fn step(
    name: &str,
    hidden: Vec<Value>,
    output: [[Value; 2]; 3],
    equations: Vec<Equation>,
    undefined: Vec<Relation>,
) -> Step {
    Step {
        name: name.to_owned(),
        hidden,
        outputs: vec![output.concat()],
        equations,
        undefined,
    }
}

impl Torus {
    /// The coefficient of `v^place`.
    pub(super) fn coefficient(&self, place: usize) -> Coefficient {
        self.0.0[place].clone().into()
    }

    /// That of the class's power by p^exponent, as a hidden value: conjugated or not, and multiplied by a constant.
    pub(super) fn frobenius(
        &self,
        builder: &mut Builder,
        exponent: usize,
        place: usize,
    ) -> Coefficient {
        let w = Fq12::new(Fq6::zero(), Fq6::one()).frobenius_map(exponent);
        let mut basis = [Fq2::zero(); 3];
        basis[place] = Fq2::one();
        let [c0, c1, c2] = basis;
        // w becomes w times an element of Fq2, which a division turns back into w.
        let image = Fq6::new(c0, c1, c2).frobenius_map(exponent);
        let image = [image.c0, image.c1, image.c2][place];
        let inverse = w.c1.c0.inverse();
        let factor = inverse.map_or_else(Fq2::zero, |inverse| image * inverse);
        let form = self.0.0[place].clone();
        let form = match exponent % 2 {
            _ if form.is_zero() => return form.into(),
            0 => form,
            _ => form.conjugate(),
        };
        Coefficient::hidden(builder, |result| {
            QuadraticSum::default()
                .linear(1, result)
                .by_constant(&form, -factor)
        })
    }
}
