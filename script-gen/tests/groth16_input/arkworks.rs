//! Writes arkworks' canonical bytes of Gavel's types.

use ark_serialize::{CanonicalSerialize, Compress};
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};

/// A key.
pub(crate) fn key(key: &VerifyingKey, compress: Compress) -> Vec<u8> {
    let head = (key.alpha_g1, key.beta_g2, key.gamma_g2, key.delta_g2);
    bytes(&(head, key.gamma_abc_g1.clone()), compress)
}

/// A proof.
pub(crate) fn proof(proof: &Proof, compress: Compress) -> Vec<u8> {
    bytes(&(proof.a, proof.b, proof.c), compress)
}

/// Public inputs.
pub(crate) fn public(public: &PublicInputs, compress: Compress) -> Vec<u8> {
    bytes(&public.0, compress)
}

/// Any value.
fn bytes(value: &impl CanonicalSerialize, compress: Compress) -> Vec<u8> {
    let mut bytes = Vec::new();
    value
        .serialize_with_mode(&mut bytes, compress)
        .expect("memory takes all bytes");
    bytes
}
