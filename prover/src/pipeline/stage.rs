//! Stages, and who is told about them.

use serde::{Deserialize, Serialize};
use std::time::Instant;

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// STARKs of the segments. Its progress is counted in steps.
    Segment,
    /// Building the circuits of the recursion.
    Circuits,
    /// Proofs that the STARKs are valid, one for each segment.
    Recursion,
    /// Proofs of the chain of segments, each one segment longer than the last.
    Chain,
    /// The proof of the claim.
    Statement,
    /// The proof that is hashed with BN254 Poseidon.
    LastLayer,
    /// Its verifier as constraints.
    Constraints,
    /// The Groth16 key: made or read.
    Key,
    /// The Groth16 proof.
    Groth16,
    /// Its verification.
    Verification,
}

impl Stage {
    /// Its name, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segment => "segments",
            Self::Circuits => "circuits",
            Self::Recursion => "recursion",
            Self::Chain => "chain",
            Self::Statement => "statement",
            Self::LastLayer => "last layer",
            Self::Constraints => "constraints",
            Self::Key => "key",
            Self::Groth16 => "Groth16",
            Self::Verification => "verification",
        }
    }
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A stage begins, and has so much to do: steps of the run for segments, else proofs.
    Begin {
        /// The stage.
        stage: Stage,
        /// What it has to do.
        total: u64,
    },
    /// The stage has come so far.
    Advance {
        /// The stage.
        stage: Stage,
        /// What is done.
        done: u64,
        /// Whether the last part of it was there from an earlier attempt.
        kept: bool,
    },
}

/// What a stage took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StageTime {
    /// The stage.
    pub stage: Stage,
    /// Its time.
    pub seconds: f64,
    /// Proofs (or whatever the stage makes) that were made.
    pub made: usize,
    /// Those that were there from an earlier attempt.
    pub kept: usize,
}

/// Tells the observer, and takes the time.
pub(super) struct Clock<'a> {
    observe: &'a mut dyn FnMut(&Event),
    since: Instant,
    times: Vec<StageTime>,
}

impl<'a> Clock<'a> {
    pub(super) fn new(observe: &'a mut dyn FnMut(&Event)) -> Self {
        Self {
            observe,
            since: Instant::now(),
            times: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, stage: Stage, total: u64) {
        self.stop();
        self.times.push(StageTime {
            stage,
            seconds: 0.0,
            made: 0,
            kept: 0,
        });
        (self.observe)(&Event::Begin { stage, total });
    }

    /// Something was made.
    pub(super) fn made(&mut self, done: u64) {
        self.advance(done, false);
    }

    /// Something was there.
    pub(super) fn kept(&mut self, done: u64) {
        self.advance(done, true);
    }

    fn advance(&mut self, done: u64, kept: bool) {
        let Some(time) = self.times.last_mut() else {
            return;
        };
        match kept {
            true => time.kept += 1,
            false => time.made += 1,
        }
        let stage = time.stage;
        (self.observe)(&Event::Advance { stage, done, kept });
    }

    /// The running stage ends.
    fn stop(&mut self) {
        if let Some(time) = self.times.last_mut() {
            time.seconds = self.since.elapsed().as_secs_f64();
        }
        self.since = Instant::now();
    }

    pub(super) fn finish(mut self) -> Vec<StageTime> {
        self.stop();
        self.times
    }
}
