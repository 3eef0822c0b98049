//! `gavel plan`: what disputes cost before they are played.

mod compare;
mod guest;
mod single;
mod way;

use crate::arguments::{arity, digest_length};
use crate::error::CliError;
use clap::{Args, ValueEnum};
use gavel_vm::digest::DigestLength;
pub(crate) use guest::guests;
use std::path::PathBuf;

/// Rounds, turns and sizes of a dispute about a run of so many steps, or the costs of all ways to enforce one claim.
#[derive(Args)]
pub(crate) struct PlanCommand {
    /// Machine steps of the run.
    #[arg(long)]
    steps: Option<u64>,
    /// Intervals that one round of the search divides into: a power of two from 2 to 256. Default: what `--best` finds.
    #[arg(long, value_parser = arity)]
    arity: Option<u32>,
    /// Without an arity: the plan with the fewest virtual bytes or the fewest turns.
    #[arg(long, value_enum, default_value_t = Best::Cheapest)]
    best: Best,
    /// Compare the ways to enforce the claim about the run of a program: the run itself, or a proof of it.
    #[arg(long, conflicts_with_all = ["steps", "arity", "best"])]
    compare: bool,
    /// The program that the claim is about: a static ELF32 executable for MIPS32, of either byte order.
    #[arg(long, conflicts_with = "steps")]
    program: Option<PathBuf>,
    /// The file that the program reads as its standard input.
    #[arg(long, conflicts_with = "steps")]
    input: Option<PathBuf>,
    /// Leaves that check a proof in one shot: the largest weight of a Disprove transaction, once for each budget to compare.
    /// Default: the default budget of `gavel compile groth16`, and 400000.
    #[arg(long, value_name = "N", conflicts_with = "steps")]
    max_leaf_weight: Vec<usize>,
    /// Length of the digests, 256 or 160.
    #[arg(long, default_value = "256", value_parser = digest_length)]
    digest_bits: DigestLength,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Best {
    Cheapest,
    Fastest,
}

impl PlanCommand {
    /// Makes the plan, or plans, and prints them.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        match (self.steps, &self.program) {
            (Some(steps), _) => self.single(steps),
            (None, Some(program)) if self.compare => self.compare(program),
            _ => Err(CliError::Usage(
                "a plan wants --steps, or --compare and --program".into(),
            )),
        }
    }
}
