//! An input of the guest, and what the guest and the native verifier say of it.

use std::fs;
use std::path::PathBuf;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_serialize::{CanonicalSerialize, Compress};
use bitcoin::hashes::{Hash, sha256};
use gavel_guest::{Verdict, joined};
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey, check};

use crate::verifier::Verifier;

/// The guest.
pub(crate) const GUEST: Verifier = Verifier {
    programs: [
        include_bytes!("../../../vm/programs/elf/rust-verify-groth16-be.elf"),
        include_bytes!("../../../vm/programs/elf/rust-verify-groth16-le.elf"),
    ],
    step_limit: STEP_LIMIT,
    library,
    native,
};

/// More steps than the guest takes with 16 public inputs, and the most that its documentation allows.
const STEP_LIMIT: u64 = 1 << 26;

/// The three parts of an input.
#[derive(Clone)]
pub(crate) struct Parts(pub(crate) [Vec<u8>; 3]);

impl Parts {
    /// The stored datum with so many public inputs.
    pub(crate) fn stored(public_inputs: usize) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/groth16")
            .join(public_inputs.to_string());
        Self(
            ["key.bin", "proof.bin", "public.bin"].map(|name| fs::read(folder.join(name)).unwrap()),
        )
    }

    /// What the parts say.
    pub(crate) fn parse(&self) -> (VerifyingKey, Proof, PublicInputs) {
        let [key, proof, public] = &self.0;
        (
            VerifyingKey::parse(key).unwrap(),
            Proof::parse(proof).unwrap(),
            PublicInputs::parse(public).unwrap(),
        )
    }

    /// The parts of a key, a proof and public inputs, points compressed or not.
    pub(crate) fn new(
        key: &VerifyingKey,
        proof: &Proof,
        public: &[Fr],
        compress: Compress,
    ) -> Self {
        let head = (key.alpha_g1, key.beta_g2, key.gamma_g2, key.delta_g2);
        Self([
            bytes(&(head, key.gamma_abc_g1.clone()), compress),
            bytes(&(proof.a, proof.b, proof.c), compress),
            bytes(&public.to_vec(), compress),
        ])
    }

    /// The same without compression.
    pub(crate) fn uncompressed(&self) -> Self {
        let (key, proof, public) = self.parse();
        Self::new(&key, &proof, &public.0, Compress::No)
    }

    /// The input.
    pub(crate) fn input(&self) -> Vec<u8> {
        joined(&self.0.each_ref().map(Vec::as_slice)).collect()
    }
}

/// arkworks' bytes of a point of G1.
pub(crate) fn g1(point: &G1Affine, compress: Compress) -> Vec<u8> {
    bytes(point, compress)
}

/// arkworks' bytes of a point of the twisted curve.
pub(crate) fn g2(point: &G2Affine, compress: Compress) -> Vec<u8> {
    bytes(point, compress)
}

/// arkworks' bytes.
fn bytes(value: &impl CanonicalSerialize, compress: Compress) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize_with_mode(&mut bytes, compress).unwrap();
    bytes
}

/// What the native verifier says of an input: the guest's output is to be the same.
pub(crate) fn native(input: &[u8]) -> String {
    native_verdict(input).unwrap_or_else(|reason| format!("rejected: {reason}\n"))
}

fn native_verdict(input: &[u8]) -> Result<String, String> {
    let parts = crate::groth16::FORMAT.split(input);
    let [key, proof, public] = parts.map_err(|error| error.to_string())?;
    let sentence = |error: gavel_script_gen::groth16::input::InputError| error.to_string();
    let key = VerifyingKey::parse(key).map_err(sentence)?;
    let proof = Proof::parse(proof).map_err(sentence)?;
    let public = PublicInputs::parse(public).map_err(sentence)?;
    check(&key, &proof, &public).map_err(sentence)?;
    let [key, _, public] = Parts::new(&key, &proof, &public.0, Compress::No).0;
    let digest = |bytes: &[u8]| sha256::Hash::hash(bytes).to_string();
    Ok(format!(
        "verified\nkey {}\npublic {}\n",
        digest(&key),
        digest(&public)
    ))
}

/// What the guest's library says of an input, on the host.
pub(crate) fn library(input: &[u8]) -> String {
    Verdict(crate::groth16::verify(input)).to_string()
}
