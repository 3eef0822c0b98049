//! What the challenger selects, from the difference between its own trace and what the operator says: section 6 of the
//! protocol.

use crate::game::answer::AnswerError;
use crate::game::fingerprint::Fingerprints;
use crate::game::trace::{AccessKind, PathKind, PathReveal, Trace};
use crate::game::view::View;
use crate::graph::name::Move;
use crate::params::Params;
use crate::slot::{Slot, StepWord};

/// The part of the trace to dispute after a disclosure: the first whose start is right and whose end is not.
///
/// # Errors
/// The trace has no answer, or the disclosure is unknown.
pub fn trace_part(
    params: &Params,
    trace: &mut dyn Trace,
    view: &View,
    round: u8,
) -> Result<u64, AnswerError> {
    let missing = || AnswerError::Missing(Move::Select { round });
    let (start, length) = view
        .trace_interval(params, usize::from(round) - 1)
        .ok_or_else(missing)?;
    let bits = params.trace_rounds[usize::from(round) - 1];
    let parts = 1u16 << bits;
    let positions: Vec<u64> = (1..parts)
        .map(|boundary| start + u64::from(boundary) * (length >> bits))
        .collect();
    let prints = Fingerprints::new(params.digest_bits, view).ok_or_else(missing)?;
    let truths = trace.digests(&positions)?;
    for ((boundary, position), truth) in (1..parts).zip(positions).zip(truths) {
        let said = view
            .values
            .get(Slot::Trace { round, boundary })
            .ok_or_else(missing)?;
        // Where there is no true state, what is said is false, even if it is the constant REJECT.
        let agrees = truth.is_some_and(|state| said == prints.of(position, &state));
        if !agrees {
            return Ok(u64::from(boundary) - 1);
        }
    }
    Ok(u64::from(parts) - 1)
}

/// What to dispute about a revealed step that no leaf refutes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepDispute {
    /// A part of the register file.
    Access(AccessKind),
    /// A path in the memory tree.
    Path(PathKind),
}

/// Finds what is false about a revealed step.
///
/// # Errors
/// The trace has no answer, or the reveal is unknown.
pub fn step_dispute(
    params: &Params,
    trace: &mut dyn Trace,
    view: &View,
) -> Result<StepDispute, AnswerError> {
    let missing = || AnswerError::Missing(Move::SelectPath);
    let index = view.step_index(params).ok_or_else(missing)?;
    let steps = u64::from(view.claim().ok_or_else(missing)?.steps);
    let truth = trace.step(index)?;
    let differs = |word: StepWord| -> Result<bool, AnswerError> {
        Ok(view.word(word).ok_or_else(missing)? != truth.words[word as usize])
    };
    for word in [StepWord::Pc, StepWord::NextPc, StepWord::Hi, StepWord::Lo] {
        if differs(word)? {
            return Ok(StepDispute::Access(AccessKind::Cpu));
        }
    }
    // Each of these decides what the next ones mean: the instruction names the registers, operands and memory make the
    // result, and the result is in the file. Where there is no machine step, none of them is disputed.
    if (1..=steps).contains(&index) {
        if differs(StepWord::Instr)? {
            return Ok(StepDispute::Path(PathKind::Fetch));
        }
        if differs(StepWord::Rs)? {
            return Ok(StepDispute::Access(AccessKind::Rs));
        }
        if differs(StepWord::Rt)? {
            return Ok(StepDispute::Access(AccessKind::Rt));
        }
        if differs(StepWord::MemOld)? {
            return Ok(StepDispute::Path(PathKind::Data));
        }
        if view.values.get(Slot::FileAfter).ok_or_else(missing)? != truth.file_after {
            return Ok(StepDispute::Access(AccessKind::Dest));
        }
    }
    Ok(StepDispute::Path(match index {
        0 => PathKind::Boot,
        _ if index == steps + 1 => PathKind::Output,
        _ => PathKind::Data,
    }))
}

