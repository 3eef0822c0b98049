//! The compiler from relations between committed values to tapscript leaves.

pub mod analysis;
pub mod bits;
pub mod blake3;
pub mod reveal;
pub mod script;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod winternitz;
