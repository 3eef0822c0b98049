//! The JSON of snarkjs.
//!
//! An integer is a string of decimal digits; an element of Fq2 is `[c0, c1]`; a point is `[x, y, z]` with z = 1, or z = 0 for
//! the point at infinity. Entries that are not named here are not read: `vk_alphabeta_12` of a key follows from the others.

use std::str::FromStr;

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{AdditiveGroup, BigInt, Field};
use num_bigint::BigUint;
use serde::Deserialize;

use super::{InputError, MAX_PUBLIC_INPUTS, Proof, PublicInputs, VerifyingKey, point};

/// A point of G1.
type G1Text = [String; 3];
/// A point of G2.
type G2Text = [[String; 2]; 3];

/// What says whether the rest can be read.
#[derive(Deserialize)]
struct Header {
    protocol: String,
    curve: Option<String>,
}

/// `verification_key.json`.
#[derive(Deserialize)]
struct KeyText {
    #[serde(rename = "nPublic")]
    public_inputs: u64,
    vk_alpha_1: G1Text,
    vk_beta_2: G2Text,
    vk_gamma_2: G2Text,
    vk_delta_2: G2Text,
    #[serde(rename = "IC")]
    ic: Vec<G1Text>,
}

/// `proof.json`.
#[derive(Deserialize)]
struct ProofText {
    pi_a: G1Text,
    pi_b: G2Text,
    pi_c: G1Text,
}

/// Reads a key.
pub(super) fn key(text: &str) -> Result<VerifyingKey, InputError> {
    let file: KeyText = document("key", text)?;
    if file.public_inputs > MAX_PUBLIC_INPUTS as u64 {
        return Err(InputError::TooManyInputs {
            place: "key".into(),
            found: file.public_inputs,
        });
    }
    if file.ic.len() as u64 != file.public_inputs + 1 {
        return Err(InputError::malformed(
            "key.IC",
            format!(
                "it has {} points, nPublic is {}",
                file.ic.len(),
                file.public_inputs
            ),
        ));
    }
    let ic = file.ic.iter().enumerate();
    Ok(VerifyingKey {
        alpha_g1: g1("key.alpha", &file.vk_alpha_1)?,
        beta_g2: g2("key.beta", &file.vk_beta_2)?,
        gamma_g2: g2("key.gamma", &file.vk_gamma_2)?,
        delta_g2: g2("key.delta", &file.vk_delta_2)?,
        gamma_abc_g1: ic
            .map(|(index, text)| g1(&format!("key.IC[{index}]"), text))
            .collect::<Result<_, _>>()?,
    })
}

/// Reads a proof.
pub(super) fn proof(text: &str) -> Result<Proof, InputError> {
    let file: ProofText = document("proof", text)?;
    Ok(Proof {
        a: g1("proof.A", &file.pi_a)?,
        b: g2("proof.B", &file.pi_b)?,
        c: g1("proof.C", &file.pi_c)?,
    })
}

/// Reads public inputs.
pub(super) fn public(text: &str) -> Result<PublicInputs, InputError> {
    let file: Vec<String> = json("public", text)?;
    if file.len() > MAX_PUBLIC_INPUTS {
        return Err(InputError::TooManyInputs {
            place: "public".into(),
            found: file.len() as u64,
        });
    }
    let scalars = file.iter().enumerate().map(|(index, text)| {
        let place = format!("public[{index}]");
        let scalar = integer(&place, text)?.ok_or_else(|| InputError::Scalar(place.clone()))?;
        point::scalar(&place, scalar)
    });
    Ok(PublicInputs(scalars.collect::<Result<_, _>>()?))
}

/// A file with a header. The header comes first: the file of another protocol has other entries.
fn document<'a, T: Deserialize<'a>>(place: &str, text: &'a str) -> Result<T, InputError> {
    let header: Header = json(place, text)?;
    if header.protocol != "groth16" {
        return Err(InputError::Protocol {
            place: place.into(),
            found: header.protocol,
        });
    }
    // Some tools leave the curve out. Points of another curve are then refused one by one.
    match header.curve {
        Some(curve) if !["bn128", "bn254"].contains(&curve.as_str()) => Err(InputError::Curve {
            place: place.into(),
            found: curve,
        }),
        _ => json(place, text),
    }
}

/// JSON of this shape.
fn json<'a, T: Deserialize<'a>>(place: &str, text: &'a str) -> Result<T, InputError> {
    serde_json::from_str(text).map_err(|error| InputError::malformed(place, error))
}

/// The integer that this string says; none if it has more than 256 bits.
fn integer(place: &str, text: &str) -> Result<Option<BigInt<4>>, InputError> {
    // `BigUint` would also take signs and underscores.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InputError::malformed(
            place,
            format!("{text:?} is no decimal number"),
        ));
    }
    let integer = BigUint::from_str(text).map_err(|error| InputError::malformed(place, error))?;
    Ok(BigInt::try_from(integer).ok())
}

/// An element of the base field.
fn fq(place: &str, text: &str) -> Result<Fq, InputError> {
    let integer = integer(place, text)?.ok_or_else(|| InputError::Coordinate(place.to_owned()))?;
    point::coordinate(place, integer)
}

/// An element of Fq2.
fn fq2(place: &str, [c0, c1]: &[String; 2]) -> Result<Fq2, InputError> {
    Ok(Fq2::new(
        fq(&format!("{place}.c0"), c0)?,
        fq(&format!("{place}.c1"), c1)?,
    ))
}

/// A point of G1, not yet checked.
fn g1(place: &str, [x, y, z]: &G1Text) -> Result<G1Affine, InputError> {
    affine(
        place,
        fq(&format!("{place}.x"), x)?,
        fq(&format!("{place}.y"), y)?,
        fq(&format!("{place}.z"), z)?,
    )
}

/// A point of the curve of G2, not yet checked.
fn g2(place: &str, [x, y, z]: &G2Text) -> Result<G2Affine, InputError> {
    affine(
        place,
        fq2(&format!("{place}.x"), x)?,
        fq2(&format!("{place}.y"), y)?,
        fq2(&format!("{place}.z"), z)?,
    )
}

/// The point with these coordinates, not yet checked.
fn affine<P: SWCurveConfig>(
    place: &str,
    x: P::BaseField,
    y: P::BaseField,
    z: P::BaseField,
) -> Result<Affine<P>, InputError> {
    if z == P::BaseField::ZERO {
        return Err(InputError::Infinity(place.to_owned()));
    }
    if z != P::BaseField::ONE {
        return Err(InputError::malformed(place, "its z is neither 0 nor 1"));
    }
    Ok(Affine::new_unchecked(x, y))
}
