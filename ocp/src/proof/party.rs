//! Who makes which transaction when: what a party knows of the chain, and what it wants to be confirmed next.

use std::collections::BTreeMap;

use bitcoin::Transaction;
use gavel_script_gen::winternitz::Signature;

use super::graph::{ProofGraph, ReadError};
use super::name::ProofTx;
use super::statement::ProofSlots;

/// What the chain says about a game.
#[derive(Clone, Debug, Default)]
pub struct ProofView {
    heights: BTreeMap<ProofTx, u32>,
    /// Signatures of slots, with the transactions that show them.
    shown: BTreeMap<usize, (ProofTx, Signature)>,
    height: u32,
}

impl ProofView {
    /// Takes in a block: its height, and its transactions in order.
    ///
    /// # Errors
    /// A confirmed transaction cannot be read.
    pub fn connect(
        &mut self,
        graph: &ProofGraph,
        height: u32,
        transactions: &[Transaction],
    ) -> Result<(), ReadError> {
        self.height = height;
        for transaction in transactions {
            let Some(name) = graph.name_of(transaction) else {
                continue;
            };
            let read = graph.read(name, transaction)?.into_iter();
            self.shown
                .extend(read.map(|(slot, shown)| (slot, (name, shown))));
            self.heights.insert(name, height);
        }
        Ok(())
    }

    /// Forgets all blocks above a height, which a reorganisation has removed. What was confirmed in them is wanted again.
    pub fn disconnect(&mut self, height: u32) {
        self.height = height;
        self.heights.retain(|_, confirmed| *confirmed <= height);
        self.shown
            .retain(|_, (name, _)| self.heights.contains_key(name));
    }

    /// Whether a transaction is confirmed.
    pub fn has(&self, name: ProofTx) -> bool {
        self.heights.contains_key(&name)
    }

    /// The transaction that ended the game.
    pub fn ending(&self) -> Option<ProofTx> {
        let mut names = self.heights.keys().copied();
        names.find(|name| name.pays() || name.slashes())
    }

    /// The operator's signatures of all slots, once all are confirmed.
    pub fn shown(&self, slots: &ProofSlots) -> Option<Vec<Signature>> {
        (0..slots.len())
            .map(|slot| Some(self.shown.get(&slot)?.1.clone()))
            .collect()
    }

    /// Whether a transaction that waits until `parent` is `blocks` old can be in the next block.
    fn is_old(&self, parent: ProofTx, blocks: u32) -> bool {
        let height = self.heights.get(&parent);
        height.is_some_and(|height| self.height + 1 >= height + blocks)
    }

    /// What an operator wants that stands by its claim.
    pub fn operator_wants(&self, graph: &ProofGraph) -> Vec<ProofTx> {
        let locks = &graph.blueprint().setup().params.locks;
        let parts = (1..=graph.blueprint().assertions()).map(ProofTx::Assert);
        if self.ending().is_some() {
            Vec::new()
        } else if !self.has(ProofTx::Claim) {
            vec![ProofTx::Claim]
        } else if self.has(ProofTx::AssertEnd) {
            let open = self.is_old(ProofTx::AssertEnd, locks.disprove_window.into());
            Vec::from_iter(open.then_some(ProofTx::PayoutAfterAssertion))
        } else if !self.has(ProofTx::Challenge) {
            let open = self.is_old(ProofTx::Claim, locks.challenge_period.into());
            Vec::from_iter(open.then_some(ProofTx::Payout))
        } else if !self.has(ProofTx::AssertStart) {
            vec![ProofTx::AssertStart]
        } else {
            let missing: Vec<ProofTx> = parts.filter(|part| !self.has(*part)).collect();
            match missing.is_empty() {
                true => vec![ProofTx::AssertEnd],
                false => missing,
            }
        }
    }

    /// What somebody wants who knows that the claim is false.
    pub fn watcher_wants(&self, graph: &ProofGraph) -> Option<ProofTx> {
        let deadline = graph.blueprint().setup().params.locks.deadline();
        if self.ending().is_some() || !self.has(ProofTx::Claim) {
            None
        } else if self.has(ProofTx::AssertEnd) {
            Some(ProofTx::Disprove)
        } else if self.is_old(ProofTx::Claim, deadline) {
            Some(ProofTx::OperatorTimeout)
        } else {
            (!self.has(ProofTx::Challenge)).then_some(ProofTx::Challenge)
        }
    }
}
