//! Reveal leaves: the scripts that check the one-time signatures of a move, and how values get in and out of witnesses.

use std::collections::BTreeMap;

use bitcoin::ScriptBuf;
use bitcoin::key::XOnlyPublicKey;
use gavel_script_gen::bits::{BitPublicKey, CopiedBit};
use gavel_script_gen::reveal::{Reveal, challenger_select, operator_reveal};
use gavel_script_gen::winternitz::{PublicKey, Shape, Signature, WinternitzError, nibbles};
use gavel_vm::digest::DigestLength;
use thiserror::Error;

use crate::graph::name::Party;
use crate::graph::output::WitnessSize;
use crate::keys::slots::{KeyError, OneTimeSecret, Scope, SlotKeys, slot_shape};
use crate::slot::{Choice, Slot, Values};

/// The weight of a transaction that nodes relay.
pub const MAX_STANDARD_WEIGHT: usize = 400_000;

/// What revealing a slot costs in a transaction: script and witness.
#[derive(Clone, Copy, Debug)]
pub struct SlotWidth {
    digest_bits: DigestLength,
    word: usize,
    digest: usize,
}

impl SlotWidth {
    /// The costs at a digest length, taken from the scripts themselves.
    pub fn new(digest_bits: DigestLength) -> Self {
        let seed = OneTimeSecret::new(&[0; 32], &[0; 32]);
        let weight = |slot| {
            let key = seed.slot(Scope::Claim, slot, digest_bits).public_key();
            key.shape().max_witness_weight() + key.verify_script().len()
        };
        Self {
            digest_bits,
            word: weight(Slot::Steps),
            digest: weight(Slot::Input),
        }
    }

    fn weight(&self, slot: Slot) -> usize {
        if slot_shape(slot, self.digest_bits) == Shape::WORD {
            self.word
        } else {
            self.digest
        }
    }
}

/// Distributes slots over the inputs of one transaction so that no witness exceeds the stack; the first input also
/// copies `copies` bits.
pub fn inputs(width: SlotWidth, slots: &[Slot], copies: usize) -> Vec<Vec<Slot>> {
    let shapes: Vec<Shape> = slots
        .iter()
        .map(|&slot| slot_shape(slot, width.digest_bits))
        .collect();
    let ranges = gavel_script_gen::reveal::inputs(&shapes, copies);
    ranges
        .into_iter()
        .map(|range| slots[range].to_vec())
        .collect()
}

/// Distributes slots evenly over as many standard transactions as they need, and each over its inputs. Every transaction
/// leaves room for `copies` bits.
pub fn transactions(width: SlotWidth, slots: &[Slot], copies: usize) -> Vec<Vec<Vec<Slot>>> {
    // Per input: outpoint, sequence and count, the output that it may have to make for the next part, control block,
    // signature, key, and the lengths of witness and script.
    const INPUT: usize = 4 * (41 + 43) + 34 + 65 + 34 + 6;
    // Version, lock-time and counts, the anchor and the next output.
    const BASE: usize = 4 * (11 + 13 + 43) + 2;
    // Two hashes of each key, two secrets and some opcodes.
    const COPY: usize = 160;
    let weight = |slots: &[Slot]| {
        let values: usize = slots.iter().map(|&slot| width.weight(slot)).sum();
        BASE + COPY * copies + values + INPUT * inputs(width, slots, copies).len()
    };
    let mut count = weight(slots).div_ceil(MAX_STANDARD_WEIGHT).max(1);
    loop {
        let parts: Vec<&[Slot]> = slots.chunks(slots.len().div_ceil(count).max(1)).collect();
        if count >= slots.len() || parts.iter().all(|part| weight(part) <= MAX_STANDARD_WEIGHT) {
            return parts
                .into_iter()
                .map(|part| inputs(width, part, copies))
                .collect();
        }
        count += 1;
    }
}

/// What one input of a move reveals.
#[derive(Clone, Debug)]
enum Content {
    /// The operator's values, and its copies of the challenger's bits.
    Operator {
        slots: Vec<(Slot, PublicKey)>,
        copies: Vec<(Choice, CopiedBit)>,
    },
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

/// What a reveal says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Values and selections.
    pub values: Values,
    /// The secrets that the challenger has shown for its selections, which the operator needs to copy them.
    pub shown: BTreeMap<Choice, Vec<u8>>,
    /// The operator's signatures, which leaves open again.
    pub signatures: BTreeMap<Slot, Signature>,
    /// The secrets that the operator has shown in its copies of selections, which leaves open again.
    pub copied: BTreeMap<Choice, Vec<u8>>,
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
    /// The leaf in which the operator commits `slots` and copies `copies`.
    ///
    /// # Errors
    /// A key is missing.
    pub fn operator(
        keys: &SlotKeys,
        slots: &[Slot],
        copies: &[Choice],
        signer: XOnlyPublicKey,
    ) -> Result<Self, KeyError> {
        let slots: Result<Vec<_>, KeyError> = slots
            .iter()
            .map(|&slot| Ok((slot, keys.slot(slot)?.clone())))
            .collect();
        let copies: Result<Vec<_>, KeyError> = copies
            .iter()
            .map(|&choice| Ok((choice, *keys.choice(choice)?)))
            .collect();
        let (slots, copies) = (slots?, copies?);
        let slot_keys: Vec<PublicKey> = slots.iter().map(|(_, key)| key.clone()).collect();
        let copied: Vec<CopiedBit> = copies.iter().map(|(_, bit)| *bit).collect();
        let reveal = operator_reveal(&slot_keys, &copied, signer)?;
        Ok(Self::new(Content::Operator { slots, copies }, &reveal))
    }

