//! From a program and its input to a Groth16 proof, in stages that are kept in a folder.
//!
//! Every finished proof is a file of its own, written whole or not at all. A [`Job`] that was interrupted goes on where it
//! stopped; a file that is damaged or belongs to something else is refused, never used. [`verify()`] checks what a folder
//! holds, at any stage.

mod cache;
mod error;
mod file;
mod groth16;
mod memory;
mod parameters;
mod stage;
mod verify;

pub use error::PipelineError;
pub use file::{CLAIM, PROOF, PUBLIC, digest_hex};
pub use groth16::Setup;
pub use parameters::{Level, Parameters};
pub use stage::{Event, Stage, StageTime};
pub use verify::{Says, Verified, verify};

use crate::claim::{Claim, Opening};
use crate::recursion::RecursiveProof;
use crate::recursion::circuits::Circuits;
use crate::segment::Run;
use crate::setup::write_r1cs;
use crate::stark::proof::{SegmentProof, prove_tables};
use crate::wrap::groth16::synthesize;
use crate::wrap::layer::{InnerVerifier, LayerProof};
use crate::wrap::r1cs::ConstraintSystem;
use file::{ClaimFile, Folder};
use gavel_vm::image::Image;
use memory::{CIRCUITS, GROTH16, ensure};
use stage::Clock;
use std::path::{Path, PathBuf};

/// A run that is to be proved: a program, its input, and the folder of its proofs.
#[derive(Debug)]
pub struct Job {
    image: Image,
    input: Vec<u8>,
    parameters: Parameters,
    opening: Opening,
    about: ClaimFile,
    folder: Folder,
    /// Where the circuits are kept, if anywhere.
    cache: Option<PathBuf>,
}

/// What a finished job gives.
#[derive(Clone, Debug)]
pub struct Proved {
    /// What is proved.
    pub claim: Claim,
    /// Steps of the run.
    pub steps: u64,
    /// What the program wrote.
    pub output: Vec<u8>,
    /// Segments of the run, if they were looked at: a finished proof is not made again.
    pub segments: Option<usize>,
    /// Constraints of the Groth16 proof, if they were built.
    pub constraints: Option<usize>,
    /// Whether anybody could have made the proof: see [`Verified`].
    pub insecure: bool,
    /// The stages, in order.
    pub times: Vec<StageTime>,
}

impl Job {
    /// Runs the program to its end and opens the folder, which is made if it does not exist.
    ///
    /// # Errors
    /// [`PipelineError::Claim`] if the run has no end within the limit, [`PipelineError::Foreign`] if the folder is that of
    /// another run.
    pub fn new(
        image: Image,
        input: Vec<u8>,
        parameters: Parameters,
        folder: &Path,
    ) -> Result<Self, PipelineError> {
        let opening = Opening::new(&image, &input, parameters.limit)?;
        let about = ClaimFile::new(&opening.claim, &opening.outcome, &parameters);
        let folder = Folder::open(folder, &about)?;
        Ok(Self {
            image,
            input,
            parameters,
            opening,
            about,
            folder,
            cache: None,
        })
    }

    /// Keeps the circuits of the recursion in a folder, and takes them from there: they are the same for every run.
    pub fn with_cache(mut self, folder: &Path) -> Self {
        self.cache = Some(folder.to_owned());
        self
    }

    /// What is to be proved.
    pub fn claim(&self) -> &Claim {
        &self.opening.claim
    }

    /// Steps of the run.
    pub fn steps(&self) -> u64 {
        self.about.steps
    }

    /// Proves the claim up to the layer that is wrapped: what the guest `verify-plonky2` verifies, without a set-up. Goes on from
    /// the last finished stage; `observe` is told how far it is.
    ///
    /// # Errors
    /// [`PipelineError`]: see its variants. Finished stages are kept.
    pub fn prove_statement(
        &self,
        observe: &mut dyn FnMut(&Event),
    ) -> Result<Proved, PipelineError> {
        let mut clock = Clock::new(observe);
        let segments = self.segments(&mut clock)?;
        self.recursion(segments, &mut clock)?;
        let mut proved = self.proved()?;
        proved.segments = Some(segments);
        proved.times = clock.finish();
        Ok(proved)
    }

    /// Proves the claim up to the last layer and writes the constraints that its proof is valid as a `.r1cs`, for a ceremony. They are
    /// the same for every claim.
    ///
    /// # Errors
    /// [`PipelineError`]: see its variants. Finished stages are kept.
    pub fn write_r1cs(
        &self,
        path: &Path,
        observe: &mut dyn FnMut(&Event),
    ) -> Result<Proved, PipelineError> {
        let mut clock = Clock::new(observe);
        let mut proved = self.proved()?;
        let system = self.constraints(&mut proved, &mut clock)?;
        write_r1cs(path, &system)?;
        proved.times = clock.finish();
        Ok(proved)
    }

    /// Proves it to the end, from the last finished stage on. `observe` is told how far it is.
    ///
    /// # Errors
    /// [`PipelineError`]: see its variants. Finished stages are kept.
    pub fn prove(
        &self,
        setup: &Setup,
        observe: &mut dyn FnMut(&Event),
    ) -> Result<Proved, PipelineError> {
        let mut clock = Clock::new(observe);
        let mut proved = self.proved()?;
        if !setup.is_done(&self.folder)? {
            let system = self.constraints(&mut proved, &mut clock)?;
            ensure(self.parameters.level, GROTH16)?;
            groth16::prove(&self.folder, setup, &system, &mut clock)?;
        }
        clock.begin(Stage::Verification, 1);
        proved.insecure = verify(self.folder.path(), None)?.insecure;
        clock.made(1);
        proved.times = clock.finish();
        Ok(proved)
    }

