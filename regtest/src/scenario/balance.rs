//! Who paid and got what, to the satoshi.

use std::collections::BTreeMap;

use bitcoin::{OutPoint, ScriptBuf, Transaction, TxOut};

use super::Balance;

/// What one party pays into a game, and where it is paid.
pub(crate) struct Account {
    pub(crate) party: String,
    pub(crate) stakes: Vec<OutPoint>,
    pub(crate) payouts: Vec<ScriptBuf>,
}

/// Follows every output of a game.
pub(crate) struct Ledger {
    accounts: Vec<Account>,
    /// What each account's stakes held.
    paid_in: Vec<u64>,
    unspent: BTreeMap<OutPoint, TxOut>,
}

/// A game's end in satoshis.
pub(crate) struct Settlement {
    pub(crate) burned: u64,
    pub(crate) left_over: u64,
    pub(crate) balances: Vec<Balance>,
}

impl Ledger {
    /// A ledger with the outputs of `funding` that are somebody's stake.
    pub(crate) fn new(accounts: Vec<Account>, funding: &Transaction) -> Self {
        let output = |outpoint: &OutPoint| funding.output[outpoint.vout as usize].clone();
        let stakes = accounts.iter().flat_map(|account| &account.stakes);
        let unspent = stakes.map(|outpoint| (*outpoint, output(outpoint)));
        let unspent: BTreeMap<OutPoint, TxOut> = unspent.collect();
        let paid_in = accounts
            .iter()
            .map(|account| account.stakes.iter())
            .map(|stakes| stakes.map(|stake| unspent[stake].value.to_sat()).sum());
        Self {
            paid_in: paid_in.collect(),
            accounts,
            unspent,
        }
    }

    /// Takes in a confirmed transaction of the game.
    pub(crate) fn note(&mut self, transaction: &Transaction) {
        for input in &transaction.input {
            self.unspent.remove(&input.previous_output);
        }
        let txid = transaction.compute_txid();
        for (vout, output) in (0..).zip(&transaction.output) {
            self.unspent.insert(OutPoint { txid, vout }, output.clone());
        }
    }

    /// What everybody has in the end. Lost are outputs that burn what they hold, and those of `void`.
    pub(crate) fn settle(&self, void: &[OutPoint]) -> Settlement {
        let is_stake = |outpoint: &OutPoint| {
            let mut stakes = self.accounts.iter().flat_map(|account| &account.stakes);
            stakes.any(|stake| stake == outpoint)
        };
        let owner = |output: &TxOut| {
            let mut accounts = self.accounts.iter();
            accounts.position(|account| account.payouts.contains(&output.script_pubkey))
        };
        let mut settlement = Settlement {
            burned: 0,
            left_over: 0,
            balances: self
                .accounts
                .iter()
                .zip(&self.paid_in)
                .map(|(account, &paid_in)| Balance {
                    party: account.party.clone(),
                    paid_in,
                    received: 0,
                    untouched: account
                        .stakes
                        .iter()
                        .filter_map(|stake| self.unspent.get(stake))
                        .map(|output| output.value.to_sat())
                        .sum(),
                })
                .collect(),
        };
        for (outpoint, output) in &self.unspent {
            let value = output.value.to_sat();
            if is_stake(outpoint) {
                continue;
            } else if output.script_pubkey.is_op_return() || void.contains(outpoint) {
                settlement.burned += value;
            } else if let Some(owner) = owner(output) {
                settlement.balances[owner].received += value;
            } else {
                settlement.left_over += value;
            }
        }
        settlement
    }
}
