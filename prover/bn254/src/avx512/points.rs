//! Points of a curve over the base field or its quadratic extension, and the addition of many pairs at once.
//!
//! An affine addition takes three products and a division; a batch of them shares one division (Montgomery's trick), which makes it
//! six products.

use super::coordinate::Coordinate;
use super::lanes::{Lanes, Wide, Words, enter, leave};
use ark_bn254::FqConfig;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

/// Pairs that share a division: few enough for what is kept of them to stay in a processor's second cache.
const BLOCK: usize = 2048;

/// Groups of eight pairs whose points are asked for before they are needed: they are anywhere in memory.
const AHEAD: usize = 4;

/// One part of both coordinates, as lanes store it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Row {
    x: Words,
    y: Words,
}

/// An affine point, or the neutral one: zeros, which are on neither curve.
pub(crate) type Point<const D: usize> = [Row; D];

/// The parts of the neutral point.
pub(crate) const NEUTRAL: Row = Row {
    x: [0; 4],
    y: [0; 4],
};

/// Whether it is the neutral point.
pub(crate) fn is_neutral<const D: usize>(point: &Point<D>) -> bool {
    point.iter().all(|row| *row == NEUTRAL)
}

fn store<C: SWCurveConfig, const D: usize>(point: &Affine<C>) -> Point<D>
where
    C::BaseField: Coordinate<D>,
{
    let Some((x, y)) = point.xy() else {
        return [NEUTRAL; D];
    };
    let (x, y) = (x.parts(), y.parts());
    std::array::from_fn(|i| Row {
        x: enter(&x[i]),
        y: enter(&y[i]),
    })
}

/// The point as arkworks has it.
pub(crate) fn read<C: SWCurveConfig, const D: usize>(point: &Point<D>) -> Affine<C>
where
    C::BaseField: Coordinate<D>,
{
    match is_neutral(point) {
        true => Affine::identity(),
        false => Affine::new_unchecked(
            C::BaseField::join(point.map(|row| leave(&row.x))),
            C::BaseField::join(point.map(|row| leave(&row.y))),
        ),
    }
}

/// A place in a table of points, and whether the point's negative is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry(u32);

impl Entry {
    /// Indices are below this.
    pub(crate) const LIMIT: usize = 1 << 31;

    pub(crate) fn new(index: usize, negative: bool) -> Self {
        debug_assert!(index < Self::LIMIT);
        Self((index as u32) << 1 | u32::from(negative))
    }

    fn index(self) -> usize {
        (self.0 >> 1) as usize
    }

    fn is_negative(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The point of an entry.
pub(crate) fn point_of<C: SWCurveConfig, const D: usize>(
    source: &[Point<D>],
    entry: Entry,
) -> Affine<C>
where
    C::BaseField: Coordinate<D>,
{
    let point = read(&source[entry.index()]);
    if entry.is_negative() { -point } else { point }
}

/// The same as a stored point.
pub(crate) fn copy_of<const D: usize>(source: &[Point<D>], entry: Entry) -> Point<D> {
    source[entry.index()].map(|row| match entry.is_negative() {
        false => row,
        true => Row {
            x: row.x,
            y: enter(&-leave::<FqConfig>(&row.y)),
        },
    })
}

/// Coordinates of eight points.
type Parts<const D: usize> = [Lanes<FqConfig>; D];

/// The product of eight coordinates and eight others, each at most `8 p`: below `4 p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn mul<const D: usize>(a: &Parts<D>, b: &Parts<D>) -> Parts<D> {
    const { assert!(D == 1 || D == 2) };
    let mut product = *a;
    if D == 1 {
        product[0] = a[0].mul(b[0]);
    } else {
        // Modulo u^2 + 1. Four products and two reductions cost what Karatsuba's three of each do.
        let (imaginary, other) = (b[D - 1], a[D - 1]);
        let real = Wide::zero().add_product(a[0], b[0]);
        product[0] = real.add_product(other, imaginary.negate()).reduce();
        let mixed = Wide::zero().add_product(a[0], imaginary);
        product[D - 1] = mixed.add_product(other, b[0]).reduce();
    }
    product
}

/// The square of eight coordinates, each at most `8 p`: below `4 p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn square<const D: usize>(a: &Parts<D>) -> Parts<D> {
    match D {
        1 => a.map(|a| a.square()),
        _ => mul(a, a),
    }
}

/// `a - b`, of numbers up to `4 p`: at most `8 p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn sub<const D: usize>(a: &Parts<D>, b: &Parts<D>) -> Parts<D> {
    let mut difference = *a;
    for (a, b) in difference.iter_mut().zip(b) {
        *a = a.sub(*b);
    }
    difference
}

