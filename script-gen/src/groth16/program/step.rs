//! Steps, checks and whole programs.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use num_bigint::{BigInt, BigUint};
use thiserror::Error;

use super::relation::{Relation, Value};
use crate::bn254::modulus;

/// What an input's digits mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// An element of the base field, committed as the 64 stored digits of a [`crate::bn254::Element`]; read in relations.
    Element,
    /// A number below the group order r, committed as 64 nibbles, least significant first; read by [`Lookup`] only.
    Scalar,
}

/// A value that the operator commits to in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// As the manifest shows it.
    pub name: String,
    /// The value; a scalar has one too, though no relation reads it.
    pub value: Value,
    /// What its digits mean.
    pub kind: InputKind,
}

/// Values of a step that are hashed together, in this order.
pub type Member = Vec<Value>;

/// A choice among constant points by digits of a scalar: `outputs = table[digits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// A scalar input.
    pub scalar: Value,
    /// The least significant of the nibbles that are read.
    pub first_digit: usize,
    /// One or two.
    pub digits: usize,
    /// `16^digits` pairs of coordinates from 0 to p - 1.
    pub table: Vec<[BigInt; 2]>,
    /// The pair that is chosen.
    pub outputs: [Value; 2],
}

/// What holds of a step's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Equation {
    /// A sum of products that vanishes.
    Relation(Relation),
    /// A choice among constants.
    Lookup(Lookup),
}

/// The step determines `hidden` and `outputs` from earlier values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// As the manifest shows it.
    pub name: String,
    /// Values that no other step reads.
    pub hidden: Vec<Value>,
    /// Values that other steps read.
    pub outputs: Vec<Member>,
    /// As many as there are values (a look-up counts as two), in an order in which they can be solved: in blocks of as many
    /// as there are new values in the block, in which these are linear.
    pub equations: Vec<Equation>,
    /// All of them hold if and only if not exactly one assignment satisfies the equations. Empty if there always is one. They
    /// read inputs of the step and those of its values that always exist.
    pub undefined: Vec<Relation>,
}

/// Something that must hold in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// As the manifest shows it.
    pub name: String,
    /// Values that only the check reads.
    pub hidden: Vec<Value>,
    /// What determines the hidden values: one assignment, always.
    pub equations: Vec<Equation>,
    /// Each must hold; each that does not is refuted by itself.
    pub claims: Vec<Relation>,
}

/// A straight-line program: inputs, steps in an order in which they can be run, checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Committed in full.
    pub inputs: Vec<Input>,
    /// In order.
    pub steps: Vec<Step>,
    /// In the order in which a refutation looks at them: a check may rely on those before it.
    pub checks: Vec<Check>,
}

/// Why a program is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgramError {
    /// A value is defined twice.
    #[error("{place} defines value {value} again")]
    DefinedTwice {
        /// The step or check.
        place: String,
        /// The value.
        value: usize,
    },
    /// A value is read before it is defined, or is another step's hidden value.
    #[error("{place} reads value {value}, which it cannot see")]
    Unknown {
        /// The step or check.
        place: String,
        /// The value.
        value: usize,
    },
    /// A step has too many or too few equations.
    #[error("{place} has {values} values and {equations} equations")]
    Equations {
        /// The step or check.
        place: String,
        /// Values that it defines.
        values: usize,
        /// Equations.
        equations: usize,
    },
    /// A run has too many or too few inputs.
    #[error("the program has {expected} inputs, not {found}")]
    Inputs {
        /// Of the program.
        expected: usize,
        /// As given.
        found: usize,
    },
    /// Whoever chooses the public inputs knows all values of a member.
    #[error(
        "public inputs alone decide over values of {0}: others with the same digest could be found beforehand"
    )]
    Foreseeable(String),
    /// Values are not numbered without gaps.
    #[error("value {value} is not below the number of values, {values}")]
    Gap {
        /// The value.
        value: usize,
        /// How many there are.
        values: usize,
    },
    /// The equations are not linear, or not in an order in which they can be solved.
    #[error("the equations of {0} cannot be solved in their order")]
    Unsolvable(String),
    /// A step's equations have no single solution though its `undefined` relations do not say so, or the other way round.
    #[error("{0} does not say rightly when it is undefined")]
    Undefined(String),
    /// A table has not `16^digits` rows, or reads digits that are not there.
    #[error("{place} has a look-up of {digits} digits from digit {first} with {rows} rows")]
    Table {
        /// The step or check.
        place: String,
        /// Digits that are read.
        digits: usize,
        /// The first of them.
        first: usize,
        /// Rows of the table.
        rows: usize,
    },
}

