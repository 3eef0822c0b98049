//! A real verifier under the default budget: its figures, an honest assertion, and lies that leaves refute in Bitcoin Core's
//! interpreter. By default a sample of its values; `GAVEL_TEST_ALL=1` takes every one.

mod values;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use gavel_script_gen::groth16::choice::{Choice, Steps, choose};
use gavel_script_gen::groth16::compile::{Budget, Compiled, DEFAULT_ASSERTION_WEIGHT, compile};
use gavel_script_gen::groth16::input::{load_key, load_proof, load_public};
use gavel_script_gen::groth16::verifier::Verifier;
use gavel_script_gen::leaf::MAX_STANDARD_WEIGHT;
use gavel_script_gen::testing::LeafSpend;
use gavel_script_gen::winternitz::{GameSeed, PublicKey, Signature};
use num_bigint::BigInt;

/// A verifier with one public input, its values for a proof, and its keys.
struct Game {
    compiled: Compiled,
    /// All values of the run, and the digits that commit them.
    values: Vec<BigInt>,
    honest: Vec<Vec<u8>>,
    keys: Vec<PublicKey>,
}

static GAME: LazyLock<Game> = LazyLock::new(|| {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16/1");
    let verifier = Verifier::new(&load_key(&data.join("key.bin")).unwrap(), 2).unwrap();
    let public = load_public(&data.join("public.bin")).unwrap();
    let proof = load_proof(&data.join("proof.bin")).unwrap();
    let run = verifier.witness(&public, &proof, &seed()).unwrap();
    let compiled = compile(verifier.program, Budget::default()).unwrap();
    let slots = compiled.slots().iter();
    let keys = slots.map(|slot| seed().secret_key(slot.shape, &slot.name).public_key());
    Game {
        honest: compiled.assertion(&run.values).unwrap(),
        values: run.values,
        keys: keys.collect(),
        compiled,
    }
});

fn seed() -> GameSeed {
    GameSeed::new(&[1; 32], &[2; 32])
}

impl Game {
    fn sign(&self, committed: &[Vec<u8>]) -> Vec<Signature> {
        let slots = self.compiled.slots().iter().zip(committed);
        let sign = slots.map(|(slot, digits)| {
            let key = seed().secret_key(slot.shape, &slot.name);
            key.sign(digits).unwrap()
        });
        sign.collect()
    }

    /// The name of the leaf that refutes, which Bitcoin Core has accepted.
    fn refute(&self, committed: &[Vec<u8>]) -> Option<String> {
        let refutation = self.compiled.find_refutation(committed).unwrap()?;
        let leaf = self.compiled.leaf(refutation.leaf, &self.keys).unwrap();
        let witness = self.compiled.witness(&refutation, &self.sign(committed));
        let witness = witness.unwrap();
        let spend = LeafSpend::new(leaf.script());
        let without_witness = spend.transaction.weight().to_wu() as usize + 2;
        let weight = spend.weight(&witness).to_wu() as usize;
        assert!(weight <= leaf.max_spend_weight(1, without_witness));
        spend.execute_by_consensus(&witness).unwrap();
        Some(leaf.draft().name.clone())
    }
}

#[test]
fn figures_of_the_default_budget() {
    let compiled = &GAME.compiled;
    assert!(compiled.assertion_weight() <= DEFAULT_ASSERTION_WEIGHT);
    let leaves = compiled.leaves().unwrap();
    assert_eq!((compiled.slots().len(), leaves.len()), (419, 878));
    let worst = leaves.iter().map(|leaf| leaf.weight).max();
    assert_eq!(worst, Some(831_800));
    let total: usize = leaves.iter().map(|leaf| leaf.weight).sum();
    assert!(total <= 350_000_000, "{total}");
}

/// Under the weight that nodes relay the small steps are cut, and every leaf of an assertion that others can see is relayed.
#[test]
fn figures_of_the_budget_of_relayed_transactions() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16/1");
    let key = load_key(&data.join("key.bin")).unwrap();
    let Choice {
        steps, compiled, ..
    } = choose(&key, Budget::of_leaf_weight(MAX_STANDARD_WEIGHT)).unwrap();
    assert_eq!(steps, Steps::Small);
    let leaves = compiled.leaves().unwrap();
    let worst = leaves.iter().map(|leaf| leaf.weight).max();
    assert_eq!(worst, Some(393_016));
    let total: usize = leaves.iter().map(|leaf| leaf.weight).sum();
    assert!(total <= 830_000_000, "{total}");
    assert!(compiled.assertion_weight() <= 4 * 2_000_000);
    assert_eq!((compiled.slots().len(), leaves.len()), (2433, 2931));
    let names: HashSet<&String> = leaves.iter().map(|leaf| &leaf.name).collect();
    assert_eq!(names.len(), leaves.len());
}

/// Whoever compiles has the same leaves, on a machine of any size.
#[test]
fn one_thread_finds_the_cut_of_several() {
    let several = &GAME.compiled;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let program = several.program().clone();
    let one = one.unwrap().install(|| compile(program, Budget::default()));
    let one = one.unwrap();
    assert_eq!(one.slots(), several.slots());
    assert_eq!(one.leaves().unwrap(), several.leaves().unwrap());
}

#[test]
fn an_honest_assertion_has_no_refutation() {
    assert_eq!(GAME.compiled.find_refutation(&GAME.honest).unwrap(), None);
}

#[test]
fn lies_at_the_first_middle_and_last_values_are_refuted() {
    let slots = GAME.honest.len();
    let inputs = GAME.compiled.program().inputs.len();
    for slot in [
        0,
        1,
        inputs - 1,
        inputs,
        inputs + 1,
        slots / 2,
        slots - 2,
        slots - 1,
    ] {
        let mut wrong = GAME.honest.clone();
        wrong[slot][7] ^= 3;
        let name = &GAME.compiled.slots()[slot].name;
        let refuted = GAME.refute(&wrong).unwrap();
        if slot >= inputs {
            assert_eq!(refuted, *name);
        }
    }
}
