//! One proof for a run of any length.
//!
//! A [`ChainCircuit`] verifies the proof of a segment and a proof for the segments before it: one of its own, or for the
//! first segment one of the base circuit, which says nothing and only has the shape. Its public inputs are those of one
//! segment that does all of it, then the circuit's own verifying key. That key cannot be a constant of the circuit; it is
//! handed on, and whoever verifies a chain compares it with the key that he has.

use plonky2::field::types::Field;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::gate::GateRef;
use plonky2::gates::noop::NoopGate;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_data::{
    CircuitConfig, CircuitData, CommonCircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData,
};
use plonky2::plonk::proof::ProofWithPublicInputsTarget;
use plonky2::util::serialization::{Buffer, IoResult, Read, Write};

use super::bytes::{read_data, write_data};
use super::{
    Builder, RecursionError, RecursiveProof, RecursiveVerifier, SegmentCircuit, read, verify,
};
use crate::segment::{Boundary, INPUTS};
use crate::stark::cpu::columns::{
    AFTER, BEFORE, BIG_ENDIAN, END_STEP, FIRST_STEP, PUBLIC_INPUTS as CPU_INPUTS,
};
use crate::stark::{C, D, F};

/// What verifies proofs of a circuit, beside its shape.
type Key = VerifierOnlyCircuitData<C, D>;
type Common = CommonCircuitData<F, D>;

/// Rate 1/16 and 21 queries, as many bits as the 28 queries at rate 1/8 of plonky2's standard configuration. The circuit
/// verifies proofs of its own, and with fewer queries it has 2^13 rows; with 28 it has 8,892.
fn config() -> CircuitConfig {
    let mut config = CircuitConfig::standard_recursion_config();
    config.fri_config.rate_bits = 4;
    config.fri_config.num_query_rounds = 21;
    config
}

/// How often the circuit may be built to find the shape of a circuit that verifies proofs of its own shape.
const SHAPES: usize = 6;

/// Rows of the first shape, as a power of two: one proof takes most of them, the circuit verifies two.
const LEAST_BITS: usize = 12;

/// The public inputs that are the state before a segment, and those after it, in the same order.
pub(super) fn states() -> impl Iterator<Item = (usize, usize)> {
    let cpu =
        std::iter::once((FIRST_STEP, END_STEP)).chain((0..4).map(|i| (BEFORE + i, AFTER + i)));
    cpu.chain((CPU_INPUTS..CPU_INPUTS + 4).map(|i| (i, i + 4)))
}

/// A key as it stands among the public inputs, after those of a segment.
fn key_inputs(key: &Key) -> Vec<F> {
    let cap = key.constants_sigmas_cap.0.iter();
    let hashes = std::iter::once(&key.circuit_digest).chain(cap);
    hashes.flat_map(|hash| hash.elements).collect()
}

/// The circuit that adds a segment to a chain.
#[derive(Debug)]
pub struct ChainCircuit {
    data: CircuitData<F, C, D>,
    /// The proof of no segments, the same for every run.
    start: RecursiveProof,
    segment: RecursiveVerifier,
    targets: Targets,
}

/// What a proof of the circuit is made from.
#[derive(Debug)]
struct Targets {
    /// Whether there are segments before.
    continues: BoolTarget,
    segment: ProofWithPublicInputsTarget<D>,
    before: ProofWithPublicInputsTarget<D>,
    key: VerifierCircuitTarget,
}

