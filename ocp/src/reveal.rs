//! Reveal leaves: the scripts that check the one-time signatures of a move, and how values get in and out of witnesses.

mod layout;
mod opening;
mod reading;

use bitcoin::ScriptBuf;
use bitcoin::key::XOnlyPublicKey;
use gavel_script_gen::bits::{BitPublicKey, CopiedBit};
use gavel_script_gen::reveal::{Copies, Reveal, challenger_reveal, operator_reveal};
use gavel_script_gen::winternitz::{CopiedKey, PublicKey, WinternitzError, nibbles};
use gavel_vm::digest::DigestLength;
use thiserror::Error;

use crate::graph::name::Party;
use crate::graph::output::WitnessSize;
use crate::graph::schedule::{MoveSpec, Schedule};
use crate::keys::slots::{KeyError, OneTimeSecret, Scope, SlotKeys};
use crate::slot::{Choice, Slot};

pub use layout::{CopyCount, MAX_STANDARD_WEIGHT, SlotWidth, inputs, transactions};
pub use opening::Opening;
pub use reading::Reading;

use reading::{Elements, opened};

/// What one input of a move reveals.
#[derive(Clone, Debug)]
enum Content {
    /// The operator's values, and its copies of the challenger's salt and bits.
    Operator {
        slots: Vec<(Slot, PublicKey)>,
        salt: Option<CopiedKey>,
        copies: Vec<(Choice, CopiedBit)>,
    },
    /// The challenger's salt.
    Salt(PublicKey),
    /// The challenger's bits.
    Challenger {
        selects: Vec<(Choice, BitPublicKey)>,
    },
}

/// A leaf that checks one-time signatures and one signature of a key.
#[derive(Clone, Debug)]
pub struct RevealLeaf {
    content: Content,
    script: ScriptBuf,
    worst_witness: WitnessSize,
}

/// Why a reveal cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RevealError {
    /// A value to reveal is not known.
    #[error("the value of {0} is not known")]
    MissingValue(Slot),
    /// A selection to make or copy is not known.
    #[error("the selection {0} is not known")]
    MissingChoice(Choice),
    /// The salt to copy was not shown.
    #[error("the salt is not known")]
    MissingSalt,
    /// A value does not fit its slot, or its signature is invalid.
    #[error("the value of {slot} is refused: {error}")]
    Value {
        /// The slot.
        slot: Slot,
        /// Why.
        error: WinternitzError,
    },
    /// A witness is not one of this leaf.
    #[error("the witness of {0} is not readable")]
    Unreadable(String),
}

impl RevealLeaf {
    /// The leaf in which the operator commits the slots of one input of a move; the first input copies, too.
    ///
    /// # Errors
    /// A key is missing.
    pub fn operator(
        keys: &SlotKeys,
        spec: &MoveSpec,
        input: usize,
        signer: XOnlyPublicKey,
    ) -> Result<Self, KeyError> {
        let slots = spec.slots.get(input).map_or(&[][..], Vec::as_slice);
        let (salt, copies) = match input {
            0 => (spec.salt, spec.copies.as_slice()),
            _ => (false, &[][..]),
        };
        let copied = |&choice: &Choice| Ok((choice, *keys.choice(choice)?));
        let copies = copies.iter().map(copied).collect::<Result<_, KeyError>>()?;
        let salt = salt.then(|| keys.salt()).transpose()?;
        Self::committing(keys, slots, salt, copies, signer)
    }

    /// The leaf of the claim.
    ///
    /// # Errors
    /// A key is missing.
    pub fn claim(keys: &SlotKeys, signer: XOnlyPublicKey) -> Result<Self, KeyError> {
        Self::committing(keys, &Schedule::CLAIM, None, Vec::new(), signer)
    }

    fn committing(
        keys: &SlotKeys,
        slots: &[Slot],
        salt: Option<CopiedKey>,
        copies: Vec<(Choice, CopiedBit)>,
        signer: XOnlyPublicKey,
    ) -> Result<Self, KeyError> {
        let slot = |&slot: &Slot| Ok((slot, keys.slot(slot)?.clone()));
        let slots: Vec<(Slot, PublicKey)> =
            slots.iter().map(slot).collect::<Result<_, KeyError>>()?;
        let slot_keys: Vec<PublicKey> = slots.iter().map(|(_, key)| key.clone()).collect();
        let bits: Vec<CopiedBit> = copies.iter().map(|(_, bit)| *bit).collect();
        let copied = Copies {
            values: salt.as_slice(),
            bits: &bits,
        };
        let reveal = operator_reveal(&slot_keys, copied, signer)?;
        let content = Content::Operator {
            slots,
            salt,
            copies,
        };
        Ok(Self::new(content, &reveal))
    }

    /// The leaf of the challenge.
    ///
    /// # Errors
    /// A key is missing.
    pub fn challenge(keys: &SlotKeys, signer: XOnlyPublicKey) -> Result<Self, KeyError> {
        let key = keys.salt()?.challenger().clone();
        let reveal = challenger_reveal(std::slice::from_ref(&key), &[], signer)?;
        Ok(Self::new(Content::Salt(key), &reveal))
    }

