//! One permutation of up to nine elements in lanes: the first element alone, in all of them, and the others side by side.
//!
//! The partial rounds are a chain of products, three a round, each waiting for the one before. What is done to the other
//! elements happens meanwhile.

use super::parameters::{Matrix, Parameters};
use crate::avx512::lanes::{Lanes, Wide, enter};
use ark_bn254::{Fr, FrConfig};
use ark_ff::{BigInt, Field};

type Eight = Lanes<FrConfig>;

/// A state, or a row of a matrix: its first element in all lanes, and the others.
#[derive(Clone, Copy, Debug)]
struct Split {
    first: Eight,
    others: Eight,
}

/// A matrix: what makes the first element, and for each element of the state what it adds to the others.
#[derive(Clone, Debug)]
struct Columns<const T: usize> {
    row: Split,
    columns: [Eight; T],
}

/// One sparse round: `u <- u^5 + constant`, then `(u + row . s, s_i + column_i u)`.
///
/// It is [that of the parameters](super::parameters::Partial) with `s_0 = c u`: the first element's weight in the row is gone
/// into the next round's `c`, and with it one of four products that wait for one another.
#[derive(Clone, Debug)]
struct Partial {
    constant: Eight,
    row: Eight,
    column: Eight,
}

/// The constants of a permutation, for lanes.
#[derive(Clone, Debug)]
pub(super) struct Rounds<const T: usize> {
    full: Vec<Split>,
    mds: Columns<T>,
    bridge: Columns<T>,
    entry: Split,
    partial: Vec<Partial>,
    /// What the first element is a multiple of after the last of them.
    scale: Eight,
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn split<const T: usize>(elements: &[Fr; T]) -> Split {
    let words = elements.map(|element| enter(&element));
    let zero = [0; 4];
    Split {
        first: Eight::broadcast(words[0]),
        others: Eight::load(std::array::from_fn(|i| words.get(i + 1).unwrap_or(&zero))),
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn columns<const T: usize>(matrix: &Matrix<T>) -> Columns<T> {
    let mut columns = [Eight::broadcast([0; 4]); T];
    for (j, column) in columns.iter_mut().enumerate() {
        *column = split::<T>(&std::array::from_fn(|i| matrix[i][j])).others;
    }
    Columns {
        row: split(&matrix[0]),
        columns,
    }
}

impl<const T: usize> Rounds<T> {
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(parameters: &Parameters<T>) -> Option<Self> {
        const { assert!(T <= 9, "eight lanes, and the first element") };
        let mut scale = Fr::ONE;
        let mut partial = Vec::with_capacity(parameters.partial.len());
        for round in &parameters.partial {
            let before = scale.square().square() * scale;
            scale = before * round.row[0];
            let (before_inverse, inverse) = (before.inverse()?, scale.inverse()?);
            partial.push(Partial {
                constant: Eight::broadcast(enter(&(round.constant * before_inverse))),
                row: split(&round.row.map(|weight| weight * inverse)).others,
                column: split(&round.column.map(|weight| weight * before)).others,
            });
        }
        Some(Self {
            full: parameters
                .full
                .iter()
                .map(|constants| split(constants))
                .collect(),
            mds: columns(&parameters.mds),
            bridge: columns(&parameters.bridge),
            entry: split(&parameters.entry),
            partial,
            scale: Eight::broadcast(enter(&scale)),
        })
    }

    /// Permutes the state.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn permute(&self, elements: &mut [Fr; T]) {
        let zero = [0; 4];
        let others = Eight::load(std::array::from_fn(|i| {
            elements.get(i + 1).map_or(&zero, |element| &element.0.0)
        }));
        let mut state = Split {
            first: Eight::broadcast(elements[0].0.0).mul(Eight::from_arkworks()),
            others: others.mul(Eight::from_arkworks()),
        };
        let (before, after) = self.full.split_at(self.full.len() / 2);
        let (last, before) = before.split_last().unzip();
        for constants in before.into_iter().flatten() {
            full_round(&mut state, constants, &self.mds);
        }
        if let Some(constants) = last {
            full_round(&mut state, constants, &self.bridge);
        }
        state.first = state.first.add(self.entry.first).halve_range();
        state.others = state.others.add(self.entry.others).halve_range();
        for round in &self.partial {
            // The products of the others with the row do not wait for the S-box.
            let others = Wide::zero().add_product(state.others, round.row);
            let others = others.sum_of_lanes().reduce();
            let first = fifth_power(state.first).add(round.constant);
            state.first = first.add(others);
            state.others = state.others.add(first.mul(round.column)).halve_range();
        }
        state.first = state.first.mul(self.scale);
        for constants in after {
            full_round(&mut state, constants, &self.mds);
        }
        let factor = Eight::to_arkworks();
        let first = state.first.mul(factor).canonical().store();
        let others = state.others.mul(factor).canonical().store();
        let words = first.iter().take(1).chain(&others);
        for (element, words) in elements.iter_mut().zip(words) {
            *element = Fr::new_unchecked(BigInt::new(*words));
        }
    }
}

/// Of elements below `4 p`, as all of a state are.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn full_round<const T: usize>(state: &mut Split, constants: &Split, matrix: &Columns<T>) {
    let first = fifth_power(state.first.add(constants.first));
    let others = fifth_power(state.others.add(constants.others));
    let row = Wide::zero()
        .add_product(others, matrix.row.others)
        .sum_of_lanes();
    state.first = row.add_product(first, matrix.row.first).reduce();
    let mut sum = Wide::zero().add_product(first, matrix.columns[0]);
    for (lane, column) in matrix.columns[1..].iter().enumerate() {
        sum = sum.add_product(others.lane(lane), *column);
    }
    state.others = sum.reduce();
}

/// Below `3 p`, of a number below `8 p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn fifth_power(x: Eight) -> Eight {
    x.square().square().mul(x)
}
