//! Changes to an input that a hostile or careless party could make.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField};
use ark_serialize::Compress;
use ark_std::UniformRand;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::RngCore;

use crate::guest::{Parts, g1, g2};

/// A number below `bound`.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    (rng.next_u64() % bound as u64) as usize
}

/// A point of the twisted curve that is, with overwhelming probability, not in G2.
pub(crate) fn twisted(rng: &mut ChaCha20Rng) -> G2Affine {
    loop {
        if let Some(point) = G2Affine::get_point_from_x_unchecked(UniformRand::rand(rng), true) {
            return point;
        }
    }
}

/// A point of the twisted curve whose order is the least divisor of the cofactor, 10069.
pub(crate) fn of_small_order(rng: &mut ChaCha20Rng) -> G2Affine {
    // The cofactor 2 p - r, and the order, as integers.
    let [p, r] = [Fq::MODULUS, Fr::MODULUS]
        .map(|modulus| num_bigint::BigUint::from_bytes_le(&modulus.to_bytes_le()));
    let cofactor = (&p << 1u32) - &r;
    assert_eq!(&cofactor % 10069u32, 0u32.into());
    let multiple = (cofactor / 10069u32 * r).to_u64_digits();
    loop {
        let point: G2Projective = twisted(rng).mul_bigint(&multiple);
        if !point.into_affine().is_zero() {
            return point.into_affine();
        }
    }
}

/// Integers at the borders of what a coordinate or a scalar may be, and of limbs.
fn border(rng: &mut ChaCha20Rng) -> [u8; 32] {
    let modulus = if below(rng, 2) == 0 {
        Fq::MODULUS
    } else {
        Fr::MODULUS
    };
    let mut integer = match below(rng, 6) {
        0 => vec![0; 32],
        1 => vec![0xff; 32],
        2 => modulus.to_bytes_le(),
        3 => {
            let mut less = modulus;
            less.sub_with_borrow(&1u64.into());
            less.to_bytes_le()
        }
        // All limbs of 29 bits are full but the highest.
        4 => [vec![0xff; 29], vec![0x1f, 0, 0]].concat(),
        _ => Fq::rand(rng).into_bigint().to_bytes_le(),
    };
    if below(rng, 4) == 0 {
        integer[31] |= (below(rng, 4) as u8) << 6;
    }
    integer.try_into().unwrap()
}

/// The bytes of a point in place of another one of the same form.
fn point(rng: &mut ChaCha20Rng, compress: Compress, twisted_curve: bool) -> Vec<u8> {
    match (below(rng, 4), twisted_curve) {
        (0, false) => g1(&G1Affine::zero(), compress),
        (0, true) => g2(&G2Affine::zero(), compress),
        (1, true) => g2(&twisted(rng), compress),
        (2, true) => g2(&of_small_order(rng), compress),
        (_, false) => g1(&UniformRand::rand(rng), compress),
        (_, true) => g2(&UniformRand::rand(rng), compress),
    }
}

/// Offset and kind (whether on the twisted curve) of a point, and its part: one of the key's four, of IC, or of the proof.
fn place(rng: &mut ChaCha20Rng, parts: &Parts, g1_bytes: usize) -> (usize, usize, bool) {
    let ic = (parts.0[0].len().saturating_sub(7 * g1_bytes + 8)) / g1_bytes;
    match below(rng, 7 + ic) {
        0 => (0, 0, false),
        number @ 1..=3 => (0, (2 * number - 1) * g1_bytes, true),
        4 => (1, 0, false),
        5 => (1, g1_bytes, true),
        6 => (1, 3 * g1_bytes, false),
        number => (0, number * g1_bytes + 8, false),
    }
}

/// A changed input.
pub(crate) fn mutated(rng: &mut ChaCha20Rng, parts: &Parts, compress: Compress) -> Vec<u8> {
    let mut parts = parts.clone();
    let g1_bytes = match compress {
        Compress::Yes => 32,
        Compress::No => 64,
    };
    match below(rng, 8) {
        // One bit, anywhere.
        0 => {
            let mut input = parts.input();
            let at = below(rng, input.len());
            input[at] ^= 1 << below(rng, 8);
            return input;
        }
        // An integer: a coordinate or a scalar.
        1 | 2 => {
            let which = below(rng, 3);
            let integers = parts.0[which].len() / 32;
            if integers > 0 {
                // The list of public inputs begins with its length, and so does IC.
                let at = match which {
                    2 => 8 + 32 * below(rng, integers),
                    _ => 32 * below(rng, integers),
                };
                if let Some(bytes) = parts.0[which].get_mut(at..at + 32) {
                    bytes.copy_from_slice(&border(rng));
                }
            }
        }
        // A point.
        3 | 4 => {
            let (part, at, twisted_curve) = place(rng, &parts, g1_bytes);
            let bytes = point(rng, compress, twisted_curve);
            parts.0[part][at..at + bytes.len()].copy_from_slice(&bytes);
        }
        // A point in another's place.
        5 => {
            let (from, at, twisted_curve) = place(rng, &parts, g1_bytes);
            let (to, other, same) = place(rng, &parts, g1_bytes);
            if twisted_curve == same {
                let length = g1_bytes * (1 + usize::from(same));
                let bytes = parts.0[from][at..at + length].to_vec();
                parts.0[to][other..other + length].copy_from_slice(&bytes);
            }
        }
        // A part that is too short or too long.
        6 => {
            let part = &mut parts.0[below(rng, 3)];
            let length = below(rng, 2 * part.len());
            part.resize(length, rng.next_u32() as u8);
        }
        // An input that is too short or too long.
        _ => {
            let mut input = parts.input();
            let length = below(rng, input.len() + 8);
            input.resize(length, rng.next_u32() as u8);
            return input;
        }
    }
    parts.input()
}
