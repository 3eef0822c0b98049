//! Why an input is refused.

use std::path::PathBuf;

use super::MAX_FILE_BYTES;
use super::MAX_PUBLIC_INPUTS;

/// Why a key, a proof or public inputs are refused. A `place` is like `key.beta.x.c1`, `proof.A` or `public[3]`.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is longer than any input.
    #[error("{0} has more than {MAX_FILE_BYTES} bytes, which no input needs")]
    TooLarge(PathBuf),
    /// It is neither of the formats.
    #[error("{place} is malformed: {reason}")]
    Malformed {
        /// Where.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// The proof system is another.
    #[error("{place} is for the protocol {found:?}, but only \"groth16\" is supported")]
    Protocol {
        /// Where.
        place: String,
        /// What the file says.
        found: String,
    },
    /// The curve is another.
    #[error("{place} is on the curve {found:?}, but only \"bn128\" (BN254) is supported")]
    Curve {
        /// Where.
        place: String,
        /// What the file says.
        found: String,
    },
    /// A coordinate is not reduced.
    #[error("{0} is not below the modulus of the base field")]
    Coordinate(String),
    /// A public input is not reduced.
    #[error("{0} is not below the order of the group")]
    Scalar(String),
    /// The coordinates do not satisfy the curve's equation, or no y fits the x.
    #[error("{0} is no point of the curve")]
    OffCurve(String),
    /// A point of the curve over Fq2 that is not in G2.
    #[error("{0} is on the curve but outside the subgroup of prime order")]
    Subgroup(String),
    /// The point at infinity.
    #[error("{0} is the point at infinity, which an honest set-up or prover does not produce")]
    Infinity(String),
    /// Two points of IC are equal or opposite.
    #[error(
        "key.IC[{first}] and key.IC[{second}] are equal or opposite, which an honest set-up does not produce"
    )]
    Dependent {
        /// The place of one in IC.
        first: usize,
        /// The place of the other.
        second: usize,
    },
    /// gamma and delta are equal or opposite.
    #[error(
        "key.gamma and key.delta are equal or opposite (the second phase of the set-up is missing): anyone can forge proofs"
    )]
    Forgeable,
    /// The key or the list has too many inputs.
    #[error("{place} has {found} public inputs, but at most {MAX_PUBLIC_INPUTS} are supported")]
    TooManyInputs {
        /// Where.
        place: String,
        /// How many.
        found: u64,
    },
    /// The list does not fit the key.
    #[error("the key has {expected} public inputs, but {found} are given")]
    InputCount {
        /// How many the key has.
        expected: usize,
        /// How many are given.
        found: usize,
    },
    /// The pairing equation does not hold.
    #[error(
        "the proof does not verify: it is wrong, or made for another key or for other public inputs"
    )]
    ProofFails,
}

impl InputError {
    /// [`InputError::Malformed`].
    pub(super) fn malformed(place: &str, reason: impl ToString) -> Self {
        Self::Malformed {
            place: place.to_owned(),
            reason: reason.to_string(),
        }
    }
}
