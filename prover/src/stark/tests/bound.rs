//! What binds the parts of a segment's tables and proofs: each test says which bus, constraint or check does.

use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::hash::poseidon::PoseidonHash;

use super::super::check::{recount, unbalanced, violations};
use super::super::cpu::{Cpu, columns};
use super::super::lookup::{CPU, MEMORY, RANGE, TABLES};
use super::super::memory::{self, Memory};
use super::super::proof::{ProofError, SegmentProof, TableProof, prove_tables, quick, verify_with};
use super::{Ext, F, MISMATCH, SIZE, SUMS, segments};
use crate::segment::{Boundary, INPUTS, Segment};

/// The buses, by their numbers.
const MEMORY_BUS: usize = 0;
const TREE_BUS: usize = 1;
const RANGES: usize = 2;

/// The tables with a change, as a dishonest prover makes them: numbers that are in range are counted anew.
fn changed(
    segment: &Segment,
    change: impl FnOnce(&mut [Vec<PolynomialValues<F>>; TABLES]),
) -> [Vec<PolynomialValues<F>>; TABLES] {
    let mut tables = segment.tables.clone();
    change(&mut tables);
    recount(&mut tables);
    tables
}

/// The first row of an instruction.
fn row_of(segment: &Segment, op: Op) -> usize {
    let flags = &segment.tables[CPU][columns::FLAG + op as usize].values;
    flags.iter().position(|flag| flag.is_one()).unwrap()
}

/// The CPU's columns have tests of their own, but for those that only buses bind. A load makes all accesses of a step.
#[test]
fn columns_without_constraints_are_bound_by_buses() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    assert_eq!(unbalanced(&changed(segment, |_| {})), [0; 0]);
    let row = row_of(segment, Op::Lw);
    let by = |column: usize, delta: F| {
        unbalanced(&changed(segment, |tables| {
            tables[CPU][column].values[row] += delta;
        }))
    };
    for access in 0..columns::ACCESSES {
        // An earlier time is in range, but nothing was given then.
        let time = by(columns::OLD_TIME + access, F::NEG_ONE);
        assert_eq!(time, [MEMORY_BUS], "access {access}");
        // A time that has not come yet.
        let time = by(columns::OLD_TIME + access, F::from_canonical_u32(1 << 10));
        assert_eq!(time, [MEMORY_BUS, RANGES], "access {access}");
        let age = by(columns::AGE_HIGH + access, F::ONE);
        assert_eq!(age, [RANGES], "access {access}");
    }
    assert_eq!(by(columns::DEST_OLD, F::ONE), [MEMORY_BUS]);
    // Limbs that no constraint of the instruction reads are numbers of 16 bits nevertheless.
    let limb = |value: u32| {
        unbalanced(&changed(segment, |tables| {
            tables[CPU][columns::LIMB + 11].values[row] = F::from_canonical_u32(value);
        }))
    };
    assert_eq!(limb(0xffff), [0; 0]);
    assert_eq!(limb(0x1_0000), [RANGES]);
}

/// A load that takes what was stored before the last store: that is given once, and was taken by the last store.
#[test]
fn nothing_stale_is_read() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    let (store, load) = (row_of(segment, Op::Sw), row_of(segment, Op::Lw));
    assert_eq!(load, store + 1);
    let tables = changed(segment, |tables| {
        let time = columns::OLD_TIME + 3;
        let cpu = &mut tables[CPU];
        cpu[time].values[load] = cpu[time].values[store];
        for bit in &mut cpu[columns::SCRATCH..columns::SCRATCH + 32] {
            bit.values[load] = bit.values[store];
        }
        // The load gives the word that it has taken.
        cpu[columns::MEMORY_NEW].values[load] = F::ZERO;
    });
    assert_eq!(unbalanced(&tables), [MEMORY_BUS]);
}

/// A leaf that is opened twice would give its words twice. The rows are those of an honest leaf, and they take what they give,
/// so every constraint and the memory bus are content.
#[test]
fn a_leaf_is_opened_once() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    let memory = &segment.tables[MEMORY];
    let find = |column: usize, wanted: F| {
        let mut values = memory[column].values.iter();
        values.position(|&value| value == wanted).unwrap()
    };
    let (leaf, filler) = (find(memory::LEAF, F::ONE), find(memory::USED, F::ZERO));
    let tables = changed(segment, |tables| {
        for (number, column) in tables[MEMORY].iter_mut().enumerate() {
            for row in [0, 1] {
                column.values[filler + row] = column.values[leaf];
            }
            if number == memory::NEW {
                column.values[filler + 1] = F::ONE;
            }
        }
    });
    let public = segment.boundary.memory_inputs();
    assert_eq!(violations::<Memory>(&tables[MEMORY], &public), []);
    assert_eq!(unbalanced(&tables), [TREE_BUS]);
}

/// Rows after the last step hand the state on and take no step.
#[test]
fn nothing_happens_after_the_last_step() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[1];
    let public = segment.boundary.cpu_inputs();
    let steps = (segment.boundary.after.step - segment.boundary.before.step) as usize;
    let rows = 1 << SIZE.cpu_bits;
    assert!(steps + 2 < rows);
    let state = [
        columns::CLOCK,
        columns::PC,
        columns::NEXT_PC,
        columns::HI,
        columns::LO,
        columns::DEST,
        columns::WRITES,
    ];
    let flags = columns::FLAG..columns::FLAG + columns::OPS;
    for row in [steps, steps + 1, rows - 1] {
        for column in flags.clone().chain(state) {
            let mut cpu = segment.tables[CPU].clone();
            cpu[column].values[row] += F::ONE;
            let found = violations::<Cpu>(&cpu, &public);
            assert!(!found.is_empty(), "column {column}, row {row}");
        }
    }
}

