//! The constraints accept what plonky2 accepts and refuse what it refuses.

use super::super::layer::{InnerProof, LastLayer, LayerProof, Security};
use super::super::statement::Statement;
use super::*;
use crate::wrap::hash::{Bn254Poseidon, Digest};
use crate::wrap::words::WordPairs;
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::PrimeField64;
use plonky2::fri::proof::FriChallenges;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::config::{Hasher, PoseidonGoldilocksConfig};
use std::sync::LazyLock;

type Inner = PoseidonGoldilocksConfig;

/// A circuit whose public inputs are a digest, with a few constraints; little security, so that the layer above is small.
fn inner(statement: &Statement) -> (CircuitData<F, Inner, D>, InnerProof) {
    let mut config = CircuitConfig::standard_recursion_config();
    config.security_bits = 4;
    config.fri_config.num_query_rounds = 1;
    config.fri_config.proof_of_work_bits = 1;
    let mut builder = CircuitBuilder::<F, D>::new(config);
    let words = builder.add_virtual_targets(DIGEST_WORDS);
    for word in &words {
        builder.range_check(*word, Statement::WORD_BITS);
    }
    builder.register_public_inputs(&words);
    let circuit = builder.build::<Inner>();
    let mut witness = PartialWitness::new();
    for (word, value) in words.iter().zip(statement.words()) {
        witness.set_target(*word, value).expect("a new target");
    }
    let proof = circuit.prove(witness).expect("a proof");
    (circuit, proof)
}

const STATEMENT: Statement = Statement([0xa7; 32]);

/// A last layer and a proof, made once.
static FIXTURE: LazyLock<(LastLayer, LayerProof)> = LazyLock::new(|| {
    let (circuit, proof) = inner(&STATEMENT);
    let layer = LastLayer::new(&circuit.verifier_data(), Security::TINY).expect("a digest");
    let proof = layer.prove(&proof).expect("a proof");
    (layer, proof)
});

fn build(proof: &LayerProof) -> ConstraintSystem {
    let circuit = FIXTURE.0.circuit();
    constraints(&circuit.verifier_only, &circuit.common, proof).expect("the circuit's shape")
}

#[test]
fn a_proof_satisfies_the_constraints() {
    let (layer, proof) = &*FIXTURE;
    layer.verify(proof).expect("valid");
    let system = build(proof);
    assert_eq!(system.unsatisfied(), None);
    assert_eq!(system.assignment()[1], STATEMENT.public_input());
    assert_eq!(system.free_variables(), Vec::<usize>::new());
    for (part, constraints) in system.parts() {
        println!("{part}: {constraints}");
    }
    println!(
        "{} constraints, {} variables, {} entries, degree 2^{}",
        system.constraints(),
        system.variables(),
        system.entries(),
        layer.circuit().common.degree_bits(),
    );
}

/// What a dishonest prover may change: the field of the proof, the part of the constraints that does not hold first, and how.
type Mutation = (&'static str, &'static str, fn(&mut LayerProof));

const QUOTIENT: &str = "quotient";
const PATHS: &str = "query: Merkle paths";

const MUTATIONS: [Mutation; 22] = [
    // What is absorbed before the challenge point: other challenges, at which the openings fit no more.
    ("public input", QUOTIENT, |p| p.public_inputs[3] += F::ONE),
    ("wires cap", QUOTIENT, |p| {
        other(&mut p.proof.wires_cap.0[1])
    }),
    ("products cap", QUOTIENT, |p| {
        other(&mut p.proof.plonk_zs_partial_products_cap.0[0]);
    }),
    ("quotients cap", QUOTIENT, |p| {
        other(&mut p.proof.quotient_polys_cap.0[1])
    }),
    ("constant", QUOTIENT, |p| {
        p.proof.openings.constants[0].0[0] += F::ONE
    }),
    ("sigma", QUOTIENT, |p| {
        p.proof.openings.plonk_sigmas[79].0[1] += F::ONE
    }),
    ("wire", QUOTIENT, |p| {
        p.proof.openings.wires[134].0[0] += F::ONE
    }),
    ("product", QUOTIENT, |p| {
        p.proof.openings.plonk_zs[1].0[0] += F::ONE
    }),
    ("next product", QUOTIENT, |p| {
        p.proof.openings.plonk_zs_next[0].0[1] += F::ONE
    }),
    ("partial product", QUOTIENT, |p| {
        p.proof.openings.partial_products[7].0[0] += F::ONE
    }),
    ("quotient", QUOTIENT, |p| {
        p.proof.openings.quotient_polys[2].0[0] += F::ONE
    }),
    // After it: other queries.
    ("folded cap", PATHS, |p| other(&mut commitments(p)[0].0[1])),
    ("last folded cap", PATHS, |p| {
        other(&mut commitments(p).last_mut().expect("a cap").0[0]);
    }),
    ("final coefficient", PATHS, |p| {
        p.proof.opening_proof.final_poly.coeffs[0].0[0] += F::ONE;
    }),
    ("leaf of constants", PATHS, |p| leaf(p, 0)),
    ("leaf of wires", PATHS, |p| leaf(p, 1)),
    ("leaf of products", PATHS, |p| leaf(p, 2)),
    ("leaf of quotients", PATHS, |p| leaf(p, 3)),
    ("sibling", PATHS, |p| {
        let query = &mut p.proof.opening_proof.query_round_proofs[1];
        other(&mut query.initial_trees_proof.evals_proofs[2].1.siblings[0]);
    }),
    ("folded value of the query", "query: folding", |p| {
        let own = within_first_coset(p);
        first_coset(p)[own].0[0] += F::ONE;
    }),
    ("folded value beside it", PATHS, |p| {
        let other = within_first_coset(p) ^ 1;
        first_coset(p)[other].0[0] += F::ONE;
    }),
    ("folded sibling", PATHS, |p| {
        let query = &mut p.proof.opening_proof.query_round_proofs[0];
        other(&mut query.steps[0].merkle_proof.siblings[1]);
    }),
];

