//! An input of the guest, and what the guest and plonky2 say of it.

use std::path::Path;

use gavel_prover::wrap::layer::{InnerProof, InnerVerifier};
use gavel_prover::wrap::statement::Statement;
use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::supervisor;
use plonky2::field::types::PrimeField64;
use plonky2::util::serialization::DefaultGateSerializer;

use crate::sha256::Sha256;
use crate::verifier::{MAX_INPUT_BYTES, check};

/// The guest for machines of both byte orders.
const PROGRAMS: [&[u8]; 2] = [
    include_bytes!("../../../vm/programs/elf/rust-verify-plonky2-be.elf"),
    include_bytes!("../../../vm/programs/elf/rust-verify-plonky2-le.elf"),
];

/// The most steps that the guest may take.
pub(crate) const STEP_LIMIT: u64 = 1 << 28;

/// A stored file.
pub(crate) fn stored(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plonky2");
    std::fs::read(folder.join(name)).expect("a file of the repository")
}

/// The input of these parts.
pub(crate) fn input(circuit: &[u8], proof: &[u8]) -> Vec<u8> {
    let part = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
    [part(circuit), part(proof)].concat()
}

/// A digest in hexadecimal.
fn hex(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What plonky2 says of an input: the guest's output is to be the same.
pub(crate) fn native(input: &[u8]) -> String {
    native_verdict(input).unwrap_or_else(|reason| format!("rejected: {reason}\n"))
}

fn native_verdict(input: &[u8]) -> Result<String, String> {
    if input.len() > MAX_INPUT_BYTES {
        return Err("the input has more than 1048576 bytes".into());
    }
    let mut rest = input;
    let mut part = |name| {
        let end = || format!("the input ends before the end of its {name}");
        let (length, after) = rest.split_first_chunk().ok_or_else(end)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (bytes, after) = after.split_at_checked(length).ok_or_else(end)?;
        rest = after;
        Ok::<_, String>(bytes.to_vec())
    };
    let (circuit_bytes, proof_bytes) = (part("circuit")?, part("proof")?);
    if !rest.is_empty() {
        return Err(format!("{} bytes follow the proof", rest.len()));
    }
    let circuit = InnerVerifier::from_bytes(circuit_bytes.clone(), &DefaultGateSerializer)
        .map_err(|_| "plonky2 cannot read the circuit")?;
    let written = circuit.to_bytes(&DefaultGateSerializer);
    if written.ok().as_ref() != Some(&circuit_bytes) {
        return Err("the circuit is not what plonky2 would write for it".into());
    }
    let proof = InnerProof::from_bytes(proof_bytes.clone(), &circuit.common)
        .map_err(|_| "plonky2 cannot read the proof")?;
    if proof.to_bytes() != proof_bytes {
        return Err("the proof is not what plonky2 would write for it".into());
    }
    let inputs = &proof.public_inputs;
    if inputs.len() != 8 {
        let count = inputs.len();
        return Err(format!(
            "the proof has {count} public inputs, a digest has 8"
        ));
    }
    let large = |value: u64| value > u64::from(u32::MAX);
    let mut values = inputs.iter().map(PrimeField64::to_canonical_u64);
    if let Some(index) = values.clone().position(large) {
        let value = values.nth(index).unwrap_or_default();
        return Err(format!(
            "public input {index} is {value}, not a word of 32 bits"
        ));
    }
    let statement = Statement::of_public_inputs(inputs).map_err(|error| error.to_string())?;
    circuit
        .verify(proof)
        .map_err(|error| format!("the proof does not verify: {error}"))?;
    let mut hash = Sha256::new();
    hash.update(&circuit_bytes);
    let (circuit, digest) = (hex(hash.finish()), hex(statement.0));
    Ok(format!("verified\ncircuit {circuit}\nstatement {digest}\n"))
}

/// What the guest's library says of an input, on the host.
pub(crate) fn library(input: &[u8]) -> String {
    match check(input) {
        Ok(statement) => {
            let (circuit, digest) = (hex(statement.circuit), hex(statement.digest));
            format!("verified\ncircuit {circuit}\nstatement {digest}\n")
        }
        Err(rejection) => format!("rejected: {rejection}\n"),
    }
}

/// What the guest says of an input on the machine of one byte order, and its steps. Its exit code is checked.
pub(crate) fn machine(input: &[u8], program: usize) -> (String, u64) {
    let elf = PROGRAMS[program];
    let order = Elf::parse(elf).expect("an executable").order;
    let image = Image::new(elf, &supervisor::linux(order), &["program"]).expect("an image");
    let mut machine = Machine::new(&image, input).expect("a machine");
    let outcome = machine.run(STEP_LIMIT).expect("a run");
    let output = String::from_utf8(outcome.output).expect("a text");
    assert_eq!(
        outcome.exit_code,
        u32::from(output.starts_with("rejected: "))
    );
    (output, outcome.steps)
}

/// Asserts that the guest says of an input what plonky2 says, on the host and on both machines.
pub(crate) fn agree(input: &[u8]) -> String {
    let expected = native(input);
    assert_eq!(library(input), expected);
    for program in 0..PROGRAMS.len() {
        assert_eq!(machine(input, program).0, expected);
    }
    expected
}
