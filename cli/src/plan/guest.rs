//! Verifiers that run on the machine, each with a proof of the kind that it would check for the claim.

use super::way::Trust;
use crate::error::CliError;
use crate::groth16::stored;

/// A verifier as a guest program.
pub(super) struct Guest {
    /// What the way to enforce a claim by it is called.
    pub(super) name: &'static str,
    /// The program.
    pub(super) elf: &'static [u8],
    /// A proof, and what it is verified against: the steps of a run depend on the circuit, hardly on the proof.
    pub(super) input: Vec<u8>,
    /// What a proof of this kind adds to what has to be trusted.
    pub(super) trust: &'static [Trust],
}

/// All of them.
pub(super) fn guests() -> [Guest; 1] {
    [Guest {
        name: "groth16-guest",
        elf: include_bytes!("../../../vm/programs/elf/rust-verify-groth16-le.elf"),
        input: parts(&[stored::KEY, stored::PROOF, stored::PUBLIC]),
        trust: Trust::OF_GROTH16,
    }]
}

impl Guest {
    /// Steps of a run that verifies.
    pub(super) fn steps(&self) -> Result<u64, CliError> {
        Ok(super::compare::run(self.elf, &self.input)?.steps)
    }
}

/// The guests' input: each part after its length, lowest byte first.
fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let part = |bytes: &&[u8]| [&(bytes.len() as u32).to_le_bytes(), *bytes].concat();
    parts.iter().flat_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_verify_what_they_are_given() {
        for guest in guests() {
            let outcome = super::super::compare::run(guest.elf, &guest.input).expect("a run");
            assert!(outcome.output.starts_with(b"verified\n"), "{}", guest.name);
        }
    }
}
