//! What all signers of a proof game sign before the deposit confirms. The ceremony is that of [`crate::presign`].

use super::graph::ProofGraph;
use super::name::ProofTx;
use super::setup::ProofSetupError;
use crate::presign::{Agenda, Signatures, VerifyError};

/// The signers' signatures of a proof game.
pub type ProofSignatures = Signatures<ProofTx>;

impl Agenda<ProofTx> {
    /// Lists every input of a proof game that all signers unlock.
    ///
    /// # Errors
    /// The signers' keys do not aggregate, or an input has no signature hash.
    pub fn of_proof(graph: &ProofGraph) -> Result<Self, ProofSetupError> {
        let mut agenda = Self::empty(graph.blueprint().setup().aggregate()?);
        for node in graph.nodes() {
            agenda.add(node.name, node.messages()?);
        }
        Ok(agenda)
    }
}

impl ProofSignatures {
    /// Verifies that every input of the own graph that needs one has a valid signature.
    ///
    /// # Errors
    /// The first signature that is missing or invalid.
    pub fn verify_proof(&self, graph: &ProofGraph) -> Result<(), VerifyError<ProofTx>> {
        let agenda =
            Agenda::of_proof(graph).map_err(|error| VerifyError::Setup(error.to_string()))?;
        self.verify_agenda(&agenda)
    }
}
