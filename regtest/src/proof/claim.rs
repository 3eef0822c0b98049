//! What an operator commits that claims a Groth16 proof to be valid.

use gavel_ocp::proof::{CompiledStatement, Statement};
use gavel_script_gen::groth16::compile::CompileError;
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};
use gavel_script_gen::groth16::verifier::{Verifier, VerifierError};

use super::cast::operator_seed;
use super::{ProofLie, UnknownSlot};

/// A key, and a proof that is claimed to be valid under it.
#[derive(Clone, Debug)]
pub struct ProofClaim {
    /// The key.
    pub key: VerifyingKey,
    /// The proof; the operator asserts in its place one that its seed has [randomised](Proof::randomised).
    pub proof: Proof,
    /// Its public inputs.
    pub public: PublicInputs,
}

/// Why there is nothing to commit.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The key or the proof is refused.
    #[error("the verifier refused: {0}")]
    Verifier(Box<VerifierError>),
    /// A value has no digits.
    #[error("the values cannot be committed: {0}")]
    Compile(Box<CompileError>),
    /// There is no value to lie about.
    #[error(transparent)]
    Slot(#[from] UnknownSlot),
}

impl ProofClaim {
    /// The digits that an operator commits for all slots of the statement that `verifier` was compiled to: true ones, unless
    /// the lie says otherwise.
    ///
    /// # Errors
    /// The proof is not valid though no lie says so, or the lie is about a slot that does not exist.
    pub fn values(
        &self,
        verifier: &Verifier,
        statement: &CompiledStatement,
        lie: &ProofLie,
    ) -> Result<Vec<Vec<u8>>, ClaimError> {
        let seed = operator_seed();
        let run = match lie {
            ProofLie::WrongProof => {
                let proof = self.proof.randomised(&self.key, &seed, 0);
                let wrong = Proof {
                    c: proof.a,
                    ..proof
                };
                verifier.run(&verifier.inputs(&self.public, &wrong)?)?
            }
            _ => verifier.witness(&self.public, &self.proof, &seed)?,
        };
        let mut values = statement.compiled().assertion(&run.values)?;
        if let Some(place) = lie.place() {
            place.falsify(statement.slots(), &mut values)?;
        }
        Ok(values)
    }
}

impl From<VerifierError> for ClaimError {
    fn from(error: VerifierError) -> Self {
        Self::Verifier(Box::new(error))
    }
}

impl From<CompileError> for ClaimError {
    fn from(error: CompileError) -> Self {
        Self::Compile(Box::new(error))
    }
}
