//! What a cut may cost, and how the best one under a budget is found.

use rayon::prelude::*;

use super::CurvePoint;
use super::cut::{Cut, View};
use super::cutter::Cutter;
use super::error::CompileError;
use super::graph::Graph;
use super::plan::{Planner, Target};
use super::slots::Slots;
use super::weigh::{UNBUILDABLE, Weights};
use crate::groth16::program::Program;
use crate::leaf::MAX_STANDARD_WEIGHT;
use crate::reveal::{SIGNATURE_WEIGHT, inputs};
use crate::tree::depth;
use crate::winternitz::{GameSeed, Shape};

/// What may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What is limited.
    pub limit: Limit,
    /// What a Disprove transaction weighs without the witness of the input that spends the leaf.
    pub disprove_weight: usize,
}

/// What is limited, and so what is made as small as that allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No Disprove transaction weighs more: the smallest assertion.
    LeafWeight(usize),
    /// The assertion weighs no more, all its transactions together: the lightest worst Disprove.
    AssertionWeight(usize),
    /// The same, but if no assertion is that light, the lightest one there is.
    AssertionGoal(usize),
}

/// The weight of the peer's assertion, four transactions of 369 kvB together: the default limit of ours.
pub const DEFAULT_ASSERTION_WEIGHT: usize = 4 * 369_000;

/// The largest weight of a transaction that fits a block.
pub const MAX_BLOCK_TRANSACTION: usize = 3_996_000;

/// A Disprove transaction without that witness: one input, one or two outputs and an anchor.
pub const DISPROVE_WEIGHT: usize = 4 * 200;

/// The steps in which the search for the best limit ends, in weight units.
const PRECISION: usize = 2_000;

impl Default for Budget {
    fn default() -> Self {
        Self {
            limit: Limit::AssertionGoal(DEFAULT_ASSERTION_WEIGHT),
            disprove_weight: DISPROVE_WEIGHT,
        }
    }
}

impl Budget {
    /// The smallest assertion whose Disprove transactions all weigh at most `weight`.
    pub fn of_leaf_weight(weight: usize) -> Self {
        Self {
            limit: Limit::LeafWeight(weight),
            ..Self::default()
        }
    }

    /// The same if a weight is asked for, else the default.
    pub fn of_asked_leaf_weight(weight: Option<usize>) -> Self {
        weight.map_or_else(Self::default, Self::of_leaf_weight)
    }
}

/// What it weighs to commit values of these shapes in standard transactions: witnesses, inputs, the outputs that these spend
/// and the transactions around them.
pub fn assertion_weight(shapes: &[Shape]) -> usize {
    /// Outpoint, empty script and sequence, the spent output, public key and CHECKSIG, control block, lengths of lists.
    const INPUT: usize = 4 * 41 + 4 * 43 + 34 + 34 + 8;
    /// Version, lock time, lengths and two outputs.
    const TRANSACTION: usize = 4 * 100;
    let slot = |shape: &Shape| {
        let key = GameSeed::new(&[0; 32], &[0; 32])
            .secret_key(*shape, "")
            .public_key();
        key.verify_script().len() + shape.max_witness_weight()
    };
    let mut known: Vec<(Shape, usize)> = vec![];
    let mut total = 0;
    for shape in shapes {
        total += match known.iter().find(|(other, _)| other == shape) {
            Some((_, weight)) => *weight,
            None => {
                known.push((*shape, slot(shape)));
                slot(shape)
            }
        };
    }
    total += inputs(shapes, 0).len() * (INPUT + SIGNATURE_WEIGHT);
    total + assertion_transactions(total) * TRANSACTION
}

/// The points that make the assertion lighter than all before them.
pub(super) fn useful(mut points: Vec<CurvePoint>) -> Vec<CurvePoint> {
    let mut lightest = usize::MAX;
    points.retain(|point| {
        let buys = point.assertion_weight < lightest;
        lightest = lightest.min(point.assertion_weight);
        buys
    });
    points
}

/// How many standard transactions commit values that weigh so much together.
pub fn assertion_transactions(weight: usize) -> usize {
    weight.div_ceil(MAX_STANDARD_WEIGHT)
}

/// The search for a cut.
pub(super) struct Search<'a> {
    pub(super) program: &'a Program,
    pub(super) graph: &'a Graph,
    pub(super) weights: &'a Weights,
}

