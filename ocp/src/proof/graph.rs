//! All transactions of a funded proof game.

use std::collections::BTreeMap;

use bitcoin::{Amount, OutPoint, Transaction, TxOut};
use gavel_script_gen::winternitz::{Signature, WinternitzError};
use thiserror::Error;

use super::blueprint::ProofBlueprint;
use super::draft::{Draft, Source};
use super::name::ProofTx;
use super::node::{ProofNode, ProofUnlock};
use super::setup::{ProofFunding, ProofSetupError};

/// All transactions of a funded proof game.
#[derive(Clone, Debug)]
pub struct ProofGraph {
    blueprint: ProofBlueprint,
    funding: ProofFunding,
    nodes: BTreeMap<ProofTx, ProofNode>,
}

/// Why a confirmed transaction cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name} commits no value of slot {slot}: {error}")]
pub struct ReadError {
    /// The transaction.
    pub name: ProofTx,
    /// The slot.
    pub slot: usize,
    /// Why.
    pub error: WinternitzError,
}

impl ProofGraph {
    /// Completes a blueprint with the outpoints that fund it.
    ///
    /// # Errors
    /// A stake is missing, an outpoint is used twice, or the money does not suffice.
    pub fn new(blueprint: ProofBlueprint, funding: ProofFunding) -> Result<Self, ProofSetupError> {
        funding.validate(blueprint.claim_stakes().len())?;
        let mut graph = Self {
            funding,
            nodes: BTreeMap::new(),
            blueprint,
        };
        for draft in graph.blueprint.drafts().to_vec() {
            let node = graph.complete(&draft)?;
            graph.nodes.insert(draft.name, node);
        }
        Ok(graph)
    }

    /// Scripts, amounts and the set-up.
    pub fn blueprint(&self) -> &ProofBlueprint {
        &self.blueprint
    }

    /// The outputs that fund the game.
    pub fn funding(&self) -> &ProofFunding {
        &self.funding
    }

    /// All transactions, in the order of their names.
    pub fn nodes(&self) -> impl Iterator<Item = &ProofNode> {
        self.nodes.values()
    }

    /// One transaction, if the game has it.
    pub fn get(&self, name: ProofTx) -> Option<&ProofNode> {
        self.nodes.get(&name)
    }

    /// Which transaction of the game a confirmed one is. Challenges and refutations have no id of their own: they are known by
    /// what they spend.
    pub fn name_of(&self, transaction: &Transaction) -> Option<ProofTx> {
        let txid = transaction.compute_txid();
        let known = self.nodes.values().find(|node| {
            !matches!(node.name, ProofTx::Challenge | ProofTx::Disprove)
                && node.transaction.compute_txid() == txid
        });
        let spends = |name| {
            let mut inputs = transaction.input.iter();
            let first = self
                .nodes
                .get(&name)?
                .transaction
                .input
                .first()?
                .previous_output;
            inputs
                .any(|input| input.previous_output == first)
                .then_some(name)
        };
        known
            .map(|node| node.name)
            .or_else(|| spends(ProofTx::Challenge))
            .or_else(|| spends(ProofTx::Disprove))
    }

    /// The values that a confirmed transaction commits, as signatures of the slots with these numbers.
    ///
    /// # Errors
    /// A witness is not one that the leaf accepts.
    pub fn read(
        &self,
        name: ProofTx,
        transaction: &Transaction,
    ) -> Result<Vec<(usize, Signature)>, ReadError> {
        let mut read = Vec::new();
        let Some(node) = self.nodes.get(&name) else {
            return Ok(read);
        };
        for (unlock, input) in node.unlocks.iter().zip(&transaction.input) {
            let ProofUnlock::Reveal { leaf, .. } = unlock else {
                continue;
            };
            // A signature in front, script and control block at the end.
            let items: Vec<Vec<u8>> = input.witness.iter().map(<[u8]>::to_vec).collect();
            let elements = items
                .get(1..items.len().saturating_sub(2))
                .unwrap_or_default();
            let signatures = leaf.read(elements);
            let signatures = signatures.map_err(|(slot, error)| ReadError { name, slot, error })?;
            read.extend(leaf.slots().zip(signatures));
        }
        Ok(read)
    }

    fn outpoint(&self, source: Source) -> OutPoint {
        match source {
            Source::Deposit => self.funding.deposit,
            Source::ClaimStake(number) => self.funding.claim_stakes[number],
            Source::AssertionStake => self.funding.assertion_stake,
            Source::ChallengeStake => OutPoint::null(),
            Source::Output(name, vout) => OutPoint {
                txid: self.nodes[&name].transaction.compute_txid(),
                vout,
            },
        }
    }

    fn prevout(&self, source: Source) -> TxOut {
        let blueprint = &self.blueprint;
        match source {
            Source::Deposit => blueprint.deposit().output(),
            Source::ClaimStake(number) => blueprint.claim_stakes()[number].clone(),
            Source::AssertionStake => blueprint.assertion_stake().clone(),
            Source::ChallengeStake => TxOut {
                value: Amount::from_sat(blueprint.challenge_stake()),
                script_pubkey: blueprint.assertion_stake().script_pubkey.clone(),
            },
            Source::Output(name, vout) => {
                self.nodes[&name].transaction.output[vout as usize].clone()
            }
        }
    }

    /// Inputs = outputs + fee, and no output is dust.
    fn complete(&self, draft: &Draft) -> Result<ProofNode, ProofSetupError> {
        let inputs = draft.inputs.iter();
        let mut prevouts: Vec<TxOut> = inputs.map(|input| self.prevout(input.source)).collect();
        let mut unlocks: Vec<ProofUnlock> = draft
            .inputs
            .iter()
            .map(|input| input.unlock.clone())
            .collect();
        let available: u64 = prevouts.iter().map(|output| output.value.to_sat()).sum();
        let amounts = &self.blueprint.setup().params.amounts;
        let fee = amounts.fee(draft.weight.to_vbytes_ceil());
        let rest = available.saturating_sub(draft.fixed_sum() + fee);
        let dust = draft.outputs[draft.rest].script_pubkey.minimal_non_dust();
        if rest < dust.to_sat() {
            return Err(ProofSetupError::Dust {
                name: draft.name,
                output: draft.rest,
                value: rest,
            });
        }
        let mut transaction = draft.transaction(rest, |source| self.outpoint(source));
        match draft.name {
            // Who pays is not known yet.
            ProofTx::Challenge => {
                transaction.input.truncate(1);
                prevouts.truncate(1);
                unlocks.truncate(1);
            }
            // Nor who is paid.
            ProofTx::Disprove => transaction.output.clear(),
            _ => {}
        }
        Ok(ProofNode {
            name: draft.name,
            transaction,
            prevouts,
            unlocks,
            worst_weight: draft.weight,
        })
    }
}
