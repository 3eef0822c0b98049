//! Poseidon over the Goldilocks field, plonky2's, for a machine of 32-bit words: nine tenths of a verification are this permutation.
//!
//! The same function as plonky2's, so everything else of plonky2 is used as it is: [`Config`] is its standard configuration with this
//! hasher. Here products have four 32-bit products each, and the matrix of the linear layer, whose numbers are small, is multiplied
//! without any: in words of 32 bits that hold a third of an element.

use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::hash::hash_types::HashOut;
use plonky2::hash::hashing::{PlonkyPermutation, compress, hash_n_to_hash_no_pad};
use plonky2::hash::poseidon::{ALL_ROUND_CONSTANTS, N_ROUNDS, PoseidonHash};
use plonky2::plonk::config::{GenericConfig, Hasher};

/// Elements of a state.
const WIDTH: usize = 12;
/// Elements that are absorbed or squeezed at a time.
const RATE: usize = 8;
/// Full rounds at either end.
const HALF_FULL_ROUNDS: usize = 4;

/// plonky2's standard configuration, with a faster permutation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config;

impl GenericConfig<2> for Config {
    type F = GoldilocksField;
    type FE = QuadraticExtension<GoldilocksField>;
    type Hasher = FastPoseidon;
    // It hashes the public inputs only.
    type InnerHasher = PoseidonHash;
}

/// plonky2's `PoseidonHash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FastPoseidon;

impl Hasher<GoldilocksField> for FastPoseidon {
    const HASH_SIZE: usize = 32;
    type Hash = HashOut<GoldilocksField>;
    type Permutation = FastPermutation;

    fn hash_no_pad(input: &[GoldilocksField]) -> Self::Hash {
        hash_n_to_hash_no_pad::<GoldilocksField, FastPermutation>(input)
    }

    fn two_to_one(left: Self::Hash, right: Self::Hash) -> Self::Hash {
        compress::<GoldilocksField, FastPermutation>(left, right)
    }
}

/// plonky2's `PoseidonPermutation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FastPermutation {
    state: [GoldilocksField; WIDTH],
}

impl AsRef<[GoldilocksField]> for FastPermutation {
    fn as_ref(&self) -> &[GoldilocksField] {
        &self.state
    }
}

impl PlonkyPermutation<GoldilocksField> for FastPermutation {
    const RATE: usize = RATE;
    const WIDTH: usize = WIDTH;

    fn new<I: IntoIterator<Item = GoldilocksField>>(elements: I) -> Self {
        let mut permutation = Self::default();
        permutation.set_from_iter(elements, 0);
        permutation
    }

    fn set_elt(&mut self, element: GoldilocksField, index: usize) {
        self.state[index] = element;
    }

    fn set_from_iter<I: IntoIterator<Item = GoldilocksField>>(
        &mut self,
        elements: I,
        start: usize,
    ) {
        for (place, element) in self.state[start..].iter_mut().zip(elements) {
            *place = element;
        }
    }

    fn set_from_slice(&mut self, elements: &[GoldilocksField], start: usize) {
        self.state[start..start + elements.len()].copy_from_slice(elements);
    }

    fn permute(&mut self) {
        let mut state = self.state.map(|element| element.0);
        permute(&mut state);
        self.state = state.map(GoldilocksField);
    }

    fn squeeze(&self) -> &[GoldilocksField] {
        &self.state[..RATE]
    }
}

/// The permutation. Elements are any 64 bits that are congruent modulo p.
fn permute(state: &mut [u64; WIDTH]) {
    let (constants, _) = ALL_ROUND_CONSTANTS.as_chunks::<WIDTH>();
    for (round, constants) in constants.iter().enumerate() {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element = add_canonical(*element, *constant);
        }
        let is_full = !(HALF_FULL_ROUNDS..N_ROUNDS - HALF_FULL_ROUNDS).contains(&round);
        let powers = if is_full { WIDTH } else { 1 };
        for element in &mut state[..powers] {
            *element = seventh_power(*element);
        }
        linear_layer(state);
    }
}

/// The sum with a number below p: `2^64 = 2^32 - 1` modulo p, and the sum passes 2^64 once at most.
fn add_canonical(a: u64, canonical: u64) -> u64 {
    let (sum, carry) = a.overflowing_add(canonical);
    sum.wrapping_add(u64::from(carry).wrapping_neg() >> 32)
}

fn seventh_power(x: u64) -> u64 {
    let square = multiply(x, x);
    let fourth = multiply(square, square);
    multiply(multiply(fourth, square), x)
}

