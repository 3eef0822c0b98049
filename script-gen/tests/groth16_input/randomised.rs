//! Proofs that are randomised.

use gavel_script_gen::groth16::input::{InputError, check};
use gavel_script_gen::winternitz::GameSeed;

use crate::stored::stored;

fn seed(game: u8) -> GameSeed {
    GameSeed::new(&[7; 32], &[game; 32])
}

#[test]
fn a_randomised_proof_is_another_one_that_verifies() {
    let (key, proof, public) = stored(1);
    let other = proof.randomised(&key, &seed(0), 0);
    check(&key, &other, &public).unwrap();
    assert_ne!(other.a, proof.a);
    assert_ne!(other.b, proof.b);
    assert_ne!(other.c, proof.c);
    assert_eq!(other, proof.randomised(&key, &seed(0), 0));
    assert_ne!(other, proof.randomised(&key, &seed(1), 0));
    assert_ne!(other, proof.randomised(&key, &seed(0), 1));
}

#[test]
fn a_false_proof_stays_false() {
    let (key, mut proof, public) = stored(1);
    proof.c = proof.a;
    let refused = check(&key, &proof.randomised(&key, &seed(0), 0), &public);
    assert!(
        matches!(refused, Err(InputError::ProofFails)),
        "{refused:?}"
    );
}
