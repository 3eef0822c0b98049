//! The search for a cut under a limit on the weight of leaves.
//!
//! A group of one step costs a slot; putting two steps together saves one, and saves hashing what only the second reads, but makes the
//! leaf heavier. So under a limit the fewest slots are wanted. Steps are taken in their order, each goes to the lightest group from which
//! it reads and where everything stays below the limit, else it opens a group.
//!
//! Groups are tried at once, on all threads. Which of them is found to be too heavy, and when, depends on the threads; which one is the
//! lightest does not.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::cut::{Cut, Group, Joined, Reader, Readers, View, claim_targets};
use super::error::CompileError;
use super::graph::Graph;
use super::plan::Planner;
use super::weigh::Weights;
use crate::groth16::program::Program;

/// Groups under construction: at first each step is one, later some are empty.
pub(super) struct Cutter<'a> {
    program: &'a Program,
    graph: &'a Graph,
    readers: Readers,
    weights: &'a Weights,
    limit: usize,
    cut: Cut,
    /// For each group, those from which it reads, also through others.
    ancestors: Vec<Groups>,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(
        program: &'a Program,
        graph: &'a Graph,
        weights: &'a Weights,
        limit: usize,
    ) -> Self {
        Self {
            program,
            graph,
            readers: Readers::new(graph),
            weights,
            limit,
            cut: Cut::finest(graph),
            ancestors: vec![Groups::none_of(graph.steps.len()); graph.steps.len()],
        }
    }

    /// The cut whose leaves all weigh at most the limit, if steps by themselves do.
    pub(super) fn cut(mut self) -> Result<Option<Cut>, CompileError> {
        for step in 0..self.program.steps.len() {
            self.place(step)?;
        }
        let mut cut = self.cut;
        cut.groups.retain(|group| !group.steps.is_empty());
        for (number, group) in cut.groups.iter().enumerate() {
            for step in &group.steps {
                cut.group_of[*step] = number;
            }
        }
        let planner = Planner {
            program: self.program,
            graph: self.graph,
            cut: View::from(&cut),
        };
        let targets = cut.targets(self.program, self.graph);
        let weights = targets
            .par_iter()
            .map(|target| self.weights.weight(&planner, *target));
        let heaviest = weights.try_reduce(|| 0, |a, b| Ok(a.max(b)))?;
        Ok((heaviest <= self.limit).then_some(cut))
    }

    /// Puts a step into the best group, or leaves it by itself: of equally light ones into the last.
    fn place(&mut self, step: usize) -> Result<(), CompileError> {
        let read: BTreeSet<usize> = self.cut.read_by(self.graph, step).collect();
        let lightest = AtomicUsize::new(self.limit);
        let candidates = read.par_iter().map(|group| {
            if self.depends_otherwise(&read, *group) {
                return Ok(None);
            }
            let joined = Joined::new(&self.cut, &self.readers, step, *group);
            let weight = self.weight_around(&joined, &lightest)?;
            Ok(weight.map(|weight| (weight, Reverse(*group), joined)))
        });
        let candidates: Vec<Option<_>> = candidates.collect::<Result<_, CompileError>>()?;
        let candidates = candidates.into_iter().flatten();
        let best = candidates.min_by_key(|(weight, group, _)| (*weight, *group));
        let group = match best {
            Some((_, Reverse(group), joined)) => {
                self.cut.groups[step] = Group::default();
                self.cut.groups[group] = joined.together;
                self.cut.group_of[step] = group;
                group
            }
            None => step,
        };
        let mut ancestors = Groups::none_of(self.ancestors.len());
        for other in read.into_iter().filter(|other| *other != group) {
            ancestors.insert(other);
            ancestors.extend(&self.ancestors[other]);
        }
        for others in &mut self.ancestors {
            if others.contains(group) {
                others.extend(&ancestors);
            }
        }
        self.ancestors[group].extend(&ancestors);
        Ok(())
    }

    /// Whether one of the groups that are read depends on `group` itself: then the step cannot go there.
    fn depends_otherwise(&self, read: &BTreeSet<usize>, group: usize) -> bool {
        let mut others = read.iter().filter(|other| **other != group);
        others.any(|other| self.ancestors[*other].contains(group))
    }

    /// The heaviest leaf among those of a group and of all groups and checks that read from it; none if it is heavier than the
    /// `lightest` that a candidate has had so far, which it is then.
    fn weight_around(
        &self,
        joined: &Joined,
        lightest: &AtomicUsize,
    ) -> Result<Option<usize>, CompileError> {
        let cut = joined.view(&self.cut);
        let mut groups = BTreeSet::from([joined.group]);
        let mut checked = false;
        for member in joined.together.parts.iter().flatten() {
            for reader in &self.readers.of[*member] {
                match reader {
                    Reader::Step(step) => drop(groups.insert(cut.group_of(*step))),
                    Reader::Check => checked = true,
                }
            }
        }
        let planner = Planner {
            program: self.program,
            graph: self.graph,
            cut,
        };
        let targets = groups
            .into_iter()
            .flat_map(|group| cut.targets(self.program, group));
        let claims = checked.then(|| claim_targets(self.program));
        let targets = targets.chain(claims.into_iter().flatten());
        let weights = targets.collect::<Vec<_>>().into_par_iter().map(|target| {
            let weight = self.weights.weight(&planner, target)?;
            // Nobody asks how heavy a group is that is not the lightest.
            match weight <= lightest.load(Ordering::Relaxed) {
                true => Ok(weight),
                false => Err(Stop::TooHeavy),
            }
        });
        match weights.try_reduce(|| 0, |a, b| Ok(a.max(b))) {
            Ok(heaviest) => {
                lightest.fetch_min(heaviest, Ordering::Relaxed);
                Ok(Some(heaviest))
            }
            Err(Stop::TooHeavy) => Ok(None),
            Err(Stop::Error(error)) => Err(error),
        }
    }
}

/// A set of groups, one bit for each.
#[derive(Clone)]
struct Groups(Vec<u64>);

impl Groups {
    /// The empty set, of so many groups.
    fn none_of(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn contains(&self, group: usize) -> bool {
        self.0[group / 64] >> (group % 64) & 1 == 1
    }

    fn insert(&mut self, group: usize) {
        self.0[group / 64] |= 1 << (group % 64);
    }

    fn extend(&mut self, others: &Self) {
        for (bits, other) in self.0.iter_mut().zip(&others.0) {
            *bits |= other;
        }
    }
}

/// Why leaves are not weighed any further.
enum Stop {
    TooHeavy,
    Error(CompileError),
}

impl From<CompileError> for Stop {
    fn from(error: CompileError) -> Self {
        Self::Error(error)
    }
}