fn other(digest: &mut Digest) {
    digest.0 += Fr::from(1);
}

fn commitments(proof: &mut LayerProof) -> &mut [MerkleCap<F, Bn254Poseidon>] {
    &mut proof.proof.opening_proof.commit_phase_merkle_caps
}

fn leaf(proof: &mut LayerProof, tree: usize) {
    let query = &mut proof.proof.opening_proof.query_round_proofs[0];
    query.initial_trees_proof.evals_proofs[tree].0[3] += F::ONE;
}

fn first_coset(proof: &mut LayerProof) -> &mut [QuadraticExtension<F>] {
    &mut proof.proof.opening_proof.query_round_proofs[0].steps[0].evals
}

/// Where the first query is in the first coset that is folded.
fn within_first_coset(proof: &LayerProof) -> usize {
    let arity = proof.proof.opening_proof.query_round_proofs[0].steps[0]
        .evals
        .len();
    fri_challenges_of(proof).fri_query_indices[0] % arity
}

fn fri_challenges_of(proof: &LayerProof) -> FriChallenges<F, D> {
    let circuit = FIXTURE.0.circuit();
    let hash = WordPairs::hash_no_pad(&proof.public_inputs);
    let digest = &circuit.verifier_only.circuit_digest;
    let challenges = proof.get_challenges(hash, digest, &circuit.common);
    challenges.expect("challenges").fri_challenges
}

/// Whether the proof of work fits the transcript.
fn has_worked(proof: &LayerProof) -> bool {
    let response = fri_challenges_of(proof).fri_pow_response;
    response.to_canonical_u64().leading_zeros() >= Security::TINY.work_bits
}

/// A dishonest prover does the work for what it has changed, so that nothing is refused for the want of it.
#[test]
fn a_changed_proof_does_not() {
    let (layer, proof) = &*FIXTURE;
    // A system is built for each; the default tests take a part of them.
    let step = if std::env::var_os("GAVEL_TEST_ALL").is_some() {
        1
    } else {
        3
    };
    for (field, part, mutate) in MUTATIONS.iter().step_by(step) {
        let mut changed = proof.clone();
        mutate(&mut changed);
        while !has_worked(&changed) {
            changed.proof.opening_proof.pow_witness += F::ONE;
        }
        assert!(layer.verify(&changed).is_err(), "plonky2 accepts: {field}");
        assert_eq!(build(&changed).unsatisfied(), Some(*part), "{field}");
    }
}

#[test]
fn a_proof_without_work_does_not() {
    let (layer, proof) = &*FIXTURE;
    let mut changed = proof.clone();
    while has_worked(&changed) {
        changed.proof.opening_proof.pow_witness += F::ONE;
    }
    assert!(layer.verify(&changed).is_err());
    assert_eq!(build(&changed).unsatisfied(), Some("proof of work"));
}

/// A part of a proof, and how it gets another length.
type Change = (&'static str, fn(&mut LayerProof));

#[test]
fn another_shape_is_refused() {
    let (layer, proof) = &*FIXTURE;
    let circuit = layer.circuit();
    let shapes: [Change; 6] = [
        ("wires", |p| p.proof.openings.wires.truncate(134)),
        ("queries", |p| {
            p.proof.opening_proof.query_round_proofs.truncate(1)
        }),
        ("digests of a cap", |p| p.proof.wires_cap.0.truncate(1)),
        ("final coefficients", |p| {
            p.proof.opening_proof.final_poly.coeffs.clear()
        }),
        ("elements of a leaf", |p| {
            let query = &mut p.proof.opening_proof.query_round_proofs[0];
            query.initial_trees_proof.evals_proofs[1].0.push(F::ONE);
        }),
        ("siblings of a path", |p| {
            let query = &mut p.proof.opening_proof.query_round_proofs[1];
            query.steps[0].merkle_proof.siblings.clear();
        }),
    ];
    for (wanted, mutate) in shapes {
        let mut changed = proof.clone();
        mutate(&mut changed);
        let refused = constraints(&circuit.verifier_only, &circuit.common, &changed);
        assert!(
            matches!(refused, Err(WrapError::Shape { part, .. }) if part == wanted),
            "{wanted}"
        );
    }
}

/// The matrices, and with them the key, do not depend on the proof.
#[test]
fn other_proofs_have_the_same_matrices() {
    let (_, proof) = &*FIXTURE;
    let mut changed = proof.clone();
    for value in &mut changed.proof.openings.wires {
        *value = Default::default();
    }
    assert_eq!(build(proof).digest(), build(&changed).digest());
}
