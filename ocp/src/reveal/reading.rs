//! What a reveal says, read from its witness.

use std::collections::BTreeMap;

use gavel_script_gen::winternitz::{PublicKey, Signature};

use super::RevealError;
use crate::slot::{Choice, Slot, Values};

/// What a reveal says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Values and selections.
    pub values: Values,
    /// The secrets that the challenger has shown for its selections, which the operator needs to copy them.
    pub shown: BTreeMap<Choice, Vec<u8>>,
    /// The challenger's signature of the salt, which the operator needs to copy it.
    pub shown_salt: Option<Signature>,
    /// The operator's signatures, which leaves open again.
    pub signatures: BTreeMap<Slot, Signature>,
    /// The secrets that the operator has shown in its copies of selections, which leaves open again.
    pub copied: BTreeMap<Choice, Vec<u8>>,
}

impl Reading {
    /// Takes in the operator's signature of a slot.
    pub(super) fn read_operator(
        &mut self,
        slot: Slot,
        key: &PublicKey,
        items: &[Vec<u8>],
    ) -> Result<(), RevealError> {
        let (signature, words) = opened(slot, key, items)?;
        self.values.set(slot, words);
        self.signatures.insert(slot, signature);
        Ok(())
    }
}

/// What is left of a witness.
pub(super) struct Elements<'a>(pub(super) &'a [Vec<u8>]);

impl<'a> Elements<'a> {
    pub(super) fn take(&mut self, slot: Slot, count: usize) -> Result<&'a [Vec<u8>], RevealError> {
        let split = self.0.split_at_checked(count);
        let (taken, rest) = split.ok_or_else(|| RevealError::Unreadable(slot.to_string()))?;
        self.0 = rest;
        Ok(taken)
    }
}

/// The signature in these items of a witness, and the words that it signs.
pub(super) fn opened(
    slot: Slot,
    key: &PublicKey,
    items: &[Vec<u8>],
) -> Result<(Signature, Vec<u32>), RevealError> {
    let invalid = |error| RevealError::Value { slot, error };
    let signature = Signature::from_witness(key.shape(), items).map_err(invalid)?;
    let digits = key.verify(&signature).map_err(invalid)?;
    Ok((signature, words(&digits)))
}

/// The words whose nibbles these digits are.
fn words(digits: &[u8]) -> Vec<u32> {
    digits
        .chunks(8)
        .map(|word| {
            word.iter()
                .fold(0, |word, &digit| word << 4 | u32::from(digit))
        })
        .collect()
}
