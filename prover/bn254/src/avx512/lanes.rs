//! Eight elements of a prime field side by side, for processors with AVX-512 IFMA.
//!
//! An element is five limbs of 52 bits, and a vector register holds one limb of all eight. Products are Montgomery's with
//! `R = 2^260`: `a * b` stands for `a b / 2^260`. With `p < 2^254` that leaves six bits above the modulus, so that sums and
//! differences need no reduction. The bounds, which every function states in multiples of `p`:
//!
//! * what is multiplied is at most `8 p`, what is stored is below `4 p` and so below `2^256`;
//! * a product, or the sum of two, is at most `2 * 64 p^2 / 2^260 + p < 3 p`.

use ark_ff::{BigInt, BigInteger, Fp, MontBackend, MontConfig};
use bytemuck::cast;
use std::arch::x86_64::*;
use std::fmt;
use std::marker::PhantomData;

/// An element as arkworks has it.
pub(crate) type Element<P> = Fp<MontBackend<P, 4>, 4>;

/// An element as it is stored: 256 bits, from the lowest.
pub(crate) type Words = [u64; 4];

const LIMBS: usize = 5;
const LIMB_BITS: u32 = 52;
const LIMB: u64 = (1 << LIMB_BITS) - 1;

/// `2^260`.
const RADIX_BITS: u32 = LIMBS as u32 * LIMB_BITS;

/// Eight elements.
pub(crate) struct Lanes<P> {
    limbs: [__m512i; LIMBS],
    field: PhantomData<P>,
}

/// A sum of products that is not reduced yet. Each limb is a sum of halves of products of limbs, and has room for 2^10 of them, of which
/// a reduction adds ten.
pub(crate) struct Wide<P> {
    limbs: [__m512i; 2 * LIMBS],
    field: PhantomData<P>,
}

// Derived, these would ask for the same of the field's parameters, which are never a value.
impl<P> fmt::Debug for Lanes<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lanes").field(&self.limbs).finish()
    }
}

impl<P> Clone for Lanes<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Lanes<P> {}

/// `factor * words`, in limbs.
const fn limbs(words: Words, factor: u64) -> [u64; LIMBS] {
    let [a, b, c, d] = words;
    let mut limbs = [
        a & LIMB,
        (a >> 52 | b << 12) & LIMB,
        (b >> 40 | c << 24) & LIMB,
        (c >> 28 | d << 36) & LIMB,
        d >> 16,
    ];
    let mut carry = 0;
    let mut i = 0;
    while i < LIMBS {
        let limb = limbs[i] * factor + carry;
        limbs[i] = limb & LIMB;
        carry = limb >> LIMB_BITS;
        i += 1;
    }
    limbs
}

/// `2^exponent` modulo the modulus.
const fn power_of_two(modulus: Words, exponent: u32) -> Words {
    let mut power = [1u64, 0, 0, 0];
    let mut bit = 0;
    while bit < exponent {
        // The double is below 2^256, and once the modulus is what it may have too much.
        let [a, b, c, d] = power;
        power = [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63];
        let (mut less, mut carry, mut i) = (power, 0, 0);
        while i < 4 {
            carry += power[i] as i128 - modulus[i] as i128;
            less[i] = carry as u64;
            carry >>= 64;
            i += 1;
        }
        if carry == 0 {
            power = less;
        }
        bit += 1;
    }
    power
}

/// A number that is stored, below `4 p`, as the element that it stands for.
pub(crate) fn leave<P: MontConfig<4>>(words: &Words) -> Element<P> {
    let mut number = BigInt::new(*words);
    while number >= P::MODULUS {
        number.sub_with_borrow(&P::MODULUS);
    }
    Element::<P>::new_unchecked(number) * Lanes::<P>::LEAVE
}

/// An element as the number that is stored for it.
pub(crate) fn enter<P: MontConfig<4>>(element: &Element<P>) -> Words {
    (*element * Lanes::<P>::ENTER).0.0
}

/// A function of each two limbs.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn each(
    mut limbs: [__m512i; LIMBS],
    others: [__m512i; LIMBS],
    function: impl Fn(__m512i, __m512i) -> __m512i,
) -> [__m512i; LIMBS] {
    for (limb, other) in limbs.iter_mut().zip(others) {
        *limb = function(*limb, other);
    }
    limbs
}

