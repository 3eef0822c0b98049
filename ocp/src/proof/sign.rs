//! Completes the transactions of a proof game.

use std::fmt;

use bitcoin::key::{Keypair, Secp256k1, TapTweak};
use bitcoin::secp256k1::Message;
use bitcoin::sighash::TapSighashType;
use bitcoin::taproot::LeafVersion;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, TapLeafHash, TapNodeHash, Transaction, TxIn, TxOut,
    Witness,
};
use gavel_script_gen::winternitz::{GameSeed, Signature, WinternitzError};
use rayon::prelude::*;
use thiserror::Error;

use super::draft::{version, weight};
use super::graph::ProofGraph;
use super::name::ProofTx;
use super::node::{ProofNode, ProofSighashError, ProofUnlock};
use super::presign::ProofSignatures;
use super::setup::secret_key;
use super::statement::{ProofSlot, ProofSlots, RefutingLeaf};
use crate::graph::blueprint::key_output;
use crate::graph::output::{WitnessSize, leaf_node};

/// The operator's secrets.
#[derive(Clone)]
pub struct OperatorSecrets {
    /// Its key among the signers.
    pub keypair: Keypair,
    /// From which its one-time keys are derived.
    pub one_time: GameSeed,
}

impl fmt::Debug for OperatorSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorSecrets(..)")
    }
}

impl OperatorSecrets {
    /// Signs the values of all slots, each the digits that its shape says.
    ///
    /// # Errors
    /// A value is missing or does not fit its slot.
    pub fn sign(
        &self,
        slots: &ProofSlots,
        values: &[Vec<u8>],
    ) -> Result<Vec<Signature>, ProofSignError> {
        if values.len() != slots.len() {
            return Err(ProofSignError::Values {
                got: values.len(),
                expected: slots.len(),
            });
        }
        let slots: Vec<_> = slots.iter().collect();
        let sign = |(slot, value): (&&ProofSlot, &Vec<u8>)| {
            let signature = secret_key(&self.one_time, slot).sign(value);
            signature.map_err(|error| ProofSignError::Value {
                slot: slot.name.clone(),
                error,
            })
        };
        slots.par_iter().zip(values).map(sign).collect()
    }
}