impl InputKind {
    /// The smallest number that an input of this kind must not be: p, or r.
    pub fn bound(self) -> BigInt {
        match self {
            Self::Element => modulus(),
            Self::Scalar => BigUint::from(Fr::MODULUS).into(),
        }
    }
}

impl Equation {
    /// Whether it holds for these values; `digit` gives a scalar's digits.
    pub fn holds(&self, values: &[BigInt]) -> bool {
        match self {
            Self::Relation(relation) => relation.holds(values),
            Self::Lookup(lookup) => {
                let row = lookup.row(&values[lookup.scalar.0]);
                let mut pairs = lookup.outputs.iter().zip(row);
                pairs.all(|(output, wanted)| values[output.0] == *wanted)
            }
        }
    }

    /// How many values it determines.
    pub fn determines(&self) -> usize {
        match self {
            Self::Relation(_) => 1,
            Self::Lookup(_) => 2,
        }
    }

    /// Values that occur, some more than once.
    pub fn values(&self) -> Vec<Value> {
        match self {
            Self::Relation(relation) => relation.values().collect(),
            Self::Lookup(lookup) => {
                let outputs = lookup.outputs.into_iter();
                outputs.chain([lookup.scalar]).collect()
            }
        }
    }
}

impl Lookup {
    /// The row that a scalar chooses.
    pub fn row(&self, scalar: &BigInt) -> &[BigInt; 2] {
        let digits = (scalar >> (4 * self.first_digit)) % self.table.len();
        &self.table[usize::try_from(digits).unwrap_or(0)]
    }
}

impl Step {
    /// All values that it defines.
    pub fn defines(&self) -> impl Iterator<Item = Value> {
        let outputs = self.outputs.iter().flatten();
        self.hidden.iter().chain(outputs).copied()
    }
}

impl Program {
    /// Checks the order of definitions, the number of equations, and that no output follows from public inputs alone.
    ///
    /// # Errors
    /// The first fault.
    pub fn validate(&self) -> Result<(), ProgramError> {
        let mut known = std::collections::HashSet::new();
        for input in &self.inputs {
            define(&mut known, &input.name, input.value)?;
        }
        for step in &self.steps {
            let mut local = known.clone();
            for value in step.defines() {
                define(&mut local, &step.name, value)?;
            }
            let undefined = step.undefined.iter().flat_map(Relation::values);
            check_equations(&local, &step.name, &step.equations, step.defines().count())?;
            check_visible(&local, &step.name, undefined)?;
            known.extend(step.outputs.iter().flatten().copied());
        }
        for check in &self.checks {
            let mut local = known.clone();
            for value in &check.hidden {
                define(&mut local, &check.name, *value)?;
            }
            check_equations(&local, &check.name, &check.equations, check.hidden.len())?;
            let claims = check.claims.iter().flat_map(Relation::values);
            check_visible(&local, &check.name, claims)?;
        }
        match self.foreseeable() {
            None => Ok(()),
            Some(step) => Err(ProgramError::Foreseeable(step.to_owned())),
        }
    }

    /// Number of values, those of scalars included.
    pub fn values(&self) -> usize {
        let steps = self.steps.iter().map(|step| step.defines().count());
        let checks = self.checks.iter().map(|check| check.hidden.len());
        self.inputs.len() + steps.sum::<usize>() + checks.sum::<usize>()
    }
}

type Known = std::collections::HashSet<Value>;

fn define(known: &mut Known, place: &str, value: Value) -> Result<(), ProgramError> {
    match known.insert(value) {
        true => Ok(()),
        false => Err(ProgramError::DefinedTwice {
            place: place.to_owned(),
            value: value.0,
        }),
    }
}

fn check_visible(
    known: &Known,
    place: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), ProgramError> {
    match values.into_iter().find(|value| !known.contains(value)) {
        None => Ok(()),
        Some(value) => Err(ProgramError::Unknown {
            place: place.to_owned(),
            value: value.0,
        }),
    }
}

fn check_equations(
    known: &Known,
    place: &str,
    equations: &[Equation],
    values: usize,
) -> Result<(), ProgramError> {
    let determined: usize = equations.iter().map(Equation::determines).sum();
    if determined != values {
        return Err(ProgramError::Equations {
            place: place.to_owned(),
            values,
            equations: determined,
        });
    }
    for equation in equations {
        check_visible(known, place, equation.values())?;
        if let Equation::Lookup(lookup) = equation {
            let rows = lookup.table.len();
            let fits = (1..=2).contains(&lookup.digits)
                && rows == 1 << (4 * lookup.digits)
                && lookup.first_digit + lookup.digits <= 64;
            if !fits {
                return Err(ProgramError::Table {
                    place: place.to_owned(),
                    digits: lookup.digits,
                    first: lookup.first_digit,
                    rows,
                });
            }
        }
    }
    Ok(())
}