/// The same below `4 p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn halve_range<const D: usize>(mut a: Parts<D>) -> Parts<D> {
    for a in &mut a {
        *a = a.halve_range();
    }
    a
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn load_x<const D: usize>(points: &[&Point<D>; 8]) -> Parts<D> {
    let mut parts = [Lanes::broadcast([0; 4]); D];
    for (i, part) in parts.iter_mut().enumerate() {
        *part = Lanes::load(points.map(|point| &point[i].x));
    }
    parts
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn load_y<const D: usize>(points: &[&Point<D>; 8], negative: u8) -> Parts<D> {
    let mut parts = [Lanes::broadcast([0; 4]); D];
    for (i, part) in parts.iter_mut().enumerate() {
        *part = Lanes::load(points.map(|point| &point[i].y));
        if negative != 0 {
            *part = part.negate_where(negative);
        }
    }
    parts
}

/// Brings a point nearer to the processor.
#[inline]
fn prefetch<const D: usize>(point: &Point<D>) {
    for row in point {
        #[allow(unsafe_code)]
        // SAFETY: a hint, which reads nothing.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(row).cast());
        }
    }
}

/// The points of eight entries, and which of them are negative.
#[inline]
fn gather<const D: usize>(source: &[Point<D>], entries: [Entry; 8]) -> ([&Point<D>; 8], u8) {
    let points = entries.map(|entry| &source[entry.index()]);
    let signs = entries.iter().rev();
    let negative = signs.fold(0, |mask, entry| mask << 1 | u8::from(entry.is_negative()));
    (points, negative)
}

/// Arkworks' affine points, as lanes store them.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(crate) fn table<C: SWCurveConfig, const D: usize>(points: &[Affine<C>], table: &mut [Point<D>])
where
    C::BaseField: Coordinate<D>,
{
    let factor = Lanes::<FqConfig>::from_arkworks();
    let (groups, rest) = points.as_chunks::<8>();
    let (places, last) = table.as_chunks_mut::<8>();
    for (group, places) in groups.iter().zip(places) {
        let x = group.map(|point| point.x.parts());
        let y = group.map(|point| point.y.parts());
        for i in 0..D {
            let [x, y] = [&x, &y].map(|parts| {
                Lanes::load(parts.each_ref().map(|parts| &parts[i].0.0))
                    .mul(factor)
                    .store()
            });
            for (place, (x, y)) in places.iter_mut().zip(x.into_iter().zip(y)) {
                place[i] = Row { x, y };
            }
        }
    }
    for (place, point) in last.iter_mut().zip(rest) {
        *place = store(point);
    }
}

/// Whether points are equal or opposite.
fn have_same_x<const D: usize>(source: &[Point<D>], left: Entry, right: Entry) -> bool {
    let [left, right] =
        [left, right].map(|entry| source[entry.index()].map(|row| leave::<FqConfig>(&row.x)));
    left == right
}

/// Adds any pairs. Says whether a sum is neutral.
fn add_one_by_one<'a, C: SWCurveConfig, const D: usize>(
    source: &[Point<D>],
    pairs: impl Iterator<Item = (&'a [Entry; 2], &'a mut Point<D>)>,
) -> bool
where
    C::BaseField: Coordinate<D>,
{
    let mut neutral = false;
    for (&pair, sum) in pairs {
        let [left, right] = pair.map(|entry| point_of::<C, D>(source, entry));
        *sum = store(&(left + right).into_affine());
        neutral |= is_neutral(sum);
    }
    neutral
}

/// What the additions of a block share, kept between blocks.
pub(crate) struct Adder<const D: usize> {
    /// For each eight pairs the difference of their `x`, and the product of all differences before.
    differences: Vec<[Parts<D>; 2]>,
}

impl<const D: usize> Adder<D> {
    pub(crate) fn new() -> Self {
        Self {
            differences: Vec::with_capacity(BLOCK / 8),
        }
    }

