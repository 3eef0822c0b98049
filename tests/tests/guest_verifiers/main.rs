//! The claim "this proof is valid", played as the run of a guest that verifies it. `GAVEL_TEST_ALL=1` plays more lies, and one of
//! each guest's on bitcoind.

mod groth16;
mod play;
mod plonky2;
