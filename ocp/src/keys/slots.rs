//! One-time keys: the operator's for its slots and for its copies of selections, the challengers' for their selections.
//!
//! Every key is derived from a party's secret with the game, the dispute and the slot in the label, so no key serves two
//! slots. Keys that come from another party are checked for that, and for their lengths.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use gavel_script_gen::analysis::AnalysisError;
use gavel_script_gen::bits::{BitPublicKey, BitSecretKey, CopiedBit};
use gavel_script_gen::winternitz::{CopiedKey, GameSeed, PublicKey, SecretKey};
use gavel_vm::digest::DigestLength;
use thiserror::Error;

use crate::graph::schedule::Schedule;
use crate::params::Params;
use crate::slot::{Choice, Slot};

/// Why a set of one-time keys is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// A slot without a key.
    #[error("slot {0} has no key")]
    MissingSlot(Slot),
    /// A selection without keys.
    #[error("selection {0} has no keys")]
    MissingChoice(Choice),
    /// A key for a value of another length.
    #[error("the key of slot {slot} is for {got} bits, not {expected}")]
    Length {
        /// The slot.
        slot: Slot,
        /// Bits of the key.
        got: usize,
        /// Bits of the slot.
        expected: usize,
    },
    /// A leaf over these keys cannot be built.
    #[error(transparent)]
    Leaf(#[from] AnalysisError),
    /// Keys of two slots have a hash in common.
    #[error("a one-time key is used twice: {0}")]
    Duplicate(String),
}

/// The public keys of the claim or of one dispute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotKeys {
    slots: BTreeMap<Slot, PublicKey>,
    /// The challenger's key of the salt; the operator's, for its copy, is among the slots.
    salt: Option<PublicKey>,
    choices: BTreeMap<Choice, CopiedBit>,
}

impl SlotKeys {
    /// The key of a slot.
    ///
    /// # Errors
    /// There is none.
    pub fn slot(&self, slot: Slot) -> Result<&PublicKey, KeyError> {
        self.slots.get(&slot).ok_or(KeyError::MissingSlot(slot))
    }

    /// The keys of a bit of a selection.
    ///
    /// # Errors
    /// There are none.
    pub fn choice(&self, choice: Choice) -> Result<&CopiedBit, KeyError> {
        self.choices
            .get(&choice)
            .ok_or(KeyError::MissingChoice(choice))
    }

    /// The keys of the salt.
    ///
    /// # Errors
    /// There are none, or they are for values of different lengths.
    pub fn salt(&self) -> Result<CopiedKey, KeyError> {
        let operator = self.slot(Slot::Salt)?;
        let challenger = self
            .salt
            .as_ref()
            .ok_or(KeyError::MissingSlot(Slot::Salt))?;
        let (got, expected) = (challenger.shape().bits(), operator.shape().bits());
        CopiedKey::new(challenger.clone(), operator.clone()).ok_or(KeyError::Length {
            slot: Slot::Salt,
            got,
            expected,
        })
    }

    /// All slots' keys.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, &PublicKey)> {
        self.slots.iter().map(|(slot, key)| (*slot, key))
    }

    /// All selections' keys.
    pub fn choices(&self) -> impl Iterator<Item = (Choice, &CopiedBit)> {
        self.choices.iter().map(|(choice, keys)| (*choice, keys))
    }

    /// Checks that every slot and selection has a key of the right length.
    ///
    /// # Errors
    /// The first that has not.
    pub fn check(
        &self,
        digest_bits: DigestLength,
        slots: impl IntoIterator<Item = Slot>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Result<(), KeyError> {
        for slot in slots {
            let (got, expected) = (self.slot(slot)?.shape(), slot.shape(digest_bits));
            if got != expected {
                return Err(KeyError::Length {
                    slot,
                    got: got.bits(),
                    expected: expected.bits(),
                });
            }
        }
        choices
            .into_iter()
            .try_for_each(|choice| self.choice(choice).map(|_| ()))
    }

    /// Checks that no two keys of these sets have a hash in common.
    ///
    /// # Errors
    /// The first slot or selection whose key repeats another's.
    pub fn check_distinct<'a>(
        sets: impl IntoIterator<Item = &'a SlotKeys>,
    ) -> Result<(), KeyError> {
        let mut seen = HashSet::new();
        for set in sets {
            for (slot, key) in &set.slots {
                if !key.ends().iter().all(|hash| seen.insert(*hash)) {
                    return Err(KeyError::Duplicate(slot.to_string()));
                }
            }
            if let Some(key) = &set.salt
                && !key.ends().iter().all(|hash| seen.insert(*hash))
            {
                return Err(KeyError::Duplicate(Slot::Salt.to_string()));
            }
            for (choice, keys) in &set.choices {
                let hashes = keys
                    .challenger
                    .hashes()
                    .iter()
                    .chain(keys.operator.hashes());
                if !hashes.into_iter().all(|hash| seen.insert(*hash)) {
                    return Err(KeyError::Duplicate(choice.to_string()));
                }
            }
        }
        Ok(())
    }
}

