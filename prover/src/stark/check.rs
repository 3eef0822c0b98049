//! Evaluates the constraints of a table row by row, for tests.

use std::collections::HashMap;

use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::{Field, PrimeField64};

use super::F;
use super::air::{Air, Emit, Row, When};
use super::lookup::{CPU, Entry, RANGE, TABLES, buses};
use super::{cpu, range};

/// The values of the constraints in one row.
#[derive(Default)]
struct Values(Vec<(When, F)>);

impl Emit<F> for Values {
    fn emit(&mut self, when: When, value: F) {
        self.0.push((when, value));
    }
}

/// The numbers of the constraints that two rows violate, of those that hold where `holds` says so.
pub(crate) fn violated<T: Air>(
    local: &[F],
    next: &[F],
    public: &[F],
    holds: impl Fn(When) -> bool,
) -> Vec<usize> {
    let mut values = Values::default();
    T::constrain(
        &Row {
            local,
            next,
            public,
        },
        &mut values,
    );
    let numbered = values.0.into_iter().enumerate();
    numbered
        .filter(|&(_, (when, value))| holds(when) && value != F::default())
        .map(|(number, _)| number)
        .collect()
}

/// The rows and numbers of all constraints that a table violates.
pub(crate) fn violations<T: Air>(
    columns: &[PolynomialValues<F>],
    public: &[F],
) -> Vec<(usize, usize)> {
    let rows = columns[0].values.len();
    let row = |i: usize| row(columns, i % rows);
    (0..rows)
        .flat_map(|i| {
            violated::<T>(&row(i), &row(i + 1), public, |when| match when {
                When::Always => true,
                When::Transition => i + 1 < rows,
                When::First => i == 0,
                When::Last => i + 1 == rows,
            })
            .into_iter()
            .map(move |number| (i, number))
        })
        .collect()
}

/// A row of a table.
fn row(columns: &[PolynomialValues<F>], i: usize) -> Vec<F> {
    columns.iter().map(|column| column.values[i]).collect()
}

/// The numbers of the buses that are not balanced.
pub(crate) fn unbalanced(tables: &[Vec<PolynomialValues<F>>]) -> Vec<usize> {
    let balanced = |bus: &super::lookup::Bus| {
        let mut counts: HashMap<Vec<u64>, F> = HashMap::new();
        let mut add = |table: usize, entry: &Entry, sign: F| {
            for i in 0..tables[table][0].len() {
                let row = row(&tables[table], i);
                let count: F = entry
                    .count
                    .iter()
                    .map(|factor| factor.evaluate(&row))
                    .product();
                if count.is_nonzero() {
                    let tuple = entry.tuple.iter();
                    let tuple = tuple.map(|part| part.evaluate(&row).to_canonical_u64());
                    *counts.entry(tuple.collect()).or_default() += sign * count;
                }
            }
        };
        for (table, entry) in &bus.entries {
            add(*table, entry, F::ONE);
        }
        add(bus.total.0, &bus.total.1, F::NEG_ONE);
        counts.values().all(F::is_zero)
    };
    let numbered = buses().into_iter().enumerate();
    numbered
        .filter(|(_, bus)| !balanced(bus))
        .map(|(number, _)| number)
        .collect()
}

/// Counts anew how often the CPU table looks up each number, of those that are in range.
pub(crate) fn recount(tables: &mut [Vec<PolynomialValues<F>>; TABLES]) {
    let mut counts = vec![F::ZERO; range::ROWS];
    for i in 0..tables[CPU][0].len() {
        let row = row(&tables[CPU], i);
        for entry in cpu::ranges() {
            let number = entry.tuple[0].evaluate(&row).to_canonical_u64();
            if let Some(count) = counts.get_mut(number as usize) {
                *count += entry.count[0].evaluate(&row);
            }
        }
    }
    tables[RANGE][range::MULTIPLICITY] = PolynomialValues::new(counts);
}
