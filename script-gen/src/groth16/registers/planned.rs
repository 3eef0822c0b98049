//! Relations that are planned once.
//!
//! A cut asks for the same relations again and again, and of those of a program many differ in the names of their values only. A plan
//! does not depend on names.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::RegisterError;
use super::hints::with_remainder;
use super::limb::LIMBS;
use super::machine::Register;
use super::plan::Plan;
use crate::groth16::program::{Relation, Value};

/// A digest of a relation whose values are called by the order in which they first occur.
pub(super) type Identity = [u8; 32];

/// What is known about relations: whichever thread plans one first, its plan is the same.
#[derive(Debug, Default)]
pub struct Plans(Mutex<HashMap<Identity, Arc<Plan>>>);

/// A relation with the plan of its script.
#[derive(Clone, Debug)]
pub struct Planned {
    identity: Identity,
    /// Its values, each once: the plan calls them by their places here.
    values: Vec<Value>,
    plan: Arc<Plan>,
}

/// A relation that is to be false, with the plan of what it says about its remainder.
#[derive(Clone, Debug)]
pub struct Refuted(Planned);

/// A plan whose values are called by the numbers of registers.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) identity: Identity,
    /// Of its values, in the order in which these first occur.
    pub(super) registers: Vec<Register>,
    pub(super) plan: Plan,
}

impl Plans {
    /// A relation that is to hold.
    ///
    /// # Errors
    /// If it has no script.
    pub fn required(&self, relation: &Relation) -> Result<Planned, RegisterError> {
        let mut values = vec![];
        let relation = relation.renamed(&mut |value| {
            let known = values.iter().position(|other| *other == value);
            Value(known.unwrap_or_else(|| {
                values.push(value);
                values.len() - 1
            }))
        });
        let mut identity = IdentityHasher::default();
        relation.hash(&mut identity);
        let identity = identity.0.finalize().into();
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = known().get(&identity).cloned();
        let plan = match plan {
            Some(plan) => plan,
            None => {
                let plan = Arc::new(Plan::new(&relation)?);
                known().insert(identity, Arc::clone(&plan));
                plan
            }
        };
        Ok(Planned {
            identity,
            values,
            plan,
        })
    }

    /// A relation that is to be false.
    ///
    /// # Errors
    /// If it has no script.
    pub fn refuted(&self, relation: &Relation) -> Result<Refuted, RegisterError> {
        Ok(Refuted(self.required(&with_remainder(relation))?))
    }
}

impl Planned {
    /// How many items [`quotient_items`](super::quotient_items) gives for the relation.
    pub fn quotient_limbs(&self) -> usize {
        self.plan.quotient.limbs
    }

    /// The plan for registers.
    pub(super) fn placed(&self, register: &dyn Fn(Value) -> Register) -> Placed {
        let registers = self.values.iter().map(|value| register(*value));
        let registers: Vec<Register> = registers.collect();
        let plan = self.plan.renamed(&|value| Value(registers[value.0].0));
        Placed {
            identity: self.identity,
            registers,
            plan,
        }
    }
}

impl Refuted {
    /// How many items [`refutation_items`](super::refutation_items) gives for the relation, those of the remainder first.
    pub fn refutation_limbs(&self) -> usize {
        LIMBS + self.0.quotient_limbs()
    }

    /// What the relation says about its remainder.
    pub(super) fn with_remainder(&self) -> &Planned {
        &self.0
    }
}

/// Collects what is hashed for a digest without collisions.
#[derive(Default)]
struct IdentityHasher(blake3::Hasher);

impl Hasher for IdentityHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = *self.0.finalize().as_bytes();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
