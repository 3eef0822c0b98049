//! What a proof is made with.

use crate::recursion::circuits::Circuits;
use crate::recursion::{RecursionError, SegmentCircuit};
use crate::segment::Size;
use crate::stark::lookup::TABLES;
use crate::stark::{proof, range};
use crate::wrap::layer::Security;
use serde::{Deserialize, Serialize};
use starky::config::StarkConfig;

/// How much a proof convinces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// 100 bits, conjectured, in every layer: `docs/prover.md` and `docs/wrap.md` say more.
    #[serde(rename = "standard")]
    Standard,
    /// Two queries where the standard has many: for trials of the machinery. **Proves nothing.**
    #[serde(rename = "INSECURE-trial")]
    Trial,
}

impl Level {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Trial => "INSECURE-trial",
        }
    }

    pub(super) fn stark(self) -> StarkConfig {
        let mut config = proof::config();
        if self == Self::Trial {
            config.fri_config.num_query_rounds = 2;
            config.fri_config.proof_of_work_bits = 1;
        }
        config
    }

    pub(super) fn last(self) -> Security {
        match self {
            Self::Standard => Security::STANDARD,
            Self::Trial => Security::TINY,
        }
    }
}

/// What a proof is made with. Other parameters have other circuits, and so another Groth16 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Rows of a segment's CPU table, as a power of two: a segment has one step less at most.
    pub cpu_bits: usize,
    /// Rows of its memory table, as a power of two.
    pub memory_bits: usize,
    /// How much the proof convinces.
    pub level: Level,
    /// The most steps that a run may take.
    pub limit: u64,
}

impl Parameters {
    /// Segments of 131,071 steps; runs of at most 2^24.
    pub const STANDARD: Self = Self {
        cpu_bits: 17,
        memory_bits: 15,
        level: Level::Standard,
        limit: 1 << 24,
    };

    /// Short segments, next to no security: for trials of the machinery.
    pub const TRIAL: Self = Self {
        cpu_bits: 10,
        memory_bits: 12,
        level: Level::Trial,
        limit: 1 << 24,
    };

    /// Whether a proof with these parameters proves nothing.
    pub fn is_insecure(&self) -> bool {
        self.level == Level::Trial
    }

    pub(super) fn size(&self) -> Size {
        Size {
            cpu_bits: self.cpu_bits,
            memory_bits: self.memory_bits,
        }
    }

    /// Rows of the tables, as powers of two.
    fn heights(&self) -> [usize; TABLES] {
        [self.cpu_bits, self.memory_bits, range::BITS]
    }

    /// Builds the circuits.
    pub(super) fn circuits(&self) -> Result<Circuits, RecursionError> {
        let segment = SegmentCircuit::with_config(self.heights(), self.level.stark());
        Circuits::with_segment(segment)
    }

    /// The circuits from their bytes.
    pub(super) fn circuits_of(&self, bytes: &[u8]) -> Result<Circuits, RecursionError> {
        Circuits::from_bytes(bytes, self.heights(), self.level.stark())
    }
}
