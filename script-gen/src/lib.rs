//! The compiler from relations between committed values to tapscript leaves.

pub mod script;
