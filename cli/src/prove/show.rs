//! How far a proof is, on a terminal.

use crate::error::CliError;
use crate::output;
use gavel_prover::pipeline::Event;
use indicatif::ProgressBar;
use std::io::Write;

/// A line that shows the running stage.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let progress = output::spinner();
        progress.set_message("running the program");
        Self(progress)
    }

    pub(super) fn show(&mut self, event: &Event) {
        match *event {
            Event::Begin { stage, total: 1 } => {
                output::to_spinner(&self.0);
                self.0.set_message(stage.name());
            }
            Event::Begin { stage, total } => output::to_bar(&self.0, total, stage.name()),
            Event::Advance { done, .. } => self.0.set_position(done),
        }
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Says that a proof does not convince, if it does not.
pub(super) fn warn(out: &mut impl Write, insecure: bool) -> Result<(), CliError> {
    if insecure {
        writeln!(
            out,
            "INSECURE: the set-up's secret is public, or the parameters are those of a trial; anybody can make such a proof of anything"
        )?;
    }
    Ok(())
}
