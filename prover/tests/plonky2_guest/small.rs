//! A small circuit with a proof that a test can change a hundred times: two queries, no work.

use std::sync::LazyLock;

use gavel_prover::wrap::layer::{InnerProof, InnerVerifier};
use gavel_prover::wrap::statement::Statement;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::config::PoseidonGoldilocksConfig;
use plonky2::util::serialization::DefaultGateSerializer;

use crate::guest::input;

/// A circuit and a proof of it.
pub(crate) struct Small {
    pub(crate) circuit: InnerVerifier,
    pub(crate) proof: InnerProof,
}

/// The circuit whose public inputs are a digest.
pub(crate) static SMALL: LazyLock<Small> = LazyLock::new(|| {
    let statement = Statement(std::array::from_fn(|i| i as u8));
    prove(&statement.words())
});

/// A circuit with these public inputs: it multiplies them, and hashes the products.
pub(crate) fn prove(public: &[GoldilocksField]) -> Small {
    let mut config = CircuitConfig::standard_recursion_config();
    config.fri_config.num_query_rounds = 2;
    config.fri_config.proof_of_work_bits = 0;
    config.security_bits = 6;
    let mut builder = CircuitBuilder::<GoldilocksField, 2>::new(config);
    let words = builder.add_virtual_targets(public.len());
    let mut power = words[0];
    for _ in 0..1_000 {
        power = builder.mul(power, words[1]);
    }
    builder.hash_n_to_hash_no_pad::<plonky2::hash::poseidon::PoseidonHash>(vec![power; 40]);
    builder.register_public_inputs(&words);
    let circuit = builder.build::<PoseidonGoldilocksConfig>();
    let mut witness = PartialWitness::new();
    for (word, value) in words.iter().zip(public) {
        witness.set_target(*word, *value).expect("a new target");
    }
    Small {
        proof: circuit.prove(witness).expect("a proof"),
        circuit: circuit.verifier_data(),
    }
}

impl Small {
    /// The circuit as plonky2 writes it.
    pub(crate) fn circuit_bytes(&self) -> Vec<u8> {
        let bytes = self.circuit.to_bytes(&DefaultGateSerializer);
        bytes.expect("standard gates")
    }

    /// The guest's input with this proof.
    pub(crate) fn input(&self, proof: &InnerProof) -> Vec<u8> {
        input(&self.circuit_bytes(), &proof.to_bytes())
    }
}

/// Another number.
pub(crate) fn change(element: &mut GoldilocksField) {
    *element += GoldilocksField::ONE;
}
