//! Whole segments: what the tables hold satisfies the constraints, proofs verify, and others do not.

mod bound;

use gavel_vm::image::Image;
use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;
use plonky2::field::extension::Extendable;
use plonky2::field::types::Field;

use super::air::{Air, MAX_DEGREE, expressions};
use super::algebra::{Arena, Expression};
use super::check::{unbalanced, violations};
use super::cpu::{Cpu, columns};
use super::lookup::{CPU, MEMORY, RANGE};
use super::memory::{self, Memory};
use super::proof::{ProofError, SegmentProof, prove, prove_tables, quick, verify, verify_with};
use super::range::{self, Range};
use super::{D, F};
use crate::segment::{Boundary, Run, Segment, Size};

type Ext = <F as Extendable<D>>::Extension;

/// What starky says of openings that no quotient fits.
const MISMATCH: &str = "Mismatch between evaluation and opening of quotient polynomial";

const SIZE: Size = Size {
    cpu_bits: 6,
    memory_bits: 10,
};

/// A loop of twelve turns that adds up numbers and stores the sums, then `exit(0)`.
const SUMS: [u32; 12] = [
    0x3c08_0002, // lui t0, 2
    0x2409_000c, // addiu t1, zero, 12
    0x0149_5021, // addu t2, t2, t1
    0xad0a_0000, // sw t2, 0(t0)
    0x8d0b_0000, // lw t3, 0(t0)
    0x2529_ffff, // addiu t1, t1, -1
    0x1520_fffb, // bnez t1, -5
    0x2508_0004, // addiu t0, t0, 4
    0x2402_0fa1, // addiu v0, zero, 4001
    0x0000_2025, // or a0, zero, zero
    0x0000_000c, // syscall
    0x0000_0000,
];

fn segments(code: &[u32], order: ByteOrder, size: Size) -> Vec<Segment> {
    let image = Image::bare(order, 0x1_0000, code).unwrap();
    let mut run = Run::new(&image, b"", size).unwrap();
    std::iter::from_fn(|| run.next_segment().unwrap()).collect()
}

fn degrees<T: Air>() -> usize {
    let arena = Arena::new();
    let constraints = expressions::<T>(&arena);
    let degrees = arena.degrees();
    constraints
        .into_iter()
        .map(|(_, constraint)| match constraint {
            Expression::Constant(_) => 0,
            Expression::Node(_, index) => degrees[index],
        })
        .max()
        .unwrap()
}

#[test]
fn constraints_have_the_degree_that_the_proofs_allow() {
    assert_eq!(degrees::<Cpu>(), MAX_DEGREE);
    assert_eq!(degrees::<Memory>(), MAX_DEGREE);
    assert_eq!(degrees::<Range>(), 1);
}

/// Violated constraints of all tables.
fn all_violations(segment: &Segment) -> Vec<(usize, usize)> {
    let (tables, boundary) = (&segment.tables, &segment.boundary);
    let mut all = violations::<Cpu>(&tables[CPU], &boundary.cpu_inputs());
    all.extend(violations::<Memory>(
        &tables[MEMORY],
        &boundary.memory_inputs(),
    ));
    all.extend(violations::<Range>(&tables[RANGE], &[]));
    all
}

#[test]
fn tables_of_a_program_satisfy_the_constraints() {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let segments = segments(&SUMS, order, SIZE);
        assert_eq!(segments.len(), 2);
        assert_eq!(segments[0].boundary.after, segments[1].boundary.before);
        assert!(segments[1].boundary.after.halted());
        for segment in &segments {
            assert_eq!(all_violations(segment), []);
            assert_eq!(unbalanced(&segment.tables), [0; 0]);
        }
    }
}

#[test]
fn tables_of_real_programs_satisfy_the_constraints() {
    let programs: [(&[u8], ByteOrder, &[u8]); 3] = [
        (
            include_bytes!("../../../vm/programs/elf/c-crc32-le.elf"),
            ByteOrder::Little,
            b"123456789",
        ),
        (
            include_bytes!("../../../vm/programs/elf/rust-sha256-be.elf"),
            ByteOrder::Big,
            b"abc",
        ),
        (
            include_bytes!("../../../vm/programs/elf/go-hello-be.elf"),
            ByteOrder::Big,
            b"",
        ),
    ];
    let size = Size {
        cpu_bits: 13,
        memory_bits: 14,
    };
    for (elf, order, input) in programs {
        let image = Image::new(elf, &supervisor::linux(order), &["program"]).unwrap();
        let mut run = Run::new(&image, input, size).unwrap();
        let segment = run.next_segment().unwrap().unwrap();
        assert_eq!(all_violations(&segment), []);
        assert_eq!(unbalanced(&segment.tables), [0; 0]);
    }
}

