//! What joins the tables.
//!
//! All are sums of inverses over all rows (LogUp): a bus is balanced if every tuple is given as often as it is taken.
//! - Memory bus, tuples (address, value, time): an access takes what was last written or read at an address and gives it
//!   anew, changed or not, at a later time. Old leaves give the first, new leaves take the last.
//! - Tree bus, tuples (key, level, old or new, digest): nodes give their digests, parents take them.
//! - Ranges: numbers of 16 bits, given by the range table.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::packable::Packable;
use plonky2::field::packed::PackedField;
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;
use starky::cross_table_lookup::{CrossTableLookup, TableWithColumns};
use starky::lookup::{Column, Filter, GrandProductChallenge};

use super::F;
use super::{cpu, memory, range};

/// As many elements as the machine computes with at a time.
type Packed = <F as Packable>::Packing;

/// Tables of a segment.
pub const TABLES: usize = 3;
/// The CPU table's place among them.
pub const CPU: usize = 0;
/// The memory table's place.
pub const MEMORY: usize = 1;
/// The range table's place.
pub const RANGE: usize = 2;

/// What is subtracted from 32 times a leaf's number to give the address of its first word on the memory bus: the leaves of
/// memory are at its addresses, and those of the registers at negative ones, where no load reaches.
pub const BUS_BASE: F = GoldilocksField(1 << 33);

/// A sum of columns of a row, each times a factor, and a constant.
#[derive(Clone, Debug)]
pub struct Combination {
    terms: Vec<(usize, F)>,
    constant: F,
}

impl Combination {
    /// Columns with their factors, and a constant.
    pub fn new(terms: impl IntoIterator<Item = (usize, F)>, constant: F) -> Combination {
        Combination {
            terms: terms.into_iter().collect(),
            constant,
        }
    }

    /// A column.
    pub fn column(column: usize) -> Combination {
        Combination::new([(column, F::ONE)], F::ZERO)
    }

    /// A constant.
    pub fn constant(constant: F) -> Combination {
        Combination::new([], constant)
    }

    /// The sum of some columns.
    pub fn sum(columns: impl IntoIterator<Item = usize>) -> Combination {
        Combination::new(columns.into_iter().map(|column| (column, F::ONE)), F::ZERO)
    }

    /// The number that 32 columns of bits are.
    pub fn bits(from: usize) -> Combination {
        let terms = (0..32).map(|i| (from + i, F::from_canonical_u64(1 << i)));
        Combination::new(terms, F::ZERO)
    }

    /// The combination with the opposite sign.
    #[must_use]
    pub fn negated(&self) -> Combination {
        let terms = self.terms.iter().map(|&(column, factor)| (column, -factor));
        Combination::new(terms, -self.constant)
    }

    /// Its value in a row.
    pub fn evaluate(&self, row: &[F]) -> F {
        let terms = self
            .terms
            .iter()
            .map(|&(column, factor)| row[column] * factor);
        terms.sum::<F>() + self.constant
    }

    /// Its values in all rows of a table.
    pub(super) fn evaluate_all(&self, columns: &[PolynomialValues<F>]) -> Vec<F> {
        let mut values = vec![self.constant; columns[0].len()];
        for &(column, factor) in &self.terms {
            let column = Packed::pack_slice(&columns[column].values);
            for (value, &term) in Packed::pack_slice_mut(&mut values).iter_mut().zip(column) {
                *value += term * factor;
            }
        }
        values
    }

    /// What a challenge makes of a tuple: the sum of `part_i beta^i`, and gamma.
    pub(super) fn under(
        challenge: &GrandProductChallenge<F>,
        tuple: &[Combination],
    ) -> Combination {
        let mut under = Combination::constant(challenge.gamma);
        for (part, power) in tuple.iter().zip(challenge.beta.powers()) {
            let terms = part.terms.iter();
            under
                .terms
                .extend(terms.map(|&(column, factor)| (column, factor * power)));
            under.constant += part.constant * power;
        }
        under
    }

    fn to_starky(&self) -> Column<F> {
        if self.terms.is_empty() {
            return Column::constant(self.constant);
        }
        Column::linear_combination_with_constant(self.terms.iter().copied(), self.constant)
    }
}

/// What each row of a table puts on a bus.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The tuple.
    pub tuple: Vec<Combination>,
    /// How often it is given, negative if it is taken: the product of one or two combinations.
    pub count: Vec<Combination>,
}

impl Entry {
    /// The tuple as starky's columns.
    pub(super) fn columns(&self) -> Vec<Column<F>> {
        self.tuple.iter().map(Combination::to_starky).collect()
    }

    /// The count as a filter of starky's.
    pub(super) fn filter(&self) -> Filter<F> {
        match &self.count[..] {
            [first, second] => Filter::new(vec![(first.to_starky(), second.to_starky())], vec![]),
            factors => Filter::new(vec![], factors.iter().map(Combination::to_starky).collect()),
        }
    }

    fn to_starky(&self, table: usize) -> TableWithColumns<F> {
        TableWithColumns::new(table, self.columns(), self.filter())
    }
}

/// A bus: the entries of the tables that are added up, and what the sum is.
#[derive(Clone, Debug)]
pub struct Bus {
    /// Entries with their tables; those of one table stand together.
    pub entries: Vec<(usize, Entry)>,
    /// The entry that they add up to, of a table that has none among them.
    pub total: (usize, Entry),
}

/// The buses of a segment.
pub fn buses() -> Vec<Bus> {
    // A balanced bus adds up to nothing: starky wants an entry for that, too.
    let nothing = |width: usize| {
        let zero = Combination::constant(F::ZERO);
        let tuple = vec![zero.clone(); width];
        let count = vec![zero];
        (RANGE, Entry { tuple, count })
    };
    let of = |table: usize, entries: Vec<Entry>| entries.into_iter().map(move |e| (table, e));
    let numbers = Entry {
        tuple: vec![Combination::column(range::VALUE)],
        count: vec![Combination::column(range::MULTIPLICITY)],
    };
    vec![
        Bus {
            entries: of(CPU, cpu::bus())
                .chain(of(MEMORY, memory::bus()))
                .collect(),
            total: nothing(3),
        },
        Bus {
            entries: of(MEMORY, memory::digests()).collect(),
            total: nothing(7),
        },
        Bus {
            entries: of(CPU, cpu::ranges()).collect(),
            total: (RANGE, numbers),
        },
    ]
}

/// The buses as starky's look-ups.
pub fn lookups() -> Vec<CrossTableLookup<F>> {
    let lookup = |bus: Bus| {
        let entries = bus.entries.iter();
        let entries = entries.map(|(table, entry)| entry.to_starky(*table));
        CrossTableLookup::new(entries.collect(), bus.total.1.to_starky(bus.total.0))
    };
    buses().into_iter().map(lookup).collect()
}
