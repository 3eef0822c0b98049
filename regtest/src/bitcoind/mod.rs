//! An unmodified `bitcoind`: its mempool judges policy, its chain consensus.

mod daemon;

pub use daemon::{find_bitcoind, user_cache};

use std::{collections::HashMap, path::Path};

use bitcoin::{
    Amount, BlockHash, OutPoint, Script, ScriptBuf, Transaction, TxOut, Txid, consensus::encode,
};
use daemon::Daemon;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Chain, ChainError, Confirmed, Reason, Refusal, Treasury, chain};

/// Blocks mined at the start: ten rewards are mature then.
const INITIAL_BLOCKS: u32 = 110;
/// No client-side limit of a fee rate: the mempool's rules are the ones that count.
const ANY_FEE_RATE: u32 = 0;
/// No client-side limit of burnt coins (in BTC): slashing burns.
const ANY_BURN: u32 = 21_000_000;

/// A regtest chain run by a daemon of its own, which ends with this value.
///
/// Every transaction passes `testmempoolaccept` (a package: `submitpackage`) under the default policy, enters the mempool
/// and is mined from there.
pub struct BitcoindChain {
    daemon: Daemon,
    height: u32,
    treasury: Treasury,
    confirmed: HashMap<Txid, Confirmed>,
}

/// `testmempoolaccept`'s verdict on one transaction.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Verdict {
    allowed: Option<bool>,
    reject_reason: Option<String>,
    reject_details: Option<String>,
}

#[derive(Deserialize)]
struct Output {
    value: f64,
    #[serde(rename = "scriptPubKey")]
    script_pubkey: OutputScript,
}

#[derive(Deserialize)]
struct OutputScript {
    hex: String,
}

impl BitcoindChain {
    /// Starts the daemon that [`find_bitcoind`] finds.
    ///
    /// # Errors
    /// When there is none or it does not come up.
    pub fn start() -> Result<Self, ChainError> {
        Self::start_with(&find_bitcoind()?)
    }

    /// Starts the daemon at `path` on a temporary folder and mines the first rewards.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_with(path: &Path) -> Result<Self, ChainError> {
        let daemon = Daemon::start(path)?;
        let mut chain = Self {
            daemon,
            height: 0,
            treasury: Treasury::new()?,
            confirmed: HashMap::new(),
        };
        chain.mine(INITIAL_BLOCKS)?;
        Ok(chain)
    }

    /// Mines blocks with whatever the mempool holds.
    fn mine_blocks(&mut self, blocks: u32, script: &Script) -> Result<(), ChainError> {
        let hashes: Vec<BlockHash> = self.daemon.call(
            "generatetodescriptor",
            &[json!(blocks), json!(descriptor(script))],
        )?;
        for hash in hashes {
            self.note(hash)?;
        }
        Ok(())
    }

    fn note(&mut self, hash: BlockHash) -> Result<(), ChainError> {
        let encoded: String = self.daemon.call("getblock", &[json!(hash), json!(0)])?;
        let block: bitcoin::Block =
            encode::deserialize_hex(&encoded).map_err(|error| unreadable("getblock", error))?;
        self.height += 1;
        for transaction in &block.txdata {
            self.treasury.observe(transaction, self.height);
        }
        Ok(())
    }

    /// The verdict of the mempool on a lone transaction, before it is submitted.
    fn check(&self, transaction: &Transaction) -> Result<(), ChainError> {
        let arguments = [
            json!([encode::serialize_hex(transaction)]),
            json!(ANY_FEE_RATE),
        ];
        let verdicts: Vec<Verdict> = self.daemon.call("testmempoolaccept", &arguments)?;
        match verdicts.into_iter().next() {
            Some(Verdict {
                allowed: Some(true),
                ..
            }) => Ok(()),
            Some(Verdict {
                reject_reason,
                reject_details,
                ..
            }) => {
                let words = reject_details
                    .or(reject_reason)
                    .unwrap_or_else(|| "no reason given".into());
                Err(refusal(transaction, &words))
            }
            None => Err(unreadable("testmempoolaccept", "no verdict")),
        }
    }

    /// Puts a package into the mempool, or says which of its transactions was refused and why.
    fn submit_package(&self, package: &[Transaction]) -> Result<(), ChainError> {
        let encoded: Vec<String> = package.iter().map(encode::serialize_hex).collect();
        let result: Value = self.daemon.call(
            "submitpackage",
            &[json!(encoded), json!(ANY_FEE_RATE), json!(ANY_BURN)],
        )?;
        let message = result["package_msg"].as_str().unwrap_or("no package_msg");
        let last = package.last().ok_or(ChainError::EmptyPackage)?;
        match message {
            "success" => Ok(()),
            // Parents that do not pay for themselves are reported as well: the child's failure is the one that counts.
            "transaction failed" => {
                let verdict = |transaction: &&Transaction| {
                    &result["tx-results"][transaction.compute_wtxid().to_string()]["error"]
                };
                let failed = package
                    .iter()
                    .rev()
                    .find_map(|transaction| Some((transaction, verdict(&transaction).as_str()?)));
                let (transaction, words) = failed.unwrap_or((last, message));
                Err(refusal(transaction, words))
            }
            _ => Err(refusal(last, message)),
        }
    }

    fn keep(&mut self, transaction: &Transaction, spent: &[TxOut]) -> Confirmed {
        let fee = chain::fee(transaction, spent).unwrap_or(Amount::ZERO);
        let confirmed = Confirmed {
            transaction: transaction.clone(),
            height: self.height,
            fee,
        };
        self.confirmed.insert(confirmed.txid(), confirmed.clone());
        confirmed
    }
}