/// Each of a segment's public inputs is bound to its tables, and in proofs to the challenges.
#[test]
fn every_public_input_is_bound() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    let (cpu, memory) = (
        segment.boundary.cpu_inputs(),
        segment.boundary.memory_inputs(),
    );
    assert_eq!(cpu.len() + memory.len(), INPUTS);
    for input in 0..cpu.len() {
        let mut other = cpu.clone();
        other[input] = match input {
            columns::BIG_ENDIAN => F::ZERO,
            _ => other[input] + F::ONE,
        };
        let found = violations::<Cpu>(&segment.tables[CPU], &other);
        assert!(!found.is_empty(), "{input}");
        // The byte order is that of every access; the last row tells the number of steps.
        let row = match input {
            columns::BIG_ENDIAN => row_of(segment, Op::Sw),
            columns::BEFORE..columns::END_STEP => 0,
            _ => segment.tables[CPU][0].len() - 1,
        };
        assert_eq!(found[0].0, row, "{input}");
    }
    for input in 0..memory.len() {
        let mut other = memory.clone();
        other[input] += F::ONE;
        let found = violations::<Memory>(&segment.tables[MEMORY], &other);
        // The root's rows: the old tree's, the new one's.
        assert!(!found.is_empty(), "{input}");
        assert!(found.iter().all(|violation| violation.0 == input / 4));
    }

    let proof = prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap();
    verify_with(&proof, &quick()).unwrap();
    let inputs = segment.boundary.inputs();
    for input in 0..INPUTS {
        let mut other = inputs.clone();
        other[input] = match input {
            columns::BIG_ENDIAN => F::ZERO,
            _ => other[input] + F::ONE,
        };
        let boundary = Boundary::of_inputs(&other).unwrap();
        let changed = SegmentProof {
            boundary,
            ..proof.clone()
        };
        assert_eq!(
            verify_with(&changed, &quick()),
            Err(ProofError::Table {
                table: "CPU",
                reason: MISMATCH.into()
            }),
            "{input}"
        );
    }
}

/// A part of a table's proof, and how it is changed.
type Change = (&'static str, fn(&mut TableProof));

#[test]
fn every_part_of_a_proof_is_bound() {
    let segment = &segments(&SUMS, ByteOrder::Big, SIZE)[0];
    let proof = prove_tables(&segment.boundary, &segment.tables, &quick()).unwrap();
    // What the openings have to fit.
    let algebra: [Change; 8] = [
        ("columns", |p| digest(&mut p.trace_cap)),
        ("helpers", |p| digest(some(&mut p.auxiliary_polys_cap))),
        ("quotients", |p| digest(some(&mut p.quotient_polys_cap))),
        ("opening", |p| p.openings.local_values[1] += Ext::ONE),
        ("next opening", |p| p.openings.next_values[0] += Ext::ONE),
        ("helper", |p| {
            some(&mut p.openings.auxiliary_polys)[0] += Ext::ONE;
        }),
        // The sums stand behind the helpers, whose next values no constraint reads.
        ("next sum", |p| {
            let next = some(&mut p.openings.auxiliary_polys_next);
            *next.last_mut().unwrap() += Ext::ONE;
        }),
        ("opening of a quotient", |p| {
            some(&mut p.openings.quotient_polys)[0] += Ext::ONE;
        }),
    ];
    // What shows that the openings are those of what was committed to. Some of it changes the queries, and so what fails first.
    let commitments: [Change; 6] = [
        ("sum of a bus", |p| {
            some(&mut p.openings.ctl_zs_first)[0] += F::ONE;
        }),
        ("final coefficient", |p| {
            p.opening_proof.final_poly.coeffs[0] += Ext::ONE;
        }),
        ("leaf of columns", |p| leaf(p, 0)),
        ("leaf of helpers", |p| leaf(p, 1)),
        ("leaf of quotients", |p| leaf(p, 2)),
        ("sibling", |p| {
            let query = &mut p.opening_proof.query_round_proofs[1];
            query.initial_trees_proof.evals_proofs[0].1.siblings[0].elements[0] += F::ONE;
        }),
    ];
    // The CPU table of this size is too short to be folded.
    let folding: [Change; 2] = [
        ("folded", |p| {
            digest(&mut p.opening_proof.commit_phase_merkle_caps[0]);
        }),
        ("folded value", |p| {
            let query = &mut p.opening_proof.query_round_proofs[0];
            query.steps[0].evals[0] += Ext::ONE;
        }),
    ];
    for table in [CPU, MEMORY, RANGE] {
        let refused = |part: &str, change: fn(&mut TableProof)| {
            let mut other = proof.clone();
            change(&mut other.tables[table]);
            match verify_with(&other, &quick()) {
                Err(ProofError::Table { reason, .. }) => reason,
                other => panic!("{part} of table {table}: {other:?}"),
            }
        };
        for (part, change) in algebra {
            assert_eq!(refused(part, change), MISMATCH, "{part} of table {table}");
        }
        let folding = folding.iter().filter(|_| table != CPU);
        for (part, change) in commitments.iter().chain(folding) {
            assert_ne!(refused(part, *change), MISMATCH, "{part} of table {table}");
        }
    }
}

fn some<T>(part: &mut Option<T>) -> &mut T {
    part.as_mut().unwrap()
}

fn digest(cap: &mut MerkleCap<F, PoseidonHash>) {
    cap.0[0].elements[0] += F::ONE;
}

fn leaf(proof: &mut TableProof, tree: usize) {
    let query = &mut proof.opening_proof.query_round_proofs[0];
    query.initial_trees_proof.evals_proofs[tree].0[0] += F::ONE;
}
