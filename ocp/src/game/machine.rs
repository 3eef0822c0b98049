//! The trace of the MIPS machine as the game asks for it.

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::image::Image;
use gavel_vm::step::StepWords;
use gavel_vm::trace::Trace as MachineTrace;
use gavel_vm::witness::{MemoryPath, PathNodes};

use crate::game::fingerprint::digest_of;
use crate::game::trace::{
    AccessKind, AccessReveal, Claim, PathKind, PathReveal, StepReveal, Trace, TraceError,
};

/// The operator's trace: honest, or lying on purpose.
#[derive(Clone, Debug)]
pub struct OperatorTrace {
    trace: MachineTrace,
}

impl OperatorTrace {
    /// The trace of a run.
    pub fn new(trace: MachineTrace) -> Self {
        Self { trace }
    }

    /// What the run claims, `None` if it has more steps than a claim can count.
    pub fn claim(&self) -> Option<Claim> {
        game_claim(&self.trace)
    }
}

/// A challenger's view of whatever claim comes: it runs the program itself.
#[derive(Clone, Debug)]
pub struct ChallengerTrace {
    image: Image,
    input: Vec<u8>,
    length: DigestLength,
    trace: Option<MachineTrace>,
}

impl ChallengerTrace {
    /// A view of claims about this program and input. Nothing runs before there is a claim.
    pub fn new(image: Image, input: Vec<u8>, length: DigestLength) -> Self {
        Self {
            image,
            input,
            length,
            trace: None,
        }
    }

    fn trace(&mut self) -> Result<&mut MachineTrace, TraceError> {
        let error = || TraceError {
            what: "the trace".into(),
            reason: "no claim was seen yet".into(),
        };
        self.trace.as_mut().ok_or_else(error)
    }
}

impl Trace for OperatorTrace {
    fn holds(&mut self, claim: &Claim) -> Result<bool, TraceError> {
        Ok(self.claim().as_ref() == Some(claim))
    }

    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Option<Vec<u32>>>, TraceError> {
        digests(&mut self.trace, positions)
    }

    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError> {
        step(&mut self.trace, index)
    }

    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
        path(&mut self.trace, index, kind)
    }

    fn access(&mut self, index: u64, kind: AccessKind) -> Result<AccessReveal, TraceError> {
        access(&mut self.trace, index, kind)
    }
}

impl Trace for ChallengerTrace {
    fn holds(&mut self, claim: &Claim) -> Result<bool, TraceError> {
        let known = self
            .trace
            .as_ref()
            .filter(|trace| game_claim(trace).as_ref() == Some(claim));
        if let Some(trace) = known {
            return Ok(trace.accepted());
        }
        let machine_claim = gavel_vm::trace::Claim {
            input: digest_of(&claim.input),
            output: digest_of(&claim.output),
            steps: u64::from(claim.steps),
        };
        let trace = MachineTrace::challenge(&self.image, &self.input, self.length, machine_claim)
            .map_err(|error| TraceError {
            what: "the claim".into(),
            reason: error.to_string(),
        })?;
        Ok(self.trace.insert(trace).accepted())
    }

    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Option<Vec<u32>>>, TraceError> {
        digests(self.trace()?, positions)
    }

    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError> {
        step(self.trace()?, index)
    }

    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
        path(self.trace()?, index, kind)
    }

    fn access(&mut self, index: u64, kind: AccessKind) -> Result<AccessReveal, TraceError> {
        access(self.trace()?, index, kind)
    }
}

fn game_claim(trace: &MachineTrace) -> Option<Claim> {
    let length = trace.hasher().length();
    let claim = trace.claim();
    let steps = u32::try_from(claim.steps).ok()?;
    Some(Claim {
        input: words(claim.input, length),
        output: words(claim.output, length),
        steps,
    })
}

fn words(digest: Digest, length: DigestLength) -> Vec<u32> {
    digest.0[..length.words()].to_vec()
}

fn failed(what: String) -> impl FnOnce(gavel_vm::trace::TraceError) -> TraceError {
    move |error| TraceError {
        what,
        reason: error.to_string(),
    }
}

fn digests(
    trace: &mut MachineTrace,
    positions: &[u64],
) -> Result<Vec<Option<Vec<u32>>>, TraceError> {
    let length = trace.hasher().length();
    let reject = trace.hasher().reject();
    let digests = trace.digests(positions).map_err(failed("digests".into()))?;
    Ok(digests
        .into_iter()
        .map(|digest| (digest != reject).then(|| words(digest, length)))
        .collect())
}

fn step(trace: &mut MachineTrace, index: u64) -> Result<StepReveal, TraceError> {
    let length = trace.hasher().length();
    let witness = trace
        .witness(index)
        .map_err(failed(format!("step {index}")))?;
    Ok(StepReveal {
        words: step_words(&witness.step.words),
        file_after: words(witness.step.file_after, length),
        state_before: words(witness.pre, length),
        state_after: words(witness.post, length),
    })
}

/// The words in the order of the protocol.
fn step_words(step: &StepWords) -> [u32; 16] {
    [
        step.index,
        step.pc,
        step.next_pc,
        step.instr,
        step.rs,
        step.rt,
        step.result,
        step.addr,
        step.mem_old,
        step.mem_new,
        step.pc_after,
        step.next_pc_after,
        step.hi,
        step.lo,
        step.hi_after,
        step.lo_after,
    ]
}

fn path(trace: &mut MachineTrace, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
    let length = trace.hasher().length();
    let witness = trace
        .witness(index)
        .map_err(failed(format!("a path of step {index}")))?;
    let step = &witness.step;
    let (old, new): (&MemoryPath, &PathNodes) = match kind {
        // Only the old path counts: the new nodes repeat it.
        PathKind::Fetch => (&step.fetch, &step.fetch.nodes),
        PathKind::Data => (&step.data, &step.data_after),
        PathKind::Output => (&witness.output, &witness.output.nodes),
        PathKind::Boot => (&witness.input, &witness.input_after),
    };
    let take = |nodes: &PathNodes, count: usize| {
        nodes[..count]
            .iter()
            .map(|node| words(*node, length))
            .collect()
    };
    let levels = length.state_level();
    Ok(PathReveal {
        address: old.address,
        old: take(&old.nodes, levels + 1),
        new: take(new, levels + 1),
        siblings: take(&old.siblings, levels),
    })
}

fn access(
    trace: &mut MachineTrace,
    index: u64,
    kind: AccessKind,
) -> Result<AccessReveal, TraceError> {
    let length = trace.hasher().length();
    let hasher = trace.hasher().clone();
    let witness = trace
        .witness(index)
        .map_err(failed(format!("a register of step {index}")))?;
    let opening = witness.step.access(&hasher, kind);
    let list = |digests: Vec<Digest>| {
        digests
            .into_iter()
            .map(|digest| words(digest, length))
            .collect()
    };
    Ok(AccessReveal {
        chunk: opening.chunk,
        level_siblings: list(opening.level_sibling),
        gpr_old: list(opening.gpr_old),
        gpr_new: list(opening.gpr_new),
        file_before: words(opening.file_before, length),
        memory_root: words(opening.memory_root, length),
    })
}
