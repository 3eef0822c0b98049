//! From the values of a polynomial on a domain to those on a coset: an inverse Fourier transform that leaves the coefficients in
//! bit-reversed order, and a transform that takes them so. Nothing is sorted in between.
//!
//! The values stay arkworks' numbers, `2^256 a`: the factors are the lanes', and such a product is one of arkworks' again.

use super::lanes::{Lanes, Words, enter};
use ark_bn254::{Fr, FrConfig};
use ark_ff::{AdditiveGroup, BigInt, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

/// Values that stay in a processor's second cache while all smaller transforms of them are made.
const BLOCK: usize = 1 << 14;

/// What one thread takes of a transform that is larger.
const CHUNK: usize = 1 << 12;

/// Elements of the smallest transforms that are made together: eight of eight.
const SMALLEST: usize = 64;

type Eight = Lanes<FrConfig>;

/// The factors of both transforms.
#[derive(Debug)]
pub(crate) struct Tables {
    /// For each half of a transform's size, from 1, the powers of the root of that size's inverse.
    inverse: Vec<Vec<Words>>,
    /// The same of the root, times the coset's offset to the power that the size leaves.
    forward: Vec<Vec<Words>>,
    /// The inverse of the size.
    scale: Words,
}

impl Tables {
    /// The factors between a domain without an offset and its coset. None for domains that are too small for lanes.
    pub(crate) fn new(
        domain: Radix2EvaluationDomain<Fr>,
        coset: Radix2EvaluationDomain<Fr>,
    ) -> Option<Self> {
        if domain.size() < SMALLEST {
            return None;
        }
        let halves = domain.log_size_of_group as usize;
        let tables = |root: Fr, offset: Fr| -> Vec<Vec<Words>> {
            let mut squares: Vec<(Fr, Fr)> =
                std::iter::successors(Some((root, offset)), |(root, offset)| {
                    Some((root.square(), offset.square()))
                })
                .take(halves)
                .collect();
            squares.reverse();
            let powers = squares.par_iter().enumerate().map(|(i, (root, offset))| {
                let powers = std::iter::successors(Some(*offset), |power| Some(*power * root));
                powers.take(1 << i).map(|power| enter(&power)).collect()
            });
            powers.collect()
        };
        Some(Self {
            inverse: tables(domain.group_gen_inv, Fr::ONE),
            forward: tables(domain.group_gen, coset.offset),
            scale: enter(&domain.size_inv),
        })
    }

    /// Values on the domain to values on the coset.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn extend(&self, values: Vec<Fr>) -> Vec<Fr> {
        let mut words: Vec<Words> = values.into_par_iter().map(|value| value.0.0).collect();
        let small = BLOCK.min(words.len()).ilog2() as usize;
        for factors in self.inverse[small..].iter().rev() {
            for both in words.chunks_mut(2 * factors.len()) {
                each_chunk(both, factors, |low, high, factors| {
                    split(low, high, factors)
                });
            }
        }
        words
            .par_chunks_mut(1 << small)
            .for_each(|block| self.extend_block(block, small));
        for factors in &self.forward[small..] {
            for both in words.chunks_mut(2 * factors.len()) {
                each_chunk(both, factors, |low, high, factors| join(low, high, factors));
            }
        }
        let mut values = vec![Fr::ZERO; words.len()];
        let parts = words.par_chunks(CHUNK).zip(values.par_chunks_mut(CHUNK));
        parts.for_each(|(words, values)| {
            let scale = Eight::broadcast(self.scale);
            let (words, _) = words.as_chunks::<8>();
            let (values, _) = values.as_chunks_mut::<8>();
            for (words, values) in words.iter().zip(values) {
                let scaled = Eight::load(words.each_ref()).mul(scale).canonical().store();
                *values = scaled.map(|words| Fr::new_unchecked(BigInt::new(words)));
            }
        });
        values
    }

    /// All layers of both transforms that are smaller than the block.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn extend_block(&self, block: &mut [Words], log_size: usize) {
        for factors in self.inverse[3..log_size].iter().rev() {
            for both in block.chunks_exact_mut(2 * factors.len()) {
                let (low, high) = both.split_at_mut(factors.len());
                split(low, high, factors);
            }
        }
        let (smallest, _) = block.as_chunks_mut::<SMALLEST>();
        for elements in smallest {
            self.extend_smallest(elements);
        }
        for factors in &self.forward[3..log_size] {
            for both in block.chunks_exact_mut(2 * factors.len()) {
                let (low, high) = both.split_at_mut(factors.len());
                join(low, high, factors);
            }
        }
    }

    /// The layers of eight transforms of eight values: one in each lane.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn extend_smallest(&self, elements: &mut [Words; SMALLEST]) {
        let (rows, _) = elements.as_chunks_mut::<8>();
        let mut lanes = [Eight::broadcast([0; 4]); 8];
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane = Eight::load(std::array::from_fn(|row| &rows[row][i]));
        }
        for factors in self.inverse[..3].iter().rev() {
            for both in lanes.chunks_exact_mut(2 * factors.len()) {
                let (low, high) = both.split_at_mut(factors.len());
                for ((low, high), factor) in low.iter_mut().zip(high).zip(factors) {
                    (*low, *high) = split_one(*low, *high, Eight::broadcast(*factor));
                }
            }
        }
        for factors in &self.forward[..3] {
            for both in lanes.chunks_exact_mut(2 * factors.len()) {
                let (low, high) = both.split_at_mut(factors.len());
                for ((low, high), factor) in low.iter_mut().zip(high).zip(factors) {
                    (*low, *high) = join_one(*low, *high, Eight::broadcast(*factor));
                }
            }
        }
        for (i, lane) in lanes.into_iter().enumerate() {
            for (row, words) in rows.iter_mut().zip(lane.store()) {
                row[i] = words;
            }
        }
    }
}

