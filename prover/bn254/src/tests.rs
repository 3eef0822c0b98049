//! Everything against arkworks.

use super::*;
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, PrimeGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Points and scalars of every kind that a proof has, and those that only an attacker would choose: bits, small and large
/// numbers, the neutral point, points that are the same, opposite, or small multiples of one another.
fn terms<C>(count: usize, seed: u64) -> (Vec<Affine<C>>, Vec<Fr>)
where
    C: SWCurveConfig<ScalarField = Fr>,
{
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let mut draw = |kinds: [fn(u64, Fr) -> Fr; 4]| -> Vec<Fr> {
        let one =
            |_| kinds[random.next_u32() as usize % 4](random.next_u64(), Fr::rand(&mut random));
        (0..count).map(one).collect()
    };
    let logarithms = draw([
        |_, large| large,
        |_, large| large,
        |small, _| Fr::from(small % 5),
        |small, _| -Fr::from(small % 3),
    ]);
    let scalars = draw([
        |_, large| large,
        |small, _| Fr::from(small % 2),
        |small, _| Fr::from(small),
        |small, _| -Fr::from(small % 100),
    ]);
    let multiples = BatchMulPreprocessing::new(Projective::<C>::generator(), count);
    (multiples.batch_mul(&logarithms), scalars)
}

fn sums_agree<C>(counts: &[usize], sum: fn(&[Affine<C>], &[Fr]) -> Projective<C>)
where
    C: SWCurveConfig<ScalarField = Fr>,
{
    for &count in counts {
        let (points, scalars) = terms::<C>(count, count as u64);
        let expected = Projective::msm_unchecked(&points, &scalars);
        assert_eq!(sum(&points, &scalars), expected, "{count}");
        // The shorter of the two decides.
        let half = count / 2;
        let expected = Projective::msm_unchecked(&points[..half], &scalars[..half]);
        assert_eq!(sum(&points, &scalars[..half]), expected);
        assert_eq!(sum(&points[..half], &scalars), expected);
    }
}

#[test]
fn a_sum_in_g1_is_arkworks() {
    sums_agree(&[0, 1, 2, 7, 16, 100, 1000, 5000, 40_000], sum_in_g1);
}

#[test]
fn a_sum_in_g2_is_arkworks() {
    sums_agree(&[0, 1, 9, 100, 10_000], sum_in_g2);
}

/// One bucket holds all of it: each round has pairs whose sum is a double, or nothing.
#[test]
fn a_sum_of_equal_and_opposite_points() {
    let point = G1Affine::generator();
    for (count, scalar) in [
        (3000, Fr::ONE),
        (4096, -Fr::from(77u64)),
        (1 << 13, Fr::from(u64::MAX)),
    ] {
        let same = vec![point; count];
        let scalars = vec![scalar; count];
        assert_eq!(
            sum_in_g1(&same, &scalars),
            point * (scalar * Fr::from(count as u64))
        );
        let opposite: Vec<_> = (0..count)
            .map(|i| if i % 2 == 0 { point } else { -point })
            .collect();
        assert_eq!(sum_in_g1(&opposite, &scalars), Projective::ZERO);
        let last = [&opposite[..], &[point]].concat();
        assert_eq!(sum_in_g1(&last, &vec![scalar; count + 1]), point * scalar);
    }
}

#[test]
fn an_extension_is_arkworks() {
    let mut random = ChaCha20Rng::seed_from_u64(3);
    for log_size in [0, 1, 5, 6, 7, 10, 14, 15, 16] {
        let size = 1 << log_size;
        let domain = Radix2EvaluationDomain::<Fr>::new(size).expect("a domain");
        let twice = Radix2EvaluationDomain::<Fr>::new(2 * size).expect("a domain");
        let coset = domain.get_coset(twice.group_gen()).expect("a coset");
        let extension = Extension::new(size, coset.offset).expect("an extension");
        let largest = vec![-Fr::ONE; size];
        let any: Vec<Fr> = (0..size).map(|_| Fr::rand(&mut random)).collect();
        for values in [largest, any] {
            let mut expected = values.clone();
            domain.ifft_in_place(&mut expected);
            coset.fft_in_place(&mut expected);
            assert_eq!(extension.extend(values), expected, "2^{log_size}");
            // Missing values are zeros.
            let one = extension.extend(vec![Fr::ONE]);
            let mut expected = vec![Fr::ZERO; size];
            expected[0] = Fr::ONE;
            assert_eq!(one, extension.extend(expected.clone()));
            // Those beyond the domain are not used.
            expected.push(-Fr::ONE);
            assert_eq!(one, extension.extend(expected));
        }
    }
    assert!(Extension::new(1 << 29, Fr::ONE).is_none());
    assert!(Extension::new(8, Fr::ZERO).is_none());
}
