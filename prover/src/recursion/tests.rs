//! The circuit verifies what the verifier verifies, and nothing else. Few queries: the circuit's rules are the same.

use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use plonky2::field::types::Field;
use starky::config::StarkConfig;

use super::{RecursionError, SegmentCircuit};
use crate::segment::{Run, Segment, Size};
use crate::stark::F;
use crate::stark::cpu::columns;
use crate::stark::lookup::CPU;
use crate::stark::proof::{config, prove_tables};

fn quick() -> StarkConfig {
    let mut config = config();
    config.fri_config.num_query_rounds = 2;
    config.fri_config.proof_of_work_bits = 1;
    config
}

const SIZE: Size = Size {
    cpu_bits: 6,
    memory_bits: 10,
};

/// li $v0, 4001 (exit); li $a0, 7; syscall
fn exit() -> Segment {
    let code = [0x2402_0fa1, 0x2404_0007, 0x0000_000c];
    let image = Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    let mut run = Run::new(&image, b"", SIZE).unwrap();
    run.next_segment().unwrap().unwrap()
}

#[test]
fn the_circuit_verifies_proofs_of_segments() {
    let circuit = SegmentCircuit::with_config([6, 10, 16], quick());
    let segment = exit();
    let inner = prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap();
    let proof = circuit.prove(&inner).unwrap();
    circuit.verify(&proof, &segment.boundary).unwrap();

    let mut other = segment.boundary.clone();
    other.after.cpu.hi = 1;
    assert_eq!(
        circuit.verify(&proof, &other),
        Err(RecursionError::Statement)
    );
    let mut changed = proof.clone();
    changed.public_inputs[0] = F::ZERO;
    other = segment.boundary.clone();
    other.order = ByteOrder::Little;
    assert!(matches!(
        circuit.verify(&changed, &other),
        Err(RecursionError::Verify { .. })
    ));

    // Proofs that do not verify: the circuit's values contradict each other.
    let contradiction = |result: Result<_, RecursionError>| {
        let Err(RecursionError::Prove { reason }) = result else {
            panic!("a proof of a false proof");
        };
        assert!(
            reason.contains("set twice with different values"),
            "{reason}"
        );
    };
    let mut statement = inner.clone();
    statement.boundary.after.step += 1;
    contradiction(circuit.prove(&statement));
    let mut tables = segment.tables.clone();
    tables[CPU][columns::LIMB].values[0] += F::ONE;
    contradiction(circuit.prove(&prove_tables(&segment.boundary, &tables, &quick()).unwrap()));
    let mut tables = segment.tables.clone();
    tables[CPU][columns::OLD_TIME].values[2] += F::ONE;
    contradiction(circuit.prove(&prove_tables(&segment.boundary, &tables, &quick()).unwrap()));
}

#[test]
fn proofs_of_other_heights_are_refused() {
    let circuit = SegmentCircuit::with_config([7, 10, 16], quick());
    let segment = exit();
    let inner = prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap();
    assert_eq!(
        circuit.prove(&inner).unwrap_err(),
        RecursionError::Heights {
            expected: [7, 10, 16],
            found: [6, 10, 16],
        }
    );
}
