//! Inputs that are chosen one by one.

use gavel_prover::wrap::layer::{InnerProof, InnerVerifier};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field64;
use plonky2::util::serialization::DefaultGateSerializer;

use crate::guest::{GUEST, input, library, native, stored};
use crate::small::{SMALL, change, prove};
use crate::verifier::{FORMAT, STOPPED};

/// The ceiling of the guest's steps for the stored proof, of a statement.
const STEPS: u64 = 200_000_000;

#[test]
fn a_stored_proof_is_verified_in_few_steps() {
    let input = input(&stored("circuit.bin"), &stored("proof.bin"));
    let expected = native(&input);
    assert!(expected.starts_with("verified\ncircuit "));
    for program in 0..2 {
        let (output, steps) = GUEST.machine(&input, program);
        assert_eq!(output, expected);
        assert!(steps <= STEPS, "{steps} steps");
    }
}

#[test]
fn a_proof_of_another_circuit_is_rejected() {
    let verdict = GUEST.agree(&input(&stored("other-circuit.bin"), &stored("proof.bin")));
    assert!(
        verdict.starts_with("rejected: the proof does not verify: ") && verdict.contains(VANISHING),
        "{verdict}"
    );
}

#[test]
fn a_proof_without_work_is_rejected() {
    let circuit = InnerVerifier::from_bytes(stored("circuit.bin"), &DefaultGateSerializer);
    let common = circuit.expect("a circuit").common;
    let mut proof = InnerProof::from_bytes(stored("proof.bin"), &common).expect("a proof");
    change(&mut proof.proof.opening_proof.pow_witness);
    assert_eq!(
        GUEST.agree(&input(&stored("circuit.bin"), &proof.to_bytes())),
        "rejected: the proof does not verify: Invalid proof of work witness.\n"
    );
}

#[test]
fn the_small_proof_is_verified() {
    let verdict = GUEST.agree(&SMALL.input(&SMALL.proof));
    let statement: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
    assert!(verdict.ends_with(&format!("\nstatement {statement}\n")));
}

/// A part of a proof, how it changes, and a part of plonky2's reason.
type Change = (&'static str, fn(&mut InnerProof), &'static str);

/// The relation at the challenge point.
const VANISHING: &str = "vanishing_polys_zeta";
/// A path to a root.
const PATH: &str = "Invalid Merkle proof";
/// The openings, or an earlier layer, against a coset.
const COSET: &str = "old_eval";

/// What the transcript absorbs changes all challenges after it, so the first relation that is checked next fails.
const CHANGES: &[Change] = &[
    (
        "public input",
        |p| change(&mut p.public_inputs[7]),
        VANISHING,
    ),
    (
        "wires' cap",
        |p| change(&mut p.proof.wires_cap.0[3].elements[1]),
        VANISHING,
    ),
    (
        "products' cap",
        |p| change(&mut p.proof.plonk_zs_partial_products_cap.0[0].elements[0]),
        VANISHING,
    ),
    (
        "quotients' cap",
        |p| change(&mut p.proof.quotient_polys_cap.0[15].elements[3]),
        VANISHING,
    ),
    (
        "constant",
        |p| extension(&mut p.proof.openings.constants[0]),
        VANISHING,
    ),
    (
        "permutation",
        |p| extension(&mut p.proof.openings.plonk_sigmas[79]),
        VANISHING,
    ),
    (
        "wire",
        |p| extension(&mut p.proof.openings.wires[0]),
        VANISHING,
    ),
    (
        "product",
        |p| extension(&mut p.proof.openings.plonk_zs[1]),
        VANISHING,
    ),
    (
        "next product",
        |p| extension(&mut p.proof.openings.plonk_zs_next[0]),
        VANISHING,
    ),
    (
        "partial product",
        |p| extension(&mut p.proof.openings.partial_products[17]),
        VANISHING,
    ),
    (
        "quotient",
        |p| extension(&mut p.proof.openings.quotient_polys[15]),
        VANISHING,
    ),
    // From here on nothing is absorbed before the point, and the relation there holds.
    (
        "folded cap",
        |p| change(&mut p.proof.opening_proof.commit_phase_merkle_caps[0].0[0].elements[0]),
        PATH,
    ),
    (
        "final polynomial",
        |p| extension(&mut p.proof.opening_proof.final_poly.coeffs[0]),
        PATH,
    ),
    (
        "work",
        |p| change(&mut p.proof.opening_proof.pow_witness),
        PATH,
    ),
    ("leaf of constants", |p| leaf(p, 0), PATH),
    ("leaf of wires", |p| leaf(p, 1), PATH),
    ("leaf of products", |p| leaf(p, 2), PATH),
    ("leaf of quotients", |p| leaf(p, 3), PATH),
    (
        "sibling",
        |p| {
            let query = &mut p.proof.opening_proof.query_round_proofs[1];
            let (_, path) = &mut query.initial_trees_proof.evals_proofs[2];
            change(&mut path.siblings[0].elements[2]);
        },
        PATH,
    ),
    (
        "folded siblings",
        |p| {
            let query = &mut p.proof.opening_proof.query_round_proofs[0];
            for digest in &mut query.steps[0].merkle_proof.siblings {
                change(&mut digest.elements[0]);
            }
        },
        PATH,
    ),
    (
        "coset",
        |p| {
            let query = &mut p.proof.opening_proof.query_round_proofs[0];
            query.steps[0].evals.iter_mut().for_each(extension);
        },
        COSET,
    ),
];