/// Why a transaction cannot be completed.
#[derive(Debug, Error)]
pub enum ProofSignError {
    /// The game has no such transaction.
    #[error("the game has no transaction {0}")]
    Unknown(ProofTx),
    /// A signature of all signers is missing.
    #[error("input {input} of {name} was not signed in advance")]
    NotPresigned {
        /// The transaction.
        name: ProofTx,
        /// The input.
        input: usize,
    },
    /// Only the operator can complete it.
    #[error("only the operator can make {0}")]
    NotTheOperator(ProofTx),
    /// The number of values is not that of the slots.
    #[error("{got} values for {expected} slots")]
    Values {
        /// How many there are.
        got: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A value does not fit its slot.
    #[error("the value of {slot} is refused: {error}")]
    Value {
        /// The slot.
        slot: String,
        /// Why.
        error: WinternitzError,
    },
    /// A challenge or a refutation is made by [`challenge`] and [`disprove`].
    #[error("{0} needs an input or an output that the game does not know")]
    Incomplete(ProofTx),
    /// The output that is to pay for a challenge is too small.
    #[error("a challenge costs {needed} sat, its stake holds {value} sat")]
    StakeTooSmall {
        /// What the stake holds.
        value: u64,
        /// What it must hold.
        needed: u64,
    },
    /// The leaf is not where the branch says.
    #[error("{0} is no leaf of the tree that the signers agreed on")]
    NotInTree(String),
    /// The reward does not pay for the refutation.
    #[error("the reward of {reward} sat does not pay for the refutation, which costs {fee} sat")]
    RewardTooSmall {
        /// The reward.
        reward: u64,
        /// The fee.
        fee: u64,
    },
    /// An input has no signature hash.
    #[error(transparent)]
    Sighash(#[from] ProofSighashError),
}

/// What the operator needs to complete its transactions: its secrets, and its signatures of all slots.
#[derive(Clone, Copy, Debug)]
pub struct Asserting<'a> {
    /// The operator's secrets.
    pub secrets: &'a OperatorSecrets,
    /// Its signatures of all slots, in their order.
    pub values: &'a [Signature],
}

/// Completes a transaction of the graph. What only carries signatures of all signers can be completed by anyone, without
/// `operator`.
///
/// # Errors
/// A signature or a secret is missing.
pub fn complete(
    graph: &ProofGraph,
    signatures: &ProofSignatures,
    name: ProofTx,
    operator: Option<Asserting<'_>>,
) -> Result<Transaction, ProofSignError> {
    let node = graph.get(name).ok_or(ProofSignError::Unknown(name))?;
    if matches!(name, ProofTx::Challenge | ProofTx::Disprove) {
        return Err(ProofSignError::Incomplete(name));
    }
    let mut transaction = node.transaction.clone();
    for (input, unlock) in node.unlocks.iter().enumerate() {
        let operator = || operator.ok_or(ProofSignError::NotTheOperator(name));
        let witness = match unlock {
            ProofUnlock::Operator => vec![sign_output(node, input, &operator()?.secrets.keypair)?],
            ProofUnlock::Reveal { leaf, control } => {
                let Asserting { secrets, values } = operator()?;
                let expected = graph.blueprint().setup().slots.len();
                if values.len() != expected {
                    let got = values.len();
                    return Err(ProofSignError::Values { got, expected });
                }
                let hash = TapLeafHash::from_script(leaf.script(), LeafVersion::TapScript);
                let message = Message::from_digest(node.sighash(input, Some(hash))?);
                let secp = Secp256k1::signing_only();
                let signature = secp.sign_schnorr_no_aux_rand(&message, &secrets.keypair);
                let mut witness = vec![signature.as_ref().to_vec()];
                witness.extend(leaf.witness(values));
                witness.extend([leaf.script().to_bytes(), control.clone()]);
                witness
            }
            ProofUnlock::Signers { .. } => vec![presigned(signatures, node, input)?],
            ProofUnlock::SignersAndAnyone
            | ProofUnlock::Challenger
            | ProofUnlock::Refute { .. } => return Err(ProofSignError::Incomplete(name)),
        };
        transaction.input[input].witness = Witness::from_slice(&witness);
    }
    Ok(transaction)
}

/// The challenge, paid by the output `stake` of `value` satoshi that `challenger` alone owns ([`challenge_script`]). What it
/// holds above [`challenge_stake`](super::ProofBlueprint::challenge_stake) goes to the miner.
///
/// # Errors
/// The stake is too small, or the signers' signature is missing.
pub fn challenge(
    graph: &ProofGraph,
    signatures: &ProofSignatures,
    stake: OutPoint,
    value: u64,
    challenger: &Keypair,
) -> Result<Transaction, ProofSignError> {
    let name = ProofTx::Challenge;
    let needed = graph.blueprint().challenge_stake();
    if value < needed {
        return Err(ProofSignError::StakeTooSmall { value, needed });
    }
    let mut node = graph
        .get(name)
        .ok_or(ProofSignError::Unknown(name))?
        .clone();
    let mut signed = presigned(signatures, &node, 0)?;
    signed.push(TapSighashType::AllPlusAnyoneCanPay as u8);
    node.transaction.input.push(TxIn {
        previous_output: stake,
        script_sig: ScriptBuf::new(),
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        witness: Witness::new(),
    });
    node.prevouts.push(TxOut {
        value: Amount::from_sat(value),
        script_pubkey: challenge_script(challenger),
    });
    node.unlocks.push(ProofUnlock::Challenger);
    let own = sign_output(&node, 1, challenger)?;
    let mut transaction = node.transaction;
    for (input, signature) in transaction.input.iter_mut().zip([signed, own]) {
        input.witness = Witness::from_slice(&[signature]);
    }
    Ok(transaction)
}

/// The output script that a challenger's stake is paid to.
pub fn challenge_script(challenger: &Keypair) -> ScriptBuf {
    key_output(challenger.x_only_public_key().0)
}

/// The refutation that pays the reward to `destination`, less the fee of its weight. `branch` leads from the leaf's sibling to
/// the root ([`LeafTree::branch`](gavel_script_gen::tree::LeafTree::branch)).
///
/// Anyone can make it, without any secret.
///
/// # Errors
/// The leaf is not in the tree, or the reward does not pay for it.
pub fn disprove(
    graph: &ProofGraph,
    refuting: &RefutingLeaf,
    branch: &[TapNodeHash],
    destination: ScriptBuf,
) -> Result<Transaction, ProofSignError> {
    let name = ProofTx::Disprove;
    let node = graph.get(name).ok_or(ProofSignError::Unknown(name))?;
    let refutable = graph.blueprint().refutable();
    let leaf = leaf_node(&refuting.script);
    let parent = |child, sibling: &TapNodeHash| TapNodeHash::from_node_hashes(child, *sibling);
    if Some(branch.iter().fold(leaf, parent)) != refutable.root() {
        return Err(ProofSignError::NotInTree(refuting.name.clone()));
    }
    let mut witness = refuting.witness.clone();
    witness.extend([refuting.script.to_bytes(), refutable.control_block(branch)]);

    let mut transaction = node.transaction.clone();
    let reward: u64 = node
        .prevouts
        .iter()
        .map(|output| output.value.to_sat())
        .sum();
    transaction.output = vec![TxOut {
        value: Amount::ZERO,
        script_pubkey: destination,
    }];
    let weight = weight(
        std::iter::once(WitnessSize::of(&witness).weight()),
        &transaction.output,
    );
    let fee = graph
        .blueprint()
        .setup()
        .params
        .amounts
        .fee(weight.to_vbytes_ceil());
    let output = &mut transaction.output[0];
    let value = reward.saturating_sub(fee);
    if value < output.script_pubkey.minimal_non_dust().to_sat() {
        return Err(ProofSignError::RewardTooSmall { reward, fee });
    }
    output.value = Amount::from_sat(value);
    transaction.version = version(weight);
    transaction.input[0].witness = Witness::from_slice(&witness);
    Ok(transaction)
}

fn presigned(
    signatures: &ProofSignatures,
    node: &ProofNode,
    input: usize,
) -> Result<Vec<u8>, ProofSignError> {
    let name = node.name;
    let signature = signatures.get(name, input);
    let signature = signature.ok_or(ProofSignError::NotPresigned { name, input })?;
    Ok(signature.as_ref().to_vec())
}

/// The signature of an output that a single key owns.
fn sign_output(node: &ProofNode, input: usize, owner: &Keypair) -> Result<Vec<u8>, ProofSignError> {
    let message = Message::from_digest(node.sighash(input, None)?);
    let secp = Secp256k1::new();
    let tweaked = owner.tap_tweak(&secp, None).to_keypair();
    let signature = secp.sign_schnorr_no_aux_rand(&message, &tweaked);
    Ok(signature.as_ref().to_vec())
}
