//! The leaves of one dispute: the relations of the MIPS front end under the dispute's keys, each closed with a check of the
//! challenger's signature.

use std::sync::Arc;

use bitcoin::key::XOnlyPublicKey;
use gavel_script_gen::leaf::{self, LeafError};
use gavel_script_gen::manifest::Manifest;
use gavel_script_gen::mips::{GameShape, Keys, Leaf, LeafSet, Openings, PredicateError};
use gavel_script_gen::script;
use gavel_script_gen::script::Script;
use gavel_script_gen::tree::{LeafTree, TreeError};
use gavel_vm::digest::{Hasher, MemoryTree, RegisterTree};
use gavel_vm::image::Image;
use thiserror::Error;

use crate::game::Refuter;
use crate::game::view::View;
use crate::graph::name::Stage;
use crate::graph::output::WitnessSize;
use crate::graph::tree::{DisproveTree, DisproveTrees, LeafSize, Refutation};
use crate::keys::slots::SlotKeys;
use crate::params::Params;

/// Why a dispute has no leaves, or a leaf cannot be spent.
#[derive(Debug, Error)]
pub enum LeavesError {
    /// A relation, or its script, is refused.
    #[error(transparent)]
    Predicate(#[from] PredicateError),
    /// A leaf cannot be proved.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The leaves make no tree.
    #[error("the leaves make no tree: {0}")]
    Tree(#[from] TreeError),
}

/// What the leaves depend on besides keys, for a game about this program.
pub fn game_shape(params: &Params, image: &Image) -> GameShape {
    let hasher = Hasher::new(params.digest_bits);
    let memory_root = MemoryTree::of(hasher.clone(), image.memory()).root();
    let gpr_root = RegisterTree::new(&hasher, image.registers()).root();
    let boot_file = hasher.file(&gpr_root, image.cpu());
    GameShape {
        trace_bits: params.trace_rounds.clone(),
        path_bits: params.path_rounds.clone(),
        digest: params.digest_bits,
        order: image.order(),
        boot: hasher.state(&memory_root, &boot_file),
        boot_file,
    }
}

/// The leaves of one dispute. Scripts are made again when they are needed; kept are the trees.
#[derive(Clone, Debug)]
pub struct DisputeLeaves {
    set: Arc<LeafSet>,
    keys: Keys,
    challenger: XOnlyPublicKey,
    stages: [StageLeaves; 3],
}

#[derive(Clone, Debug)]
struct StageLeaves {
    /// Numbers of the stage's leaves in the set, in the order of the tree.
    numbers: Vec<usize>,
    tree: LeafTree,
    /// What the tree consists of. Its weights are those of the witnesses alone.
    manifest: Manifest,
    worst: LeafSize,
}

/// The weight of the challenger's signature in a witness, with its length byte.
const SIGNATURE_WEIGHT: usize = 1 + 64;

impl DisputeLeaves {
    /// Makes and proves all leaves under the keys of the claim and of the dispute.
    ///
    /// # Errors
    /// A key is missing, or a leaf cannot be proved.
    pub fn new(
        set: Arc<LeafSet>,
        claim: &SlotKeys,
        dispute: &SlotKeys,
        challenger: XOnlyPublicKey,
    ) -> Result<Self, LeavesError> {
        let mut keys = Keys::new();
        for (slot, key) in claim.slots().chain(dispute.slots()) {
            keys.set(slot, key.clone());
        }
        for (choice, bit) in dispute.choices() {
            keys.set_choice(choice, bit.operator);
        }
        let stage = |stage| stage_leaves(&set, &keys, challenger, stage);
        let stages = [
            stage(Stage::Step)?,
            stage(Stage::Path)?,
            stage(Stage::Access)?,
        ];
        Ok(Self {
            set,
            keys,
            challenger,
            stages,
        })
    }

    /// Roots and costliest leaves, for the graph.
    pub fn trees(&self) -> DisproveTrees {
        let tree = |stage| {
            let leaves = self.stage(stage);
            DisproveTree {
                root: leaves.tree.root(),
                worst: leaves.worst,
            }
        };
        DisproveTrees {
            step: tree(Stage::Step),
            path: tree(Stage::Path),
            access: tree(Stage::Access),
        }
    }

    /// What the tree of a stage consists of, if all but the witness of the transaction that spends a leaf weighs this much.
    pub fn manifest(&self, stage: Stage, transaction_weight: usize) -> Manifest {
        let manifest = self.stage(stage).manifest.clone();
        manifest.with_transaction(transaction_weight)
    }

    fn stage(&self, stage: Stage) -> &StageLeaves {
        match stage {
            Stage::Step => &self.stages[0],
            Stage::Path => &self.stages[1],
            Stage::Access => &self.stages[2],
        }
    }
}

impl Refuter for DisputeLeaves {
    fn refute(&self, stage: Stage, view: &View) -> Result<Option<Refutation>, LeavesError> {
        // What was said twice refutes by itself, whatever else is false.
        let twice = self
            .set
            .find_equivocation(relation_stage(stage), &view.equivocations);
        let found = match twice {
            Some(found) => Some(found),
            None => self
                .set
                .find_refutation(relation_stage(stage), &view.values)?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let leaves = self.stage(stage);
        let place = leaves
            .numbers
            .iter()
            .position(|&number| number == found.leaf);
        let Some((leaf, branch)) = self
            .set
            .leaf(found.leaf)
            .zip(place.and_then(|place| leaves.tree.branch(place)))
        else {
            return Ok(None);
        };
        let mut openings = Openings::new();
        for (slot, signature) in &view.signatures {
            openings.set(*slot, signature.clone());
        }
        for (choice, secret) in &view.copied {
            openings.set_choice(*choice, secret.clone());
        }
        openings.set_equivocations(view.equivocations.clone());
        Ok(Some(Refutation {
            leaf: leaf.name().to_owned(),
            script: close(leaf.script(&self.keys)?, self.challenger).to_script_buf(),
            branch,
            witness: leaf.witness(&openings, &found.hints)?,
        }))
    }
}

fn relation_stage(stage: Stage) -> gavel_script_gen::mips::Stage {
    match stage {
        Stage::Step => gavel_script_gen::mips::Stage::Step,
        Stage::Path => gavel_script_gen::mips::Stage::Path,
        Stage::Access => gavel_script_gen::mips::Stage::Access,
    }
}

/// The leaf with the check of the challenger's signature, which lies below everything else on the stack.
fn close(leaf: Script, challenger: XOnlyPublicKey) -> Script {
    script! { {leaf} OP_VERIFY {challenger} OP_CHECKSIG }
}

/// The leaf under these keys, closed and proved.
fn prove(
    leaf: Leaf<'_>,
    keys: &Keys,
    challenger: XOnlyPublicKey,
) -> Result<leaf::Leaf, LeavesError> {
    let mut draft = leaf.draft(keys)?;
    draft.script = close(draft.script, challenger);
    draft.witness_items += 1;
    draft.max_witness_weight += SIGNATURE_WEIGHT;
    Ok(leaf::Leaf::new(draft)?)
}

fn stage_leaves(
    set: &LeafSet,
    keys: &Keys,
    challenger: XOnlyPublicKey,
    stage: Stage,
) -> Result<StageLeaves, LeavesError> {
    let all = set.leaves().enumerate();
    let (numbers, leaves): (Vec<usize>, Vec<Leaf<'_>>) = all
        .filter(|(_, leaf)| leaf.stage() == relation_stage(stage))
        .unzip();
    let (tree, manifest) = LeafTree::build(leaves.len(), 0, |place| {
        prove(leaves[place], keys, challenger)
    })?;
    let entries = manifest.leaves.iter().zip(&leaves).enumerate();
    let worst = entries.max_by_key(|(_, (entry, _))| entry.worst_weight);
    let (place, (entry, leaf)) = worst.ok_or(TreeError::Empty)?;
    let worst = LeafSize {
        elements: WitnessSize {
            items: leaf.witness_items(),
            bytes: leaf.max_witness_weight(),
        },
        script: entry.script_bytes,
        depth: tree.depth(place).unwrap_or_default(),
    };
    Ok(StageLeaves {
        numbers,
        tree,
        manifest,
        worst,
    })
}
