//! The first run of a program, which takes snapshots and hashes nothing.

use super::{Claim, Lies, Trace, TraceError};
use crate::address::{INPUT, OUTPUT};
use crate::digest::{Digest, DigestLength, Hasher};
use crate::fault::FaultyMachine;
use crate::image::{Image, ImageError};
use crate::machine::{Cause, Machine, MachineError, Outcome};
use crate::memory::MemoryFull;
use crate::snapshot::Snapshots;
use crate::witness::Commitment;

impl Trace {
    /// Runs a program, with lies if there are any, until it ends or `limit` steps have been taken, and claims that.
    pub(super) fn record(
        image: &Image,
        input: &[u8],
        length: DigestLength,
        limit: u64,
        lies: Option<&Lies>,
    ) -> Result<Trace, TraceError> {
        let hasher = Hasher::new(length);
        let boot = Commitment::new(&hasher, &image.memory, &image.gpr, image.cpu).state();
        let mut machine = Machine::new(image, input)?;
        let true_start = Commitment::new(&hasher, &machine.memory, &machine.gpr, machine.cpu);
        let claimed_input = true_start.tree.node(length.region_level(), INPUT);
        if let Some((address, xor)) = lies.and_then(|lies| lies.initial) {
            let value = machine.memory.load(address) ^ xor;
            let stored: Result<(), MemoryFull> =
                machine.memory.store(address & !3, u32::MAX, value);
            stored.map_err(ImageError::from)?;
        }
        let start = machine.memory.clone();
        let mut machine = match lies {
            Some(lies) => FaultyMachine::new(machine, &lies.faults),
            None => FaultyMachine::honest(machine),
        };
        // A liar stalls only as far as it claims steps.
        let claimed = lies.and_then(|lies| lies.steps);
        machine.set_stalls(claimed.is_some());
        let mut recording = Recording {
            snapshots: Snapshots::new(),
            unhashed: Vec::new(),
        };
        let run = recording.run(&mut machine, claimed.unwrap_or(limit));
        machine.set_stalls(lies.is_some());
        let steps = machine.machine().steps();
        let outcome = run.and_then(|()| machine.machine().outcome_within(limit));
        let mut trace = Trace {
            commitment: true_start,
            unhashed: recording.unhashed,
            snapshots: recording.snapshots,
            hasher,
            image: image.clone(),
            start,
            machine,
            steps,
            outcome,
            boot,
            claim: Claim {
                input: claimed_input,
                output: Digest::default(),
                steps,
            },
            accepted: true,
        };
        trace.synchronise();
        trace.claim.output = trace.commitment.tree.node(length.region_level(), OUTPUT);
        Ok(trace)
    }
}

/// A first run, with the pages that it changes.
struct Recording {
    snapshots: Snapshots,
    unhashed: Vec<u32>,
}

impl Recording {
    /// Runs to the end, or until `limit` steps have been taken.
    fn run(&mut self, machine: &mut FaultyMachine, limit: u64) -> Result<(), MachineError> {
        loop {
            let dirty = machine.memory_mut().take_dirty();
            self.snapshots.take(machine.machine(), &dirty);
            self.unhashed.extend(dirty);
            self.unhashed.sort_unstable();
            self.unhashed.dedup();
            let target = limit.min(machine.machine().steps() + self.snapshots.interval());
            machine.run_to(target)?;
            let steps = machine.machine().steps();
            if steps < target || steps == limit {
                return Ok(());
            }
        }
    }
}

impl Machine {
    /// The outcome of a run that had `limit` steps.
    fn outcome_within(&self, limit: u64) -> Result<Outcome, MachineError> {
        if self.halted() {
            self.outcome()
        } else {
            Err(self.error(Cause::StepLimit { limit }))
        }
    }
}
