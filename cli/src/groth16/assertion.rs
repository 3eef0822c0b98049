//! Assertions in files: for every slot its public key and the signature of its value.

use crate::error::CliError;
use crate::output::{from_hex, hex};
use gavel_script_gen::groth16::compile::Compiled;
use gavel_script_gen::winternitz::{ChainValue, PublicKey, Signature};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The format. Readers refuse any other.
const VERSION: u32 = 1;

/// The file; documented in `docs/json.md`.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    slots: Vec<Slot>,
}

#[derive(Serialize, Deserialize)]
struct Slot {
    name: String,
    /// The end of each digit's chain.
    public_key: Vec<String>,
    /// The shown value of each digit's chain, and the digit.
    signature: Vec<(String, u8)>,
}

/// A signed assertion.
pub(super) struct Assertion {
    pub(super) keys: Vec<PublicKey>,
    pub(super) signatures: Vec<Signature>,
}

impl Assertion {
    /// Writes it to a file.
    pub(super) fn write(&self, compiled: &Compiled, path: &Path) -> Result<(), CliError> {
        let slots = compiled
            .slots()
            .iter()
            .zip(&self.keys)
            .zip(&self.signatures);
        let slots = slots.map(|((slot, key), signature)| Slot {
            name: slot.name.clone(),
            public_key: key.ends().iter().map(|end| hex(end)).collect(),
            signature: signature
                .digits()
                .iter()
                .map(|(value, digit)| (hex(value), *digit))
                .collect(),
        });
        let file = File {
            version: VERSION,
            slots: slots.collect(),
        };
        std::fs::write(path, serde_json::to_vec(&file)?).map_err(|source| CliError::WriteFile {
            path: path.to_owned(),
            source,
        })
    }

    /// Reads it, for the slots of a compiled verifier.
    pub(super) fn read(compiled: &Compiled, path: &Path) -> Result<Self, CliError> {
        let file: File = serde_json::from_slice(&crate::program::read(path)?)?;
        let names = file.slots.iter().map(|slot| &slot.name);
        if file.version != VERSION || !names.eq(compiled.slots().iter().map(|slot| &slot.name)) {
            return Err(CliError::OtherAssertion);
        }
        let mut assertion = Self {
            keys: vec![],
            signatures: vec![],
        };
        for (slot, written) in compiled.slots().iter().zip(&file.slots) {
            let ends = written.public_key.iter().map(|end| {
                let end: Option<ChainValue> = from_hex(end).and_then(|end| end.try_into().ok());
                end.ok_or(CliError::OtherAssertion)
            });
            let key = PublicKey::new(slot.shape, ends.collect::<Result<_, _>>()?)?;
            let digits = written.signature.iter().map(|(value, digit)| {
                let value = from_hex(value).ok_or(CliError::OtherAssertion)?;
                Ok((value, *digit))
            });
            let digits = digits.collect::<Result<Vec<_>, CliError>>()?;
            assertion.keys.push(key);
            assertion.signatures.push(Signature::new(digits));
        }
        Ok(assertion)
    }

    /// The committed digits of all slots.
    pub(super) fn committed(&self) -> Result<Vec<Vec<u8>>, CliError> {
        let pairs = self.keys.par_iter().zip(&self.signatures);
        let digits = pairs.map(|(key, signature)| Ok(key.verify(signature)?));
        digits.collect()
    }
}
