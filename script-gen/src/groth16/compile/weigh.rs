//! What leaves weigh, without building those that differ in constants only.
//!
//! The cutter asks for the weight of thousands of leaves. Most have the same form: the same relations between other values. A
//! leaf is built once for each form; large constants change its size by a few bytes in a thousand, so what a budget limits
//! strictly is measured again afterwards.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use blake3::Hasher;
use num_bigint::BigInt;

use super::cut::Weigh;
use super::error::CompileError;
use super::plan::{Part, Plan, Planner, Target};
use crate::groth16::program::{Equation, Factor, InputKind, Linear, Program, Relation, Value};

/// Constants of at most so many bits are part of a form: they may be cheaper than others.
const SMALL_CONSTANT: u64 = 8;

/// The weight of a leaf that cannot be built: it would need too much stack, or hash too much at once.
pub(super) const UNBUILDABLE: usize = usize::MAX;

/// A weight, once it has been measured.
type Measured = Arc<OnceLock<Result<usize, CompileError>>>;

/// Weights of forms.
pub(super) struct Weights<F> {
    measure: F,
    known: Mutex<HashMap<[u8; 32], Measured>>,
}

impl<F> Weights<F>
where
    F: Fn(&Program, &Plan<'_>) -> Result<Option<usize>, CompileError>,
{
    /// `measure` builds a leaf, if that is possible.
    pub(super) fn new(measure: F) -> Self {
        Self {
            measure,
            known: Mutex::default(),
        }
    }

    /// What is known about a form. Whoever asks first measures, and others wait for it.
    fn of(&self, form: [u8; 32]) -> Measured {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(form).or_default())
    }
}

impl<F> Weigh for Weights<F>
where
    F: Fn(&Program, &Plan<'_>) -> Result<Option<usize>, CompileError> + Sync,
{
    fn weight(&self, planner: &Planner<'_>, target: Target) -> Result<usize, CompileError> {
        let plan = planner.plan(target)?;
        let measured = self.of(form(planner.program, &plan));
        let weight = measured.get_or_init(|| match (self.measure)(planner.program, &plan) {
            Err(CompileError::Digest(_)) => Ok(UNBUILDABLE),
            measured => Ok(measured?.unwrap_or(UNBUILDABLE)),
        });
        weight.clone()
    }
}

/// A digest of everything in a plan that decides over the size of its leaf, with values numbered as they occur.
fn form(program: &Program, plan: &Plan<'_>) -> [u8; 32] {
    let mut writer = Writer {
        hasher: Hasher::new(),
        names: HashMap::new(),
        exact: false,
    };
    writer.plan(program, plan);
    writer.hasher.finalize().into()
}

/// A digest of everything in a plan that decides over the work of its leaf. Values have numbers in their own order, so whatever orders
/// them gives the same to two plans of one work.
pub(super) fn work(program: &Program, plan: &Plan<'_>) -> [u8; 32] {
    let groups = plan.groups.iter().flat_map(|(_, parts)| parts);
    let parts = groups.filter_map(|part| match part {
        Part::Values(values) => Some(values),
        Part::Digest(_) => None,
    });
    let equations = plan.equations.iter().flat_map(|equation| equation.values());
    let relations = plan.undefined.iter().chain(plan.claim);
    let mut values: BTreeSet<Value> = equations.collect();
    values.extend(relations.flat_map(Relation::values));
    values.extend(parts.chain(&plan.outputs).flatten());
    values.extend(plan.inputs.iter().map(|input| program.inputs[*input].value));
    let mut writer = Writer {
        hasher: Hasher::new(),
        names: values.into_iter().zip(0..).collect(),
        exact: true,
    };
    writer.plan(program, plan);
    writer.hasher.finalize().into()
}

struct Writer {
    hasher: Hasher,
    names: HashMap<Value, i64>,
    /// Whether large constants are written.
    exact: bool,
}

impl Writer {
    fn plan(&mut self, program: &Program, plan: &Plan<'_>) {
        self.number(match plan.target {
            Target::Negative(_) => 0,
            Target::TooLarge(_) => 1,
            Target::Undefined(_) => 2,
            Target::Digest(_) => 3,
            Target::Claim(..) => 4,
        });
        self.number(plan.inputs.len() as i64);
        for input in &plan.inputs {
            let input = &program.inputs[*input];
            self.number((input.kind == InputKind::Scalar).into());
            self.value(input.value);
        }
        self.number(plan.groups.len() as i64);
        for (_, parts) in &plan.groups {
            self.number(parts.len() as i64);
            for part in parts {
                match part {
                    Part::Digest(_) => self.number(0),
                    Part::Values(values) => self.values(values),
                }
            }
        }
        self.values(&plan.shown);
        self.number(plan.equations.len() as i64);
        for equation in &plan.equations {
            match equation {
                Equation::Relation(relation) => self.relation(relation),
                Equation::Lookup(lookup) => {
                    self.number(-1);
                    self.value(lookup.scalar);
                    self.number(lookup.digits as i64);
                    if self.exact {
                        self.number(lookup.first_digit as i64);
                        lookup
                            .table
                            .iter()
                            .flatten()
                            .for_each(|entry| self.integer(entry));
                    }
                    self.values(&lookup.outputs);
                }
            }
        }
        self.number(plan.undefined.len() as i64);
        for relation in plan.undefined.iter().chain(plan.claim) {
            self.relation(relation);
        }
        self.number(plan.outputs.len() as i64);
        for part in &plan.outputs {
            self.values(part);
        }
    }

    fn number(&mut self, number: i64) {
        self.hasher.update(&number.to_le_bytes());
    }

    fn value(&mut self, value: Value) {
        let next = self.names.len() as i64;
        let name = *self.names.entry(value).or_insert(next);
        self.number(name);
    }

    fn values(&mut self, values: &[Value]) {
        self.number(values.len() as i64);
        values.iter().for_each(|value| self.value(*value));
    }

    fn constant(&mut self, constant: &BigInt) {
        match i64::try_from(constant) {
            Ok(small) if constant.bits() <= SMALL_CONSTANT => self.number(small),
            _ if self.exact => self.integer(constant),
            _ => self.number(-1),
        }
    }

    fn integer(&mut self, integer: &BigInt) {
        let bytes = integer.to_signed_bytes_le();
        self.number(-2);
        self.number(bytes.len() as i64);
        self.hasher.update(&bytes);
    }

    fn linear(&mut self, linear: &Linear) {
        self.number(linear.terms.len() as i64);
        for (value, coefficient) in &linear.terms {
            self.value(*value);
            self.number(*coefficient);
        }
        self.constant(&linear.constant);
    }

    fn relation(&mut self, relation: &Relation) {
        self.number(relation.products.len() as i64);
        for product in &relation.products {
            self.number(product.coefficient);
            self.linear(&product.left);
            match &product.right {
                Factor::Constant(constant) => {
                    self.number(0);
                    self.constant(constant);
                }
                Factor::Linear(linear) => {
                    self.number(1);
                    self.linear(linear);
                }
            }
        }
        self.linear(&relation.linear);
    }
}
