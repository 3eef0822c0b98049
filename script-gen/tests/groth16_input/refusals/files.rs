//! Files of another shape.

use std::fs;

use ark_serialize::Compress;
use gavel_script_gen::groth16::input::{
    InputError, MAX_FILE_BYTES, Proof, PublicInputs, VerifyingKey, load_key, load_proof,
    load_public,
};

use super::{assert_refused, replaced};
use crate::stored::stored;
use crate::{arkworks, snarkjs};

#[test]
fn bytes_that_are_no_input() {
    let (key, proof, public) = stored(2);
    for compress in [Compress::Yes, Compress::No] {
        let (key, proof) = (
            arkworks::key(&key, compress),
            arkworks::proof(&proof, compress),
        );
        for short in [0, 7, proof.len() - 1] {
            assert_refused!(Proof::parse(&proof[..short]), InputError::Malformed { place, .. } if place == "proof");
        }
        for short in [0, 7, 224, 230, key.len() - 32, key.len() - 1] {
            assert_refused!(VerifyingKey::parse(&key[..short]), InputError::Malformed { place, .. } if place == "key");
        }
        for longer in [1, 32, 64] {
            let longer = |bytes: &[u8]| [bytes, &vec![0; longer]].concat();
            assert_refused!(Proof::parse(&longer(&proof)), InputError::Malformed { place, .. } if place == "proof");
            assert_refused!(VerifyingKey::parse(&longer(&key)), InputError::Malformed { place, .. } if place == "key");
        }
    }
    let public = arkworks::public(&public, Compress::Yes);
    for form in [
        &public[..7],
        &public[..71],
        &[&public[..], &[0]].concat(),
        &[0xff; 40],
        &[],
    ] {
        assert_refused!(PublicInputs::parse(form), InputError::Malformed { place, .. } if place == "public");
    }
    // IC without its first point.
    let mut constantless = key.clone();
    constantless.gamma_abc_g1.clear();
    let form = arkworks::key(&constantless, Compress::Yes);
    assert_refused!(VerifyingKey::parse(&form), InputError::Malformed { place, .. } if place == "key.IC");
}

#[test]
fn flags_that_contradict() {
    let (_, proof, _) = stored(2);
    let mut both = arkworks::proof(&proof, Compress::Yes);
    both[31] |= 0b1100_0000;
    assert_refused!(Proof::parse(&both), InputError::Malformed { place, .. } if place == "proof.A");
    let mut wrong_sign = arkworks::proof(&proof, Compress::No);
    wrong_sign[191] ^= 0b1000_0000;
    assert_refused!(Proof::parse(&wrong_sign), InputError::Malformed { place, .. } if place == "proof.B");
}

#[test]
fn json_that_is_no_input() {
    let (key, proof, public) = stored(2);
    let (key_json, proof_json, public_json) = (
        snarkjs::key(&key),
        snarkjs::proof(&proof),
        snarkjs::public(&public),
    );
    for (from, to) in [
        ("\"vk_beta_2\"", "\"vk_beta\""),
        ("}", "]"),
        ("\"nPublic\": 2", "\"nPublic\": \"2\""),
    ] {
        let form = replaced(&key_json, from, to);
        assert_refused!(VerifyingKey::parse(&form), InputError::Malformed { place, .. } if place == "key");
    }
    for count in ["1", "3"] {
        let form = replaced(
            &key_json,
            "\"nPublic\": 2",
            &format!("\"nPublic\": {count}"),
        );
        assert_refused!(VerifyingKey::parse(&form), InputError::Malformed { place, .. } if place == "key.IC");
    }
    for (from, to) in [
        ("\"pi_c\"", "\"pi\""),
        ("\"protocol\"", "\"proto\""),
        ("{", "["),
    ] {
        let form = replaced(&proof_json, from, to);
        assert_refused!(Proof::parse(&form), InputError::Malformed { place, .. } if place == "proof");
    }
    for wrong in ["", "-1", "+1", "0x10", "1_0", " 1", "1.0"] {
        let form = replaced(&proof_json, &proof.a.y.to_string(), wrong);
        assert_refused!(Proof::parse(&form), InputError::Malformed { place, .. } if place == "proof.A.y");
        let form = replaced(&public_json, &public.0[1].to_string(), wrong);
        assert_refused!(PublicInputs::parse(&form), InputError::Malformed { place, .. } if place == "public[1]");
    }
    let form = replaced(&proof_json, "\"1\"", "\"2\"");
    assert_refused!(Proof::parse(&form), InputError::Malformed { place, .. } if place == "proof.A");
    for form in ["{}", "[", "[1]", "{\"0\": \"1\"}"] {
        assert_refused!(PublicInputs::parse(form.as_bytes()), InputError::Malformed { place, .. } if place == "public");
    }
}

#[test]
fn other_protocols_and_curves() {
    let (key, proof, _) = stored(2);
    let (key, proof) = (snarkjs::key(&key), snarkjs::proof(&proof));
    let plonk = |json: &[u8]| replaced(json, "groth16", "plonk");
    assert_refused!(VerifyingKey::parse(&plonk(&key)), InputError::Protocol { place, found } if place == "key" && found == "plonk");
    assert_refused!(Proof::parse(&plonk(&proof)), InputError::Protocol { place, found } if place == "proof" && found == "plonk");
    let curve = |json: &[u8]| replaced(json, "bn128", "bls12381");
    assert_refused!(VerifyingKey::parse(&curve(&key)), InputError::Curve { place, found } if place == "key" && found == "bls12381");
    assert_refused!(Proof::parse(&curve(&proof)), InputError::Curve { place, found } if place == "proof" && found == "bls12381");
}

#[test]
fn files_that_do_not_name_their_curve_are_read() {
    let (_, proof, _) = stored(2);
    let form = replaced(&snarkjs::proof(&proof), "\"curve\"", "\"comment\"");
    assert_eq!(Proof::parse(&form).unwrap(), proof);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert_refused!(load_key(&missing), InputError::Unreadable { path, .. } if *path == missing);
    assert_refused!(load_proof(folder.path()), InputError::Unreadable { path, .. } if path == folder.path());
    let large = folder.path().join("large.json");
    let text = |length: usize| format!("[{}]", " ".repeat(length - 2));
    fs::write(&large, text(MAX_FILE_BYTES + 1)).unwrap();
    assert_refused!(load_public(&large), InputError::TooLarge(path) if *path == large);
    fs::write(&large, text(MAX_FILE_BYTES)).unwrap();
    assert_eq!(load_public(&large).unwrap(), PublicInputs(Vec::new()));
}
