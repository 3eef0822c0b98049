//! The check of a stored proof as a statement whose tree is made once.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gavel_ocp::params::Amounts;
use gavel_ocp::proof::{
    CompiledStatement, ProofSlots, ProofTree, RefutingLeaf, Statement, StatementError,
};
use gavel_regtest::proof::{ProofClaim, ProofLie, short_game};
use gavel_script_gen::groth16::choice::{Choice, choose};
use gavel_script_gen::groth16::input::{load_key, load_proof, load_public};
use gavel_script_gen::groth16::verifier::Verifier;
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{PublicKey, Signature};

/// A file with one public input.
fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../script-gen/tests/data/groth16/1");
    folder.join(name)
}

/// The claim that the stored proof is valid. All games of a statement have the same one-time keys, so they share the tree.
pub(super) struct Groth16 {
    claim: ProofClaim,
    verifier: Verifier,
    statement: CompiledStatement,
    made: Mutex<Option<(Vec<PublicKey>, LeafTree, ProofTree)>>,
}

impl Groth16 {
    /// Cuts the verifier under a limit on leaves, or under the default budget.
    pub(super) fn new(max_leaf_weight: Option<usize>) -> Self {
        let claim = ProofClaim {
            key: load_key(&data("key.bin")).expect("a key"),
            proof: load_proof(&data("proof.bin")).expect("a proof"),
            public: load_public(&data("public.bin")).expect("public inputs"),
        };
        let budget = CompiledStatement::budget(max_leaf_weight);
        let Choice {
            verifier, compiled, ..
        } = choose(&claim.key, budget).expect("a cut");
        Self {
            claim,
            verifier,
            statement: CompiledStatement::new(compiled),
            made: Mutex::new(None),
        }
    }

    /// What the operator commits.
    pub(super) fn values(&self, lie: &ProofLie) -> Vec<Vec<u8>> {
        let values = self.claim.values(&self.verifier, &self.statement, lie);
        values.unwrap_or_else(|error| panic!("{lie}: {error}"))
    }

    /// What is at stake in a game about it, once one has been set up.
    pub(super) fn amounts(&self) -> Amounts {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, _, tree) = made.as_ref().expect("a game has been set up");
        let params = short_game(3, self.slots(), tree);
        params.expect("parameters").amounts
    }
}

impl Statement for Groth16 {
    fn slots(&self) -> &ProofSlots {
        self.statement.slots()
    }

    fn tree(&self, keys: &[PublicKey]) -> Result<(LeafTree, ProofTree), StatementError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, leaves, tree)) = &*made
            && known == keys
        {
            return Ok((leaves.clone(), *tree));
        }
        let (leaves, tree) = self.statement.tree(keys)?;
        *made = Some((keys.to_vec(), leaves.clone(), tree));
        Ok((leaves, tree))
    }

    fn find_refutation(
        &self,
        keys: &[PublicKey],
        shown: &[Signature],
    ) -> Result<Option<RefutingLeaf>, StatementError> {
        self.statement.find_refutation(keys, shown)
    }
}
