//! The heavy arithmetic of a Groth16 proof on BN254: sums of multiples of points, Fourier transforms, Poseidon.
//!
//! Processors with AVX-512 IFMA do it eight elements at a time, several times as fast; all others use arkworks' functions. Which it is
//! decides the processor that runs the program. The results are the same, which the tests compare.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod coordinate;
pub mod poseidon;
#[cfg(test)]
mod tests;

pub use coordinate::Coordinate;

use ark_bn254::Fr;
use ark_ec::VariableBaseMSM;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

/// The sum of the multiples of the points, as many as there are of both: `msm::<G1, 1>` or `msm::<G2, 2>`, whose coordinates are
/// one and two elements of the base field.
pub fn msm<C, const D: usize>(points: &[Affine<C>], scalars: &[Fr]) -> Projective<C>
where
    C: SWCurveConfig<ScalarField = Fr>,
    C::BaseField: Coordinate<D>,
{
    #[cfg(target_arch = "x86_64")]
    if avx512::is_there() && points.len() < avx512::msm::LIMIT {
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions that the function is compiled for.
        return unsafe { avx512::msm::msm(points, scalars) };
    }
    let count = points.len().min(scalars.len());
    Projective::msm_unchecked(&points[..count], &scalars[..count])
}

/// From the values of polynomials on a domain to those on a coset of it.
#[derive(Debug)]
pub struct Extension {
    domain: Radix2EvaluationDomain<Fr>,
    coset: Radix2EvaluationDomain<Fr>,
    #[cfg(target_arch = "x86_64")]
    tables: Option<avx512::fft::Tables>,
}

impl Extension {
    /// Between a domain without an offset and a coset of it.
    pub fn new(domain: Radix2EvaluationDomain<Fr>, coset: Radix2EvaluationDomain<Fr>) -> Self {
        Self {
            domain,
            coset,
            #[cfg(target_arch = "x86_64")]
            tables: avx512::is_there()
                .then(|| avx512::fft::Tables::new(domain, coset))
                .flatten(),
        }
    }

    /// The values on the coset of the polynomial that has these values on the domain: as many as the domain is large, missing
    /// ones are 0.
    pub fn extend(&self, mut values: Vec<Fr>) -> Vec<Fr> {
        values.resize(self.domain.size(), Fr::from(0));
        #[cfg(target_arch = "x86_64")]
        if let Some(tables) = &self.tables {
            #[allow(unsafe_code)]
            // SAFETY: there are tables only where the processor has the instructions that the function is compiled for.
            return unsafe { tables.extend(values) };
        }
        self.domain.ifft_in_place(&mut values);
        self.coset.fft_in_place(&mut values);
        values
    }
}
