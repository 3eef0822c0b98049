//! Proofs with two queries: circuits of full size, but for parameters that prove nothing.

use std::sync::LazyLock;

use gavel_vm::memory::ByteOrder;
use plonky2::field::types::Field;

use super::chain::{base, start, states};
use super::circuits::Circuits;
use super::{RecursionError, RecursiveProof, SegmentCircuit, verify};
use crate::claim::Opening;
use crate::programs::copy;
use crate::segment::{Boundary, INPUTS, Run, Segment, Size};
use crate::stark::F;
use crate::stark::cpu::columns;
use crate::stark::lookup::CPU;
use crate::stark::proof::{ProofError, SegmentProof, prove_tables, quick};

const SIZE: Size = Size {
    cpu_bits: 6,
    memory_bits: 10,
};

const HEIGHTS: [usize; 3] = [6, 10, 16];

/// Four bytes that are the same word in both byte orders.
pub(super) const INPUT: &[u8] = b"abba";

/// The two segments of [`copy`].
fn segments(order: ByteOrder) -> Vec<Segment> {
    let mut run = Run::new(&copy(order), INPUT, SIZE).unwrap();
    let segments: Vec<Segment> = std::iter::from_fn(|| run.next_segment().unwrap()).collect();
    assert_eq!(segments.len(), 2);
    segments
}

fn stark(segment: &Segment) -> SegmentProof {
    prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap()
}

/// What the tests share: a run in two segments, and its proofs.
pub(crate) struct Example {
    pub(crate) circuits: Circuits,
    segments: Vec<Segment>,
    starks: Vec<SegmentProof>,
    pub(super) proofs: Vec<RecursiveProof>,
    /// Chains of the first segment and of both.
    pub(super) chains: [RecursiveProof; 2],
    pub(super) opening: Opening,
}

pub(crate) static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let circuit = SegmentCircuit::with_config(HEIGHTS, quick());
    let circuits = Circuits::with_segment(circuit).unwrap();
    let segments = segments(ByteOrder::Big);
    let starks: Vec<SegmentProof> = segments.iter().map(stark).collect();
    let proofs: Vec<RecursiveProof> = starks
        .iter()
        .map(|proof| circuits.segment(proof).unwrap())
        .collect();
    let first = circuits.chain(None, &proofs[0]).unwrap();
    let both = circuits.chain(Some(&first), &proofs[1]).unwrap();
    Example {
        circuits,
        segments,
        starks,
        proofs,
        chains: [first, both],
        opening: Opening::new(&copy(ByteOrder::Big), INPUT, 100).unwrap(),
    }
});

/// From the state before the first segment to the one after the second.
fn run() -> Boundary {
    Boundary {
        after: EXAMPLE.segments[1].boundary.after.clone(),
        ..EXAMPLE.segments[0].boundary.clone()
    }
}

/// Asserts that there was no proof because the circuit's values contradict each other.
pub(super) fn contradiction(result: Result<RecursiveProof, RecursionError>) {
    let Err(RecursionError::Prove { reason }) = result else {
        panic!("a proof of a falsehood");
    };
    assert!(
        reason.contains("set twice with different values"),
        "{reason}"
    );
}

fn refused(result: Result<(), RecursionError>) {
    assert!(
        matches!(result, Err(RecursionError::Verify { .. })),
        "{result:?}"
    );
}

#[test]
fn the_circuit_verifies_proofs_of_segments() {
    let circuit = &EXAMPLE.circuits.segment;
    let (segment, proof) = (&EXAMPLE.segments[0], &EXAMPLE.proofs[0]);
    circuit.verify(proof, &segment.boundary).unwrap();

    let mut other = segment.boundary.clone();
    other.after.cpu.hi = 1;
    assert_eq!(
        circuit.verify(proof, &other),
        Err(RecursionError::Statement)
    );
    let mut changed = proof.clone();
    changed.public_inputs[0] = F::ZERO;
    other = segment.boundary.clone();
    other.order = ByteOrder::Little;
    refused(circuit.verify(&changed, &other));
}

