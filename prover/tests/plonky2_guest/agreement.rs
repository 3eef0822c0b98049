//! Inputs changed at random: the guest says what plonky2 says.

use gavel_vm::machine::Cause;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::guest::{GUEST, input, library, native};
use crate::machine::cases;
use crate::small::SMALL;

/// A place below `end`.
fn below(rng: &mut ChaCha20Rng, end: usize) -> usize {
    rng.next_u64() as usize % end
}

/// The small input with one change: a bit, eight bytes, a run of bytes moved, another length. Of the circuit only what does not
/// decide how much is read: commitments and digest.
fn changed(seed: u64) -> Vec<u8> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let (mut circuit, mut proof) = (SMALL.circuit_bytes(), SMALL.proof.to_bytes());
    let at = below(&mut rng, proof.len() - 8);
    match below(&mut rng, 6) {
        0 | 1 => proof[at] ^= 1 << below(&mut rng, 8),
        2 => proof[at..at + 8].copy_from_slice(&rng.next_u64().to_le_bytes()),
        3 => {
            let from = below(&mut rng, proof.len() - 8);
            proof.copy_within(from..from + 8, at);
        }
        4 => proof.resize(below(&mut rng, 2 * at + 8), rng.next_u32() as u8),
        _ => circuit[below(&mut rng, 17 * 32)] ^= 1 << below(&mut rng, 8),
    }
    input(&circuit, &proof)
}

#[test]
fn changed_inputs_on_the_host() {
    let mut rejected = 0;
    for seed in 0..cases(200) {
        let input = changed(seed);
        let verdict = native(&input);
        assert_eq!(library(&input), verdict, "seed {seed}");
        rejected += u64::from(verdict.starts_with("rejected"));
    }
    // Some changes leave the input as it was, or give another circuit, whose commitment no query looks up where it was changed.
    assert!(rejected > cases(150), "{rejected}");
}

#[test]
fn changed_inputs_on_the_machine() {
    for seed in 10_000..10_000 + cases(30) {
        let input = changed(seed);
        let verdict = native(&input);
        assert_eq!(
            GUEST.machine(&input, seed as usize % 2).0,
            verdict,
            "seed {seed}"
        );
    }
}

/// A circuit that is changed anywhere may be one that a proof is valid for, or one whose verification takes more steps than a
/// claim may have; it is never the one that it was.
#[test]
fn changed_circuits_are_others() {
    let (circuit, proof) = (SMALL.circuit_bytes(), SMALL.proof.to_bytes());
    let statement = native(&input(&circuit, &proof));
    for seed in 0..cases(20) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut changed = circuit.clone();
        changed[below(&mut rng, circuit.len())] ^= 1 << below(&mut rng, 8);
        match GUEST.run(&input(&changed, &proof), seed as usize % 2) {
            Ok((output, _)) => assert_ne!(output, statement, "seed {seed}"),
            Err(error) => assert!(matches!(error.cause, Cause::StepLimit { .. }), "{error}"),
        }
    }
}
