//! Writes the JSON of snarkjs, byte for byte as it does, but for `vk_alphabeta_12` of a key, which no verifier reads.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// A point of G1.
type G1Text = [String; 3];
/// A point of G2.
type G2Text = [[String; 2]; 3];

#[derive(Serialize)]
struct KeyText {
    protocol: &'static str,
    curve: &'static str,
    #[serde(rename = "nPublic")]
    public_inputs: usize,
    vk_alpha_1: G1Text,
    vk_beta_2: G2Text,
    vk_gamma_2: G2Text,
    vk_delta_2: G2Text,
    #[serde(rename = "IC")]
    ic: Vec<G1Text>,
}

#[derive(Serialize)]
struct ProofText {
    pi_a: G1Text,
    pi_b: G2Text,
    pi_c: G1Text,
    protocol: &'static str,
    curve: &'static str,
}

/// `verification_key.json`.
pub(crate) fn key(key: &VerifyingKey) -> Vec<u8> {
    json(&KeyText {
        protocol: "groth16",
        curve: "bn128",
        public_inputs: key.public_inputs(),
        vk_alpha_1: g1(&key.alpha_g1),
        vk_beta_2: g2(&key.beta_g2),
        vk_gamma_2: g2(&key.gamma_g2),
        vk_delta_2: g2(&key.delta_g2),
        ic: key.gamma_abc_g1.iter().map(g1).collect(),
    })
}

/// `proof.json`.
pub(crate) fn proof(proof: &Proof) -> Vec<u8> {
    json(&ProofText {
        pi_a: g1(&proof.a),
        pi_b: g2(&proof.b),
        pi_c: g1(&proof.c),
        protocol: "groth16",
        curve: "bn128",
    })
}

/// `public.json`.
pub(crate) fn public(public: &PublicInputs) -> Vec<u8> {
    json(&public.0.iter().map(Fr::to_string).collect::<Vec<_>>())
}

/// JSON with snarkjs' indentation.
fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b" "));
    value
        .serialize(&mut serializer)
        .expect("strings can be written");
    text
}

/// A point of G1.
fn g1(point: &G1Affine) -> G1Text {
    match point.xy() {
        Some((x, y)) => [x.to_string(), y.to_string(), "1".into()],
        None => ["0", "1", "0"].map(String::from),
    }
}

/// A point of G2.
fn g2(point: &G2Affine) -> G2Text {
    match point.xy() {
        Some((x, y)) => [
            [x.c0.to_string(), x.c1.to_string()],
            [y.c0.to_string(), y.c1.to_string()],
            ["1", "0"].map(String::from),
        ],
        None => [["0", "0"], ["1", "0"], ["0", "0"]].map(|element| element.map(String::from)),
    }
}
