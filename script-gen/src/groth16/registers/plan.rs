//! From a relation to what a script sums: which factor becomes a table, which one digits, and how long the quotient is.

use std::sync::LazyLock;

use num_bigint::BigInt;

use super::RegisterError;
use super::constant::{Constant, Multiple, Quotient, odd_multiples};
use super::form::{Form, add, hull, scaled};
use super::limb::{LIMB_BITS, LIMB_DIGITS, LIMBS, Range, limb_range, range_of};
use crate::bn254::{DIGITS, modulus};
use crate::groth16::program::{Factor, Relation, Value};
use crate::script::MAX_OPERAND;

/// Columns of a product's sums: each of 65 digits times each limb.
const COLUMNS: usize = LIMB_DIGITS * LIMBS + LIMB_DIGITS * (LIMBS - 1);

/// The modulus as what its table is added by.
pub(super) static MODULUS: LazyLock<Constant> = LazyLock::new(|| odd_multiples(&modulus()));

/// `table * digits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Product {
    /// The factor whose multiples are listed.
    pub(super) table: Form,
    /// Whether its limbs have to be brought back to the range of limbs.
    pub(super) normalised: bool,
    /// The factor whose digits choose.
    pub(super) digits: Form,
}

/// What is summed: `products + multiples + linear - quotient * p`.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) products: Vec<Product>,
    pub(super) multiples: Vec<Multiple>,
    pub(super) linear: Form,
    pub(super) quotient: Quotient,
}

impl Plan {
    pub(super) fn new(relation: &Relation) -> Result<Self, RegisterError> {
        let mut products: Vec<Product> = vec![];
        let mut multiples = vec![];
        let linear = Form::new(&relation.linear)?;
        let mut sum = linear.integers();
        for product in &relation.products {
            let left = Form::new(&product.left)?.times(product.coefficient);
            let right = match &product.right {
                Factor::Constant(constant) => {
                    multiples.push(Multiple::new(left, constant));
                    continue;
                }
                Factor::Linear(right) => right,
            };
            if right.terms.is_empty() {
                multiples.push(Multiple::new(left, &right.constant));
                continue;
            }
            let right = Form::new(right)?;
            if left.is_constant() {
                let constant = &product.left.constant * product.coefficient;
                multiples.push(Multiple::new(right, &constant));
                continue;
            }
            sum = add_integers(sum, multiply_integers(&left.integers(), &right.integers()));
            add_product(&mut products, left, right);
        }
        for multiple in &multiples {
            let constant = multiple.integer();
            let constant = (constant.clone(), constant);
            sum = add_integers(sum, multiply_integers(&multiple.form.integers(), &constant));
        }
        let p = modulus();
        let mut plan = Self {
            products,
            multiples,
            linear,
            quotient: Quotient::new(&(sum.0 / &p), &(sum.1 / &p)),
        };
        plan.fit()?;
        Ok(plan)
    }

    /// Normalises tables until the sums of columns fit script numbers.
    fn fit(&mut self) -> Result<(), RegisterError> {
        for product in &self.products {
            if product.digits.single().is_none() {
                let (lo, hi) = product.digits.normalised_range(LIMBS - 1);
                let (least, most) = range_of(LIMB_DIGITS);
                if lo < least || hi > most {
                    return Err(RegisterError::FactorTooLong);
                }
            }
        }
        loop {
            let most = self.largest_sum();
            if most <= MAX_OPERAND {
                return Ok(());
            }
            let widest = self
                .products
                .iter_mut()
                .filter(|product| !product.normalised && product.table.range(0) != limb_range(0))
                .max_by_key(|product| product.table.range(0).1);
            match widest {
                Some(product) => product.normalised = true,
                None => return Err(RegisterError::ColumnOverflow { most }),
            }
        }
    }

