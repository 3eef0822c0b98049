//! The quotient of Groth16, and the polynomials of its key.
//!
//! Constraint `i` is a place `w^i` of a domain of size `n`, and the values of the constraints' three sides there are polynomials
//! `A`, `B`, `C` with `A B = C` on the domain. That is shown by the values of `A B - C` on the other half of the domain of size
//! `2 n`: a polynomial of degree below `2 n - 1` that is 0 on the domain is the sum of those values times their Lagrange
//! polynomials, and the key has these at the secret point. It is the form of snarkjs' keys, and takes one Fourier transform less than the
//! quotient's coefficients do.

use super::r1cs::{ConstraintSystem, PUBLIC};
use ark_bn254::Fr;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use gavel_bn254::Extension;
use rayon::prelude::*;

type Domain = Radix2EvaluationDomain<Fr>;

/// The domain of the constraints, the public variables' places behind them, and the half of the next one that is not in it.
/// `None` if the field has no domain so large.
pub(crate) fn domains(system: &ConstraintSystem) -> Option<(Domain, Domain)> {
    let domain = Domain::new(system.constraints() + PUBLIC)?;
    let twice = Domain::new(2 * domain.size())?;
    Some((domain, domain.get_coset(twice.group_gen())?))
}

/// `A B - C` on the other half of the larger domain. `None` if the field has no domain so large.
pub(crate) fn quotient(system: &ConstraintSystem) -> Option<Vec<Fr>> {
    let (domain, other) = domains(system)?;
    let extension = Extension::new(domain.size(), other.coset_offset())?;
    let [mut a, b, c] = system.values();
    a.extend(&system.assignment()[..PUBLIC]);
    let mut a = extension.extend(a);
    a.par_iter_mut()
        .zip(extension.extend(b))
        .for_each(|(a, b)| *a *= b);
    a.par_iter_mut()
        .zip(extension.extend(c))
        .for_each(|(a, c)| *a -= c);
    Some(a)
}

/// What a key is made of, at its secret point.
pub(crate) struct KeyPolynomials {
    /// For each variable the three polynomials of its coefficients.
    pub(crate) sides: [Vec<Fr>; 3],
    /// The Lagrange polynomials of the quotient's values.
    pub(crate) quotient: Vec<Fr>,
}

/// The polynomials of a key at its secret point, which is outside of the domains.
pub(crate) fn key_polynomials(
    system: &ConstraintSystem,
    (domain, other): (Domain, Domain),
    point: Fr,
) -> KeyPolynomials {
    let lagrange = domain.evaluate_all_lagrange_coefficients(point);
    let mut sides = system.columns(&lagrange);
    // The public variables have places of their own, so that their polynomials are independent.
    let places = &lagrange[system.constraints()..];
    for (sum, place) in sides[0].iter_mut().zip(places).take(PUBLIC) {
        *sum += place;
    }
    // In the larger domain: 0 on the smaller one, 1 at one place of the other half. The smaller one's vanishing polynomial is -2 on all of that.
    let mut quotient = other.evaluate_all_lagrange_coefficients(point);
    let half = -domain.evaluate_vanishing_polynomial(point) / Fr::from(2);
    quotient.par_iter_mut().for_each(|value| *value *= half);
    KeyPolynomials { sides, quotient }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::wrap::groth16::tests::small_system;
    use ark_ff::{AdditiveGroup, PrimeField};
    use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP};
    use ark_relations::gr1cs::{ConstraintSystemRef, Matrix};
    use ark_relations::utils::error::SynthesisError;

    /// The reduction of snarkjs' keys for arkworks' prover and generator: an independent, slow one.
    pub(crate) struct Snarkjs;

    impl R1CSToQAP for Snarkjs {
        fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
            cs: ConstraintSystemRef<F>,
            point: &F,
        ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize), SynthesisError> {
            LibsnarkReduction::instance_map_with_evaluation::<F, D>(cs, point)
        }

        /// From the quotient's coefficients: `A B - C` is the quotient times the vanishing polynomial, which is -2 on the other half.
        fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
            matrices: &[Matrix<F>],
            inputs: usize,
            constraints: usize,
            assignment: &[F],
        ) -> Result<Vec<F>, SynthesisError> {
            let mut quotient = LibsnarkReduction::witness_map_from_matrices::<F, D>(
                matrices,
                inputs,
                constraints,
                assignment,
            )?;
            quotient.resize(2 * quotient.len(), F::ZERO);
            let twice = D::new(quotient.len()).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
            let values = twice.fft(&quotient);
            let other = values.into_iter().skip(1).step_by(2);
            Ok(other.map(|value| -value.double()).collect())
        }

        /// The Lagrange polynomials as an inverse Fourier transform of the point's powers.
        fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
            largest: usize,
            point: F,
            _: F,
            delta_inverse: F,
        ) -> Result<Vec<F>, SynthesisError> {
            let size = 2 * (largest + 1);
            let twice = D::new(size).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
            let powers = std::iter::successors(Some(delta_inverse), |power| Some(*power * point));
            let powers: Vec<F> = powers.take(size).collect();
            let lagrange = twice.ifft(&powers);
            Ok(lagrange.into_iter().skip(1).step_by(2).collect())
        }
    }

    /// By the definition, at a point where nothing vanishes.
    #[test]
    fn the_quotients_values_are_those_of_the_polynomial() {
        let system = small_system([3, 4], 1);
        let domains = domains(&system).expect("a small system");
        let point = Fr::from(123_456_789);
        let polynomials = key_polynomials(&system, domains, point);
        let dot = |weights: &[Fr], values: &[Fr]| -> Fr {
            weights
                .iter()
                .zip(values)
                .map(|(weight, value)| *weight * value)
                .sum()
        };
        let [a, b, c] = polynomials
            .sides
            .each_ref()
            .map(|side| dot(side, system.assignment()));
        let values = quotient(&system).expect("a small system");
        assert_eq!(dot(&polynomials.quotient, &values), a * b - c);
        assert_ne!(a * b - c, Fr::ZERO);
    }
}
