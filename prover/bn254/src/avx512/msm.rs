//! Sums of multiples of many points, by buckets.
//!
//! A scalar is written in signed digits of `c` bits, and all points with the same digit at the same place go into one bucket.
//! What a bucket holds is added in pairs, the sums again in pairs, and so on: so all additions of a round are independent,
//! and share their divisions ([`Adder`]). Places are what runs on several threads.

use super::coordinate::Coordinate;
use super::points::{Adder, Entry, NEUTRAL, Point, copy_of, is_neutral, point_of, table};
use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr};
use ark_ff::{BigInt, BigInteger, One, PrimeField, Zero};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Mutex;

/// Bits of a scalar.
const SCALAR_BITS: usize = Fr::MODULUS_BIT_SIZE as usize;

/// What a bucket costs besides its points, in units of an addition among pairs: two of them, and about as much for the memory
/// that it takes.
const BUCKET_COST: usize = 4;

/// The places of the digits of all scalars.
#[derive(Clone, Copy, Debug)]
struct Windows {
    /// Bits of a digit: at most 16.
    bits: usize,
}

impl Windows {
    /// The cheapest for so many scalars that are not 0 or 1.
    fn cheapest(scalars: usize) -> Self {
        let cost = |bits: &usize| {
            let windows = Self { bits: *bits };
            windows.count() * (scalars + BUCKET_COST * windows.buckets())
        };
        let bits = (4..=16).min_by_key(cost).unwrap_or(4);
        Self { bits }
    }

    /// The highest place has `SCALAR_BITS % bits < bits` bits of the scalar: its digit is not shifted, and with a carry at most
    /// `2^(bits - 1)`.
    fn count(self) -> usize {
        SCALAR_BITS / self.bits + 1
    }

    /// Digits are from `-2^(bits - 1)` to `2^(bits - 1)`; zeros are in no bucket.
    fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// `2^(bits - 1)` at each place but the highest. A scalar plus this has the digits `d + 2^(bits - 1)` in place of the signed
    /// digits `d`; both are below `2^254`.
    fn shift(self) -> BigInt<4> {
        let mut shift = [0; 4];
        for window in 1..self.count() {
            let bit = window * self.bits - 1;
            shift[bit / 64] |= 1 << (bit % 64);
        }
        BigInt::new(shift)
    }

    /// The digit of a shifted scalar.
    fn digit(self, shifted: &[u64; 4], window: usize) -> i32 {
        let bit = window * self.bits;
        let word = |i: usize| shifted.get(i).copied().unwrap_or(0);
        let wide = u128::from(word(bit / 64)) | u128::from(word(bit / 64 + 1)) << 64;
        let digit = (wide >> (bit % 64)) as i32 & ((1 << self.bits) - 1);
        match window + 1 == self.count() {
            true => digit,
            false => digit - (1 << (self.bits - 1)),
        }
    }
}

