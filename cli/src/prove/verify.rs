//! `gavel verify`.

use super::claim::ClaimReport;
use super::show;
use crate::error::CliError;
use crate::{output, program};
use clap::Args;
use gavel_prover::claim::{Claim, ClaimError};
use gavel_prover::pipeline::{Level, PipelineError, Says, Verified, digest_hex, verify};
use gavel_prover::segment::State;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Verify a proof of a run, at any stage.
#[derive(Args)]
pub(crate) struct VerifyCommand {
    /// The folder of a proof, for its Groth16 proof, or the file of one stage in it.
    proof: PathBuf,
    /// The verifying key to trust. Default: the one in the folder.
    #[arg(long)]
    vk: Option<PathBuf>,
    /// The program that the proof has to be about.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The input that it has to be about. Default: none.
    #[arg(long, requires = "program")]
    input: Option<PathBuf>,
    /// Write the proof, with what it was verified against, as input of the guest program that verifies it: verify-groth16 for a
    /// folder's Groth16 proof, verify-plonky2 for the file of the statement.
    #[arg(long)]
    guest_input: Option<PathBuf>,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    stage: &'static str,
    level: Level,
    insecure: bool,
    #[serde(flatten)]
    claim: Option<ClaimReport>,
    #[serde(flatten)]
    states: Option<States>,
    seconds: f64,
}

/// The states that a proof of steps leads between.
#[derive(Serialize)]
struct States {
    before: StateReport,
    after: StateReport,
}

#[derive(Serialize)]
struct StateReport {
    step: u64,
    pc: u32,
    next_pc: u32,
    hi: u32,
    lo: u32,
    root: String,
}

impl StateReport {
    fn new(state: &State) -> Self {
        Self {
            step: state.step,
            pc: state.cpu.pc,
            next_pc: state.cpu.next_pc,
            hi: state.cpu.hi,
            lo: state.cpu.lo,
            root: digest_hex(&state.root),
        }
    }
}

impl VerifyCommand {
    /// Verifies, and says what is proved.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let start = Instant::now();
        let verified = verify(&self.proof, self.vk.as_deref()).map_err(Box::new)?;
        self.compare(&verified)?;
        self.write_guest_input(&verified)?;
        let seconds = start.elapsed().as_secs_f64();
        let (claim, states) = match &verified.says {
            Says::Claim { claim, output, .. } => (Some(ClaimReport::new(claim, output)), None),
            Says::Steps(boundary) => {
                let [before, after] = [&boundary.before, &boundary.after].map(StateReport::new);
                (None, Some(States { before, after }))
            }
        };
        let report = Report {
            stage: verified.stage.name(),
            level: verified.parameters.level,
            insecure: verified.insecure,
            claim,
            states,
            seconds,
        };
        if self.json {
            return output::json(&report);
        }
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "valid: {}, {} level, verified in {seconds:.3} s",
            report.stage,
            report.level.name()
        )?;
        if let Some(claim) = &report.claim {
            claim.print(&mut out)?;
        }
        if let Some(States { before, after }) = &report.states {
            for (name, state) in [("from", before), ("to", after)] {
                let step = output::grouped(state.step);
                writeln!(
                    out,
                    "{name:<5} step {step}, pc {:#010x}, root {}",
                    state.pc, state.root
                )?;
            }
        }
        show::warn(&mut out, report.insecure)
    }

    fn write_guest_input(&self, verified: &Verified) -> Result<(), CliError> {
        let Some(path) = &self.guest_input else {
            return Ok(());
        };
        let Some(input) = &verified.guest_input else {
            return Err(CliError::Usage(
                "--guest-input is for Groth16 proofs and those of a statement: no guest verifies other stages".into(),
            ));
        };
        output::file(path, input)
    }

    /// Refuses a proof that is about another program or input than those that were named.
    fn compare(&self, verified: &Verified) -> Result<(), CliError> {
        let Some(program) = &self.program else {
            return Ok(());
        };
        let Says::Claim { claim, output, .. } = &verified.says else {
            return Err(CliError::Usage(
                "--program is for proofs of a whole run, not for those of some of its steps".into(),
            ));
        };
        let image = program::image(&program::read(program)?)?;
        let input = program::input(self.input.as_ref())?;
        let expected = Claim::new(&image, &input, output, claim.exit_code)
            .map_err(|error: ClaimError| Box::new(PipelineError::from(error)))?;
        match expected == *claim {
            true => Ok(()),
            false => Err(CliError::OtherRun),
        }
    }
}
