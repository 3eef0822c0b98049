//! Groth16 over the verifier circuit.

use super::error::WrapError;
use super::hash::Bn254Config;
use super::layer::LayerProof;
use super::r1cs::{ConstraintSystem, PUBLIC};
use super::statement::Statement;
use super::verifier;
use ark_bn254::{Bn254, Fr};
use ark_groth16::{Groth16, Proof, ProvingKey, VerifyingKey, prepare_verifying_key};
use ark_std::UniformRand;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::plonk::circuit_data::CircuitData;
use rand_chacha::rand_core::{CryptoRng, RngCore};

/// Builds the verifier circuit with a proof of the last layer, and says which part refuses it if one does.
pub fn synthesize(
    circuit: &CircuitData<GoldilocksField, Bn254Config, 2>,
    proof: &LayerProof,
) -> Result<ConstraintSystem, WrapError> {
    let system = verifier::constraints(&circuit.verifier_only, &circuit.common, proof)?;
    match system.unsatisfied() {
        None => Ok(system),
        Some(part) => Err(WrapError::Unsatisfied(part)),
    }
}

/// Proves that the constraints have a solution with this public input.
pub fn prove(
    key: &ProvingKey<Bn254>,
    system: &ConstraintSystem,
    random: &mut (impl RngCore + CryptoRng),
) -> Result<Proof<Bn254>, WrapError> {
    fits(key, system)?;
    let blinding = [Fr::rand(random), Fr::rand(random)];
    Ok(Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
        key,
        blinding[0],
        blinding[1],
        &system.matrices(),
        PUBLIC,
        system.constraints(),
        system.assignment(),
    )?)
}

/// Whether the proof proves the statement.
pub fn verify(
    key: &VerifyingKey<Bn254>,
    statement: &Statement,
    proof: &Proof<Bn254>,
) -> Result<bool, WrapError> {
    let key = prepare_verifying_key(key);
    Ok(Groth16::<Bn254>::verify_proof(
        &key,
        proof,
        &[statement.public_input()],
    )?)
}

/// Refuses a key whose numbers of variables and powers are not those of the constraints.
pub(crate) fn fits(key: &ProvingKey<Bn254>, system: &ConstraintSystem) -> Result<(), WrapError> {
    let domain = (system.constraints() + PUBLIC).next_power_of_two();
    let counts = [
        ("public variables", PUBLIC, key.vk.gamma_abc_g1.len()),
        ("variables", system.variables(), key.a_query.len()),
        (
            "witness variables",
            system.variables() - PUBLIC,
            key.l_query.len(),
        ),
        ("powers", domain - 1, key.h_query.len()),
    ];
    for (part, expected, found) in counts {
        if expected != found {
            return Err(WrapError::OtherKey {
                part,
                expected,
                found,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::setup::insecure_key;
    use crate::wrap::r1cs::{Linear, hash_pair};
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// The public input is the parent of two hints; `repeat` times, so that systems differ.
    pub(crate) fn small_system(hints: [u64; 2], repeat: usize) -> ConstraintSystem {
        let parent = |cs: &mut ConstraintSystem| {
            let [left, right] = hints.map(|value| cs.hint(Fr::from(value)));
            hash_pair(cs, left, right)
        };
        let mut draft = ConstraintSystem::new(Fr::from(0));
        let mut cs = ConstraintSystem::new(parent(&mut draft).value);
        for _ in 0..repeat {
            let digest: Linear = parent(&mut cs);
            let public = cs.public_input();
            cs.equal(&digest, &public);
        }
        cs
    }

    #[test]
    fn a_proof_is_accepted_for_its_public_input_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = small_system([3, 4], 1);
        assert_eq!(system.unsatisfied(), None);
        let key = insecure_key(folder.path(), &system).expect("a key");
        let mut random = ChaCha20Rng::seed_from_u64(2);
        let proof = prove(&key, &system, &mut random).expect("a proof");
        let prepared = prepare_verifying_key(&key.vk);
        let accepts = |input: Fr, proof: &Proof<Bn254>| {
            Groth16::<Bn254>::verify_proof(&prepared, proof, &[input]).expect("one input")
        };
        let input = system.assignment()[1];
        assert!(accepts(input, &proof));
        assert!(!accepts(input + Fr::from(1), &proof));
        // Blinded: another proof of the same statement.
        let second = prove(&key, &system, &mut random).expect("a proof");
        assert_ne!(proof, second);
        assert!(accepts(input, &second));
        let mixed = Proof {
            c: second.c,
            ..proof
        };
        assert!(!accepts(input, &mixed));
        // The key does not depend on the values that the system was built with.
        let other = small_system([8, 9], 1);
        let proof = prove(&key, &other, &mut random).expect("a proof");
        assert!(accepts(other.assignment()[1], &proof));
        assert!(!verify(&key.vk, &Statement([1; 32]), &proof).expect("one input"));
    }

    #[test]
    fn a_key_of_other_constraints_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = insecure_key(folder.path(), &small_system([3, 4], 1)).expect("a key");
        let mut random = ChaCha20Rng::seed_from_u64(2);
        let refused = prove(&key, &small_system([3, 4], 2), &mut random);
        assert!(matches!(
            refused,
            Err(WrapError::OtherKey {
                part: "variables",
                ..
            })
        ));
    }
}
