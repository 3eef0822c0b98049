//! Verifiers that run on the machine, each with a proof of the kind that it would check for the claim.

use super::way::Trust;
use crate::error::CliError;
use crate::groth16::stored;
use crate::program;
use gavel_guest::joined;

/// The circuit of statements: the layer that is wrapped into Groth16. It is the same for all runs.
const PLONKY2_CIRCUIT: &[u8] = include_bytes!("../../../prover/tests/data/plonky2/circuit.bin");
/// A proof of a statement.
const PLONKY2_PROOF: &[u8] = include_bytes!("../../../prover/tests/data/plonky2/proof.bin");

/// A verifier as a guest program.
pub(crate) struct Guest {
    /// The program's name.
    pub(crate) program: &'static str,
    /// What the way to enforce a claim by it is called.
    pub(super) name: &'static str,
    /// The program.
    pub(crate) elf: &'static [u8],
    /// A proof, and what it is verified against: the steps of a run depend on the circuit, hardly on the proof.
    pub(crate) input: Vec<u8>,
    /// What a proof of this kind adds to what has to be trusted.
    pub(super) trust: &'static [Trust],
}

/// All of them.
pub(crate) fn guests() -> [Guest; 2] {
    let groth16 = Guest {
        program: "verify-groth16",
        name: "groth16-guest",
        elf: include_bytes!("../../../vm/programs/elf/rust-verify-groth16-le.elf"),
        input: joined(&[stored::KEY, stored::PROOF, stored::PUBLIC]).collect(),
        trust: Trust::OF_GROTH16,
    };
    let plonky2 = Guest {
        program: "verify-plonky2",
        name: "plonky2-guest",
        elf: include_bytes!("../../../vm/programs/elf/rust-verify-plonky2-be.elf"),
        input: joined(&[PLONKY2_CIRCUIT, PLONKY2_PROOF]).collect(),
        trust: Trust::OF_PLONKY2,
    };
    [groth16, plonky2]
}

impl Guest {
    /// Steps of a run that verifies.
    pub(super) fn steps(&self) -> Result<u64, CliError> {
        Ok(program::run(self.elf, &self.input)?.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_verify_what_they_are_given() {
        for guest in guests() {
            let outcome = program::run(guest.elf, &guest.input).expect("a run");
            assert!(outcome.output.starts_with(b"verified\n"), "{}", guest.name);
        }
    }
}
