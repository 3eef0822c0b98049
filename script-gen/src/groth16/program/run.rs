//! Running a program: the values that its equations determine.
//!
//! Nothing but the equations themselves is used, so that a run cannot disagree with them: they are solved in blocks of as many linear
//! equations as there are unknown values, mostly one and at most a few.

use std::collections::BTreeSet;

use ark_bn254::Fq;
use ark_ff::{Field, Zero};
use num_bigint::{BigInt, BigUint, Sign};

use super::relation::{Factor, Linear, Relation, Value};
use super::step::{Check, Equation, Program, ProgramError};
use crate::bn254::modulus;

/// What a program computes from given inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// All values by their numbers. Inputs are as they were given; what was not computed is 0.
    pub values: Vec<BigInt>,
    /// The steps (by their places in [`Program::steps`]) whose equations do not determine their values. Of these values
    /// those are computed that the step's `undefined` relations read; whatever reads the others is not computed either.
    pub undefined: Vec<usize>,
    known: Vec<bool>,
}

/// What is wrong with a run, and refutes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An input (by its place) is negative, or not below its bound.
    Range(usize),
    /// A step (by its place) is undefined.
    Undefined(usize),
    /// A claim of a check (both by their places) is false.
    Claim {
        /// The place of the check.
        check: usize,
        /// The place of the claim in the check.
        claim: usize,
    },
}

impl Run {
    /// Whether a value was given or computed.
    pub fn knows(&self, value: Value) -> bool {
        self.known.get(value.0).is_some_and(|known| *known)
    }

    /// The first fault, of inputs before steps before claims: none of what an honest operator asserts.
    pub fn fault(&self, program: &Program) -> Option<Fault> {
        let out_of_range = program.inputs.iter().position(|input| {
            let value = &self.values[input.value.0];
            value.sign() == Sign::Minus || *value >= input.kind.bound()
        });
        out_of_range
            .map(Fault::Range)
            .or_else(|| self.undefined.first().copied().map(Fault::Undefined))
            .or_else(|| self.false_claim(program))
    }

    fn false_claim(&self, program: &Program) -> Option<Fault> {
        let mut checks = program.checks.iter().enumerate();
        checks.find_map(|(check, Check { claims, .. })| {
            let claim = claims.iter().position(|claim| !claim.holds(&self.values))?;
            Some(Fault::Claim { check, claim })
        })
    }
}

impl Program {
    /// Computes all values from any inputs, in the order of [`Program::inputs`]: any integers, which relations read modulo
    /// p and look-ups digit by digit.
    ///
    /// # Errors
    /// If the number of inputs is wrong, or the program is not one that can be run: its equations are no linear ones, or in no order in
    /// which they can be solved, or a step's `undefined` relations do not say whether they can be.
    pub fn run(&self, inputs: &[BigInt]) -> Result<Run, ProgramError> {
        if inputs.len() != self.inputs.len() {
            return Err(ProgramError::Inputs {
                expected: self.inputs.len(),
                found: inputs.len(),
            });
        }
        let mut state = State {
            integers: vec![BigInt::ZERO; self.values()],
            elements: vec![None; self.values()],
        };
        for (input, value) in self.inputs.iter().zip(inputs) {
            state.set(input.value, element(value))?;
            state.integers[input.value.0] = value.clone();
        }
        let mut undefined = vec![];
        for (place, step) in self.steps.iter().enumerate() {
            let new: BTreeSet<Value> = step.defines().collect();
            let outcome = state.solve(&step.name, &step.equations, &new)?;
            if outcome == Outcome::Missing {
                // Only what depends on an undefined step may miss something.
                match undefined.is_empty() {
                    true => return Err(ProgramError::Unsolvable(step.name.clone())),
                    false => continue,
                }
            }
            let mut relations = step.undefined.iter();
            let stated = !step.undefined.is_empty()
                && relations.all(|relation| relation.holds(&state.integers));
            if stated != (outcome == Outcome::Singular) {
                return Err(ProgramError::Undefined(step.name.clone()));
            }
            if stated {
                undefined.push(place);
            }
        }
        for check in &self.checks {
            let new: BTreeSet<Value> = check.hidden.iter().copied().collect();
            match state.solve(&check.name, &check.equations, &new)? {
                Outcome::Solved => {}
                Outcome::Missing if !undefined.is_empty() => {}
                _ => return Err(ProgramError::Unsolvable(check.name.clone())),
            }
        }
        Ok(Run {
            values: state.integers,
            undefined,
            known: state.elements.iter().map(Option::is_some).collect(),
        })
    }
}

/// What came of some equations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The values are known.
    Solved,
    /// There is not exactly one solution.
    Singular,
    /// They read something that is not known.
    Missing,
}

/// The values so far.
struct State {
    integers: Vec<BigInt>,
    elements: Vec<Option<Fq>>,
}

/// A linear equation: coefficients of unknown values, and the rest.
struct Row {
    terms: Vec<(Value, Fq)>,
    rest: Fq,
}

