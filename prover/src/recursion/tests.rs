//! Proofs with two queries: circuits of full size, but for parameters that prove nothing.

use std::sync::LazyLock;

use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use plonky2::field::types::Field;

use super::circuits::Circuits;
use super::{RecursionError, RecursiveProof, SegmentCircuit};
use crate::claim::Opening;
use crate::segment::{Boundary, Run, Segment, Size};
use crate::stark::F;
use crate::stark::cpu::columns;
use crate::stark::lookup::CPU;
use crate::stark::proof::{ProofError, SegmentProof, prove_tables, quick};

const SIZE: Size = Size {
    cpu_bits: 6,
    memory_bits: 10,
};

/// Four bytes that are the same word in both byte orders.
pub(super) const INPUT: &[u8] = b"abba";

/// Copies the first word of the input to the output, waits, and exits with 7.
const COPY: [u32; 13] = [
    0x3c08_a000, // lui t0, 0xa000
    0x8d09_0004, // lw t1, 4(t0)
    0x3c0a_b000, // lui t2, 0xb000
    0xad49_0008, // sw t1, 8(t2)
    0x240b_0004, // addiu t3, zero, 4
    0xad4b_0000, // sw t3, 0(t2)
    0x2409_0014, // addiu t1, zero, 20
    0x2529_ffff, // addiu t1, t1, -1
    0x1520_fffe, // bnez t1, -2
    0x0000_0000, // nop
    0x2402_0fa1, // addiu v0, zero, 4001
    0x2404_0007, // addiu a0, zero, 7
    0x0000_000c, // syscall
];

pub(super) fn image(order: ByteOrder) -> Image {
    Image::bare(order, 0x1_0000, &COPY).unwrap()
}

/// The two segments of [`COPY`].
fn segments(order: ByteOrder) -> Vec<Segment> {
    let mut run = Run::new(&image(order), INPUT, SIZE).unwrap();
    let segments: Vec<Segment> = std::iter::from_fn(|| run.next_segment().unwrap()).collect();
    assert_eq!(segments.len(), 2);
    segments
}

fn stark(segment: &Segment) -> SegmentProof {
    prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap()
}

/// What the tests share: a run in two segments, and its proofs.
pub(super) struct Example {
    pub(super) circuits: Circuits,
    segments: Vec<Segment>,
    starks: Vec<SegmentProof>,
    pub(super) proofs: Vec<RecursiveProof>,
    /// Chains of the first segment and of both.
    pub(super) chains: [RecursiveProof; 2],
    pub(super) opening: Opening,
}

pub(super) static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let circuit = SegmentCircuit::with_config([6, 10, 16], quick());
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
        opening: Opening::new(&image(ByteOrder::Big), INPUT, 100).unwrap(),
    }
});

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
    let image = image(ByteOrder::Big);
    let size = Size {
        cpu_bits: 7,
        memory_bits: 10,
    };
    let mut run = Run::new(&image, INPUT, size).unwrap();
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
fn a_chain_is_one_proof_of_several_segments() {
    let (chain, segments) = (&EXAMPLE.circuits.chain, &EXAMPLE.segments);
    let [first, both] = &EXAMPLE.chains;
    chain.verify(first, &segments[0].boundary).unwrap();
    let boundary = Boundary {
        order: ByteOrder::Big,
        before: segments[0].boundary.before.clone(),
        after: segments[1].boundary.after.clone(),
    };
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
    let circuits = &EXAMPLE.circuits;
    let (chain, segment) = (&circuits.chain, &EXAMPLE.proofs[0]);
    // Nothing in the circuit ties the key of a first segment to the circuit's own: whoever ends the chain does.
    let mut key = chain.data().verifier_only.clone();
    key.circuit_digest.elements[0] += F::ONE;
    let forged = chain.prove_with_key(None, segment, &key).unwrap();
    chain.data().verify(forged.clone()).unwrap();
    let boundary = &EXAMPLE.segments[0].boundary;
    assert_eq!(chain.verify(&forged, boundary), Err(RecursionError::Key));
    assert_eq!(
        chain.prove(Some(&forged), &EXAMPLE.proofs[1]),
        Err(RecursionError::Key)
    );
    // Neither a chain nor a statement goes on from it.
    let own = &chain.data().verifier_only;
    let second = &EXAMPLE.proofs[1];
    contradiction(chain.prove_with_key(Some(&forged), second, own));
    contradiction(chain.prove_with_key(Some(&forged), second, &key));
    let statement = &circuits.statement;
    contradiction(statement.prove_unverified(&forged, &EXAMPLE.opening));
}
