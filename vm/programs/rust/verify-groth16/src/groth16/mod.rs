//! The verifier of a Groth16 proof on BN254 for a small 32-bit machine: no allocation, no tables beyond constants.
//!
//! [`verify`] takes a key, a proof and public inputs as bytes and gives the [`Statement`](verify::Statement) that was verified or the
//! [`Rejection`](rejection::Rejection) that the native verifier would give, word for word. The arithmetic is shaped by a multiplier that adds
//! 32 by 32 bits to a 64-bit accumulator: see [`field`]. Tests on the host include this module by its path.

mod curve;
pub(crate) mod field;
mod input;
mod pairing;
mod rejection;
mod verify;

pub(crate) use input::FORMAT;
pub(crate) use verify::verify;
