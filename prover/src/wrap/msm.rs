//! Sums of multiples of curve points, which is what most of a Groth16 proof's time goes into.
//!
//! They are halo2curves': it adds affine points that share inversions, which takes less than two thirds of the time of arkworks'
//! extended Jacobian coordinates. Both libraries keep a number modulo `p` as the same four words (Montgomery form with
//! `R = 2^256`), so points and scalars change sides as bytes.

use ark_bn254::{Fq, Fr};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{AdditiveGroup, BigInt, Field};
use halo2curves::CurveAffine;
use halo2curves::bn256;
use halo2curves::group::{Curve, Group};
use halo2curves::msm::msm_best;
use halo2curves::serde::SerdeObject;
use rayon::prelude::*;

/// The sum of each base times its scalar, in the first group.
pub(crate) fn g1(
    bases: &[ark_bn254::G1Affine],
    scalars: &[Fr],
) -> Projective<ark_bn254::g1::Config> {
    sum::<_, bn256::G1Affine>(bases, scalars)
}

/// The same in the second group.
pub(crate) fn g2(
    bases: &[ark_bn254::G2Affine],
    scalars: &[Fr],
) -> Projective<ark_bn254::g2::Config> {
    sum::<_, bn256::G2Affine>(bases, scalars)
}

fn sum<P, C>(bases: &[Affine<P>], scalars: &[Fr]) -> Projective<P>
where
    P: SWCurveConfig<ScalarField = Fr, BaseField: Field<BasePrimeField = Fq>>,
    C: CurveAffine<ScalarExt = bn256::Fr> + SerdeObject,
{
    // The library knows no base at infinity, and half of the scalars are 0: most variables are bits.
    let pairs = bases.par_iter().zip(scalars);
    let (scalars, bases): (Vec<bn256::Fr>, Vec<C>) = pairs
        .filter(|(base, scalar)| !base.is_zero() && **scalar != Fr::ZERO)
        .map(|(base, scalar)| -> (bn256::Fr, C) {
            (converted(std::iter::once(&scalar.0)), point(base))
        })
        .unzip();
    let sum = msm_best(&scalars, &bases);
    match bool::from(sum.is_identity()) {
        true => Projective::ZERO,
        false => back(&sum.to_affine()),
    }
}

/// What has these words in memory.
fn converted<'a, T: SerdeObject>(numbers: impl Iterator<Item = &'a BigInt<4>>) -> T {
    let words = numbers.flat_map(|number| number.0);
    let bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
    T::from_raw_bytes_unchecked(&bytes)
}

/// A point that is not at infinity.
fn point<P, C: SerdeObject>(point: &Affine<P>) -> C
where
    P: SWCurveConfig<BaseField: Field<BasePrimeField = Fq>>,
{
    let coordinates = [point.x, point.y];
    let numbers: Vec<Fq> = coordinates
        .iter()
        .flat_map(Field::to_base_prime_field_elements)
        .collect();
    converted(numbers.iter().map(|number| &number.0))
}

fn back<P, C: SerdeObject>(point: &C) -> Projective<P>
where
    P: SWCurveConfig<BaseField: Field<BasePrimeField = Fq>>,
{
    let bytes = point.to_raw_bytes();
    let numbers: Vec<Fq> = bytes
        .as_chunks::<32>()
        .0
        .iter()
        .map(|bytes| {
            let words = bytes.as_chunks::<8>().0;
            let words = std::array::from_fn(|i| u64::from_le_bytes(words[i]));
            Fq::new_unchecked(BigInt::new(words))
        })
        .collect();
    let (x, y) = numbers.split_at(numbers.len() / 2);
    let coordinate = |numbers: &[Fq]| {
        P::BaseField::from_base_prime_field_elems(numbers.iter().copied())
            .unwrap_or(P::BaseField::ZERO)
    };
    Affine::new_unchecked(coordinate(x), coordinate(y)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, g2};
    use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};

    /// Large scalars and small ones, and none; equal and opposite bases, and at infinity.
    fn agree<P, C>(count: u64)
    where
        P: SWCurveConfig<ScalarField = Fr, BaseField: Field<BasePrimeField = Fq>>,
        C: CurveAffine<ScalarExt = bn256::Fr> + SerdeObject,
    {
        let step = Fr::from(3).inverse().expect("not 0");
        let scalars: Vec<Fr> = (0..count)
            .map(|i| match i % 4 {
                0 => step * Fr::from(i),
                1 => -Fr::from(i),
                _ => Fr::from(i / 4 % 2),
            })
            .collect();
        let mut bases = vec![Projective::<P>::ZERO, -Projective::<P>::generator()];
        while bases.len() < scalars.len() {
            let last = bases[bases.len() - 1];
            bases.push(last + Projective::<P>::generator());
        }
        bases.truncate(scalars.len());
        let mut bases = Projective::normalize_batch(&bases);
        for i in (1..bases.len()).step_by(3) {
            bases[i] = bases[i / 2];
        }
        let expected: Projective<P> = VariableBaseMSM::msm_unchecked(&bases, &scalars);
        assert_eq!(sum::<P, C>(&bases, &scalars), expected, "{count}");
    }

    #[test]
    fn sums_are_those_of_arkworks() {
        for count in [0, 1, 2, 5, 100, 40_000] {
            agree::<g1::Config, bn256::G1Affine>(count);
        }
        // More than its library's other method takes.
        agree::<g2::Config, bn256::G2Affine>(30_000);
    }

    #[test]
    fn opposites_are_no_sum() {
        let point = (Projective::<g1::Config>::generator() * Fr::from(5)).into_affine();
        for count in [1, 20_000] {
            let bases = vec![[point, -point]; count].concat();
            let scalars = vec![-Fr::from(7); 2 * count];
            assert_eq!(g1(&bases, &scalars), Projective::ZERO, "{count}");
        }
    }
}