#[test]
fn every_public_input_is_bound() {
    let Circuits { segment, chain, .. } = &EXAMPLE.circuits;
    let key = chain.data().verifier_only.constants_sigmas_cap.0.len() + 1;
    for (circuit, proof, inputs) in [
        (segment.data.verifier_data(), &EXAMPLE.proofs[0], INPUTS),
        (
            chain.data().verifier_data(),
            &EXAMPLE.chains[1],
            INPUTS + 4 * key,
        ),
    ] {
        verify(&circuit, proof).unwrap();
        assert_eq!(proof.public_inputs.len(), inputs);
        for input in 0..inputs {
            let mut changed = proof.clone();
            changed.public_inputs[input] += F::ONE;
            refused(verify(&circuit, &changed));
        }
    }
}

/// All that a segment hands to the next: every public input but the byte order belongs to one state.
#[test]
fn states_are_whole() {
    let mut inputs: Vec<usize> = states()
        .flat_map(|(before, after)| [before, after])
        .collect();
    inputs.sort_unstable();
    assert_eq!(inputs, Vec::from_iter(columns::BIG_ENDIAN + 1..INPUTS));
    let [first, second] = [0, 1].map(|i| EXAMPLE.segments[i].boundary.inputs());
    for (before, after) in states() {
        assert_eq!(first[after], second[before], "{before}");
    }
}

#[test]
fn false_proofs_of_segments_have_no_proof() {
    let circuit = &EXAMPLE.circuits.segment;
    let segment = &EXAMPLE.segments[0];
    let mut statement = EXAMPLE.starks[0].clone();
    statement.boundary.after.step += 1;
    contradiction(circuit.prove_unverified(&statement));
    assert!(matches!(
        circuit.prove(&statement),
        Err(RecursionError::Segment(ProofError::Table { .. }))
    ));
    for (column, row) in [(columns::LIMB, 0), (columns::OLD_TIME, 2)] {
        let mut tables = segment.tables.clone();
        tables[CPU][column].values[row] += F::ONE;
        let proof = prove_tables(&segment.boundary, &tables, &quick()).unwrap();
        contradiction(circuit.prove_unverified(&proof));
    }
}

#[test]
fn proofs_of_other_heights_are_refused() {
    let size = Size {
        cpu_bits: 7,
        memory_bits: 10,
    };
    let mut run = Run::new(&copy(ByteOrder::Big), INPUT, size).unwrap();
    let proof = stark(&run.next_segment().unwrap().unwrap());
    assert_eq!(
        EXAMPLE.circuits.segment(&proof).unwrap_err(),
        RecursionError::Heights {
            expected: [6, 10, 16],
            found: [7, 10, 16],
        }
    );
}

#[test]
fn proofs_are_bytes() {
    let circuits = &EXAMPLE.circuits;
    let bytes = EXAMPLE.proofs[0].to_bytes();
    assert_eq!(circuits.segment.read(&bytes), Ok(EXAMPLE.proofs[0].clone()));
    let chain = EXAMPLE.chains[0].to_bytes();
    assert_eq!(circuits.chain.read(&chain), Ok(EXAMPLE.chains[0].clone()));
    let mut longer = bytes.clone();
    longer.push(0);
    for bytes in [&bytes[1..], &bytes[..bytes.len() - 1], &longer, &[]] {
        assert_eq!(circuits.segment.read(bytes), Err(RecursionError::Shape));
    }
}

#[test]
fn circuits_are_bytes() {
    let bytes = EXAMPLE.circuits.to_bytes().unwrap();
    let read = |bytes: &[u8]| Circuits::from_bytes(bytes, HEIGHTS, quick());
    let circuits = read(&bytes).unwrap();
    assert!(circuits.to_bytes().unwrap() == bytes);
    // They prove as those that were built.
    let proof = circuits.segment(&EXAMPLE.starks[0]).unwrap();
    let chain = circuits.chain(None, &proof).unwrap();
    let boundary = &EXAMPLE.segments[0].boundary;
    EXAMPLE.circuits.chain.verify(&chain, boundary).unwrap();
    let statement = circuits.statement(&EXAMPLE.chains[1], &EXAMPLE.opening);
    let verified = EXAMPLE.circuits.verifier().verify(statement.unwrap());
    verified.unwrap();
    let longer = [&bytes[..], &[0]].concat();
    for bytes in [&bytes[..bytes.len() - 1], &longer, &[]] {
        assert_eq!(read(bytes).unwrap_err(), RecursionError::Bytes);
    }
}