    /// The leaf in which the challenger selects.
    ///
    /// # Errors
    /// A key is missing.
    pub fn select(
        keys: &SlotKeys,
        selects: &[Choice],
        signer: XOnlyPublicKey,
    ) -> Result<Self, KeyError> {
        let select = |&choice: &Choice| Ok((choice, keys.choice(choice)?.challenger));
        let selects: Result<Vec<_>, KeyError> = selects.iter().map(select).collect();
        let selects = selects?;
        let bits: Vec<BitPublicKey> = selects.iter().map(|(_, key)| *key).collect();
        let reveal = challenger_reveal(&[], &bits, signer)?;
        Ok(Self::new(Content::Challenger { selects }, &reveal))
    }

    fn new(content: Content, reveal: &Reveal) -> Self {
        let worst_witness = WitnessSize {
            items: reveal.witness_items,
            bytes: reveal.max_witness_weight,
        };
        Self {
            content,
            script: reveal.script.to_script_buf(),
            worst_witness,
        }
    }

    /// Who reveals.
    pub fn by(&self) -> Party {
        match self.content {
            Content::Operator { .. } => Party::Operator,
            Content::Salt(_) | Content::Challenger { .. } => Party::Challenger,
        }
    }

    /// The tapscript.
    pub fn script(&self) -> &ScriptBuf {
        &self.script
    }

    /// The largest witness before script and control block, with the signature.
    pub fn worst_witness(&self) -> WitnessSize {
        self.worst_witness
    }

    /// The witness of the party that reveals, without the signature of the key.
    ///
    /// # Errors
    /// A value is missing or has the wrong length.
    pub fn sign(
        &self,
        secret: &OneTimeSecret,
        scope: Scope,
        digest_bits: DigestLength,
        reading: &Reading,
    ) -> Result<Vec<Vec<u8>>, RevealError> {
        let sign = |slot: Slot| {
            let words = reading.values.get(slot);
            let words = words.ok_or(RevealError::MissingValue(slot))?;
            let signed = secret.slot(scope, slot, digest_bits).sign(&nibbles(words));
            signed.map_err(|error| RevealError::Value { slot, error })
        };
        let mut witness = Vec::new();
        match &self.content {
            Content::Operator {
                slots,
                salt,
                copies,
            } => {
                for (slot, key) in slots {
                    witness.extend(sign(*slot)?.witness(key.shape()));
                }
                if let Some(key) = salt {
                    let shown = reading.shown_salt.as_ref();
                    let shown = shown.ok_or(RevealError::MissingSalt)?;
                    let copied = key.copy_witness(&sign(Slot::Salt)?, shown);
                    witness.extend(copied.ok_or(RevealError::MissingSalt)?);
                }
                for (choice, key) in copies {
                    let missing = || RevealError::MissingChoice(*choice);
                    let shown = reading.shown.get(choice).ok_or_else(missing)?;
                    let copied = key.copy_witness(&secret.choice(scope, *choice), shown);
                    witness.extend(copied.ok_or_else(missing)?);
                }
            }
            Content::Salt(key) => witness.extend(sign(Slot::Salt)?.witness(key.shape())),
            Content::Challenger { selects } => {
                for (choice, _) in selects {
                    let bit = reading.values.choice(*choice);
                    let bit = bit.map_err(|_| RevealError::MissingChoice(*choice))?;
                    witness.push(secret.choice(scope, *choice).say(bit).to_vec());
                }
            }
        }
        Ok(witness)
    }

    /// Reads the elements of a confirmed witness: all but signature, script and control block.
    ///
    /// # Errors
    /// They are not a witness of this leaf. A node would not have accepted it either.
    pub fn read(&self, elements: &[Vec<u8>], reading: &mut Reading) -> Result<(), RevealError> {
        match &self.content {
            Content::Operator {
                slots,
                salt,
                copies,
            } => {
                let mut rest = Elements(elements);
                for (slot, key) in slots {
                    let own = rest.take(*slot, key.shape().witness_items())?;
                    reading.read_operator(*slot, key, own)?;
                }
                if let Some(key) = salt {
                    let both = rest.take(Slot::Salt, key.witness_items())?;
                    let own = key.own_items(both).unwrap_or_default();
                    reading.read_operator(Slot::Salt, key.operator(), &own)?;
                }
                for (index, (choice, key)) in copies.iter().enumerate() {
                    let unreadable = || RevealError::Unreadable(choice.to_string());
                    let own = rest
                        .0
                        .get(CopiedBit::WITNESS_ITEMS * index)
                        .ok_or_else(unreadable)?;
                    // The copy counts: after a reorganisation the challenger's transaction may select something else.
                    let bit = key.operator.read(own).ok_or_else(unreadable)?;
                    reading.values.set_choice(*choice, bit);
                    reading.copied.insert(*choice, own.clone());
                }
            }
            Content::Salt(key) => {
                let (signature, words) = opened(Slot::Salt, key, elements)?;
                reading.values.set(Slot::Salt, words);
                reading.shown_salt = Some(signature);
            }
            Content::Challenger { selects } => {
                for (index, (choice, key)) in selects.iter().enumerate() {
                    let unreadable = || RevealError::Unreadable(choice.to_string());
                    let secret = elements.get(index).ok_or_else(unreadable)?;
                    let bit = key.read(secret).ok_or_else(unreadable)?;
                    reading.values.set_choice(*choice, bit);
                    reading.shown.insert(*choice, secret.clone());
                }
            }
        }
        Ok(())
    }
}