    /// Adds pairs of points that are not neutral. `sums` is as long as `pairs`. Says whether a sum is neutral.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn add<C: SWCurveConfig>(
        &mut self,
        source: &[Point<D>],
        pairs: &[[Entry; 2]],
        sums: &mut [Point<D>],
    ) -> bool
    where
        C::BaseField: Coordinate<D>,
    {
        let mut neutral = false;
        for (pairs, sums) in pairs.chunks(BLOCK).zip(sums.chunks_mut(BLOCK)) {
            let (groups, rest) = pairs.as_chunks::<8>();
            let (places, last) = sums.as_chunks_mut::<8>();
            if self.add_groups::<C>(source, groups, places) {
                neutral |= add_one_by_one::<C, D>(source, rest.iter().zip(last));
                continue;
            }
            // Equal or opposite points make a division by zero: they are added alone.
            let pairs = pairs.iter().zip(sums);
            let (alone, others): (Vec<_>, Vec<_>) =
                pairs.partition(|([left, right], _)| have_same_x(source, *left, *right));
            neutral |= add_one_by_one::<C, D>(source, alone.into_iter());
            let (pairs, places): (Vec<_>, Vec<_>) =
                others.into_iter().map(|(pair, sum)| (*pair, sum)).unzip();
            let mut sums = vec![[NEUTRAL; D]; pairs.len()];
            neutral |= self.add::<C>(source, &pairs, &mut sums);
            for (place, sum) in places.into_iter().zip(sums) {
                *place = sum;
            }
        }
        neutral
    }

    /// Adds eight pairs at a time. False, and nothing of worth in `sums`, if points of a pair have the same `x`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_groups<C: SWCurveConfig>(
        &mut self,
        source: &[Point<D>],
        groups: &[[[Entry; 2]; 8]],
        sums: &mut [[Point<D>; 8]],
    ) -> bool
    where
        C::BaseField: Coordinate<D>,
    {
        self.differences.clear();
        let Some((first, others)) = groups.split_first() else {
            return true;
        };
        let difference = |group: &[[Entry; 2]; 8]| {
            let (left, _) = gather(source, group.map(|[left, _]| left));
            let (right, _) = gather(source, group.map(|[_, right]| right));
            sub(&load_x(&right), &load_x(&left))
        };
        let mut product = difference(first);
        self.differences.push([product; 2]);
        for (i, group) in others.iter().enumerate() {
            for entry in others.get(i + AHEAD).into_iter().flatten().flatten() {
                prefetch(&source[entry.index()]);
            }
            let difference = difference(group);
            self.differences.push([difference, product]);
            product = mul(&product, &difference);
        }
        let Some(mut inverse) = invert::<C, D>(&halve_range(product)) else {
            return false;
        };
        let steps = groups.iter().zip(sums).zip(&self.differences).rev();
        for (i, ((group, sums), [difference, before])) in steps.enumerate() {
            let own = if i + 1 == groups.len() {
                inverse
            } else {
                mul(&inverse, before)
            };
            inverse = mul(&inverse, difference);
            let (left, negative_left) = gather(source, group.map(|[left, _]| left));
            let (right, negative_right) = gather(source, group.map(|[_, right]| right));
            let [x, y] = [load_x(&left), load_y(&left, negative_left)];
            let slope = mul(&sub(&load_y(&right, negative_right), &y), &own);
            let mut sum_x = square(&slope);
            for (sum, (x, other)) in sum_x.iter_mut().zip(x.iter().zip(load_x(&right))) {
                *sum = sum.sub(*x).halve_range().sub(other).halve_range();
            }
            let turned = mul(&slope, &sub(&x, &sum_x));
            let sum_y = halve_range(sub(&turned, &y));
            for (i, (x, y)) in sum_x.into_iter().zip(sum_y).enumerate() {
                for (sum, (x, y)) in sums.iter_mut().zip(x.store().into_iter().zip(y.store())) {
                    sum[i] = Row { x, y };
                }
            }
        }
        true
    }
}

/// The inverses of eight coordinates below `4 p`, unless one of them is zero.
#[target_feature(enable = "avx512f,avx512ifma")]
fn invert<C: SWCurveConfig, const D: usize>(values: &Parts<D>) -> Option<Parts<D>>
where
    C::BaseField: Coordinate<D>,
{
    let words = values.map(|part| part.store());
    let mut values: [C::BaseField; 8] = std::array::from_fn(|i| {
        C::BaseField::join(std::array::from_fn(|part| leave(&words[part][i])))
    });
    // One inversion for all: of their product, and backwards through the products before each.
    let mut product = C::BaseField::ONE;
    let before = values.map(|value| {
        let before = product;
        product *= value;
        before
    });
    let mut inverse = product.inverse()?;
    for (value, before) in values.iter_mut().zip(before).rev() {
        let own = inverse * before;
        inverse *= std::mem::replace(value, own);
    }
    let parts = values.map(|value| value.parts().map(|part| enter(&part)));
    let mut inverses = [Lanes::broadcast([0; 4]); D];
    for (i, inverse) in inverses.iter_mut().enumerate() {
        *inverse = Lanes::load(parts.each_ref().map(|parts| &parts[i]));
    }
    Some(inverses)
}
