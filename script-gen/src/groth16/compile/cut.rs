//! The cut: which steps share a leaf, and what is committed.
//!
//! Every group of steps has one leaf and one slot: the digest of those of its outputs that others read. A group of one step
//! costs a slot; putting two steps together saves one, and saves hashing what only the second reads, but makes the leaf
//! heavier. So under a limit on the weight of leaves the fewest slots are wanted. Steps are taken in their order, each goes
//! to the lightest group from which it reads and where everything stays below the limit, else it opens a group.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::error::CompileError;
use super::graph::Graph;
use super::plan::{Planner, Target};
use super::weigh::Weights;
use crate::groth16::program::Program;

/// Steps that share a leaf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// By number, in order.
    pub(super) steps: Vec<usize>,
    /// The members that others read, by number. Those of one part are hashed together.
    pub(super) parts: Vec<Vec<usize>>,
}

/// A partition of the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// In order of their first steps.
    pub(super) groups: Vec<Group>,
    /// For each step, its group.
    pub(super) group_of: Vec<usize>,
}

impl Cut {
    /// Each step by itself.
    pub(super) fn finest(graph: &Graph) -> Self {
        let count = graph.steps.len();
        let mut cut = Self {
            groups: vec![],
            group_of: (0..count).collect(),
        };
        for step in 0..count {
            cut.groups.push(Group {
                steps: vec![step],
                parts: vec![],
            });
        }
        let readers = readers(graph);
        for group in 0..count {
            cut.groups[group].parts = cut.parts(&readers, group);
        }
        cut
    }