fn descriptor(script: &Script) -> String {
    format!("raw({})", script.to_hex_string())
}

fn refusal(transaction: &Transaction, words: &str) -> ChainError {
    Refusal {
        txid: transaction.compute_txid(),
        reason: Reason::from_core(words),
    }
    .into()
}

fn unreadable(method: &'static str, error: impl ToString) -> ChainError {
    ChainError::Rpc {
        method,
        words: format!("unreadable answer: {}", error.to_string()),
    }
}

impl Chain for BitcoindChain {
    fn name(&self) -> &'static str {
        "bitcoind"
    }

    fn height(&self) -> u32 {
        self.height
    }

    fn treasury(&self) -> &Treasury {
        &self.treasury
    }

    fn generate(&mut self, blocks: u32, script: &Script) -> Result<(), ChainError> {
        self.mine_blocks(blocks, script)
    }

    fn confirm_package(&mut self, package: &[Transaction]) -> Result<Vec<Confirmed>, ChainError> {
        let spent = self.spent_outputs(package)?;
        match package {
            [transaction] => {
                self.check(transaction)?;
                let arguments = [
                    json!(encode::serialize_hex(transaction)),
                    json!(ANY_FEE_RATE),
                    json!(ANY_BURN),
                ];
                let _: Txid = self.daemon.call("sendrawtransaction", &arguments)?;
            }
            _ => self.submit_package(package)?,
        }
        let reward = self.treasury.script().to_owned();
        self.mine_blocks(1, &reward)?;
        let waiting: Vec<Txid> = self.daemon.call("getrawmempool", &[])?;
        if let Some(left) = package
            .iter()
            .find(|transaction| waiting.contains(&transaction.compute_txid()))
        {
            return Err(refusal(left, "accepted by the mempool but not mined"));
        }
        Ok(package
            .iter()
            .zip(&spent)
            .map(|(transaction, spent)| self.keep(transaction, spent))
            .collect())
    }

    fn confirm_unrelayed(&mut self, transaction: &Transaction) -> Result<Confirmed, ChainError> {
        let spent = self.spent_outputs(std::slice::from_ref(transaction))?;
        let arguments = [
            json!(descriptor(self.treasury.script())),
            json!([encode::serialize_hex(transaction)]),
        ];
        let mined: Value = match self.daemon.call("generateblock", &arguments) {
            Ok(mined) => mined,
            Err(ChainError::Rpc { words, .. }) => {
                // `TestBlockValidity failed: <reason, details>`
                let reason = words
                    .split_once("TestBlockValidity failed: ")
                    .map_or(words.as_str(), |(_, reason)| reason);
                return Err(refusal(transaction, reason));
            }
            Err(error) => return Err(error),
        };
        let hash = mined["hash"].as_str().and_then(|hash| hash.parse().ok());
        self.note(hash.ok_or_else(|| unreadable("generateblock", "no hash"))?)?;
        Ok(self.keep(transaction, &spent[0]))
    }

    fn transaction(&self, txid: &Txid) -> Option<&Confirmed> {
        self.confirmed.get(txid)
    }

    fn utxo(&self, outpoint: &OutPoint) -> Result<Option<TxOut>, ChainError> {
        let found: Option<Output> = self
            .daemon
            .call("gettxout", &[json!(outpoint.txid), json!(outpoint.vout)])?;
        let Some(output) = found else { return Ok(None) };
        let value =
            Amount::from_btc(output.value).map_err(|error| unreadable("gettxout", error))?;
        let script_pubkey = ScriptBuf::from_hex(&output.script_pubkey.hex)
            .map_err(|error| unreadable("gettxout", error))?;
        Ok(Some(TxOut {
            value,
            script_pubkey,
        }))
    }
}
