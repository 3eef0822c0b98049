//! Keys of the committed values, and the openings that the operator has published.

use std::collections::BTreeMap;

use crate::bits::BitPublicKey;
use crate::winternitz::{PublicKey, Signature};

use super::equivocation::Equivocations;
use super::error::PredicateError;
use super::slot::{Choice, Slot};

/// The operator's public keys of one game.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    slots: BTreeMap<Slot, PublicKey>,
    choices: BTreeMap<Choice, BitPublicKey>,
}

impl Keys {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the key of a slot.
    pub fn set(&mut self, slot: Slot, key: PublicKey) {
        self.slots.insert(slot, key);
    }

    /// Sets the operator's key of a selection bit.
    pub fn set_choice(&mut self, choice: Choice, key: BitPublicKey) {
        self.choices.insert(choice, key);
    }

    /// The operator's key of a selection bit.
    ///
    /// # Errors
    /// [`PredicateError::MissingChoiceKey`].
    pub fn choice(&self, choice: Choice) -> Result<&BitPublicKey, PredicateError> {
        self.choices
            .get(&choice)
            .ok_or(PredicateError::MissingChoiceKey(choice))
    }

    /// The key of a slot.
    ///
    /// # Errors
    /// [`PredicateError::MissingKey`].
    pub fn slot(&self, slot: Slot) -> Result<&PublicKey, PredicateError> {
        self.slots
            .get(&slot)
            .ok_or(PredicateError::MissingKey(slot))
    }
}

/// What the operator has published: a signature per committed slot, and what it was seen to open twice.
#[derive(Clone, Debug, Default)]
pub struct Openings {
    slots: BTreeMap<Slot, Signature>,
    choices: BTreeMap<Choice, Vec<u8>>,
    equivocations: Equivocations,
}

impl Openings {
    /// Nothing published yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the signature of a slot.
    pub fn set(&mut self, slot: Slot, signature: Signature) {
        self.slots.insert(slot, signature);
    }

    /// Sets the operator's secret for a selection bit, of whatever length it is: an operator may make itself longer ones.
    pub fn set_choice(&mut self, choice: Choice, secret: impl Into<Vec<u8>>) {
        self.choices.insert(choice, secret.into());
    }

    /// Sets what was opened twice.
    pub fn set_equivocations(&mut self, equivocations: Equivocations) {
        self.equivocations = equivocations;
    }

    /// What was opened twice.
    pub fn equivocations(&self) -> &Equivocations {
        &self.equivocations
    }

    /// The operator's secret for a selection bit.
    ///
    /// # Errors
    /// [`PredicateError::MissingChoiceOpening`].
    pub fn choice(&self, choice: Choice) -> Result<&[u8], PredicateError> {
        self.choices
            .get(&choice)
            .map(Vec::as_slice)
            .ok_or(PredicateError::MissingChoiceOpening(choice))
    }

    /// The signature of a slot.
    ///
    /// # Errors
    /// [`PredicateError::MissingOpening`].
    pub fn slot(&self, slot: Slot) -> Result<&Signature, PredicateError> {
        self.slots
            .get(&slot)
            .ok_or(PredicateError::MissingOpening(slot))
    }
}
