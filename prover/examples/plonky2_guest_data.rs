//! Makes the stored circuits and the proof that tests of the guest `verify-plonky2` read: `plonky2_guest_data FOLDER`.
//!
//! A proof about eight words, a digest, is verified in a second circuit, which passes them on, as a recursion's last layer does.

use gavel_prover::wrap::layer::{InnerProof, InnerVerifier};
use gavel_prover::wrap::statement::{DIGEST_WORDS, Statement};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::config::PoseidonGoldilocksConfig;
use plonky2::util::serialization::DefaultGateSerializer;
use std::path::PathBuf;

type Builder = CircuitBuilder<GoldilocksField, 2>;

/// A circuit whose public inputs are a digest: it multiplies them so many times.
fn inner(statement: &Statement, products: usize) -> anyhow::Result<(InnerVerifier, InnerProof)> {
    let mut builder = Builder::new(CircuitConfig::standard_recursion_config());
    let words = builder.add_virtual_targets(DIGEST_WORDS);
    let mut power = words[0];
    for _ in 0..products {
        power = builder.mul(power, words[1]);
    }
    builder.register_public_inputs(&words);
    let circuit = builder.build::<PoseidonGoldilocksConfig>();
    let mut witness = PartialWitness::new();
    for (word, value) in words.iter().zip(statement.words()) {
        witness.set_target(*word, value)?;
    }
    let proof = circuit.prove(witness)?;
    Ok((circuit.verifier_data(), proof))
}

/// The circuit that verifies a proof and passes on its public inputs, and its proof.
fn layer(
    verifier: &InnerVerifier,
    proof: &InnerProof,
) -> anyhow::Result<(InnerVerifier, InnerProof)> {
    let mut builder = Builder::new(CircuitConfig::standard_recursion_config());
    let target = builder.add_virtual_proof_with_pis(&verifier.common);
    let data = builder.constant_verifier_data(&verifier.verifier_only);
    builder.verify_proof::<PoseidonGoldilocksConfig>(&target, &data, &verifier.common);
    builder.register_public_inputs(&target.public_inputs);
    let circuit = builder.build::<PoseidonGoldilocksConfig>();
    let mut witness = PartialWitness::new();
    witness.set_proof_with_pis_target(&target, proof)?;
    let proof = circuit.prove(witness)?;
    Ok((circuit.verifier_data(), proof))
}

fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).unwrap_or_default().into();
    let statement = Statement(std::array::from_fn(|i| 7 * i as u8 + 3));
    for (products, name) in [(60_000, ""), (61_000, "other-")] {
        let (verifier, proof) = inner(&statement, products)?;
        let (verifier, proof) = layer(&verifier, &proof)?;
        verifier.verify(proof.clone())?;
        let circuit = verifier
            .to_bytes(&DefaultGateSerializer)
            .map_err(|_| anyhow::anyhow!("plonky2 cannot write the circuit"))?;
        std::fs::write(folder.join(format!("{name}circuit.bin")), circuit)?;
        if name.is_empty() {
            std::fs::write(folder.join("proof.bin"), proof.to_bytes())?;
            println!("{} rows", verifier.common.degree());
        }
    }
    Ok(())
}
