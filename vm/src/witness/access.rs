//! Register accesses: the chunk of a register and its path to the state digest.

use super::StepWitness;
use crate::digest::{Digest, Hasher, RegisterTree};

/// Which register a dispute is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AccessKind {
    /// The register that bits 21..26 of the instruction name.
    Rs,
    /// The register that bits 16..21 of the instruction name.
    Rt,
    /// The register that the step writes.
    Dest,
    /// pc, next_pc, HI and LO. The chunk opened is that of register 0 and does not count.
    Cpu,
}

impl AccessKind {
    /// All kinds, in the order of their numbers in the protocol.
    pub const ALL: [AccessKind; 4] = [
        AccessKind::Rs,
        AccessKind::Rt,
        AccessKind::Dest,
        AccessKind::Cpu,
    ];
}

/// What RevealAccess reveals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessOpening {
    /// The register.
    pub register: u8,
    /// The C words of its chunk, before the step.
    pub chunk: Vec<u32>,
    /// Siblings of the path's nodes at levels 0 to G - 1.
    pub level_sibling: Vec<Digest>,
    /// Nodes of the path before the step, at levels 1 to G.
    pub gpr_old: Vec<Digest>,
    /// Nodes of the path after the step, at levels 1 to G.
    pub gpr_new: Vec<Digest>,
    /// The register file's digest before the step.
    pub file_before: Digest,
    /// The memory root before the step.
    pub memory_root: Digest,
    /// The state digest before the step.
    pub state_before: Digest,
}

impl StepWitness {
    /// The register that an access of this kind is about.
    pub fn register(&self, kind: AccessKind) -> u8 {
        match kind {
            AccessKind::Rs => (self.words.instr >> 21) as u8 & 31,
            AccessKind::Rt => (self.words.instr >> 16) as u8 & 31,
            AccessKind::Dest => self.words.dest(),
            AccessKind::Cpu => 0,
        }
    }

    /// What RevealAccess reveals for an access of this kind.
    pub fn access(&self, hasher: &Hasher, kind: AccessKind) -> AccessOpening {
        let register = self.register(kind);
        let levels = hasher.length().register_levels();
        let before = RegisterTree::new(hasher, &self.gpr_before);
        let after = RegisterTree::new(hasher, &self.gpr_after);
        AccessOpening {
            register,
            chunk: before.node(0, register).0[..hasher.length().chunk_words()].to_vec(),
            level_sibling: (0..levels)
                .map(|level| before.sibling(level, register))
                .collect(),
            gpr_old: (1..=levels)
                .map(|level| before.node(level, register))
                .collect(),
            gpr_new: (1..=levels)
                .map(|level| after.node(level, register))
                .collect(),
            file_before: self.file_before,
            memory_root: self.memory_root,
            state_before: self.state_before,
        }
    }
}
