//! The places of committed values, and the values: they are the MIPS front end's.

pub use gavel_script_gen::mips::{Choice, Slot, StepWord, Values};
