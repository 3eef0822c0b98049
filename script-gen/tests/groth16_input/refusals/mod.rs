//! Every refusal, with its reason and its place.

mod files;
mod keys;
mod points;

use ark_serialize::Compress;
use gavel_script_gen::groth16::input::{Proof, VerifyingKey};

use crate::{arkworks, snarkjs};

/// Asserts that this is the error, and that what is bound in it is as it should be.
macro_rules! assert_refused {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {{
        let result = $result;
        assert!(matches!(&result, Err($pattern) $(if $guard)?), "{result:?}");
    }};
}
use assert_refused;

/// A key in the forms that hold any coordinates.
fn key_forms(key: &VerifyingKey) -> [Vec<u8>; 2] {
    [arkworks::key(key, Compress::No), snarkjs::key(key)]
}

/// A proof in the forms that hold any coordinates.
fn proof_forms(proof: &Proof) -> [Vec<u8>; 2] {
    [arkworks::proof(proof, Compress::No), snarkjs::proof(proof)]
}

/// The JSON with one text in place of another, which it has.
fn replaced(json: &[u8], from: &str, to: &str) -> Vec<u8> {
    let json = std::str::from_utf8(json).unwrap();
    assert!(json.contains(from), "{from} is not in {json}");
    json.replacen(from, to, 1).into_bytes()
}
