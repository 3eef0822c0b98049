//! From a chain to the digest of what it proves.
//!
//! A [`StatementCircuit`] verifies the proof of a chain that is a whole run, from the initial state of an image to HALT, and
//! opens the roots of its first and last state to a [`Claim`]. Its public inputs are the claim's digest, which is all that
//! the layers above know.

use gavel_vm::address::HALT;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputsTarget;
use plonky2::util::serialization::{Buffer, IoResult, Read, Write};

use super::bytes::{read_data, write_data};
use super::chain::{ChainCircuit, verify_chain};
use super::{Builder, RecursionError, RecursiveProof, RecursiveVerifier, read, verify};
use crate::claim::{
    Claim, INPUT_NODE, OUTPUT_LEVELS, OUTPUT_NODE, Opening, REGION_LEVEL, TAG, little_endian,
};
use crate::stark::cpu::columns::{
    AFTER, BEFORE, BIG_ENDIAN, FIRST_STEP, PUBLIC_INPUTS as CPU_INPUTS,
};
use crate::stark::memory::tree::{LEAF_WORDS, zero};
use crate::stark::{C, D, F};
use crate::wrap::blake3::blake3;

/// The place of the exit code in the first leaf of the output region.
const EXIT_CODE: usize = 1;

/// The circuit that turns a chain into the digest of a claim.
#[derive(Debug)]
pub struct StatementCircuit {
    data: CircuitData<F, C, D>,
    inner: RecursiveVerifier,
    chain: ProofWithPublicInputsTarget<D>,
    leaf: Vec<Target>,
    /// Siblings on the input region's path, then on that of the output region's first leaf.
    siblings: Vec<HashOutTarget>,
}

