//! A leaf: a tapscript that refutes one relation, with everything that an auditor and a planner want to know about it.

use std::fmt;

use bitcoin::consensus::encode::VarInt;
use bitcoin::taproot::{LeafVersion, TapLeafHash};
use serde::{Deserialize, Serialize};

use crate::analysis::{self, AnalysisError, analyse};
use crate::script::Script;

/// What a leaf's relation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeafKind {
    /// The words of one machine step.
    Instruction,
    /// The values of a step of a program over a field.
    Step,
    /// One compression of a hash function.
    Hash,
    /// Values that have to be equal or to follow each other: digests, selections, the claim.
    State,
}

impl fmt::Display for LeafKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Instruction => "instruction",
            Self::Step => "step",
            Self::Hash => "hash",
            Self::State => "state",
        })
    }
}

/// The weight of a transaction that the default mempool relays, at most.
pub const MAX_STANDARD_WEIGHT: usize = 400_000;

/// What the leaves of a family have in common: a leaf's name up to the first slash.
pub fn kind_name(leaf_name: &str) -> &str {
    leaf_name.split('/').next().unwrap_or_default()
}

/// What a leaf's author says about it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// A name, unique in its tree.
    pub name: String,
    /// What it is about.
    pub kind: LeafKind,
    /// The relation that it refutes, as a formula over slot names.
    pub relation: String,
    /// The slots that it opens, in the order of the witness, bottom first.
    pub slots: Vec<String>,
    /// The tapscript.
    pub script: Script,
    /// Items of its witness, script and control block not counted.
    pub witness_items: usize,
    /// The weight of the largest witness, each item with its length byte, script and control block not counted.
    pub max_witness_weight: usize,
}

/// A leaf that the [analysis] has proved.
#[derive(Clone, Debug)]
pub struct Leaf {
    draft: Draft,
    peak_stack: usize,
}

/// A draft is not proved, so there is no leaf.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("leaf {name} is not provable: {error}")]
pub struct LeafError {
    /// The leaf's name.
    pub name: String,
    /// What is wrong.
    pub error: AnalysisError,
}

impl Leaf {
    /// Proves a draft.
    ///
    /// # Errors
    /// What cannot be proved, see [`analysis`].
    pub fn new(draft: Draft) -> Result<Self, LeafError> {
        match analyse(&draft.script, draft.witness_items) {
            Ok(report) => Ok(Self {
                draft,
                peak_stack: report.peak_stack,
            }),
            Err(error) => Err(LeafError {
                name: draft.name,
                error,
            }),
        }
    }

    /// Proves a draft that may do the same with other constants: if its script differs from this one in byte strings that the analysis
    /// cannot tell apart, its proof is this leaf's.
    ///
    /// # Errors
    /// What cannot be proved, see [`analysis`].
    pub fn with_constants(&self, draft: Draft) -> Result<Self, LeafError> {
        let same = self.draft.witness_items == draft.witness_items
            && analysis::is_alike(&self.draft.script, &draft.script);
        match same {
            true => Ok(Self {
                draft,
                peak_stack: self.peak_stack,
            }),
            false => Self::new(draft),
        }
    }

    /// What its author says.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The tapscript.
    pub fn script(&self) -> &Script {
        &self.draft.script
    }

    /// The most items on stack and altstack.
    pub fn peak_stack(&self) -> usize {
        self.peak_stack
    }

    /// The hash by which the leaf stands in a tree.
    pub fn hash(&self) -> TapLeafHash {
        let script = bitcoin::Script::from_bytes(self.draft.script.as_bytes());
        TapLeafHash::from_script(script, LeafVersion::TapScript)
    }

    /// The weight of the largest transaction that spends the leaf, when it stands `depth` below the root and everything but
    /// this input's witness weighs `transaction_weight`.
    pub fn max_spend_weight(&self, depth: usize, transaction_weight: usize) -> usize {
        let size = SpendSize {
            script_bytes: self.draft.script.len(),
            witness_items: self.draft.witness_items,
            max_witness_weight: self.draft.max_witness_weight,
        };
        size.max_weight(depth, transaction_weight)
    }
}

/// What decides over the weight of a transaction that spends a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpendSize {
    /// Length of the script.
    pub(crate) script_bytes: usize,
    /// Items of the witness, script and control block not counted.
    pub(crate) witness_items: usize,
    /// The weight of the largest witness, each item with its length byte, script and control block not counted.
    pub(crate) max_witness_weight: usize,
}

impl SpendSize {
    /// See [`Leaf::max_spend_weight`].
    pub(crate) fn max_weight(self, depth: usize, transaction_weight: usize) -> usize {
        let control_block = 33 + 32 * depth;
        transaction_weight
            + VarInt::from(self.witness_items + 2).size()
            + self.max_witness_weight
            + VarInt::from(self.script_bytes).size()
            + self.script_bytes
            + VarInt::from(control_block).size()
            + control_block
    }
}
