//! The range table: every number of 16 bits once, with how often the other tables look it up.

use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;

use super::F;
use super::air::{Air, Emit, Row};
use super::algebra::Algebra;

/// The number.
pub const VALUE: usize = 0;
/// How often it is looked up.
pub const MULTIPLICITY: usize = 1;

/// Bits of the numbers.
pub const BITS: usize = 16;
/// Numbers in the table, and so its rows.
pub const ROWS: usize = 1 << BITS;

/// The table of ranges.
#[derive(Clone, Copy, Debug)]
pub struct Range;

impl Air for Range {
    const COLUMNS: usize = 2;
    const PUBLIC_INPUTS: usize = 0;

    fn constrain<A: Algebra>(row: &Row<'_, A>, emit: &mut impl Emit<A>) {
        emit.first(row.local[VALUE]);
        emit.transition(row.next[VALUE] - row.local[VALUE] - A::one());
        // A table with fewer rows, or more, does not end here.
        emit.last(row.local[VALUE] - A::constant(ROWS as u64 - 1));
    }
}

/// The table for look-ups of these numbers.
pub fn trace(multiplicities: &[u32]) -> Vec<PolynomialValues<F>> {
    vec![
        PolynomialValues::new((0..ROWS).map(F::from_canonical_usize).collect()),
        PolynomialValues::new(
            multiplicities
                .iter()
                .map(|&count| F::from_canonical_u32(count))
                .collect(),
        ),
    ]
}
