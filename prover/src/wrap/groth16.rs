//! Groth16 over the verifier circuit.

use super::error::WrapError;
use super::hash::Bn254Config;
use super::layer::LayerProof;
use super::quotient::{domains, quotient};
use super::r1cs::{ConstraintSystem, PUBLIC};
use super::statement::Statement;
use super::verifier;
use ark_bn254::{Bn254, Fr};
use ark_ec::CurveGroup;
use ark_ec::pairing::Pairing;
use ark_ff::{UniformRand, Zero};
use ark_groth16::{Proof, ProvingKey, VerifyingKey};
use ark_poly::EvaluationDomain;
use ark_relations::utils::error::SynthesisError;
use gavel_bn254::{sum_in_g1, sum_in_g2};
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

/// Proves that the constraints have a solution with this public input. The proof has been verified under the key.
pub fn prove(
    key: &ProvingKey<Bn254>,
    system: &ConstraintSystem,
    random: &mut (impl RngCore + CryptoRng),
) -> Result<Proof<Bn254>, WrapError> {
    fits(key, system)?;
    let blinding = [Fr::rand(random), Fr::rand(random)];
    let proof = blinded(key, system, blinding)?;
    // Counts alone do not make a key one of these constraints.
    match verifies(&key.vk, system.assignment()[1], &proof)? {
        true => Ok(proof),
        false => Err(WrapError::NotVerified),
    }
}

/// The proof with this blinding, for a key that fits.
fn blinded(
    key: &ProvingKey<Bn254>,
    system: &ConstraintSystem,
    [r, s]: [Fr; 2],
) -> Result<Proof<Bn254>, WrapError> {
    let quotient = quotient(system).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
    let quotient = sum_in_g1(&key.h_query, &quotient);
    let assignment = system.assignment();
    let witness = sum_in_g1(&key.l_query, &assignment[PUBLIC..]);
    let a = key.delta_g1 * r + key.vk.alpha_g1 + sum_in_g1(&key.a_query, assignment);
    let b_g1 = key.delta_g1 * s + key.beta_g1 + sum_in_g1(&key.b_g1_query, assignment);
    let b = key.vk.delta_g2 * s + key.vk.beta_g2 + sum_in_g2(&key.b_g2_query, assignment);
    let c = witness + quotient + a * s + b_g1 * r - key.delta_g1 * (r * s);
    Ok(Proof {
        a: a.into_affine(),
        b: b.into_affine(),
        c: c.into_affine(),
    })
}

/// Whether the proof proves the statement.
pub fn verify(
    key: &VerifyingKey<Bn254>,
    statement: &Statement,
    proof: &Proof<Bn254>,
) -> Result<bool, WrapError> {
    verifies(key, statement.public_input(), proof)
}

/// The equation: `e(A, B) = e(alpha, beta) e(input, gamma) e(C, delta)`, as one product of pairings.
fn verifies(
    key: &VerifyingKey<Bn254>,
    public: Fr,
    proof: &Proof<Bn254>,
) -> Result<bool, WrapError> {
    let [constant, input] = key.gamma_abc_g1[..] else {
        return Err(WrapError::OtherKey {
            part: "public variables",
            expected: PUBLIC,
            found: key.gamma_abc_g1.len(),
        });
    };
    let input = (constant + input * public).into_affine();
    let left = [-proof.a, key.alpha_g1, input, proof.c];
    let right = [proof.b, key.beta_g2, key.gamma_g2, key.delta_g2];
    Ok(Bn254::multi_pairing(left, right).is_zero())
}

/// Refuses a key whose numbers of variables and of values of the quotient are not those of the constraints.
pub(crate) fn fits(key: &ProvingKey<Bn254>, system: &ConstraintSystem) -> Result<(), WrapError> {
    let (domain, _) = domains(system).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
    let (variables, public) = (system.variables(), key.vk.gamma_abc_g1.len());
    let counts = [
        ("public variables", PUBLIC, public),
        ("variables", variables, key.a_query.len()),
        ("variables", variables, key.b_g1_query.len()),
        ("variables", variables, key.b_g2_query.len()),
        ("witness variables", variables - PUBLIC, key.l_query.len()),
        ("values of the quotient", domain.size(), key.h_query.len()),
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
    use crate::wrap::key::{Secret, generate};
    use crate::wrap::quotient::tests::Snarkjs;
    use crate::wrap::r1cs::{Linear, hash_pair};
    use ark_groth16::{Groth16, prepare_verifying_key};
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
    fn a_statement_is_verified_as_arkworks_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let statement = Statement([0x15; 32]);
        let mut system = ConstraintSystem::new(statement.public_input());
        let (public, same) = (system.public_input(), system.hint(statement.public_input()));
        system.equal(&public, &same);
        let key = insecure_key(folder.path(), &system).expect("a key");
        let proof = prove(&key, &system, &mut ChaCha20Rng::seed_from_u64(2)).expect("a proof");
        let prepared = prepare_verifying_key(&key.vk);
        let arkworks = |statement: &Statement, proof: &Proof<Bn254>| {
            let input = [statement.public_input()];
            Groth16::<Bn254>::verify_proof(&prepared, proof, &input).expect("one input")
        };
        let mut swapped = proof.clone();
        std::mem::swap(&mut swapped.a, &mut swapped.c);
        let cases = [
            (statement, &proof, true),
            (Statement([0x16; 32]), &proof, false),
            (statement, &swapped, false),
        ];
        for (statement, proof, valid) in cases {
            assert_eq!(arkworks(&statement, proof), valid);
            assert_eq!(
                verify(&key.vk, &statement, proof).expect("one input"),
                valid
            );
        }
        let mut other = key.vk.clone();
        other.gamma_abc_g1.push(other.alpha_g1);
        let refused = verify(&other, &statement, &proof);
        assert!(matches!(
            refused,
            Err(WrapError::OtherKey {
                part: "public variables",
                found: 3,
                ..
            })
        ));
    }

    #[test]
    fn the_proof_is_the_one_that_arkworks_makes() {
        let system = small_system([3, 4], 1);
        let secret = Secret::random(&mut ChaCha20Rng::seed_from_u64(5));
        let key = generate(&system, &secret).expect("a key");
        for [r, s] in [[7, 9], [0, 0]].map(|blinding| blinding.map(Fr::from)) {
            let expected = Groth16::<Bn254, Snarkjs>::create_proof_with_reduction_and_matrices(
                &key,
                r,
                s,
                &system.matrices(),
                PUBLIC,
                system.constraints(),
                system.assignment(),
            );
            let made = blinded(&key, &system, [r, s]).expect("a proof");
            assert_eq!(made, expected.expect("a proof"));
        }
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
