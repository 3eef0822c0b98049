//! Proofs that are randomised.

use gavel_script_gen::groth16::input::{InputError, check};

use crate::stored::stored;

const SECRET: [u8; 32] = [7; 32];

#[test]
fn a_randomised_proof_is_another_one_that_verifies() {
    let (key, proof, public) = stored(1);
    let other = proof.randomised(&key, &SECRET);
    check(&key, &other, &public).unwrap();
    assert_ne!(other.a, proof.a);
    assert_ne!(other.b, proof.b);
    assert_ne!(other.c, proof.c);
    assert_eq!(other, proof.randomised(&key, &SECRET));
    assert_ne!(other, proof.randomised(&key, &[8; 32]));
}

#[test]
fn a_false_proof_stays_false() {
    let (key, mut proof, public) = stored(1);
    proof.c = proof.a;
    let refused = check(&key, &proof.randomised(&key, &SECRET), &public);
    assert!(
        matches!(refused, Err(InputError::ProofFails)),
        "{refused:?}"
    );
}
