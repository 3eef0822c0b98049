//! What can go wrong.

use thiserror::Error;

/// Why a proof cannot be wrapped.
#[derive(Debug, Error)]
pub enum WrapError {
    /// A gate whose constraints the verifier circuit does not know.
    #[error("the last layer's circuit has the gate {0}, which the verifier circuit does not know")]
    UnknownGate(String),
    /// A feature of plonky2 that the verifier circuit does not have.
    #[error("the last layer's circuit has {0}, which the verifier circuit does not support")]
    Unsupported(&'static str),
    /// A part of a proof has another length than the circuit gives it.
    #[error("the proof has {found} {part}, the circuit gives it {expected}")]
    Shape {
        /// Which part.
        part: &'static str,
        /// Its length in this circuit.
        expected: usize,
        /// Its length in the proof.
        found: usize,
    },
    /// The statement is not a digest of 32-bit words.
    #[error("public input {index} of the inner proof is {value}, not a word of 32 bits")]
    NotAWord {
        /// Which public input.
        index: usize,
        /// Its value.
        value: u64,
    },
    /// plonky2 could not make or verify a proof.
    #[error("plonky2: {0}")]
    Plonky2(anyhow::Error),
    /// plonky2 has no bytes for a circuit, or bytes are none.
    #[error("these bytes are no circuit of the last layer")]
    NoCircuit,
    /// Bytes are no proof of the last layer.
    #[error("these bytes are no proof of the last layer's circuit")]
    NoProof,
    /// A proof does not satisfy the verifier circuit.
    #[error("the proof does not satisfy the verifier circuit: {0}")]
    Unsatisfied(&'static str),
    /// Groth16 failed.
    #[error("Groth16: {0}")]
    Groth16(#[from] ark_relations::utils::error::SynthesisError),
    /// A key was made for another circuit.
    #[error("the key has {found} {part}, the circuit has {expected}")]
    OtherKey {
        /// What is counted.
        part: &'static str,
        /// In the circuit.
        expected: usize,
        /// In the key.
        found: usize,
    },
    /// The key has the right counts, but a proof under it is none.
    #[error("the proof does not verify under its own key: that is a key of another circuit")]
    NotVerified,
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path} is not {what}: {error}")]
    Format {
        /// Which file.
        path: std::path::PathBuf,
        /// What it should be.
        what: &'static str,
        /// Why it is not.
        error: ark_serialize::SerializationError,
    },
    /// A `.zkey` is damaged or the key of something else.
    #[error("{} is no key of this circuit: {error}", path.display())]
    Zkey {
        /// Which file.
        path: std::path::PathBuf,
        /// Why it is not.
        error: crate::setup::ZkeyError,
    },
    /// A key that no ceremony has contributed to.
    #[error(
        "{} has no contribution of a ceremony (its delta equals its gamma): anybody can prove anything with it",
        .0.display()
    )]
    NoContribution(std::path::PathBuf),
}
