//! What the operator commits in each of its moves, from its trace.

use crate::game::fingerprint::Fingerprints;
use crate::game::trace::{Trace, TraceError};
use crate::game::view::View;
use crate::graph::name::Move;
use crate::params::Params;
use crate::slot::{Slot, StepWord, Values};

/// Why a party cannot move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The trace has no answer.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A value that should be known from earlier moves is not.
    #[error("{0} cannot be made: the moves before it are not known")]
    Missing(Move),
    /// A list of the trace has the wrong length.
    #[error("the trace answers {what} with {got} entries instead of {expected}")]
    Length {
        /// What was asked.
        what: &'static str,
        /// What came.
        got: usize,
        /// What was expected.
        expected: usize,
    },
}

/// The values that an operator's move commits; all parts of a disclosure have the values of the whole.
///
/// # Errors
/// The trace has no answer, or the moves before are unknown.
pub fn answer(
    params: &Params,
    trace: &mut dyn Trace,
    view: &View,
    mv: Move,
) -> Result<Values, AnswerError> {
    let missing = AnswerError::Missing(mv);
    let mut values = Values::new();
    let step = || view.step_index(params).ok_or(AnswerError::Missing(mv));
    let prints = || Fingerprints::new(params.digest_bits, view).ok_or(AnswerError::Missing(mv));
    match mv {
        Move::Disclose { round, .. } => {
            let (start, length) = view
                .trace_interval(params, usize::from(round) - 1)
                .ok_or(missing)?;
            let bits = params.trace_rounds[usize::from(round) - 1];
            let boundaries = 1..1u16 << bits;
            let positions: Vec<u64> = boundaries
                .clone()
                .map(|boundary| start + u64::from(boundary) * (length >> bits))
                .collect();
            let digests = trace.digests(&positions)?;
            check("the trace's digests", digests.len(), positions.len())?;
            let prints = prints()?;
            for ((boundary, position), digest) in boundaries.zip(positions).zip(digests) {
                let digest = digest.ok_or_else(|| no_state(position))?;
                let slot = Slot::Trace { round, boundary };
                values.set(slot, prints.of(position, &digest));
            }
        }
        Move::RevealStep => {
            let (index, prints) = (step()?, prints()?);
            let reveal = trace.step(index)?;
            for (word, value) in StepWord::ALL.into_iter().zip(reveal.words) {
                values.set(Slot::Step(word), [value]);
            }
            values.set(Slot::FileAfter, reveal.file_after);
            let before = prints.of(index, &reveal.state_before);
            values.set(Slot::FingerprintBefore, before);
            let after = prints.of(index + 1, &reveal.state_after);
            values.set(Slot::FingerprintAfter, after);
            values.set(Slot::StateBefore, reveal.state_before);
            values.set(Slot::StateAfter, reveal.state_after);
        }
        Move::DisclosePath { round, .. } => {
            let (start, length) = view
                .path_interval(params, usize::from(round) - 1)
                .ok_or(missing)?;
            let kind = view.path_kind().ok_or(AnswerError::Missing(mv))?;
            let path = trace.path(step()?, kind)?;
            let expected = params.digest_bits.memory_levels() + 2;
            check("a path's old nodes", path.old.len(), expected)?;
            check("a path's new nodes", path.new.len(), expected)?;
            let bits = params.path_rounds[usize::from(round) - 1];
            for boundary in 1..1u16 << bits {
                let position = start + u64::from(boundary) * (length >> bits);
                // Position p stands for level p - 1. No honest challenger selects above the state digest: there the
                // state digest is repeated.
                let level = (position as usize - 1).min(expected - 1);
                values.set(Slot::PathOld { round, boundary }, path.old[level].clone());
                values.set(Slot::PathNew { round, boundary }, path.new[level].clone());
            }
        }
        Move::RevealPath => {
            let (position, _) = view
                .path_interval(params, params.path_rounds.len())
                .ok_or(missing)?;
            let kind = view.path_kind().ok_or(AnswerError::Missing(mv))?;
            let path = trace.path(step()?, kind)?;
            let expected = params.digest_bits.memory_levels() + 1;
            check("a path's siblings", path.siblings.len(), expected)?;
            // Interval [x, x + 1] is the compression from level x - 1; interval [0, 1] has none and needs no sibling.
            let level = (position as usize).saturating_sub(1).min(expected - 1);
            values.set(Slot::Sibling, path.siblings[level].clone());
            values.set(Slot::PathAddr, [path.address]);
        }
        Move::RevealAccess => access(params, trace, view, step()?, &mut values)?,
        Move::Challenge
        | Move::Select { .. }
        | Move::SelectPath
        | Move::SelectPathPart { .. }
        | Move::SelectAccess => {}
    }
    Ok(values)
}

/// An operator that claims what its own trace does not hold.
fn no_state(position: u64) -> TraceError {
    TraceError {
        what: format!("position {position}"),
        reason: "the trace has no state there".into(),
    }
}

fn access(
    params: &Params,
    trace: &mut dyn Trace,
    view: &View,
    step: u64,
    values: &mut Values,
) -> Result<(), AnswerError> {
    let kind = view
        .access_kind()
        .ok_or(AnswerError::Missing(Move::RevealAccess))?;
    let reveal = trace.access(step, kind)?;
    let levels = params.digest_bits.register_levels();
    check(
        "a register's chunk",
        reveal.chunk.len(),
        params.digest_bits.chunk_words(),
    )?;
    check("a register's siblings", reveal.level_siblings.len(), levels)?;
    check("a register's old nodes", reveal.gpr_old.len(), levels)?;
    check("a register's new nodes", reveal.gpr_new.len(), levels)?;
    for (index, word) in (0u8..).zip(reveal.chunk) {
        values.set(Slot::Chunk(index), [word]);
    }
    for (index, sibling) in (0u8..).zip(reveal.level_siblings) {
        values.set(Slot::LevelSibling(index), sibling);
    }
    for (index, (old, new)) in (1u8..).zip(reveal.gpr_old.into_iter().zip(reveal.gpr_new)) {
        values.set(Slot::GprOld(index), old);
        values.set(Slot::GprNew(index), new);
    }
    values.set(Slot::FileBefore, reveal.file_before);
    values.set(Slot::MemoryRoot, reveal.memory_root);
    Ok(())
}

fn check(what: &'static str, got: usize, expected: usize) -> Result<(), AnswerError> {
    if got == expected {
        Ok(())
    } else {
        Err(AnswerError::Length {
            what,
            got,
            expected,
        })
    }
}