fn extension(element: &mut QuadraticExtension<GoldilocksField>) {
    change(&mut element.0[0]);
}

fn leaf(proof: &mut InnerProof, tree: usize) {
    let query = &mut proof.proof.opening_proof.query_round_proofs[0];
    change(&mut query.initial_trees_proof.evals_proofs[tree].0[0]);
}

#[test]
fn every_field_counts() {
    for (field, mutate, reason) in CHANGES {
        let mut changed = SMALL.proof.clone();
        mutate(&mut changed);
        let verdict = GUEST.agree(&SMALL.input(&changed));
        assert!(
            verdict.starts_with("rejected: the proof does not verify: ")
                && verdict.contains(reason),
            "{field}: {verdict}"
        );
    }
}

/// The circuit says how long every list of a proof is, so another length is read as other contents or not at all.
#[test]
fn another_length_is_rejected() {
    let bytes = SMALL.proof.to_bytes();
    let unreadable = "rejected: plonky2 cannot read the proof\n";
    let longer = [&bytes[..], &[0]].concat();
    for (bytes, expected) in [
        (&bytes[..bytes.len() - 1], unreadable),
        (&bytes[..1000], unreadable),
        (&[][..], unreadable),
        (
            &longer[..],
            "rejected: the proof is not what plonky2 would write for it\n",
        ),
    ] {
        assert_eq!(GUEST.agree(&input(&SMALL.circuit_bytes(), bytes)), expected);
    }
    let circuit = SMALL.circuit_bytes();
    let longer = [&circuit[..], &[0]].concat();
    for (circuit, expected) in [
        (
            &circuit[..circuit.len() - 1],
            "rejected: plonky2 cannot read the circuit\n",
        ),
        (&[][..], "rejected: plonky2 cannot read the circuit\n"),
        (
            &longer[..],
            "rejected: the circuit is not what plonky2 would write for it\n",
        ),
    ] {
        assert_eq!(GUEST.agree(&input(circuit, &bytes)), expected);
    }
}

/// One number has one way to be written: from the modulus on, none.
#[test]
fn numbers_from_p_on_are_rejected() {
    let mut bytes = SMALL.proof.to_bytes();
    let last = bytes.len() - 8;
    let value = u64::from_le_bytes(bytes[last..].try_into().expect("eight bytes"));
    bytes[last..].copy_from_slice(&(value + GoldilocksField::ORDER).to_le_bytes());
    assert_eq!(
        GUEST.agree(&input(&SMALL.circuit_bytes(), &bytes)),
        "rejected: the proof is not what plonky2 would write for it\n"
    );
}

/// A machine of 32 bits must not take the low word of a length for the length.
#[test]
fn lengths_have_64_bits() {
    let mut bytes = SMALL.proof.to_bytes();
    let length = bytes.len() - 8 * 9;
    assert_eq!(bytes[length..length + 8], 8u64.to_le_bytes());
    bytes[length + 4] = 1;
    let input = input(&SMALL.circuit_bytes(), &bytes);
    assert_eq!(native(&input), "rejected: plonky2 cannot read the proof\n");
    for program in 0..2 {
        assert_eq!(
            GUEST.machine(&input, program).0,
            "rejected: the proof is not what plonky2 would write for it\n"
        );
    }
}

#[test]
fn public_inputs_are_a_digest() {
    let words = |count: u64| {
        (0..count)
            .map(|i| GoldilocksField(i + 5))
            .collect::<Vec<_>>()
    };
    let mut large = words(8);
    large[6] = GoldilocksField(1 << 32);
    for (public, reason) in [
        (words(7), "the proof has 7 public inputs, a digest has 8"),
        (words(9), "the proof has 9 public inputs, a digest has 8"),
        (large, "public input 6 is 4294967296, not a word of 32 bits"),
    ] {
        let other = prove(&public);
        let verdict = GUEST.agree(&other.input(&other.proof));
        assert_eq!(verdict, format!("rejected: {reason}\n"));
    }
}

#[test]
fn inputs_that_are_cut_or_too_long() {
    let input = SMALL.input(&SMALL.proof);
    let circuit = 4 + SMALL.circuit_bytes().len();
    for (cut, part) in [
        (0, "circuit"),
        (3, "circuit"),
        (circuit - 1, "circuit"),
        (circuit, "proof"),
        (circuit + 9, "proof"),
    ] {
        let expected = format!("rejected: the input ends before the end of its {part}\n");
        assert_eq!(GUEST.agree(&input[..cut]), expected);
    }
    let longer = [&input[..], &[7; 5]].concat();
    assert_eq!(GUEST.agree(&longer), "rejected: 5 bytes follow the proof\n");
    let too_long = vec![0; FORMAT.max_bytes + 1];
    assert_eq!(
        GUEST.agree(&too_long),
        "rejected: the input has more than 1048576 bytes\n"
    );
}

/// plonky2 panics where a circuit's parts contradict each other: the guest says so and is no less alive.
#[test]
fn a_circuit_that_contradicts_itself_stops_plonky2() {
    let mut changed = SMALL.circuit.clone();
    changed.common.k_is.truncate(3);
    let bytes = changed.to_bytes(&DefaultGateSerializer);
    let input = input(&bytes.expect("standard gates"), &SMALL.proof.to_bytes());
    assert!(std::panic::catch_unwind(|| library(&input)).is_err());
    for program in 0..2 {
        assert_eq!(
            GUEST.machine(&input, program).0,
            format!("rejected: {STOPPED}\n")
        );
    }
}
