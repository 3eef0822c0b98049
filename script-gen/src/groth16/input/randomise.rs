//! Another proof of the same statement.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};

use super::{Proof, VerifyingKey};
use crate::winternitz::GameSeed;

/// What the scalars are derived for.
const DOMAIN: &str = "gavel 2026 randomised proof";

/// What they are derived from.
const CONTEXT: &str = "gavel 2026 scalars of a randomised proof";

impl Proof {
    /// A proof that verifies if and only if this one does: `(A / s, s (B + t delta), C + t A)`, with scalars `s` and `t` derived
    /// from the seed, this proof and the number of an attempt, so that nobody can foresee it who does not know the seed.
    ///
    /// An operator asserts this one in place of a proof of somebody else's making: then nobody has chosen the values that
    /// it commits. (The formula is in section 1 of [Bowe, Gabizon](https://eprint.iacr.org/2018/187).)
    #[must_use]
    pub fn randomised(&self, key: &VerifyingKey, seed: &GameSeed, attempt: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(&seed.derive(DOMAIN, &attempt.to_string()));
        for bytes in [
            coordinates(self.a),
            coordinates(self.c),
            coordinates_of_g2(self.b),
        ] {
            hasher.update(&bytes);
        }
        let mut output = hasher.finalize_xof();
        // Twice the length of the group order: what is left of the bias is below 2^-250.
        let mut scalar = || {
            let mut bytes = [0; 64];
            output.fill(&mut bytes);
            Fr::from_le_bytes_mod_order(&bytes)
        };
        let (inverse, t) = (scalar(), scalar());
        // Zero has no inverse, and a hash that is zero has not been seen.
        let Some(s) = inverse.inverse() else {
            return self.clone();
        };
        Self {
            a: (self.a * inverse).into_affine(),
            b: ((self.b + key.delta_g2 * t) * s).into_affine(),
            c: (self.c + self.a * t).into_affine(),
        }
    }
}

/// Bytes of x and y.
fn coordinates(point: G1Affine) -> Vec<u8> {
    let (x, y) = point.xy().unwrap_or_default();
    let elements = [x, y].into_iter();
    elements
        .flat_map(|element| element.into_bigint().to_bytes_le())
        .collect()
}

fn coordinates_of_g2(point: G2Affine) -> Vec<u8> {
    let (x, y) = point.xy().unwrap_or_default();
    let elements = [x.c0, x.c1, y.c0, y.c1].into_iter();
    elements
        .flat_map(|element| element.into_bigint().to_bytes_le())
        .collect()
}