impl ChainCircuit {
    /// The circuit for segments that `circuit` verifies.
    ///
    /// # Errors
    /// [`RecursionError::Build`] if no circuit can verify proofs of its own shape, [`RecursionError::Prove`] if there is no
    /// proof of no segments.
    pub fn new(circuit: &SegmentCircuit) -> Result<ChainCircuit, RecursionError> {
        let common = shape(circuit)?;
        let base = base(&common);
        let mut builder = Builder::new(config());
        let targets = targets(&mut builder, circuit, &common, &base.verifier_only);
        pad(&mut builder, common.degree_bits());
        let data = builder.build::<C>();
        if data.common != common || base.common != common {
            return Err(no_shape());
        }
        Ok(ChainCircuit {
            start: start(&base, &[F::ZERO; INPUTS], &data.verifier_only)?,
            data,
            segment: circuit.data.verifier_data(),
            targets,
        })
    }

    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) -> IoResult<()> {
        write_data(bytes, &self.data)?;
        bytes.write_proof_with_public_inputs(&self.start)?;
        let targets = &self.targets;
        bytes.write_target_bool(targets.continues)?;
        bytes.write_target_proof_with_public_inputs(&targets.segment)?;
        bytes.write_target_proof_with_public_inputs(&targets.before)?;
        bytes.write_target_verifier_circuit(&targets.key)
    }

    pub(super) fn read_from(
        buffer: &mut Buffer<'_>,
        circuit: &SegmentCircuit,
    ) -> IoResult<ChainCircuit> {
        let data = read_data(buffer)?;
        Ok(ChainCircuit {
            start: buffer.read_proof_with_public_inputs(&data.common)?,
            data,
            segment: circuit.data.verifier_data(),
            targets: Targets {
                continues: buffer.read_target_bool()?,
                segment: buffer.read_target_proof_with_public_inputs()?,
                before: buffer.read_target_proof_with_public_inputs()?,
                key: buffer.read_target_verifier_circuit()?,
            },
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

    /// The proof of the segments of `before`, if any, and then that of `segment`.
    ///
    /// # Errors
    /// [`RecursionError::Verify`] or [`RecursionError::Key`] if a proof does not verify, [`RecursionError::Prove`] if the
    /// segment does not begin where the others end.
    pub fn prove(
        &self,
        before: Option<&RecursiveProof>,
        segment: &RecursiveProof,
    ) -> Result<RecursiveProof, RecursionError> {
        verify(&self.segment, segment)?;
        if let Some(before) = before {
            verify_chain(&self.data.verifier_data(), before)?;
        }
        let key = &self.data.verifier_only;
        self.prove_unverified(
            before.is_some(),
            before.unwrap_or(&self.start),
            segment,
            key,
        )
    }

    /// [`prove`](Self::prove), but the circuit alone judges the proofs, and the key that the proof names is given.
    pub(super) fn prove_unverified(
        &self,
        continues: bool,
        before: &RecursiveProof,
        segment: &RecursiveProof,
        key: &Key,
    ) -> Result<RecursiveProof, RecursionError> {
        let targets = &self.targets;
        let mut witness = PartialWitness::new();
        witness
            .set_bool_target(targets.continues, continues)
            .and_then(|()| witness.set_proof_with_pis_target(&targets.before, before))
            .and_then(|()| witness.set_proof_with_pis_target(&targets.segment, segment))
            .and_then(|()| witness.set_verifier_data_target(&targets.key, key))
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

    /// Verifies that `proof` is about a run with this boundary.
    ///
    /// # Errors
    /// [`RecursionError::Statement`], [`RecursionError::Key`] or [`RecursionError::Verify`].
    pub fn verify(
        &self,
        proof: &RecursiveProof,
        boundary: &Boundary,
    ) -> Result<(), RecursionError> {
        if proof.public_inputs.get(..INPUTS) != Some(&boundary.inputs()[..]) {
            return Err(RecursionError::Statement);
        }
        verify_chain(&self.data.verifier_data(), proof)
    }

    /// Verifies a proof in another circuit and gives the public inputs of the segment that stands for the chain. The
    /// circuit that was built is a constant there, so this is where a proof of another one ends.
    pub(super) fn verify_in(&self, builder: &mut Builder) -> ProofWithPublicInputsTarget<D> {
        let key = &self.data.verifier_only;
        let proof = builder.add_virtual_proof_with_pis(&self.data.common);
        let constant = builder.constant_verifier_data(key);
        builder.verify_proof::<C>(&proof, &constant, &self.data.common);
        for (&target, value) in proof.public_inputs[INPUTS..].iter().zip(key_inputs(key)) {
            let value = builder.constant(value);
            builder.connect(target, value);
        }
        proof
    }
}

/// Verifies a proof of a chain and the key that it names.
pub(super) fn verify_chain(
    circuit: &RecursiveVerifier,
    proof: &RecursiveProof,
) -> Result<(), RecursionError> {
    if proof.public_inputs.get(INPUTS..) != Some(&key_inputs(&circuit.verifier_only)[..]) {
        return Err(RecursionError::Key);
    }
    verify(circuit, proof)
}

fn no_shape() -> RecursionError {
    RecursionError::Build {
        reason: "no circuit of a chain verifies proofs of its own shape".into(),
    }
}

/// The circuit's variables and constraints, for inner proofs of the given shape.
fn targets(
    builder: &mut Builder,
    circuit: &SegmentCircuit,
    common: &Common,
    base: &Key,
) -> Targets {
    let claim = builder.add_virtual_public_input_arr::<INPUTS>();
    let key = builder.add_verifier_data_public_inputs();
    // The base circuit has constants in a gate of their own, this one in free places of others.
    let constants = ConstantGate::new(builder.config.num_constants);
    builder.add_gate_to_gate_set(GateRef::new(constants));
    let continues = builder.add_virtual_bool_target_safe();
    let segment = circuit.verify_in(builder);

    // A proof of this circuit, with the key that this proof names, or one of the base circuit. Either names this key, too.
    let before = builder.add_virtual_proof_with_pis(common);
    let base = builder.constant_verifier_data(base);
    let inner_key = builder.select_verifier_data(continues, &key, &base);
    builder.verify_proof::<C>(&before, &inner_key, common);
    let own: Vec<Target> = std::iter::once(&key.circuit_digest)
        .chain(&key.constants_sigmas_cap.0)
        .flat_map(|hash| hash.elements)
        .collect();
    let inner = &before.public_inputs;
    for (&named, own) in inner[INPUTS..].iter().zip(own) {
        builder.connect(named, own);
    }

    // The chain ends where the segment ends. It begins where it began before, and there the segment begins where it ended;
    // or it begins with the segment.
    let last = &segment.public_inputs;
    for (start, end) in states() {
        let first = builder.select(continues, inner[start], last[start]);
        builder.connect(claim[start], first);
        let met = builder.select(continues, inner[end], last[start]);
        builder.connect(last[start], met);
        builder.connect(claim[end], last[end]);
    }
    let order = builder.select(continues, inner[BIG_ENDIAN], last[BIG_ENDIAN]);
    builder.connect(claim[BIG_ENDIAN], order);
    builder.connect(claim[BIG_ENDIAN], last[BIG_ENDIAN]);
    Targets {
        continues,
        segment,
        before,
        key,
    }
}

/// Fills up to the larger half of `2^bits` rows; the rest is filled when the circuit is built.
fn pad(builder: &mut Builder, bits: usize) {
    while builder.num_gates() <= 1 << (bits - 1) {
        builder.add_gate(NoopGate, vec![]);
    }
}

/// The shape of a circuit that verifies a segment and a proof of that same shape: the circuit is built for the shape it
/// had the last time, at first one of fewer rows than it can have, until the two are the same.
fn shape(circuit: &SegmentCircuit) -> Result<Common, RecursionError> {
    let config = config();
    let mut bits = LEAST_BITS;
    let mut common = Common {
        fri_params: config.fri_config.fri_params(bits, false),
        config,
        ..circuit.data.common.clone()
    };
    // For the key of the base circuit, which is not known yet: other constants, so that they take as many rows.
    let mut stand_in = circuit.data.verifier_only.clone();
    let cap = stand_in.constants_sigmas_cap.0.iter_mut();
    for hash in cap.chain([&mut stand_in.circuit_digest]) {
        hash.elements = hash.elements.map(|element| element + F::ONE);
    }
    for _ in 0..SHAPES {
        let mut builder = Builder::new(common.config.clone());
        common.num_public_inputs = INPUTS + key_inputs(&stand_in).len();
        targets(&mut builder, circuit, &common, &stand_in);
        pad(&mut builder, bits);
        let built = builder.mock_build::<C>().common;
        if built == common {
            return Ok(common);
        }
        // Never fewer rows than before, so that two shapes cannot take turns.
        bits = built.degree_bits().max(bits);
        common = built;
    }
    Err(no_shape())
}

/// The circuit of no segments, of the given shape: its public inputs are any numbers.
pub(super) fn base(common: &Common) -> CircuitData<F, C, D> {
    let mut builder = Builder::new(common.config.clone());
    pad(&mut builder, common.degree_bits());
    for gate in &common.gates {
        builder.add_gate_to_gate_set(gate.clone());
    }
    let inputs = builder.add_virtual_targets(common.num_public_inputs);
    builder.register_public_inputs(&inputs);
    builder.build()
}

/// A proof of the base circuit, which is one of no segments: it names the key of a chain, and some states.
pub(super) fn start(
    base: &CircuitData<F, C, D>,
    states: &[F],
    key: &Key,
) -> Result<RecursiveProof, RecursionError> {
    let values = [states, &key_inputs(key)].concat();
    let mut witness = PartialWitness::new();
    witness
        .set_target_arr(&base.prover_only.public_inputs, &values)
        .and_then(|()| base.prove(witness))
        .map_err(RecursionError::prove)
}
