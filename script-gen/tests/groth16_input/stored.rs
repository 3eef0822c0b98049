//! The stored data: that the program makes them, and that their proofs verify.

use std::fs;
use std::path::PathBuf;

use ark_bn254::Fr;
use gavel_script_gen::groth16::input::{
    InputError, Proof, PublicInputs, VerifyingKey, check, load_key, load_proof, load_public,
};

use crate::data::{Datum, PUBLIC_INPUTS};
use crate::snarkjs;

/// The path of one file of the data.
fn file(folder: &str, name: &str) -> PathBuf {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16");
    data.join(folder).join(name)
}

/// The stored datum with so many public inputs.
pub(crate) fn stored(public_inputs: usize) -> (VerifyingKey, Proof, PublicInputs) {
    let file = |name| file(&public_inputs.to_string(), name);
    let key = load_key(&file("key.bin")).unwrap();
    let proof = load_proof(&file("proof.bin")).unwrap();
    let public = load_public(&file("public.bin")).unwrap();
    (key, proof, public)
}

/// The JSON of a folder.
fn stored_json(folder: &str) -> (VerifyingKey, Proof, PublicInputs) {
    let key = load_key(&file(folder, "verification_key.json")).unwrap();
    let proof = load_proof(&file(folder, "proof.json")).unwrap();
    let public = load_public(&file(folder, "public.json")).unwrap();
    (key, proof, public)
}

#[test]
fn stored_data_are_those_that_the_program_makes() {
    for public_inputs in PUBLIC_INPUTS {
        let datum = Datum::new(public_inputs);
        let folder = public_inputs.to_string();
        for (name, bytes) in datum.files() {
            assert_eq!(
                fs::read(file(&folder, name)).unwrap(),
                bytes,
                "{folder}/{name}"
            );
        }
        assert_eq!(stored(public_inputs), datum.inputs());
        assert_eq!(stored_json(&folder), datum.inputs());
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

/// The folder's README says how snarkjs made them.
#[test]
fn files_of_snarkjs_are_read_and_written_as_it_does() {
    let (key, proof, public) = stored_json("snarkjs");
    check(&key, &proof, &public).unwrap();
    assert_eq!(
        snarkjs::proof(&proof),
        fs::read(file("snarkjs", "proof.json")).unwrap()
    );
    assert_eq!(
        snarkjs::public(&public),
        fs::read(file("snarkjs", "public.json")).unwrap()
    );
    let mut written: serde_json::Value = serde_json::from_slice(&snarkjs::key(&key)).unwrap();
    let bytes = fs::read(file("snarkjs", "verification_key.json")).unwrap();
    let original: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    written["vk_alphabeta_12"] = original["vk_alphabeta_12"].clone();
    assert_eq!(written, original);
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
    for found in [0, 1, 3] {
        let mut inputs = public.clone();
        inputs.0.resize(found, Fr::from(0));
        let result = check(&key, &proof, &inputs);
        assert!(
            matches!(result, Err(InputError::InputCount { expected: 2, found: count }) if count == found)
        );
    }
}