impl StatementCircuit {
    /// The circuit for proofs of `circuit`.
    ///
    /// # Errors
    /// [`RecursionError::Build`].
    pub fn new(circuit: &ChainCircuit) -> Result<StatementCircuit, RecursionError> {
        let mut builder = Builder::new(CircuitConfig::standard_recursion_config());
        let chain = circuit.verify_in(&mut builder);
        let run = &chain.public_inputs;
        let (first_root, last_root) = run[CPU_INPUTS..CPU_INPUTS + 8].split_at(4);

        // A whole run: from step 0 to HALT. An image has no HI and LO. Where a run ends they may be anything.
        let constants = [
            (FIRST_STEP, 0),
            (BEFORE + 2, 0),
            (BEFORE + 3, 0),
            (AFTER, HALT),
            (AFTER + 1, HALT + 4),
        ];
        for (input, value) in constants {
            let value = builder.constant(F::from_canonical_u32(value));
            builder.connect(run[input], value);
        }

        // The program is the first state's root with zeros in the place of the input region.
        let input_path = builder.add_virtual_hashes(REGION_LEVEL);
        let input = builder.add_virtual_hash();
        let root = climb(&mut builder, INPUT_NODE, input, &input_path);
        connect(&mut builder, root, first_root);
        let empty = HashOutTarget {
            elements: zero(REGION_LEVEL).map(|element| builder.constant(element)),
        };
        let program = climb(&mut builder, INPUT_NODE, empty, &input_path);

        // The output region's first leaf is its leftmost.
        let leaf = builder.add_virtual_targets(LEAF_WORDS);
        let output_path = builder.add_virtual_hashes(OUTPUT_LEVELS);
        let (below, above) = output_path.split_at(OUTPUT_LEVELS - REGION_LEVEL);
        let first = builder.hash_n_to_hash_no_pad::<PoseidonHash>(leaf.clone());
        let output = climb(&mut builder, 0, first, below);
        let root = climb(&mut builder, OUTPUT_NODE, output, above);
        connect(&mut builder, root, last_root);

        let mut words: Vec<Target> = TAG
            .chunks(4)
            .map(|bytes| builder.constant(F::from_canonical_u32(little_endian(bytes))))
            .collect();
        words.extend([run[BIG_ENDIAN], run[BEFORE], run[BEFORE + 1]]);
        words.push(leaf[EXIT_CODE]);
        for digest in [program, input, output] {
            for element in digest.elements {
                words.extend(canonical_words(&mut builder, element));
            }
        }
        let digest = blake3(&mut builder, &words).ok_or_else(|| RecursionError::Build {
            reason: "the statement is too long for one chunk of BLAKE3".into(),
        })?;
        builder.register_public_inputs(&digest);
        let siblings = [vec![input], input_path, output_path].concat();
        Ok(StatementCircuit {
            data: builder.build(),
            inner: circuit.data().verifier_data(),
            chain,
            leaf,
            siblings,
        })
    }

    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) -> IoResult<()> {
        write_data(bytes, &self.data)?;
        bytes.write_target_proof_with_public_inputs(&self.chain)?;
        bytes.write_target_vec(&self.leaf)?;
        bytes.write_usize(self.siblings.len())?;
        let mut siblings = self.siblings.iter();
        siblings.try_for_each(|sibling| bytes.write_target_hash(sibling))
    }

    pub(super) fn read_from(
        buffer: &mut Buffer<'_>,
        circuit: &ChainCircuit,
    ) -> IoResult<StatementCircuit> {
        Ok(StatementCircuit {
            data: read_data(buffer)?,
            inner: circuit.data().verifier_data(),
            chain: buffer.read_target_proof_with_public_inputs()?,
            leaf: buffer.read_target_vec()?,
            siblings: (0..buffer.read_usize()?)
                .map(|_| buffer.read_target_hash())
                .collect::<IoResult<_>>()?,
        })
    }

    /// The circuit, for those who verify.
    pub fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// Rows of the circuit, as a power of two.
    pub fn degree_bits(&self) -> usize {
        self.data.common.degree_bits()
    }

    /// The proof of the claim of `opening`, from a chain that is its whole run.
    ///
    /// # Errors
    /// [`RecursionError::Key`] or [`RecursionError::Verify`] if the proof of the chain does not verify,
    /// [`RecursionError::Prove`] if the chain is another run or not the whole of it.
    pub fn prove(
        &self,
        chain: &RecursiveProof,
        opening: &Opening,
    ) -> Result<RecursiveProof, RecursionError> {
        verify_chain(&self.inner, chain)?;
        self.prove_unverified(chain, opening)
    }

    /// [`prove`](Self::prove), but the circuit alone judges the chain.
    pub(super) fn prove_unverified(
        &self,
        chain: &RecursiveProof,
        opening: &Opening,
    ) -> Result<RecursiveProof, RecursionError> {
        let mut witness = PartialWitness::new();
        let digests = std::iter::once(&opening.claim.input)
            .chain(&opening.input_path)
            .chain(&opening.output_path);
        for (&target, &elements) in self.siblings.iter().zip(digests) {
            witness
                .set_hash_target(target, elements.into())
                .map_err(RecursionError::prove)?;
        }
        witness
            .set_target_arr(&self.leaf, &opening.leaf.map(F::from_canonical_u32))
            .and_then(|()| witness.set_proof_with_pis_target(&self.chain, chain))
            .and_then(|()| self.data.prove(witness))
            .map_err(RecursionError::prove)
    }

    /// A proof of this circuit from its bytes; it is not verified.
    ///
    /// # Errors
    /// [`RecursionError::Shape`].
    pub fn read(&self, bytes: &[u8]) -> Result<RecursiveProof, RecursionError> {
        read(&self.data.common, bytes)
    }

    /// Verifies that `proof` proves `claim`.
    ///
    /// # Errors
    /// [`RecursionError::Statement`] or [`RecursionError::Verify`].
    pub fn verify(&self, proof: &RecursiveProof, claim: &Claim) -> Result<(), RecursionError> {
        if proof.public_inputs != claim.digest().words() {
            return Err(RecursionError::Statement);
        }
        verify(&self.data.verifier_data(), proof)
    }
}

/// The root over a node of the state's tree: `stark::memory::tree::climb`.
fn climb(
    builder: &mut Builder,
    key: u64,
    digest: HashOutTarget,
    siblings: &[HashOutTarget],
) -> HashOutTarget {
    let nodes = siblings.iter().enumerate();
    nodes.fold(digest, |digest, (height, sibling)| {
        let children = if key >> height & 1 == 0 {
            [digest.elements, sibling.elements]
        } else {
            [sibling.elements, digest.elements]
        };
        builder.hash_n_to_hash_no_pad::<PoseidonHash>(children.concat())
    })
}

fn connect(builder: &mut Builder, digest: HashOutTarget, elements: &[Target]) {
    for (&target, &element) in digest.elements.iter().zip(elements) {
        builder.connect(target, element);
    }
}

/// The low and the high word of an element, of which there is one pair: that of the number below the field's order.
fn canonical_words(builder: &mut Builder, element: Target) -> [Target; 2] {
    let (low, high) = builder.split_low_high(element, 32, 64);
    assert_canonical(builder, low, high);
    [low, high]
}

/// Words that are a number below the order, `2^64 - 2^32 + 1`: if the high one is `2^32 - 1`, the low one is zero.
fn assert_canonical(builder: &mut Builder, low: Target, high: Target) {
    let largest = builder.constant(F::from_canonical_u32(u32::MAX));
    let is_largest = builder.is_equal(high, largest);
    let product = builder.mul(is_largest.target, low);
    builder.assert_zero(product);
}

#[cfg(test)]
mod tests;