#[test]
fn every_column_of_every_table_is_bound() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    let steps = segment.boundary.after.step - segment.boundary.before.step;
    assert_eq!(steps, 63);
    let nodes = {
        let used = &segment.tables[MEMORY][memory::USED].values;
        used.iter().filter(|value| value.is_one()).count()
    };
    for row in [0, 1, 8, 9, nodes - 2, nodes - 1] {
        for column in 0..memory::COLUMNS {
            let mut tables = segment.tables.clone();
            tables[MEMORY][column].values[row] += F::ONE;
            let public = segment.boundary.memory_inputs();
            let bound = !violations::<Memory>(&tables[MEMORY], &public).is_empty()
                || !unbalanced(&tables).is_empty();
            // Nodes above the leaves have no words, and no times: their new rows may have any.
            let is_leaf = segment.tables[MEMORY][memory::LEAF].values[row].is_one();
            let time = (memory::TIME..memory::CUBE).contains(&column);
            assert!(
                bound || time && !is_leaf,
                "memory column {column}, row {row}"
            );
        }
    }
    for row in [0, 77, range::ROWS - 1] {
        let mut tables = segment.tables.clone();
        tables[RANGE][range::VALUE].values[row] += F::ONE;
        let found = violations::<Range>(&tables[RANGE], &[]);
        assert!(!found.is_empty(), "number, row {row}");
        let mut tables = segment.tables.clone();
        tables[RANGE][range::MULTIPLICITY].values[row] += F::ONE;
        assert_eq!(unbalanced(&tables), [2], "multiplicity, row {row}");
    }
}

#[test]
fn a_proof_of_a_segment_verifies_and_no_other_does() {
    let segments = segments(&SUMS, ByteOrder::Big, SIZE);
    let proof = prove(&segments[0]).unwrap();
    verify(&proof).unwrap();

    let refused = |change: &dyn Fn(&mut SegmentProof)| {
        let mut other = proof.clone();
        change(&mut other);
        verify(&other).unwrap_err()
    };
    let table = |table: &'static str, reason: &str| ProofError::Table {
        table,
        reason: reason.into(),
    };
    let shape = |table: &'static str| ProofError::Shape { table };
    // Another statement: challenges and constraints differ.
    for change in [
        |boundary: &mut Boundary| boundary.after.cpu.pc += 4,
        |boundary: &mut Boundary| boundary.after.step += 1,
        |boundary: &mut Boundary| boundary.before.root[3] += F::ONE,
        |boundary: &mut Boundary| boundary.order = ByteOrder::Little,
    ] {
        let error = refused(&|proof| change(&mut proof.boundary));
        assert_eq!(error, table("CPU", MISMATCH));
    }
    // Another opening, another commitment.
    for (i, name) in [(CPU, "CPU"), (MEMORY, "memory"), (RANGE, "range")] {
        let error = refused(&|proof| proof.tables[i].openings.local_values[0] += Ext::ONE);
        assert_eq!(error, table(name, MISMATCH));
        let error = refused(&|proof| {
            proof.tables[i]
                .openings
                .auxiliary_polys
                .as_mut()
                .unwrap()
                .pop();
        });
        assert_eq!(error, shape(name));
        let error = refused(&|proof| proof.tables[i].openings.ctl_zs_first = None);
        assert_eq!(error, shape(name));
        let error = refused(&|proof| proof.tables[i].opening_proof.query_round_proofs.clear());
        assert_eq!(error, shape(name));
    }
    let error = refused(&|proof| proof.tables.swap(CPU, MEMORY));
    assert_eq!(error, shape("CPU"));

    let bytes = proof.to_bytes().unwrap();
    let read = SegmentProof::from_bytes(&bytes).unwrap();
    assert_eq!(read.boundary, proof.boundary);
    verify(&read).unwrap();
    assert!(matches!(
        SegmentProof::from_bytes(&bytes[..bytes.len() - 1]),
        Err(ProofError::Bytes { .. })
    ));
}

#[test]
fn tables_that_break_a_rule_have_no_proof() {
    let segments = segments(&SUMS, ByteOrder::Big, SIZE);
    let segment = &segments[0];
    let verified = |tables: &_, boundary: &Boundary| {
        let proof = prove_tables(boundary, tables, &quick()).unwrap();
        verify_with(&proof, &quick()).unwrap_err()
    };
    // A word in memory that was never stored: the bus is not balanced.
    let mut tables = segment.tables.clone();
    let row = (0..64)
        .find(|&row| tables[CPU][columns::FLAG + Op::Lw as usize].values[row].is_one())
        .unwrap();
    tables[CPU][columns::OLD_TIME + 3].values[row] -= F::ONE;
    assert_eq!(
        verified(&tables, &segment.boundary),
        ProofError::Lookup {
            reason: "Cross-table lookup 0 verification failed.".into()
        }
    );
    // A sum that is not one.
    let mut tables = segment.tables.clone();
    tables[CPU][columns::LIMB].values[2] += F::ONE;
    assert_eq!(
        verified(&tables, &segment.boundary),
        ProofError::Table {
            table: "CPU",
            reason: MISMATCH.into()
        }
    );
}
