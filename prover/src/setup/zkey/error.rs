//! Why a `.zkey` is refused.

use thiserror::Error;

/// Why a file is not a key of these constraints as snarkjs writes it.
#[derive(Debug, Error)]
pub enum ZkeyError {
    /// The system could not read it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It ends before its sections do.
    #[error("it is cut off")]
    CutOff,
    /// There is more than its sections.
    #[error("{0} bytes follow its last section")]
    TooLong(u64),
    /// A version of the format that is not known.
    #[error("its version is {0}, not 1")]
    Version(u32),
    /// A section that such a file does not have, or has already had.
    #[error("it has a section {0} too many")]
    Surplus(u32),
    /// A section that is not there.
    #[error("section {0} is missing")]
    Missing(usize),
    /// A section has another length than its counts give it.
    #[error("section {section} has {found} bytes, not {expected}")]
    Length {
        /// Which section.
        section: usize,
        /// By the counts.
        expected: u64,
        /// In the file.
        found: u64,
    },
    /// Not Groth16.
    #[error("its proof system is number {0}, not Groth16, which is 1")]
    Protocol(u32),
    /// Another curve.
    #[error("section 2: its {0} field is not that of BN254")]
    Prime(&'static str),
    /// Made for other numbers of things.
    #[error("it has {found} {part}, the circuit has {expected}")]
    Count {
        /// What is counted.
        part: &'static str,
        /// In the circuit.
        expected: usize,
        /// In the file.
        found: u32,
    },
    /// An entry of the matrices is another one.
    #[error("section 4: entry {0} of the matrices is not that of the circuit")]
    Entry(usize),
    /// What should be a point is none of the group.
    #[error("section {section}: point {index} {reason}")]
    Point {
        /// Which section.
        section: usize,
        /// Which of its points.
        index: usize,
        /// Why.
        reason: &'static str,
    },
}
