//! Commitments to values by Winternitz one-time signatures.
//!
//! Every digit has a HASH160 chain: the public key is its end, and a signature shows the chain's value after as many hashes as
//! the digit says. A leaf or reveal script hashes on to the end and compares. The digits that are shown are therefore at least
//! the signed ones, and the checksum (see [`Shape`]) makes them exactly the signed ones.
//!
//! Whoever makes a key for itself could begin a chain with a value of any length. [`PublicKey::publish_script`] insists on 20
//! bytes, so that what later scripts open again is as large as planned; [`PublicKey::verify_script`] does not.
//!
//! A key signs once. Whoever has seen signatures of two messages has an [`Equivocation`], which
//! [`PublicKey::equivocation_script`] accepts; one signature is never enough for it.
//!
//! ```
//! use gavel_script_gen::winternitz::{GameSeed, Shape, nibbles};
//!
//! let seed = GameSeed::new(&[1; 32], &[2; 32]);
//! let secret = seed.secret_key(Shape::WORD, "steps");
//! let signature = secret.sign(&nibbles(&[1_000_000]))?;
//! assert_eq!(secret.public_key().verify(&signature)?, nibbles(&[1_000_000]));
//! # Ok::<(), gavel_script_gen::winternitz::WinternitzError>(())
//! ```

mod copied;
mod equivocation;
mod key;
mod script;
mod shape;
mod signature;
#[cfg(test)]
mod tests;

pub use copied::CopiedKey;
pub use equivocation::Equivocation;
pub use key::{GameSeed, PublicKey, SecretKey};
pub use script::open_all;
pub(crate) use script::{keep_all, sum_all};
pub use shape::{Shape, nibbles};
pub use signature::Signature;

use bitcoin::hashes::{Hash, hash160};

/// A value of a hash chain.
pub type ChainValue = [u8; 20];

/// How an opening script leaves digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// As they are.
    Plain,
    /// Each times two, as [`blake3`](mod@crate::blake3) takes them.
    Doubled,
}

/// In which order an opening script leaves digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first digit deepest.
    FirstDeepest,
    /// The first digit on top.
    FirstOnTop,
}

/// The value of a chain `times` hashes further on.
fn hash_on(mut value: Vec<u8>, times: u8) -> Vec<u8> {
    for _ in 0..times {
        value = hash160::Hash::hash(&value).to_byte_array().to_vec();
    }
    value
}

/// The end of a chain of `length` hashes.
fn chain_end(start: ChainValue, length: u8) -> ChainValue {
    (0..length).fold(start, |value, _| {
        hash160::Hash::hash(&value).to_byte_array()
    })
}

/// What can be wrong with a key, message or signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WinternitzError {
    /// The number of digits does not fit the shape.
    #[error("{found} digits where the shape has {expected}")]
    DigitCount {
        /// Digits of the shape.
        expected: usize,
        /// Digits that were given.
        found: usize,
    },
    /// A digit is larger than its width allows.
    #[error("digit {place} is {digit}, but it can be {top} at most")]
    DigitRange {
        /// Which digit.
        place: usize,
        /// Its value.
        digit: u8,
        /// The largest possible value.
        top: u8,
    },
    /// A chain value does not lead to the public key.
    #[error("the value of digit {place} does not lead to the public key")]
    ChainMismatch {
        /// Which digit.
        place: usize,
    },
    /// A chain value is not 20 bytes long.
    #[error("the value of digit {place} is not 20 bytes long")]
    ValueSize {
        /// Which digit.
        place: usize,
    },
    /// The checksum digits do not belong to the message digits.
    #[error("the digits sum to {sum}, which is not what the checksum says")]
    Checksum {
        /// The sum of the message digits.
        sum: u32,
    },
    /// A witness item is neither a chain value nor a digit where one is expected.
    #[error("witness item {item} is no part of a signature")]
    WitnessItem {
        /// Which item, bottom first.
        item: usize,
    },
    /// Two digits of one key, or of two keys, have the same chain end.
    #[error("two digits share the public key of digit {place}")]
    DuplicateKey {
        /// The second of the two.
        place: usize,
    },
}
