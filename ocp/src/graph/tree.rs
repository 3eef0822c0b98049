//! What the graph needs to know of the trees of refuting leaves: their roots and their costliest spend.

use bitcoin::{ScriptBuf, TapNodeHash};

use crate::graph::name::Stage;
use crate::graph::output::WitnessSize;

/// The leaves of one stage.
///
/// Every leaf ends with a signature check of the challenger's key, so that nobody else, above all not the operator,
/// can spend the output. The signature is the first element of the witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisproveTree {
    /// Root of the leaves' tree.
    pub root: TapNodeHash,
    /// The largest witness of a leaf: the elements, the script and the branch up to the root, without the challenger's
    /// signature and without the 33 bytes that every control block has.
    pub worst: LeafSize,
}

/// Size of a leaf's spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafSize {
    /// Elements of the witness but signature, script and control block.
    pub elements: WitnessSize,
    /// Bytes of the script.
    pub script: usize,
    /// Nodes in the branch.
    pub depth: usize,
}

impl LeafSize {
    /// The whole witness when the tree stands `above` levels below the output's root.
    pub fn witness(&self, above: usize) -> WitnessSize {
        let signed = self.elements.with(64).with(self.script);
        signed.with(33 + 32 * (self.depth + above))
    }
}

/// The three trees of one dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisproveTrees {
    /// Leaves over the revealed step.
    pub step: DisproveTree,
    /// Leaves over a revealed path.
    pub path: DisproveTree,
    /// Leaves over a revealed access.
    pub access: DisproveTree,
}

impl DisproveTrees {
    /// The tree of a stage.
    pub fn get(&self, stage: Stage) -> &DisproveTree {
        match stage {
            Stage::Step => &self.step,
            Stage::Path => &self.path,
            Stage::Access => &self.access,
        }
    }
}

/// A leaf that refutes a false relation, with what it takes to spend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// Name of the leaf.
    pub leaf: String,
    /// Its script.
    pub script: ScriptBuf,
    /// Branch from the leaf's sibling to the child of the stage's root.
    pub branch: Vec<TapNodeHash>,
    /// Elements of the witness, bottom of the stack first, without the challenger's signature.
    pub witness: Vec<Vec<u8>>,
}
