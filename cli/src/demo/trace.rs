//! The trace game: a dispute about a program's run.

use super::Demo;
use crate::arguments::{arity, digest_length};
use crate::error::CliError;
use crate::output;
use crate::program;
use clap::Args;
use gavel_regtest::scenario::{Lie, LieError, Scenario};
use gavel_vm::digest::DigestLength;

/// The program that is played when none is named: hello world, compiled by Go.
const DEFAULT_PROGRAM: &[u8] = include_bytes!("../../../vm/programs/elf/go-hello-be.elf");

const DEFAULT_ARITY: u32 = 16;

/// Options of the trace game.
#[derive(Args)]
pub(super) struct TraceGame {
    /// Trace game: intervals that one round of the search divides into, a power of two from 2 to 256. Default: 16.
    #[arg(long, value_parser = arity)]
    arity: Option<u32>,
    /// Trace game: length of the digests, 256 or 160. Default: 256.
    #[arg(long, value_parser = digest_length)]
    digest_bits: Option<DigestLength>,
}

impl TraceGame {
    /// One of its options that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let options = [
            (self.arity.is_some(), "--arity"),
            (self.digest_bits.is_some(), "--digest-bits"),
        ];
        let mut given = options.into_iter().filter(|(given, _)| *given);
        given.next().map(|(_, option)| option)
    }

    /// Plays it.
    pub(super) fn play(&self, demo: &Demo) -> Result<(), CliError> {
        let lie = demo.lie.as_deref().map(str::parse::<Lie>).transpose();
        let lie = lie.map_err(|error: LieError| CliError::Usage(error.to_string()))?;
        let image = match &demo.program {
            Some(path) => program::image(&program::read(path)?)?,
            None => program::image(DEFAULT_PROGRAM)?,
        };
        let arity = self.arity.unwrap_or(DEFAULT_ARITY);
        let scenario = Scenario {
            signers: demo.signers,
            digest: self.digest_bits.unwrap_or(DigestLength::Bits256),
            arity_bits: arity.trailing_zeros() as u8,
            ..Scenario::new(image, program::input(demo.input.as_ref())?, lie)
        };
        let program = demo.program.as_ref();
        demo.introduce(
            &program.map_or("a Go program that says hello".into(), |path| {
                path.display().to_string()
            }),
            &lie.map_or("nobody lies".into(), |lie| format!("lie: {lie}")),
            &format!("arity {arity}"),
        )?;
        let progress = output::spinner();
        progress.set_message("running the program, compiling leaves, signing transactions");
        demo.show(&progress, |chain, observer| {
            scenario.play(chain, observer).map_err(Box::new)
        })
    }
}
