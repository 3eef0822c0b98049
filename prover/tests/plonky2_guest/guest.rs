//! An input of the guest, and what the guest and plonky2 say of it.

use std::path::Path;

use gavel_guest::{Hex, Sha256, Verdict, joined};
use gavel_prover::wrap::layer::{InnerProof, InnerVerifier};
use gavel_prover::wrap::statement::Statement;
use plonky2::field::types::PrimeField64;
use plonky2::util::serialization::DefaultGateSerializer;

use crate::machine::Verifier;
use crate::verifier::{FORMAT, check};

/// The guest.
pub(crate) const GUEST: Verifier = Verifier {
    programs: [
        include_bytes!("../../../vm/programs/elf/rust-verify-plonky2-be.elf"),
        include_bytes!("../../../vm/programs/elf/rust-verify-plonky2-le.elf"),
    ],
    step_limit: 1 << 28,
    library,
    native,
};

/// A stored file.
pub(crate) fn stored(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plonky2");
    std::fs::read(folder.join(name)).expect("a file of the repository")
}

/// The input of these parts.
pub(crate) fn input(circuit: &[u8], proof: &[u8]) -> Vec<u8> {
    joined(&[circuit, proof]).collect()
}

/// What plonky2 says of an input: the guest's output is to be the same.
pub(crate) fn native(input: &[u8]) -> String {
    native_verdict(input).unwrap_or_else(|reason| format!("rejected: {reason}\n"))
}

fn native_verdict(input: &[u8]) -> Result<String, String> {
    let parts = FORMAT.split(input).map_err(|error| error.to_string())?;
    let [circuit_bytes, proof_bytes] = parts.map(<[u8]>::to_vec);
    let circuit = InnerVerifier::from_bytes(circuit_bytes.clone(), &DefaultGateSerializer)
        .map_err(|_| "plonky2 cannot read the circuit")?;
    let written = circuit.to_bytes(&DefaultGateSerializer);
    if written.ok().as_ref() != Some(&circuit_bytes) {
        return Err("the circuit is not what plonky2 would write for it".into());
    }
    let proof = InnerProof::from_bytes(proof_bytes.clone(), &circuit.common)
        .map_err(|_| "plonky2 cannot read the proof")?;
    if proof.to_bytes() != proof_bytes {
        return Err("the proof is not what plonky2 would write for it".into());
    }
    let inputs = &proof.public_inputs;
    if inputs.len() != 8 {
        let count = inputs.len();
        return Err(format!(
            "the proof has {count} public inputs, a digest has 8"
        ));
    }
    let large = |value: u64| value > u64::from(u32::MAX);
    let mut values = inputs.iter().map(PrimeField64::to_canonical_u64);
    if let Some(index) = values.clone().position(large) {
        let value = values.nth(index).unwrap_or_default();
        return Err(format!(
            "public input {index} is {value}, not a word of 32 bits"
        ));
    }
    let statement = Statement::of_public_inputs(inputs).map_err(|error| error.to_string())?;
    circuit
        .verify(proof)
        .map_err(|error| format!("the proof does not verify: {error}"))?;
    let mut hash = Sha256::new();
    hash.update(&circuit_bytes);
    let (circuit, digest) = (Hex(hash.finish()), Hex(statement.0));
    Ok(format!("verified\ncircuit {circuit}\nstatement {digest}\n"))
}

/// What the guest's library says of an input, on the host.
pub(crate) fn library(input: &[u8]) -> String {
    Verdict(check(input)).to_string()
}