impl<P: MontConfig<4>> Lanes<P> {
    const MODULUS: [u64; LIMBS] = limbs(P::MODULUS.0, 1);
    const FOUR_TIMES: [u64; LIMBS] = limbs(P::MODULUS.0, 4);
    /// `-p^-1` modulo `2^52`.
    const INVERSE: u64 = {
        assert!(
            P::MODULUS.0[3] >> 62 == 0,
            "the bounds want a modulus below 2^254"
        );
        P::INV & LIMB
    };

    /// `2^4` and `2^-4`: arkworks keeps `2^256 a` for `a`.
    const ENTER: Element<P> = Self::arkworks(RADIX_BITS);
    const LEAVE: Element<P> = Self::arkworks(2 * 256 - RADIX_BITS);

    const fn arkworks(exponent: u32) -> Element<P> {
        Element::<P>::new_unchecked(BigInt::new(power_of_two(P::MODULUS.0, exponent)))
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn constant(limbs: [u64; LIMBS]) -> Self {
        Self {
            limbs: limbs.map(|limb| _mm512_set1_epi64(limb as i64)),
            field: PhantomData,
        }
    }

    /// The same number in all lanes.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn broadcast(words: Words) -> Self {
        Self::constant(limbs(words, 1))
    }

    /// The factor that takes arkworks' numbers to ours: `2^256 a` to `2^260 a`.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn from_arkworks() -> Self {
        Self::broadcast(power_of_two(P::MODULUS.0, 2 * RADIX_BITS - 256))
    }

    /// The factor that takes ours to arkworks'.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn to_arkworks() -> Self {
        Self::broadcast(power_of_two(P::MODULUS.0, 256))
    }

    /// Eight stored numbers.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn load(rows: [&Words; 8]) -> Self {
        // Rows i and i + 4 in one register; pairs of rows by word; then all rows by word.
        let join = |i: usize| {
            let low = _mm512_castsi256_si512(cast::<Words, __m256i>(*rows[i]));
            _mm512_inserti64x4(low, cast::<Words, __m256i>(*rows[i + 4]), 1)
        };
        let rows = [join(0), join(1), join(2), join(3)];
        let even = [
            _mm512_unpacklo_epi64(rows[0], rows[1]),
            _mm512_unpacklo_epi64(rows[2], rows[3]),
        ];
        let odd = [
            _mm512_unpackhi_epi64(rows[0], rows[1]),
            _mm512_unpackhi_epi64(rows[2], rows[3]),
        ];
        let low = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
        let high = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
        let a = _mm512_permutex2var_epi64(even[0], low, even[1]);
        let b = _mm512_permutex2var_epi64(odd[0], low, odd[1]);
        let c = _mm512_permutex2var_epi64(even[0], high, even[1]);
        let d = _mm512_permutex2var_epi64(odd[0], high, odd[1]);
        let mask = _mm512_set1_epi64(LIMB as i64);
        let limb = |low, high| _mm512_and_si512(_mm512_or_si512(low, high), mask);
        Self {
            limbs: [
                _mm512_and_si512(a, mask),
                limb(_mm512_srli_epi64(a, 52), _mm512_slli_epi64(b, 12)),
                limb(_mm512_srli_epi64(b, 40), _mm512_slli_epi64(c, 24)),
                limb(_mm512_srli_epi64(c, 28), _mm512_slli_epi64(d, 36)),
                _mm512_srli_epi64(d, 16),
            ],
            field: PhantomData,
        }
    }

    /// The numbers, which are below `4 p`, to be stored.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn store(self) -> [Words; 8] {
        let [a, b, c, d, e] = self.limbs;
        let words = [
            _mm512_or_si512(a, _mm512_slli_epi64(b, 52)),
            _mm512_or_si512(_mm512_srli_epi64(b, 12), _mm512_slli_epi64(c, 40)),
            _mm512_or_si512(_mm512_srli_epi64(c, 24), _mm512_slli_epi64(d, 28)),
            _mm512_or_si512(_mm512_srli_epi64(d, 36), _mm512_slli_epi64(e, 16)),
        ];
        let even = [
            _mm512_unpacklo_epi64(words[0], words[1]),
            _mm512_unpacklo_epi64(words[2], words[3]),
        ];
        let odd = [
            _mm512_unpackhi_epi64(words[0], words[1]),
            _mm512_unpackhi_epi64(words[2], words[3]),
        ];
        let low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
        let high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
        let [r0, r2] = cast(_mm512_permutex2var_epi64(even[0], low, even[1]));
        let [r1, r3] = cast(_mm512_permutex2var_epi64(odd[0], low, odd[1]));
        let [r4, r6] = cast(_mm512_permutex2var_epi64(even[0], high, even[1]));
        let [r5, r7] = cast(_mm512_permutex2var_epi64(odd[0], high, odd[1]));
        [r0, r1, r2, r3, r4, r5, r6, r7]
    }

    /// Limbs of 52 bits again, from limbs of up to 62 bits and a sign. The highest keeps the sign of a negative number.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn carry(mut limbs: [__m512i; LIMBS]) -> Self {
        let mask = _mm512_set1_epi64(LIMB as i64);
        for i in 0..LIMBS - 1 {
            limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], _mm512_srai_epi64(limbs[i], LIMB_BITS));
            limbs[i] = _mm512_and_si512(limbs[i], mask);
        }
        Self {
            limbs,
            field: PhantomData,
        }
    }

    /// `a + b`: of two numbers below `4 p` below `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn add(self, other: Self) -> Self {
        Self::carry(each(self.limbs, other.limbs, |a, b| _mm512_add_epi64(a, b)))
    }

    /// `a - b + 4 p` of two numbers up to `4 p`: at most `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn sub(self, other: Self) -> Self {
        let four = Self::constant(Self::FOUR_TIMES).limbs;
        let negative = each(four, other.limbs, |four, b| _mm512_sub_epi64(four, b));
        Self::carry(each(self.limbs, negative, |a, b| _mm512_add_epi64(a, b)))
    }

    /// `8 p - a`, of a number up to `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn negate(self) -> Self {
        let eight = Self::constant(limbs(P::MODULUS.0, 8)).limbs;
        Self::carry(each(eight, self.limbs, |eight, a| {
            _mm512_sub_epi64(eight, a)
        }))
    }

    /// In the lanes of the mask `4 p - a`, of numbers up to `4 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn negate_where(self, mask: u8) -> Self {
        let four = Self::constant(Self::FOUR_TIMES).limbs;
        Self::carry(each(self.limbs, four, |a, four| {
            _mm512_mask_sub_epi64(a, mask, four, a)
        }))
    }

    /// The same below `4 p`, of a number below `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn halve_range(self) -> Self {
        self.subtract_unless_negative(Self::FOUR_TIMES)
    }

    /// The same below `p`, of a number below `4 p`: what arkworks wants.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn canonical(self) -> Self {
        self.subtract_unless_negative(const { limbs(P::MODULUS.0, 2) })
            .subtract_unless_negative(Self::MODULUS)
    }

    /// The number less this constant, where that is not negative.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn subtract_unless_negative(self, other: [u64; LIMBS]) -> Self {
        let other = Self::constant(other).limbs;
        let less = Self::carry(each(self.limbs, other, |a, b| _mm512_sub_epi64(a, b))).limbs;
        let negative = _mm512_cmplt_epi64_mask(less[LIMBS - 1], _mm512_setzero_si512());
        Self {
            limbs: each(less, self.limbs, |less, a| {
                _mm512_mask_mov_epi64(less, negative, a)
            }),
            field: PhantomData,
        }
    }

    /// One lane's number in all lanes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn lane(self, lane: usize) -> Self {
        let index = _mm512_set1_epi64(lane as i64);
        Self {
            limbs: self.limbs.map(|limb| _mm512_permutexvar_epi64(index, limb)),
            field: PhantomData,
        }
    }

    /// The product: below `3 p`, of numbers up to `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn mul(self, other: Self) -> Self {
        Wide::zero().add_product(self, other).reduce()
    }

    /// The square: below `3 p`, of a number up to `8 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn square(self) -> Self {
        Wide::square(self).reduce()
    }
}

