//! The leaves of a game that nobody plays, to see how large they are.
//!
//! Sizes depend on the parameters: keys and program have no influence on a leaf's length, and the byte order none on the
//! costliest ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitcoin::Weight;
use gavel_script_gen::leaf::LeafKind;
use gavel_script_gen::mips::{GameShape, LeafSet};
use gavel_vm::digest::Digest;
use gavel_vm::memory::ByteOrder;
use serde::Serialize;
use thiserror::Error;

use crate::graph::blueprint::Blueprint;
use crate::graph::name::{DisputeTx, Stage, TxName};
use crate::graph::setup::SetupError;
use crate::keys::slots::OneTimeSecret;
use crate::leaves::{DisputeLeaf, DisputeLeaves, LeavesError};
use crate::params::Params;
use crate::plan::{self, LeafSizes};

/// Parameters that give no game.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// No leaves.
    #[error(transparent)]
    Leaves(#[from] LeavesError),
    /// No transactions.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// All leaves that refute one relation, and the largest of each size among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeafSummary {
    /// The name that the leaves have in common.
    pub name: String,
    /// What the relation is about.
    pub kind: LeafKind,
    /// The relation that they refute.
    pub relation: String,
    /// How many leaves there are.
    pub leaves: usize,
    /// Length of the longest script.
    pub script_bytes: usize,
    /// Weight of the heaviest Disprove that spends one of them.
    pub worst_weight: u64,
    /// The most items on stack and altstack.
    pub peak_stack: usize,
}

/// The leaves of a game with these parameters, over keys that nobody uses and an empty program.
///
/// # Errors
/// The parameters give no game.
pub fn leaves(params: &Params) -> Result<DisputeLeaves, LeavesError> {
    let operator = OneTimeSecret::new(&[0; 32], &[0; 32]);
    let challenger = OneTimeSecret::new(&[1; 32], &[0; 32]);
    let shape = GameShape {
        trace_bits: params.trace_rounds.clone(),
        path_bits: params.path_rounds.clone(),
        digest: params.digest_bits,
        order: ByteOrder::Big,
        boot: Digest([0; 8]),
        boot_file: Digest([0; 8]),
    };
    let selections = challenger.selection_keys(params, 1);
    let keys = operator.dispute_keys(params, 1, &selections);
    DisputeLeaves::new(
        Arc::new(LeafSet::new(shape)?),
        &operator.claim_keys(params),
        &keys,
        plan::unused_key(1).x_only_public_key().0,
    )
}

/// A line for each kind of leaf, in the order of their names.
///
/// # Errors
/// The parameters give no game.
pub fn summary(params: &Params) -> Result<Vec<LeafSummary>, MeasureError> {
    let leaves = leaves(params)?;
    let blueprint = Blueprint::new(plan::setup(params, LeafSizes::of(&leaves.trees())))?;
    let mut kinds: BTreeMap<&str, LeafSummary> = BTreeMap::new();
    for stage in Stage::ALL {
        let witness = |leaf: &DisputeLeaf<'_>| leaf.size.witness(0).weight() as u64;
        // The blueprint knows the transaction with the heaviest leaf; one with another leaf differs as the witnesses do.
        let heaviest = disprove_weight(&blueprint, stage);
        let heaviest_witness = leaves
            .leaves(stage)
            .map(|leaf| witness(&leaf))
            .max()
            .unwrap_or(0);
        for spend in leaves.leaves(stage) {
            let DisputeLeaf {
                leaf,
                size,
                peak_stack,
            } = spend;
            let kind = kinds
                .entry(leaf.kind_name())
                .or_insert_with(|| LeafSummary {
                    name: leaf.kind_name().to_owned(),
                    kind: leaf.kind(),
                    relation: leaf.relation().to_owned(),
                    leaves: 0,
                    script_bytes: 0,
                    worst_weight: 0,
                    peak_stack: 0,
                });
            kind.leaves += 1;
            kind.script_bytes = kind.script_bytes.max(size.script);
            kind.worst_weight = kind
                .worst_weight
                .max(heaviest - (heaviest_witness - witness(&spend)));
            kind.peak_stack = kind.peak_stack.max(peak_stack);
        }
    }
    Ok(kinds.into_values().collect())
}

/// The weight of the Disprove that spends the heaviest leaf of a stage.
fn disprove_weight(blueprint: &Blueprint, stage: Stage) -> u64 {
    let disprove = TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    };
    let found = blueprint.weights().find(|(name, _)| *name == disprove);
    found.map_or(Weight::ZERO, |(_, weight)| weight).to_wu()
}
