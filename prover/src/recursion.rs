//! Verifying proofs of segments inside of proofs.
//!
//! A [`SegmentCircuit`] verifies what `stark::proof::verify` does, for tables of fixed heights. The public inputs of its
//! proofs are those of the tables, so a verifier compares them with the boundary that it expects. [`chain`] makes one
//! proof of many, [`statement`] one of a chain whose public inputs are a digest of what is claimed, and [`circuits`] has all
//! three.

pub(crate) mod bytes;
pub mod chain;
pub mod circuits;
pub mod statement;

use plonky2::field::types::Field;
use plonky2::hash::hash_types::MerkleCapTarget;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::RecursiveChallenger;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{
    CircuitConfig, CircuitData, CommonCircuitData, VerifierCircuitData,
};
use plonky2::plonk::proof::{ProofWithPublicInputs, ProofWithPublicInputsTarget};
use starky::config::StarkConfig;
use starky::cross_table_lookup::{
    CrossTableLookup, CtlCheckVarsTarget, verify_cross_table_lookups_circuit,
};
use starky::lookup::{GrandProductChallengeSet, get_grand_product_challenge_set_target};
use starky::proof::StarkProofTarget;
use starky::recursive_verifier::{
    add_virtual_stark_proof, set_stark_proof_target, verify_stark_proof_with_challenges_circuit,
};
use starky::stark::Stark;

use crate::segment::{Boundary, INPUTS};
use crate::stark::air::{Air, Table};
use crate::stark::cpu::Cpu;
use crate::stark::cpu::columns::PUBLIC_INPUTS as CPU_INPUTS;
use crate::stark::lookup::{CPU, MEMORY, RANGE, TABLES, lookups};
use crate::stark::memory::Memory;
use crate::stark::proof::{ProofError, SegmentProof, auxiliary, config, verify_with};
use crate::stark::range::Range;
use crate::stark::{C, D, F};

/// A proof that a proof has been verified.
pub type RecursiveProof = ProofWithPublicInputs<F, C, D>;

/// What verifies the proofs of a circuit.
pub type RecursiveVerifier = VerifierCircuitData<F, C, D>;

type Builder = CircuitBuilder<F, D>;
type Transcript = RecursiveChallenger<F, PoseidonHash, D>;

/// Why there is no recursive proof, or why one is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecursionError {
    /// The proof of a segment does not verify.
    #[error(transparent)]
    Segment(#[from] ProofError),
    /// The tables have other heights than those that the circuit is for.
    #[error("the tables have 2^{found:?} rows, the circuit is for 2^{expected:?}")]
    Heights {
        /// The circuit's.
        expected: [usize; TABLES],
        /// The proof's.
        found: [usize; TABLES],
    },
    /// There is no such circuit.
    #[error("no circuit: {reason}")]
    Build {
        /// What is wrong.
        reason: String,
    },
    /// The values do not satisfy the circuit.
    #[error("no recursive proof: {reason}")]
    Prove {
        /// What plonky2 says.
        reason: String,
    },
    /// The proof does not verify.
    #[error("the recursive proof is refused: {reason}")]
    Verify {
        /// What plonky2 says.
        reason: String,
    },
    /// The proof is about something else.
    #[error("the recursive proof is about something else")]
    Statement,
    /// The proof of a chain names another circuit's key.
    #[error("the proof of a chain belongs to another circuit")]
    Key,
    /// The bytes are no circuits.
    #[error("these bytes are no circuits of the recursion")]
    Bytes,
    /// The proof does not have the parts that the circuit's proofs have.
    #[error("the recursive proof has not the shape of the circuit's proofs")]
    Shape,
}

impl RecursionError {
    fn prove(error: anyhow::Error) -> RecursionError {
        RecursionError::Prove {
            reason: error.to_string(),
        }
    }
}

/// The circuit that verifies proofs of segments with tables of given heights.
#[derive(Debug)]
pub struct SegmentCircuit {
    data: CircuitData<F, C, D>,
    /// Powers of two.
    heights: [usize; TABLES],
    stark: StarkConfig,
    tables: [StarkProofTarget<D>; TABLES],
    inputs: Vec<Target>,
    zero: Target,
}

