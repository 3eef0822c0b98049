//! `gavel prove` and `gavel verify`: proofs of runs.

mod claim;
mod show;
mod verify;

pub(crate) use verify::VerifyCommand;

use crate::error::CliError;
use crate::output::{self, grouped};
use crate::program;
use claim::ClaimReport;
use clap::{Args, ValueEnum};
use gavel_prover::pipeline::{
    Event, Job, Level, Parameters, PipelineError, Proved, Setup, StageTime,
};
use gavel_regtest::user_cache;
use serde::Serialize;
use show::Progress;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Prove the run of a MIPS program: from its steps to one Groth16 proof.
#[derive(Args)]
pub(crate) struct ProveCommand {
    /// A static ELF32 executable for MIPS32, of either byte order.
    program: PathBuf,
    /// The file that the program reads as its standard input.
    #[arg(long)]
    input: Option<PathBuf>,
    /// The folder of the proofs. What is finished there is not made again.
    #[arg(long)]
    out: PathBuf,
    /// Stop at the plonky2 proof of the statement, which the guest verify-plonky2 verifies: no Groth16 proof, no set-up.
    #[arg(long, conflicts_with_all = ["setup", "key", "cache"])]
    statement: bool,
    /// Stop at the constraints of the Groth16 proof and write them to this file, for a ceremony with snarkjs. They are the same for every
    /// program and input.
    #[arg(long, conflicts_with_all = ["setup", "key", "statement"])]
    r1cs: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// How a run is proved.
#[derive(Args)]
pub(crate) struct Options {
    /// The Groth16 set-up. Default: insecure.
    #[arg(long, value_enum, conflicts_with = "key")]
    setup: Option<SetupKind>,
    /// A ceremony's proving key: a .zkey of snarkjs, or in arkworks' format (docs/wrap.md).
    #[arg(long)]
    key: Option<PathBuf>,
    /// The folder of circuits and of the keys of the insecure set-up. Default: gavel in the user's cache folder.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// INSECURE: short segments and next to no security, for trials of the machinery.
    #[arg(long)]
    trial: bool,
    /// The most steps that the run may take. Default: 2^24.
    #[arg(long)]
    limit: Option<u64>,
}

/// A set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SetupKind {
    /// A secret that everybody knows: anybody can prove anything. For tests and trials.
    Insecure,
}

impl Options {
    /// One of them that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            (self.setup.is_some(), "--setup"),
            (self.key.is_some(), "--key"),
            (self.cache.is_some(), "--cache"),
            (self.trial, "--trial"),
            (self.limit.is_some(), "--limit"),
        ];
        let mut given = options.into_iter().filter(|(given, _)| *given);
        given.next().map(|(_, option)| option)
    }

    fn parameters(&self) -> Parameters {
        let parameters = match self.trial {
            true => Parameters::TRIAL,
            false => Parameters::STANDARD,
        };
        Parameters {
            limit: self.limit.unwrap_or(parameters.limit),
            ..parameters
        }
    }

    fn cache(&self, out: &Path) -> PathBuf {
        self.cache
            .clone()
            .or_else(user_cache)
            .unwrap_or(out.to_owned())
    }

    fn setup(&self, out: &Path) -> Setup {
        match &self.key {
            Some(key) => Setup::Key(key.clone()),
            None => Setup::Insecure {
                cache: self.cache(out),
            },
        }
    }

    /// Proves a run, or what of it is not proved yet.
    pub(crate) fn prove(
        &self,
        program: &Path,
        input: Option<&PathBuf>,
        out: &Path,
    ) -> Result<Proof, CliError> {
        let setup = self.setup(out);
        let work = |job: &Job, observe: &mut dyn FnMut(&Event)| job.prove(&setup, observe);
        let proved = self.work(program, input, out, work)?;
        Ok(Proof {
            key: out.join(setup.key_name()),
            proved,
        })
    }

    /// Works on the proof of a run and shows how far it is.
    fn work(
        &self,
        program: &Path,
        input: Option<&PathBuf>,
        out: &Path,
        work: impl FnOnce(&Job, &mut dyn FnMut(&Event)) -> Result<Proved, PipelineError>,
    ) -> Result<Proved, CliError> {
        let image = program::image(&program::read(program)?)?;
        let input = program::input(input)?;
        let mut progress = Progress::new();
        let proved = Job::new(image, input, self.parameters(), out).and_then(|job| {
            let job = job.with_cache(&self.cache(out));
            work(&job, &mut |event| progress.show(event))
        });
        progress.finish();
        Ok(proved.map_err(Box::new)?)
    }
}

/// A finished proof.
pub(crate) struct Proof {
    pub(crate) proved: Proved,
    /// The verifying key.
    pub(crate) key: PathBuf,
}

/// The JSON form; documented in `docs/json.md`.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    claim: ClaimReport,
    steps: u64,
    level: Level,
    insecure: bool,
    segments: Option<usize>,
    constraints: Option<usize>,
    stages: Vec<StageTime>,
    seconds: f64,
    peak_rss_bytes: u64,
}

impl ProveCommand {
    /// Proves, and says what and how long it took.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let start = Instant::now();
        let (program, input) = (&self.program, self.input.as_ref());
        let (proved, made) = match (self.statement, &self.r1cs) {
            (true, _) => {
                let work = Job::prove_statement;
                let proved = self.options.work(program, input, &self.out, work)?;
                let made = format!("proof of the statement: in {}", self.out.display());
                (proved, made)
            }
            (false, Some(path)) => {
                let work =
                    |job: &Job, observe: &mut dyn FnMut(&Event)| job.write_r1cs(path, observe);
                let proved = self.options.work(program, input, &self.out, work)?;
                (proved, format!("constraints: {}", path.display()))
            }
            (false, None) => {
                let proof = self.options.prove(program, input, &self.out)?;
                let key = proof.key.display();
                let made = format!("proof, public input and verifying key: {key}");
                (proof.proved, made)
            }
        };
        let Proved {
            claim,
            steps,
            output,
            segments,
            constraints,
            insecure,
            times,
        } = proved;
        let report = Report {
            claim: ClaimReport::new(&claim, &output),
            steps,
            level: self.options.parameters().level,
            insecure,
            segments,
            constraints,
            stages: times,
            seconds: start.elapsed().as_secs_f64(),
            peak_rss_bytes: output::peak_rss_bytes(),
        };
        if self.json {
            return output::json(&report);
        }
        let mut out = std::io::stdout().lock();
        report.claim.print(&mut out)?;
        writeln!(out, "steps         {}", grouped(report.steps))?;
        writeln!(out, "level         {}", report.level.name())?;
        for time in &report.stages {
            let kept = match time.kept {
                0 => String::new(),
                kept => format!(", {kept} kept"),
            };
            let made = format!("{} made{kept}", time.made);
            writeln!(
                out,
                "{:<13} {:>8.1} s  {made}",
                time.stage.name(),
                time.seconds
            )?;
        }
        writeln!(out, "all           {:>8.1} s", report.seconds)?;
        writeln!(out, "{made}")?;
        show::warn(&mut out, report.insecure)
    }
}
