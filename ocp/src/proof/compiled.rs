//! A program that the compiler has cut into leaves, as a statement.

use gavel_script_gen::groth16::compile::{Budget, Compiled};
use gavel_script_gen::leaf::Leaf;
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{PublicKey, Signature, WinternitzError};

use super::statement::{
    DISPROVE_WEIGHT, ProofSlot, ProofSlots, ProofTree, RefutingLeaf, Statement, StatementError,
};

/// 'This program accepts these public inputs': the claim commits its scalars, the assertion everything else.
#[derive(Clone, Debug)]
pub struct CompiledStatement {
    compiled: Compiled,
    slots: ProofSlots,
}

impl CompiledStatement {
    /// The statement of a program.
    pub fn new(compiled: Compiled) -> Self {
        let slots = compiled.slots().iter().map(|slot| ProofSlot {
            name: slot.name.clone(),
            shape: slot.shape,
        });
        let mut public: Vec<ProofSlot> = slots.collect();
        let asserted = public.split_off(compiled.scalars());
        Self {
            compiled,
            slots: ProofSlots { public, asserted },
        }
    }

    /// Under what a program is cut for a game: Disprove transactions of at most `max_leaf_weight`, or the default.
    pub fn budget(max_leaf_weight: Option<usize>) -> Budget {
        Budget {
            disprove_weight: DISPROVE_WEIGHT,
            ..Budget::of_asked_leaf_weight(max_leaf_weight)
        }
    }

    /// The program and its leaves.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// The tree of [`Statement::tree`]; `each` sees every leaf, on any thread, as soon as it is made.
    ///
    /// # Errors
    /// A leaf cannot be built.
    pub fn tree_with(
        &self,
        keys: &[PublicKey],
        each: impl Fn(usize, &Leaf) + Sync,
    ) -> Result<(LeafTree, ProofTree), StatementError> {
        let (tree, manifest) = self.compiled.tree(keys, each)?;
        let transaction = self.compiled.budget().disprove_weight;
        let proof_tree = ProofTree::of(&manifest, transaction);
        Ok((tree, proof_tree))
    }
}

impl Statement for CompiledStatement {
    fn slots(&self) -> &ProofSlots {
        &self.slots
    }

    fn tree(&self, keys: &[PublicKey]) -> Result<(LeafTree, ProofTree), StatementError> {
        self.tree_with(keys, |_, _| ())
    }

    fn find_refutation(
        &self,
        keys: &[PublicKey],
        shown: &[Signature],
    ) -> Result<Option<RefutingLeaf>, StatementError> {
        let committed = keys.iter().zip(shown).map(|(key, shown)| key.verify(shown));
        let committed = committed.collect::<Result<Vec<_>, WinternitzError>>()?;
        let Some(found) = self.compiled.find_refutation(&committed)? else {
            return Ok(None);
        };
        let leaf = self.compiled.leaf(found.leaf, keys)?;
        Ok(Some(RefutingLeaf {
            number: found.leaf,
            name: leaf.draft().name.clone(),
            relation: leaf.draft().relation.clone(),
            script: leaf.script().to_script_buf(),
            witness: self.compiled.witness(&found, shown)?,
        }))
    }
}