#[test]
fn a_chain_is_one_proof_of_several_segments() {
    let (chain, segments) = (&EXAMPLE.circuits.chain, &EXAMPLE.segments);
    let [first, both] = &EXAMPLE.chains;
    chain.verify(first, &segments[0].boundary).unwrap();
    let boundary = run();
    chain.verify(both, &boundary).unwrap();
    assert_eq!(
        chain.verify(both, &segments[1].boundary),
        Err(RecursionError::Statement)
    );
    let mut changed = both.clone();
    changed.public_inputs[columns::END_STEP] += F::ONE;
    let mut other = boundary.clone();
    other.after.step += 1;
    refused(chain.verify(&changed, &other));
    assert!(matches!(
        chain.prove(Some(&changed), &EXAMPLE.proofs[1]),
        Err(RecursionError::Verify { .. })
    ));
}

#[test]
fn segments_of_a_chain_meet() {
    let chain = &EXAMPLE.circuits.chain;
    let first = Some(&EXAMPLE.chains[0]);
    // The first segment does not begin where it ends.
    contradiction(chain.prove(first, &EXAMPLE.proofs[0]));
    // The second one of a machine with the other byte order begins in the same state.
    let other = &segments(ByteOrder::Little)[1];
    assert_eq!(other.boundary.before, EXAMPLE.segments[1].boundary.before);
    let proof = EXAMPLE.circuits.segment(&stark(other)).unwrap();
    contradiction(chain.prove(first, &proof));
}

#[test]
fn a_chain_names_the_key_of_its_circuit() {
    let Circuits {
        chain, statement, ..
    } = &EXAMPLE.circuits;
    let [first, second] = &EXAMPLE.proofs[..] else {
        panic!("two segments");
    };
    let base = base(&chain.data().common);
    let own = &chain.data().verifier_only;
    let refused = |forged: &RecursiveProof, boundary: &Boundary| {
        chain.data().verify(forged.clone()).unwrap();
        assert_eq!(chain.verify(forged, boundary), Err(RecursionError::Key));
        assert_eq!(chain.prove(Some(forged), second), Err(RecursionError::Key));
        contradiction(statement.prove_unverified(forged, &EXAMPLE.opening));
    };
    // Nothing in the circuit ties the key of a first segment to the circuit's own: whoever ends the chain does.
    let mut other = own.clone();
    other.circuit_digest.elements[0] += F::ONE;
    let empty = start(&base, &[F::ZERO; INPUTS], &other).unwrap();
    let forged = chain
        .prove_unverified(false, &empty, first, &other)
        .unwrap();
    refused(&forged, &EXAMPLE.segments[0].boundary);
    contradiction(chain.prove_unverified(true, &forged, second, own));
    contradiction(chain.prove_unverified(true, &forged, second, &other));

    // The base circuit says nothing, so a chain that goes on from it with its key leaves segments out.
    let boundary = run();
    let claimed = Boundary {
        after: EXAMPLE.segments[0].boundary.after.clone(),
        ..boundary.clone()
    };
    let nothing = |key| start(&base, &claimed.inputs(), key).unwrap();
    let key = &base.verifier_only;
    let forged = chain
        .prove_unverified(true, &nothing(key), second, key)
        .unwrap();
    refused(&forged, &boundary);
    contradiction(chain.prove_unverified(true, &nothing(own), second, own));
}

/// Where a chain starts, the proof of no segments may say what it likes.
#[test]
fn a_first_segment_stands_alone() {
    let chain = &EXAMPLE.circuits.chain;
    let base = base(&chain.data().common);
    let own = &chain.data().verifier_only;
    let segment = &EXAMPLE.segments[1].boundary;
    let start = start(&base, &EXAMPLE.segments[0].boundary.inputs(), own).unwrap();
    let proof = chain
        .prove_unverified(false, &start, &EXAMPLE.proofs[1], own)
        .unwrap();
    chain.verify(&proof, segment).unwrap();
    assert_eq!(chain.verify(&proof, &run()), Err(RecursionError::Statement));
}
