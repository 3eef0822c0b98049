//! Makes the keys, proofs and public inputs of the tests: `cargo run --release --example groth16_data -- FOLDER`.
//!
//! For n public inputs it writes to the folder `n`: `key.bin`, `proof.bin` and `public.bin` (arkworks' compressed bytes), and the
//! same as `verification_key.json`, `proof.json` and `public.json` (snarkjs).

mod circuit;
mod data;
mod snarkjs;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use crate::data::{Datum, PUBLIC_INPUTS};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .ok_or("usage: groth16_data FOLDER")?,
    );
    for public_inputs in PUBLIC_INPUTS {
        let folder = folder.join(public_inputs.to_string());
        fs::create_dir_all(&folder)?;
        for (name, bytes) in Datum::new(public_inputs).files() {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}
