//! The leaves of a game that nobody plays, to see how large they are.
//!
//! Sizes depend on the parameters: keys and program have no influence on a leaf's length, and the byte order none on the
//! costliest ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use bitcoin::Weight;
use gavel_script_gen::leaf::{LeafKind, kind_name};
use gavel_script_gen::manifest::Manifest;
use gavel_script_gen::mips::{GameShape, LeafSet};
use gavel_vm::digest::Digest;
use gavel_vm::memory::ByteOrder;
use serde::Serialize;
use thiserror::Error;

use crate::graph::blueprint::Blueprint;
use crate::graph::name::{DisputeTx, Stage, TxName};
use crate::graph::setup::SetupError;
use crate::keys::slots::OneTimeSecret;
use crate::leaves::{DisputeLeaves, LeavesError};
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
    let challenger_keys = challenger.challenger_keys(params, 1);
    let keys = operator.dispute_keys(params, 1, &challenger_keys);
    DisputeLeaves::new(
        Arc::new(LeafSet::new(shape)?),
        &operator.claim_keys(params),
        &keys,
        plan::unused_key(1).x_only_public_key().0,
    )
}

/// All leaves of one dispute, by the reveal that they dispute: what an auditor reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GameManifest {
    /// Digest length in bits.
    pub digest_bits: usize,
    /// Bits selected in each round of the trace search.
    pub trace_rounds: Vec<u8>,
    /// Bits selected in each round of the path search.
    pub path_rounds: Vec<u8>,
    /// Leaves over the revealed step.
    pub step: Manifest,
    /// Leaves over a revealed path.
    pub path: Manifest,
    /// Leaves over a revealed access.
    pub access: Manifest,
}

impl GameManifest {
    /// The manifest of a game with these parameters, over keys that nobody uses and an empty program.
    ///
    /// # Errors
    /// The parameters give no game.
    pub fn new(params: &Params) -> Result<Self, MeasureError> {
        let leaves = leaves(params)?;
        let trees = leaves.trees();
        let blueprint = Blueprint::new(plan::setup(params, LeafSizes::of(&trees)))?;
        // The blueprint knows the transaction with the heaviest leaf; one with another leaf differs as the witnesses do.
        let manifest = |stage| {
            let heaviest = trees.get(stage).worst.witness(0).weight();
            leaves.manifest(stage, disprove_weight(&blueprint, stage) - heaviest)
        };
        Ok(Self {
            digest_bits: params.digest_bits.bits(),
            trace_rounds: params.trace_rounds.clone(),
            path_rounds: params.path_rounds.clone(),
            step: manifest(Stage::Step),
            path: manifest(Stage::Path),
            access: manifest(Stage::Access),
        })
    }

    /// A line for each kind of leaf, in the order of their names.
    pub fn summary(&self) -> Vec<LeafSummary> {
        let mut kinds: BTreeMap<&str, LeafSummary> = BTreeMap::new();
        let trees = [&self.step, &self.path, &self.access];
        for entry in trees.into_iter().flat_map(|tree| &tree.leaves) {
            let name = kind_name(&entry.name);
            let kind = kinds.entry(name).or_insert_with(|| LeafSummary {
                name: name.to_owned(),
                kind: entry.kind,
                relation: entry.relation.clone(),
                leaves: 0,
                script_bytes: 0,
                worst_weight: 0,
                peak_stack: 0,
            });
            kind.leaves += 1;
            kind.script_bytes = kind.script_bytes.max(entry.script_bytes);
            kind.worst_weight = kind.worst_weight.max(entry.worst_weight as u64);
            kind.peak_stack = kind.peak_stack.max(entry.peak_stack);
        }
        kinds.into_values().collect()
    }
}

/// The weight of the Disprove that spends the heaviest leaf of a stage.
fn disprove_weight(blueprint: &Blueprint, stage: Stage) -> usize {
    let disprove = TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    };
    let found = blueprint.weights().find(|(name, _)| *name == disprove);
    found.map_or(Weight::ZERO, |(_, weight)| weight).to_wu() as usize
}