impl State {
    fn set(&mut self, value: Value, element: Fq) -> Result<(), ProgramError> {
        let values = self.elements.len();
        let slot = self.elements.get_mut(value.0);
        *slot.ok_or(ProgramError::Gap {
            value: value.0,
            values,
        })? = Some(element);
        self.integers[value.0] = BigUint::from(element).into();
        Ok(())
    }

    /// Determines the `new` values by these equations.
    fn solve(
        &mut self,
        place: &str,
        equations: &[Equation],
        new: &BTreeSet<Value>,
    ) -> Result<Outcome, ProgramError> {
        let unsolvable = || ProgramError::Unsolvable(place.to_owned());
        let mut block = vec![];
        let mut unknown = BTreeSet::new();
        for equation in equations {
            let mut read = equation.values().into_iter();
            if read.any(|value| self.known(value).is_none() && !new.contains(&value)) {
                return Ok(Outcome::Missing);
            }
            match equation {
                Equation::Lookup(lookup) => {
                    let row = lookup.row(&self.integers[lookup.scalar.0]);
                    for (output, integer) in lookup.outputs.iter().zip(row) {
                        self.set(*output, element(integer))?;
                    }
                }
                Equation::Relation(relation) => {
                    let row = self.row(relation).ok_or_else(unsolvable)?;
                    unknown.extend(row.terms.iter().map(|(value, _)| *value));
                    block.push(row);
                    if block.len() == unknown.len() {
                        let values: Vec<Value> = std::mem::take(&mut unknown).into_iter().collect();
                        let Some(solution) = eliminate(&values, std::mem::take(&mut block)) else {
                            return Ok(Outcome::Singular);
                        };
                        for (value, element) in values.into_iter().zip(solution) {
                            self.set(value, element)?;
                        }
                    }
                }
            }
        }
        match block.is_empty() {
            true => Ok(Outcome::Solved),
            false => Err(unsolvable()),
        }
    }

    fn known(&self, value: Value) -> Option<Fq> {
        self.elements.get(value.0).copied().flatten()
    }

    /// A linear combination as known and unknown part.
    fn split(&self, linear: &Linear) -> Row {
        let mut row = Row {
            terms: vec![],
            rest: element(&linear.constant),
        };
        for (value, factor) in &linear.terms {
            match self.known(*value) {
                Some(known) => row.rest += known * Fq::from(*factor),
                None => row.terms.push((*value, Fq::from(*factor))),
            }
        }
        row
    }

    /// A relation as a linear equation, unless it has a product of unknown values.
    fn row(&self, relation: &Relation) -> Option<Row> {
        let mut sum = self.split(&relation.linear);
        for product in &relation.products {
            let left = self.split(&product.left);
            let right = match &product.right {
                Factor::Constant(constant) => Row {
                    terms: vec![],
                    rest: element(constant),
                },
                Factor::Linear(linear) => self.split(linear),
            };
            let (unknown, scale) = match (left.terms.is_empty(), right.terms.is_empty()) {
                (true, _) => (right, left.rest),
                (false, true) => (left, right.rest),
                (false, false) => return None,
            };
            let scale = scale * Fq::from(product.coefficient);
            sum.rest += unknown.rest * scale;
            let terms = unknown.terms.into_iter();
            sum.terms
                .extend(terms.map(|(value, factor)| (value, factor * scale)));
        }
        Some(sum)
    }
}

/// Solves as many equations as there are values, unless they are not independent (Gauss and Jordan).
fn eliminate(values: &[Value], rows: Vec<Row>) -> Option<Vec<Fq>> {
    let size = values.len();
    let mut matrix: Vec<Vec<Fq>> = rows
        .into_iter()
        .map(|row| {
            let mut line = vec![Fq::zero(); size + 1];
            for (value, factor) in row.terms {
                line[values.binary_search(&value).ok()?] += factor;
            }
            line[size] = -row.rest;
            Some(line)
        })
        .collect::<Option<_>>()?;
    for column in 0..size {
        let pivot = (column..size).find(|row| !matrix[*row][column].is_zero())?;
        matrix.swap(column, pivot);
        let inverse = matrix[column][column].inverse()?;
        let pivot: Vec<Fq> = matrix[column].iter().map(|entry| inverse * entry).collect();
        for (row, line) in matrix.iter_mut().enumerate() {
            let factor = line[column];
            if row == column {
                line.clone_from(&pivot);
            } else if !factor.is_zero() {
                for (entry, subtrahend) in line.iter_mut().zip(&pivot) {
                    *entry -= factor * subtrahend;
                }
            }
        }
    }
    Some(matrix.into_iter().map(|line| line[size]).collect())
}

/// An integer modulo p.
fn element(integer: &BigInt) -> Fq {
    let p = modulus();
    let reduced = ((integer % &p) + &p) % p;
    Fq::from(reduced.magnitude().clone())
}