/// The sum of the multiples of the points, as many as there are of both. None for processors without lanes, and for more
/// points than an entry can name.
pub(crate) fn sum<C, const D: usize>(points: &[Affine<C>], scalars: &[Fr]) -> Option<Projective<C>>
where
    C: SWCurveConfig<ScalarField = Fr>,
    C::BaseField: Coordinate<D>,
{
    if !super::is_there() || points.len() >= Entry::LIMIT {
        return None;
    }
    #[allow(unsafe_code)]
    // SAFETY: the processor has the instructions that the function is compiled for.
    let sum = unsafe { sum_in_lanes(points, scalars) };
    Some(sum)
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn sum_in_lanes<C, const D: usize>(points: &[Affine<C>], scalars: &[Fr]) -> Projective<C>
where
    C: SWCurveConfig<ScalarField = Fr>,
    C::BaseField: Coordinate<D>,
{
    let large = |scalar: &&Fr| !scalar.is_zero() && !scalar.is_one();
    let windows = Windows::cheapest(scalars.par_iter().filter(large).count());
    sum_by(windows, points, scalars)
}

/// The same with digits of a given size.
#[target_feature(enable = "avx512f,avx512ifma")]
fn sum_by<C, const D: usize>(
    windows: Windows,
    points: &[Affine<C>],
    scalars: &[Fr],
) -> Projective<C>
where
    C: SWCurveConfig<ScalarField = Fr>,
    C::BaseField: Coordinate<D>,
{
    const CHUNK: usize = 1 << 12;
    let count = points.len().min(scalars.len());
    let (points, scalars) = (&points[..count], &scalars[..count]);
    let mut rows = vec![[NEUTRAL; D]; count];
    rows.par_chunks_mut(CHUNK)
        .zip(points.par_chunks(CHUNK))
        .for_each(|(rows, points)| table(points, rows));
    let shift = windows.shift();
    // The neutral point counts nothing, whatever its scalar.
    let scalars: Vec<[u64; 4]> = scalars
        .par_iter()
        .zip(points)
        .map(|(scalar, point)| {
            let mut shifted = match point.is_zero() {
                false => scalar.into_bigint(),
                true => BigInt::zero(),
            };
            shifted.add_with_carry(&shift);
            shifted.0
        })
        .collect();
    // Memory for as many windows as there are threads, used again and again.
    let idle = Mutex::new(Vec::new());
    let sums: Vec<Projective<C>> = (0..windows.count())
        .into_par_iter()
        .map(|window| {
            let mut buckets = idle
                .lock()
                .ok()
                .and_then(|mut idle| idle.pop())
                .unwrap_or_else(Buckets::new);
            let entries = scalars.iter().enumerate().filter_map(|(index, scalar)| {
                let digit = windows.digit(scalar, window);
                let bucket = (digit.unsigned_abs() as usize).checked_sub(1)?;
                Some((bucket, Entry::new(index, digit < 0)))
            });
            buckets.sort(windows.buckets(), entries);
            let sum = buckets.sum(&rows);
            if let Ok(mut idle) = idle.lock() {
                idle.push(buckets);
            }
            sum
        })
        .collect();
    let mut sum = Projective::zero();
    for window in sums.iter().rev() {
        for _ in 0..windows.bits {
            sum.double_in_place();
        }
        sum += window;
    }
    sum
}

/// Points by the multiples of them that are to be added.
struct Buckets<const D: usize> {
    /// The buckets' points, one bucket after the other.
    entries: Vec<Entry>,
    /// Where each bucket is.
    places: Vec<Range<usize>>,
    /// Memory of rounds before, for the next ones.
    spare: Vec<Vec<Point<D>>>,
    pairs: Vec<[Entry; 2]>,
    adder: Adder<D>,
}

impl<const D: usize> Buckets<D> {
    fn new() -> Self {
        Self {
            entries: Vec::new(),
            places: Vec::new(),
            spare: Vec::new(),
            pairs: Vec::new(),
            adder: Adder::new(),
        }
    }

    /// Puts entries into so many buckets, each into the one that is named with it.
    fn sort(&mut self, buckets: usize, entries: impl Iterator<Item = (usize, Entry)> + Clone) {
        self.places.clear();
        self.places.resize(buckets, 0..0);
        for (bucket, _) in entries.clone() {
            self.places[bucket].end += 1;
        }
        let mut end = 0;
        for place in &mut self.places {
            let start = end;
            end += place.end;
            *place = start..start;
        }
        self.entries.clear();
        self.entries.resize(end, Entry::new(0, false));
        for (bucket, entry) in entries {
            let place = &mut self.places[bucket];
            self.entries[place.end] = entry;
            place.end += 1;
        }
    }

    /// The sum of all buckets' points, those of the first once, of the second twice, and so on.
    ///
    /// With one point left in each bucket, its multiple is cut in two, `m = h 2^k + l`: the points go into buckets by `l` and again
    /// by `h`, and the additions that depend on one another are those of two sums over so few buckets that they do not count.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn sum<C: SWCurveConfig>(&mut self, rows: &[Point<D>]) -> Projective<C>
    where
        C::BaseField: Coordinate<D>,
    {
        let points = self.collapse::<C>(rows);
        let multiples: Vec<(usize, Entry)> = (1..)
            .zip(&self.places)
            .filter_map(|(multiple, place)| Some((multiple, *self.entries[place.clone()].first()?)))
            .collect();
        let bits = self.places.len().ilog2() / 2;
        let low = (1 << bits) - 1;
        let high = self.places.len() >> bits;
        let entries = multiples.iter().flat_map(|&(multiple, entry)| {
            let low_bucket = (multiple & low).checked_sub(1);
            let high_bucket = (multiple >> bits).checked_sub(1).map(|bucket| low + bucket);
            [low_bucket, high_bucket].map(|bucket| Some((bucket?, entry)))
        });
        self.sort(low + high, entries.flatten());
        let halves = self.collapse::<C>(&points);
        let [low, mut high] = [0..low, low..low + high].map(|buckets| {
            let (mut sum, mut all) = (Projective::zero(), Projective::zero());
            for place in self.places[buckets].iter().rev() {
                if let Some(entry) = self.entries[place.clone()].first() {
                    sum += point_of::<C, D>(&halves, *entry);
                }
                all += sum;
            }
            all
        });
        for _ in 0..bits {
            high.double_in_place();
        }
        self.spare.extend([points, halves]);
        low + high
    }

    /// Adds until no bucket has more than one point, and gives what the entries point to.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn collapse<C: SWCurveConfig>(&mut self, rows: &[Point<D>]) -> Vec<Point<D>>
    where
        C::BaseField: Coordinate<D>,
    {
        let mut points = self.round::<C>(rows);
        while self.places.iter().any(|place| place.len() > 1) {
            let sums = self.round::<C>(&points);
            self.spare.push(std::mem::replace(&mut points, sums));
        }
        points
    }

    /// Adds the points of each bucket in pairs. All sums come first, behind them the last points of buckets with an odd number.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn round<C: SWCurveConfig>(&mut self, source: &[Point<D>]) -> Vec<Point<D>>
    where
        C::BaseField: Coordinate<D>,
    {
        self.pairs.clear();
        for place in &self.places {
            let (pairs, _) = self.entries[place.clone()].as_chunks::<2>();
            self.pairs.extend(pairs);
        }
        let mut points = self.spare.pop().unwrap_or_default();
        points.clear();
        points.resize(self.pairs.len(), [NEUTRAL; D]);
        let neutral = self.adder.add::<C>(source, &self.pairs, &mut points);
        let (mut first_sum, mut end) = (0, 0);
        for place in &mut self.places {
            let sums = first_sum..first_sum + place.len() / 2;
            let odd = (place.len() % 2 == 1).then(|| self.entries[place.end - 1]);
            first_sum = sums.end;
            // Never beyond what was read: a bucket gets fewer entries than it had, or its only one.
            let start = end;
            for sum in sums {
                if !(neutral && is_neutral(&points[sum])) {
                    self.entries[end] = Entry::new(sum, false);
                    end += 1;
                }
            }
            if let Some(entry) = odd {
                self.entries[end] = Entry::new(points.len(), false);
                points.push(copy_of(source, entry));
                end += 1;
            }
            *place = start..end;
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::g1::Config;
    use ark_ec::scalar_mul::BatchMulPreprocessing;
    use ark_ec::{PrimeGroup, VariableBaseMSM};
    use ark_ff::{Field, UniformRand};
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    const WIDTHS: std::ops::RangeInclusive<usize> = 4..=16;

    /// Scalars whose digits are the largest, the smallest or carry most often, and others.
    fn scalars(windows: Windows) -> Vec<Fr> {
        let shift = Fr::from(windows.shift());
        let one = Fr::one();
        let ends = [
            Fr::zero(),
            one,
            -one,
            -one / Fr::from(2),
            Fr::from(2).pow([253]),
        ];
        let carries = [shift, shift - one, shift + one, -shift];
        let mut random = ChaCha20Rng::seed_from_u64(windows.bits as u64);
        let others = (0..500).map(|_| Fr::rand(&mut random));
        ends.into_iter().chain(carries).chain(others).collect()
    }

    #[test]
    fn signed_digits_are_the_scalar() {
        for windows in WIDTHS.map(|bits| Windows { bits }) {
            for scalar in scalars(windows) {
                let mut shifted = scalar.into_bigint();
                assert!(!shifted.add_with_carry(&windows.shift()));
                let mut sum = Fr::zero();
                for window in (0..windows.count()).rev() {
                    let digit = windows.digit(&shifted.0, window);
                    assert!(digit.unsigned_abs() as usize <= windows.buckets());
                    sum = sum * Fr::from(1 << windows.bits) + Fr::from(digit);
                }
                assert_eq!(sum, scalar, "{windows:?}");
            }
        }
    }

    #[test]
    fn every_size_of_digits_gives_the_sum() {
        if !super::super::is_there() {
            eprintln!("not tested: the processor has no AVX-512 IFMA");
            return;
        }
        for windows in WIDTHS.map(|bits| Windows { bits }) {
            let scalars = scalars(windows);
            let generator = Projective::<Config>::generator();
            let points = BatchMulPreprocessing::new(generator, scalars.len()).batch_mul(&scalars);
            #[allow(unsafe_code)]
            // SAFETY: the processor has the instructions.
            let sum = unsafe { sum_by::<Config, 1>(windows, &points, &scalars) };
            assert_eq!(
                sum,
                Projective::msm_unchecked(&points, &scalars),
                "{windows:?}"
            );
        }
    }
}
