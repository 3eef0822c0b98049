//! The heavy arithmetic of a Groth16 proof on BN254: sums of multiples of points, Fourier transforms, Poseidon.
//!
//! Processors with AVX-512 IFMA do it eight elements at a time, several times as fast; all others use arkworks' functions.
//! The processor that runs the program decides which. The results are the same, which the tests compare.

#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod poseidon;
#[cfg(test)]
mod tests;

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::VariableBaseMSM;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

/// The sum of the multiples of the points. Of the longer slice, what has no partner in the other one is not used.
pub fn sum_in_g1(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    #[cfg(target_arch = "x86_64")]
    if let Some(sum) = avx512::msm::sum::<_, 1>(points, scalars) {
        return sum;
    }
    sum_by_arkworks(points, scalars)
}

/// The same in G2.
pub fn sum_in_g2(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
    #[cfg(target_arch = "x86_64")]
    if let Some(sum) = avx512::msm::sum::<_, 2>(points, scalars) {
        return sum;
    }
    sum_by_arkworks(points, scalars)
}

fn sum_by_arkworks<G: VariableBaseMSM>(points: &[G::MulBase], scalars: &[G::ScalarField]) -> G {
    let count = points.len().min(scalars.len());
    G::msm_unchecked(&points[..count], &scalars[..count])
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
    /// From the roots of unity, as many as the next power of two from `size`, to their products with `offset`. `None` if the field
    /// has fewer, or the offset is 0.
    pub fn new(size: usize, offset: Fr) -> Option<Self> {
        let domain = Radix2EvaluationDomain::new(size)?;
        let coset = domain.get_coset(offset)?;
        Some(Self {
            domain,
            coset,
            #[cfg(target_arch = "x86_64")]
            tables: avx512::fft::Tables::new(domain, offset),
        })
    }

    /// The values on the coset of the polynomial that has these values on the domain. Missing values are zeros; more than
    /// the domain has places are not used.
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
