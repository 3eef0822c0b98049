//! `gavel leaves groth16`: every leaf of a verifier.

use super::Statement;
use crate::error::CliError;
use crate::output::{self, grouped};
use clap::Args;
use std::io::Write;

/// The leaves of the proof game about a Groth16 proof.
#[derive(Args)]
pub(crate) struct Groth16Leaves {
    #[command(flatten)]
    statement: Statement,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

impl Groth16Leaves {
    /// Cuts the verifier and prints a line for each leaf.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let leaves = self.statement.choose()?.compiled.leaves()?;
        if self.json {
            return output::json(&leaves);
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "{:<44}{:>9}{:>7}  relation", "leaf", "weight", "slots")?;
        for leaf in &leaves {
            let weight = grouped(leaf.weight as u64);
            let slots = leaf.slots.len();
            writeln!(
                out,
                "{:<44}{weight:>9}{slots:>7}  {}",
                leaf.name, leaf.relation
            )?;
        }
        writeln!(out, "{} leaves", leaves.len())?;
        Ok(())
    }
}
