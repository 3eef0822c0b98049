//! `gavel demo`: a whole game on Bitcoin Core.

mod proof;
mod show;
mod trace;

use crate::error::CliError;
use crate::output;
use clap::{Args, ValueEnum};
use gavel_regtest::scenario::{Outcome, Report};
use gavel_regtest::{BitcoindChain, Chain, KernelChain};
use proof::ProofGame;
use std::path::PathBuf;
use trace::TraceGame;

/// Play a dispute about a program's run, or about a proof, on Bitcoin Core.
#[derive(Args)]
pub(crate) struct Demo {
    /// What is disputed: the run of a program, or the check of a Groth16 proof.
    #[arg(long, value_enum, default_value_t = Game::Trace)]
    game: Game,
    /// A static ELF32 executable for MIPS32. Trace game: default a Go program that says hello. Proof game: its run is proved, and
    /// that proof asserted.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The file that the program reads as its standard input.
    #[arg(long)]
    input: Option<PathBuf>,
    #[command(flatten)]
    trace: TraceGame,
    #[command(flatten)]
    proof: ProofGame,
    /// What goes wrong. Trace game: a lie of the operator or a failure of a party, KIND or KIND@STEP; default: nothing, and nobody
    /// challenges. Proof game: the value that is false (first, middle, last, or a slot by its name or number), wrong-proof, or
    /// what the parties do (unchallenged, operator-silent, operator-silent@N, watcher-silent, late-disprove); default: nothing,
    /// and somebody challenges.
    #[arg(long)]
    lie: Option<String>,
    /// Signers of the deposit: the operator and the potential challengers.
    #[arg(long, default_value_t = 3)]
    signers: usize,
    /// Play on a real bitcoind instead of Bitcoin Core's validation in this process.
    #[arg(long)]
    bitcoind: bool,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
}

/// What is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Game {
    /// The run of a program.
    Trace,
    /// The check of a proof.
    Proof,
}

impl Demo {
    /// Plays the game and prints what happens.
    pub(crate) fn execute(&self) -> Result<(), CliError> {
        let (option, other) = match self.game {
            Game::Trace => (self.proof.given(), "proof"),
            Game::Proof => (self.trace.given(), "trace"),
        };
        if let Some(option) = option {
            return Err(CliError::Usage(format!(
                "{option} is for the {other} game: --game {other}"
            )));
        }
        match self.game {
            Game::Trace => self.trace.play(self),
            Game::Proof => self.proof.play(self),
        }
    }

    /// The chain that is asked for.
    fn chain(&self) -> Result<Box<dyn Chain>, CliError> {
        Ok(match self.bitcoind {
            true => Box::new(BitcoindChain::start()?),
            false => Box::new(KernelChain::start()?),
        })
    }

    /// Says what is going to be played, unless only the result is wanted.
    fn introduce(&self, statement: &str, lie: &str, parameters: &str) -> Result<(), CliError> {
        let chain = match self.bitcoind {
            true => "bitcoind",
            false => "Bitcoin Core in process",
        };
        match self.json {
            true => Ok(()),
            false => show::introduction(&format!(
                "{statement}; {lie}; {} signers, {parameters}, on {chain}",
                self.signers
            )),
        }
    }

    /// Plays, shows every transaction when it is confirmed, and the outcome.
    fn show<E>(
        &self,
        progress: &indicatif::ProgressBar,
        play: impl FnOnce(&mut dyn Chain, &mut dyn FnMut(&Report)) -> Result<Outcome, E>,
    ) -> Result<(), CliError>
    where
        CliError: From<E>,
    {
        let mut chain = self.chain()?;
        let mut failed = None;
        let outcome = play(&mut *chain, &mut |report| {
            let shown = match self.json {
                true => Ok(()),
                false => progress.suspend(|| show::transaction(report)),
            };
            failed = failed.take().or(shown.err());
            progress.set_message("playing");
        });
        progress.finish_and_clear();
        let outcome = outcome?;
        match failed {
            Some(error) => Err(error),
            None if self.json => output::json(&outcome),
            None => show::outcome(&outcome),
        }
    }
}
