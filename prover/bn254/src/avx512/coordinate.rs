//! The fields of the coordinates of G1 and G2. The curves have no point (0, 0), which stands for the neutral one.

use ark_bn254::{Fq, Fq2};
use ark_ff::Field;

/// Coordinates as `D` elements of the base field: two are those of `Fq[u] / (u^2 + 1)`.
pub(crate) trait Coordinate<const D: usize>: Field {
    /// The elements.
    fn parts(&self) -> [Fq; D];
    /// From the elements.
    fn join(parts: [Fq; D]) -> Self;
}

impl Coordinate<1> for Fq {
    fn parts(&self) -> [Fq; 1] {
        [*self]
    }

    fn join([part]: [Fq; 1]) -> Self {
        part
    }
}

impl Coordinate<2> for Fq2 {
    fn parts(&self) -> [Fq; 2] {
        [self.c0, self.c1]
    }

    fn join([c0, c1]: [Fq; 2]) -> Self {
        Self::new(c0, c1)
    }
}
