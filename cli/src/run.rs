//! `gavel run`: one program on the plain machine.

use crate::error::CliError;
use crate::{output, program};
use clap::Args;
use gavel_vm::digest::{DigestLength, Hasher};
use gavel_vm::image::ImageError;
use gavel_vm::machine::{Machine, Outcome};
use gavel_vm::profile::{FunctionSteps, profile};
use gavel_vm::symbols::Symbols;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Steps between two looks at the clock.
const SLICE: u64 = 1 << 24;
/// Functions that a terminal sees; JSON has all.
const SHOWN_FUNCTIONS: usize = 30;

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
    /// Count the steps of each function. The program must have its symbols.
    #[arg(long)]
    profile: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Vec<Count>>,
}

/// The steps of one function.
#[derive(Serialize)]
struct Count {
    function: String,
    steps: u64,
    calls: u64,
}

impl From<FunctionSteps> for Count {
    /// The name as it is in the source; without the numbers that make it unique.
    fn from(count: FunctionSteps) -> Count {
        Count {
            function: format!("{:#}", rustc_demangle::demangle(&count.name)),
            steps: count.steps,
            calls: count.calls,
        }
    }
}

impl Run {
    /// Runs the program and prints the result.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let elf = program::read(&self.program)?;
        let image = program::image(&elf)?;
        let input = program::input(self.input.as_ref())?;
        let counts = match self.profile {
            true => Some(self.count(&elf, Machine::new(&image, &input)?)?),
            false => None,
        };
        let mut machine = Machine::new(&image, &input)?;
        let (outcome, elapsed) = run_with_progress(&mut machine, self.limit)?;
        let length = DigestLength::default();
        let state_digest = machine.state_digest(&Hasher::new(length));
        let report = Report {
            exit_code: outcome.exit_code,
            steps: outcome.steps,
            output_hex: output::hex(&outcome.output),
            state_digest: state_digest.to_hex(length),
            instructions_per_second: (outcome.steps as f64 / elapsed.as_secs_f64()) as u64,
            profile: counts,
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
        report
            .profile
            .map_or(Ok(()), |counts| show(&mut out, &counts, report.steps))
    }

    /// Counts the steps of each function, in a run of its own.
    fn count(&self, elf: &[u8], mut machine: Machine) -> Result<Vec<Count>, CliError> {
        let symbols = Symbols::parse(elf).map_err(ImageError::from)?;
        if symbols.functions().is_empty() {
            return Err(CliError::Stripped(self.program.clone()));
        }
        let (_, counts) = profile(&mut machine, &symbols, self.limit)?;
        Ok(counts.into_iter().map(Count::from).collect())
    }
}

/// Prints the functions that took the most steps.
fn show(out: &mut impl Write, counts: &[Count], total: u64) -> Result<(), CliError> {
    writeln!(out)?;
    writeln!(out, "{:>15} {:>6} {:>12}  function", "steps", "%", "calls")?;
    let (shown, rest) = counts.split_at(counts.len().min(SHOWN_FUNCTIONS));
    let mut line = |steps: u64, calls: &str, function: &str| {
        let share = 100.0 * steps as f64 / total as f64;
        let steps = output::grouped(steps);
        writeln!(out, "{steps:>15} {share:>6.2} {calls:>12}  {function}")
    };
    for count in shown {
        line(count.steps, &output::grouped(count.calls), &count.function)?;
    }
    if !rest.is_empty() {
        let steps = rest.iter().map(|count| count.steps).sum();
        line(steps, "", &format!("({} more)", rest.len()))?;
    }
    Ok(())
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