    /// The members that other groups or checks read; those that all have the same readers are hashed together.
    fn parts(&self, readers: &Readers, group: usize) -> Vec<Vec<usize>> {
        let mut parts: Vec<(BTreeSet<Reader>, Vec<usize>)> = vec![];
        for member in self.groups[group]
            .steps
            .iter()
            .flat_map(|step| &readers.members_of[*step])
        {
            let outside = readers.of[*member].iter().filter(|reader| match reader {
                Reader::Step(step) => self.group_of[*step] != group,
                Reader::Check => true,
            });
            let outside: BTreeSet<Reader> = outside.copied().collect();
            match parts.iter_mut().find(|(known, _)| *known == outside) {
                _ if outside.is_empty() => {}
                Some((_, part)) => part.push(*member),
                None => parts.push((outside, vec![*member])),
            }
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// All leaves, in the order in which a refutation looks for one: inputs, groups as they depend on each other, checks.
    pub(super) fn targets(&self, program: &Program, graph: &Graph) -> Vec<Target> {
        let mut targets = vec![];
        for (number, input) in program.inputs.iter().enumerate() {
            if input.kind == crate::groth16::program::InputKind::Element {
                targets.push(Target::Negative(number));
            }
            targets.push(Target::TooLarge(number));
        }
        for group in self.order(graph) {
            targets.extend(self.group_targets(program, group));
        }
        targets.extend(claim_targets(program));
        targets
    }

    fn group_targets(&self, program: &Program, group: usize) -> Vec<Target> {
        let Group { steps, parts } = &self.groups[group];
        let steps = steps
            .iter()
            .filter(|step| !program.steps[**step].undefined.is_empty());
        let undefined = steps.map(|step| Target::Undefined(*step));
        let digest = (!parts.is_empty()).then_some(Target::Digest(group));
        undefined.chain(digest).collect()
    }

    /// Groups from which a group reads.
    fn read_by<'a>(&'a self, graph: &'a Graph, group: usize) -> impl Iterator<Item = usize> + 'a {
        let steps = self.groups[group].steps.iter();
        let members = steps.flat_map(|step| &graph.steps[*step].members);
        let groups = members.map(|member| self.group_of[graph.members[*member].step]);
        groups.filter(move |other| *other != group)
    }

    /// The groups, each behind those from which it reads.
    fn order(&self, graph: &Graph) -> Vec<usize> {
        let mut order = vec![];
        let mut done = vec![false; self.groups.len()];
        for group in 0..self.groups.len() {
            let mut path = vec![group];
            while let Some(&last) = path.last() {
                let open = self.read_by(graph, last).find(|other| !done[*other]);
                match open {
                    Some(other) => path.push(other),
                    None => {
                        path.pop();
                        if !std::mem::replace(&mut done[last], true) {
                            order.push(last);
                        }
                    }
                }
            }
        }
        order
    }
}

fn claim_targets(program: &Program) -> impl Iterator<Item = Target> {
    let checks = program.checks.iter().enumerate();
    checks.flat_map(|(number, check)| {
        let claims = 0..check.claims.len();
        claims.map(move |claim| Target::Claim(number, claim))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    Step(usize),
    Check,
}

/// Who reads each member.
struct Readers {
    of: Vec<BTreeSet<Reader>>,
    members_of: Vec<Vec<usize>>,
}

fn readers(graph: &Graph) -> Readers {
    let mut readers = Readers {
        of: vec![BTreeSet::new(); graph.members.len()],
        members_of: vec![vec![]; graph.steps.len()],
    };
    for (step, reads) in graph.steps.iter().enumerate() {
        for member in &reads.members {
            readers.of[*member].insert(Reader::Step(step));
        }
    }
    for member in &graph.checked {
        readers.of[*member].insert(Reader::Check);
    }
    for (number, member) in graph.members.iter().enumerate() {
        readers.members_of[member.step].push(number);
    }
    readers
}

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
            readers: readers(graph),
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
            cut: &cut,
        };
        let targets = cut.targets(self.program, self.graph);
        let weights = targets
            .par_iter()
            .map(|target| self.weights.weight(&planner, *target));
        let heaviest = weights.try_reduce(|| 0, |a, b| Ok(a.max(b)))?;
        Ok((heaviest <= self.limit).then_some(cut))
    }

    /// Puts a step into the best group, or leaves it by itself.
    fn place(&mut self, step: usize) -> Result<(), CompileError> {
        let read: BTreeSet<usize> = self.cut.read_by(self.graph, step).collect();
        let mut best: Option<(usize, usize)> = None;
        for group in read.iter().rev().copied() {
            if self.depends_otherwise(&read, group) {
                continue;
            }
            let before = [step, group].map(|group| self.cut.groups[group].clone());
            self.join(step, group);
            if let Some(weight) = self.weight_around(group)?
                && best.is_none_or(|(least, _)| weight < least)
            {
                best = Some((weight, group));
            }
            let [alone, joined] = before;
            self.cut.groups[step] = alone;
            self.cut.groups[group] = joined;
            self.cut.group_of[step] = step;
        }
        let group = match best {
            Some((_, group)) => {
                self.join(step, group);
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

    fn join(&mut self, step: usize, group: usize) {
        self.cut.groups[step] = Group::default();
        self.cut.groups[group].steps.push(step);
        self.cut.group_of[step] = group;
        self.cut.groups[group].parts = self.cut.parts(&self.readers, group);
    }

    /// The heaviest leaf among those of a group and of all groups and checks that read from it; none if it is heavier than the
    /// limit.
    fn weight_around(&self, group: usize) -> Result<Option<usize>, CompileError> {
        let mut groups = BTreeSet::from([group]);
        let mut checked = false;
        for member in self.cut.groups[group].parts.iter().flatten() {
            for reader in &self.readers.of[*member] {
                match reader {
                    Reader::Step(step) => drop(groups.insert(self.cut.group_of[*step])),
                    Reader::Check => checked = true,
                }
            }
        }
        let planner = Planner {
            program: self.program,
            graph: self.graph,
            cut: &self.cut,
        };
        let targets = groups
            .into_iter()
            .flat_map(|group| self.cut.group_targets(self.program, group));
        let claims = checked.then(|| claim_targets(self.program));
        let targets = targets.chain(claims.into_iter().flatten());
        let weights = targets.collect::<Vec<_>>().into_par_iter().map(|target| {
            let weight = self.weights.weight(&planner, target)?;
            // Nobody asks by how much the limit is exceeded.
            match weight <= self.limit {
                true => Ok(weight),
                false => Err(Stop::TooHeavy),
            }
        });
        match weights.try_reduce(|| 0, |a, b| Ok(a.max(b))) {
            Ok(heaviest) => Ok(Some(heaviest)),
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
