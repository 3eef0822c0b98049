//! The places of the committed values of one game: section 4 of the protocol.

use std::fmt;

use gavel_vm::digest::DigestLength;
use serde::{Deserialize, Serialize};

use crate::winternitz::Shape;

/// One word that RevealStep commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StepWord {
    /// The number of the disputed step in the trace.
    Index,
    /// Address of the instruction.
    Pc,
    /// Address of the instruction after it.
    NextPc,
    /// The word at `pc`.
    Instr,
    /// Value of the register that bits 21..26 of the instruction name.
    Rs,
    /// Value of the register that bits 16..21 of the instruction name.
    Rt,
    /// The value written to the destination register.
    Result,
    /// The aligned address of the memory access.
    Addr,
    /// The word at `addr` before the step.
    MemOld,
    /// The word at `addr` after the step.
    MemNew,
    /// `pc` after the step.
    PcAfter,
    /// `next_pc` after the step.
    NextPcAfter,
    /// HI before the step.
    Hi,
    /// LO before the step.
    Lo,
    /// HI after the step.
    HiAfter,
    /// LO after the step.
    LoAfter,
}

impl StepWord {
    /// Every word of the step, in the order of the protocol.
    pub const ALL: [Self; 16] = [
        Self::Index,
        Self::Pc,
        Self::NextPc,
        Self::Instr,
        Self::Rs,
        Self::Rt,
        Self::Result,
        Self::Addr,
        Self::MemOld,
        Self::MemNew,
        Self::PcAfter,
        Self::NextPcAfter,
        Self::Hi,
        Self::Lo,
        Self::HiAfter,
        Self::LoAfter,
    ];

    /// The name that the protocol gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Pc => "pc",
            Self::NextPc => "next_pc",
            Self::Instr => "instr",
            Self::Rs => "rs",
            Self::Rt => "rt",
            Self::Result => "result",
            Self::Addr => "addr",
            Self::MemOld => "mem_old",
            Self::MemNew => "mem_new",
            Self::PcAfter => "pc_after",
            Self::NextPcAfter => "next_pc_after",
            Self::Hi => "hi",
            Self::Lo => "lo",
            Self::HiAfter => "hi_after",
            Self::LoAfter => "lo_after",
        }
    }
}

/// The place of one value that the operator commits with a Winternitz key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Slot {
    /// Digest of the claimed input (Claim).
    Input,
    /// Digest of the claimed output (Claim).
    Output,
    /// Machine steps that the claim counts (Claim).
    Steps,
    /// The random number that makes fingerprints unpredictable: the challenger's (Challenge), and the operator's copy (the
    /// first Disclose).
    Salt,
    /// Fingerprint of the state at a boundary of the interval under dispute (Disclose).
    Trace {
        /// Round, counted from 1.
        round: u8,
        /// Boundary, counted from 1 to `2^bits - 1`.
        boundary: u16,
    },
    /// A word of the step (RevealStep).
    Step(StepWord),
    /// Digest of the register file after the step (RevealStep).
    FileAfter,
    /// State digest before the step (RevealStep).
    StateBefore,
    /// State digest after the step (RevealStep).
    StateAfter,
    /// Fingerprint of the state before the step (RevealStep).
    FingerprintBefore,
    /// Fingerprint of the state after the step (RevealStep).
    FingerprintAfter,
    /// A node of the old path (DisclosePath).
    PathOld {
        /// Round, counted from 1.
        round: u8,
        /// Boundary, counted from 1 to `2^bits - 1`.
        boundary: u16,
    },
    /// A node of the new path (DisclosePath).
    PathNew {
        /// Round, counted from 1.
        round: u8,
        /// Boundary, counted from 1 to `2^bits - 1`.
        boundary: u16,
    },
    /// The other child at the disputed level (RevealPath).
    Sibling,
    /// The address whose path is disputed (RevealPath).
    PathAddr,
    /// A word of the disputed register's chunk (RevealAccess).
    Chunk(u8),
    /// The sibling of level `0..G` on the register's path; that of level 0 is a chunk (RevealAccess).
    LevelSibling(u8),
    /// The node of level `1..=G` on the register's path before the step (RevealAccess).
    GprOld(u8),
    /// The node of level `1..=G` on the register's path after the step (RevealAccess).
    GprNew(u8),
    /// Digest of the register file before the step (RevealAccess).
    FileBefore,
    /// Root of the memory before the step (RevealAccess).
    MemoryRoot,
}

