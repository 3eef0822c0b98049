//! `gavel bench`: what disputes and their scripts cost.

mod rounds;
mod sizes;

use crate::error::CliError;
use clap::{Args, Subcommand};

/// Measure what is generated, and how long the answers of a dispute take.
#[derive(Args)]
pub(crate) struct BenchCommand {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Bytes of the gadgets that verifiers consist of.
    Sizes(sizes::SizesCommand),
    /// How long every answer of a dispute about a program's run takes.
    Rounds(rounds::RoundsCommand),
}

impl BenchCommand {
    /// Measures, and prints the result.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        match &self.subject {
            Subject::Sizes(command) => command.execute(),
            Subject::Rounds(command) => command.execute(),
        }
    }
}
