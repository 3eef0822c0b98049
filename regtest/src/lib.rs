//! Disputes on a real Bitcoin Core.
//!
//! A [`Chain`] is a private regtest chain that accepts our transactions or says why not. There are two:
//! [`KernelChain`] runs Bitcoin Core's validation inside this process (libbitcoinkernel) and needs nothing to be started;
//! [`BitcoindChain`] starts an unmodified `bitcoind`, whose mempool with its default policy sees every transaction before
//! it is mined. Both pay from one [`Treasury`], the harness's own keys, since the daemon is built without a wallet.
//!
//! ```
//! use bitcoin::{Amount, ScriptBuf};
//! use gavel_regtest::{Chain, KernelChain};
//!
//! let mut chain = KernelChain::start()?;
//! let script = ScriptBuf::new_p2a();
//! let coin = chain.fund(&script, Amount::from_sat(1_000))?;
//! assert_eq!(chain.utxo(&coin)?.map(|output| output.value), Some(Amount::from_sat(1_000)));
//! # Ok::<(), gavel_regtest::ChainError>(())
//! ```

mod bitcoind;
mod block;
mod chain;
mod error;
mod kernel;
mod policy;
pub mod proof;
pub mod scenario;
mod treasury;

pub use bitcoind::{BitcoindChain, find_bitcoind, user_cache};
pub use chain::{Chain, Confirmed};
pub use error::{ChainError, Reason, Refusal};
pub use kernel::KernelChain;
pub use policy::{PolicyRule, Violation, check_policy};
pub use treasury::Treasury;
