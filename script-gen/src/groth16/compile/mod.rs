//! From a straight-line program to the leaves that refute a false run of it.
//!
//! The operator commits the program's inputs in full and, for each group of steps that share a leaf, one digest of those of
//! their values that others read. [`compile`] decides which steps share a leaf: the more, the fewer values are committed,
//! and the heavier is the worst Disprove ([`Budget`]). Nothing here knows what the program computes.
//!
//! # Leaves
//! A leaf opens what its steps read: inputs digit by digit, and digests, whose values the spender shows and the leaf hashes.
//! The spender also shows what the steps determine; their equations are checked. Then
//! - for a group's digest: the shown outputs are hashed, and their digest must not be the committed one;
//! - for a step that can be undefined: its relations that say so must hold;
//! - for a claim of a check: it must be false;
//! - for an input: its digits, which are all that is opened, must say no number of its range.
//!
//! `docs/compiler.md` says why these leaves refute every false assertion and no true one, why digests of 128 bits are enough for
//! that, and how the cut is found.

mod actions;
mod budget;
mod cut;
mod cutter;
mod error;
mod graph;
mod leaf;
mod lots;
mod plan;
mod range;
mod refute;
mod slots;
#[cfg(test)]
mod tests;
mod weigh;

pub use budget::{
    Budget, DEFAULT_ASSERTION_WEIGHT, DISPROVE_WEIGHT, Limit, MAX_BLOCK_TRANSACTION,
    assertion_transactions, assertion_weight,
};
pub use error::CompileError;
pub use refute::Refutation;
pub use slots::Slot;

use rayon::prelude::*;
use serde::Serialize;

use crate::groth16::program::Program;
use crate::tree::depth;
use crate::winternitz::{PublicKey, Shape};
use budget::Search;
use cut::{Cut, View};
use graph::Graph;
use plan::{Planner, Target};
use slots::Slots;
use weigh::Weights;

/// 64 digits of an input.
pub const INPUT_SHAPE: Shape = Shape::DIGEST_256;

/// 32 digits of a digest.
pub const DIGEST_SHAPE: Shape = Shape::WORDS_4;

/// A program that has been cut: its slots and leaves.
#[derive(Clone, Debug)]
pub struct Compiled {
    program: Program,
    graph: Graph,
    cut: Cut,
    slots: Slots,
    targets: Vec<Target>,
    budget: Budget,
}

/// A leaf as a list shows it, before there are keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeafPlan {
    /// Its name, unique in the program.
    pub name: String,
    /// The relation that it refutes.
    pub relation: String,
    /// The slots that it opens, by number.
    pub slots: Vec<usize>,
    /// The weight of the largest Disprove transaction.
    pub weight: usize,
}

/// A point of the curve that a designer chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CurvePoint {
    /// The limit on the weight of a Disprove.
    pub max_leaf_weight: usize,
    /// The heaviest Disprove.
    pub worst_leaf_weight: usize,
    /// Slots of the assertion, inputs included.
    pub committed_values: usize,
    /// Weight of the assertion.
    pub assertion_weight: usize,
    /// Number of leaves.
    pub leaves: usize,
    /// Weight of all Disprove transactions together: about the bytes of all scripts.
    pub total_weight: usize,
}

/// Cuts a program under a budget.
///
/// # Errors
/// A faulty program, or a budget that no cut respects.
pub fn compile(program: Program, budget: Budget) -> Result<Compiled, CompileError> {
    program.validate()?;
    let graph = Graph::new(&program);
    let weights = Weights::new(&program, &graph, budget.disprove_weight);
    let search = Search {
        program: &program,
        graph: &graph,
        weights: &weights,
    };
    let cut = match budget.limit {
        Limit::AssertionWeight(limit) => search
            .within(limit)?
            .ok_or(CompileError::AssertionTooSmall(limit))?,
        Limit::AssertionGoal(limit) => match search.within(limit)? {
            Some(cut) => cut,
            None => search.lightest_assertion()?,
        },
        Limit::LeafWeight(limit) => search.strictly_under(limit)?,
    };
    Ok(Compiled::new(program, graph, cut, budget))
}

/// The curve: for so many limits from the smallest possible one to the `heaviest`, what the assertion and the tree weigh. A limit
/// that makes no assertion lighter than a lower one is left out.
///
/// # Errors
/// A faulty program.
pub fn curve(
    program: &Program,
    points: usize,
    heaviest: usize,
) -> Result<Vec<CurvePoint>, CompileError> {
    program.validate()?;
    let graph = Graph::new(program);
    let weights = Weights::new(program, &graph, DISPROVE_WEIGHT);
    let search = Search {
        program,
        graph: &graph,
        weights: &weights,
    };
    search.curve(points, heaviest)
}

impl Compiled {
    fn new(program: Program, graph: Graph, cut: Cut, budget: Budget) -> Self {
        let slots = Slots::new(&program, &cut);
        let targets = cut.targets(&program, &graph);
        Self {
            program,
            graph,
            cut,
            slots,
            targets,
            budget,
        }
    }

    fn planner(&self) -> Planner<'_> {
        Planner {
            program: &self.program,
            graph: &self.graph,
            cut: View::from(&self.cut),
        }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What it was cut under.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// The slots, scalars first, then the other inputs, then digests. Keys, values and signatures are listed in this order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots.list
    }

    /// How many slots are scalars, which the claim commits.
    pub fn scalars(&self) -> usize {
        let inputs = self.program.inputs.iter();
        inputs
            .filter(|input| input.kind == crate::groth16::program::InputKind::Scalar)
            .count()
    }

    /// What the assertion weighs, all its transactions together. The claim commits the scalars.
    pub fn assertion_weight(&self) -> usize {
        assertion_weight(&self.slots.asserted(&self.program))
    }

    /// The leaves, in the order in which they stand in the tree and in which a refutation looks for one.
    ///
    /// # Errors
    /// A faulty program.
    pub fn leaves(&self) -> Result<Vec<LeafPlan>, CompileError> {
        let planner = self.planner();
        let weights = Weights::new(&self.program, &self.graph, self.budget.disprove_weight);
        let plans = self.targets.par_iter().enumerate().map(|(number, target)| {
            let plan = planner.plan(*target)?;
            let depth = depth(number, self.targets.len());
            Ok(LeafPlan {
                weight: weights.weight_at(&planner, *target, depth)?,
                name: planner.name(*target),
                relation: planner.relation(&plan),
                slots: self.opened(&plan),
            })
        });
        plans.collect()
    }

    /// Number of leaves.
    pub fn leaf_count(&self) -> usize {
        self.targets.len()
    }

    /// The slots that a leaf opens, in the order of its witness.
    fn opened(&self, plan: &plan::Plan<'_>) -> Vec<usize> {
        let inputs = plan.inputs.iter().map(|input| self.slots.of_input[*input]);
        let own = match plan.target {
            Target::Digest(group) => self.slots.of_group[group],
            _ => None,
        };
        let groups = plan
            .groups
            .iter()
            .filter_map(|(group, _)| self.slots.of_group[*group]);
        own.into_iter().chain(groups).chain(inputs).collect()
    }

    fn check_keys(&self, keys: &[PublicKey]) -> Result<(), CompileError> {
        let shapes = keys.iter().map(PublicKey::shape);
        match shapes.eq(self.slots.list.iter().map(|slot| slot.shape)) {
            true => Ok(()),
            false => Err(CompileError::Keys {
                expected: self.slots.list.len(),
                found: keys.len(),
            }),
        }
    }
}