impl SegmentCircuit {
    /// The circuit for tables of these heights, as powers of two.
    pub fn new(heights: [usize; TABLES]) -> SegmentCircuit {
        SegmentCircuit::with_config(heights, config())
    }

    /// The circuit for proofs with other parameters.
    pub(crate) fn with_config(heights: [usize; TABLES], stark: StarkConfig) -> SegmentCircuit {
        let mut builder = Builder::new(CircuitConfig::standard_recursion_config());
        let lookups = lookups();
        let inputs = builder.add_virtual_public_input_arr::<INPUTS>();
        let (cpu_inputs, memory_inputs) = inputs.split_at(CPU_INPUTS);
        let tables = [
            add_proof::<Cpu>(&mut builder, CPU, heights, &lookups, &stark),
            add_proof::<Memory>(&mut builder, MEMORY, heights, &lookups, &stark),
            add_proof::<Range>(&mut builder, RANGE, heights, &lookups, &stark),
        ];

        let mut transcript = Transcript::new(&mut builder);
        transcript.observe_elements(&inputs);
        for (height, table) in heights.into_iter().zip(&tables) {
            let height = builder.constant(F::from_canonical_usize(height));
            transcript.observe_element(height);
            builder.connect(table.degree_bits, height);
            let cap: &MerkleCapTarget = &table.trace_cap;
            transcript.observe_cap(cap);
        }
        let challenges = get_grand_product_challenge_set_target(
            &mut builder,
            &mut transcript,
            stark.num_challenges,
        );
        let mut verifier = Verifier {
            builder: &mut builder,
            stark: &stark,
            lookups: &lookups,
            challenges: &challenges,
            transcript: &mut transcript,
        };
        verifier.verify::<Cpu>(CPU, &tables[CPU], cpu_inputs, heights[CPU]);
        verifier.verify::<Memory>(MEMORY, &tables[MEMORY], memory_inputs, heights[MEMORY]);
        verifier.verify::<Range>(RANGE, &tables[RANGE], &[], heights[RANGE]);
        let sums = tables
            .each_ref()
            .map(|table| table.openings.ctl_zs_first.clone().unwrap_or_default());
        // Nothing is looked up from outside the tables. That has to be said: in place of a missing sum starky takes the
        // circuit's first variable, whatever that is.
        let zero = builder.zero();
        let outside = (0..lookups.len())
            .map(|lookup| (lookup, vec![zero; stark.num_challenges]))
            .collect();
        verify_cross_table_lookups_circuit::<F, D, TABLES>(
            &mut builder,
            lookups,
            sums,
            &outside,
            &stark,
        );
        SegmentCircuit {
            data: builder.build(),
            heights,
            stark,
            tables,
            inputs: inputs.to_vec(),
            zero,
        }
    }

    /// Rows of the circuit, as a power of two.
    pub fn degree_bits(&self) -> usize {
        self.data.common.degree_bits()
    }

    /// The proof that `segment` is the proof of a segment.
    ///
    /// # Errors
    /// [`RecursionError::Segment`] if it is not, [`RecursionError::Heights`] if it is one of another size.
    pub fn prove(&self, segment: &SegmentProof) -> Result<RecursiveProof, RecursionError> {
        verify_with(segment, &self.stark)?;
        self.prove_unverified(segment)
    }

    /// [`prove`](Self::prove), but the circuit alone judges the proof.
    fn prove_unverified(&self, segment: &SegmentProof) -> Result<RecursiveProof, RecursionError> {
        let found = segment
            .tables
            .each_ref()
            .map(|table| table.recover_degree_bits(&self.stark));
        if found != self.heights {
            return Err(RecursionError::Heights {
                expected: self.heights,
                found,
            });
        }
        let mut witness = PartialWitness::new();
        witness
            .set_target_arr(&self.inputs, &segment.boundary.inputs())
            .map_err(RecursionError::prove)?;
        let proofs = self.tables.iter().zip(&segment.tables).zip(self.heights);
        for ((target, proof), height) in proofs {
            set_stark_proof_target(&mut witness, target, proof, height, self.zero)
                .map_err(RecursionError::prove)?;
        }
        self.data.prove(witness).map_err(RecursionError::prove)
    }

