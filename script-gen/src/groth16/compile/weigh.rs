//! What leaves weigh, without writing them.
//!
//! The cutter asks for the weight of thousands of leaves. Many do the same work, which is measured once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use blake3::Hasher;
use num_bigint::BigInt;

use super::cut::Cut;
use super::error::CompileError;
use super::graph::Graph;
use super::leaf::spend_size;
use super::plan::{Part, Plan, Planner, Target};
use crate::groth16::program::{Equation, Factor, InputKind, Linear, Program, Relation, Value};
use crate::groth16::registers::Extents;
use crate::leaf::SpendSize;
use crate::tree::depth;

/// The weight of a leaf that cannot be built: it would need too much stack, or hash too much at once.
pub(super) const UNBUILDABLE: usize = usize::MAX;

/// A size, once it has been measured.
type Measured = Arc<OnceLock<Result<Option<SpendSize>, CompileError>>>;

/// Weights of leaves.
pub(super) struct Weights {
    /// What a transaction weighs without the witness of the input that spends the leaf.
    transaction: usize,
    /// How far below the root a leaf stands at most, in the tree of any cut.
    depth: usize,
    known: Mutex<HashMap<[u8; 32], Measured>>,
    relations: Extents,
}

impl Weights {
    /// Nothing is known yet about the leaves of a program.
    pub(super) fn new(program: &Program, graph: &Graph, transaction: usize) -> Self {
        let most = Cut::finest(graph).targets(program, graph).len();
        Self {
            transaction,
            // The first leaf of a tree is one of the deepest.
            depth: depth(0, most),
            known: Mutex::default(),
            relations: Extents::default(),
        }
    }

    /// What the leaf of a target weighs wherever it stands.
    pub(super) fn weight(
        &self,
        planner: &Planner<'_>,
        target: Target,
    ) -> Result<usize, CompileError> {
        self.weight_at(planner, target, self.depth)
    }

    /// What it weighs so far below the root.
    pub(super) fn weight_at(
        &self,
        planner: &Planner<'_>,
        target: Target,
        depth: usize,
    ) -> Result<usize, CompileError> {
        let plan = planner.plan(target)?;
        let measured = self.of(work(planner.program, &plan));
        let size =
            measured.get_or_init(
                || match spend_size(planner.program, &plan, &self.relations) {
                    Err(CompileError::Digest(_)) => Ok(None),
                    size => size,
                },
            );
        let size = size.clone()?;
        Ok(size.map_or(UNBUILDABLE, |size| size.max_weight(depth, self.transaction)))
    }

    /// What is known about a work. Whoever asks first measures, and others wait for it.
    fn of(&self, work: [u8; 32]) -> Measured {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(work).or_default())
    }
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
    };
    writer.plan(program, plan);
    writer.hasher.finalize().into()
}

struct Writer {
    hasher: Hasher,
    names: HashMap<Value, i64>,
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
                    self.number(lookup.first_digit as i64);
                    let entries = lookup.table.iter().flatten();
                    entries.for_each(|entry| self.integer(entry));
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

    fn integer(&mut self, integer: &BigInt) {
        let bytes = integer.to_signed_bytes_le();
        self.number(bytes.len() as i64);
        self.hasher.update(&bytes);
    }

    fn linear(&mut self, linear: &Linear) {
        self.number(linear.terms.len() as i64);
        for (value, coefficient) in &linear.terms {
            self.value(*value);
            self.number(*coefficient);
        }
        self.integer(&linear.constant);
    }

    fn relation(&mut self, relation: &Relation) {
        self.number(relation.products.len() as i64);
        for product in &relation.products {
            self.number(product.coefficient);
            self.linear(&product.left);
            match &product.right {
                Factor::Constant(constant) => {
                    self.number(0);
                    self.integer(constant);
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
