//! `gavel demo`: a whole dispute on Bitcoin Core.

use crate::arguments::{arity, digest_length};
use crate::error::CliError;
use crate::output::{self, grouped};
use crate::program;
use clap::Args;
use gavel_regtest::scenario::{Lie, Outcome, Report, Scenario};
use gavel_regtest::{BitcoindChain, Chain, KernelChain};
use gavel_vm::digest::DigestLength;
use std::io::Write;
use std::path::PathBuf;

/// The program that is played when none is named: hello world, compiled by Go.
const DEFAULT_PROGRAM: &[u8] = include_bytes!("../../vm/programs/elf/go-hello-be.elf");

/// Play a dispute about a program's run on Bitcoin Core.
#[derive(Args)]
pub(crate) struct Demo {
    /// A static ELF32 executable for MIPS32. Default: a Go program that says hello.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The file that the program reads as its standard input.
    #[arg(long)]
    input: Option<PathBuf>,
    /// What goes wrong: a lie of the operator or a failure of a party, KIND or KIND@STEP. Default: nothing.
    #[arg(long)]
    lie: Option<Lie>,
    /// Intervals that one round of the search divides into: a power of two from 2 to 256.
    #[arg(long, default_value_t = 16, value_parser = arity)]
    arity: u32,
    /// Signers of the deposit: the operator and the potential challengers.
    #[arg(long, default_value_t = 3)]
    signers: usize,
    /// Length of the digests, 256 or 160.
    #[arg(long, default_value = "256", value_parser = digest_length)]
    digest_bits: DigestLength,
    /// Play on a real bitcoind instead of Bitcoin Core's validation in this process.
    #[arg(long)]
    bitcoind: bool,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Plays the dispute and prints what happens.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let image = match &self.program {
            Some(path) => program::image(&program::read(path)?)?,
            None => program::image(DEFAULT_PROGRAM)?,
        };
        let scenario = Scenario {
            signers: self.signers,
            digest: self.digest_bits,
            arity_bits: self.arity.trailing_zeros() as u8,
            ..Scenario::new(image, program::input(self.input.as_ref())?, self.lie)
        };
        let mut chain: Box<dyn Chain> = if self.bitcoind {
            Box::new(BitcoindChain::start()?)
        } else {
            Box::new(KernelChain::start()?)
        };
        if !self.json {
            self.introduce()?;
        }
        let progress = output::spinner();
        progress.enable_steady_tick(std::time::Duration::from_millis(100));
        progress.set_message("running the program, compiling leaves, signing transactions");
        let mut failed = None;
        let outcome = scenario.play(&mut *chain, &mut |report| {
            let shown = if self.json {
                Ok(())
            } else {
                progress.suspend(|| show(report))
            };
            failed = failed.take().or(shown.err());
            progress.set_message("playing");
        });
        progress.finish_and_clear();
        let outcome = outcome.map_err(Box::new)?;
        if let Some(error) = failed {
            return Err(error);
        }
        if self.json {
            output::json(&outcome)
        } else {
            conclude(&outcome)
        }
    }

    fn introduce(&self) -> Result<(), CliError> {
        let program = self
            .program
            .as_ref()
            .map_or("a Go program that says hello".into(), |path| {
                path.display().to_string()
            });
        let lie = self
            .lie
            .map_or("nobody lies".into(), |lie| format!("lie: {lie}"));
        let chain = if self.bitcoind {
            "bitcoind"
        } else {
            "Bitcoin Core in process"
        };
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{program}; {lie}; {} signers, arity {}, on {chain}",
            self.signers, self.arity
        )?;
        writeln!(out)?;
        Ok(())
    }
}

/// One confirmed transaction.
fn show(report: &Report) -> Result<(), CliError> {
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
fn conclude(outcome: &Outcome) -> Result<(), CliError> {
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
