//! Bitcoin Core's validation inside this process.

mod journal;

use std::collections::HashMap;

use bitcoin::{
    Amount, BlockHash, OutPoint, Script, Transaction, TxOut, Txid,
    blockdata::constants::genesis_block, consensus, hashes::Hash, params,
};
use bitcoinkernel::{
    ChainType, ChainstateManager, Context, ContextBuilder, KernelError, prelude::*,
};
use tempfile::TempDir;

use crate::{Chain, ChainError, Confirmed, Reason, Refusal, Treasury, block, chain, check_policy};

/// Blocks mined at the start: ten rewards are mature then.
const INITIAL_BLOCKS: u32 = 110;

/// A regtest chain judged by Bitcoin Core in this process.
///
/// Blocks are made here and offered to Core's chainstate manager, which checks them completely: a transaction is confirmed
/// when Core has made a block with it the tip, and refused with the reason that Core gives for refusing that block. Since
/// the library has no mempool, [`check_policy`] stands for the relay policy.
pub struct KernelChain {
    // Fields are dropped in this order: the manager before the context and the folder that it uses.
    manager: ChainstateManager,
    _context: Context,
    _folder: TempDir,
    tip: BlockHash,
    height: u32,
    /// Blocks that Core refused. It refuses one it has seen before without saying why, so each attempt is another block.
    refused: u32,
    treasury: Treasury,
    unspent: HashMap<OutPoint, TxOut>,
    confirmed: HashMap<Txid, Confirmed>,
}

impl KernelChain {
    /// Starts a chain in a temporary folder and mines the first rewards.
    ///
    /// # Errors
    /// When the folder or the library cannot be set up.
    pub fn start() -> Result<Self, ChainError> {
        journal::open()?;
        let folder = TempDir::new()?;
        let blocks = folder.path().join("blocks");
        let context = ContextBuilder::new()
            .chain_type(ChainType::Regtest)
            .build()
            .map_err(failed)?;
        let manager = ChainstateManager::builder(
            &context,
            &folder.path().to_string_lossy(),
            &blocks.to_string_lossy(),
        )
        .map_err(failed)?
        .block_tree_db_in_memory(true)
        .chainstate_db_in_memory(true)
        .build()
        .map_err(failed)?;
        // Loads the genesis block.
        manager.import_blocks().map_err(failed)?;
        let mut chain = Self {
            manager,
            _context: context,
            _folder: folder,
            tip: genesis_block(params::Params::REGTEST).block_hash(),
            height: 0,
            refused: 0,
            treasury: Treasury::new()?,
            unspent: HashMap::new(),
            confirmed: HashMap::new(),
        };
        chain.mine(INITIAL_BLOCKS)?;
        Ok(chain)
    }

    /// Offers a block with these transactions to Core; `Err` holds Core's words when it does not become the tip.
    fn connect(
        &mut self,
        transactions: &[Transaction],
        fees: Amount,
        reward: &Script,
    ) -> Result<Result<(), String>, ChainError> {
        let height = self.height + 1;
        let block = block::mine(self.tip, height, transactions, fees, reward, self.refused);
        let encoded = match bitcoinkernel::Block::new(&consensus::serialize(&block)) {
            Ok(encoded) => encoded,
            Err(_) => return Ok(Err("the transaction cannot be decoded".into())),
        };
        let (_, words) = journal::record(|| self.manager.process_block(&encoded));
        let hash = block.block_hash();
        if self.manager.active_chain().tip().block_hash().to_bytes() != hash.to_byte_array() {
            self.refused += 1;
            return Ok(Err(
                journal::rejection(&words).unwrap_or_else(|| "no reason given".into())
            ));
        }
        (self.tip, self.height) = (hash, height);
        for transaction in &block.txdata {
            self.note(transaction);
        }
        Ok(Ok(()))
    }

    fn note(&mut self, transaction: &Transaction) {
        for input in &transaction.input {
            self.unspent.remove(&input.previous_output);
        }
        let txid = transaction.compute_txid();
        for (vout, output) in (0..).zip(&transaction.output) {
            self.unspent.insert(OutPoint { txid, vout }, output.clone());
        }
        self.treasury.observe(transaction, self.height);
    }

    /// Confirms transactions in one block with nothing but consensus as the judge.
    fn confirm_by_consensus(
        &mut self,
        package: &[Transaction],
        spent: &[Vec<TxOut>],
    ) -> Result<Vec<Confirmed>, ChainError> {
        // A transaction that spends more than it has is left to Core: it counts for nothing here.
        let fees: Vec<Amount> = package
            .iter()
            .zip(spent)
            .map(|(transaction, spent)| chain::fee(transaction, spent).unwrap_or(Amount::ZERO))
            .collect();
        let reward = self.treasury.script().to_owned();
        if let Err(words) = self.connect(package, fees.iter().copied().sum(), &reward)? {
            let txid = culprit(package, &words);
            return Err(Refusal {
                txid,
                reason: Reason::from_core(&words),
            }
            .into());
        }
        let confirmed: Vec<Confirmed> = package
            .iter()
            .zip(fees)
            .map(|(transaction, fee)| Confirmed {
                transaction: transaction.clone(),
                height: self.height,
                fee,
            })
            .collect();
        self.confirmed.extend(
            confirmed
                .iter()
                .map(|confirmed| (confirmed.txid(), confirmed.clone())),
        );
        Ok(confirmed)
    }
}

/// The transaction of a package that Core's words name, or the last one.
fn culprit(package: &[Transaction], words: &str) -> Txid {
    let mut ids = package.iter().map(Transaction::compute_txid);
    let named = ids
        .clone()
        .find(|txid| words.contains(&format!("of {txid}")));
    named.or(ids.next_back()).unwrap_or(Txid::all_zeros())
}

fn failed(error: KernelError) -> ChainError {
    ChainError::Kernel(error.to_string())
}

impl Chain for KernelChain {
    fn name(&self) -> &'static str {
        "Bitcoin Core in process"
    }

    fn height(&self) -> u32 {
        self.height
    }

    fn treasury(&self) -> &Treasury {
        &self.treasury
    }

    fn generate(&mut self, blocks: u32, script: &Script) -> Result<(), ChainError> {
        for _ in 0..blocks {
            let height = self.height + 1;
            self.connect(&[], Amount::ZERO, script)?
                .map_err(|words| ChainError::BlockRefused { height, words })?;
        }
        Ok(())
    }

    fn confirm_package(&mut self, package: &[Transaction]) -> Result<Vec<Confirmed>, ChainError> {
        let spent = self.spent_outputs(package)?;
        check_policy(package, &spent).map_err(|(position, violation)| Refusal {
            txid: package[position].compute_txid(),
            reason: Reason::Policy(violation),
        })?;
        self.confirm_by_consensus(package, &spent)
    }

    fn confirm_unrelayed(&mut self, transaction: &Transaction) -> Result<Confirmed, ChainError> {
        let package = std::slice::from_ref(transaction);
        let spent = self.spent_outputs(package)?;
        self.confirm_by_consensus(package, &spent)?
            .pop()
            .ok_or(ChainError::EmptyPackage)
    }

    fn transaction(&self, txid: &Txid) -> Option<&Confirmed> {
        self.confirmed.get(txid)
    }

    fn utxo(&self, outpoint: &OutPoint) -> Result<Option<TxOut>, ChainError> {
        Ok(self.unspent.get(outpoint).cloned())
    }
}
