//! The relations of a verifier.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::analysis::analyse;
use crate::groth16::input::{load_key, load_proof, load_public};
use crate::groth16::program::{Equation, Factor};
use crate::groth16::verifier::Verifier;
use crate::winternitz::GameSeed;

/// Everything that decides over the size of a script but for constants.
fn shape(relations: &[&Relation]) -> Vec<usize> {
    let shape = |relation: &&Relation| {
        let products = relation.products.iter().flat_map(|product| {
            let right = match &product.right {
                Factor::Constant(_) => 0,
                Factor::Linear(right) => 1 + right.terms.len(),
            };
            [product.left.terms.len(), right]
        });
        let products: Vec<usize> = products.collect();
        [
            &[relation.products.len(), relation.linear.terms.len()],
            &products[..],
        ]
        .concat()
    };
    relations.iter().flat_map(shape).collect()
}

/// Shows the values and requires the relations, in order.
fn leaf(relations: &[&Relation], values: &[BigInt]) -> (Script, Vec<Vec<u8>>) {
    let mut shown: Vec<Value> = relations
        .iter()
        .flat_map(|relation| relation.values())
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let elements = shown
        .iter()
        .map(|value| Element::new(&values[value.0]).unwrap());
    let mut items: Vec<Vec<u8>> = elements
        .flat_map(|element| element_items(&element))
        .collect();
    for relation in relations {
        items.extend(quotient_items(relation, values).unwrap());
    }
    let mut machine = Machine::new(items.len(), 0);
    let registers: BTreeMap<Value, Register> = shown
        .into_iter()
        .map(|value| (value, machine.take()))
        .collect();
    for relation in relations {
        let planned = Plans::default().required(relation).unwrap();
        machine
            .relation(&planned, &|value| registers[&value])
            .unwrap();
    }
    let registers: Vec<Register> = registers.into_values().collect();
    (finish(machine, &registers), items)
}

/// Every relation of both programs has a script, and a step of each kind is proved and holds for a real proof.
#[test]
fn steps_of_verifiers_are_proved() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16/1");
    let key = load_key(&data.join("key.bin")).unwrap();
    let proof = load_proof(&data.join("proof.bin")).unwrap();
    let public = load_public(&data.join("public.bin")).unwrap();
    let verifiers = [Verifier::new(&key, 1), Verifier::of_small_steps(&key, 1)];
    for verifier in verifiers.map(Result::unwrap) {
        let seed = GameSeed::new(&[1; 32], &[2; 32]);
        let values = verifier.witness(&public, &proof, &seed).unwrap().values;
        let mut kinds = BTreeMap::new();
        for step in &verifier.program.steps {
            let relations: Vec<&Relation> = step
                .equations
                .iter()
                .filter_map(|equation| match equation {
                    Equation::Relation(relation) => Some(relation),
                    Equation::Lookup(_) => None,
                })
                .collect();
            kinds.entry(shape(&relations)).or_insert((step, relations));
        }
        let claims = verifier
            .program
            .checks
            .iter()
            .flat_map(|check| &check.claims);
        for claim in claims {
            quotient_items(claim, &values).unwrap();
        }
        assert!(kinds.len() > 5);
        for (step, relations) in kinds.into_values() {
            let (leaf, items) = leaf(&relations, &values);
            analyse(&leaf, items.len()).unwrap_or_else(|error| panic!("{}: {error}", step.name));
            let stack = run(&leaf, items, Rules::Standard);
            assert_eq!(stack, Ok(vec![vec![1]]), "{}", step.name);
        }
    }
}
