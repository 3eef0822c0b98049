//! What a dispute needs from a chain.

use bitcoin::{Amount, OutPoint, Script, Transaction, TxOut, Txid, Weight};

use crate::{ChainError, Reason, Refusal, Treasury};

/// A transaction in a block of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The transaction with its witnesses.
    pub transaction: Transaction,
    /// The height of its block.
    pub height: u32,
    /// What it left to the miner.
    pub fee: Amount,
}

impl Confirmed {
    /// The transaction's id.
    pub fn txid(&self) -> Txid {
        self.transaction.compute_txid()
    }

    /// The transaction's weight.
    pub fn weight(&self) -> Weight {
        self.transaction.weight()
    }

    /// The transaction's virtual size: a quarter of its weight, rounded up.
    pub fn vbytes(&self) -> u64 {
        self.weight().to_vbytes_ceil()
    }
}

/// A private regtest chain, with Bitcoin Core as the judge.
///
/// Transactions are confirmed at once, each submission in a block of its own, so what a method returned is final.
pub trait Chain {
    /// The judge, as the output names it.
    fn name(&self) -> &'static str;

    /// The height of the tip.
    fn height(&self) -> u32;

    /// The harness's own keys and coins.
    fn treasury(&self) -> &Treasury;

    /// Mines empty blocks whose reward goes to `script`.
    ///
    /// # Errors
    /// When the node fails or refuses a block.
    fn generate(&mut self, blocks: u32, script: &Script) -> Result<(), ChainError>;

    /// Confirms transactions that belong together (parents first) in one block, if consensus and the default relay policy
    /// accept them as a package. A package of one is a plain submission.
    ///
    /// # Errors
    /// [`ChainError::Refused`] with the reason when a transaction is not accepted; nothing is mined then.
    fn confirm_package(&mut self, package: &[Transaction]) -> Result<Vec<Confirmed>, ChainError>;

    /// Hands a transaction directly to a miner, so that only consensus judges it: for transactions too large to be relayed.
    ///
    /// # Errors
    /// [`ChainError::Refused`] with the reason when the transaction is invalid; nothing is mined then.
    fn confirm_unrelayed(&mut self, transaction: &Transaction) -> Result<Confirmed, ChainError>;

    /// The confirmed transaction with this id, if this chain confirmed one.
    fn transaction(&self, txid: &Txid) -> Option<&Confirmed>;

    /// The unspent output at `outpoint`.
    ///
    /// # Errors
    /// When the node fails.
    fn utxo(&self, outpoint: &OutPoint) -> Result<Option<TxOut>, ChainError>;

    /// Confirms one transaction in a block of its own.
    ///
    /// # Errors
    /// As [`Chain::confirm_package`].
    fn confirm(&mut self, transaction: &Transaction) -> Result<Confirmed, ChainError> {
        let mut confirmed = self.confirm_package(std::slice::from_ref(transaction))?;
        confirmed.pop().ok_or(ChainError::EmptyPackage)
    }

    /// Mines empty blocks to the treasury: lets relative lock-times pass.
    ///
    /// # Errors
    /// As [`Chain::generate`].
    fn mine(&mut self, blocks: u32) -> Result<(), ChainError> {
        let script = self.treasury().script().to_owned();
        self.generate(blocks, &script)
    }

    /// Pays `amount` from the treasury to `script`, confirmed.
    ///
    /// # Errors
    /// When the treasury has too little, or as [`Chain::confirm_package`].
    fn fund(&mut self, script: &Script, amount: Amount) -> Result<OutPoint, ChainError> {
        let output = TxOut {
            value: amount,
            script_pubkey: script.to_owned(),
        };
        let transaction = self.treasury().pay(&[output], self.height())?;
        let confirmed = self.confirm(&transaction)?;
        Ok(OutPoint::new(confirmed.txid(), 0))
    }

    /// The outputs that a package spends, per transaction and input: unspent ones of the chain or earlier ones of the package.
    ///
    /// # Errors
    /// [`ChainError::Refused`] when one does not exist or is spent already.
    fn spent_outputs(&self, package: &[Transaction]) -> Result<Vec<Vec<TxOut>>, ChainError> {
        let mut all = Vec::with_capacity(package.len());
        for (position, transaction) in package.iter().enumerate() {
            let mut spent = Vec::with_capacity(transaction.input.len());
            for input in &transaction.input {
                let outpoint = input.previous_output;
                let parent = package[..position]
                    .iter()
                    .find(|parent| parent.compute_txid() == outpoint.txid);
                let output = match parent {
                    Some(parent) => parent.output.get(outpoint.vout as usize).cloned(),
                    None => self.utxo(&outpoint)?,
                };
                let missing = || Refusal {
                    txid: transaction.compute_txid(),
                    reason: Reason::MissingOrSpent,
                };
                spent.push(output.ok_or_else(missing)?);
            }
            all.push(spent);
        }
        Ok(all)
    }
}

/// Inputs minus outputs; `None` when the outputs exceed the inputs.
pub(crate) fn fee(transaction: &Transaction, spent: &[TxOut]) -> Option<Amount> {
    let inputs = sum(spent)?;
    inputs.checked_sub(sum(&transaction.output)?)
}

fn sum(outputs: &[TxOut]) -> Option<Amount> {
    outputs.iter().try_fold(Amount::ZERO, |total, output| {
        total.checked_add(output.value)
    })
}
