//! `gavel plan --compare`: the ways to enforce one claim, side by side.

use super::guest::guests;
use super::way::{Challengers, Trust, Way};
use super::{Best, PlanCommand};
use crate::error::CliError;
use crate::groth16::stored;
use crate::output::{self, grouped};
use crate::program;
use gavel_ocp::plan::{LeafSizes, cheapest, default_params, fastest};
use gavel_script_gen::groth16::input::VerifyingKey;
use gavel_script_gen::leaf::MAX_STANDARD_WEIGHT;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Comparison {
    steps: u64,
    exit_code: u32,
    digest_bits: usize,
    ways: Vec<Way>,
}

impl PlanCommand {
    /// Plans every way to enforce the claim about a program's run and prints the table.
    pub(super) fn compare(&self, path: &Path) -> Result<(), CliError> {
        let progress = output::spinner();
        progress.set_message("running the program");
        let input = program::input(self.input.as_ref())?;
        let outcome = program::run(&program::read(path)?, &input)?;

        let mut ways = self.traced("program", outcome.steps, &[])?;
        for guest in guests() {
            progress.set_message(format!("planning {}", guest.name));
            ways.extend(self.traced(guest.name, guest.steps()?, guest.trust)?);
        }
        let key = VerifyingKey::parse(stored::KEY)?;
        for budget in self.budgets() {
            progress.set_message(match budget {
                Some(limit) => format!(
                    "cutting into leaves of at most {} WU",
                    grouped(limit as u64)
                ),
                None => "cutting into leaves of the default budget".to_owned(),
            });
            ways.push(Way::of_leaves(&key, budget)?);
        }
        progress.finish_and_clear();

        let comparison = Comparison {
            steps: outcome.steps,
            exit_code: outcome.exit_code,
            digest_bits: self.digest_bits.bits(),
            ways,
        };
        match self.json {
            true => output::json(&comparison),
            false => comparison.print(),
        }
    }

    /// The cheapest and the fastest trace game about so many steps.
    fn traced(
        &self,
        name: &str,
        steps: u64,
        trust: &'static [Trust],
    ) -> Result<Vec<Way>, CliError> {
        let params = default_params(steps, 1, self.digest_bits);
        let sizes = LeafSizes::of_machine(&params)?;
        let way = |best| {
            let (plan, suffix) = match best {
                Best::Cheapest => (cheapest(&params, sizes)?, "cheapest"),
                Best::Fastest => (fastest(&params, sizes)?, "fastest"),
            };
            Way::of_trace(&format!("{name}-{suffix}"), steps, &plan, &params, trust)
        };
        Ok(vec![way(Best::Cheapest)?, way(Best::Fastest)?])
    }

    /// The limits on the weight of a leaf; none is the default budget.
    fn budgets(&self) -> Vec<Option<usize>> {
        match self.max_leaf_weight.as_slice() {
            [] => vec![None, Some(MAX_STANDARD_WEIGHT)],
            limits => limits.iter().copied().map(Some).collect(),
        }
    }
}

impl Comparison {
    fn print(&self) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "the program takes {} steps and ends with exit code {}; digests of {} bits",
            grouped(self.steps),
            self.exit_code,
            self.digest_bits
        )?;
        writeln!(out)?;
        writeln!(
            out,
            "{:<24}{:>14}{:>7}{:>11}{:>12}{:>8}{:>9}{:>16}{:>8}  who may challenge",
            "way",
            "steps",
            "turns",
            "honest vB",
            "disputed vB",
            "blocks",
            "relayed",
            "leaves, bytes",
            "CPU s"
        )?;
        for way in &self.ways {
            let name = match way.max_leaf_weight {
                Some(limit) => format!("{} {}", way.way, grouped(limit as u64)),
                None => way.way.clone(),
            };
            writeln!(
                out,
                "{name:<24}{:>14}{:>7}{:>11}{:>12}{:>8}{:>9}{:>16}{:>8.1}  {}",
                way.steps.map_or("-".to_owned(), grouped),
                way.turns,
                grouped(way.honest_vbytes),
                grouped(way.disputed_vbytes),
                grouped(way.worst_blocks.into()),
                if way.relayable { "yes" } else { "no" },
                grouped(way.setup.script_bytes),
                way.setup.processor_seconds,
                match way.challengers {
                    Challengers::Signers => "the signers",
                    Challengers::Anyone => "anyone",
                }
            )?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "every way trusts its hash functions and one of the signers, who set it up together; and"
        )?;
        let mut named: Vec<&str> = vec![];
        for way in &self.ways {
            let name = way.way.as_str();
            if named.contains(&name) {
                continue;
            }
            named.push(name);
            let trust: Vec<&str> = way.trust.iter().map(|trust| trust.says()).collect();
            let trust = match trust.is_empty() {
                true => "nothing else".to_owned(),
                false => trust.join(", "),
            };
            writeln!(out, "{name:<24}{trust}")?;
        }
        Ok(())
    }
}
