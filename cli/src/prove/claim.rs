//! What a proof claims, for people and for programs.

use crate::error::CliError;
use crate::output::hex;
use gavel_prover::claim::Claim;
use gavel_prover::pipeline::digest_hex;
use gavel_vm::memory::ByteOrder;
use serde::Serialize;
use std::io::Write;

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
pub(super) struct ClaimReport {
    byte_order: &'static str,
    program: String,
    input: String,
    output: String,
    exit_code: u32,
    output_hex: String,
    statement: String,
    #[serde(skip)]
    bytes: Vec<u8>,
}

impl ClaimReport {
    pub(super) fn new(claim: &Claim, output: &[u8]) -> Self {
        Self {
            byte_order: match claim.order {
                ByteOrder::Big => "big",
                ByteOrder::Little => "little",
            },
            program: digest_hex(&claim.program),
            input: digest_hex(&claim.input),
            output: digest_hex(&claim.output),
            exit_code: claim.exit_code,
            output_hex: hex(output),
            statement: hex(&claim.digest().0),
            bytes: output.to_vec(),
        }
    }

    pub(super) fn print(&self, out: &mut impl Write) -> Result<(), CliError> {
        out.write_all(&self.bytes)?;
        if !self.bytes.is_empty() && !self.bytes.ends_with(b"\n") {
            writeln!(out)?;
        }
        writeln!(out, "exit code     {}", self.exit_code)?;
        writeln!(out, "program       {}", self.program)?;
        writeln!(out, "input         {}", self.input)?;
        writeln!(out, "output        {}", self.output)?;
        writeln!(out, "statement     {}", self.statement)?;
        Ok(())
    }
}