/// The product of two words.
fn wide(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

fn words(a: u64) -> (u32, u32) {
    (a as u32, (a >> 32) as u32)
}

/// The product modulo p, as any 64 bits.
fn multiply(a: u64, b: u64) -> u64 {
    let ((a0, a1), (b0, b1)) = (words(a), words(b));
    // No sum passes 2^64: a product of two words is at most 2^64 - 2^33 + 1.
    let (x0, carry) = words(wide(a0, b0));
    let (middle, carry) = words(wide(a0, b1) + u64::from(carry));
    let (x1, other) = words(wide(a1, b0) + u64::from(middle));
    let (x2, x3) = words(wide(a1, b1) + u64::from(carry) + u64::from(other));
    // Modulo p, 2^64 is 2^32 - 1 and 2^96 is -1: the product is (x1 + x2) 2^32 + x0 - x2 - x3.
    let (away, carry) = x2.overflowing_add(x3);
    let (low, borrow) = x0.overflowing_sub(away);
    let (sum, above) = x1.overflowing_add(x2);
    let (high, below) = sum.overflowing_sub(u32::from(carry) + u32::from(borrow));
    // What passed 2^64, 1, 0 or -1 times. `high` is then so far from the other end that it does not pass again.
    let passed = i64::from(above) - i64::from(below);
    let folded = u64::from(high) << 32 | u64::from(low);
    folded.wrapping_add(((passed << 32) - passed) as u64)
}

/// Bits of the lowest part of an element, and of the next one. The numbers of a row of the matrix are 264 together at most: sums of
/// parts times them are below 2^31.
const PART: u32 = 22;

/// The circulant matrix with the row 17, 15, 41, 16, 2, 28, 13, 13, 39, 18, 34, 20, and 8 more in its first place.
fn linear_layer(state: &mut [u64; WIDTH]) {
    const MASK: u32 = (1 << PART) - 1;
    let product = |shift: u32| {
        let parts = state.map(|x| (x >> shift) as u32 & MASK);
        let mut product = circulant(parts);
        product[0] += parts[0] << 3;
        product
    };
    let low = product(0);
    let middle = product(PART);
    let high = product(2 * PART);
    for (i, element) in state.iter_mut().enumerate() {
        *element = join(low[i], middle[i], high[i]);
    }
}

/// `low + 2^22 middle + 2^44 high` modulo p.
fn join(low: u32, middle: u32, high: u32) -> u64 {
    // 2^44 high = 2^32 (2^12 high), of which the highest 12 bits pass 2^64.
    let (passed, rest) = (u64::from(high >> 20), high << 12);
    // Below 2^55.
    let sum = u64::from(low) + (u64::from(middle) << PART) + ((passed << 32) - passed);
    let (sum, carry) = sum.overflowing_add(u64::from(rest) << 32);
    sum.wrapping_add(u64::from(carry).wrapping_neg() >> 32)
}

/// The product with the circulant matrix, modulo 2^32: as polynomials modulo `X^12 - 1`, which are taken apart by Fourier transforms of
/// length 4 as in plonky2 and Winterfell. The transformed matrix has powers of two.
fn circulant(x: [u32; WIDTH]) -> [u32; WIDTH] {
    let column = |i: usize| transform([x[i], x[i + 3], x[i + 6], x[i + 9]]);
    let (a, b, c) = (column(0), column(1), column(2));
    let add3 = |x: u32, y: u32, z: u32| x.wrapping_add(y).wrapping_add(z);

    // At 1: times 16, 32, 16.
    let all = add3(a.at_1, b.at_1, c.at_1);
    let at_1 = [c.at_1, a.at_1, b.at_1].map(|x| all.wrapping_add(x) << 4);

    // At -1: times -1, -8, 2, where the third power is -1.
    let minus = |x: u32, y: u32, z: u32| (z << 3).wrapping_sub(x).wrapping_sub(y << 1);
    let at_minus_1 = [
        minus(a.at_minus_1, b.at_minus_1, c.at_minus_1),
        minus(b.at_minus_1, c.at_minus_1, a.at_minus_1.wrapping_neg()),
        minus(
            c.at_minus_1,
            a.at_minus_1.wrapping_neg(),
            b.at_minus_1.wrapping_neg(),
        ),
    ];

    // At -i: times 2 - i, -4 + i, 16 + i, where the third power is -i.
    let [(ar, ai), (br, bi), (cr, ci)] = [a.at_i, b.at_i, c.at_i];
    let neg = u32::wrapping_neg;
    let real = |x: (u32, u32), y: (u32, u32), z: (u32, u32)| {
        let first = (x.0 << 1).wrapping_add(x.1);
        let second = (y.0 << 4).wrapping_sub(y.1);
        let third = (z.0 << 2).wrapping_add(z.1);
        first.wrapping_add(second).wrapping_sub(third)
    };
    // The product with -i takes (r, i) to (i, -r); the imaginary part of x is the real part of -i x.
    let turned = |(r, i): (u32, u32)| (i, neg(r));
    let rows = [
        ((ar, ai), (bi, neg(br)), (ci, neg(cr))),
        ((br, bi), (ci, neg(cr)), (ar, ai)),
        ((cr, ci), (ar, ai), (br, bi)),
    ];
    let at_i = rows.map(|(x, y, z)| (real(x, y, z), real(turned(x), turned(y), turned(z))));

    let mut out = [0; WIDTH];
    for i in 0..3 {
        let back = restore(at_1[i], at_i[i], at_minus_1[i]);
        for (j, value) in back.into_iter().enumerate() {
            out[i + 3 * j] = value;
        }
    }
    out
}

/// A Fourier transform of length 4 of real numbers.
struct Transformed {
    at_1: u32,
    at_i: (u32, u32),
    at_minus_1: u32,
}

fn transform(x: [u32; 4]) -> Transformed {
    let (even, odd) = (x[0].wrapping_add(x[2]), x[1].wrapping_add(x[3]));
    Transformed {
        at_1: even.wrapping_add(odd),
        at_i: (x[0].wrapping_sub(x[2]), x[3].wrapping_sub(x[1])),
        at_minus_1: even.wrapping_sub(odd),
    }
}

/// The inverse without the division by 4, which is in the matrix.
fn restore(at_1: u32, at_i: (u32, u32), at_minus_1: u32) -> [u32; 4] {
    let (even, odd) = (at_1.wrapping_add(at_minus_1), at_1.wrapping_sub(at_minus_1));
    [
        even.wrapping_add(at_i.0),
        odd.wrapping_sub(at_i.1),
        even.wrapping_sub(at_i.0),
        odd.wrapping_add(at_i.1),
    ]
}