    /// The leaf in which the challenger selects.
    ///
    /// # Errors
    /// A key is missing.
    pub fn challenger(
        keys: &SlotKeys,
        selects: &[Choice],
        signer: XOnlyPublicKey,
    ) -> Result<Self, KeyError> {
        let select = |&choice: &Choice| Ok((choice, keys.choice(choice)?.challenger));
        let selects: Result<Vec<_>, KeyError> = selects.iter().map(select).collect();
        let selects = selects?;
        let bits: Vec<BitPublicKey> = selects.iter().map(|(_, key)| *key).collect();
        let reveal = challenger_select(&bits, signer)?;
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
            Content::Challenger { .. } => Party::Challenger,
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

    /// The operator's witness, without the signature of the key.
    ///
    /// # Errors
    /// A value is missing or has the wrong length.
    pub fn sign_operator(
        &self,
        secret: &OneTimeSecret,
        scope: Scope,
        digest_bits: DigestLength,
        reading: &Reading,
    ) -> Result<Vec<Vec<u8>>, RevealError> {
        let Content::Operator { slots, copies } = &self.content else {
            return Err(RevealError::Unreadable("a selection".into()));
        };
        let mut witness = Vec::new();
        for (slot, key) in slots {
            let words = reading
                .values
                .get(*slot)
                .ok_or(RevealError::MissingValue(*slot))?;
            let signed = secret.slot(scope, *slot, digest_bits).sign(&nibbles(words));
            let invalid = |error| RevealError::Value { slot: *slot, error };
            witness.extend(signed.map_err(invalid)?.witness(key.shape()));
        }
        for (choice, key) in copies {
            let missing = || RevealError::MissingChoice(*choice);
            let shown = reading.shown.get(choice).ok_or_else(missing)?;
            let copied = key.copy_witness(&secret.choice(scope, *choice), shown);
            witness.extend(copied.ok_or_else(missing)?);
        }
        Ok(witness)
    }

    /// The challenger's witness, without the signature of the key.
    ///
    /// # Errors
    /// A selection is missing.
    pub fn sign_challenger(
        &self,
        secret: &OneTimeSecret,
        scope: Scope,
        selection: &Values,
    ) -> Result<Vec<Vec<u8>>, RevealError> {
        let Content::Challenger { selects } = &self.content else {
            return Err(RevealError::Unreadable("a disclosure".into()));
        };
        let sign = |(choice, _): &(Choice, BitPublicKey)| {
            let bit = selection
                .choice(*choice)
                .map_err(|_| RevealError::MissingChoice(*choice))?;
            Ok(secret.choice(scope, *choice).say(bit).to_vec())
        };
        selects.iter().map(sign).collect()
    }

    /// Reads the elements of a confirmed witness: all but signature, script and control block.
    ///
    /// # Errors
    /// They are not a witness of this leaf. A node would not have accepted it either.
    pub fn read(&self, elements: &[Vec<u8>], reading: &mut Reading) -> Result<(), RevealError> {
        match &self.content {
            Content::Operator { slots, copies } => {
                let mut rest = elements;
                for (slot, key) in slots {
                    let shape = key.shape();
                    let unreadable = || RevealError::Unreadable(slot.to_string());
                    let (own, after) = rest
                        .split_at_checked(shape.witness_items())
                        .ok_or_else(unreadable)?;
                    let invalid = |error| RevealError::Value { slot: *slot, error };
                    let signature = Signature::from_witness(shape, own).map_err(invalid)?;
                    let digits = key.verify(&signature).map_err(invalid)?;
                    reading.values.set(*slot, words(&digits));
                    reading.signatures.insert(*slot, signature);
                    rest = after;
                }
                for (index, (choice, _)) in copies.iter().enumerate() {
                    let unreadable = || RevealError::Unreadable(choice.to_string());
                    let own = rest
                        .get(CopiedBit::WITNESS_ITEMS * index)
                        .ok_or_else(unreadable)?;
                    reading.copied.insert(*choice, own.clone());
                }
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
