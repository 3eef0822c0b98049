//! The program: the statement's point, the Miller loops of the three pairings with the residue witness folded in, the checks.
//!
//! The statement's point L occurs with the proof's A only, as `e(A, B + gamma) = e(alpha, beta) e(L + A, gamma) e(C, delta)`, which
//! says the same as the equation of Groth16: what depends on public inputs alone would be known to whoever chose them.

use ark_bn254::{Fq2, Fq6, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Zero;

use super::VerifierError;
use super::accumulator::Accumulator;
use super::builder::Builder;
use super::forms::Sextic;
use super::line::{Affine, Evaluation, FixedLine, Move};
use super::point::TwistPoint;
use super::residue::miller;
use super::statement;
use super::torus::{Torus, compress};
use crate::groth16::input::{InputError, Proof, PublicInputs, VerifyingKey};
use crate::groth16::program::{InputKind, Program, Value};

/// A pairing with a point of the key.
struct Fixed {
    /// As in names of steps.
    name: &'static str,
    /// The point of G1.
    at: Affine,
    /// What each move contributes.
    lines: Vec<Option<FixedLine>>,
}

/// What the inputs are.
struct Inputs {
    public: Vec<Value>,
    a: Affine,
    /// B + gamma; B if there are no public inputs.
    b: TwistPoint,
    c: Evaluation,
    /// The residue witness.
    residue: Torus,
}

/// Inputs that many steps read, copied.
struct Copies {
    b: TwistPoint,
    residue: Torus,
}

impl Copies {
    fn new(builder: &mut Builder, inputs: &Inputs) -> Self {
        let TwistPoint { x, y } = &inputs.b;
        let [x, y] = builder.copy("proof/b", &[x.clone(), y.clone()]);
        let Torus(Sextic(residue)) = &inputs.residue;
        Self {
            b: TwistPoint { x, y },
            residue: Torus(Sextic(builder.copy("residue", residue))),
        }
    }
}

impl Inputs {
    /// The inputs; of the residue witness those coefficients that are not 0.
    fn new<A: Accumulator>(builder: &mut Builder, count: usize) -> Self {
        let scalars = (0..count).map(|index| format!("public/{index}"));
        Self {
            public: scalars
                .map(|name| builder.input(name, InputKind::Scalar))
                .collect(),
            a: Affine::input(builder, "proof/a"),
            b: TwistPoint {
                x: builder.quadratic("proof/b/x"),
                y: builder.quadratic("proof/b/y"),
            },
            c: Evaluation::input(builder, "proof/c", A::PARABOLAS),
            residue: Torus(Sextic([0, 1, 2].map(
                |place| match A::RESIDUE.contains(&place) {
                    true => builder.quadratic(&format!("residue/{place}")),
                    false => Fq2::zero().into(),
                },
            ))),
        }
    }
}

/// The program for a key.
pub(super) fn program<A: Accumulator>(
    key: &VerifyingKey,
    window: usize,
) -> Result<Program, VerifierError> {
    let mut builder = Builder::default();
    let inputs = Inputs::new::<A>(&mut builder, key.public_inputs());
    inputs.c.at.finite(&mut builder, "proof/c");
    let copies = Copies::new(&mut builder, &inputs);
    let statement = match key.public_inputs() {
        0 => {
            inputs.a.finite(&mut builder, "proof/a");
            None
        }
        _ => {
            let a = inputs.a.coordinates(&mut builder, "proof/a");
            let sum = statement::build(&mut builder, key, window, &inputs.public, a)?;
            Some(Evaluation::of(
                &mut builder,
                "statement",
                &sum,
                A::PARABOLAS,
            ))
        }
    };
    let fixed = fixed(key, &inputs, statement)?;
    let (last, product) = loops::<A>(&mut builder, key, &inputs.a, &copies, &fixed)?;
    checks(&mut builder, &inputs, &last);
    let residue = copies.residue.inverse();
    product.require_inverse_of(&mut builder, "pairing/is-one", &|builder, place| {
        residue.frobenius(builder, 3, place)
    });
    Ok(builder.finish())
}

/// The loops: the last point of the chain from B, and the product
/// `c^-(6x+2+p-p^2) Miller(A, B + gamma) Miller(L + A, -gamma) Miller(C, -delta) K`.
fn loops<A: Accumulator>(
    builder: &mut Builder,
    key: &VerifyingKey,
    a: &Affine,
    copies: &Copies,
    fixed: &[Fixed],
) -> Result<(TwistPoint, A), VerifierError> {
    let Copies { b, residue } = copies;
    let inverse = residue.inverse();
    let mut point = b.clone();
    let mut product = A::new(&inverse);
    for (place, kind) in Move::all().into_iter().enumerate() {
        if let Move::Double(digit) = kind {
            product = product.square(builder, &format!("miller/{digit}/square"));
        }
        let name = format!("miller/{}", kind.name());
        for pairing in fixed {
            let Some(line) = &pairing.lines[place] else {
                continue;
            };
            let at = |builder: &mut Builder, place| line.at(builder, &pairing.at, place);
            product = match line {
                FixedLine::Line { .. } => {
                    let name = format!("{name}/line-{}", pairing.name);
                    product.times_line(builder, &name, &at)
                }
                FixedLine::Parabola { .. } => {
                    let name = format!("{name}/parabola-{}", pairing.name);
                    product.times(builder, &name, &at)
                }
            };
        }
        let power = match kind {
            Move::Add(_) => Some(&inverse),
            Move::Subtract(_) => Some(residue),
            Move::Double(_) | Move::Frobenius | Move::FrobeniusSquare => None,
        };
        if let Some(power) = power {
            let name = format!("{name}/residue");
            product = product.times(builder, &name, &|_, place| power.coefficient(place));
        }
        let line;
        (point, line) = point.advance(builder, kind, b, a, A::LINES_APART);
        product = product.times_line(builder, &format!("{name}/line-b"), &|_, place| {
            line[place].clone().into()
        });
    }
    let constant = Torus(constant(key)?.into());
    product = product.times(builder, "miller/constant", &|_, place| {
        constant.coefficient(place)
    });
    for (exponent, class) in [(1, &inverse), (2, residue)] {
        let name = format!("residue/frobenius-{exponent}");
        product = product.reduce(builder, &name);
        product = product.times(builder, &name, &|builder, place| {
            class.frobenius(builder, exponent, place)
        });
    }
    Ok((point, product))
}

/// L + A and B + gamma, which stand for the statement and the proof's B; L and B if there are no public inputs.
///
/// # Errors
/// If the number of public inputs is not the key's, or L + A is at infinity.
pub(super) fn blinded(
    key: &VerifyingKey,
    public: &PublicInputs,
    proof: &Proof,
) -> Result<(G1Affine, G2Affine), InputError> {
    let statement = key.statement(public)?;
    let (statement, b) = match key.public_inputs() {
        0 => (statement, proof.b),
        _ => (statement + proof.a, (proof.b + key.gamma_g2).into_affine()),
    };
    let statement = statement.into_affine();
    match statement.is_zero() {
        true => Err(InputError::Infinity("IC[0] + sum x_i IC[i] + A".to_owned())),
        false => Ok((statement, b)),
    }
}

/// The pairings with gamma and delta. Without public inputs that with gamma is constant.
fn fixed(
    key: &VerifyingKey,
    inputs: &Inputs,
    statement: Option<Evaluation>,
) -> Result<Vec<Fixed>, InputError> {
    let mut pairings = vec![];
    if let Some(statement) = statement {
        pairings.push(("gamma", statement, key.gamma_g2));
    }
    pairings.push(("delta", inputs.c.clone(), key.delta_g2));
    let pairings = pairings.into_iter().map(|(name, at, point)| {
        let Evaluation { at, square_over_y } = at;
        let point = (-point.into_group()).into_affine();
        let lines = FixedLine::chain(point, square_over_y.as_ref());
        Ok(Fixed {
            name,
            at,
            lines: lines.ok_or_else(|| InputError::Subgroup(format!("key.{name}")))?,
        })
    });
    pairings.collect()
}

/// K: the class of all that is constant.
fn constant(key: &VerifyingKey) -> Result<Fq6, VerifierError> {
    let mut g1 = vec![-key.alpha_g1];
    let mut g2 = vec![key.beta_g2];
    if let [statement] = key.gamma_abc_g1[..] {
        g1.push(-statement);
        g2.push(key.gamma_g2);
    }
    compress(miller(g1, g2)).ok_or(VerifierError::Constant)
}

fn checks(builder: &mut Builder, inputs: &Inputs, last: &TwistPoint) {
    inputs.a.on_curve(builder, "proof/a");
    inputs.c.at.on_curve(builder, "proof/c");
    inputs.c.is_consistent(builder, "proof/c");
    inputs.b.on_twist(builder);
    inputs.b.in_subgroup(builder, last);
}
