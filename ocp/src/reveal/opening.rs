//! What the operator opens in a witness that nobody has accepted yet, and that may be anything.

use gavel_script_gen::bits::{BitPublicKey, BitSecret, CopiedBit};
use gavel_script_gen::mips::Place;
use gavel_script_gen::winternitz::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use super::{Content, Elements, RevealLeaf};
use crate::slot::{Choice, Slot};

/// Something that the operator has said, with what proves it. Its items have the sizes that can be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Opening {
    /// A value.
    Value {
        /// Its slot.
        slot: Slot,
        /// The signature of the slot's key.
        signature: Signature,
    },
    /// A bit of a copied selection.
    Bit {
        /// Which bit.
        choice: Choice,
        /// What it says.
        bit: bool,
        /// The secret that says so.
        secret: BitSecret,
    },
}

impl Opening {
    /// What is opened.
    pub fn place(&self) -> Place {
        match self {
            Self::Value { slot, .. } => Place::Slot(*slot),
            Self::Bit { choice, .. } => Place::Choice(*choice),
        }
    }

    /// Whether both say the same about one place.
    pub fn repeats(&self, other: &Self) -> bool {
        let same = match (self, other) {
            (Self::Value { signature: one, .. }, Self::Value { signature: two, .. }) => {
                let digits = |signature: &Signature| -> Vec<u8> {
                    signature.digits().iter().map(|(_, digit)| *digit).collect()
                };
                digits(one) == digits(two)
            }
            (Self::Bit { bit: one, .. }, Self::Bit { bit: two, .. }) => one == two,
            _ => false,
        };
        same && self.place() == other.place()
    }
}

impl RevealLeaf {
    /// What the operator opens in these elements of a witness. Each opening is checked by itself: one that is not valid takes
    /// nothing from the others, since the operator has said those all the same.
    pub fn openings(&self, elements: &[Vec<u8>]) -> Vec<Opening> {
        let Content::Operator {
            slots,
            salt,
            copies,
        } = &self.content
        else {
            return Vec::new();
        };
        let mut rest = Elements(elements);
        let mut found = Vec::new();
        for (slot, key) in slots {
            let items = rest.take(*slot, key.shape().witness_items());
            found.push(items.ok().and_then(|items| value(*slot, key, items)));
        }
        if let Some(key) = salt {
            let both = rest.take(Slot::Salt, key.witness_items());
            let own = both.ok().and_then(|both| key.own_items(both));
            found.push(own.and_then(|own| value(Slot::Salt, key.operator(), &own)));
        }
        let copied = rest.0.chunks_exact(CopiedBit::WITNESS_ITEMS);
        let bits = copies
            .iter()
            .zip(copied)
            .map(|((choice, key), items)| bit(*choice, &key.operator, &items[0]));
        found.extend(bits);
        found.into_iter().flatten().collect()
    }
}

fn value(slot: Slot, key: &PublicKey, items: &[Vec<u8>]) -> Option<Opening> {
    let signature = Signature::from_witness(key.shape(), items).ok()?;
    key.verify_published(&signature).ok()?;
    Some(Opening::Value { slot, signature })
}

fn bit(choice: Choice, key: &BitPublicKey, item: &[u8]) -> Option<Opening> {
    let secret = BitSecret::try_from(item).ok()?;
    let bit = key.read(&secret)?;
    Some(Opening::Bit {
        choice,
        bit,
        secret,
    })
}
