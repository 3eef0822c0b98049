//! The guest `verify-groth16` against the native verifier: its arithmetic on the host, and the programs on the machine.

mod agreement;
mod arithmetic;
mod cases;
#[path = "../../../vm/programs/rust/verify-groth16/src/groth16/mod.rs"]
mod groth16;
mod guest;
mod mutation;
#[path = "../../../vm/tests/common/verifier.rs"]
mod verifier;
