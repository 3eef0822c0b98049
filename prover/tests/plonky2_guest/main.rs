//! The guest `verify-plonky2`, its library on the host and its executables on the machine, against plonky2's own verifier.

extern crate alloc;

mod agreement;
mod cases;
mod guest;
#[path = "../../../vm/tests/common/verifier.rs"]
mod machine;
mod permutation;
mod small;

#[path = "../../../vm/programs/rust/verify-plonky2/src/poseidon.rs"]
mod poseidon;
#[path = "../../../vm/programs/rust/verify-plonky2/src/verifier.rs"]
mod verifier;
