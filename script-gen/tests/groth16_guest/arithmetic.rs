//! The guest's arithmetic against arkworks'.

use crate::groth16::field::{Fq, Fq2};
use ark_ff::{BigInt, Field, PrimeField};
use num_bigint::{BigInt as Integer, BigUint};
use proptest::prelude::*;

/// Integers below p: some at the borders of the range and of limbs.
fn element() -> impl Strategy<Value = ark_bn254::Fq> {
    let borders = [0, 1, 2, 8, 9].map(ark_bn254::Fq::from);
    let limbs = |fill: u32| {
        let bits = (0..8).fold(BigUint::ZERO, |sum, i| {
            sum + (BigUint::from(fill) << (29 * i))
        });
        ark_bn254::Fq::from(bits)
    };
    let full = limbs((1 << 29) - 1);
    prop_oneof![
        prop::sample::select(borders.to_vec()),
        prop::sample::select(borders.map(|border| -border).to_vec()),
        prop::sample::select(vec![full, -full, limbs(1 << 28)]),
        any::<[u64; 4]>().prop_map(|limbs| ark_bn254::Fq::from(BigUint::from_slice(
            &limbs
                .iter()
                .flat_map(|limb| [*limb as u32, (limb >> 32) as u32])
                .collect::<Vec<_>>()
        ))),
    ]
}

/// The guest's element.
fn guest(element: &ark_bn254::Fq) -> Fq {
    let words: Vec<u32> = element
        .into_bigint()
        .0
        .iter()
        .flat_map(|limb| [*limb as u32, (limb >> 32) as u32])
        .collect();
    Fq::from_words(&words.try_into().unwrap()).unwrap()
}

/// arkworks' element.
fn native(element: &Fq) -> ark_bn254::Fq {
    let words = element.integer_words();
    let limb = |i: usize| u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i]);
    ark_bn254::Fq::from_bigint(BigInt([limb(0), limb(1), limb(2), limb(3)])).unwrap()
}

fn guest2(element: &ark_bn254::Fq2) -> Fq2 {
    Fq2 {
        c0: guest(&element.c0),
        c1: guest(&element.c1),
    }
}

fn native2(element: &Fq2) -> ark_bn254::Fq2 {
    ark_bn254::Fq2::new(native(&element.c0), native(&element.c1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Each operation on each pair, and on the results, whose limbs are not those of the least integers.
    #[test]
    fn sums_and_products(x in element(), y in element(), choices in prop::collection::vec(0..7u8, 12)) {
        let (mut a, mut b) = (x, y);
        let (mut c, mut d) = (guest(&x), guest(&y));
        for choice in choices {
            let (next, same) = match choice {
                0 => (a + b, &c + &d),
                1 => (a - b, &c - &d),
                2 => (-a, -&c),
                3 => (a * b, &c * &d),
                4 => (a.square(), c.square()),
                5 => (a + a, c.double()),
                _ => (b - a, &d - &c),
            };
            prop_assert_eq!(native(&same), next);
            prop_assert_eq!(same.is_zero(), next == ark_bn254::Fq::from(0));
            prop_assert_eq!(same.is_larger_root(), next.into_bigint() > (-next).into_bigint());
            (a, b, c, d) = (next, a, same, c);
        }
        prop_assert_eq!(c == d, a == b);
        prop_assert_eq!(native(&c.inverse()), a.inverse().unwrap_or_default());
    }

    #[test]
    fn roots(x in element(), y in element(), square: bool) {
        let x = if square { x.square() } else { x };
        match guest(&x).root() {
            Some(root) => prop_assert_eq!(native(&root).square(), x),
            None => prop_assert!(x.sqrt().is_none()),
        }
        let element = ark_bn254::Fq2::new(x, y);
        for element in [element, element.square()] {
            match guest2(&element).root() {
                Some(root) => prop_assert_eq!(native2(&root).square(), element),
                None => prop_assert!(element.sqrt().is_none()),
            }
        }
    }

    #[test]
    fn quadratic_extension(w in element(), x in element(), y in element(), z in element()) {
        let (a, b) = (ark_bn254::Fq2::new(w, x), ark_bn254::Fq2::new(y, z));
        let (c, d) = (guest2(&a), guest2(&b));
        prop_assert_eq!(native2(&(&c * &d)), a * b);
        prop_assert_eq!(native2(&(&(&c - &d) * &(&c + &d))), (a - b) * (a + b));
        prop_assert_eq!(native2(&c.square()), a.square());
        prop_assert_eq!(native2(&c.inverse()), a.inverse().unwrap_or_default());
        prop_assert_eq!(c.is_larger_root(), a > -a);
    }
}

#[test]
fn integers_from_p_on_are_no_elements() {
    let words = |integer: &BigUint| -> [u32; 8] {
        let mut words = integer.to_u32_digits();
        words.resize(8, 0);
        words.try_into().unwrap()
    };
    let p = BigUint::from(ark_bn254::Fq::MODULUS);
    assert!(Fq::from_words(&words(&(&p - 1u32))).is_some());
    for above in [p.clone(), &p + 1u32, (BigUint::from(1u32) << 256) - 1u32] {
        assert!(Fq::from_words(&words(&above)).is_none());
    }
}

/// Why the pairing's loop tells whether a point of the twisted curve is in G2: `6 x + 2 + psi - psi^2 + psi^3`, which is
/// `a + b psi` because of psi^2 = t psi - p, has the norm `a^2 + a b t + b^2 p`. That is a multiple of the order r, and has
/// no divisor in common with the cofactor 2 p - r.
#[test]
fn the_loop_closes_on_points_of_g2_only() {
    let x = Integer::from(4_965_661_367_192_848_881u64);
    let p = Integer::from(BigUint::from(ark_bn254::Fq::MODULUS));
    let r = Integer::from(BigUint::from(ark_bn254::Fr::MODULUS));
    let t = 6 * &x * &x + 1;
    // psi^2 = -p + t psi; psi^3 = -t p + (t^2 - p) psi.
    let a = 6 * &x + 2 + &p - &t * &p;
    let b = 1 - &t + &t * &t - &p;
    let norm = &a * &a + &a * &b * &t + &b * &b * &p;
    let cofactor: Integer = 2 * &p - &r;
    assert_eq!(&norm % &r, Integer::ZERO);
    let (mut one, mut other) = (norm, cofactor);
    while other != Integer::ZERO {
        (one, other) = (other.clone(), one % other);
    }
    assert_eq!(one, Integer::from(1));
}
