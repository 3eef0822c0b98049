//! Who paid and got what, to the satoshi.

use std::collections::BTreeMap;

use bitcoin::{Amount, OutPoint, ScriptBuf, Transaction, TxOut};
use gavel_ocp::graph::Graph;

use super::Balance;

/// Follows every output of a game.
pub(super) struct Ledger {
    /// What each party paid in: depositor, operator, challengers.
    stakes: Vec<(String, OutPoint, Amount)>,
    unspent: BTreeMap<OutPoint, TxOut>,
}

/// A game's end in satoshis.
pub(super) struct Settlement {
    pub(super) burned: u64,
    pub(super) left_over: u64,
    pub(super) balances: Vec<Balance>,
}

impl Ledger {
    /// A ledger with the outputs that fund the game.
    pub(super) fn new(graph: &Graph, funding: &Transaction) -> Self {
        let outpoints = graph.funding();
        let names = (1..).map(|number| format!("challenger {number}"));
        let mut stakes = vec![
            ("depositor".to_owned(), outpoints.deposit),
            ("operator".to_owned(), outpoints.operator_stake),
        ];
        stakes.extend(names.zip(outpoints.challenger_stakes.iter().copied()));
        let output = |outpoint: OutPoint| funding.output[outpoint.vout as usize].clone();
        let unspent = stakes
            .iter()
            .map(|(_, outpoint)| (*outpoint, output(*outpoint)))
            .collect();
        let stakes = stakes
            .into_iter()
            .map(|(party, outpoint)| (party, outpoint, output(outpoint).value))
            .collect();
        Self { stakes, unspent }
    }

    /// Takes in a confirmed transaction of the game.
    pub(super) fn note(&mut self, transaction: &Transaction) {
        for input in &transaction.input {
            self.unspent.remove(&input.previous_output);
        }
        let txid = transaction.compute_txid();
        for (vout, output) in (0..).zip(&transaction.output) {
            self.unspent.insert(OutPoint { txid, vout }, output.clone());
        }
    }

    /// What everybody has in the end; `payouts` are the scripts that operator and challengers are paid to.
    pub(super) fn settle(&self, payouts: &[ScriptBuf]) -> Settlement {
        let sum = |matches: &dyn Fn(&OutPoint, &TxOut) -> bool| {
            let outputs = self
                .unspent
                .iter()
                .filter(|(outpoint, output)| matches(outpoint, output));
            outputs
                .map(|(_, output)| output.value.to_sat())
                .sum::<u64>()
        };
        let is_stake =
            |outpoint: &OutPoint| self.stakes.iter().any(|(_, stake, _)| stake == outpoint);
        let scripts = std::iter::once(None).chain(payouts.iter().map(Some));
        let balances = self
            .stakes
            .iter()
            .zip(scripts)
            .map(|((party, stake, paid_in), script)| Balance {
                party: party.clone(),
                paid_in: paid_in.to_sat(),
                received: sum(&|_, output| Some(&output.script_pubkey) == script),
                untouched: sum(&|outpoint, _| outpoint == stake),
            });
        Settlement {
            balances: balances.collect(),
            burned: sum(&|_, output| output.script_pubkey.is_op_return()),
            left_over: sum(&|outpoint, output| {
                !is_stake(outpoint)
                    && !output.script_pubkey.is_op_return()
                    && !payouts.contains(&output.script_pubkey)
            }),
        }
    }
}
