//! What a leaf does, one thing after the other: the script and the hints follow the same list.
//!
//! Values are shown just before they are needed and forgotten after their last use. Members are hashed in the end, when neither quotients
//! nor hidden values are left: a hash takes most of the stack.

use std::collections::{HashMap, HashSet};

use super::plan::{Part, Plan, Target};
use crate::groth16::program::{Equation, InputKind, Lookup, Program, Relation, Value};

/// One thing that a leaf does.
#[derive(Clone, Debug)]
pub(super) enum Action<'a> {
    /// Finds a row of a table. All look-ups come first.
    Lookup(&'a Lookup),
    /// The spender shows a value.
    Take(Value),
    /// Fails unless this holds.
    Require(&'a Relation),
    /// Fails if this holds.
    Refute(&'a Relation),
    /// Fails unless a value is from 0 to p - 1.
    Canonical(Value),
    /// A value is not needed any more.
    Forget(Value),
    /// Hashes values, which are not needed any more.
    Hash(Vec<Value>),
    /// The spender shows the digest of these values.
    Digest(Vec<Value>),
    /// Makes one digest of the last ones, the last made one first, and compares it with the last opened one: fails unless
    /// they are equal.
    Open(usize),
    /// The same, but leaves whether they differ.
    Differ(usize),
    /// Accepts.
    Accept,
}

/// The look-ups of a plan in the order in which their digits are set aside: by scalars.
pub(super) fn lookups<'a>(program: &Program, plan: &Plan<'a>) -> Vec<&'a Lookup> {
    let scalars = plan.inputs.iter().map(|input| &program.inputs[*input]);
    let scalars = scalars.filter(|input| input.kind == InputKind::Scalar);
    let of_scalar = |scalar: Value| {
        plan.equations
            .iter()
            .filter_map(move |equation| match equation {
                Equation::Lookup(lookup) if lookup.scalar == scalar => Some(lookup),
                _ => None,
            })
    };
    scalars.flat_map(|input| of_scalar(input.value)).collect()
}

/// All that the leaf of a plan does after it has opened slots.
pub(super) fn actions<'a>(program: &Program, plan: &Plan<'a>) -> Vec<Action<'a>> {
    let mut list = List::new(program, plan);
    for lookup in lookups(program, plan).into_iter().rev() {
        list.lookup(lookup);
    }
    for equation in &plan.equations {
        if let Equation::Relation(relation) = equation {
            list.relation(relation, Action::Require);
        }
    }
    for relation in plan.undefined {
        list.relation(relation, Action::Require);
    }
    if let Some(claim) = plan.claim {
        list.relation(claim, Action::Refute);
    }
    for (_, parts) in plan.groups.iter().rev() {
        for part in parts.iter().rev() {
            match part {
                Part::Values(values) => list.hash(values),
                Part::Digest(values) => list.actions.push(Action::Digest(values.clone())),
            }
        }
        list.actions.push(Action::Open(parts.len()));
    }
    match plan.target {
        Target::Digest(_) => {
            for values in plan.outputs.iter().rev() {
                let canonical = values.iter().copied().map(Action::Canonical);
                list.take(values);
                list.actions.extend(canonical);
                list.hash(values);
            }
            list.actions.push(Action::Differ(plan.outputs.len()));
        }
        _ => list.actions.push(Action::Accept),
    }
    list.actions
}

/// A list that grows.
struct List<'a> {
    actions: Vec<Action<'a>>,
    known: HashSet<Value>,
    /// Values that will be hashed.
    hashed: HashSet<Value>,
    /// How often relations still read a value.
    uses: HashMap<Value, usize>,
}

impl<'a> List<'a> {
    fn new(program: &Program, plan: &Plan<'a>) -> Self {
        let mut uses = HashMap::new();
        let equations = plan.equations.iter().filter_map(|equation| match equation {
            Equation::Relation(relation) => Some(relation),
            Equation::Lookup(_) => None,
        });
        for relation in equations.chain(plan.undefined).chain(plan.claim) {
            for value in relation.values() {
                *uses.entry(value).or_insert(0) += 1;
            }
        }
        let opened = plan.groups.iter().flat_map(|(_, parts)| parts);
        let opened = opened.filter_map(|part| match part {
            Part::Values(values) => Some(values),
            Part::Digest(_) => None,
        });
        let inputs = plan.inputs.iter().map(|input| program.inputs[*input].value);
        Self {
            actions: vec![],
            known: inputs.collect(),
            hashed: opened.chain(&plan.outputs).flatten().copied().collect(),
            uses,
        }
    }

    fn take(&mut self, values: &[Value]) {
        for value in values {
            if self.known.insert(*value) {
                self.actions.push(Action::Take(*value));
            }
        }
    }

    fn relation(&mut self, relation: &'a Relation, action: fn(&'a Relation) -> Action<'a>) {
        let values: Vec<Value> = relation.values().collect();
        self.take(&values);
        self.actions.push(action(relation));
        for value in values {
            if let Some(uses) = self.uses.get_mut(&value) {
                *uses -= 1;
            }
            self.forget_unused(value);
        }
    }

    fn lookup(&mut self, lookup: &'a Lookup) {
        self.actions.push(Action::Lookup(lookup));
        for value in lookup.outputs {
            self.known.insert(value);
            self.forget_unused(value);
        }
    }

    fn forget_unused(&mut self, value: Value) {
        let used = self.uses.get(&value).is_some_and(|uses| *uses > 0);
        if !used && !self.hashed.contains(&value) && self.known.remove(&value) {
            self.actions.push(Action::Forget(value));
        }
    }

    fn hash(&mut self, values: &[Value]) {
        self.take(values);
        self.actions.push(Action::Hash(values.to_vec()));
    }
}