    /// A proof of this circuit from its bytes; it is not verified.
    ///
    /// # Errors
    /// [`RecursionError::Shape`].
    pub fn read(&self, bytes: &[u8]) -> Result<RecursiveProof, RecursionError> {
        read(&self.data.common, bytes)
    }

    /// Verifies that `proof` is about a segment with this boundary.
    ///
    /// # Errors
    /// [`RecursionError::Statement`] or [`RecursionError::Verify`].
    pub fn verify(
        &self,
        proof: &RecursiveProof,
        boundary: &Boundary,
    ) -> Result<(), RecursionError> {
        if proof.public_inputs != boundary.inputs() {
            return Err(RecursionError::Statement);
        }
        verify(&self.data.verifier_data(), proof)
    }

    /// Verifies a proof in another circuit, of which the key is a constant.
    fn verify_in(&self, builder: &mut Builder) -> ProofWithPublicInputsTarget<D> {
        let common = &self.data.common;
        let proof = builder.add_virtual_proof_with_pis(common);
        let key = builder.constant_verifier_data(&self.data.verifier_only);
        builder.verify_proof::<C>(&proof, &key, common);
        proof
    }
}

/// A proof of a circuit from its bytes.
fn read(common: &CommonCircuitData<F, D>, bytes: &[u8]) -> Result<RecursiveProof, RecursionError> {
    let proof = RecursiveProof::from_bytes(bytes.to_vec(), common);
    let proof = proof.map_err(|_| RecursionError::Shape)?;
    // One proof has one string of bytes: nothing follows it, and its numbers are canonical.
    if proof.to_bytes() != bytes {
        return Err(RecursionError::Shape);
    }
    Ok(proof)
}

/// Verifies a proof of a circuit.
fn verify(circuit: &RecursiveVerifier, proof: &RecursiveProof) -> Result<(), RecursionError> {
    let verified = circuit.verify(proof.clone());
    verified.map_err(|error| RecursionError::Verify {
        reason: error.to_string(),
    })
}

fn add_proof<A: Air>(
    builder: &mut Builder,
    table: usize,
    heights: [usize; TABLES],
    lookups: &[CrossTableLookup<F>],
    stark: &StarkConfig,
) -> StarkProofTarget<D> {
    let (helpers, sums, _) = auxiliary(table, lookups, stark);
    let air = Table::<A>::new();
    add_virtual_stark_proof(builder, &air, stark, heights[table], helpers + sums, sums)
}

struct Verifier<'a> {
    builder: &'a mut Builder,
    stark: &'a StarkConfig,
    lookups: &'a [CrossTableLookup<F>],
    challenges: &'a GrandProductChallengeSet<Target>,
    transcript: &'a mut Transcript,
}

impl Verifier<'_> {
    fn verify<A: Air>(
        &mut self,
        table: usize,
        proof: &StarkProofTarget<D>,
        inputs: &[Target],
        height: usize,
    ) {
        let air = Table::<A>::new();
        let (helpers, _, by_lookup) = auxiliary(table, self.lookups, self.stark);
        let vars = CtlCheckVarsTarget::from_proof(
            table,
            proof,
            self.lookups,
            self.challenges,
            air.num_lookup_helper_columns(self.stark),
            helpers,
            &by_lookup,
        );
        let challenges = proof.get_challenges::<F, C, Table<A>>(
            self.builder,
            &air,
            inputs,
            self.transcript,
            Some(self.challenges),
            Some(&vars),
            height,
            true,
            self.stark,
        );
        verify_stark_proof_with_challenges_circuit::<F, C, Table<A>, D>(
            self.builder,
            &air,
            proof,
            inputs,
            challenges,
            Some(&vars),
            self.stark,
            height,
            None,
        );
    }
}

#[cfg(test)]
pub(crate) mod tests;
