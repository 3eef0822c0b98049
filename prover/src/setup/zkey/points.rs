//! Points as snarkjs writes them: affine coordinates in Montgomery form, little-endian; the point at infinity is all zeros.

use ark_bn254::{Fq, Fq2, g1, g2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::Affine;
use ark_ff::{BigInt, PrimeField};

/// Bytes of a coordinate in the base field.
const COORDINATE: usize = 32;

/// A group whose points a `.zkey` has.
pub(super) trait Encoded: AffineRepr {
    /// Bytes of a point.
    const SIZE: usize;

    /// The point of so many bytes, or why it is none.
    fn decode(bytes: &[u8]) -> Result<Self, &'static str>;
}

/// The coordinates, one after the other. In Montgomery form arkworks has the same factor 2^256.
fn coordinates<const N: usize>(bytes: &[u8]) -> Result<[Fq; N], &'static str> {
    let mut coordinates = [Fq::default(); N];
    for (coordinate, bytes) in coordinates.iter_mut().zip(bytes.chunks(COORDINATE)) {
        let mut number = BigInt::default();
        for (limb, bytes) in number.0.iter_mut().zip(bytes.as_chunks().0) {
            *limb = u64::from_le_bytes(*bytes);
        }
        if number >= Fq::MODULUS {
            return Err("has a coordinate that is not below the modulus");
        }
        *coordinate = Fq::new_unchecked(number);
    }
    Ok(coordinates)
}

const NOT_ON_CURVE: &str = "is not on the curve";

impl Encoded for Affine<g1::Config> {
    const SIZE: usize = 2 * COORDINATE;

    fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let [x, y] = coordinates(bytes)?;
        if [x, y] == [Fq::default(); 2] {
            return Ok(Self::zero());
        }
        // The whole curve is the group.
        let point = Self::new_unchecked(x, y);
        point.is_on_curve().then_some(point).ok_or(NOT_ON_CURVE)
    }
}

impl Encoded for Affine<g2::Config> {
    const SIZE: usize = 4 * COORDINATE;

    fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        let numbers: [Fq; 4] = coordinates(bytes)?;
        if numbers == [Fq::default(); 4] {
            return Ok(Self::zero());
        }
        let [x0, x1, y0, y1] = numbers;
        let point = Self::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
        if !point.is_on_curve() {
            return Err(NOT_ON_CURVE);
        }
        let in_group = point.is_in_correct_subgroup_assuming_on_curve();
        in_group.then_some(point).ok_or("is not in the group")
    }
}