/// The public keys of a challenger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengerKeys {
    /// Of its salt.
    pub salt: PublicKey,
    /// Of the bits of its selections.
    pub selections: BTreeMap<Choice, BitPublicKey>,
}

/// A party's secret from which its one-time keys of one game are derived.
#[derive(Clone)]
pub struct OneTimeSecret(GameSeed);

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret(..)")
    }
}

/// Whose keys: the claim's or those of the dispute with one challenger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The claim.
    Claim,
    /// The dispute with this challenger.
    Dispute(u8),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Claim => f.write_str("claim"),
            Scope::Dispute(challenger) => write!(f, "dispute {challenger}"),
        }
    }
}

impl OneTimeSecret {
    /// The secret of one party for one game: `game` must never be used again with `master`.
    pub fn new(master: &[u8; 32], game: &[u8; 32]) -> Self {
        Self(GameSeed::new(master, game))
    }

    /// The challenger's salt.
    pub fn salt(&self, scope: Scope) -> [u32; 2] {
        self.0.salt(&scope.to_string())
    }

    /// The operator's key of a slot, or the challenger's of the salt.
    pub fn slot(&self, scope: Scope, slot: Slot, digest_bits: DigestLength) -> SecretKey {
        self.0
            .secret_key(slot.shape(digest_bits), &format!("{scope}/{slot}"))
    }

    /// The party's key of a bit of a selection.
    pub fn choice(&self, scope: Scope, choice: Choice) -> BitSecretKey {
        self.0.bit_key(&format!("{scope}/{choice}"))
    }

    /// The operator's public keys of the claim.
    pub fn claim_keys(&self, params: &Params) -> SlotKeys {
        let key = |slot| {
            (
                slot,
                self.slot(Scope::Claim, slot, params.digest_bits)
                    .public_key(),
            )
        };
        SlotKeys {
            slots: Schedule::CLAIM.into_iter().map(key).collect(),
            ..SlotKeys::default()
        }
    }

    /// The challenger's public keys, for the operator.
    pub fn challenger_keys(&self, params: &Params, challenger: u8) -> ChallengerKeys {
        let schedule = Schedule::new(params);
        let scope = Scope::Dispute(challenger);
        let choices = schedule
            .moves()
            .iter()
            .flat_map(|spec| spec.selects.iter().copied());
        let selections = choices
            .map(|choice| (choice, self.choice(scope, choice).public_key()))
            .collect();
        ChallengerKeys {
            salt: self
                .slot(scope, Slot::Salt, params.digest_bits)
                .public_key(),
            selections,
        }
    }

    /// All public keys of a dispute, from the operator's secret and the challenger's public keys.
    pub fn dispute_keys(&self, params: &Params, challenger: u8, keys: &ChallengerKeys) -> SlotKeys {
        let schedule = Schedule::new(params);
        let scope = Scope::Dispute(challenger);
        let slots = schedule
            .moves()
            .iter()
            .flat_map(|spec| spec.slots.iter().flatten().copied());
        let slots = slots
            .chain([Slot::Salt])
            .map(|slot| {
                (
                    slot,
                    self.slot(scope, slot, params.digest_bits).public_key(),
                )
            })
            .collect();
        let pair = |(&choice, key): (&Choice, &BitPublicKey)| {
            (
                choice,
                CopiedBit {
                    challenger: *key,
                    operator: self.choice(scope, choice).public_key(),
                },
            )
        };
        SlotKeys {
            slots,
            salt: Some(keys.salt.clone()),
            choices: keys.selections.iter().map(pair).collect(),
        }
    }
}
