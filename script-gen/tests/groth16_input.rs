//! The keys and proofs of the repository's data: where they come from, and that they are read.

#[path = "../examples/groth16_data/circuit.rs"]
mod circuit;
#[path = "../examples/groth16_data/data.rs"]
mod data;

use std::fs;
use std::path::PathBuf;

use ark_bn254::Fr;
use gavel_script_gen::groth16::input::{
    InputError, Proof, PublicInputs, VerifyingKey, check, load_key, load_proof, load_public,
};

use crate::data::{Datum, PUBLIC_INPUTS};

/// The path of one file of the data.
fn file(public_inputs: usize, name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16");
    folder.join(public_inputs.to_string()).join(name)
}

/// The stored datum with so many public inputs.
fn stored(public_inputs: usize) -> (VerifyingKey, Proof, PublicInputs) {
    let key = load_key(&file(public_inputs, "key.bin")).unwrap();
    let proof = load_proof(&file(public_inputs, "proof.bin")).unwrap();
    let public = load_public(&file(public_inputs, "public.bin")).unwrap();
    (key, proof, public)
}

#[test]
fn stored_data_are_those_that_the_program_makes() {
    for public_inputs in PUBLIC_INPUTS {
        let datum = Datum::new(public_inputs);
        for (name, bytes) in datum.files() {
            assert_eq!(
                fs::read(file(public_inputs, name)).unwrap(),
                bytes,
                "{public_inputs}/{name}"
            );
        }
        let (key, proof, public) = stored(public_inputs);
        assert_eq!(key.alpha_g1, datum.key.alpha_g1);
        assert_eq!(key.beta_g2, datum.key.beta_g2);
        assert_eq!(key.gamma_g2, datum.key.gamma_g2);
        assert_eq!(key.delta_g2, datum.key.delta_g2);
        assert_eq!(key.gamma_abc_g1, datum.key.gamma_abc_g1);
        assert_eq!(
            (proof.a, proof.b, proof.c),
            (datum.proof.a, datum.proof.b, datum.proof.c)
        );
        assert_eq!(public.0, datum.public);
    }
}

#[test]
fn stored_proofs_verify() {
    for public_inputs in PUBLIC_INPUTS {
        let (key, proof, public) = stored(public_inputs);
        assert_eq!(key.public_inputs(), public_inputs);
        assert_eq!(public.0.len(), public_inputs);
        check(&key, &proof, &public).unwrap();
    }
}

#[test]
fn a_proof_holds_for_its_key_and_inputs_only() {
    let (key, proof, public) = stored(2);
    let (other_key, other_proof, _) = stored(1);
    let fails = |result| matches!(result, Err(InputError::ProofFails));
    assert!(fails(check(&key, &other_proof, &public)));
    for index in 0..public.0.len() {
        let mut changed = public.clone();
        changed.0[index] += Fr::from(1);
        assert!(fails(check(&key, &proof, &changed)));
    }
    assert!(fails(check(
        &other_key,
        &proof,
        &PublicInputs(public.0[..1].to_vec())
    )));
    assert!(matches!(
        check(&other_key, &other_proof, &public),
        Err(InputError::InputCount {
            expected: 1,
            found: 2
        })
    ));
}
