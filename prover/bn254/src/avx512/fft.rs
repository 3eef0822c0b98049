//! From the values of a polynomial on a domain to those on a coset: an inverse Fourier transform that leaves the coefficients
//! in bit-reversed order, and a transform that takes them so. Nothing is sorted in between.
//!
//! The values stay arkworks' numbers, `2^256 a`: the factors are the lanes', and such a product is one of arkworks' again.

use super::lanes::{Lanes, Words, enter};
use ark_bn254::{Fr, FrConfig};
use ark_ff::{BigInt, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

/// Values whose smaller transforms are all made at once: they and the factors of one direction stay in a second cache of 1 MB.
const BLOCK: usize = 1 << 14;

/// What one thread takes of a transform that is larger.
const CHUNK: usize = 1 << 12;

/// Elements of the smallest transforms that are made together: eight of eight.
const SMALLEST: usize = 64;

/// The direction of a layer.
const INVERSE: bool = true;
const FORWARD: bool = false;

type Eight = Lanes<FrConfig>;

/// The factors of both transforms, for halves of `h = 2^i` values: with `w` the root of order `2 h`, and `n` the size.
#[derive(Debug)]
pub(crate) struct Tables {
    /// At `i` the powers of `w^-1`.
    inverse: Vec<Vec<Words>>,
    /// At `i` the powers of `w`, times the offset's power of `n / (2 h)`.
    forward: Vec<Vec<Words>>,
    /// `1 / n`.
    scale: Words,
}

impl Tables {
    /// The factors between a domain of roots of unity and its coset. None for processors without lanes, and for domains
    /// that are too small for them.
    pub(crate) fn new(domain: Radix2EvaluationDomain<Fr>, offset: Fr) -> Option<Self> {
        if !super::is_there() || domain.size() < SMALLEST {
            return None;
        }
        let count = domain.log_size_of_group as usize;
        let tables = |root: Fr, offset: Fr| -> Vec<Vec<Words>> {
            let square = |(root, offset): &(Fr, Fr)| Some((root.square(), offset.square()));
            let squares = std::iter::successors(Some((root, offset)), square).take(count);
            let mut squares: Vec<(Fr, Fr)> = squares.collect();
            squares.reverse();
            let roots = squares.into_iter().enumerate();
            roots
                .map(|(i, (root, offset))| powers(root, offset, 1 << i))
                .collect()
        };
        Some(Self {
            inverse: tables(domain.group_gen_inv, Fr::ONE),
            forward: tables(domain.group_gen, offset),
            scale: enter(&domain.size_inv),
        })
    }

    /// Values on the domain to values on the coset.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn extend(&self, values: Vec<Fr>) -> Vec<Fr> {
        // Collecting reuses the memory: words have the size of elements.
        let mut words: Vec<Words> = values.into_iter().map(|value| value.0.0).collect();
        let small = BLOCK.min(words.len()).ilog2() as usize;
        for factors in self.inverse[small..].iter().rev() {
            for (low, high) in halves(&mut words, factors) {
                layer_on_all_threads::<INVERSE>(low, high, factors);
            }
        }
        words
            .par_chunks_mut(1 << small)
            .for_each(|block| self.extend_block(block, small));
        for factors in &self.forward[small..] {
            for (low, high) in halves(&mut words, factors) {
                layer_on_all_threads::<FORWARD>(low, high, factors);
            }
        }
        words.par_chunks_mut(CHUNK).for_each(|words| {
            let scale = Eight::broadcast(self.scale);
            let (words, _) = words.as_chunks_mut::<8>();
            for words in words {
                *words = Eight::load(words.each_ref()).mul(scale).canonical().store();
            }
        });
        let element = |words| Fr::new_unchecked(BigInt::new(words));
        words.into_iter().map(element).collect()
    }

    /// All layers of both transforms that are smaller than the block.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn extend_block(&self, block: &mut [Words], log_size: usize) {
        for factors in self.inverse[3..log_size].iter().rev() {
            for (low, high) in halves(block, factors) {
                layer::<INVERSE>(low, high, factors);
            }
        }
        let (smallest, _) = block.as_chunks_mut::<SMALLEST>();
        for elements in smallest {
            self.extend_smallest(elements);
        }
        for factors in &self.forward[3..log_size] {
            for (low, high) in halves(block, factors) {
                layer::<FORWARD>(low, high, factors);
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
            for (low, high) in halves(&mut lanes, factors) {
                for ((low, high), factor) in low.iter_mut().zip(high).zip(factors) {
                    (*low, *high) = butterfly::<INVERSE>(*low, *high, Eight::broadcast(*factor));
                }
            }
        }
        for factors in &self.forward[..3] {
            for (low, high) in halves(&mut lanes, factors) {
                for ((low, high), factor) in low.iter_mut().zip(high).zip(factors) {
                    (*low, *high) = butterfly::<FORWARD>(*low, *high, Eight::broadcast(*factor));
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

/// `first root^k` for `k` below `count`.
fn powers(root: Fr, first: Fr, count: usize) -> Vec<Words> {
    let mut powers = vec![[0; 4]; count];
    let chunks = powers.par_chunks_mut(CHUNK).enumerate();
    chunks.for_each(|(i, chunk)| {
        let mut power = first * root.pow([(i * CHUNK) as u64]);
        for words in chunk {
            *words = enter(&power);
            power *= root;
        }
    });
    powers
}

/// The two halves of each transform that a layer has.
fn halves<'a, T>(
    values: &'a mut [T],
    factors: &[Words],
) -> impl Iterator<Item = (&'a mut [T], &'a mut [T])> {
    let half = factors.len();
    let transforms = values.chunks_exact_mut(2 * half);
    transforms.map(move |both| both.split_at_mut(half))
}

/// A layer of one transform, in parts.
#[target_feature(enable = "avx512f,avx512ifma")]
fn layer_on_all_threads<const DIRECTION: bool>(
    low: &mut [Words],
    high: &mut [Words],
    factors: &[Words],
) {
    low.par_chunks_mut(CHUNK)
        .zip(high.par_chunks_mut(CHUNK))
        .zip(factors.par_chunks(CHUNK))
        .for_each(|((low, high), factors)| layer::<DIRECTION>(low, high, factors));
}

/// A layer of one transform.
#[target_feature(enable = "avx512f,avx512ifma")]
fn layer<const DIRECTION: bool>(low: &mut [Words], high: &mut [Words], factors: &[Words]) {
    let (low, _) = low.as_chunks_mut::<8>();
    let (high, _) = high.as_chunks_mut::<8>();
    let (factors, _) = factors.as_chunks::<8>();
    for ((low, high), factors) in low.iter_mut().zip(high).zip(factors) {
        let [a, b] = [&*low, &*high].map(|words| Eight::load(words.each_ref()));
        let (sum, difference) = butterfly::<DIRECTION>(a, b, Eight::load(factors.each_ref()));
        (*low, *high) = (sum.store(), difference.store());
    }
}

/// `(a + b, (a - b) w)` for the inverse transform, `(a + b w, a - b w)` for the other one.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn butterfly<const DIRECTION: bool>(a: Eight, b: Eight, factor: Eight) -> (Eight, Eight) {
    if DIRECTION == INVERSE {
        (a.add(b).halve_range(), a.sub(b).mul(factor))
    } else {
        let b = b.mul(factor);
        (a.add(b).halve_range(), a.sub(b).halve_range())
    }
}
