//! What the spender shows, as items: computed natively, in the order in which the machine takes it.

use num_bigint::BigInt;

use super::RegisterError;
use super::limb::{LIMBS, limbs};
use super::plan::Plan;
use crate::bn254::{Element, modulus};
use crate::groth16::program::{Relation, Value};
use crate::script::encode_number;

/// The value that stands for what a false relation leaves.
pub(super) const REMAINDER: Value = Value(usize::MAX);

/// In which order the limbs of an element are hinted.
pub(super) fn limb_order() -> impl Iterator<Item = usize> {
    (0..LIMBS - 1).rev().chain([LIMBS - 1])
}

/// The items for [`Machine::take`](super::Machine::take), bottom first.
pub fn element_items(element: &Element) -> Vec<Vec<u8>> {
    let limbs = limbs(element);
    limb_order()
        .map(|limb| encode_number(limbs[limb]))
        .collect()
}

/// The items for [`Machine::relation`](super::Machine::relation), bottom first. `values` are the integers in the registers.
///
/// # Errors
/// If the relation does not hold, or has no script.
pub fn quotient_items(
    relation: &Relation,
    values: &[BigInt],
) -> Result<Vec<Vec<u8>>, RegisterError> {
    quotient(&Plan::new(relation)?, &|value| integer(values, value))
}

/// The items for [`Machine::claim_false`](super::Machine::claim_false), bottom first. `values` are the integers in the registers.
///
/// # Errors
/// If the relation holds, or has no script.
pub fn refutation_items(
    relation: &Relation,
    values: &[BigInt],
) -> Result<Vec<Vec<u8>>, RegisterError> {
    let remainder = relation.residue(values);
    if remainder == BigInt::ZERO {
        return Err(RegisterError::Holds);
    }
    let items = element_items(&Element::new(&remainder)?);
    let plan = Plan::new(&with_remainder(relation))?;
    let quotient = quotient(&plan, &|value| match value {
        REMAINDER => remainder.clone(),
        _ => integer(values, value),
    })?;
    Ok([items, quotient].concat())
}

/// The relation that holds if `relation` leaves the remainder.
pub(super) fn with_remainder(relation: &Relation) -> Relation {
    let linear = relation.linear.clone().plus(-1, &REMAINDER.into());
    Relation {
        products: relation.products.clone(),
        linear,
    }
}

fn integer(values: &[BigInt], value: Value) -> BigInt {
    values.get(value.0).cloned().unwrap_or_default()
}

fn quotient(plan: &Plan, value: &dyn Fn(Value) -> BigInt) -> Result<Vec<Vec<u8>>, RegisterError> {
    let sum = plan.integer(value);
    let p = modulus();
    if &sum % &p != BigInt::ZERO {
        return Err(RegisterError::DoesNotHold);
    }
    let limbs = plan.quotient.split(&(sum / p));
    Ok(limbs.into_iter().map(encode_number).collect())
}
