//! A chain in memory: outputs, relative time-locks, and Bitcoin Core's interpreter for every input.

use std::collections::{BTreeMap, BTreeSet};

use bitcoin::consensus::serialize;
use bitcoin::{OutPoint, Transaction, TxOut, Weight, relative};
use bitcoinkernel::{PrecomputedTransactionData, ScriptPubkey, VERIFY_ALL};

/// Unspent outputs and the height.
pub struct Chain {
    pub height: u32,
    unspent: BTreeMap<OutPoint, (TxOut, u32)>,
    spent: BTreeSet<OutPoint>,
}

impl Chain {
    pub fn new(funded: impl IntoIterator<Item = (OutPoint, TxOut)>) -> Self {
        let unspent = funded
            .into_iter()
            .map(|(outpoint, output)| (outpoint, (output, 100)))
            .collect();
        Self {
            height: 100,
            unspent,
            spent: BTreeSet::new(),
        }
    }

    /// Why a transaction cannot be in the next block.
    pub fn check(&self, transaction: &Transaction) -> Result<(), String> {
        let mut spent = Vec::new();
        for input in &transaction.input {
            let Some((output, height)) = self.unspent.get(&input.previous_output) else {
                let known = self.spent.contains(&input.previous_output);
                return Err(format!(
                    "{} is {}",
                    input.previous_output,
                    if known { "spent" } else { "unknown" }
                ));
            };
            if let Some(relative::LockTime::Blocks(blocks)) = input.sequence.to_relative_lock_time()
                && self.height + 1 < height + u32::from(blocks.value())
            {
                return Err("non-BIP68-final".into());
            }
            spent.push(output.clone());
        }
        let sum = |outputs: &[TxOut]| {
            outputs
                .iter()
                .map(|output| output.value.to_sat())
                .sum::<u64>()
        };
        if sum(&spent) < sum(&transaction.output) {
            return Err("more goes out than comes in".into());
        }
        if transaction.weight() > Weight::from_wu(400_000) {
            return Err(format!("{} is not standard", transaction.weight()));
        }
        verify(transaction, &spent)
    }

    /// Connects a block with those of the transactions that are valid, in order, and returns them.
    pub fn mine(&mut self, transactions: &[Transaction]) -> Vec<Transaction> {
        let mut mined = Vec::new();
        for transaction in transactions {
            if mined.contains(transaction) || self.check(transaction).is_err() {
                continue;
            }
            for input in &transaction.input {
                self.unspent.remove(&input.previous_output);
                self.spent.insert(input.previous_output);
            }
            let txid = transaction.compute_txid();
            for (vout, output) in (0..).zip(&transaction.output) {
                self.unspent
                    .insert(OutPoint { txid, vout }, (output.clone(), self.height + 1));
            }
            mined.push(transaction.clone());
        }
        self.height += 1;
        mined
    }

    /// What a script owns.
    pub fn balance(&self, script: &bitcoin::Script) -> u64 {
        let own = self
            .unspent
            .values()
            .filter(|(output, _)| output.script_pubkey.as_script() == script);
        own.map(|(output, _)| output.value.to_sat()).sum()
    }
}

/// Every input in Bitcoin Core's interpreter.
pub fn verify(transaction: &Transaction, spent: &[TxOut]) -> Result<(), String> {
    let judged = bitcoinkernel::Transaction::new(&serialize(transaction))
        .map_err(|error| error.to_string())?;
    let pubkeys: Vec<ScriptPubkey> = spent
        .iter()
        .map(|output| ScriptPubkey::new(output.script_pubkey.as_bytes()).unwrap())
        .collect();
    let outputs: Vec<bitcoinkernel::TxOut> = spent
        .iter()
        .zip(&pubkeys)
        .map(|(output, pubkey)| bitcoinkernel::TxOut::new(pubkey, output.value.to_sat() as i64))
        .collect();
    let data =
        PrecomputedTransactionData::new(&judged, &outputs).map_err(|error| error.to_string())?;
    for (index, (output, pubkey)) in spent.iter().zip(&pubkeys).enumerate() {
        let amount = Some(output.value.to_sat() as i64);
        bitcoinkernel::verify(pubkey, amount, &judged, index, Some(VERIFY_ALL), &data)
            .map_err(|error| format!("input {index}: {error}"))?;
    }
    Ok(())
}
