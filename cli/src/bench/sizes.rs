//! `gavel bench sizes`: what the generated scripts cost.

use crate::error::CliError;
use crate::output::{self, grouped};
use clap::Args;
use gavel_script_gen::sizes::{Sizes, sizes};
use std::io::Write;

/// Bytes of the gadgets that verifiers consist of.
#[derive(Args)]
pub(super) struct SizesCommand {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl SizesCommand {
    /// Generates the gadgets and prints their sizes.
    pub(super) fn execute(&self) -> Result<(), CliError> {
        let sizes = sizes()?;
        match self.json {
            true => output::json(&sizes),
            false => print(&sizes),
        }
    }
}

/// A gadget beside what the chunked verifier of BitVM has for it.
struct Row {
    gadget: &'static str,
    bytes: usize,
    /// `None` if it has no such gadget.
    bitvm: Option<u64>,
}

fn rows(sizes: &Sizes) -> [Row; 7] {
    let row = |gadget, bytes, bitvm| Row {
        gadget,
        bytes,
        bitvm,
    };
    let opened = &sizes.winternitz_total;
    [
        row("Fq: a b", sizes.fq_mul, Some(67_744)),
        row("Fq: a b + c d", sizes.fq_sum_of_two_products, Some(88_174)),
        row("Fq2: a b", sizes.fq2_mul, Some(176_761)),
        row("BLAKE3, 64-byte block", sizes.blake3_block, Some(77_777)),
        row("4 bytes opened", opened.bytes_4, Some(1_040)),
        row("16 bytes opened", opened.bytes_16, None),
        row("32 bytes opened", opened.bytes_32, Some(16_521)),
    ]
}

fn print(sizes: &Sizes) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<24}{:>8}{:>9}", "bytes of", "gavel", "BitVM")?;
    for row in rows(sizes) {
        let (bytes, bitvm) = (
            grouped(row.bytes as u64),
            row.bitvm.map_or("-".into(), grouped),
        );
        writeln!(out, "{:<24}{bytes:>8}{bitvm:>9}", row.gadget)?;
    }
    writeln!(
        out,
        "opened: script and largest witness of a Winternitz signature, digits left on the stack"
    )?;
    Ok(())
}