    /// The largest magnitude of a sum while the columns are added, in any order of a column's terms, if the relation holds: then
    /// what comes down from higher columns is the negative of what this column and the lower ones add up to.
    fn largest_sum(&self) -> i64 {
        let mut columns = vec![(0i64, 0i64); 4 * COLUMNS + 4 * LIMB_BITS];
        let mut add_at = |bit: usize, range: Range| {
            // Any of the terms may come first, so a range holds zero.
            let range = (range.0.min(0), range.1.max(0));
            columns[bit] = add(columns[bit], range);
        };
        for product in &self.products {
            for limb in 0..LIMBS {
                let range = product.table_range(limb);
                let range = hull(scaled(range, -8), scaled(range, 7));
                for digit in 0..product.digit_count() {
                    add_at(4 * digit + LIMB_BITS * limb, range);
                }
            }
        }
        for multiple in &self.multiples {
            for limb in 0..LIMBS {
                for (bit, digit) in multiple.constant.iter() {
                    add_at(
                        bit + LIMB_BITS * limb,
                        scaled(multiple.form.range(limb), *digit),
                    );
                }
            }
        }
        for limb in 0..LIMBS {
            for (_, factor) in &self.linear.terms {
                add_at(LIMB_BITS * limb, scaled(limb_range(limb), *factor));
            }
            let constant = self.linear.constant[limb];
            add_at(LIMB_BITS * limb, (constant, constant));
        }
        for limb in 0..self.quotient.limbs {
            for (bit, digit) in MODULUS.iter() {
                add_at(
                    bit + self.quotient.bits * limb,
                    scaled(self.quotient.range(), -digit),
                );
            }
        }
        let (mut low, mut high) = (0.0, 0.0);
        let mut most = 0;
        for (lo, hi) in columns {
            low = lo as f64 + low / 2.0;
            high = hi as f64 + high / 2.0;
            most = most.max(1 - low as i64).max(high as i64 + 1);
        }
        most
    }

    /// The same for values that are called by other names.
    pub(super) fn renamed(&self, name: &dyn Fn(Value) -> Value) -> Self {
        let mut plan = self.clone();
        let products = plan.products.iter_mut();
        let factors = products.flat_map(|product| [&mut product.table, &mut product.digits]);
        let multiples = plan.multiples.iter_mut().map(|multiple| &mut multiple.form);
        for form in factors.chain(multiples).chain([&mut plan.linear]) {
            for (value, _) in &mut form.terms {
                *value = name(*value);
            }
        }
        plan
    }

    /// The integer that p divides if the relation holds.
    pub(super) fn integer(&self, value: &dyn Fn(Value) -> BigInt) -> BigInt {
        let products = self.products.iter();
        let products =
            products.map(|product| product.table.integer(value) * product.digits.integer(value));
        let multiples = self.multiples.iter();
        let multiples = multiples.map(|multiple| multiple.form.integer(value) * multiple.integer());
        products.chain(multiples).sum::<BigInt>() + self.linear.integer(value)
    }
}

/// Adds `left * right`, to a product with the same digits if there is one.
fn add_product(products: &mut Vec<Product>, left: Form, right: Form) {
    let weight = |form: &Form| form.range(0).1 - form.range(0).0;
    let (table, digits) = match (left.single(), right.single()) {
        (_, Some((value, factor))) => (left.times(factor), value.into()),
        (Some((value, factor)), None) => (right.times(factor), value.into()),
        (None, None) if weight(&left) < weight(&right) => (right, left),
        (None, None) => (left, right),
    };
    match products.iter_mut().find(|product| product.digits == digits) {
        Some(product) => product.table = std::mem::take(&mut product.table).plus(&table),
        None => products.push(Product {
            table,
            normalised: false,
            digits,
        }),
    }
}

impl Product {
    /// Digits of the digits' factor: one more if it is a sum.
    pub(super) fn digit_count(&self) -> usize {
        match self.digits.single() {
            Some(_) => DIGITS,
            None => LIMB_DIGITS * LIMBS,
        }
    }

    /// The range of a limb in the table.
    fn table_range(&self, limb: usize) -> Range {
        match self.normalised {
            true => self.table.normalised_range(limb),
            false => self.table.range(limb),
        }
    }

    /// Whether it is a multiple of a square.
    pub(super) fn is_square(&self) -> bool {
        match (self.table.single(), self.digits.single()) {
            (Some((table, _)), Some((digits, _))) => table == digits,
            _ => false,
        }
    }
}

fn add_integers(a: (BigInt, BigInt), b: (BigInt, BigInt)) -> (BigInt, BigInt) {
    (a.0 + b.0, a.1 + b.1)
}

fn multiply_integers(a: &(BigInt, BigInt), b: &(BigInt, BigInt)) -> (BigInt, BigInt) {
    let corners = [&a.0 * &b.0, &a.0 * &b.1, &a.1 * &b.0, &a.1 * &b.1];
    let least = corners.iter().min().cloned().unwrap_or_default();
    (least, corners.into_iter().max().unwrap_or_default())
}