    /// All stages before the key.
    fn constraints(
        &self,
        proved: &mut Proved,
        clock: &mut Clock<'_>,
    ) -> Result<ConstraintSystem, PipelineError> {
        let segments = self.segments(clock)?;
        proved.segments = Some(segments);
        let (verifier, statement) = self.recursion(segments, clock)?;
        let system = self.last_layer(&verifier, &statement, clock)?;
        proved.constraints = Some(system.constraints());
        Ok(system)
    }

    /// What there is to say before anything is proved.
    fn proved(&self) -> Result<Proved, PipelineError> {
        Ok(Proved {
            claim: self.opening.claim.clone(),
            steps: self.about.steps,
            output: self.about.output()?,
            segments: None,
            constraints: None,
            insecure: self.parameters.level == Level::Trial,
            times: Vec::new(),
        })
    }

    /// The proofs of all segments; how many there are.
    fn segments(&self, clock: &mut Clock<'_>) -> Result<usize, PipelineError> {
        ensure(
            self.parameters.level,
            memory::segment(self.parameters.size()),
        )?;
        clock.begin(Stage::Segment, self.about.steps);
        let config = self.parameters.level.stark();
        let mut run = Run::new(&self.image, &self.input, self.parameters.size())?;
        let mut index = 0;
        while let Some(segment) = run.next_segment()? {
            let to = segment.boundary.after.step;
            if self.folder.has(Stage::Segment, index) {
                clock.kept(to);
            } else {
                let proof = prove_tables(&segment.boundary, &segment.tables, &config)?;
                self.folder
                    .write(Stage::Segment, index, &proof.to_bytes()?)?;
                clock.made(to);
            }
            index += 1;
        }
        Ok(index)
    }

    /// One proof of the claim, verified, and what verifies it.
    fn recursion(
        &self,
        segments: usize,
        clock: &mut Clock<'_>,
    ) -> Result<(InnerVerifier, RecursiveProof), PipelineError> {
        ensure(self.parameters.level, CIRCUITS)?;
        let finished = self.folder.read(Stage::Statement, 0)?;
        clock.begin(Stage::Circuits, 1);
        let (circuits, kept) = cache::circuits(&self.parameters, self.cache.as_deref())?;
        match kept {
            true => clock.kept(1),
            false => clock.made(1),
        }
        let verifier = circuits.verifier();
        if let Some(bytes) = finished {
            clock.begin(Stage::Statement, 1);
            clock.kept(1);
            let proof = circuits.statement.read(&bytes)?;
            circuits.statement.verify(&proof, &self.opening.claim)?;
            return Ok((verifier, proof));
        }
        clock.begin(Stage::Recursion, segments as u64);
        for index in 0..segments {
            if self.folder.has(Stage::Recursion, index) {
                clock.kept(index as u64 + 1);
                continue;
            }
            let bytes = self.folder.expect(Stage::Segment, index)?;
            let proof = circuits.segment(&SegmentProof::from_bytes(&bytes)?)?;
            self.folder
                .write(Stage::Recursion, index, &proof.to_bytes())?;
            clock.made(index as u64 + 1);
        }
        let chain = self.chain(&circuits, segments, clock)?;
        clock.begin(Stage::Statement, 1);
        let proof = circuits.statement(&chain, &self.opening)?;
        circuits.statement.verify(&proof, &self.opening.claim)?;
        self.folder.write(Stage::Statement, 0, &proof.to_bytes())?;
        clock.made(1);
        Ok((verifier, proof))
    }

    /// The proof of the chain of all segments, from the longest that is there.
    fn chain(
        &self,
        circuits: &Circuits,
        segments: usize,
        clock: &mut Clock<'_>,
    ) -> Result<RecursiveProof, PipelineError> {
        clock.begin(Stage::Chain, segments as u64);
        let there = (0..segments).rfind(|index| self.folder.has(Stage::Chain, *index));
        let mut chain = None;
        if let Some(index) = there {
            let bytes = self.folder.expect(Stage::Chain, index)?;
            chain = Some(circuits.chain.read(&bytes)?);
            clock.kept(index as u64 + 1);
        }
        for index in there.map_or(0, |index| index + 1)..segments {
            let bytes = self.folder.expect(Stage::Recursion, index)?;
            let segment = circuits.segment.read(&bytes)?;
            let longer = circuits.chain(chain.as_ref(), &segment)?;
            self.folder.write(Stage::Chain, index, &longer.to_bytes())?;
            chain = Some(longer);
            clock.made(index as u64 + 1);
        }
        // A run that has not ended has a step, and so a segment.
        chain.ok_or(PipelineError::NoSegments)
    }

    /// The constraints that the last layer's proof is valid, with that proof.
    fn last_layer(
        &self,
        verifier: &InnerVerifier,
        statement: &RecursiveProof,
        clock: &mut Clock<'_>,
    ) -> Result<ConstraintSystem, PipelineError> {
        let finished = self.folder.read(Stage::LastLayer, 0)?;
        clock.begin(Stage::LastLayer, 1);
        let (layer, _) = cache::last_layer(&self.parameters, self.cache.as_deref(), verifier)?;
        let proof: LayerProof = match finished {
            Some(bytes) => {
                clock.kept(1);
                layer.read(&bytes)?
            }
            None => {
                let proof = layer.prove(statement)?;
                self.folder.write(Stage::LastLayer, 0, &proof.to_bytes())?;
                clock.made(1);
                proof
            }
        };
        clock.begin(Stage::Constraints, 1);
        let system = synthesize(layer.circuit(), &proof)?;
        clock.made(1);
        Ok(system)
    }
}

#[cfg(test)]
mod tests;
