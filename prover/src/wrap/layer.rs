//! The last recursion layer: a plonky2 circuit that verifies one inner proof, and whose own proof is small and hashed with
//! BN254 Poseidon.

use super::error::WrapError;
use super::hash::Bn254Config;
use super::statement::DIGEST_WORDS;
use crate::recursion::bytes::{read_data, write_data};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::fri::FriConfig;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData, VerifierCircuitData};
use plonky2::plonk::config::PoseidonGoldilocksConfig;
use plonky2::plonk::proof::{ProofWithPublicInputs, ProofWithPublicInputsTarget};
use plonky2::util::serialization::{Buffer, Read, Remaining, Write};

type F = GoldilocksField;
const D: usize = 2;

/// An inner proof: the standard configuration of plonky2.
pub type InnerProof = ProofWithPublicInputs<F, PoseidonGoldilocksConfig, D>;

/// What verifies inner proofs.
pub type InnerVerifier = VerifierCircuitData<F, PoseidonGoldilocksConfig, D>;

/// A proof of the last layer.
pub type LayerProof = ProofWithPublicInputs<F, Bn254Config, D>;

/// How much a proof of the last layer convinces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// The rate of the code is 2 to the minus this.
    pub rate_bits: usize,
    /// Queries to the code.
    pub queries: usize,
    /// Bits of proof of work.
    pub work_bits: u32,
    /// The top of a tree is so many bits wide: every query saves as many levels, but the whole top is part of the proof.
    pub cap_height: usize,
}

impl Security {
    /// 100 bits by the conjecture that a query catches a false proof unless it hits one of `rate` places, 58 bits proven up to the
    /// Johnson bound. A lower rate would want fewer queries, and so fewer constraints; but the trees over the longer code cost
    /// more than the Groth16 proof saves.
    pub const STANDARD: Self = Self {
        rate_bits: 3,
        queries: 28,
        work_bits: 16,
        cap_height: 4,
    };

    /// For tests of the machinery: next to none.
    pub const TINY: Self = Self {
        rate_bits: 3,
        queries: 2,
        work_bits: 4,
        cap_height: 1,
    };

    /// Bits by the conjecture: the logarithm of the rate for each query, and the proof of work.
    pub fn conjectured_bits(&self) -> usize {
        self.rate_bits * self.queries + self.work_bits as usize
    }

    /// Bits proven in the list decoding regime (up to the Johnson bound): half the logarithm of the rate for each query, and the proof of
    /// work. The field's share, which is larger, is left out.
    pub fn proven_bits(&self) -> usize {
        self.rate_bits * self.queries / 2 + self.work_bits as usize
    }

    fn config(&self) -> CircuitConfig {
        CircuitConfig {
            fri_config: FriConfig {
                rate_bits: self.rate_bits,
                cap_height: self.cap_height,
                proof_of_work_bits: self.work_bits,
                // Twice by 8: a query then opens two small leaves, and the final polynomial of 64 coefficients is sent once.
                reduction_strategy: FriReductionStrategy::Fixed(vec![3, 3]),
                num_query_rounds: self.queries,
            },
            security_bits: self.conjectured_bits(),
            // The proof is a witness of the Groth16 proof, which hides it; nobody else sees it.
            zero_knowledge: false,
            ..CircuitConfig::standard_recursion_config()
        }
    }
}

/// The circuit of the last layer for one inner circuit.
#[derive(Debug)]
pub struct LastLayer {
    circuit: CircuitData<F, Bn254Config, D>,
    inner: ProofWithPublicInputsTarget<D>,
}

impl LastLayer {
    /// Builds the circuit. The inner verifier data become its constants; the public inputs, a digest, are passed on.
    pub fn new(inner: &InnerVerifier, security: Security) -> Result<Self, WrapError> {
        let found = inner.common.num_public_inputs;
        if found != DIGEST_WORDS {
            return Err(WrapError::Shape {
                part: "public inputs",
                expected: DIGEST_WORDS,
                found,
            });
        }
        let mut builder = CircuitBuilder::<F, D>::new(security.config());
        let proof = builder.add_virtual_proof_with_pis(&inner.common);
        let data = builder.constant_verifier_data(&inner.verifier_only);
        builder.verify_proof::<PoseidonGoldilocksConfig>(&proof, &data, &inner.common);
        builder.register_public_inputs(&proof.public_inputs);
        Ok(Self {
            circuit: builder.build(),
            inner: proof,
        })
    }

    /// The circuit as bytes: see [`Circuits::to_bytes`](crate::recursion::circuits::Circuits::to_bytes).
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, WrapError> {
        let mut bytes = Vec::new();
        write_data(&mut bytes, &self.circuit)
            .and_then(|()| bytes.write_target_proof_with_public_inputs(&self.inner))
            .map_err(|_| WrapError::NoCircuit)?;
        Ok(bytes)
    }

    /// A circuit from its bytes, which are not judged.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, WrapError> {
        let mut buffer = Buffer::new(bytes);
        let circuit = read_data(&mut buffer).map_err(|_| WrapError::NoCircuit)?;
        let inner = buffer.read_target_proof_with_public_inputs();
        let inner = inner.map_err(|_| WrapError::NoCircuit)?;
        match buffer.remaining() {
            0 => Ok(Self { circuit, inner }),
            _ => Err(WrapError::NoCircuit),
        }
    }

    /// The circuit, for those who verify.
    pub fn circuit(&self) -> &CircuitData<F, Bn254Config, D> {
        &self.circuit
    }

    /// Proves that the inner proof is valid. An invalid one is an error.
    pub fn prove(&self, inner: &InnerProof) -> Result<LayerProof, WrapError> {
        let mut witness = PartialWitness::new();
        witness
            .set_proof_with_pis_target(&self.inner, inner)
            .map_err(WrapError::Plonky2)?;
        self.circuit.prove(witness).map_err(WrapError::Plonky2)
    }

    /// A proof of this layer from its bytes; it is not verified.
    pub fn read(&self, bytes: &[u8]) -> Result<LayerProof, WrapError> {
        let proof = LayerProof::from_bytes(bytes.to_vec(), &self.circuit.common);
        // One proof has one string of bytes: nothing follows it, and its numbers are canonical.
        let proof = proof.ok().filter(|proof| proof.to_bytes() == bytes);
        proof.ok_or(WrapError::NoProof)
    }

    /// Verifies a proof with plonky2's own verifier.
    pub fn verify(&self, proof: &LayerProof) -> Result<(), WrapError> {
        self.circuit
            .verify(proof.clone())
            .map_err(WrapError::Plonky2)
    }
}
