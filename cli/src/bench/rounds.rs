//! `gavel bench rounds`: how long the answers of a dispute take.
//!
//! A game is played in process, and the clock read whenever a transaction is confirmed. So a time is that of all parties and of
//! Bitcoin Core's validation together: more than the one party takes whose answer it is.

use crate::arguments::arity;
use crate::error::CliError;
use crate::output::{self, grouped};
use crate::plan::guests;
use crate::{processor, program};
use clap::Args;
use gavel_regtest::KernelChain;
use gavel_regtest::scenario::{Lie, LieError, Scenario};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Play disputes in process and time every answer.
#[derive(Args)]
pub(super) struct RoundsCommand {
    /// A static ELF32 executable for MIPS32. Default: the verifiers that come with gavel, each with a stored proof.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The file that the program reads as its standard input.
    #[arg(long, requires = "program")]
    input: Option<PathBuf>,
    /// The operator's lie, KIND or KIND@STEP as in `gavel demo`. The default, a word of memory that is read wrongly in the middle
    /// of the run, takes every kind of round.
    #[arg(long, default_value = "read")]
    lie: String,
    /// Intervals that one round of the search divides into, a power of two from 2 to 256.
    #[arg(long, value_parser = arity, default_value_t = 16)]
    arity: u32,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// A measured game; documented in `docs/json.md`.
#[derive(Serialize)]
struct Game {
    program: String,
    steps: u64,
    decided_by: String,
    total_vbytes: u64,
    /// One plain run of the program.
    run: Time,
    /// All before the first transaction of the dispute: runs, leaves, signatures, and the claim.
    set_up: Time,
    answers: Vec<Answer>,
    /// The longest of the answers.
    slowest: Time,
}

/// A confirmed transaction, and the time since the one before it.
#[derive(Serialize)]
struct Answer {
    name: String,
    #[serde(flatten)]
    time: Time,
}

/// How long something took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Time {
    seconds: f64,
    /// Of one processor, on all threads.
    processor_seconds: f64,
}

/// A stopwatch.
struct Clock {
    since: Instant,
    spent: f64,
}

impl Clock {
    fn start() -> Self {
        Self {
            since: Instant::now(),
            spent: processor::spent(),
        }
    }

    /// The time since the last call.
    fn lap(&mut self) -> Time {
        let before = std::mem::replace(self, Self::start());
        Time {
            seconds: (self.since - before.since).as_secs_f64(),
            processor_seconds: self.spent - before.spent,
        }
    }
}

impl RoundsCommand {
    /// Plays, and prints the times.
    pub(super) fn execute(&self) -> Result<(), CliError> {
        let lie = self.lie.parse();
        let lie: Lie = lie.map_err(|error: LieError| CliError::Usage(error.to_string()))?;
        let games = match &self.program {
            Some(path) => vec![self.game(
                &path.display().to_string(),
                &program::read(path)?,
                program::input(self.input.as_ref())?,
                lie,
            )?],
            None => {
                let games = guests().into_iter();
                let games =
                    games.map(|guest| self.game(guest.program, guest.elf, guest.input, lie));
                games.collect::<Result<_, _>>()?
            }
        };
        match self.json {
            true => output::json(&games),
            false => games.iter().try_for_each(Game::print),
        }
    }

    fn game(&self, program: &str, elf: &[u8], input: Vec<u8>, lie: Lie) -> Result<Game, CliError> {
        let progress = output::spinner();
        progress.set_message(format!("playing a game about {program}"));
        let mut chain = KernelChain::start()?;
        let mut clock = Clock::start();
        let steps = program::run(elf, &input)?.steps;
        let run = clock.lap();
        let scenario = Scenario {
            arity_bits: self.arity.trailing_zeros() as u8,
            ..Scenario::new(program::image(elf)?, input, Some(lie))
        };
        let mut answers = Vec::new();
        let outcome = scenario.play(&mut chain, &mut |report| {
            let (name, time) = (report.name.clone(), clock.lap());
            answers.push(Answer { name, time });
        });
        progress.finish_and_clear();
        let outcome = outcome.map_err(Box::new)?;
        // The first transaction is the claim.
        let claim = answers.drain(..answers.len().min(1)).next();
        let longest = |a: &Answer, b: &Answer| a.time.seconds.total_cmp(&b.time.seconds);
        let slowest = answers.iter().max_by(|a, b| longest(a, b));
        Ok(Game {
            program: program.to_owned(),
            steps,
            decided_by: outcome.decided_by,
            total_vbytes: outcome.total_vbytes,
            run,
            set_up: claim.map(|claim| claim.time).unwrap_or_default(),
            slowest: slowest.map(|answer| answer.time).unwrap_or_default(),
            answers,
        })
    }
}

impl Game {
    fn print(&self) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}: {} steps, {} vbytes, decided by {}",
            self.program,
            grouped(self.steps),
            grouped(self.total_vbytes),
            self.decided_by
        )?;
        writeln!(out, "{:<40}{:>10}{:>10}", "", "seconds", "CPU s")?;
        let before = [("plain run", self.run), ("set-up and claim", self.set_up)];
        let answers = self.answers.iter();
        let answers = answers.map(|answer| (answer.name.as_str(), answer.time));
        for (name, time) in before
            .into_iter()
            .chain(answers)
            .chain([("slowest answer", self.slowest)])
        {
            let (seconds, processor) = (time.seconds, time.processor_seconds);
            writeln!(out, "{name:<40}{seconds:>10.2}{processor:>10.2}")?;
        }
        writeln!(out)?;
        Ok(())
    }
}
