//! `gavel plan`: what a dispute costs before it is played.

use crate::arguments::{arity, digest_length};
use crate::error::CliError;
use crate::output::{self, grouped};
use clap::{Args, ValueEnum};
use gavel_ocp::plan::{
    Course, LeafSizes, Plan, PlannedTransaction, cheapest, default_params, fastest,
};
use gavel_vm::digest::DigestLength;
use serde::Serialize;
use std::io::Write;

/// Rounds, turns and sizes of a dispute about a run of so many steps.
#[derive(Args)]
pub(crate) struct PlanCommand {
    /// Machine steps of the run.
    #[arg(long)]
    steps: u64,
    /// Intervals that one round of the search divides into: a power of two from 2 to 256. Default: what `--best` finds.
    #[arg(long, value_parser = arity)]
    arity: Option<u32>,
    /// Without an arity: the plan with the fewest virtual bytes or the fewest turns.
    #[arg(long, value_enum, default_value_t = Best::Cheapest)]
    best: Best,
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

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report<'a> {
    transactions: &'a [PlannedTransaction],
    #[serde(flatten)]
    plan: &'a Plan,
}

impl PlanCommand {
    /// Makes the plan and prints it.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let progress = output::spinner();
        progress.set_message("laying out transactions");
        let bits = self.arity.map_or(1, |arity| arity.trailing_zeros() as u8);
        let params = default_params(self.steps, bits, self.digest_bits);
        let sizes = LeafSizes::of_machine(&params)?;
        let plan = match (self.arity, self.best) {
            (Some(_), _) => Plan::new(&params, sizes),
            (None, Best::Cheapest) => cheapest(&params, sizes),
            (None, Best::Fastest) => fastest(&params, sizes),
        };
        progress.finish_and_clear();
        let plan = plan?;
        if self.json {
            return output::json(&Report {
                transactions: &plan.lying_operator.transactions,
                plan: &plan,
            });
        }
        self.print(&plan)
    }

    fn print(&self, plan: &Plan) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{} steps, digests of {} bits",
            grouped(self.steps),
            plan.digest_bits
        )?;
        writeln!(out, "trace rounds  {:?} bits", plan.trace_rounds)?;
        writeln!(out, "path rounds   {:?} bits", plan.path_rounds)?;
        writeln!(out)?;
        writeln!(
            out,
            "{:<34}{:<12}{:>9}{:>9}",
            "costliest dispute", "by", "weight", "vbytes"
        )?;
        for tx in &plan.lying_operator.transactions {
            let by = format!("{:?}", tx.by).to_lowercase();
            writeln!(
                out,
                "{:<34}{by:<12}{:>9}{:>9}",
                tx.name,
                grouped(tx.weight),
                grouped(tx.vbytes)
            )?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "{:<34}{:>7}{:>9}{:>14}",
            "course", "turns", "vbytes", "worst blocks"
        )?;
        let courses: [(&str, &Course); 4] = [
            ("honest, nobody challenges", &plan.honest),
            ("the operator falls silent", &plan.silent_operator),
            ("the challenger falls silent", &plan.silent_challenger),
            ("the operator lies to the end", &plan.lying_operator),
        ];
        for (name, course) in courses {
            let vbytes = grouped(course.total_vbytes);
            writeln!(
                out,
                "{name:<34}{:>7}{vbytes:>9}{:>14}",
                course.turns,
                grouped(course.worst_blocks.into())
            )?;
        }
        Ok(())
    }
}
