//! Who defines and who reads the values of a program.

use std::collections::BTreeSet;

use super::error::CompileError;
use crate::groth16::program::{Equation, Program, Relation, Value};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// An input, by its number.
    Input(usize),
    /// An output of a step, by the number of its member.
    Member(usize),
    /// Seen by one step or check only.
    Hidden,
}

/// What a step or a claim reads from elsewhere, by number and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub(super) inputs: BTreeSet<usize>,
    pub(super) members: BTreeSet<usize>,
}

/// A member of a step, numbered over the whole program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MemberOf {
    pub(super) step: usize,
    pub(super) values: Vec<Value>,
}

/// Definitions and uses.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    sources: Vec<Source>,
    pub(super) members: Vec<MemberOf>,
    /// For each step, what its equations read.
    pub(super) steps: Vec<Reads>,
    /// Members that a check reads.
    pub(super) checked: BTreeSet<usize>,
}

impl Graph {
    pub(super) fn new(program: &Program) -> Self {
        let mut sources = vec![Source::Hidden; program.values()];
        let mut members = vec![];
        for (number, input) in program.inputs.iter().enumerate() {
            sources[input.value.0] = Source::Input(number);
        }
        for (number, step) in program.steps.iter().enumerate() {
            for member in &step.outputs {
                for value in member {
                    sources[value.0] = Source::Member(members.len());
                }
                members.push(MemberOf {
                    step: number,
                    values: member.clone(),
                });
            }
        }
        let mut graph = Self {
            sources,
            members,
            steps: vec![],
            checked: BTreeSet::new(),
        };
        for (number, step) in program.steps.iter().enumerate() {
            let mut reads = graph.reads(step.equations.iter().flat_map(Equation::values));
            let undefined = step.undefined.iter().flat_map(Relation::values);
            let others = graph.reads(undefined);
            reads.inputs.extend(others.inputs);
            reads.members.extend(others.members);
            reads
                .members
                .retain(|member| graph.members[*member].step != number);
            graph.steps.push(reads);
        }
        for check in &program.checks {
            let equations = check.equations.iter().flat_map(Equation::values);
            let claims = check.claims.iter().flat_map(Relation::values);
            graph
                .checked
                .extend(graph.reads(equations.chain(claims)).members);
        }
        graph
    }

    pub(super) fn source(&self, value: Value) -> Source {
        self.sources[value.0]
    }

    /// Inputs and members among these values.
    pub(super) fn reads(&self, values: impl IntoIterator<Item = Value>) -> Reads {
        let mut reads = Reads::default();
        for value in values {
            match self.source(value) {
                Source::Input(input) => drop(reads.inputs.insert(input)),
                Source::Member(member) => drop(reads.members.insert(member)),
                Source::Hidden => {}
            }
        }
        reads
    }
}

/// The equations that determine `wanted` one after the other: those of a step of which the others may have no solution.
pub(super) fn determining<'a>(
    equations: &'a [Equation],
    defines: &[Value],
    wanted: &[Value],
    place: &str,
) -> Result<Vec<&'a Equation>, CompileError> {
    let unknown = |equation: &Equation, known: &BTreeSet<Value>| {
        let values = equation.values().into_iter();
        let unknown = values.filter(|value| defines.contains(value) && !known.contains(value));
        unknown.collect::<BTreeSet<_>>()
    };
    let mut known = BTreeSet::new();
    let mut found: Vec<(BTreeSet<Value>, usize)> = vec![];
    let mut grown = true;
    while grown {
        grown = false;
        for (number, equation) in equations.iter().enumerate() {
            let values = unknown(equation, &known);
            if !values.is_empty() && values.len() <= equation.determines() {
                known.extend(values.iter().copied());
                found.push((values, number));
                grown = true;
            }
        }
    }
    let mut needed: BTreeSet<Value> = wanted.iter().copied().collect();
    needed.retain(|value| defines.contains(value));
    if let Some(value) = needed.iter().find(|value| !known.contains(value)) {
        return Err(CompileError::NotDetermined {
            place: place.to_owned(),
            value: value.0,
        });
    }
    let mut chosen = BTreeSet::new();
    for (values, number) in found.iter().rev() {
        if !values.is_disjoint(&needed) {
            chosen.insert(*number);
            let read = equations[*number].values().into_iter();
            needed.extend(read.filter(|value| defines.contains(value)));
        }
    }
    Ok(chosen
        .into_iter()
        .map(|number| &equations[number])
        .collect())
}
