//! The compiler from relations between committed values to tapscript leaves.

pub mod blake3;
pub mod script;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod winternitz;
