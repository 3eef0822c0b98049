//! `gavel run`: one program on the plain machine.

use crate::error::CliError;
use crate::{output, program};
use clap::Args;
use gavel_vm::digest::{DigestLength, Hasher};
use gavel_vm::machine::{Machine, Outcome};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Steps between two looks at the clock.
const SLICE: u64 = 1 << 24;

/// Run a MIPS program on the machine.
#[derive(Args)]
pub(crate) struct Run {
    /// A static ELF32 executable for MIPS32, of either byte order.
    program: PathBuf,
    /// The file that the program reads as its standard input.
    #[arg(long)]
    input: Option<PathBuf>,
    /// The most steps to take.
    #[arg(long, default_value_t = u32::MAX as u64)]
    limit: u64,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    exit_code: u32,
    steps: u64,
    output_hex: String,
    state_digest: String,
    instructions_per_second: u64,
}

impl Run {
    /// Runs the program and prints the result.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let image = program::image(&program::read(&self.program)?)?;
        let mut machine = Machine::new(&image, &program::input(self.input.as_ref())?)?;
        let (outcome, elapsed) = run_with_progress(&mut machine, self.limit)?;
        let length = DigestLength::default();
        let state_digest = machine.state_digest(&Hasher::new(length));
        let report = Report {
            exit_code: outcome.exit_code,
            steps: outcome.steps,
            output_hex: output::hex(&outcome.output),
            state_digest: state_digest.to_hex(length),
            instructions_per_second: (outcome.steps as f64 / elapsed.as_secs_f64()) as u64,
        };
        if self.json {
            return output::json(&report);
        }
        let mut out = std::io::stdout().lock();
        out.write_all(&outcome.output)?;
        if !outcome.output.is_empty() && !outcome.output.ends_with(b"\n") {
            writeln!(out)?;
        }
        writeln!(out, "exit code     {}", report.exit_code)?;
        writeln!(out, "steps         {}", output::grouped(report.steps))?;
        writeln!(out, "state digest  {}", report.state_digest)?;
        writeln!(
            out,
            "speed         {} instructions a second",
            output::grouped(report.instructions_per_second)
        )?;
        Ok(())
    }
}

/// Runs in slices, so that a terminal sees how far it is.
fn run_with_progress(machine: &mut Machine, limit: u64) -> Result<(Outcome, Duration), CliError> {
    let progress = output::spinner();
    let start = Instant::now();
    while !machine.halted() && machine.steps() < limit {
        machine.run_to((machine.steps() + SLICE).min(limit))?;
        progress.set_message(format!("{} steps", output::grouped(machine.steps())));
        progress.tick();
    }
    let elapsed = start.elapsed();
    progress.finish_and_clear();
    Ok((machine.run(limit)?, elapsed))
}
