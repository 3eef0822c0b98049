//! One transaction of a proof game: unsigned, with all that is needed to sign it.

use bitcoin::hashes::Hash;
use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::{OutPoint, TapLeafHash, TapNodeHash, Transaction, TxOut, Weight};
use thiserror::Error;

use super::name::ProofTx;
use super::reveal::SlotsLeaf;
use crate::graph::output::WitnessSize;
use crate::keys::musig::{KeyForm, Message};

/// How an input is unlocked.
#[derive(Clone, Debug)]
pub enum ProofUnlock {
    /// All signers together, by key path.
    Signers {
        /// The tree of the output that is spent.
        root: Option<TapNodeHash>,
    },
    /// All signers together, by key path, for all outputs but for this input only: anyone can add the inputs that pay.
    SignersAndAnyone,
    /// The operator's own output, by key path.
    Operator,
    /// A reveal leaf; it asks for the operator's signature.
    Reveal {
        /// The leaf.
        leaf: SlotsLeaf,
        /// Its control block.
        control: Vec<u8>,
    },
    /// The output of whoever challenges, by key path.
    Challenger,
    /// A refuting leaf; it asks for no signature.
    Refute {
        /// Weight of the largest witness.
        worst: usize,
    },
}

impl ProofUnlock {
    /// The weight of its witness in the worst case.
    pub fn worst_witness(&self) -> usize {
        match self {
            Self::Signers { .. } | Self::Operator | Self::Challenger => {
                WitnessSize::KEY_PATH.weight()
            }
            // One byte more: the hash type.
            Self::SignersAndAnyone => WitnessSize::default().with(65).weight(),
            Self::Reveal { leaf, control } => leaf
                .worst_witness()
                .with(leaf.script().len())
                .with(control.len())
                .weight(),
            Self::Refute { worst } => *worst,
        }
    }

    /// What a signature of this input commits to.
    pub fn sighash_type(&self) -> TapSighashType {
        match self {
            Self::SignersAndAnyone => TapSighashType::AllPlusAnyoneCanPay,
            _ => TapSighashType::Default,
        }
    }
}

/// Why a signature hash cannot be computed.
#[derive(Debug, Error)]
#[error("input {input} of {name} has no signature hash: {reason}")]
pub struct ProofSighashError {
    /// The transaction.
    pub name: ProofTx,
    /// The input.
    pub input: usize,
    /// Why.
    pub reason: String,
}

/// A transaction of a proof game.
#[derive(Clone, Debug)]
pub struct ProofNode {
    /// Its name.
    pub name: ProofTx,
    /// The transaction without witnesses. Of a challenge, the challenger's input is missing; of a refutation, its output.
    pub transaction: Transaction,
    /// The outputs that it spends.
    pub prevouts: Vec<TxOut>,
    /// How each input is unlocked.
    pub unlocks: Vec<ProofUnlock>,
    /// Its weight with the largest possible witnesses, which its fee is paid for.
    pub worst_weight: Weight,
}

impl ProofNode {
    /// Whether it spends an output.
    pub fn spends(&self, outpoint: OutPoint) -> bool {
        let mut inputs = self.transaction.input.iter();
        inputs.any(|input| input.previous_output == outpoint)
    }

    /// The message that a signature of an input signs, for `leaf` or by key path.
    ///
    /// # Errors
    /// The input does not exist.
    pub fn sighash(
        &self,
        input: usize,
        leaf: Option<TapLeafHash>,
    ) -> Result<[u8; 32], ProofSighashError> {
        let failed = |reason: String| ProofSighashError {
            name: self.name,
            input,
            reason,
        };
        let (unlock, prevout) = self
            .unlocks
            .get(input)
            .zip(self.prevouts.get(input))
            .ok_or_else(|| failed("there is no such input".into()))?;
        let sighash_type = unlock.sighash_type();
        let prevouts = match sighash_type {
            TapSighashType::AllPlusAnyoneCanPay => Prevouts::One(input, prevout.clone()),
            _ => Prevouts::All(self.prevouts.as_slice()),
        };
        let mut cache = SighashCache::new(&self.transaction);
        let hash = match leaf {
            Some(leaf) => {
                cache.taproot_script_spend_signature_hash(input, &prevouts, leaf, sighash_type)
            }
            None => cache.taproot_key_spend_signature_hash(input, &prevouts, sighash_type),
        };
        hash.map(|hash| hash.to_byte_array())
            .map_err(|error| failed(error.to_string()))
    }

    /// What all signers sign before the deposit confirms: the input's number and the message.
    ///
    /// # Errors
    /// An input has no signature hash.
    pub fn messages(&self) -> Result<Vec<(usize, Message)>, ProofSighashError> {
        let mut messages = Vec::new();
        for (input, unlock) in self.unlocks.iter().enumerate() {
            let key = match unlock {
                ProofUnlock::Signers { root: Some(root) } => KeyForm::Tree(*root),
                ProofUnlock::Signers { root: None } | ProofUnlock::SignersAndAnyone => {
                    KeyForm::KeyOnly
                }
                _ => continue,
            };
            let sighash = self.sighash(input, None)?;
            messages.push((input, Message { sighash, key }));
        }
        Ok(messages)
    }
}
