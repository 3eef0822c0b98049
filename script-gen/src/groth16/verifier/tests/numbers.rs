//! Facts about numbers on which docs/groth16.md relies.

use ark_bn254::{Fq, Fq6, Fr, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, LegendreSymbol, One, PrimeField, Zero};
use num_bigint::{BigInt, BigUint};

use super::datum;
use crate::groth16::verifier::line::psi;
use crate::groth16::verifier::residue::{Exponent, lambda, miller};
use crate::groth16::verifier::torus::compress;

fn p() -> BigInt {
    BigUint::from(Fq::MODULUS).into()
}

fn r() -> BigInt {
    BigUint::from(Fr::MODULUS).into()
}

fn gcd(a: BigInt, b: BigInt) -> BigInt {
    match b == BigInt::ZERO {
        true => a,
        false => {
            let rest = &a % &b;
            gcd(b, rest)
        }
    }
}

#[test]
fn lambda_is_a_multiple_of_r_and_coprime_to_the_rest_of_the_torus() {
    assert_eq!(lambda() % r(), BigInt::ZERO);
    let order: BigInt = p().pow(6) + 1;
    assert_eq!(&order % r(), BigInt::ZERO);
    let cofactor = &order / r();
    assert_eq!(gcd(lambda(), cofactor.clone()), BigInt::one());
    assert_eq!(gcd(r(), cofactor), BigInt::one());
    assert_ne!(order % 3, BigInt::ZERO);
}

#[test]
fn v_is_no_square_in_fq6() {
    let v = Fq6::new(Zero::zero(), One::one(), Zero::zero());
    assert!(matches!(v.legendre(), LegendreSymbol::QuadraticNonResidue));
}

/// `a + b psi` with psi^2 = t psi - p.
fn times([a, b]: &[BigInt; 2], [c, d]: &[BigInt; 2], trace: &BigInt) -> [BigInt; 2] {
    [a * c - p() * b * d, a * d + b * c + trace * b * d]
}

#[test]
fn the_subgroup_relation_has_a_norm_that_is_coprime_to_the_cofactor() {
    let trace = p() + 1 - r();
    let psi: [BigInt; 2] = [BigInt::ZERO, BigInt::one()];
    let square = times(&psi, &psi, &trace);
    let cube = times(&square, &psi, &trace);
    let count = lambda() - p() + p().pow(2) - p().pow(3);
    let a = count - &square[0] + &cube[0];
    let b = BigInt::one() - &square[1] + &cube[1];
    let norm = &a * &a + &a * &b * &trace + &b * &b * p();
    assert_eq!(&norm % r(), BigInt::ZERO);
    assert_eq!(gcd(norm, 2 * p() - r()), BigInt::one());
    assert_eq!(gcd(r(), 2 * p() - r()), BigInt::one());
}

#[test]
fn psi_is_multiplication_by_p_in_g2() {
    let q = G2Affine::generator();
    let multiple = q.mul_bigint(Fq::MODULUS);
    assert_eq!(psi(q), multiple);
}

#[test]
fn a_root_exists_for_valid_proofs_only() {
    let datum = datum(0, 1);
    let key = &datum.key;
    let exponent = Exponent::new().unwrap();
    for (a, valid) in [(datum.proof.a, true), (-datum.proof.a, false)] {
        let product = miller(
            [a, -key.alpha_g1, -key.gamma_abc_g1[0], -datum.proof.c],
            [datum.proof.b, key.beta_g2, key.gamma_g2, key.delta_g2],
        );
        let cofactor: BigInt = (p().pow(6) + 1) / r();
        // In Fq6 means that the class is that of 1: the product is an r-th power.
        let power = product.pow(cofactor.magnitude().to_u64_digits());
        assert_eq!(compress(power).is_none(), valid);
        let root = exponent.root(product).unwrap();
        let root = ark_bn254::Fq12::new(root, Fq6::one());
        let power = root.pow(lambda().magnitude().to_u64_digits());
        assert_eq!(compress(power) == compress(product), valid);
    }
}
