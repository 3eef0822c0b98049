//! Honest proofs, false ones, and steps by themselves.

mod attacks;
mod gadgets;
mod honest;
mod numbers;
mod steps;

use std::path::PathBuf;

use ark_bn254::{Fq, Fq2};
use num_bigint::BigInt;

use super::Verifier;
use super::forms::integer;
use crate::groth16::input::{Proof, PublicInputs, VerifyingKey, load_key, load_proof, load_public};
use crate::groth16::program::{Program, Run};
use crate::winternitz::GameSeed;

/// A key of the repository's data with its proof.
struct Datum {
    verifier: Verifier,
    key: VerifyingKey,
    proof: Proof,
    public: PublicInputs,
}

/// The data with this number of public inputs.
fn datum(public_inputs: usize, window: usize) -> Datum {
    load(
        &public_inputs.to_string(),
        ["key.bin", "proof.bin", "public.bin"],
        window,
    )
}

/// The data with large steps, and with small ones.
fn both(public_inputs: usize) -> [Datum; 2] {
    let load = || datum(public_inputs, 1);
    [load(), load().of_small_steps()]
}

/// The data in the format of snarkjs.
fn snarkjs(window: usize) -> Datum {
    load(
        "snarkjs",
        ["verification_key.json", "proof.json", "public.json"],
        window,
    )
}

fn load(folder: &str, [key, proof, public]: [&str; 3], window: usize) -> Datum {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/groth16");
    let file = |name| data.join(folder).join(name);
    let key = load_key(&file(key)).unwrap();
    Datum {
        verifier: Verifier::new(&key, window).unwrap(),
        key,
        proof: load_proof(&file(proof)).unwrap(),
        public: load_public(&file(public)).unwrap(),
    }
}

impl Datum {
    /// The values that an operator commits.
    fn run(&self) -> Run {
        self.run_of(1)
    }

    /// Those of the operator with this number.
    fn run_of(&self, operator: u8) -> Run {
        let seed = GameSeed::new(&[operator; 32], &[2; 32]);
        let run = self.verifier.witness(&self.public, &self.proof, &seed);
        run.unwrap()
    }

    /// The same with many small steps.
    fn of_small_steps(self) -> Self {
        Self {
            verifier: Verifier::of_small_steps(&self.key, 1).unwrap(),
            ..self
        }
    }
}

impl Verifier {
    /// What refutes a run.
    fn refutation(&self, run: &Run) -> Option<String> {
        run.fault(&self.program).map(|fault| self.name(fault))
    }
}

/// The place of an input.
fn place(program: &Program, name: &str) -> usize {
    let mut inputs = program.inputs.iter();
    inputs.position(|input| input.name == name).unwrap()
}

fn integers(elements: &[Fq2]) -> Vec<BigInt> {
    let elements = elements.iter().flat_map(|element| [element.c0, element.c1]);
    elements.map(integer).collect()
}

fn element(integer: &BigInt) -> Fq {
    integer.magnitude().clone().into()
}