/// The part of the path to dispute after a disclosure.
///
/// A false node before the step is disputed where it meets a true one above it; else, going up, the first false node
/// after the step. Positions above the state digest are never selected: the one before is already decided.
///
/// # Errors
/// The trace has no answer, or the disclosure is unknown.
pub fn path_part(
    params: &Params,
    trace: &mut dyn Trace,
    view: &View,
    round: u8,
) -> Result<u64, AnswerError> {
    let missing = || AnswerError::Missing(Move::SelectPathPart { round });
    let (start, length) = view
        .path_interval(params, usize::from(round) - 1)
        .ok_or_else(missing)?;
    let index = view.step_index(params).ok_or_else(missing)?;
    let kind = view.path_kind().ok_or_else(missing)?;
    let judge = PathJudge {
        params,
        view,
        kind,
        truth: trace.path(index, kind)?,
    };
    let bits = params.path_rounds[usize::from(round) - 1];
    let parts = 1u64 << bits;
    let position = |boundary: u64| start + boundary * (length >> bits);
    for boundary in (0..parts).rev() {
        if judge
            .old_is_false(position(boundary), round)
            .ok_or_else(missing)?
        {
            return Ok(boundary);
        }
    }
    for boundary in 1..parts {
        if judge
            .new_is_false(position(boundary), round)
            .ok_or_else(missing)?
        {
            return Ok(boundary - 1);
        }
    }
    Ok(parts - 1)
}

struct PathJudge<'a> {
    params: &'a Params,
    view: &'a View,
    kind: PathKind,
    truth: PathReveal,
}

impl PathJudge<'_> {
    /// Position of the state digest, whose old value is the agreed one and whose new value is the disputed one.
    fn top(&self) -> u64 {
        self.params.digest_bits.memory_levels() as u64 + 2
    }

    /// Positions up to this one stand for the region below its root, which the claim speaks of.
    fn region(&self) -> Option<u64> {
        match self.kind {
            PathKind::Output | PathKind::Boot => {
                Some(self.params.digest_bits.region_level() as u64)
            }
            PathKind::Fetch | PathKind::Data => None,
        }
    }

    /// Where the boundary at `position` was disclosed: in this round or in one before.
    fn disclosed(&self, position: u64, last: u8) -> Option<(u8, u16)> {
        let mut found = None;
        for round in 1..=last {
            let (start, length) = self
                .view
                .path_interval(self.params, usize::from(round) - 1)?;
            let bits = self.params.path_rounds[usize::from(round) - 1];
            let width = length >> bits;
            if position > start
                && position < start + length
                && (position - start).is_multiple_of(width)
            {
                found = Some((round, ((position - start) / width) as u16));
            }
        }
        found
    }

    fn node_is_false(&self, position: u64, truth: &[Vec<u32>], slot: Slot) -> Option<bool> {
        let said = self.view.values.get(slot)?;
        Some(
            truth
                .get(position as usize - 1)
                .is_none_or(|node| said != node),
        )
    }

    fn old_is_false(&self, position: u64, round: u8) -> Option<bool> {
        if position >= self.top() {
            return Some(false);
        }
        if self.region().is_some_and(|region| position <= region) {
            return Some(self.kind == PathKind::Output);
        }
        if position == 0 {
            let word = if self.kind == PathKind::Fetch {
                StepWord::Instr
            } else {
                StepWord::MemOld
            };
            return Some(!self.word_is_true(word)?);
        }
        let (round, boundary) = self.disclosed(position, round)?;
        self.node_is_false(position, &self.truth.old, Slot::PathOld { round, boundary })
    }

    fn new_is_false(&self, position: u64, round: u8) -> Option<bool> {
        if position >= self.top() {
            return Some(true);
        }
        if position == 0 || self.region().is_some_and(|region| position <= region) {
            return Some(false);
        }
        let (round, boundary) = self.disclosed(position, round)?;
        self.node_is_false(position, &self.truth.new, Slot::PathNew { round, boundary })
    }

    /// Whether the word at the path's lower end stands in the true chunk before the step.
    fn word_is_true(&self, word: StepWord) -> Option<bool> {
        let said = self.view.word(word)?;
        let words = self.params.digest_bits.chunk_words() as u32;
        let address = match self.kind {
            PathKind::Fetch => self.view.word(StepWord::Pc)?,
            _ => self.view.word(StepWord::Addr)?,
        };
        let chunk = self.truth.old.first()?;
        chunk
            .get((address / 4 % words) as usize)
            .map(|&truth| truth == said)
    }
}
