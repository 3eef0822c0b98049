//! Accumulators in the quotient Fq12* / Fq4*, as six coefficients of powers of w. Many values, small steps.
//!
//! `Fq12 = Fq4[w] / (w^3 - s)` with `Fq4 = Fq2[s] / (s^2 - xi)`, `s = w^3`: coefficients k and k + 3 belong together. A
//! product has a step for each coefficient. Before a square, the accumulator is divided by its coefficient of w^0 in
//! Fq4; what is left is so sparse that the square is four small steps.

use std::ops::Range;

use ark_bn254::{Fq2, Fq6};
use ark_ff::{Field, One, Zero};

use super::accumulator::Accumulator;
use super::builder::Builder;
use super::forms::{Quadratic, QuadraticSum};
use super::line::{Coefficient, Coefficients};
use super::torus::Torus;
use crate::groth16::program::{Check, Relation, Step, Value};

/// Coefficients of a power of w.
const COUNT: usize = 6;

/// The coefficients of a square that a step computes together.
const SQUARES: [&[usize]; 4] = [&[0], &[3], &[1, 4], &[2, 5]];

/// The class of `sum f_k w^k`, for the f_k that it holds.
#[derive(Clone, Debug)]
pub(super) struct Powers(pub(super) [Quadratic; COUNT]);

/// A factor `sum m_j w^j`: the j, each with the place of its coefficient, or without one if it is 1.
type Sparse = [(usize, Option<usize>)];

/// `1 + y0 w + y1 v w`.
const LINE: &Sparse = &[(0, None), (1, Some(0)), (3, Some(1))];

/// `b + w`.
const CLASS: &Sparse = &[(0, Some(0)), (1, None), (2, Some(1)), (4, Some(2))];

fn zero() -> Quadratic {
    Fq2::zero().into()
}

fn one() -> Quadratic {
    Fq2::one().into()
}

/// The coefficient k of `f w^j`.
fn shifted(f: &[Quadratic; COUNT], j: usize, k: usize) -> Quadratic {
    match k.checked_sub(j) {
        Some(place) => f[place].clone(),
        None => f[k + COUNT - j].times_xi(),
    }
}

impl Powers {
    fn is_normal(&self) -> bool {
        let Self([f0, _, _, f3, _, _]) = self;
        f0.as_constant() == Some(Fq2::one()) && f3.as_constant() == Some(Fq2::zero())
    }

    /// Whether half of its coefficients or more are constant: the square of such a one is small as it is.
    fn is_sparse(&self) -> bool {
        let constant = |form: &&Quadratic| form.as_constant().is_some();
        self.0.iter().filter(constant).count() >= COUNT / 2
    }

    /// The product with a factor, step by step.
    fn times_sparse(
        self,
        builder: &mut Builder,
        name: &str,
        factor: &Sparse,
        coefficients: Coefficients<'_>,
    ) -> Self {
        let Self(f) = self;
        Self(std::array::from_fn(|k| {
            let output: [Value; 2] = builder.array();
            let mut step = Step {
                name: format!("{name}/{k}"),
                outputs: vec![output.into()],
                ..Step::default()
            };
            let mut sum = QuadraticSum::default().linear(-1, &output.into());
            for (j, place) in factor {
                let form = shifted(&f, *j, k);
                let coefficient = match place {
                    _ if form.is_zero() => continue,
                    None => Coefficient::from(one()),
                    Some(place) => coefficients(builder, *place),
                };
                if coefficient.form.is_zero() {
                    continue;
                }
                step.hidden.extend(coefficient.hidden);
                step.equations.extend(coefficient.equations);
                sum = sum.term(1, &coefficient.form, &form);
            }
            step.equations.extend(sum.equations());
            builder.step(step);
            output.into()
        }))
    }

    /// Divided by the coefficient of w^0 in Fq4. Undefined if that is 0.
    fn normalise(self, builder: &mut Builder, name: &str) -> Self {
        if self.is_normal() {
            return self;
        }
        let Self(f) = self;
        let undefined: Vec<Relation> = [&f[0], &f[3]]
            .into_iter()
            .flat_map(|part| part.clone().vanishes())
            .filter(|relation| *relation != Relation::default())
            .collect();
        let mut quotient = [one(), zero(), zero(), zero(), zero(), zero()];
        for k in [1, 4, 2, 5] {
            let (low, high) = (k % 3, k % 3 + 3);
            let values: [[Value; 2]; 2] = [builder.array(), builder.array()];
            let [g, h] = values.map(Quadratic::from);
            // (g + h s) (f_0 + f_3 s) = f_low + f_high s
            let sums = [
                QuadraticSum::default()
                    .term(1, &g, &f[0])
                    .term(1, &h, &f[3].times_xi())
                    .linear(-1, &f[low]),
                QuadraticSum::default()
                    .term(1, &g, &f[3])
                    .term(1, &h, &f[0])
                    .linear(-1, &f[high]),
            ];
            let (output, hidden, form) = match k == low {
                true => (values[0], values[1], g),
                false => (values[1], values[0], h),
            };
            builder.step(Step {
                name: format!("{name}/{k}"),
                hidden: hidden.into(),
                outputs: vec![output.into()],
                equations: sums.into_iter().flat_map(QuadraticSum::equations).collect(),
                undefined: undefined.clone(),
            });
            quotient[k] = form;
        }
        Self(quotient)
    }

