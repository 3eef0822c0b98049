//! A game for people to read: its transactions, and who paid what.

use crate::error::CliError;
use crate::output::grouped;
use gavel_regtest::scenario::{Outcome, Report};
use std::io::Write;

/// What is going to be played.
pub(super) fn introduction(text: &str) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    writeln!(out)?;
    Ok(())
}

/// One confirmed transaction.
pub(super) fn transaction(report: &Report) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", report.name)?;
    writeln!(out, "    {}", report.says)?;
    writeln!(
        out,
        "    block {}, {} vbytes, fee {} sat, {}",
        report.height,
        grouped(report.vbytes),
        grouped(report.fee),
        report.txid
    )?;
    Ok(())
}

/// Who decided, and who paid what.
pub(super) fn outcome(outcome: &Outcome) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out)?;
    writeln!(
        out,
        "The operator is {}. Decided by: {}.",
        outcome.outcome, outcome.decided_by
    )?;
    writeln!(
        out,
        "{} transactions, {} vbytes",
        outcome.transactions.len(),
        grouped(outcome.total_vbytes)
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "{:<16}{:>16}{:>16}{:>16}",
        "satoshi", "paid in", "received", "untouched"
    )?;
    for balance in &outcome.balances {
        writeln!(
            out,
            "{:<16}{:>16}{:>16}{:>16}",
            balance.party,
            grouped(balance.paid_in),
            grouped(balance.received),
            grouped(balance.untouched)
        )?;
    }
    for (what, amount) in [
        ("burned", outcome.burned),
        ("left over", outcome.left_over),
        ("fees", outcome.total_fees),
    ] {
        writeln!(out, "{what:<16}{:>32}", grouped(amount))?;
    }
    Ok(())
}
