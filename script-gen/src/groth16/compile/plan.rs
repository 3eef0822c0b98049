//! What one leaf opens, requires and refutes.

use std::collections::BTreeSet;

use super::cut::View;
use super::error::CompileError;
use super::graph::{Graph, Source, determining};
use super::slots::group_name;
use crate::groth16::program::{Equation, InputKind, Program, Relation, Step, Value};
use crate::leaf::LeafKind;
use crate::winternitz::Order;

/// Of the relations that all hold if a step is undefined, the one for which there is a leaf.
///
/// One of several coordinates that vanish together says it with less work. That it vanishes alone has probability 1 / p, and
/// an operator sees it before it asserts the run, as it sees that a step is undefined.
pub(super) fn first(undefined: &[Relation]) -> &[Relation] {
    &undefined[..undefined.len().min(1)]
}

/// What a leaf refutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// An input is below zero.
    Negative(usize),
    /// An input is not below its modulus.
    TooLarge(usize),
    /// The steps of a group determine its values.
    Undefined(usize),
    /// The digest of a group's outputs is that of what its steps determine.
    Digest(usize),
    /// A claim of a check holds.
    Claim(usize, usize),
}

/// What becomes of a part of a group whose digest is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its values are shown.
    Values(Vec<Value>),
    /// The digest of its values is.
    Digest(Vec<Value>),
}

/// A leaf before it is a script.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    pub(super) target: Target,
    /// Inputs that are opened, by number.
    pub(super) inputs: Vec<usize>,
    /// Groups whose digests are opened, with their parts.
    pub(super) groups: Vec<(usize, Vec<Part>)>,
    /// Values that the spender shows beside those of opened parts.
    pub(super) shown: Vec<Value>,
    /// What has to hold, in order.
    pub(super) equations: Vec<&'a Equation>,
    /// This has to hold as well: why a step is undefined.
    pub(super) undefined: &'a [Relation],
    /// This has to be false.
    pub(super) claim: Option<&'a Relation>,
    /// The parts of the group whose digest has to be another one.
    pub(super) outputs: Vec<Vec<Value>>,
}

impl Plan<'_> {
    /// Whether it is only about the digits of an input.
    pub(super) fn is_about_range(&self) -> bool {
        matches!(self.target, Target::Negative(_) | Target::TooLarge(_))
    }

    /// In which order the digits of slots are opened.
    pub(super) fn order(&self) -> Order {
        match self.is_about_range() {
            true => Order::FirstOnTop,
            false => Order::FirstDeepest,
        }
    }
}

/// The program as it is cut.
#[derive(Clone, Copy)]
pub(super) struct Planner<'a> {
    pub(super) program: &'a Program,
    pub(super) graph: &'a Graph,
    pub(super) cut: View<'a>,
}

