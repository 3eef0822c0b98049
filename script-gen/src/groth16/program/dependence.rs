//! Which inputs decide over which values.

use std::collections::{BTreeMap, BTreeSet};

use super::relation::Value;
use super::step::{Equation, InputKind, Program};

/// For each value the inputs, by place, that it depends on.
pub type Dependences = BTreeMap<Value, BTreeSet<usize>>;

impl Program {
    /// The inputs that decide over each value of the steps, as far as equations say so: a value depends on all that is read by the block of
    /// equations that determines it.
    pub fn dependences(&self) -> Dependences {
        let inputs = self.inputs.iter().enumerate();
        let inputs = inputs.map(|(place, input)| (input.value, BTreeSet::from([place])));
        let mut known: Dependences = inputs.collect();
        for step in &self.steps {
            let mut block = Block::default();
            for equation in &step.equations {
                block.add(equation, &known);
                if block.determined >= block.unknown.len() {
                    known.extend(std::mem::take(&mut block).dependences());
                }
            }
            known.extend(block.dependences());
        }
        known
    }

    /// A step that has values which others read, and over which scalars alone decide: who has chosen these knows the values
    /// before the operator has chosen anything.
    pub(super) fn foreseeable(&self) -> Option<&str> {
        let dependences = self.dependences();
        let is_element = |input: &usize| self.inputs[*input].kind == InputKind::Element;
        let is_chosen = |value: &Value| {
            let inputs = dependences.get(value);
            inputs.is_some_and(|inputs| inputs.iter().any(is_element))
        };
        let mut steps = self.steps.iter();
        let step = steps.find(|step| {
            let mut members = step.outputs.iter();
            members.any(|member| !member.iter().any(is_chosen))
        });
        step.map(|step| step.name.as_str())
    }
}

/// Equations that have to be solved together.
#[derive(Default)]
struct Block {
    /// How many values they determine.
    determined: usize,
    unknown: BTreeSet<Value>,
    inputs: BTreeSet<usize>,
}

impl Block {
    fn add(&mut self, equation: &Equation, known: &Dependences) {
        self.determined += equation.determines();
        for value in equation.values() {
            match known.get(&value) {
                Some(inputs) => self.inputs.extend(inputs),
                None => drop(self.unknown.insert(value)),
            }
        }
    }

    fn dependences(self) -> impl Iterator<Item = (Value, BTreeSet<usize>)> {
        let Self {
            unknown, inputs, ..
        } = self;
        unknown
            .into_iter()
            .map(move |value| (value, inputs.clone()))
    }
}
