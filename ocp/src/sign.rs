//! Complete transactions: the signers' signatures, a party's own ones, and what its move says.

use std::fmt;

use bitcoin::key::{Keypair, Secp256k1, TapTweak};
use bitcoin::secp256k1::Message;
use bitcoin::taproot::LeafVersion;
use bitcoin::{TapLeafHash, TapNodeHash, Transaction, Witness};
use thiserror::Error;

use crate::graph::Graph;
use crate::graph::name::TxName;
use crate::graph::node::{Node, SighashError, Unlock};
use crate::graph::tree::Refutation;
use crate::keys::slots::{OneTimeSecret, Scope};
use crate::presign::Signatures;
use crate::reveal::{Reading, RevealError, RevealLeaf};

/// The secrets of one party.
#[derive(Clone)]
pub struct PartySecrets {
    /// Its key among the signers.
    pub keypair: Keypair,
    /// From which its one-time keys are derived.
    pub one_time: OneTimeSecret,
}

impl fmt::Debug for PartySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartySecrets(..)")
    }
}

/// What a transaction says beyond its signatures.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// Nothing.
    Nothing,
    /// Values and selections; a disclosure's copies need the secrets that the challenger has shown.
    Reading(&'a Reading),
    /// A refutation.
    Refutation(&'a Refutation),
}

/// Why a transaction cannot be completed.
#[derive(Debug, Error)]
pub enum SignError {
    /// The graph has no such transaction.
    #[error("the game has no transaction {0}")]
    Unknown(TxName),
    /// A signature of all signers is missing.
    #[error("input {input} of {name} was not signed in advance")]
    NotPresigned {
        /// The transaction.
        name: TxName,
        /// The input.
        input: usize,
    },
    /// The transaction says something else than what was given.
    #[error("{0} needs other contents than it was given")]
    WrongContents(TxName),
    /// Values are missing.
    #[error(transparent)]
    Reveal(#[from] RevealError),
    /// An input has no signature hash.
    #[error(transparent)]
    Sighash(#[from] SighashError),
}

/// Completes a transaction of the graph.
///
/// # Errors
/// A signature or a value is missing.
pub fn complete(
    graph: &Graph,
    signatures: &Signatures,
    name: TxName,
    secrets: &PartySecrets,
    said: Said<'_>,
) -> Result<Transaction, SignError> {
    let node = graph.get(name).ok_or(SignError::Unknown(name))?;
    let completion = Completion {
        graph,
        signatures,
        node,
        secrets,
        said,
    };
    let mut transaction = node.transaction.clone();
    for (input, unlock) in node.unlocks.iter().enumerate() {
        transaction.input[input].witness = Witness::from_slice(&completion.witness(input, unlock)?);
    }
    Ok(transaction)
}

struct Completion<'a> {
    graph: &'a Graph,
    signatures: &'a Signatures,
    node: &'a Node,
    secrets: &'a PartySecrets,
    said: Said<'a>,
}

impl Completion<'_> {
    fn witness(&self, input: usize, unlock: &Unlock) -> Result<Vec<Vec<u8>>, SignError> {
        match unlock {
            Unlock::Signers { .. } => Ok(vec![self.presigned(input)?]),
            Unlock::Stake => Ok(vec![self.own_output_key(input)?]),
            Unlock::Reveal { leaf, control } => {
                let mut witness = vec![self.presigned(input)?];
                witness.extend(self.reveal(leaf)?);
                witness.extend([leaf.script().to_bytes(), control.clone()]);
                Ok(witness)
            }
            Unlock::Claim { leaf, control } => {
                let hash = TapLeafHash::from_script(leaf.script(), LeafVersion::TapScript);
                let mut witness = vec![self.own_leaf(input, hash)?];
                witness.extend(self.reveal(leaf)?);
                witness.extend([leaf.script().to_bytes(), control.clone()]);
                Ok(witness)
            }
            Unlock::Refute {
                connector, above, ..
            } => {
                let Said::Refutation(refutation) = self.said else {
                    return Err(SignError::WrongContents(self.node.name));
                };
                let hash = TapLeafHash::from_script(&refutation.script, LeafVersion::TapScript);
                let mut witness = vec![self.own_leaf(input, hash)?];
                witness.extend(refutation.witness.iter().cloned());
                let branch: Vec<TapNodeHash> =
                    refutation.branch.iter().chain(above).copied().collect();
                witness.extend([
                    refutation.script.to_bytes(),
                    connector.control_block(&branch),
                ]);
                Ok(witness)
            }
        }
    }

    fn presigned(&self, input: usize) -> Result<Vec<u8>, SignError> {
        let name = self.node.name;
        let signature = self
            .signatures
            .get(name, input)
            .ok_or(SignError::NotPresigned { name, input })?;
        Ok(signature.as_ref().to_vec())
    }

    fn reveal(&self, leaf: &RevealLeaf) -> Result<Vec<Vec<u8>>, SignError> {
        let Said::Reading(reading) = self.said else {
            return Err(SignError::WrongContents(self.node.name));
        };
        let scope = match self.node.name {
            TxName::Dispute { challenger, .. } => Scope::Dispute(challenger),
            TxName::Claim | TxName::Payout | TxName::PayoutAfterDispute => Scope::Claim,
        };
        let one_time = &self.secrets.one_time;
        let digest_bits = self.graph.blueprint().setup().params.digest_bits;
        Ok(leaf.sign(one_time, scope, digest_bits, reading)?)
    }

    fn own_leaf(&self, input: usize, leaf: TapLeafHash) -> Result<Vec<u8>, SignError> {
        let message = Message::from_digest(self.node.sighash(input, Some(leaf))?);
        let secp = Secp256k1::signing_only();
        Ok(secp
            .sign_schnorr_no_aux_rand(&message, &self.secrets.keypair)
            .as_ref()
            .to_vec())
    }

    fn own_output_key(&self, input: usize) -> Result<Vec<u8>, SignError> {
        let message = Message::from_digest(self.node.sighash(input, None)?);
        let secp = Secp256k1::new();
        let tweaked = self.secrets.keypair.tap_tweak(&secp, None).to_keypair();
        Ok(secp
            .sign_schnorr_no_aux_rand(&message, &tweaked)
            .as_ref()
            .to_vec())
    }
}
