//! The statement's point `L = IC[0] + sum x_i IC[i]` and the proof's A together, from windows of the public inputs' digits.
//!
//! The sum starts at A, which the operator has randomised: so whoever chose the public inputs cannot foresee any of the partial sums,
//! nor can one meet the point that is added to it, or its opposite, but by accident.
//!
//! Every window adds `d 16^k IC[i] + H`, found in a table by the digits d, where H is a point whose discrete logarithm nobody knows; the
//! first table takes all the H away again and adds IC\[0\]. So the digit 0 needs no special case.

use ark_bn254::{Fq, G1Affine, G1Projective};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField};
use num_bigint::BigInt;

use super::builder::Builder;
use super::forms::integer;
use crate::groth16::input::{InputError, VerifyingKey};
use crate::groth16::program::{Equation, Linear, Lookup, Product, Relation, Step, Value};

/// Nibbles of a scalar.
const NIBBLES: usize = 64;

/// What H is hashed from.
const DOMAIN: &str = "gavel/groth16/statement/blinding";

/// Writes the steps; gives the coordinates of A + L from those of A. There is at least one public input.
///
/// # Errors
/// If a table has the point at infinity, which takes a discrete logarithm of H.
pub(super) fn build(
    builder: &mut Builder,
    key: &VerifyingKey,
    window: usize,
    scalars: &[Value],
    a: [Linear; 2],
) -> Result<[Linear; 2], InputError> {
    let blinding = blinding().into_group();
    let windows = NIBBLES / window;
    let additions = BigInt::from(scalars.len() * windows - 1);
    let repeated = blinding * ark_bn254::Fr::from(additions.magnitude().clone());
    let mut start = Some(key.gamma_abc_g1[0].into_group() - repeated);
    let mut sum = a;
    for (index, (scalar, point)) in scalars.iter().zip(&key.gamma_abc_g1[1..]).enumerate() {
        let mut unit = point.into_group();
        for place in 0..windows {
            let rows = 1usize << (4 * window);
            let first = start.take().unwrap_or(blinding);
            let points = std::iter::successors(Some(first), |point| Some(point + unit));
            let points: Vec<G1Projective> = points.take(rows).collect();
            unit *= ark_bn254::Fr::from(rows as u64);
            let name = format!("public/{index}/window/{place}");
            let lookup = Lookup {
                scalar: *scalar,
                first_digit: place * window,
                digits: window,
                table: table(&points).ok_or_else(|| InputError::Infinity(name.clone()))?,
                outputs: builder.array(),
            };
            sum = add(builder, name, sum, lookup);
        }
    }
    Ok(sum)
}

/// The step that adds what a look-up gives.
fn add(builder: &mut Builder, name: String, [x, y]: [Linear; 2], lookup: Lookup) -> [Linear; 2] {
    let found = lookup.outputs;
    let slope = builder.value();
    let output: [Value; 2] = builder.array();
    let [found_x, found_y] = found.map(Linear::from);
    let [new_x, new_y] = output.map(Linear::from);
    let minus = |linear: Linear, other: &Linear| linear.plus(-1, other);
    let dx = minus(found_x.clone(), &x);
    let relations = [
        // slope (x_E - x_S) = y_E - y_S
        Relation {
            products: vec![Product::of(1, slope, dx.clone())],
            linear: minus(y.clone(), &found_y),
        },
        // x = slope^2 - x_S - x_E
        Relation {
            products: vec![Product::of(1, slope, slope)],
            linear: minus(minus(minus(Linear::default(), &x), &found_x), &new_x),
        },
        // y = slope (x_S - x) - y_S
        Relation {
            products: vec![Product::of(1, slope, minus(x, &new_x))],
            linear: minus(minus(Linear::default(), &y), &new_y),
        },
    ];
    let lookup = [Equation::Lookup(lookup)].into_iter();
    builder.step(Step {
        name,
        hidden: vec![found[0], found[1], slope],
        outputs: vec![output.to_vec()],
        equations: lookup.chain(relations.map(Equation::Relation)).collect(),
        undefined: vec![dx.into()],
    });
    [new_x, new_y]
}

/// The coordinates of points; none if one is at infinity.
fn table(points: &[G1Projective]) -> Option<Vec<[BigInt; 2]>> {
    let points = G1Projective::normalize_batch(points).into_iter();
    let rows = points.map(|point| point.xy().map(|(x, y)| [integer(x), integer(y)]));
    rows.collect()
}

/// H: the first of the integers BLAKE3(domain, counter), as x modulo p, that belong to points; of the two the one with the smaller y.
pub(super) fn blinding() -> G1Affine {
    let candidates = (0u64..).map(|counter| {
        let mut hasher = blake3::Hasher::new_derive_key(DOMAIN);
        hasher.update(&counter.to_le_bytes());
        Fq::from_le_bytes_mod_order(hasher.finalize().as_bytes())
    });
    let mut points = candidates.filter_map(|x| {
        let square = x.square() * x + ark_bn254::g1::Config::COEFF_B;
        let root = square.sqrt()?;
        Some(G1Affine::new_unchecked(x, root.min(-root)))
    });
    points.next().unwrap_or_else(G1Affine::generator)
}