impl<P: MontConfig<4>> Wide<P> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn zero() -> Self {
        Self {
            limbs: [_mm512_setzero_si512(); 2 * LIMBS],
            field: PhantomData,
        }
    }

    /// The sum and a product.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn add_product(mut self, a: Lanes<P>, b: Lanes<P>) -> Self {
        let limbs = &mut self.limbs;
        for (i, a) in a.limbs.into_iter().enumerate() {
            for (j, b) in b.limbs.into_iter().enumerate() {
                limbs[i + j] = _mm512_madd52lo_epu64(limbs[i + j], a, b);
                limbs[i + j + 1] = _mm512_madd52hi_epu64(limbs[i + j + 1], a, b);
            }
        }
        self
    }

    /// A square: three fifths of the products of limbs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn square(a: Lanes<P>) -> Self {
        let mut square = Self::zero();
        let limbs = &mut square.limbs;
        for (i, low) in a.limbs.into_iter().enumerate() {
            for (j, high) in a.limbs.into_iter().enumerate().skip(i + 1) {
                limbs[i + j] = _mm512_madd52lo_epu64(limbs[i + j], low, high);
                limbs[i + j + 1] = _mm512_madd52hi_epu64(limbs[i + j + 1], low, high);
            }
        }
        for limb in limbs.iter_mut() {
            *limb = _mm512_add_epi64(*limb, *limb);
        }
        for (i, limb) in a.limbs.into_iter().enumerate() {
            limbs[2 * i] = _mm512_madd52lo_epu64(limbs[2 * i], limb, limb);
            limbs[2 * i + 1] = _mm512_madd52hi_epu64(limbs[2 * i + 1], limb, limb);
        }
        square
    }

    /// The sum of all lanes' sums, in all lanes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn sum_of_lanes(mut self) -> Self {
        for limb in &mut self.limbs {
            *limb = _mm512_add_epi64(*limb, _mm512_alignr_epi64(*limb, *limb, 4));
            *limb = _mm512_add_epi64(*limb, _mm512_alignr_epi64(*limb, *limb, 2));
            *limb = _mm512_add_epi64(*limb, _mm512_alignr_epi64(*limb, *limb, 1));
        }
        self
    }

    /// The sum divided by `2^260`: at most a 2^260th of the sum, plus `p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(crate) fn reduce(self) -> Lanes<P> {
        let mut limbs = self.limbs;
        let modulus = Lanes::<P>::constant(Lanes::<P>::MODULUS).limbs;
        let inverse = _mm512_set1_epi64(Lanes::<P>::INVERSE as i64);
        let mask = _mm512_set1_epi64(LIMB as i64);
        let zero = _mm512_setzero_si512();
        for i in 0..LIMBS {
            // The multiple of the modulus that makes the lowest limb zero, but for a carry: what is above, and one if it is not
            // zero yet. So the next limb, which is what everything waits for, has its carry before the multiple is known.
            let factor = _mm512_madd52lo_epu64(zero, limbs[i], inverse);
            let carry = _mm512_srli_epi64(_mm512_add_epi64(limbs[i], mask), LIMB_BITS);
            let next = _mm512_add_epi64(limbs[i + 1], carry);
            let high = _mm512_madd52hi_epu64(zero, factor, modulus[0]);
            limbs[i + 1] = _mm512_add_epi64(_mm512_madd52lo_epu64(next, factor, modulus[1]), high);
            for j in 1..LIMBS {
                if j > 1 {
                    limbs[i + j] = _mm512_madd52lo_epu64(limbs[i + j], factor, modulus[j]);
                }
                limbs[i + j + 1] = _mm512_madd52hi_epu64(limbs[i + j + 1], factor, modulus[j]);
            }
        }
        let [.., a, b, c, d, e] = limbs;
        Lanes::carry([a, b, c, d, e])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{FqConfig, FrConfig};
    use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    /// Elements and the numbers, below `multiple * p`, that stand for them: random ones, and both ends of the range.
    fn numbers<P: MontConfig<4>>(seed: u64, multiple: u64) -> ([Words; 8], [Element<P>; 8]) {
        let mut random = ChaCha20Rng::seed_from_u64(seed);
        let words: [Words; 8] = std::array::from_fn(|i| {
            let mut number = match i {
                0 | 1 => BigInt::zero(),
                2 | 3 => {
                    let mut largest = P::MODULUS;
                    largest.sub_with_borrow(&BigInt::from(1u64));
                    largest
                }
                _ => Element::<P>::rand(&mut random).into_bigint(),
            };
            for _ in 0..(i as u64 + seed) % multiple {
                number.add_with_carry(&P::MODULUS);
            }
            number.0
        });
        (words, words.map(|words| leave::<P>(&words)))
    }

    /// Whether the number is below `factor * p`.
    fn below<P: MontConfig<4>>(words: &Words, factor: u64) -> bool {
        let bound = limbs(P::MODULUS.0, factor);
        limbs(*words, 1).iter().rev().lt(bound.iter().rev())
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn agree<P: MontConfig<4>>() {
        for seed in 0..200 {
            let (left, a) = numbers::<P>(seed, 4);
            let (right, b) = numbers::<P>(seed / 4 * 7 + 3, 4);
            let [x, y] = [
                Lanes::<P>::load(left.each_ref()),
                Lanes::load(right.each_ref()),
            ];
            assert_eq!(x.store(), left);
            let check = |lanes: Lanes<P>, expected: [Element<P>; 8]| {
                let words = lanes.store();
                assert!(words.iter().all(|words| below::<P>(words, 4)));
                assert_eq!(words.map(|words| leave::<P>(&words)), expected);
            };
            let each = |f: &dyn Fn(usize) -> Element<P>| std::array::from_fn(f);
            check(x.add(y).halve_range(), each(&|i| a[i] + b[i]));
            check(x.sub(y).halve_range(), each(&|i| a[i] - b[i]));
            check(x.mul(y), each(&|i| a[i] * b[i]));
            check(x.negate().mul(y), each(&|i| -a[i] * b[i]));
            assert!(x.mul(y).store().iter().all(|words| below::<P>(words, 3)));
            check(x.square(), each(&|i| a[i].square()));
            // The largest factors that are allowed.
            let (sum, difference) = (x.add(y), x.sub(y));
            check(
                sum.mul(difference),
                each(&|i| (a[i] + b[i]) * (a[i] - b[i])),
            );
            check(sum.square(), each(&|i| (a[i] + b[i]).square()));
            let two = Wide::zero()
                .add_product(sum, sum)
                .add_product(difference, difference.negate());
            check(
                two.reduce(),
                each(&|i| (a[i] + b[i]).square() - (a[i] - b[i]).square()),
            );
            let some = 0b1010_0110;
            let negated = each(&|i| if some >> i & 1 == 1 { -a[i] } else { a[i] });
            check(x.negate_where(some).halve_range(), negated);
            let ours = Lanes::<P>::load(a.each_ref().map(|a| &a.0.0)).mul(Lanes::from_arkworks());
            check(ours, a);
            let canonical = x.canonical().store();
            assert_eq!(canonical.map(|words| leave::<P>(&words)), a);
            assert!(canonical.iter().all(|words| below::<P>(words, 1)));
            assert_eq!(a.map(|a| leave::<P>(&enter(&a))), a);
        }
    }

    /// Limbs at which carries begin and end, in sums that were never brought to 52 bits.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn any_limbs_are_reduced<P: MontConfig<4>>() {
        let ends = [0, 1, LIMB - 1, LIMB, LIMB + 1, 1 << 61, (1 << 61) - 1];
        let mut random = ChaCha20Rng::seed_from_u64(9);
        for _ in 0..2000 {
            let mut draw = || match random.next_u32() as usize % 10 {
                i @ 0..7 => ends[i],
                _ => random.next_u64() >> 3,
            };
            let mut limbs: [u64; 2 * LIMBS] = std::array::from_fn(|_| draw());
            // The sum has to be below 2^7 p^2, as that of two products of factors is.
            limbs[2 * LIMBS - 1] = random.next_u64() >> 28;
            limbs[2 * LIMBS - 2] &= LIMB;
            let sum = Wide::<P> {
                limbs: limbs.map(|limb| _mm512_set1_epi64(limb as i64)),
                field: PhantomData,
            };
            let reduced = sum.reduce();
            let radix = Element::<P>::from(1u64 << LIMB_BITS);
            let value = |limbs: &[u64]| -> Element<P> {
                let add = |sum: Element<P>, limb: &u64| sum * radix + Element::<P>::from(*limb);
                limbs.iter().rev().fold(Element::<P>::ZERO, add)
            };
            let words = reduced.store()[7];
            let divided = value(&super::limbs(words, 1)) * radix.pow([LIMBS as u64]);
            assert_eq!(divided, value(&limbs), "{limbs:?}");
            assert!(below::<P>(&words, 4));
        }
    }

    #[test]
    fn lanes_compute_what_arkworks_does() {
        if !crate::avx512::is_there() {
            eprintln!("not tested: the processor has no AVX-512 IFMA");
            return;
        }
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions.
        unsafe {
            agree::<FqConfig>();
            agree::<FrConfig>();
            any_limbs_are_reduced::<FqConfig>();
            any_limbs_are_reduced::<FrConfig>();
        }
    }
}