    /// The coefficient k of the square.
    fn square_sum(&self, k: usize) -> QuadraticSum {
        let Self(f) = self;
        let mut sum = QuadraticSum::default();
        for i in 0..COUNT {
            for j in i..COUNT {
                sum = match (i + j == k, i + j == k + COUNT) {
                    (true, _) if i == j && f[i].as_constant().is_none() => sum.square(1, &f[i]),
                    (_, true) if i == j && f[i].as_constant().is_none() => {
                        sum.square_times_xi(&f[i])
                    }
                    (true, _) => sum.term(1 + i64::from(i != j), &f[i], &f[j]),
                    (_, true) => sum.term(1 + i64::from(i != j), &f[i], &f[j].times_xi()),
                    _ => sum,
                };
            }
        }
        sum
    }
}

impl Accumulator for Powers {
    const LINES_APART: bool = true;
    const PARABOLAS: bool = false;
    const RESIDUE: Range<usize> = 1..3;

    /// The last check lets classes differ by factors in Fq6 and Fq4. So there is a `d1 w^2 + d2 w^4 + w` that serves as well as
    /// `root + w`: with `root = b0 + b1 v + b2 v^2`,
    /// `(root + w) (d2 t xi + 1 + d1 t w^4) = (d1 w^2 + d2 w^4 + w) (1 + t w^3)` if
    /// - `b0 M + b1 N xi = 0` for `M = 1 + d2 t xi`, `N = d1 t`,
    /// - `b1 M + b2 N xi = d1`,
    /// - `b2 M + b0 N = d2 + t`,
    ///
    /// and these are linear one after the other.
    fn residue(root: Fq6) -> Option<Vec<Fq2>> {
        let Fq6 {
            c0: b0,
            c1: b1,
            c2: b2,
        } = root;
        let xi = Fq2::new(9u64.into(), 1u64.into());
        if b0.is_zero() {
            return Some(vec![b1, b2]);
        }
        let ratio = b1 * b0.inverse()?;
        // M = -xi ratio N in the second: N xi (b2 - b1 ratio) = d1 = N / t
        let t = (xi * (b2 - b1 * ratio)).inverse()?;
        // In the third: d2 = slope N - t, and the definition of M: -xi ratio N = 1 + (slope N - t) t xi
        let slope = b0 - xi * ratio * b2;
        let n = (xi * t.square() - Fq2::one()) * (xi * (slope * t + ratio)).inverse()?;
        Some(vec![n * t.inverse()?, slope * n - t])
    }

    fn new(class: &Torus) -> Self {
        let Torus(class) = class;
        let [f0, f2, f4] = class.0.clone();
        Self([f0, one(), f2, zero(), f4, zero()])
    }

    /// The square of what is left after a division. Undefined if that is.
    fn square(self, builder: &mut Builder, name: &str) -> Self {
        let normal = match self.is_sparse() {
            true => self,
            false => self.reduce(builder, name),
        };
        let mut output: [Option<Quadratic>; COUNT] = Default::default();
        for together in SQUARES {
            let mut step = Step::default();
            let mut values = vec![];
            for k in together {
                let sum = normal.square_sum(*k);
                if sum.is_empty() {
                    continue;
                }
                let value: [Value; 2] = builder.array();
                let form = Quadratic::from(value);
                values.extend(value);
                step.equations.extend(sum.linear(-1, &form).equations());
                step.name += &format!("-{k}");
                output[*k] = Some(form);
            }
            step.name = format!("{name}/{}", step.name.trim_start_matches('-'));
            step.outputs = vec![values];
            builder.step(step);
        }
        Self(output.map(|form| form.unwrap_or_else(zero)))
    }

    fn times_line(self, builder: &mut Builder, name: &str, line: Coefficients<'_>) -> Self {
        self.times_sparse(builder, name, LINE, line)
    }

    fn reduce(self, builder: &mut Builder, name: &str) -> Self {
        self.normalise(builder, &format!("{name}/normal"))
    }

    fn times(self, builder: &mut Builder, name: &str, class: Coefficients<'_>) -> Self {
        self.times_sparse(builder, name, CLASS, class)
    }

    /// The product is in Fq6 times Fq4 if, divided by `f_0 + f_3 s`, it has no odd powers of w. With the conjugate in place of the
    /// division these are `f_0 f_1 - f_3 f_4 xi` and `f_0 f_5 - f_2 f_3`; so nothing is committed that is 0 in an honest run.
    fn require_inverse_of(self, builder: &mut Builder, name: &str, class: Coefficients<'_>) {
        let Self(f) = self
            .reduce(builder, name)
            .times(builder, &format!("{name}/product"), class);
        let inverse: [[Value; 2]; 2] = [builder.array(), builder.array()];
        let [g, h] = inverse.map(Quadratic::from);
        let sum = QuadraticSum::default;
        let quotient = [
            sum()
                .product(1, &g, &f[0])
                .product(1, &h, &f[3].times_xi())
                .linear(-1, &one()),
            sum().product(1, &g, &f[3]).product(1, &h, &f[0]),
        ];
        let undefined = [&f[0], &f[3]].into_iter().cloned();
        builder.step(Step {
            name: format!("{name}/invertible"),
            hidden: inverse.concat(),
            outputs: vec![],
            equations: quotient
                .into_iter()
                .flat_map(QuadraticSum::equations)
                .collect(),
            undefined: undefined.flat_map(Quadratic::vanishes).collect(),
        });
        let odd = [
            sum()
                .product(1, &f[0], &f[1])
                .product(-1, &f[3], &f[4].times_xi()),
            sum().product(1, &f[0], &f[5]).product(-1, &f[2], &f[3]),
        ];
        builder.check(Check {
            name: name.to_owned(),
            claims: odd.into_iter().flat_map(QuadraticSum::relations).collect(),
            ..Check::default()
        });
    }
}
