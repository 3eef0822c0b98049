//! The whole wrap at full security: minutes and gigabytes, so only with `GAVEL_TEST_ALL`.

use super::groth16::{prove, synthesize, verify};
use super::layer::{InnerProof, InnerVerifier, LastLayer, Security};
use super::statement::{DIGEST_WORDS, Statement};
use crate::setup::insecure_key;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::config::PoseidonGoldilocksConfig;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::time::Instant;

/// A proof of the standard configuration, of as many rows as a shrunk recursive proof has.
fn inner(statement: &Statement) -> (InnerVerifier, InnerProof) {
    let config = CircuitConfig::standard_recursion_config();
    let mut builder = CircuitBuilder::<GoldilocksField, 2>::new(config);
    let words = builder.add_virtual_targets(DIGEST_WORDS);
    let mut power = words[0];
    for _ in 0..60_000 {
        power = builder.mul(power, words[1]);
    }
    builder.register_public_inputs(&words);
    let circuit = builder.build::<PoseidonGoldilocksConfig>();
    let mut witness = PartialWitness::new();
    for (word, value) in words.iter().zip(statement.words()) {
        witness.set_target(*word, value).expect("a new target");
    }
    let proof = circuit.prove(witness).expect("a proof");
    (circuit.verifier_data(), proof)
}

/// The largest resident memory of this process, on Linux.
fn peak_megabytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0usize) / 1024
}

#[test]
fn a_standard_proof_becomes_a_groth16_proof() {
    if std::env::var_os("GAVEL_TEST_ALL").is_none() {
        return;
    }
    let statement = Statement(std::array::from_fn(|i| 8 * i as u8 + 7));
    let mut start = Instant::now();
    let mut lap = |what: &str| {
        println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
        start = Instant::now();
    };
    let (verifier, proof) = inner(&statement);
    lap("inner proof");
    let layer = LastLayer::new(&verifier, Security::STANDARD).expect("a digest");
    lap("last layer, circuit");
    let proof = layer.prove(&proof).expect("a proof");
    lap("last layer, proof");
    layer.verify(&proof).expect("valid");
    lap("last layer, verification");
    let system = synthesize(layer.circuit(), &proof).expect("satisfied");
    lap("constraints");
    for (part, constraints) in system.parts() {
        println!("  {part}: {constraints}");
    }
    println!(
        "{} constraints, {} variables, {} entries; last layer of 2^{} rows",
        system.constraints(),
        system.variables(),
        system.entries(),
        layer.circuit().common.degree_bits(),
    );
    assert!(system.constraints() < 1 << 21);
    println!("peak memory so far: {} MB", peak_megabytes());
    let folder = tempfile::tempdir().expect("a folder");
    let key = insecure_key(folder.path(), &system).expect("a key");
    lap("test set-up");
    let mut random = ChaCha20Rng::seed_from_u64(3);
    let proof = prove(&key, &system, &mut random).expect("a proof");
    lap("Groth16 proof");
    assert!(verify(&key.vk, &statement, &proof).expect("one input"));
    lap("Groth16 verification");
    println!("peak memory: {} MB", peak_megabytes());
    let other = Statement([3; 32]);
    assert!(!verify(&key.vk, &other, &proof).expect("one input"));
}
