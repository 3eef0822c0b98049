//! The cut: which steps share a leaf, and what is committed.
//!
//! Every group of steps has one leaf and one slot: the digest of those of its outputs that others read.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::plan::Target;
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
        let readers = Readers::new(graph);
        for group in 0..count {
            cut.groups[group].parts = View::from(&cut).parts(&readers, group);
        }
        cut
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
            targets.extend(View::from(self).targets(program, group));
        }
        targets.extend(claim_targets(program));
        targets
    }

    /// Groups from which a group reads.
    pub(super) fn read_by<'a>(
        &'a self,
        graph: &'a Graph,
        group: usize,
    ) -> impl Iterator<Item = usize> + 'a {
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

/// A cut as it is, or as it would be if a step joined a group.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    cut: &'a Cut,
    joined: Option<&'a Joined>,
}

/// A group with one more step.
pub(super) struct Joined {
    pub(super) group: usize,
    pub(super) step: usize,
    pub(super) together: Group,
}

impl Joined {
    /// What becomes of a group if a step joins it.
    pub(super) fn new(cut: &Cut, readers: &Readers, step: usize, group: usize) -> Self {
        let mut together = cut.groups[group].clone();
        together.steps.push(step);
        let mut joined = Self {
            group,
            step,
            together,
        };
        joined.together.parts = joined.view(cut).parts(readers, group);
        joined
    }

    /// The cut with that group.
    pub(super) fn view<'a>(&'a self, cut: &'a Cut) -> View<'a> {
        View {
            cut,
            joined: Some(self),
        }
    }
}

impl<'a> From<&'a Cut> for View<'a> {
    fn from(cut: &'a Cut) -> Self {
        Self { cut, joined: None }
    }
}

impl<'a> View<'a> {
    /// A group by its number.
    pub(super) fn group(self, group: usize) -> &'a Group {
        match self.joined {
            Some(joined) if joined.group == group => &joined.together,
            _ => &self.cut.groups[group],
        }
    }

    /// The group of a step.
    pub(super) fn group_of(self, step: usize) -> usize {
        match self.joined {
            Some(joined) if joined.step == step => joined.group,
            _ => self.cut.group_of[step],
        }
    }

    /// The members that other groups or checks read; those that all have the same readers are hashed together.
    fn parts(self, readers: &Readers, group: usize) -> Vec<Vec<usize>> {
        let mut parts: Vec<(BTreeSet<Reader>, Vec<usize>)> = vec![];
        for member in self
            .group(group)
            .steps
            .iter()
            .flat_map(|step| &readers.members_of[*step])
        {
            let outside = readers.of[*member].iter().filter(|reader| match reader {
                Reader::Step(step) => self.group_of(*step) != group,
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

    /// The leaves of a group.
    pub(super) fn targets(self, program: &Program, group: usize) -> Vec<Target> {
        let Group { steps, parts } = self.group(group);
        let steps = steps
            .iter()
            .filter(|step| !program.steps[**step].undefined.is_empty());
        let undefined = steps.map(|step| Target::Undefined(*step));
        let digest = (!parts.is_empty()).then_some(Target::Digest(group));
        undefined.chain(digest).collect()
    }
}

/// The leaves of all claims.
pub(super) fn claim_targets(program: &Program) -> impl Iterator<Item = Target> {
    let checks = program.checks.iter().enumerate();
    checks.flat_map(|(number, check)| {
        let claims = 0..check.claims.len();
        claims.map(move |claim| Target::Claim(number, claim))
    })
}

/// Who reads a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reader {
    /// A step, by its number.
    Step(usize),
    /// Any of the checks.
    Check,
}

/// Who reads each member.
pub(super) struct Readers {
    pub(super) of: Vec<BTreeSet<Reader>>,
    /// The members of each step.
    members_of: Vec<Vec<usize>>,
}

impl Readers {
    /// Who reads the members of a program.
    pub(super) fn new(graph: &Graph) -> Self {
        let mut readers = Self {
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
}
