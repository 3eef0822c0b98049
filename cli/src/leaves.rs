//! `gavel leaves`: every kind of leaf of a game.

use crate::arguments::digest_length;
use crate::error::CliError;
use crate::groth16::Groth16Leaves;
use crate::output::{self, grouped};
use clap::{Args, Subcommand};
use gavel_ocp::measure::{GameManifest, LeafSummary};
use gavel_ocp::plan::default_params;
use gavel_vm::digest::DigestLength;
use std::io::Write;
use std::path::PathBuf;

/// List the kinds of leaves.
#[derive(Args)]
pub(crate) struct LeavesCommand {
    #[command(subcommand)]
    front_end: FrontEnd,
}

#[derive(Subcommand)]
enum FrontEnd {
    /// The leaves of the trace game about a MIPS program.
    Mips(Mips),
    /// The leaves of the proof game about a Groth16 proof on BN254.
    Groth16(Groth16Leaves),
}

#[derive(Args)]
struct Mips {
    /// Length of the digests, 256 or 160.
    #[arg(long, default_value = "256", value_parser = digest_length)]
    digest_bits: DigestLength,
    /// Write every single leaf to this file, as JSON: name, relation, slots, size, hash, and the roots of the trees.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

impl LeavesCommand {
    /// Compiles the leaves and prints a line for each leaf or kind of leaves.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        match &self.front_end {
            FrontEnd::Mips(mips) => mips.execute(),
            FrontEnd::Groth16(groth16) => groth16.execute(),
        }
    }
}

impl Mips {
    fn execute(&self) -> Result<(), CliError> {
        let params = default_params(u64::from(u32::MAX), 1, self.digest_bits);
        let manifest = GameManifest::new(&params)?;
        if let Some(path) = &self.manifest {
            output::json_file(path, &manifest)?;
        }
        let kinds = manifest.summary();
        if self.json {
            output::json(&kinds)
        } else {
            print(&kinds)
        }
    }
}

fn print(kinds: &[LeafSummary]) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<28}{:<13}{:>8}{:>9}{:>7}  relation",
        "leaf", "kind", "bytes", "weight", "stack"
    )?;
    for kind in kinds {
        let (bytes, weight) = (
            grouped(kind.script_bytes as u64),
            grouped(kind.worst_weight),
        );
        writeln!(
            out,
            "{:<28}{:<13}{bytes:>8}{weight:>9}{:>7}  {}",
            kind.name, kind.kind, kind.peak_stack, kind.relation
        )?;
    }
    writeln!(out, "{} kinds", kinds.len())?;
    Ok(())
}
