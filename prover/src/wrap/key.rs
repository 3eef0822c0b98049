//! A Groth16 key from its secret.

use super::error::WrapError;
use super::quotient::{KeyPolynomials, domains, key_polynomials};
use super::r1cs::{ConstraintSystem, PUBLIC};
use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand};
use ark_groth16::{ProvingKey, VerifyingKey};
use ark_relations::utils::error::SynthesisError;
use rand_chacha::rand_core::{CryptoRng, RngCore};
use rayon::prelude::*;

/// What nobody may know who could gain from a false proof.
pub(crate) struct Secret {
    pub(crate) alpha: Fr,
    pub(crate) beta: Fr,
    pub(crate) gamma: Fr,
    pub(crate) delta: Fr,
    /// Where the polynomials are evaluated.
    pub(crate) point: Fr,
}

impl Secret {
    pub(crate) fn random(random: &mut (impl RngCore + CryptoRng)) -> Self {
        Self {
            alpha: Fr::rand(random),
            beta: Fr::rand(random),
            gamma: Fr::rand(random),
            delta: Fr::rand(random),
            point: Fr::rand(random),
        }
    }
}

/// The key with this secret.
pub(crate) fn generate(
    system: &ConstraintSystem,
    secret: &Secret,
) -> Result<ProvingKey<Bn254>, WrapError> {
    let domains = domains(system).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
    let inverse = |value: Fr| value.inverse().ok_or(SynthesisError::DivisionByZero);
    let (gamma_inverse, delta_inverse) = (inverse(secret.gamma)?, inverse(secret.delta)?);
    let KeyPolynomials {
        sides: [a, b, c],
        mut quotient,
    } = key_polynomials(system, domains, secret.point);
    let scale = |values: &mut [Fr], factor: Fr| {
        values.par_iter_mut().for_each(|value| *value *= factor);
    };
    let mut combined = c;
    let sides = a.par_iter().zip(&b);
    combined
        .par_iter_mut()
        .zip(sides)
        .for_each(|(sum, (a, b))| {
            *sum += secret.beta * a + secret.alpha * b;
        });
    let (public, witness) = combined.split_at_mut(PUBLIC);
    scale(public, gamma_inverse);
    scale(witness, delta_inverse);
    scale(&mut quotient, delta_inverse);
    let (g1, g2) = (G1Projective::generator(), G2Projective::generator());
    let multiples = BatchMulPreprocessing::new(g2, b.len());
    let b_g2_query = multiples.batch_mul(&b);
    let multiples = BatchMulPreprocessing::new(g1, quotient.len());
    Ok(ProvingKey {
        vk: VerifyingKey {
            alpha_g1: (g1 * secret.alpha).into_affine(),
            beta_g2: (g2 * secret.beta).into_affine(),
            gamma_g2: (g2 * secret.gamma).into_affine(),
            delta_g2: (g2 * secret.delta).into_affine(),
            gamma_abc_g1: multiples.batch_mul(public),
        },
        beta_g1: (g1 * secret.beta).into_affine(),
        delta_g1: (g1 * secret.delta).into_affine(),
        a_query: multiples.batch_mul(&a),
        b_g1_query: multiples.batch_mul(&b),
        b_g2_query,
        h_query: multiples.batch_mul(&quotient),
        l_query: multiples.batch_mul(witness),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::groth16::tests::small_system;
    use crate::wrap::quotient::tests::Snarkjs;
    use ark_groth16::Groth16;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    /// Arkworks draws the point from the generator that it is given: the first element outside of the domain.
    #[test]
    fn the_key_is_the_one_that_arkworks_makes() {
        let system = small_system([3, 4], 1);
        let mut random = ChaCha20Rng::seed_from_u64(11);
        let mut secret = Secret::random(&mut random);
        let mut again = random.clone();
        secret.point = Fr::rand(&mut again);
        let expected = Groth16::<Bn254, Snarkjs>::generate_parameters_with_qap(
            &system,
            secret.alpha,
            secret.beta,
            secret.gamma,
            secret.delta,
            G1Projective::generator(),
            G2Projective::generator(),
            &mut random,
        );
        assert_eq!(random.next_u64(), again.next_u64());
        let made = generate(&system, &secret).expect("a key");
        assert_eq!(made, expected.expect("a key"));
    }

    #[test]
    fn a_secret_that_makes_no_key_is_refused() {
        let mut secret = Secret::random(&mut ChaCha20Rng::seed_from_u64(11));
        secret.delta = Fr::from(0);
        assert!(matches!(
            generate(&small_system([3, 4], 1), &secret),
            Err(WrapError::Groth16(SynthesisError::DivisionByZero))
        ));
    }
}
