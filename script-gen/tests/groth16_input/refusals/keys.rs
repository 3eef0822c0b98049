//! Keys and statements whose points are in order one by one.

use ark_bn254::{Bn254, Fr};
use ark_ff::AdditiveGroup;
use ark_groth16::Groth16;
use ark_serialize::Compress;
use ark_snark::SNARK;
use gavel_script_gen::groth16::input::{InputError, Proof, PublicInputs, VerifyingKey, check};

use super::{assert_refused, key_forms};
use crate::stored::stored;
use crate::{arkworks, snarkjs};

#[test]
fn too_many_public_inputs() {
    let (mut key, proof, mut public) = stored(16);
    key.gamma_abc_g1
        .push((key.gamma_abc_g1[0] + key.gamma_abc_g1[1]).into());
    public.0.push(Fr::ZERO);
    for form in key_forms(&key)
        .into_iter()
        .chain([arkworks::key(&key, Compress::Yes)])
    {
        assert_refused!(VerifyingKey::parse(&form), InputError::TooManyInputs { place, found: 17 } if place == "key");
    }
    for form in [
        snarkjs::public(&public),
        arkworks::public(&public, Compress::Yes),
    ] {
        assert_refused!(PublicInputs::parse(&form), InputError::TooManyInputs { place, found: 17 } if place == "public");
    }
    assert_refused!(
        check(&key, &proof, &public),
        InputError::TooManyInputs { found: 17, .. }
    );
}

/// Without the second phase of the set-up, arkworks' verifier accepts forgeries.
#[test]
fn keys_whose_gamma_is_delta() {
    let (honest, _, public) = stored(2);
    let statement = honest.statement(&public).unwrap();
    for (delta_g2, c) in [(honest.gamma_g2, -statement), (-honest.gamma_g2, statement)] {
        let key = VerifyingKey {
            delta_g2,
            ..honest.clone()
        };
        let forged = Proof {
            a: key.alpha_g1,
            b: key.beta_g2,
            c: c.into(),
        };
        assert!(verified_by_arkworks(&key, &forged, &public));
        for form in key_forms(&key) {
            assert_refused!(VerifyingKey::parse(&form), InputError::Forgeable);
        }
        assert_refused!(check(&key, &forged, &public), InputError::Forgeable);
        assert_refused!(check(&honest, &forged, &public), InputError::ProofFails);
    }
}

/// What arkworks says of a proof.
fn verified_by_arkworks(key: &VerifyingKey, proof: &Proof, public: &PublicInputs) -> bool {
    let key = ark_groth16::VerifyingKey::<Bn254> {
        alpha_g1: key.alpha_g1,
        beta_g2: key.beta_g2,
        gamma_g2: key.gamma_g2,
        delta_g2: key.delta_g2,
        gamma_abc_g1: key.gamma_abc_g1.clone(),
    };
    let proof = ark_groth16::Proof {
        a: proof.a,
        b: proof.b,
        c: proof.c,
    };
    Groth16::<Bn254>::verify(&key, &public.0, &proof).unwrap()
}

#[test]
fn keys_whose_inputs_depend_on_each_other() {
    let (key, _, _) = stored(2);
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
        for point in [key.gamma_abc_g1[first], -key.gamma_abc_g1[first]] {
            let mut key = key.clone();
            key.gamma_abc_g1[second] = point;
            for form in key_forms(&key) {
                assert_refused!(
                    VerifyingKey::parse(&form),
                    InputError::Dependent { first: one, second: other } if (*one, *other) == (first, second)
                );
            }
        }
    }
}

/// Who knows a discrete logarithm between points of IC can choose inputs whose point is at infinity.
#[test]
fn statements_at_infinity() {
    let (mut key, proof, mut public) = stored(1);
    key.gamma_abc_g1[0] = (key.gamma_abc_g1[1] * Fr::from(5)).into();
    VerifyingKey::parse(&snarkjs::key(&key)).unwrap();
    public.0[0] = -Fr::from(5);
    assert_refused!(check(&key, &proof, &public), InputError::Infinity(place) if place == "IC[0] + sum x_i IC[i]");
}
