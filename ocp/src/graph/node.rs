//! One transaction of the graph: unsigned, with all that is needed to sign it.

use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::taproot::LeafVersion;
use bitcoin::{TapLeafHash, TapNodeHash, Transaction, TxOut, Weight};

use crate::graph::name::{Stage, TxName};
use crate::graph::output::{Connector, WitnessSize};
use crate::keys::musig::{KeyForm, Message};
use crate::reveal::RevealLeaf;

/// How an input is unlocked.
#[derive(Clone, Debug)]
pub enum Unlock {
    /// All signers together, by key path.
    Signers {
        /// The tree of the output that is spent.
        root: Option<TapNodeHash>,
    },
    /// A reveal leaf; it asks for all signers' signature.
    Reveal {
        /// The leaf.
        leaf: RevealLeaf,
        /// Its control block.
        control: Vec<u8>,
    },
    /// The claim's reveal leaf; it asks for the operator's signature.
    Claim {
        /// The leaf.
        leaf: RevealLeaf,
        /// Its control block.
        control: Vec<u8>,
    },
    /// A refuting leaf; it asks for the challenger's signature.
    Refute {
        /// Which tree.
        stage: Stage,
        /// The output that is spent.
        connector: Connector,
        /// Nodes between the stage's root and the output's root.
        above: Vec<TapNodeHash>,
        /// The worst leaf.
        worst: WitnessSize,
    },
    /// The challenger's stake, by its own key.
    Stake,
}

impl Unlock {
    /// The size of its witness in the worst case.
    pub fn worst_witness(&self) -> WitnessSize {
        match self {
            Unlock::Signers { .. } | Unlock::Stake => WitnessSize::KEY_PATH,
            Unlock::Reveal { leaf, control } | Unlock::Claim { leaf, control } => leaf
                .worst_witness()
                .with(leaf.script().len())
                .with(control.len()),
            Unlock::Refute { worst, .. } => *worst,
        }
    }
}

/// Why a signature hash cannot be computed.
#[derive(Debug, thiserror::Error)]
#[error("input {input} of {name} has no signature hash: {reason}")]
pub struct SighashError {
    /// The transaction.
    pub name: TxName,
    /// The input.
    pub input: usize,
    /// Why.
    pub reason: String,
}

/// A transaction of the graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: TxName,
    /// The transaction without witnesses.
    pub transaction: Transaction,
    /// The outputs that it spends.
    pub prevouts: Vec<TxOut>,
    /// How each input is unlocked.
    pub unlocks: Vec<Unlock>,
    /// Its weight with the largest possible witnesses, which its fee is paid for.
    pub worst_weight: Weight,
}

impl Node {
    /// The fee that it pays, in satoshi.
    pub fn fee(&self) -> u64 {
        let sum = |outputs: &[TxOut]| {
            outputs
                .iter()
                .map(|output| output.value.to_sat())
                .sum::<u64>()
        };
        sum(&self.prevouts) - sum(&self.transaction.output)
    }

    /// The message that unlocks an input with the internal key, `leaf` or by key path.
    ///
    /// # Errors
    /// The input does not exist.
    pub fn sighash(
        &self,
        input: usize,
        leaf: Option<TapLeafHash>,
    ) -> Result<[u8; 32], SighashError> {
        use bitcoin::hashes::Hash;
        let prevouts = Prevouts::All(&self.prevouts);
        let mut cache = SighashCache::new(&self.transaction);
        let hash = match leaf {
            Some(leaf) => cache.taproot_script_spend_signature_hash(
                input,
                &prevouts,
                leaf,
                TapSighashType::Default,
            ),
            None => {
                cache.taproot_key_spend_signature_hash(input, &prevouts, TapSighashType::Default)
            }
        };
        hash.map(|hash| hash.to_byte_array())
            .map_err(|error| SighashError {
                name: self.name,
                input,
                reason: error.to_string(),
            })
    }

    /// What all signers sign before the deposit confirms: the input's number and the message.
    ///
    /// # Errors
    /// An input has no signature hash.
    pub fn messages(&self) -> Result<Vec<(usize, Message)>, SighashError> {
        let mut messages = Vec::new();
        for (input, unlock) in self.unlocks.iter().enumerate() {
            let (leaf, key) = match unlock {
                Unlock::Signers { root: None } => (None, KeyForm::KeyOnly),
                Unlock::Signers { root: Some(root) } => (None, KeyForm::Tree(*root)),
                Unlock::Reveal { leaf, .. } => (Some(leaf_hash(leaf)), KeyForm::Internal),
                Unlock::Claim { .. } | Unlock::Refute { .. } | Unlock::Stake => continue,
            };
            messages.push((
                input,
                Message {
                    sighash: self.sighash(input, leaf)?,
                    key,
                },
            ));
        }
        Ok(messages)
    }
}

/// The leaf's hash in signatures.
pub fn leaf_hash(leaf: &RevealLeaf) -> TapLeafHash {
    TapLeafHash::from_script(leaf.script(), LeafVersion::TapScript)
}
