//! Which gate a row has: plonky2's selector polynomials.

use super::super::error::WrapError;
use super::super::goldilocks::Extension;
use super::super::r1cs::ConstraintSystem;
use super::vanishing::constant;
use super::{Common, F};
use plonky2::field::types::Field;
use serde::Deserialize;
use std::ops::Range;

/// A selector's value where the row's gate is in another group.
const UNUSED: u64 = u32::MAX as u64;

/// plonky2 keeps the fields to itself, but serialises them.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Selectors {
    selector_indices: Vec<usize>,
    groups: Vec<Range<usize>>,
}

impl Selectors {
    pub(super) fn of(common: &Common) -> Result<Self, WrapError> {
        let unsupported = |_| WrapError::Unsupported("selectors in another form");
        let json = serde_json::to_value(&common.selectors_info).map_err(unsupported)?;
        serde_json::from_value(json).map_err(unsupported)
    }

    /// The number of selectors, the first of the constants.
    pub(super) fn count(&self) -> usize {
        self.groups.len()
    }

    /// What is not 0 only in the rows of this gate, and the same in all of them.
    pub(super) fn filter(
        &self,
        cs: &mut ConstraintSystem,
        gate: usize,
        constants: &[Extension],
    ) -> Extension {
        let group = self.selector_indices[gate];
        let others = self.groups[group].clone().filter(|other| *other != gate);
        let unused = (self.count() > 1).then_some(UNUSED);
        let mut filter = Extension::one();
        for other in others.map(|other| other as u64).chain(unused) {
            let value = constant(F::from_canonical_u64(other));
            let factor = value.sub(cs, &constants[group]);
            filter = filter.mul(cs, &factor);
        }
        filter.reduce(cs)
    }
}
