//! From a relation to what a script sums: which factor becomes a table, which one digits, and how long the quotient is.

use num_bigint::BigInt;

use super::RegisterError;
use super::limb::{LIMB_BITS, LIMB_DIGITS, LIMBS, Range, limb_range, limbs, range_of};
use crate::bn254::{DIGITS, Element, modulus};
use crate::groth16::program::{Factor, Linear, Relation, Value};
use crate::script::MAX_OPERAND;

/// Columns of a product's sums: each of 65 digits times each limb.
const COLUMNS: usize = LIMB_DIGITS * LIMBS + LIMB_DIGITS * (LIMBS - 1);

/// The largest odd multiple in the table of a value that is multiplied by a constant.
const LARGEST_MULTIPLE: i64 = 7;

/// The longest limb of a quotient, in bits.
const QUOTIENT_BITS: usize = 26;

/// `sum coefficient * value + constant` over the integers: a constant that stands for its residue may be negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) terms: Vec<(Value, i64)>,
    pub(super) constant: [i64; LIMBS],
}

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

/// A product with a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Multiple {
    pub(super) form: Form,
    pub(super) constant: Constant,
}

/// A constant as a sum of small odd numbers, with signs, times powers of two: `(bit, odd number)`.
pub(super) type Constant = Vec<(usize, i64)>;

/// The shape of a quotient: signed limbs, least significant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quotient {
    pub(super) limbs: usize,
    pub(super) bits: usize,
}

/// What is summed: `products + multiples + linear - quotient * p`.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) products: Vec<Product>,
    pub(super) multiples: Vec<Multiple>,
    pub(super) linear: Form,
    pub(super) quotient: Quotient,
    pub(super) modulus: Constant,
}

/// The integer of least magnitude with this residue.
fn centred(constant: &BigInt) -> BigInt {
    let p = modulus();
    let reduced = ((constant % &p) + &p) % &p;
    let negative = &reduced - &p;
    match negative.magnitude() < reduced.magnitude() {
        true => negative,
        false => reduced,
    }
}

/// The non-adjacent form with digits up to [`LARGEST_MULTIPLE`]: on average one digit in five bits.
fn odd_multiples(value: &BigInt) -> Constant {
    let modulus = 2 * (LARGEST_MULTIPLE + 1);
    let mut rest = value.clone();
    let mut digits = vec![];
    let mut bit = 0;
    while rest != BigInt::ZERO {
        let zeros = rest.trailing_zeros().unwrap_or(0);
        rest >>= zeros;
        bit += zeros as usize;
        let low = ((&rest % modulus) + modulus) % modulus;
        let low = i64::try_from(low).unwrap_or(0);
        let digit = if low > LARGEST_MULTIPLE {
            low - modulus
        } else {
            low
        };
        digits.push((bit, digit));
        rest -= digit;
    }
    digits
}

impl Form {
    fn new(linear: &Linear) -> Result<Self, RegisterError> {
        Ok(Self {
            terms: linear.terms.clone(),
            constant: limbs(&Element::new(&centred(&linear.constant))?),
        })
    }

    pub(super) fn times(&self, coefficient: i64) -> Self {
        let terms = self.terms.iter();
        Self {
            terms: terms
                .map(|(value, factor)| (*value, factor * coefficient))
                .collect(),
            constant: self.constant.map(|limb| limb * coefficient),
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        for (value, factor) in &other.terms {
            match self.terms.iter_mut().find(|(known, _)| known == value) {
                Some((_, sum)) => *sum += factor,
                None => self.terms.push((*value, *factor)),
            }
        }
        self.terms.retain(|(_, sum)| *sum != 0);
        for (sum, limb) in self.constant.iter_mut().zip(other.constant) {
            *sum += limb;
        }
        self
    }

    fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value and its coefficient, if that is all.
    pub(super) fn single(&self) -> Option<(Value, i64)> {
        match self.terms[..] {
            [term] if self.constant == [0; LIMBS] => Some(term),
            _ => None,
        }
    }

    /// Between which bounds a limb of the sum lies.
    pub(super) fn range(&self, limb: usize) -> Range {
        let (lo, hi) = limb_range(limb);
        let start = (self.constant[limb], self.constant[limb]);
        self.terms.iter().fold(start, |sum, (_, factor)| {
            add(sum, scaled((lo, hi), *factor))
        })
    }

    /// The carry that [`normalised`](Self::normalised_range) limbs hand on: from limb `limb` to the next.
    pub(super) fn carry(&self, limb: usize) -> Range {
        let below = match limb.checked_sub(1) {
            Some(below) => self.carry(below),
            None => (0, 0),
        };
        let (lo, hi) = add(self.range(limb), below);
        let (least, most) = limb_range(limb);
        let unit = 1 << LIMB_BITS;
        (
            (lo - most).div_euclid(unit) + i64::from((lo - most).rem_euclid(unit) != 0),
            (hi - least).div_euclid(unit),
        )
    }

    /// The range of a limb after normalisation: only the last one may be longer.
    pub(super) fn normalised_range(&self, limb: usize) -> Range {
        match limb + 1 < LIMBS {
            true => limb_range(limb),
            false => add(self.range(limb), self.carry(limb - 1)),
        }
    }

    /// The range of the integer.
    fn integers(&self) -> (BigInt, BigInt) {
        let bound = |end: fn(Range) -> i64| {
            let limbs = (0..LIMBS).rev().map(|limb| end(self.range(limb)));
            limbs.fold(BigInt::ZERO, |value, limb| (value << LIMB_BITS) + limb)
        };
        (bound(|range| range.0), bound(|range| range.1))
    }

    pub(super) fn integer(&self, value: &dyn Fn(Value) -> BigInt) -> BigInt {
        let constant = self.constant.iter().rev();
        let constant = constant.fold(BigInt::ZERO, |sum, limb| (sum << LIMB_BITS) + limb);
        let terms = self.terms.iter().map(|(of, factor)| value(*of) * *factor);
        terms.sum::<BigInt>() + constant
    }
}

impl Multiple {
    fn new(form: Form, constant: &BigInt) -> Self {
        let p = modulus();
        let reduced = ((constant % &p) + &p) % &p;
        let ways = [odd_multiples(&reduced), odd_multiples(&(&reduced - p))];
        let [one, other] = ways;
        let constant = if other.len() < one.len() { other } else { one };
        Self { form, constant }
    }

