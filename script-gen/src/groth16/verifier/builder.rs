//! A program while it is written: values are numbered in the order in which they are asked for.

use crate::groth16::program::{Check, Input, InputKind, Program, Step, Value};

use super::forms::{Quadratic, QuadraticSum};

/// A program that is being written.
#[derive(Debug, Default)]
pub(super) struct Builder {
    program: Program,
    values: usize,
}

impl Builder {
    /// A new value.
    pub(super) fn value(&mut self) -> Value {
        self.values += 1;
        Value(self.values - 1)
    }

    /// New values.
    pub(super) fn array<const N: usize>(&mut self) -> [Value; N] {
        std::array::from_fn(|_| self.value())
    }

    /// New values for an element of Fq6.
    pub(super) fn sextic(&mut self) -> [[Value; 2]; 3] {
        std::array::from_fn(|_| self.array())
    }

    /// A new input.
    pub(super) fn input(&mut self, name: impl Into<String>, kind: InputKind) -> Value {
        let value = self.value();
        self.program.inputs.push(Input {
            name: name.into(),
            value,
            kind,
        });
        value
    }

    /// A new element.
    pub(super) fn element(&mut self, name: impl Into<String>) -> Value {
        self.input(name, InputKind::Element)
    }

    /// A new element of Fq2.
    pub(super) fn quadratic(&mut self, name: &str) -> Quadratic {
        [0, 1]
            .map(|part| self.element(format!("{name}/c{part}")))
            .into()
    }

    /// Copies elements in a step of their own. Who reads them there opens one digest in the place of many inputs, each of which
    /// is a signature of 132 witness items. Zeros stay.
    pub(super) fn copy<const N: usize>(
        &mut self,
        name: &str,
        forms: &[Quadratic; N],
    ) -> [Quadratic; N] {
        let mut values = vec![];
        let mut equations = vec![];
        let copies = forms.each_ref().map(|form| {
            if form.is_zero() {
                return form.clone();
            }
            let copy: [Value; 2] = self.array();
            values.extend(copy);
            let copy = Quadratic::from(copy);
            let difference = QuadraticSum::default().linear(1, form);
            equations.extend(difference.linear(-1, &copy).equations());
            copy
        });
        self.step(Step {
            name: format!("{name}/copy"),
            outputs: vec![values],
            equations,
            ..Step::default()
        });
        copies
    }

    /// Appends a step.
    pub(super) fn step(&mut self, step: Step) {
        self.program.steps.push(step);
    }

    /// Appends a check.
    pub(super) fn check(&mut self, check: Check) {
        self.program.checks.push(check);
    }

    /// The program.
    pub(super) fn finish(self) -> Program {
        self.program
    }
}
