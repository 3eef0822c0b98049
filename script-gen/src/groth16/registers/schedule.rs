//! In which order the products of relations are summed: what they share is made once.

use super::digits::{CLASS, TABLE};
use super::form::Form;
use super::limb::{LIMB_DIGITS, LIMBS};
use super::plan::{Plan, Product};

/// A product of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The number of the relation.
    pub(super) relation: usize,
    /// The number of the factor whose digits choose.
    pub(super) factor: usize,
    /// Whether it is subtracted.
    pub(super) negative: bool,
    /// Whether it is a square.
    pub(super) square: bool,
}

/// A table with the products that it serves.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) form: Form,
    pub(super) normalised: bool,
    pub(super) uses: Vec<Use>,
}

/// A factor whose digits are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) form: Form,
    pub(super) count: usize,
}

/// The products of some relations.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    relations: usize,
    pub(super) tables: Vec<Table>,
    pub(super) factors: Vec<Digits>,
}

impl Schedule {
    pub(super) fn new(plans: &[&Plan]) -> Self {
        let mut schedule = Self {
            relations: plans.len(),
            tables: vec![],
            factors: vec![],
        };
        for (relation, plan) in plans.iter().enumerate() {
            for product in &plan.products {
                schedule.add(relation, product);
            }
        }
        schedule
    }

    fn add(&mut self, relation: usize, product: &Product) {
        let digits = Digits {
            form: product.digits.clone(),
            count: product.digit_count(),
        };
        let factor = match self.factors.iter().position(|other| *other == digits) {
            Some(factor) => factor,
            None => {
                self.factors.push(digits);
                self.factors.len() - 1
            }
        };
        let negated = product.table.times(-1);
        let same = |table: &&mut Table| {
            let equal = [&product.table, &negated].contains(&&table.form);
            equal && table.normalised == product.normalised
        };
        let mut entry = Use {
            relation,
            factor,
            negative: false,
            square: product.is_square(),
        };
        match self.tables.iter_mut().find(same) {
            Some(table) => {
                entry.negative = table.form != product.table;
                table.uses.push(entry);
            }
            None => self.tables.push(Table {
                form: product.table.clone(),
                normalised: product.normalised,
                uses: vec![entry],
            }),
        }
    }

    /// Whether a factor is used by a table after this one.
    pub(super) fn is_used_after(&self, table: usize, factor: usize) -> bool {
        let mut uses = self.tables[table + 1..]
            .iter()
            .flat_map(|table| &table.uses);
        uses.any(|entry| entry.factor == factor)
    }

    /// Whether relations have tables or factors in common.
    pub(super) fn shares(&self) -> bool {
        let mut tables = self.tables.iter();
        let tables = tables.any(|table| several(table.uses.iter()));
        let factors = (0..self.factors.len()).any(|factor| {
            let uses = self.tables.iter().flat_map(|table| &table.uses);
            several(uses.filter(|entry| entry.factor == factor))
        });
        tables || factors
    }

    /// The most items that its products take on stack and altstack.
    pub(super) fn most_items(&self) -> usize {
        let columns = LIMB_DIGITS * LIMBS + LIMB_DIGITS * (LIMBS - 1);
        let mut live = vec![false; self.factors.len()];
        let mut most = 0;
        for (number, table) in self.tables.iter().enumerate() {
            for entry in &table.uses {
                live[entry.factor] = true;
            }
            let kept = live.iter().filter(|live| **live).count();
            most = most.max(kept);
            for entry in &table.uses {
                live[entry.factor] = self.is_used_after(number, entry.factor);
            }
        }
        // A column's terms stand above the table and the addresses of its class.
        self.relations * columns + most * LIMB_DIGITS * LIMBS + TABLE + CLASS + LIMBS + 1
    }
}

/// Whether products are of more than one relation.
fn several<'a>(mut uses: impl Iterator<Item = &'a Use>) -> bool {
    let first = uses.next();
    uses.any(|entry| first.is_some_and(|first| first.relation != entry.relation))
}
