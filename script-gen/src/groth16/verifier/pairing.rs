//! The program: the statement's point, the Miller loops of the three pairings with the residue witness folded in, the checks.

use ark_bn254::Fq6;
use ark_ec::{AffineRepr, CurveGroup};

use super::VerifierError;
use super::builder::Builder;
use super::forms::Sextic;
use super::line::{Affine, FixedLine, Line, Move};
use super::point::TwistPoint;
use super::residue::miller;
use super::statement;
use super::torus::{Power, Torus, compress};
use crate::groth16::input::{InputError, VerifyingKey};
use crate::groth16::program::{Check, InputKind, Linear, Program, Value};

/// A pairing with a point of the key.
struct Fixed {
    /// As in names of steps.
    name: &'static str,
    /// The point of G1.
    at: Affine,
    /// The lines of all moves.
    lines: Vec<FixedLine>,
}

/// What the inputs are.
struct Inputs {
    public: Vec<Value>,
    a: Affine,
    b: TwistPoint,
    c: Affine,
    /// The statement's point, if there are public inputs.
    statement: Option<Affine>,
    /// The residue witness.
    residue: Torus,
}

impl Inputs {
    fn new(builder: &mut Builder, count: usize) -> Self {
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
            c: Affine::input(builder, "proof/c"),
            statement: (count > 0).then(|| Affine::input(builder, "statement")),
            residue: Torus(Sextic(
                [0, 1, 2].map(|place| builder.quadratic(&format!("residue/{place}"))),
            )),
        }
    }
}

/// The program for a key.
pub(super) fn program(key: &VerifyingKey, window: usize) -> Result<Program, VerifierError> {
    let mut builder = Builder::default();
    let inputs = Inputs::new(&mut builder, key.public_inputs());
    inputs.a.finite(&mut builder, "proof/a");
    inputs.c.finite(&mut builder, "proof/c");
    let statement = match inputs.statement {
        None => None,
        Some(_) => Some(statement::build(&mut builder, key, window, &inputs.public)?),
    };
    let (last, product) = loops(&mut builder, key, &inputs)?;
    checks(&mut builder, &inputs, statement.as_ref(), &last, &product);
    Ok(builder.finish())
}

/// The loops: the last point of the chain from B, and the product
/// `c^-(6x+2+p-p^2) Miller(A, B) Miller(L, -gamma) Miller(C, -delta) K`.
fn loops(
    builder: &mut Builder,
    key: &VerifyingKey,
    inputs: &Inputs,
) -> Result<(TwistPoint, Torus), VerifierError> {
    let fixed = fixed(key, inputs)?;
    let mut point = inputs.b.clone();
    let mut product = inputs.residue.inverse();
    for (place, kind) in Move::all().into_iter().enumerate() {
        let name = kind.name();
        let residue = match kind {
            Move::Double(digit) => {
                product = product.square(builder, format!("miller/{digit}/square"));
                None
            }
            Move::Add(_) => Some(inputs.residue.inverse()),
            Move::Subtract(_) => Some(inputs.residue.clone()),
            Move::Frobenius | Move::FrobeniusSquare => None,
        };
        if let Some(residue) = residue {
            product = product.times(builder, format!("miller/{name}/residue"), &residue.into());
        }
        let line: Line;
        (point, line) = point.advance(builder, kind, &inputs.b, &inputs.a);
        product = product.times_line(builder, format!("miller/{name}/line-b"), line);
        for pairing in &fixed {
            let line = pairing.lines[place].at(builder, &pairing.at);
            let name = format!("miller/{name}/line-{}", pairing.name);
            product = product.times_line(builder, name, line);
        }
    }
    let power = Power::frobenius(builder, &inputs.residue, 1).inverse();
    product = product.times(builder, "residue/frobenius-1".to_owned(), &power);
    let power = Power::frobenius(builder, &inputs.residue, 2);
    product = product.times(builder, "residue/frobenius-2".to_owned(), &power);
    let constant = Torus(constant(key)?.into());
    product = product.times(builder, "miller/constant".to_owned(), &constant.into());
    Ok((point, product))
}

/// The pairings with gamma and delta. Without public inputs that with gamma is constant.
fn fixed(key: &VerifyingKey, inputs: &Inputs) -> Result<Vec<Fixed>, InputError> {
    let mut pairings = vec![];
    if let Some(statement) = &inputs.statement {
        pairings.push(("gamma", statement, key.gamma_g2));
    }
    pairings.push(("delta", &inputs.c, key.delta_g2));
    let pairings = pairings.into_iter().map(|(name, at, point)| {
        let lines = FixedLine::chain((-point.into_group()).into_affine());
        Ok(Fixed {
            name,
            at: at.clone(),
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

fn checks(
    builder: &mut Builder,
    inputs: &Inputs,
    statement: Option<&[Linear; 2]>,
    last: &TwistPoint,
    product: &Torus,
) {
    inputs.a.on_curve(builder, "proof/a");
    inputs.c.on_curve(builder, "proof/c");
    inputs.b.on_twist(builder);
    inputs.b.in_subgroup(builder, last);
    if let (Some(point), Some(coordinates)) = (&inputs.statement, statement) {
        point.is(builder, "statement", coordinates);
    }
    let power = Power::frobenius(builder, &inputs.residue, 3).inverse();
    builder.check(Check {
        name: "pairing/is-one".to_owned(),
        claims: product.is_inverse_of(&power.class),
        hidden: power.hidden,
        equations: power.equations,
    });
}
