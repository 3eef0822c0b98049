//! Why a chain did not do what it was asked.

use std::path::PathBuf;

use bitcoin::{Amount, Txid};

use crate::policy::{PolicyRule, Violation};

/// A failed operation on a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A transaction was not accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A package without transactions was submitted.
    #[error("a package needs at least one transaction")]
    EmptyPackage,
    /// The treasury cannot pay.
    #[error("the treasury has {available} in mature coins but needs {needed}")]
    TreasuryExhausted {
        /// The sum of its mature coins.
        available: Amount,
        /// Payment and fee.
        needed: Amount,
    },
    /// The treasury could not sign its own coin.
    #[error("the treasury cannot sign: {0}")]
    TreasurySignature(String),
    /// Bitcoin Core refused a block that holds no transaction of ours.
    #[error("Bitcoin Core refused an empty block at height {height}: {words}")]
    BlockRefused {
        /// The height of the block.
        height: u32,
        /// Core's words.
        words: String,
    },
    /// The library in process failed.
    #[error("Bitcoin Core in process failed: {0}")]
    Kernel(String),
    /// No daemon to start.
    #[error(
        "no bitcoind: BITCOIND_EXE is not set, PATH has none and {cache} does not exist; scripts/build-bitcoind.sh builds it there"
    )]
    NoBitcoind {
        /// Where the cached build is expected.
        cache: PathBuf,
    },
    /// The daemon did not come up.
    #[error("bitcoind at {path} did not start: {words}")]
    BitcoindStart {
        /// The executable.
        path: PathBuf,
        /// What it said.
        words: String,
    },
    /// A call to the daemon failed.
    #[error("bitcoind's {method} failed: {words}")]
    Rpc {
        /// The RPC method.
        method: &'static str,
        /// The daemon's words.
        words: String,
    },
    /// A file operation failed.
    #[error("the chain's folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
}

/// A transaction that was not accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {txid} is refused: {reason}")]
pub struct Refusal {
    /// The refused transaction.
    pub txid: Txid,
    /// Why.
    pub reason: Reason,
}

/// Why a transaction was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// An input's script failed.
    #[error("the script of input {input} failed: {error}")]
    Script {
        /// The number of the input, from 0.
        input: usize,
        /// The interpreter's error in Core's words.
        error: String,
    },
    /// An input does not exist, or another transaction has spent it.
    #[error("an input does not exist or is already spent")]
    MissingOrSpent,
    /// A relative or absolute lock-time has not passed.
    #[error("a lock-time has not passed")]
    Premature,
    /// Valid, but not relayed under the default policy.
    #[error("not relayed: {0}")]
    Policy(Violation),
    /// Any other rule, in Core's words.
    #[error("{0}")]
    Other(String),
}

impl Reason {
    /// Reads a rejection in Core's words: a reject reason, optionally followed by a comma and details.
    pub(crate) fn from_core(words: &str) -> Self {
        if let Some(reason) = script_failure(words) {
            return reason;
        }
        let code = words.split(',').next().unwrap_or(words).trim();
        match code {
            "bad-txns-inputs-missingorspent" | "missing-inputs" => Self::MissingOrSpent,
            "bad-txns-nonfinal" | "non-BIP68-final" | "non-final" => Self::Premature,
            _ => match PolicyRule::from_core(code) {
                Some(rule) => Self::Policy(Violation {
                    rule,
                    detail: words.to_owned(),
                }),
                None => Self::Other(words.to_owned()),
            },
        }
    }
}

/// `(block|mempool)-script-verify-flag-failed (ERROR), input N of TXID ..`
fn script_failure(words: &str) -> Option<Reason> {
    let (_, rest) = words.split_once("-script-verify-flag-failed (")?;
    let (error, rest) = rest.split_once("), input ")?;
    let input = rest.split(' ').next()?.parse().ok()?;
    Some(Reason::Script {
        input,
        error: error.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_words_become_reasons() {
        let cases = [
            (
                "block-script-verify-flag-failed (Invalid Schnorr signature), input 2 of ab (wtxid cd), spending ef:0",
                Reason::Script {
                    input: 2,
                    error: "Invalid Schnorr signature".into(),
                },
            ),
            (
                "mempool-script-verify-flag-failed (Locktime requirement not satisfied), input 0 of ab (wtxid cd), spending ef:0",
                Reason::Script {
                    input: 0,
                    error: "Locktime requirement not satisfied".into(),
                },
            ),
            ("missing-inputs", Reason::MissingOrSpent),
            (
                "bad-txns-inputs-missingorspent, CheckTxInputs: inputs missing/spent",
                Reason::MissingOrSpent,
            ),
            (
                "bad-txns-nonfinal, contains a non-BIP68-final transaction ab",
                Reason::Premature,
            ),
            ("non-BIP68-final", Reason::Premature),
            (
                "tx-size",
                Reason::Policy(Violation {
                    rule: PolicyRule::Weight,
                    detail: "tx-size".into(),
                }),
            ),
            (
                "bad-txns-in-belowout, value in < value out",
                Reason::Other("bad-txns-in-belowout, value in < value out".into()),
            ),
        ];
        for (words, reason) in cases {
            assert_eq!(Reason::from_core(words), reason);
        }
    }
}