impl<'a> Planner<'a> {
    /// The plan of the leaf that refutes `target`.
    pub(super) fn plan(&self, target: Target) -> Result<Plan<'a>, CompileError> {
        match target {
            Target::Negative(input) | Target::TooLarge(input) => Ok(Plan {
                inputs: vec![input],
                ..empty(target)
            }),
            Target::Digest(group) => Ok(self.digest(group)),
            Target::Undefined(step) => self.undefined(step),
            Target::Claim(check, claim) => Ok(self.claim(check, claim)),
        }
    }

    fn digest(&self, group: usize) -> Plan<'a> {
        let steps = &self.cut.group(group).steps;
        let mut plan = empty(Target::Digest(group));
        for step in steps {
            let step = &self.program.steps[*step];
            plan.equations.extend(&step.equations);
        }
        plan.outputs = self
            .cut
            .group(group)
            .parts
            .iter()
            .map(|part| self.part(part))
            .collect();
        self.open(&mut plan, Some(group));
        plan
    }

    /// A step of a group is undefined: what it reads of other steps of the group is determined by these.
    fn undefined(&self, number: usize) -> Result<Plan<'a>, CompileError> {
        let step = &self.program.steps[number];
        let group = self.cut.group_of(number);
        let mut plan = empty(Target::Undefined(number));
        plan.undefined = first(&step.undefined);
        let wanted: Vec<Value> = plan.undefined.iter().flat_map(Relation::values).collect();
        let defines: Vec<Value> = step.defines().collect();
        let own = determining(&step.equations, &defines, &wanted, &step.name)?;
        let mut needed: BTreeSet<Value> = wanted.into_iter().collect();
        needed.extend(own.iter().flat_map(|equation| equation.values()));
        let mut chosen: Vec<&Step> = vec![];
        for earlier in self.cut.group(group).steps.iter().rev() {
            let candidate = &self.program.steps[*earlier];
            if *earlier < number && candidate.defines().any(|value| needed.contains(&value)) {
                chosen.push(candidate);
                needed.extend(candidate.equations.iter().flat_map(Equation::values));
            }
        }
        for step in chosen.into_iter().rev() {
            plan.equations.extend(&step.equations);
        }
        plan.equations.extend(own);
        self.open(&mut plan, Some(group));
        Ok(plan)
    }

    fn claim(&self, check: usize, claim: usize) -> Plan<'a> {
        let mut plan = empty(Target::Claim(check, claim));
        let check = &self.program.checks[check];
        plan.equations.extend(&check.equations);
        plan.claim = Some(&check.claims[claim]);
        self.open(&mut plan, None);
        plan
    }

    fn part(&self, members: &[usize]) -> Vec<Value> {
        let members = members.iter().map(|member| &self.graph.members[*member]);
        members
            .flat_map(|member| member.values.iter().copied())
            .collect()
    }

    /// Opens what a plan reads from outside of its own group and shows the rest.
    fn open(&self, plan: &mut Plan<'a>, own: Option<usize>) {
        let equations = plan.equations.iter().flat_map(|equation| equation.values());
        let relations = plan.undefined.iter().chain(plan.claim);
        let relations = relations.flat_map(|relation| relation.values().collect::<Vec<_>>());
        let read: BTreeSet<Value> = equations.chain(relations).collect();
        let group_of = |member: usize| self.cut.group_of(self.graph.members[member].step);
        let mut inputs = BTreeSet::new();
        let mut members = BTreeSet::new();
        for value in read {
            match self.graph.source(value) {
                Source::Input(input) => drop(inputs.insert(input)),
                Source::Member(member) if Some(group_of(member)) != own => {
                    members.insert(member);
                }
                _ => plan.shown.push(value),
            }
        }
        plan.inputs = inputs.into_iter().collect();
        let groups: BTreeSet<usize> = members.iter().map(|member| group_of(*member)).collect();
        for group in groups {
            let parts = self.cut.group(group).parts.iter().map(|part| {
                match part.iter().any(|member| members.contains(member)) {
                    true => Part::Values(self.part(part)),
                    false => Part::Digest(self.part(part)),
                }
            });
            plan.groups.push((group, parts.collect()));
        }
    }
}

fn empty<'a>(target: Target) -> Plan<'a> {
    Plan {
        target,
        inputs: vec![],
        groups: vec![],
        shown: vec![],
        equations: vec![],
        undefined: &[],
        claim: None,
        outputs: vec![],
    }
}

impl Target {
    /// What the manifest calls it.
    pub(super) fn kind(self) -> LeafKind {
        match self {
            Self::Digest(_) | Self::Undefined(_) => LeafKind::Step,
            Self::Negative(_) | Self::TooLarge(_) | Self::Claim(..) => LeafKind::State,
        }
    }
}

impl Planner<'_> {
    /// The name of a leaf.
    pub(super) fn name(&self, target: Target) -> String {
        let input = |input: usize| &self.program.inputs[input].name;
        match target {
            Target::Negative(number) => format!("{}/negative", input(number)),
            Target::TooLarge(number) => format!("{}/too-large", input(number)),
            Target::Undefined(step) => format!("{}/undefined", self.program.steps[step].name),
            Target::Digest(group) => group_name(self.program, self.cut.group(group)),
            Target::Claim(check, claim) => {
                format!("{}/{claim}", self.program.checks[check].name)
            }
        }
    }

    /// The relation that a leaf refutes, as a formula over slot names.
    pub(super) fn relation(&self, plan: &Plan<'_>) -> String {
        let inputs = plan
            .inputs
            .iter()
            .map(|input| self.program.inputs[*input].name.clone());
        let groups = plan
            .groups
            .iter()
            .map(|(group, _)| group_name(self.program, self.cut.group(*group)));
        let read = inputs.chain(groups).collect::<Vec<_>>().join(", ");
        let name = self.name(plan.target);
        match plan.target {
            Target::Negative(_) => format!("{read} >= 0"),
            Target::TooLarge(input) => match self.program.inputs[input].kind {
                InputKind::Element => format!("{read} < p"),
                InputKind::Scalar => format!("{read} < r"),
            },
            Target::Undefined(step) => {
                format!(
                    "{} has one solution for ({read})",
                    self.program.steps[step].name
                )
            }
            Target::Digest(_) => format!("{name} = digest of the solution for ({read})"),
            Target::Claim(..) => format!("{name} holds for ({read})"),
        }
    }
}
