//! The proof that commands take when none is named: the public input is the root of a Merkle tree, and the proof says that somebody
//! knows the secret of one of its leaves.

/// The verifying key, with one public input.
pub(crate) const KEY: &[u8] = include_bytes!("../../../script-gen/tests/data/groth16/1/key.bin");
/// The proof.
pub(crate) const PROOF: &[u8] =
    include_bytes!("../../../script-gen/tests/data/groth16/1/proof.bin");
/// The list of public inputs.
pub(crate) const PUBLIC: &[u8] =
    include_bytes!("../../../script-gen/tests/data/groth16/1/public.bin");
