use gavel_vm::memory::ByteOrder;
use plonky2::field::types::{Field64, PrimeField64};
use plonky2::plonk::circuit_data::CircuitData;

use super::super::tests::{EXAMPLE, INPUT, contradiction};
use super::*;
use crate::claim::Opening;
use crate::programs::copy;
use crate::stark::cpu::columns::END_STEP;

#[test]
fn a_statement_is_the_digest_of_the_claim() {
    let circuits = &EXAMPLE.circuits;
    let proof = circuits
        .statement(&EXAMPLE.chains[1], &EXAMPLE.opening)
        .unwrap();
    let image = copy(ByteOrder::Big);
    let claim = Claim::new(&image, INPUT, b"abba", 7).unwrap();
    circuits.statement.verify(&proof, &claim).unwrap();
    let verifier = circuits.verifier();
    assert_eq!(verifier.common.num_public_inputs, 8);
    verifier.verify(proof.clone()).unwrap();
    let bytes = proof.to_bytes();
    assert_eq!(circuits.statement.read(&bytes), Ok(proof.clone()));

    for other in [
        Claim::new(&image, b"abbb", b"abba", 7),
        Claim::new(&image, INPUT, b"abb", 7),
        Claim::new(&image, INPUT, b"abba", 8),
        Claim::new(&copy(ByteOrder::Little), INPUT, b"abba", 7),
    ] {
        let other = other.unwrap();
        let refusal = circuits.statement.verify(&proof, &other);
        assert_eq!(refusal, Err(RecursionError::Statement));
        let mut changed = proof.clone();
        changed.public_inputs = other.digest().words().to_vec();
        let refusal = circuits.statement.verify(&changed, &other);
        assert!(matches!(refusal, Err(RecursionError::Verify { .. })));
    }
}

#[test]
fn a_false_claim_has_no_proof() {
    let circuit = &EXAMPLE.circuits.statement;
    let chain = &EXAMPLE.chains[1];
    let lie = |change: &dyn Fn(&mut Opening)| {
        let mut opening = EXAMPLE.opening.clone();
        change(&mut opening);
        contradiction(circuit.prove(chain, &opening));
    };
    lie(&|opening| opening.leaf[EXIT_CODE] = 0);
    lie(&|opening| opening.leaf[2] += 1);
    lie(&|opening| opening.claim.input[0] += F::ONE);
    lie(&|opening| opening.input_path[0][0] += F::ONE);
    lie(&|opening| opening.input_path[4][3] += F::ONE);
    lie(&|opening| opening.output_path[0][0] += F::ONE);
    lie(&|opening| opening.output_path[27][0] += F::ONE);
    // Another input, and the run on it.
    let other = Opening::new(&copy(ByteOrder::Big), b"abbb", 100).unwrap();
    contradiction(circuit.prove(chain, &other));
}

#[test]
fn a_part_of_a_run_has_no_statement() {
    let circuits = &EXAMPLE.circuits;
    let opening = &EXAMPLE.opening;
    contradiction(circuits.statement(&EXAMPLE.chains[0], opening));
    let end = circuits.chain(None, &EXAMPLE.proofs[1]).unwrap();
    contradiction(circuits.statement(&end, opening));
    let mut changed = EXAMPLE.chains[1].clone();
    changed.public_inputs[END_STEP] += F::ONE;
    assert!(matches!(
        circuits.statement(&changed, opening),
        Err(RecursionError::Verify { .. })
    ));
}

/// The circuit that splits an element, or checks words that are given.
fn words() -> (CircuitData<F, C, D>, [Target; 2]) {
    let mut config = CircuitConfig::standard_recursion_config();
    config.security_bits = 22;
    config.fri_config.num_query_rounds = 2;
    let mut builder = Builder::new(config);
    let (low, high) = (builder.add_virtual_target(), builder.add_virtual_target());
    assert_canonical(&mut builder, low, high);
    (builder.build(), [low, high])
}

#[test]
fn an_element_has_one_pair_of_words() {
    let (circuit, [low, high]) = words();
    let order = F::ORDER;
    for number in [
        0,
        1,
        u64::from(u32::MAX),
        order - 2,
        order - 1,
        order,
        order + 1,
        u64::MAX,
    ] {
        let mut witness = PartialWitness::new();
        let words = [(low, number as u32), (high, (number >> 32) as u32)];
        for (target, word) in words {
            witness
                .set_target(target, F::from_canonical_u32(word))
                .unwrap();
        }
        let proof = circuit.prove(witness);
        if number < order {
            circuit.verify(proof.unwrap()).unwrap();
        } else {
            let reason = proof.unwrap_err().to_string();
            assert!(
                reason.contains("set twice with different values"),
                "{reason}"
            );
        }
    }
    assert_eq!(F::from_noncanonical_u64(order + 1).to_canonical_u64(), 1);
}
