//! The manifest: what a tree consists of, for auditors and programs.

use std::collections::HashSet;

use bitcoin::taproot::{TapLeafHash, TapNodeHash};
use serde::{Deserialize, Serialize};

use crate::leaf::{Leaf, LeafKind, MAX_STANDARD_WEIGHT};
use crate::tree::{LeafTree, TreeError};

/// The format of [`Manifest`]. Readers refuse any other.
pub const MANIFEST_VERSION: u32 = 1;

/// One leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafEntry {
    /// Its name, unique in the tree.
    pub name: String,
    /// What its relation is about.
    pub kind: LeafKind,
    /// The relation that it refutes.
    pub relation: String,
    /// The slots that it opens.
    pub slots: Vec<String>,
    /// Its hash in the tree.
    pub leaf_hash: TapLeafHash,
    /// Length of the script in bytes.
    pub script_bytes: usize,
    /// The most items on stack and altstack.
    pub peak_stack: usize,
    /// The weight of the largest transaction that spends it.
    pub worst_weight: usize,
    /// Whether the default mempool relays even the largest such transaction.
    pub relayable: bool,
}

impl LeafEntry {
    /// The entry of a leaf at this depth, spent by a transaction that weighs `transaction_weight` without the input's witness.
    pub fn new(leaf: &Leaf, depth: usize, transaction_weight: usize) -> Self {
        let draft = leaf.draft();
        let worst_weight = leaf.max_spend_weight(depth, transaction_weight);
        Self {
            name: draft.name.clone(),
            kind: draft.kind,
            relation: draft.relation.clone(),
            slots: draft.slots.clone(),
            leaf_hash: leaf.hash(),
            script_bytes: draft.script.len(),
            peak_stack: leaf.peak_stack(),
            worst_weight,
            relayable: worst_weight <= MAX_STANDARD_WEIGHT,
        }
    }
}

/// All leaves of a tree, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub version: u32,
    /// The root of the tree.
    pub root: TapNodeHash,
    /// The leaves.
    pub leaves: Vec<LeafEntry>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is no JSON of this shape.
    #[error("the manifest cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It has another format.
    #[error("the manifest has version {0}, this program reads version {MANIFEST_VERSION}")]
    Version(u32),
    /// There are no leaves, too many, or two of one name.
    #[error("the manifest is no tree: {0}")]
    Tree(#[from] TreeError),
    /// The leaf hashes do not give the root.
    #[error("the leaves have the root {computed}, the manifest says {claimed}")]
    Root {
        /// What the manifest says.
        claimed: TapNodeHash,
        /// What its leaf hashes give.
        computed: TapNodeHash,
    },
}

impl Manifest {
    /// The manifest of a tree.
    ///
    /// # Errors
    /// If two leaves have one name.
    pub fn new(tree: &LeafTree, leaves: Vec<LeafEntry>) -> Result<Self, TreeError> {
        let mut names = HashSet::new();
        if let Some(double) = leaves.iter().find(|leaf| !names.insert(leaf.name.as_str())) {
            return Err(TreeError::DuplicateName(double.name.clone()));
        }
        Ok(Self {
            version: MANIFEST_VERSION,
            root: tree.root(),
            leaves,
        })
    }

    /// The same tree, spent by transactions that weigh this much more.
    pub fn with_transaction(mut self, weight: usize) -> Self {
        for leaf in &mut self.leaves {
            leaf.worst_weight += weight;
            leaf.relayable = leaf.worst_weight <= MAX_STANDARD_WEIGHT;
        }
        self
    }

    /// The tree of the leaf hashes that it lists.
    ///
    /// # Errors
    /// If it lists no leaf, or too many.
    pub fn tree(&self) -> Result<LeafTree, TreeError> {
        LeafTree::new(self.leaves.iter().map(|leaf| leaf.leaf_hash).collect())
    }

    /// Pretty-printed JSON.
    ///
    /// # Errors
    /// None that a manifest could cause.
    pub fn to_json(&self) -> Result<String, ManifestError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Reads a manifest and checks that it is consistent: its version, its names and its root. Whether the leaves are what the
    /// compiler makes is for the reader to compare.
    ///
    /// # Errors
    /// What is not consistent.
    pub fn from_json(json: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_str(json)?;
        if manifest.version != MANIFEST_VERSION {
            return Err(ManifestError::Version(manifest.version));
        }
        let tree = manifest.tree()?;
        let computed = tree.root();
        if computed != manifest.root {
            return Err(ManifestError::Root {
                claimed: manifest.root,
                computed,
            });
        }
        Self::new(&tree, manifest.leaves.clone())?;
        Ok(manifest)
    }
}
