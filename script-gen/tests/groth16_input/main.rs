//! Reading keys, proofs and public inputs of Groth16: the repository's data, both formats, and what is refused.

mod arkworks;
#[path = "../../examples/groth16_data/circuit.rs"]
mod circuit;
#[path = "../../examples/groth16_data/data.rs"]
mod data;
mod randomised;
mod refusals;
mod round_trips;
#[path = "../../examples/groth16_data/snarkjs.rs"]
mod snarkjs;
mod stored;