impl Slot {
    /// Digests and fingerprints, which RevealStep commits after the words.
    pub const STEP_DIGESTS: [Self; 5] = [
        Self::FileAfter,
        Self::StateBefore,
        Self::StateAfter,
        Self::FingerprintBefore,
        Self::FingerprintAfter,
    ];

    /// Words that it holds.
    pub const fn words(self, digest: DigestLength) -> usize {
        match self {
            Self::Steps | Self::Step(_) | Self::PathAddr | Self::Chunk(_) => 1,
            Self::Salt => 2,
            Self::Trace { .. } | Self::FingerprintBefore | Self::FingerprintAfter => {
                digest.fingerprint_words()
            }
            _ => digest.words(),
        }
    }

    /// The Winternitz shape of its key.
    pub const fn shape(self, digest: DigestLength) -> Shape {
        match self.words(digest) {
            1 => Shape::WORD,
            2 => Shape::WORDS_2,
            3 => Shape::WORDS_3,
            4 => Shape::WORDS_4,
            5 => Shape::DIGEST_160,
            _ => Shape::DIGEST_256,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("input"),
            Self::Output => f.write_str("output"),
            Self::Steps => f.write_str("steps"),
            Self::Salt => f.write_str("salt"),
            Self::Trace { round, boundary } => write!(f, "trace[{round}][{boundary}]"),
            Self::Step(word) => f.write_str(word.name()),
            Self::FileAfter => f.write_str("file_after"),
            Self::StateBefore => f.write_str("state_before"),
            Self::StateAfter => f.write_str("state_after"),
            Self::FingerprintBefore => f.write_str("fingerprint_before"),
            Self::FingerprintAfter => f.write_str("fingerprint_after"),
            Self::PathOld { round, boundary } => write!(f, "path_old[{round}][{boundary}]"),
            Self::PathNew { round, boundary } => write!(f, "path_new[{round}][{boundary}]"),
            Self::Sibling => f.write_str("sibling"),
            Self::PathAddr => f.write_str("path_addr"),
            Self::Chunk(word) => write!(f, "chunk[{word}]"),
            Self::LevelSibling(level) => write!(f, "level_sibling[{level}]"),
            Self::GprOld(level) => write!(f, "gpr_old[{level}]"),
            Self::GprNew(level) => write!(f, "gpr_new[{level}]"),
            Self::FileBefore => f.write_str("file_before"),
            Self::MemoryRoot => f.write_str("memory_root"),
        }
    }
}

/// The place of the operator's copy of one bit of a selection; bit 0 of a selection is its least significant one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Choice {
    /// The part of the trace selected in a round.
    Trace {
        /// Round, counted from 1.
        round: u8,
        /// Bit of the selection.
        bit: u8,
    },
    /// The kind of path (0 fetch, 1 data, 2 output, 3 boot).
    PathKind {
        /// Bit of the selection.
        bit: u8,
    },
    /// The part of the path selected in a round.
    Path {
        /// Round, counted from 1.
        round: u8,
        /// Bit of the selection.
        bit: u8,
    },
    /// The kind of access (0 rs, 1 rt, 2 dest, 3 cpu).
    AccessKind {
        /// Bit of the selection.
        bit: u8,
    },
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trace { round, bit } => write!(f, "select[{round}].{bit}"),
            Self::PathKind { bit } => write!(f, "path_kind.{bit}"),
            Self::Path { round, bit } => write!(f, "select_path[{round}].{bit}"),
            Self::AccessKind { bit } => write!(f, "access_kind.{bit}"),
        }
    }
}
