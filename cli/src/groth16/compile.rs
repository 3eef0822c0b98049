//! `gavel compile groth16`: from a verifying key to a script tree.

use super::{Seed, Statement};
use crate::error::CliError;
use crate::output::{self, grouped};
use clap::{Args, Subcommand};
use gavel_script_gen::groth16::choice::{Choice, ChoicePoint, Steps, curve_of_choices};
use gavel_script_gen::groth16::compile::{Compiled, assertion_transactions};
use gavel_script_gen::manifest::Manifest;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

/// Limits that the curve tries for each program, if nobody says how many.
const POINTS: &str = "9";

/// Compile a verifier to a tree of leaves.
#[derive(Args)]
pub(crate) struct CompileCommand {
    #[command(subcommand)]
    front_end: FrontEnd,
}

#[derive(Subcommand)]
enum FrontEnd {
    /// The check of a Groth16 proof on BN254.
    Groth16(Groth16),
}

#[derive(Args)]
struct Groth16 {
    #[command(flatten)]
    statement: Statement,
    #[command(flatten)]
    seed: Seed,
    /// Write the manifest to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write every script to that folder, too.
    #[arg(long, requires = "out")]
    scripts: bool,
    /// Print what other budgets would cost, and build nothing: with so many limits for each program, from its lightest leaves on.
    #[arg(long, value_name = "POINTS", num_args = 0..=1, default_missing_value = POINTS)]
    curve: Option<usize>,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    steps: Steps,
    leaves: usize,
    script_bytes_total: usize,
    worst_leaf_weight: usize,
    median_leaf_weight: usize,
    committed_values: usize,
    committed_bytes: usize,
    assert_transactions: usize,
    assert_weight: usize,
    root: String,
    seconds: f64,
    peak_rss_bytes: u64,
}

impl CompileCommand {
    /// Compiles and prints what came out.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let FrontEnd::Groth16(groth16) = &self.front_end;
        match groth16.curve {
            Some(points) => groth16.curve(points),
            None => groth16.tree(),
        }
    }
}

impl Groth16 {
    fn curve(&self, points: usize) -> Result<(), CliError> {
        let progress = output::spinner();
        progress.set_message("cutting for budgets up to a block");
        let points = curve_of_choices(&self.statement.key()?, points);
        progress.finish_and_clear();
        let points = points?;
        match self.json {
            true => output::json(&points),
            false => print_curve(&points),
        }
    }

    fn tree(&self) -> Result<(), CliError> {
        let start = Instant::now();
        let progress = output::spinner();
        progress.set_message("cutting the verifier into leaves");
        let Choice {
            steps, compiled, ..
        } = self.statement.choose()?;
        progress.finish_and_clear();
        let keys = self.seed.public_keys(&compiled);
        let progress = output::bar(compiled.leaf_count() as u64, "leaves");
        let folder = self.out.as_deref().filter(|_| self.scripts);
        let failed = OnceLock::new();
        let made = compiled.tree(&keys, |number, leaf| {
            let script = || leaf.script().to_bytes();
            if let Some(folder) = folder
                && let Err(error) = write(&folder.join(format!("{number}.script")), &script())
            {
                // The first failure is reported; others have the same cause.
                let _ = failed.set(error);
            }
            progress.inc(1);
        });
        progress.finish_and_clear();
        let (_, manifest) = made?;
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        if let Some(folder) = &self.out {
            write(
                &folder.join("manifest.json"),
                manifest.to_json()?.as_bytes(),
            )?;
        }
        let report = Report::new(steps, &compiled, &manifest, start.elapsed().as_secs_f64());
        match self.json {
            true => output::json(&report),
            false => report.print(),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|source| CliError::WriteFile {
            path: path.to_owned(),
            source,
        })
}

impl Report {
    fn new(steps: Steps, compiled: &Compiled, manifest: &Manifest, seconds: f64) -> Self {
        let leaves = &manifest.leaves;
        let mut weights: Vec<usize> = leaves.iter().map(|leaf| leaf.worst_weight).collect();
        weights.sort_unstable();
        let slots = compiled.slots().iter();
        let bits: usize = slots.map(|slot| slot.shape.bits()).sum();
        let assert_weight = compiled.assertion_weight();
        Self {
            steps,
            leaves: leaves.len(),
            script_bytes_total: leaves.iter().map(|leaf| leaf.script_bytes).sum(),
            worst_leaf_weight: weights.last().copied().unwrap_or(0),
            median_leaf_weight: weights.get(weights.len() / 2).copied().unwrap_or(0),
            committed_values: compiled.slots().len(),
            committed_bytes: bits / 8,
            assert_transactions: assertion_transactions(assert_weight),
            assert_weight,
            root: manifest.root.to_string(),
            seconds,
            peak_rss_bytes: output::peak_rss_bytes(),
        }
    }

    fn print(&self) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        let rows = [
            ("leaves", self.leaves, ""),
            ("all scripts", self.script_bytes_total, " bytes"),
            ("worst Disprove", self.worst_leaf_weight, " WU"),
            ("median Disprove", self.median_leaf_weight, " WU"),
            ("committed values", self.committed_values, ""),
            ("committed bytes", self.committed_bytes, ""),
            ("assertion", self.assert_weight, " WU"),
            ("in transactions", self.assert_transactions, ""),
        ];
        for (name, number, unit) in rows {
            writeln!(out, "{name:<18}{:>14}{unit}", grouped(number as u64))?;
        }
        writeln!(out, "{:<18}{:>14}", "steps", name_of(self.steps))?;
        writeln!(out, "root              {}", self.root)?;
        writeln!(out, "made in {:.1} s", self.seconds)?;
        if self.worst_leaf_weight > gavel_script_gen::leaf::MAX_STANDARD_WEIGHT {
            writeln!(
                out,
                "the worst Disprove is not relayable: a miner has to include it"
            )?;
        }
        Ok(())
    }
}

fn name_of(steps: Steps) -> &'static str {
    match steps {
        Steps::Large => "large",
        Steps::Small => "small",
    }
}

fn print_curve(points: &[ChoicePoint]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<6}{:>12}{:>14}{:>9}{:>12}{:>9}{:>15}",
        "steps", "limit", "worst leaf", "values", "assertion", "leaves", "all leaves"
    )?;
    for ChoicePoint { steps, point } in points {
        write!(out, "{:<6}", name_of(*steps))?;
        let cells = [
            (12, point.max_leaf_weight),
            (14, point.worst_leaf_weight),
            (9, point.committed_values),
            (12, point.assertion_weight),
            (9, point.leaves),
            (15, point.total_weight),
        ];
        for (width, number) in cells {
            write!(out, "{:>width$}", grouped(number as u64))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
