//! The plan of one dispute, transaction by transaction.

use super::{Best, PlanCommand};
use crate::error::CliError;
use crate::output::{self, grouped};
use gavel_ocp::plan::{
    Course, LeafSizes, Plan, PlannedTransaction, cheapest, default_params, fastest,
};
use serde::Serialize;
use std::io::Write;

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report<'a> {
    transactions: &'a [PlannedTransaction],
    #[serde(flatten)]
    plan: &'a Plan,
}

impl PlanCommand {
    /// Makes the plan of a dispute about so many steps and prints it.
    pub(super) fn single(&self, steps: u64) -> Result<(), CliError> {
        let progress = output::spinner();
        progress.set_message("laying out transactions");
        let bits = self.arity.map_or(1, |arity| arity.trailing_zeros() as u8);
        let params = default_params(steps, bits, self.digest_bits);
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
        print(steps, &plan)
    }
}

fn print(steps: u64, plan: &Plan) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} steps, digests of {} bits",
        grouped(steps),
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