/// Both halves of a layer and its factors in parts, on all threads.
fn each_chunk(
    both: &mut [Words],
    factors: &[Words],
    layer: impl Fn(&mut [Words], &mut [Words], &[Words]) + Sync,
) {
    let (low, high) = both.split_at_mut(factors.len());
    low.par_chunks_mut(CHUNK)
        .zip(high.par_chunks_mut(CHUNK))
        .zip(factors.par_chunks(CHUNK))
        .for_each(|((low, high), factors)| layer(low, high, factors));
}

/// A layer of the inverse transform: `(a + b, (a - b) w)`.
#[target_feature(enable = "avx512f,avx512ifma")]
fn split(low: &mut [Words], high: &mut [Words], factors: &[Words]) {
    let (low, _) = low.as_chunks_mut::<8>();
    let (high, _) = high.as_chunks_mut::<8>();
    let (factors, _) = factors.as_chunks::<8>();
    for ((low, high), factors) in low.iter_mut().zip(high).zip(factors) {
        let [a, b] = [&*low, &*high].map(|words| Eight::load(words.each_ref()));
        let (sum, difference) = split_one(a, b, Eight::load(factors.each_ref()));
        (*low, *high) = (sum.store(), difference.store());
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn split_one(a: Eight, b: Eight, factor: Eight) -> (Eight, Eight) {
    (a.add(b).halve_range(), a.sub(b).mul(factor))
}

/// A layer of the transform: `(a + b w, a - b w)`.
#[target_feature(enable = "avx512f,avx512ifma")]
fn join(low: &mut [Words], high: &mut [Words], factors: &[Words]) {
    let (low, _) = low.as_chunks_mut::<8>();
    let (high, _) = high.as_chunks_mut::<8>();
    let (factors, _) = factors.as_chunks::<8>();
    for ((low, high), factors) in low.iter_mut().zip(high).zip(factors) {
        let [a, b] = [&*low, &*high].map(|words| Eight::load(words.each_ref()));
        let (sum, difference) = join_one(a, b, Eight::load(factors.each_ref()));
        (*low, *high) = (sum.store(), difference.store());
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn join_one(a: Eight, b: Eight, factor: Eight) -> (Eight, Eight) {
    let b = b.mul(factor);
    (a.add(b).halve_range(), a.sub(b).halve_range())
}
