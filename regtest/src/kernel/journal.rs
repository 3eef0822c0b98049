//! Core's own words about a block.
//!
//! The library's interface says only that a block is invalid; the rule, the script error and the input are in its log.
//! Core writes them on the thread that offers the block, so a buffer per thread keeps chains of parallel tests apart.

use std::{cell::RefCell, sync::OnceLock};

use bitcoinkernel::{Log, Logger};

use crate::ChainError;

thread_local! {
    /// The messages since the start of the recording; `None` when nobody records.
    static MESSAGES: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

struct Recorder;

impl Log for Recorder {
    fn log(&self, message: &str) {
        MESSAGES.with_borrow_mut(|messages| {
            if let Some(messages) = messages {
                messages.push(message.trim_end().to_owned());
            }
        });
    }
}

/// Connects to Core's log, once for the life of the process.
pub(super) fn open() -> Result<(), ChainError> {
    static OPEN: OnceLock<Result<(), String>> = OnceLock::new();
    let opened = OPEN.get_or_init(|| match Logger::new(Recorder) {
        Ok(logger) => {
            std::mem::forget(logger);
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    });
    opened.clone().map_err(ChainError::Kernel)
}

/// Runs `action` and returns with its result what Core logged meanwhile.
pub(super) fn record<T>(action: impl FnOnce() -> T) -> (T, Vec<String>) {
    MESSAGES.set(Some(Vec::new()));
    let result = action();
    (result, MESSAGES.take().unwrap_or_default())
}

/// The rejection in Core's words: a block is refused either when its transactions are connected or, with rules that need
/// no coins, when it is accepted.
pub(super) fn rejection(messages: &[String]) -> Option<String> {
    messages.iter().find_map(|message| {
        if let Some((_, words)) = message.split_once("Block validation error: ") {
            return Some(words.to_owned());
        }
        let (_, words) = message.split_once("AcceptBlock FAILED (")?;
        Some(words.strip_suffix(')').unwrap_or(words).to_owned())
    })
}