impl Search<'_> {
    /// Who plans the leaves of a cut, and these.
    fn leaves<'b>(&'b self, cut: &'b Cut) -> (Planner<'b>, Vec<Target>) {
        let planner = Planner {
            program: self.program,
            graph: self.graph,
            cut: View::from(cut),
        };
        (planner, cut.targets(self.program, self.graph))
    }

    /// The heaviest leaf if every step has its own.
    fn finest(&self) -> Result<(usize, String), CompileError> {
        let cut = Cut::finest(self.graph);
        let (planner, targets) = self.leaves(&cut);
        let weights = targets
            .par_iter()
            .map(|target| self.weights.weight(&planner, *target));
        let weights = weights.collect::<Result<Vec<_>, _>>()?;
        let heaviest = weights
            .into_iter()
            .zip(targets)
            .max_by_key(|(weight, _)| *weight);
        Ok(heaviest.map_or((0, String::new()), |(weight, target)| {
            (weight, planner.name(target))
        }))
    }

    /// The same if every step has its own leaf and each can be built.
    fn lightest(&self) -> Result<(usize, String), CompileError> {
        match self.finest()? {
            (UNBUILDABLE, name) => Err(CompileError::NoLeafFits(name)),
            finest => Ok(finest),
        }
    }

    /// The cut with the smallest assertion whose leaves weigh at most `limit`, or why there is none.
    pub(super) fn strictly_under(&self, limit: usize) -> Result<Cut, CompileError> {
        match self.first_above(limit)? {
            None => self.under(limit)?.ok_or(CompileError::NoCut(limit)),
            Some((UNBUILDABLE, name)) => Err(CompileError::NoLeafFits(name)),
            Some((weight, name)) => Err(CompileError::LeafTooHeavy {
                name,
                weight,
                limit,
            }),
        }
    }

    /// The first leaf, if every step has its own, that is heavier. Known after a few leaves if many are.
    fn first_above(&self, limit: usize) -> Result<Option<(usize, String)>, CompileError> {
        let cut = Cut::finest(self.graph);
        let (planner, targets) = self.leaves(&cut);
        let weights = targets.par_iter().map(|target| {
            let weight = self.weights.weight(&planner, *target);
            (weight, planner.name(*target))
        });
        let heavy = |weight: &Result<usize, _>| !matches!(weight, Ok(weight) if *weight <= limit);
        let first = weights.find_first(|(weight, _)| heavy(weight));
        first.map(|(weight, name)| Ok((weight?, name))).transpose()
    }

    /// What it costs to allow leaves of more and more weight: limits from the lightest possible one to the `heaviest`, in equal
    /// ratios. Those that buy no lighter assertion are left out.
    pub(super) fn curve(
        &self,
        points: usize,
        heaviest: usize,
    ) -> Result<Vec<CurvePoint>, CompileError> {
        let (lightest, _) = self.lightest()?;
        let ratio = heaviest.max(lightest) as f64 / lightest as f64;
        let limits = (0..points).map(|point| {
            let part = point as f64 / points.saturating_sub(1).max(1) as f64;
            (lightest as f64 * ratio.powf(part)).round() as usize
        });
        let points = limits.map(|limit| {
            let cut = self.under(limit)?;
            cut.map(|cut| self.point(limit, &cut)).transpose()
        });
        let points = points.filter_map(Result::transpose);
        Ok(useful(points.collect::<Result<_, _>>()?))
    }

    fn point(&self, limit: usize, cut: &Cut) -> Result<CurvePoint, CompileError> {
        let (planner, targets) = self.leaves(cut);
        let weights = targets.par_iter().enumerate().map(|(number, target)| {
            let depth = depth(number, targets.len());
            self.weights.weight_at(&planner, *target, depth)
        });
        let weights = weights.collect::<Result<Vec<_>, _>>()?;
        Ok(CurvePoint {
            max_leaf_weight: limit,
            worst_leaf_weight: weights.iter().copied().max().unwrap_or(0),
            committed_values: Slots::new(self.program, cut).list.len(),
            assertion_weight: self.assertion(cut),
            leaves: targets.len(),
            total_weight: weights.iter().sum(),
        })
    }

    /// The cut with the smallest assertion whose leaves weigh at most `limit`.
    fn under(&self, limit: usize) -> Result<Option<Cut>, CompileError> {
        Cutter::new(self.program, self.graph, self.weights, limit).cut()
    }

    /// The lightest assertion that any leaves allow.
    pub(super) fn lightest_assertion(&self) -> Result<Cut, CompileError> {
        self.strictly_under(MAX_BLOCK_TRANSACTION)
    }

    /// The cut with the lightest worst leaf whose assertion weighs at most `limit`, by bisection; none if there is none.
    pub(super) fn within(&self, limit: usize) -> Result<Option<Cut>, CompileError> {
        let (mut low, _) = self.lightest()?;
        let mut high = MAX_BLOCK_TRANSACTION.max(low);
        let fits = |leaf: usize| -> Result<Option<Cut>, CompileError> {
            let cut = self.under(leaf)?;
            Ok(cut.filter(|cut| self.assertion(cut) <= limit))
        };
        if let Some(cut) = fits(low)? {
            return Ok(Some(cut));
        }
        let Some(mut best) = fits(high)? else {
            return Ok(None);
        };
        while high - low > PRECISION {
            let middle = low.midpoint(high);
            match fits(middle)? {
                Some(cut) => (best, high) = (cut, middle),
                None => low = middle,
            }
        }
        Ok(Some(best))
    }

    /// What the assertion of a cut weighs.
    fn assertion(&self, cut: &Cut) -> usize {
        assertion_weight(&Slots::new(self.program, cut).asserted(self.program))
    }
}
