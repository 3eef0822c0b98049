//! What a key and a proof have to satisfy, and the verification itself.

use ark_bn254::{Bn254, Fr, G1Projective};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Zero;

use super::{InputError, MAX_PUBLIC_INPUTS, Proof, PublicInputs, VerifyingKey, point};

impl VerifyingKey {
    /// Checks all that the module's page says of keys. [`VerifyingKey::parse`] has done it.
    ///
    /// # Errors
    /// What is refused.
    pub fn validate(&self) -> Result<(), InputError> {
        if self.gamma_abc_g1.is_empty() {
            return Err(InputError::malformed(
                "key.IC",
                "the constant point is missing",
            ));
        }
        if self.public_inputs() > MAX_PUBLIC_INPUTS {
            return Err(InputError::TooManyInputs {
                place: "key".into(),
                found: self.public_inputs() as u64,
            });
        }
        point::check("key.alpha", &self.alpha_g1)?;
        point::check("key.beta", &self.beta_g2)?;
        point::check("key.gamma", &self.gamma_g2)?;
        point::check("key.delta", &self.delta_g2)?;
        for (index, ic) in self.gamma_abc_g1.iter().enumerate() {
            point::check(&format!("key.IC[{index}]"), ic)?;
        }
        // Points of one curve with the same x are equal or opposite.
        if self.gamma_g2.x == self.delta_g2.x {
            return Err(InputError::Forgeable);
        }
        for (second, ic) in self.gamma_abc_g1.iter().enumerate() {
            if let Some(first) = self.gamma_abc_g1[..second]
                .iter()
                .position(|other| other.x == ic.x)
            {
                return Err(InputError::Dependent { first, second });
            }
        }
        Ok(())
    }

    /// `IC[0] + sum x_i IC[i]`, the point that stands for the statement.
    ///
    /// # Errors
    /// If the number of inputs is not the key's.
    pub fn statement(&self, public: &PublicInputs) -> Result<G1Projective, InputError> {
        let (constant, points) = self
            .gamma_abc_g1
            .split_first()
            .filter(|(_, points)| points.len() == public.0.len())
            .ok_or(InputError::InputCount {
                expected: self.public_inputs(),
                found: public.0.len(),
            })?;
        let term = |(point, x): (&ark_bn254::G1Affine, &Fr)| *point * x;
        Ok(points.iter().zip(&public.0).map(term).sum::<G1Projective>() + constant)
    }
}

impl Proof {
    /// Checks all that the module's page says of proofs. [`Proof::parse`] has done it.
    ///
    /// # Errors
    /// What is refused.
    pub fn validate(&self) -> Result<(), InputError> {
        point::check("proof.A", &self.a)?;
        point::check("proof.B", &self.b)?;
        point::check("proof.C", &self.c)
    }
}

/// Verifies a proof.
///
/// # Errors
/// If the key or the proof is refused, if the number of inputs is not the key's, if the statement's point is at infinity
/// (which takes a discrete logarithm to bring about), or if the proof does not verify.
pub fn check(key: &VerifyingKey, proof: &Proof, public: &PublicInputs) -> Result<(), InputError> {
    key.validate()?;
    proof.validate()?;
    let statement = key.statement(public)?.into_affine();
    point::check("IC[0] + sum x_i IC[i]", &statement)?;
    let product = Bn254::multi_pairing(
        [
            proof.a.into_group(),
            -key.alpha_g1.into_group(),
            -statement.into_group(),
            -proof.c.into_group(),
        ],
        [proof.b, key.beta_g2, key.gamma_g2, key.delta_g2],
    );
    if product.is_zero() {
        Ok(())
    } else {
        Err(InputError::ProofFails)
    }
}
