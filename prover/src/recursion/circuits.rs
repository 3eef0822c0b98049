//! All circuits between the STARK and the last layer.

use super::chain::ChainCircuit;
use super::statement::StatementCircuit;
use super::{RecursionError, RecursiveProof, SegmentCircuit};
use crate::claim::Opening;
use crate::segment::Size;
use crate::stark::proof::SegmentProof;
use crate::stark::range;
use crate::wrap::layer::InnerVerifier;

/// The circuits for segments of one size. Building them takes as long as some proofs; the result is always the same.
#[derive(Debug)]
pub struct Circuits {
    /// Verifies a segment.
    pub segment: SegmentCircuit,
    /// Adds a segment to a chain.
    pub chain: ChainCircuit,
    /// Turns a chain into the digest of a claim.
    pub statement: StatementCircuit,
}

impl Circuits {
    /// The circuits for segments of a size.
    ///
    /// # Errors
    /// [`RecursionError::Build`].
    pub fn new(size: Size) -> Result<Circuits, RecursionError> {
        let heights = [size.cpu_bits, size.memory_bits, range::BITS];
        Circuits::with_segment(SegmentCircuit::new(heights))
    }

    /// The circuits above one that verifies segments.
    pub(crate) fn with_segment(segment: SegmentCircuit) -> Result<Circuits, RecursionError> {
        let chain = ChainCircuit::new(&segment)?;
        let statement = StatementCircuit::new(&chain)?;
        Ok(Circuits {
            segment,
            chain,
            statement,
        })
    }

    /// Proves that the proof of a segment is valid: [`SegmentCircuit::prove`].
    ///
    /// # Errors
    /// [`RecursionError::Heights`] or [`RecursionError::Prove`].
    pub fn segment(&self, proof: &SegmentProof) -> Result<RecursiveProof, RecursionError> {
        self.segment.prove(proof)
    }

    /// Adds a segment to the chain of those before it, if any: [`ChainCircuit::prove`].
    ///
    /// # Errors
    /// [`RecursionError::Shape`] or [`RecursionError::Prove`].
    pub fn chain(
        &self,
        before: Option<&RecursiveProof>,
        segment: &RecursiveProof,
    ) -> Result<RecursiveProof, RecursionError> {
        self.chain.prove(before, segment)
    }

    /// Proves the claim of `opening` from the chain of its whole run: [`StatementCircuit::prove`].
    ///
    /// # Errors
    /// [`RecursionError::Prove`].
    pub fn statement(
        &self,
        chain: &RecursiveProof,
        opening: &Opening,
    ) -> Result<RecursiveProof, RecursionError> {
        self.statement.prove(chain, opening)
    }

    /// What verifies proofs of statements: the last layer is built for it.
    pub fn verifier(&self) -> InnerVerifier {
        self.statement.data().verifier_data()
    }
}
