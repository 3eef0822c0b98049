//! The verifier of a plonky2 proof of the standard recursion configuration: plonky2's own, after its circuit and its proof are read.
//!
//! [`check`] takes both as bytes and gives the [`Statement`] that was verified or the [`Rejection`]. Tests on the host include this
//! module by its path.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};
use gavel_guest::{Format, Hex, InputError, Sha256};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::PrimeField64;
use plonky2::plonk::circuit_data::VerifierCircuitData;
use plonky2::plonk::proof::ProofWithPublicInputs;
use plonky2::util::serialization::DefaultGateSerializer;

use crate::poseidon::Config;

/// A circuit and a proof; an input with a proof of 2^13 rows and 28 queries has 134,793 bytes.
pub(crate) const FORMAT: Format<2> = Format {
    parts: ["circuit", "proof"],
    max_bytes: 1 << 20,
};
/// Why an input is rejected whose circuit is none: plonky2 does not return from it.
pub(crate) const STOPPED: &str = "plonky2 stops at this circuit";
/// Public inputs: a digest of 32 bytes as words of 32 bits, in little-endian order.
const DIGEST_WORDS: usize = 8;

type F = GoldilocksField;
type Circuit = VerifierCircuitData<F, Config, 2>;
type Proof = ProofWithPublicInputs<F, Config, 2>;

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// SHA-256 of the circuit as plonky2 writes what its verifier needs.
    pub(crate) circuit: [u8; 32],
    /// The digest that the public inputs are.
    pub(crate) digest: [u8; 32],
}

/// A part of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The circuit, as far as its verifier needs it.
    Circuit,
    /// The proof with its public inputs.
    Proof,
}

/// Why an input is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The input does not consist of the two parts.
    Input(InputError),
    /// plonky2 cannot read a part.
    Unreadable(Part),
    /// plonky2 would write a part in another way: bytes follow it, or a number is too large.
    NotCanonical(Part),
    /// There are not eight public inputs.
    PublicInputs(usize),
    /// A public input is larger than a word.
    NotAWord {
        /// Which one.
        index: usize,
        /// Its value.
        value: u64,
    },
    /// plonky2's verifier refuses, in its words.
    Refused(String),
}

/// Verifies an input: a circuit and a proof.
pub(crate) fn check(input: &[u8]) -> Result<Statement, Rejection> {
    let [circuit_bytes, proof_bytes] = FORMAT.split(input).map_err(Rejection::Input)?;
    let circuit = Circuit::from_bytes(circuit_bytes.to_vec(), &DefaultGateSerializer)
        .map_err(|_| Rejection::Unreadable(Part::Circuit))?;
    let written = circuit.to_bytes(&DefaultGateSerializer);
    canonical(Part::Circuit, circuit_bytes, written.ok())?;
    let proof = Proof::from_bytes(proof_bytes.to_vec(), &circuit.common)
        .map_err(|_| Rejection::Unreadable(Part::Proof))?;
    canonical(Part::Proof, proof_bytes, Some(proof.to_bytes()))?;
    let digest = digest(&proof.public_inputs)?;
    circuit
        .verify(proof)
        .map_err(|error| Rejection::Refused(error.to_string()))?;
    let mut hash = Sha256::new();
    hash.update(circuit_bytes);
    Ok(Statement {
        circuit: hash.finish(),
        digest,
    })
}

/// plonky2 reads numbers modulo what its types hold, and not to the end. What it writes is the same as what it has read unless
/// that mattered.
fn canonical(part: Part, bytes: &[u8], written: Option<Vec<u8>>) -> Result<(), Rejection> {
    match written.as_deref() == Some(bytes) {
        true => Ok(()),
        false => Err(Rejection::NotCanonical(part)),
    }
}

/// The digest that the public inputs are.
fn digest(inputs: &[F]) -> Result<[u8; 32], Rejection> {
    let words: &[F; DIGEST_WORDS] = inputs
        .try_into()
        .map_err(|_| Rejection::PublicInputs(inputs.len()))?;
    let mut digest = [0; 4 * DIGEST_WORDS];
    for (index, (bytes, input)) in digest.chunks_exact_mut(4).zip(words).enumerate() {
        let value = input.to_canonical_u64();
        let word = u32::try_from(value).map_err(|_| Rejection::NotAWord { index, value })?;
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Ok(digest)
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (circuit, digest) = (Hex(self.circuit), Hex(self.digest));
        write!(f, "verified\ncircuit {circuit}\nstatement {digest}")
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Circuit => "circuit",
            Self::Proof => "proof",
        })
    }
}

impl Display for Rejection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => error.fmt(f),
            Self::Unreadable(part) => write!(f, "plonky2 cannot read the {part}"),
            Self::NotCanonical(part) => {
                write!(f, "the {part} is not what plonky2 would write for it")
            }
            Self::PublicInputs(count) => {
                write!(
                    f,
                    "the proof has {count} public inputs, a digest has {DIGEST_WORDS}"
                )
            }
            Self::NotAWord { index, value } => {
                write!(f, "public input {index} is {value}, not a word of 32 bits")
            }
            Self::Refused(error) => write!(f, "the proof does not verify: {error}"),
        }
    }
}
