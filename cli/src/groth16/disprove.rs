//! `gavel disprove`: from a false assertion to the leaf that refutes it.

use super::Statement;
use super::assertion::Assertion;
use crate::error::CliError;
use crate::output::{self, grouped, hex};
use clap::Args;
use gavel_script_gen::manifest::{Manifest, ManifestError};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Find the leaf that refutes an assertion, and its witness.
#[derive(Args)]
pub(crate) struct DisproveCommand {
    #[command(flatten)]
    statement: Statement,
    /// What `gavel assert` has written.
    #[arg(long)]
    assertion: PathBuf,
    /// The manifest of the tree (`gavel compile groth16 --out`): gives the leaf's place in it.
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// Where the witness goes: its items, the script and, with a manifest, the siblings of the control block, one in a line, in
    /// hexadecimal.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    leaf: String,
    number: usize,
    relation: String,
    script_bytes: usize,
    witness_items: usize,
    witness_weight: usize,
    seconds: f64,
}

impl DisproveCommand {
    /// Checks all signatures, runs the verifier on what was asserted, and prints the leaf.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let start = Instant::now();
        let progress = output::spinner();
        progress.set_message("running the verifier on what was asserted");
        let compiled = self.statement.choose()?.compiled;
        let assertion = Assertion::read(&compiled, &self.assertion)?;
        let refutation = compiled.find_refutation(&assertion.committed()?)?;
        let refutation = refutation.ok_or(CliError::NothingFalse)?;
        let witness = compiled.witness(&refutation, &assertion.signatures)?;
        let leaf = compiled.leaf(refutation.leaf, &assertion.keys)?;
        progress.finish_and_clear();
        let mut lines: Vec<String> = witness.iter().map(|item| hex(item)).collect();
        lines.push(hex(&leaf.script().to_bytes()));
        if let Some(path) = &self.manifest {
            let text = crate::program::read(path)?;
            let manifest = Manifest::from_json(&String::from_utf8_lossy(&text))?;
            let listed = manifest.leaves.get(refutation.leaf);
            if listed.map(|entry| entry.leaf_hash) != Some(leaf.hash()) {
                return Err(CliError::OtherTree);
            }
            let tree = manifest.tree().map_err(ManifestError::from)?;
            let branch = tree.branch(refutation.leaf).ok_or(CliError::OtherTree)?;
            lines.extend(branch.iter().map(ToString::to_string));
        }
        if let Some(path) = &self.out {
            let text = lines.join("\n") + "\n";
            std::fs::write(path, text).map_err(|source| CliError::WriteFile {
                path: path.clone(),
                source,
            })?;
        }
        let items = witness.iter().map(|item| 1 + item.len());
        let report = Report {
            leaf: leaf.draft().name.clone(),
            number: refutation.leaf,
            relation: leaf.draft().relation.clone(),
            script_bytes: leaf.script().len(),
            witness_items: witness.len(),
            witness_weight: items.sum(),
            seconds: start.elapsed().as_secs_f64(),
        };
        if self.json {
            return output::json(&report);
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "refuted by leaf {} ({})", report.leaf, report.number)?;
        writeln!(out, "which says that it is false: {}", report.relation)?;
        let script = grouped(report.script_bytes as u64);
        let weight = grouped(report.witness_weight as u64);
        writeln!(
            out,
            "script {script} bytes, witness {weight} WU, in {:.1} s",
            report.seconds
        )?;
        Ok(())
    }
}
