//! The columns that look-ups add to the tables: what starky's `get_ctl_data` computes on one thread, on all of them.
//!
//! Under a challenge an entry of a bus is the quotient of its count and its tuple, which is one number then. The entries of
//! a table are added up: two by two in helper columns, and over the rows, from the last one up, in a running sum.

use plonky2::field::batch_util::{batch_add_inplace, batch_multiply_inplace};
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;
use rayon::prelude::*;
use starky::cross_table_lookup::{CtlData, CtlZData};
use starky::lookup::{Column, Filter, GrandProductChallenge, GrandProductChallengeSet};

use super::F;
use super::air::MAX_DEGREE;
use super::lookup::{Bus, Combination, Entry, TABLES, buses};

/// Entries in a helper column: its constraint is their product times it.
const ENTRIES: usize = MAX_DEGREE - 1;

/// The entries of one table on a bus.
#[derive(Debug)]
struct Part {
    table: usize,
    entries: Vec<Entry>,
    columns: Vec<Vec<Column<F>>>,
    filters: Vec<Filter<F>>,
}

impl Part {
    fn new(table: usize, entries: Vec<Entry>) -> Part {
        Part {
            table,
            columns: entries.iter().map(Entry::columns).collect(),
            filters: entries.iter().map(Entry::filter).collect(),
            entries,
        }
    }

    /// Its sums under a challenge.
    fn sums(&self, columns: &[PolynomialValues<F>], challenge: &GrandProductChallenge<F>) -> Sums {
        let groups = self.entries.par_chunks(ENTRIES);
        let mut helpers: Vec<Vec<F>> = groups
            .map(|group| {
                total(
                    group
                        .iter()
                        .map(|entry| quotients(entry, columns, challenge)),
                )
            })
            .collect();
        let mut running = total(helpers.iter().cloned());
        for row in (0..running.len() - 1).rev() {
            let above = running[row + 1];
            running[row] += above;
        }
        // The running sum of one entry needs no helper.
        if self.entries.len() == 1 {
            helpers.clear();
        }
        Sums { helpers, running }
    }
}

/// The columns of a part.
struct Sums {
    helpers: Vec<Vec<F>>,
    running: Vec<F>,
}

/// The sum of columns.
fn total(mut columns: impl Iterator<Item = Vec<F>>) -> Vec<F> {
    let mut total = columns.next().unwrap_or_default();
    for column in columns {
        batch_add_inplace(&mut total, &column);
    }
    total
}

/// The count of an entry over its tuple, in every row.
fn quotients(
    entry: &Entry,
    columns: &[PolynomialValues<F>],
    challenge: &GrandProductChallenge<F>,
) -> Vec<F> {
    let tuples = Combination::under(challenge, &entry.tuple).evaluate_all(columns);
    let mut quotients = F::batch_multiplicative_inverse(&tuples);
    for factor in &entry.count {
        batch_multiply_inplace(&mut quotients, &factor.evaluate_all(columns));
    }
    quotients
}

/// The buses of a segment, with their parts in starky's order: the tables that are added up, then the total.
#[derive(Debug)]
pub(super) struct Buses(Vec<Vec<Part>>);

impl Buses {
    /// The buses.
    pub(super) fn new() -> Buses {
        let parts = |bus: Bus| {
            let mut parts: Vec<(usize, Vec<Entry>)> = Vec::new();
            for (table, entry) in bus.entries {
                match parts.last_mut() {
                    Some((last, entries)) if *last == table => entries.push(entry),
                    _ => parts.push((table, vec![entry])),
                }
            }
            parts.push((bus.total.0, vec![bus.total.1]));
            let parts = parts.into_iter();
            parts
                .map(|(table, entries)| Part::new(table, entries))
                .collect()
        };
        Buses(buses().into_iter().map(parts).collect())
    }

    /// The columns of all tables under all challenges, as starky's prover takes them.
    pub(super) fn data<'a>(
        &'a self,
        tables: &[Vec<PolynomialValues<F>>; TABLES],
        challenges: &GrandProductChallengeSet<F>,
    ) -> [CtlData<'a, F>; TABLES] {
        let columns: Vec<(usize, CtlZData<'a, F>)> = self
            .in_order(challenges)
            .into_par_iter()
            .map(|(part, challenge)| {
                let Sums { helpers, running } = part.sums(&tables[part.table], &challenge);
                let columns = CtlZData::new(
                    helpers.into_iter().map(PolynomialValues::new).collect(),
                    running.into(),
                    challenge,
                    part.columns.iter().map(Vec::as_slice).collect(),
                    part.filters.clone(),
                );
                (part.table, columns)
            })
            .collect();
        let mut data: [CtlData<'a, F>; TABLES] = Default::default();
        for (table, columns) in columns {
            data[table].zs_columns.push(columns);
        }
        data
    }

    /// Every part under every challenge.
    fn in_order(
        &self,
        challenges: &GrandProductChallengeSet<F>,
    ) -> Vec<(&Part, GrandProductChallenge<F>)> {
        let mut all = Vec::new();
        for bus in &self.0 {
            for &challenge in &challenges.challenges {
                all.extend(bus.iter().map(|part| (part, challenge)));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use gavel_vm::memory::ByteOrder;

    use super::*;
    use crate::programs::copy;
    use crate::segment::{Run, Size};
    use crate::stark::cpu::columns::OLD_TIME;
    use crate::stark::lookup::CPU;

    /// What the tables give and take on each bus, less the total.
    fn balances(tables: &[Vec<PolynomialValues<F>>; TABLES]) -> Vec<F> {
        let challenge = GrandProductChallenge {
            beta: F::from_canonical_u64(0x0123_4567_89ab_cdef),
            gamma: F::from_canonical_u64(0x0fed_cba9_8765_4321),
        };
        let balance = |bus: &Vec<Part>| {
            let first = |part: &Part| part.sums(&tables[part.table], &challenge).running[0];
            let (total, parts) = bus.split_last().unwrap();
            parts.iter().map(first).sum::<F>() - first(total)
        };
        Buses::new().0.iter().map(balance).collect()
    }

    #[test]
    fn sums_of_honest_tables_are_equal() {
        let size = Size {
            cpu_bits: 6,
            memory_bits: 10,
        };
        let mut run = Run::new(&copy(ByteOrder::Big), b"abba", size).unwrap();
        let mut tables = run.next_segment().unwrap().unwrap().tables;
        assert_eq!(balances(&tables), [F::ZERO; 3]);
        tables[CPU][OLD_TIME].values[3] += F::ONE;
        let [memory, tree, ranges] = balances(&tables)[..] else {
            panic!("three buses");
        };
        assert!(memory.is_nonzero() && tree.is_zero() && ranges.is_nonzero());
    }
}
