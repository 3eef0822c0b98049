//! The constraints, as three sparse matrices, and the assignment.

use super::linear::{Linear, Variable};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, One, PrimeField, Zero};
use rayon::prelude::*;
use std::collections::HashMap;

/// Rows of pairs of a variable and the number of a coefficient, one after the other.
#[derive(Debug, Default)]
struct Rows {
    terms: Vec<(Variable, u32)>,
    ends: Vec<usize>,
}

impl Rows {
    fn row(&self, index: usize) -> &[(Variable, u32)] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.terms[start..self.ends[index]]
    }
}

/// Constraints `a b = c` between linear combinations, one public input, and an assignment.
#[derive(Debug)]
pub struct ConstraintSystem {
    rows: [Rows; 3],
    coefficients: Vec<Fr>,
    numbers: HashMap<Fr, u32>,
    assignment: Vec<Fr>,
    /// Where each part of the circuit starts.
    parts: Vec<(usize, &'static str)>,
}

/// Public variables: the constant 1 and the public input.
pub(crate) const PUBLIC: usize = 2;

impl ConstraintSystem {
    /// No constraints. The public input is known before anything is built.
    pub(crate) fn new(public_input: Fr) -> Self {
        Self {
            rows: Default::default(),
            coefficients: Vec::new(),
            numbers: HashMap::new(),
            assignment: vec![Fr::ONE, public_input],
            parts: Vec::new(),
        }
    }

    /// The public input.
    pub(crate) fn public_input(&self) -> Linear {
        Linear::variable(1, self.assignment[1])
    }

    /// A new variable of this value: a hint, until constraints determine it.
    pub(crate) fn hint(&mut self, value: Fr) -> Linear {
        // More than 2^32 variables do not fit into memory.
        let variable = self.assignment.len() as Variable;
        self.assignment.push(value);
        Linear::variable(variable, value)
    }

    /// `a b = c`.
    pub(crate) fn enforce(&mut self, a: &Linear, b: &Linear, c: &Linear) {
        for (side, linear) in [a, b, c].into_iter().enumerate() {
            for (variable, coefficient) in &linear.terms {
                let next = self.coefficients.len() as u32;
                let number = *self.numbers.entry(*coefficient).or_insert(next);
                if number == next {
                    self.coefficients.push(*coefficient);
                }
                self.rows[side].terms.push((*variable, number));
            }
            let end = self.rows[side].terms.len();
            self.rows[side].ends.push(end);
        }
    }

    /// `a = b`.
    pub(crate) fn equal(&mut self, a: &Linear, b: &Linear) {
        self.enforce(&(a - b), &Linear::constant(1), &Linear::ZERO);
    }

    /// `a b`.
    pub(crate) fn multiply(&mut self, a: &Linear, b: &Linear) -> Linear {
        if a.is_constant() {
            return b * a.value;
        }
        if b.is_constant() {
            return a * b.value;
        }
        let product = self.hint(a.value * b.value);
        self.enforce(a, b, &product);
        product
    }

    /// What follows belongs to this part of the circuit.
    pub(crate) fn part(&mut self, name: &'static str) {
        self.parts.push((self.constraints(), name));
    }

    /// The number of constraints.
    pub fn constraints(&self) -> usize {
        self.rows[0].ends.len()
    }

    /// The number of variables, the constant 1 and the public input included.
    pub fn variables(&self) -> usize {
        self.assignment.len()
    }

    /// The number of entries of the three matrices that are not 0.
    pub fn entries(&self) -> usize {
        self.rows.iter().map(|rows| rows.terms.len()).sum()
    }

    /// The different coefficients of the matrices: rows have their numbers.
    pub(crate) fn coefficients(&self) -> &[Fr] {
        &self.coefficients
    }

    /// One side of a constraint: variables in order, with the numbers of their coefficients.
    pub(crate) fn row(&self, side: usize, index: usize) -> &[(Variable, u32)] {
        self.rows[side].row(index)
    }

    /// Constraints of each part, in order of first appearance.
    pub fn parts(&self) -> Vec<(&'static str, usize)> {
        let mut sums: Vec<(&'static str, usize)> = Vec::new();
        for (i, (start, name)) in self.parts.iter().enumerate() {
            let end = self
                .parts
                .get(i + 1)
                .map_or(self.constraints(), |next| next.0);
            match sums.iter_mut().find(|sum| sum.0 == *name) {
                Some(sum) => sum.1 += end - start,
                None => sums.push((name, end - start)),
            }
        }
        sums
    }

    /// The part of the circuit that the first constraint belongs to that does not hold.
    pub fn unsatisfied(&self) -> Option<&'static str> {
        let fails = |index: &usize| {
            let [a, b, c] = [0, 1, 2].map(|side| self.value(side, *index));
            a * b != c
        };
        let constraints = (0..self.constraints()).into_par_iter();
        let index = constraints.find_first(fails)?;
        let before = self.parts.iter().take_while(|part| part.0 <= index);
        Some(before.last().map_or("", |part| part.1))
    }

