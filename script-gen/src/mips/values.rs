//! The committed values of one game, as far as they are known.

use std::collections::BTreeMap;

use super::error::PredicateError;
use super::slot::{Choice, Slot, StepWord};

/// What the operator has committed: one word for a word slot, the digest's words for a digest slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    slots: BTreeMap<Slot, Vec<u32>>,
    choices: BTreeMap<Choice, bool>,
}

impl Values {
    /// Nothing committed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a slot.
    pub fn set(&mut self, slot: Slot, words: impl Into<Vec<u32>>) {
        self.slots.insert(slot, words.into());
    }

    /// Sets a word of the step.
    pub fn set_step(&mut self, word: StepWord, value: u32) {
        self.set(Slot::Step(word), [value]);
    }

    /// Sets the operator's copy of a selection bit.
    pub fn set_choice(&mut self, choice: Choice, bit: bool) {
        self.choices.insert(choice, bit);
    }

    /// The value of a slot, if it is known.
    pub fn get(&self, slot: Slot) -> Option<&[u32]> {
        self.slots.get(&slot).map(Vec::as_slice)
    }

    /// The slots that are known, with their values.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, &[u32])> {
        self.slots
            .iter()
            .map(|(slot, words)| (*slot, words.as_slice()))
    }

    /// The selection bits that are known.
    pub fn choices(&self) -> impl Iterator<Item = (Choice, bool)> {
        self.choices.iter().map(|(choice, bit)| (*choice, *bit))
    }

    /// The value of a slot.
    ///
    /// # Errors
    /// [`PredicateError::MissingValue`] if it is not known.
    pub fn words(&self, slot: Slot) -> Result<&[u32], PredicateError> {
        self.get(slot).ok_or(PredicateError::MissingValue(slot))
    }

    /// The operator's copy of a selection bit.
    ///
    /// # Errors
    /// [`PredicateError::MissingChoice`] if it is not known.
    pub fn choice(&self, choice: Choice) -> Result<bool, PredicateError> {
        self.choices
            .get(&choice)
            .copied()
            .ok_or(PredicateError::MissingChoice(choice))
    }

    /// Digit `digit` of a slot: nibble `digit % 8`, from the least significant one, of word `digit / 8`.
    pub(crate) fn nibble(&self, slot: Slot, digit: u8) -> Result<i64, PredicateError> {
        let words = self.words(slot)?;
        let word = words
            .get(usize::from(digit / 8))
            .ok_or(PredicateError::Length {
                slot,
                expected: usize::from(digit / 8) + 1,
                given: words.len(),
            })?;
        Ok(i64::from(word >> (4 * u32::from(digit % 8)) & 15))
    }
}