    fn integer(&self) -> BigInt {
        let digits = self.constant.iter();
        digits
            .map(|(bit, digit)| BigInt::from(*digit) << *bit)
            .sum()
    }
}

impl Quotient {
    /// The shortest shape that holds everything from `lo` to `hi`.
    fn new(lo: &BigInt, hi: &BigInt) -> Self {
        let bits = lo.bits().max(hi.bits()) as usize + 2;
        let limbs = bits.div_ceil(QUOTIENT_BITS);
        Self {
            limbs,
            bits: bits.div_ceil(limbs),
        }
    }

    /// The range of a limb.
    pub(super) const fn range(self) -> Range {
        (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
    }

    /// The limbs of a quotient.
    pub(super) fn split(self, value: &BigInt) -> Vec<i64> {
        let half = 1i64 << (self.bits - 1);
        let base = BigInt::from(1) << self.bits;
        let mut rest = value.clone();
        let limb = |_| {
            let low: BigInt = ((((&rest + half) % &base) + &base) % &base) - half;
            rest = (&rest - &low) >> self.bits;
            i64::try_from(low).unwrap_or(0)
        };
        (0..self.limbs).map(limb).collect()
    }
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
            modulus: odd_multiples(&p),
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
        let mut columns = vec![(0i64, 0i64); 4 * COLUMNS + 2 * LIMB_BITS + QUOTIENT_BITS];
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
                for (bit, digit) in &multiple.constant {
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
            for (bit, digit) in &self.modulus {
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
    pub(super) fn renamed(mut self, name: &dyn Fn(Value) -> Value) -> Self {
        let products = self.products.iter_mut();
        let factors = products.flat_map(|product| [&mut product.table, &mut product.digits]);
        let multiples = self.multiples.iter_mut().map(|multiple| &mut multiple.form);
        for form in factors.chain(multiples).chain([&mut self.linear]) {
            for (value, _) in &mut form.terms {
                *value = name(*value);
            }
        }
        self
    }

    /// Values that occur, some more than once.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        let products = self.products.iter();
        let factors = products.flat_map(|product| [&product.table, &product.digits]);
        let multiples = self.multiples.iter().map(|multiple| &multiple.form);
        let forms = factors.chain(multiples).chain([&self.linear]);
        forms.flat_map(|form| form.terms.iter().map(|(value, _)| *value))
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

impl From<Value> for Form {
    fn from(value: Value) -> Self {
        Self {
            terms: vec![(value, 1)],
            constant: [0; LIMBS],
        }
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

fn add(a: Range, b: Range) -> Range {
    (a.0 + b.0, a.1 + b.1)
}

fn hull(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

fn scaled((lo, hi): Range, factor: i64) -> Range {
    hull((lo * factor, lo * factor), (hi * factor, hi * factor))
}

fn add_integers(a: (BigInt, BigInt), b: (BigInt, BigInt)) -> (BigInt, BigInt) {
    (a.0 + b.0, a.1 + b.1)
}

fn multiply_integers(a: &(BigInt, BigInt), b: &(BigInt, BigInt)) -> (BigInt, BigInt) {
    let corners = [&a.0 * &b.0, &a.0 * &b.1, &a.1 * &b.0, &a.1 * &b.1];
    let least = corners.iter().min().cloned().unwrap_or_default();
    (least, corners.into_iter().max().unwrap_or_default())
}