    /// The value of one side of a constraint.
    fn value(&self, side: usize, index: usize) -> Fr {
        let mut sum = Fr::ZERO;
        for (variable, number) in self.rows[side].row(index) {
            let value = &self.assignment[*variable as usize];
            let coefficient = &self.coefficients[*number as usize];
            // Most coefficients are 1, and most variables are bits.
            if coefficient.is_one() {
                sum += value;
            } else if value.is_one() {
                sum += coefficient;
            } else if !value.is_zero() {
                sum += *value * coefficient;
            }
        }
        sum
    }

    /// The values of the three sides of all constraints.
    pub(crate) fn values(&self) -> [Vec<Fr>; 3] {
        let constraints = (0..self.constraints()).into_par_iter();
        let value = |side| {
            constraints
                .clone()
                .map(move |index| self.value(side, index))
        };
        [0, 1, 2].map(|side| value(side).collect())
    }

    /// For each side and variable the sum of its coefficients, each times the weight of its constraint.
    pub(crate) fn columns(&self, weights: &[Fr]) -> [Vec<Fr>; 3] {
        let columns = |rows: &Rows| {
            let mut sums = vec![Fr::ZERO; self.variables()];
            for (index, weight) in weights[..self.constraints()].iter().enumerate() {
                for (variable, number) in rows.row(index) {
                    sums[*variable as usize] += self.coefficients[*number as usize] * weight;
                }
            }
            sums
        };
        let [a, b, c] = &self.rows;
        let (a, (b, c)) = rayon::join(|| columns(a), || rayon::join(|| columns(b), || columns(c)));
        [a, b, c]
    }

    /// BLAKE3 of the matrices.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.variables() as u64).to_le_bytes());
        for coefficient in &self.coefficients {
            hasher.update(&coefficient.into_bigint().to_bytes_le());
        }
        for rows in &self.rows {
            hasher.update(&(rows.ends.len() as u64).to_le_bytes());
            let mut bytes = Vec::with_capacity(8 * rows.terms.len() + 8 * rows.ends.len());
            for end in &rows.ends {
                bytes.extend((*end as u64).to_le_bytes());
            }
            for (variable, number) in &rows.terms {
                bytes.extend(variable.to_le_bytes());
                bytes.extend(number.to_le_bytes());
            }
            hasher.update(&bytes);
        }
        *hasher.finalize().as_bytes()
    }

    /// One side of a constraint: coefficients and variables.
    #[cfg(test)]
    pub(crate) fn terms(&self, side: usize, index: usize) -> Vec<(Fr, usize)> {
        let terms = self.rows[side].row(index).iter();
        terms
            .map(|(variable, number)| (self.coefficients[*number as usize], *variable as usize))
            .collect()
    }

    /// The public inputs: there is one.
    pub(crate) fn public_values(&self) -> Vec<Fr> {
        self.assignment[1..PUBLIC].to_vec()
    }

    /// All values: the constant 1, the public input, the witness.
    pub(crate) fn assignment(&self) -> &[Fr] {
        &self.assignment
    }

    /// The variables that could have another value, all others as they are, without breaking a constraint.
    #[cfg(test)]
    pub(crate) fn free_variables(&self) -> Vec<usize> {
        let mut bound = vec![false; self.assignment.len()];
        for index in 0..self.constraints() {
            let mut values = [Fr::from(0); 3];
            let mut weights: HashMap<Variable, [Fr; 3]> = HashMap::new();
            for (side, rows) in self.rows.iter().enumerate() {
                for (variable, number) in rows.row(index) {
                    let weight = self.coefficients[*number as usize];
                    values[side] += weight * self.assignment[*variable as usize];
                    weights.entry(*variable).or_default()[side] += weight;
                }
            }
            for (variable, [a, b, c]) in weights {
                bound[variable as usize] |= (values[0] + a) * (values[1] + b) != values[2] + c;
            }
        }
        let bound = bound.into_iter().enumerate();
        bound.filter(|(_, bound)| !bound).map(|(i, _)| i).collect()
    }

    /// Sets a variable's value behind the back of the constraints: what a dishonest prover may do.
    #[cfg(test)]
    pub(crate) fn tamper(&mut self, variable: usize, value: Fr) {
        self.assignment[variable] = value;
    }
}
