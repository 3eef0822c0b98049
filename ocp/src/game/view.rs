//! What a dispute has said so far: committed values and selections, read from confirmed transactions, and what else the
//! operator was heard to say of them.

use std::collections::BTreeMap;

use gavel_script_gen::mips::Equivocations;
use gavel_script_gen::winternitz::Signature;

use crate::game::trace::{AccessKind, Claim, PathKind};
use crate::params::Params;
use crate::reveal::Reading;
use crate::slot::{Choice, Slot, StepWord, Values};

/// The values of one dispute that both sides can see.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The operator's values, its copies of selections, and of a selection that is not copied yet the challenger's original.
    pub values: Values,
    /// The operator's signatures of its values.
    pub signatures: BTreeMap<Slot, Signature>,
    /// The operator's secrets in its copies of selections.
    pub copied: BTreeMap<Choice, Vec<u8>>,
    /// What the operator has opened twice.
    pub equivocations: Equivocations,
}

impl From<Reading> for View {
    fn from(reading: Reading) -> Self {
        Self {
            values: reading.values,
            signatures: reading.signatures,
            copied: reading.copied,
            equivocations: Equivocations::default(),
        }
    }
}

impl View {
    /// The claim, once it is confirmed.
    pub fn claim(&self) -> Option<Claim> {
        let digest = |slot| self.values.get(slot).map(<[u32]>::to_vec);
        let steps = *self.values.get(Slot::Steps)?.first()?;
        Some(Claim {
            input: digest(Slot::Input)?,
            output: digest(Slot::Output)?,
            steps,
        })
    }

    /// A word of the revealed step.
    pub fn word(&self, word: StepWord) -> Option<u32> {
        self.values.get(Slot::Step(word))?.first().copied()
    }

    /// The part selected in a round of the trace search.
    pub fn trace_part(&self, round: u8, bits: u8) -> Option<u64> {
        self.number(bits, |bit| Choice::Trace { round, bit })
    }

    /// The part selected in a round of the path search.
    pub fn path_part(&self, round: u8, bits: u8) -> Option<u64> {
        self.number(bits, |bit| Choice::Path { round, bit })
    }

    /// The kind of path that is disputed.
    pub fn path_kind(&self) -> Option<PathKind> {
        let number = self.number(2, |bit| Choice::PathKind { bit })?;
        PathKind::ALL.get(number as usize).copied()
    }

    /// The kind of access that is disputed.
    pub fn access_kind(&self) -> Option<AccessKind> {
        let number = self.number(2, |bit| Choice::AccessKind { bit })?;
        AccessKind::ALL.get(number as usize).copied()
    }

    /// The disputed interval of the trace after `rounds` rounds: its start and its length.
    pub fn trace_interval(&self, params: &Params, rounds: usize) -> Option<(u64, u64)> {
        let part = |round, bits| self.trace_part(round, bits);
        interval(&params.trace_rounds, params.trace_bits(), rounds, part)
    }

    /// The disputed interval of positions of the path after `rounds` rounds: its start and its length.
    pub fn path_interval(&self, params: &Params, rounds: usize) -> Option<(u64, u64)> {
        let part = |round, bits| self.path_part(round, bits);
        interval(&params.path_rounds, crate::params::PATH_BITS, rounds, part)
    }

    /// The step that the trace search has found.
    pub fn step_index(&self, params: &Params) -> Option<u64> {
        self.trace_interval(params, params.trace_rounds.len())
            .map(|(start, _)| start)
    }

    fn number(&self, bits: u8, choice: impl Fn(u8) -> Choice) -> Option<u64> {
        (0..bits).try_fold(0u64, |number, bit| {
            let set = self.values.choice(choice(bit)).ok()?;
            Some(number | u64::from(set) << bit)
        })
    }
}

fn interval(
    rounds: &[u8],
    total: u32,
    taken: usize,
    part: impl Fn(u8, u8) -> Option<u64>,
) -> Option<(u64, u64)> {
    let mut start = 0;
    let mut length = 1u64 << total;
    for (index, &bits) in rounds.iter().enumerate().take(taken) {
        length >>= bits;
        start += part(index as u8 + 1, bits)? * length;
    }
    Some((start, length))
}
