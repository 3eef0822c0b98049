//! The residue witness: a root c of the product of Miller loops in the torus Fq12* / Fq6*.

use ark_bn254::{Bn254, Config, Fq, Fq6, Fq12, Fr};
use ark_ec::bn::BnConfig;
use ark_ec::pairing::Pairing;
use ark_ff::{Field, One, PrimeField, Zero};
use num_bigint::{BigInt, BigUint};

use super::torus::compress;

/// The inverse of lambda modulo n = (p^6 + 1) / r, the order of the part of the torus that the final exponentiation kills.
#[derive(Clone, Debug)]
pub(super) struct Exponent(BigUint);

/// lambda = 6 x + 2 + p - p^2 + p^3.
pub(super) fn lambda() -> BigInt {
    let p = BigInt::from(BigUint::from(Fq::MODULUS));
    let digits = Config::ATE_LOOP_COUNT.iter().rev();
    let count = digits.fold(BigInt::ZERO, |sum, digit| sum * 2 + *digit);
    count + &p - p.pow(2) + p.pow(3)
}

impl Exponent {
    /// The exponent. None is not possible: lambda and n are coprime.
    pub(super) fn new() -> Option<Self> {
        let p = BigUint::from(Fq::MODULUS);
        let cofactor = (p.pow(6) + BigUint::one()) / BigUint::from(Fr::MODULUS);
        let modulus = BigInt::from(cofactor);
        let inverse = lambda().modinv(&modulus)?;
        Some(Self(inverse.magnitude().clone()))
    }

    /// A root of the class of `product`: if the class is one that the final exponentiation kills, c with c^lambda = product; otherwise
    /// no such c exists, and it is some class. None if it is the class of 1, which has no representation.
    pub(super) fn root(&self, product: Fq12) -> Option<Fq6> {
        compress(product.pow(self.0.to_u64_digits()))
    }
}

/// The class of a product of Miller loops.
pub(super) fn miller(
    g1: impl IntoIterator<Item = <Bn254 as Pairing>::G1Affine>,
    g2: impl IntoIterator<Item = <Bn254 as Pairing>::G2Affine>,
) -> Fq12 {
    let output = Bn254::multi_miller_loop(g1, g2).0;
    match output.is_zero() {
        true => Fq12::one(),
        false => output,
    }
}
