//! Points and coordinates.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, Field, PrimeField};
use ark_serialize::Compress;
use gavel_script_gen::groth16::input::{InputError, Proof, PublicInputs, VerifyingKey, check};

use super::{assert_refused, key_forms, proof_forms, replaced};
use crate::stored::stored;
use crate::{arkworks, snarkjs};

/// The bytes of an integer.
fn bytes(integer: impl BigInteger) -> Vec<u8> {
    integer.to_bytes_le()
}

/// Keys with one point changed, and its place.
fn keys_with(g1: G1Affine, g2: G2Affine) -> [(&'static str, VerifyingKey); 6] {
    let changed = |change: &dyn Fn(&mut VerifyingKey)| {
        let (mut key, _, _) = stored(2);
        change(&mut key);
        key
    };
    [
        ("key.alpha", changed(&|key| key.alpha_g1 = g1)),
        ("key.beta", changed(&|key| key.beta_g2 = g2)),
        ("key.gamma", changed(&|key| key.gamma_g2 = g2)),
        ("key.delta", changed(&|key| key.delta_g2 = g2)),
        ("key.IC[0]", changed(&|key| key.gamma_abc_g1[0] = g1)),
        ("key.IC[2]", changed(&|key| key.gamma_abc_g1[2] = g1)),
    ]
}

/// Proofs with one point changed, and its place.
fn proofs_with(g1: G1Affine, g2: G2Affine) -> [(&'static str, Proof); 3] {
    let (_, proof, _) = stored(2);
    [
        (
            "proof.A",
            Proof {
                a: g1,
                ..proof.clone()
            },
        ),
        (
            "proof.B",
            Proof {
                b: g2,
                ..proof.clone()
            },
        ),
        ("proof.C", Proof { c: g1, ..proof }),
    ]
}

/// A point of the curve of G2 that is not in G2: the subgroup is one part in 2^254.
fn outside_subgroup() -> G2Affine {
    let mut xs = (0u64..).map(|x| Fq2::new(Fq::from(x), Fq::ONE));
    let point = xs
        .find_map(|x| G2Affine::get_point_from_x_unchecked(x, false))
        .unwrap();
    assert!(!point.is_in_correct_subgroup_assuming_on_curve());
    point
}

#[test]
fn points_at_infinity() {
    let (key, proof, public) = stored(2);
    let (g1, g2) = (G1Affine::identity(), G2Affine::identity());
    for (expected, changed) in keys_with(g1, g2) {
        for form in key_forms(&changed)
            .into_iter()
            .chain([arkworks::key(&changed, Compress::Yes)])
        {
            assert_refused!(VerifyingKey::parse(&form), InputError::Infinity(place) if place == expected);
        }
        assert_refused!(check(&changed, &proof, &public), InputError::Infinity(place) if place == expected);
    }
    for (expected, changed) in proofs_with(g1, g2) {
        for form in proof_forms(&changed)
            .into_iter()
            .chain([arkworks::proof(&changed, Compress::Yes)])
        {
            assert_refused!(Proof::parse(&form), InputError::Infinity(place) if place == expected);
        }
        assert_refused!(check(&key, &changed, &public), InputError::Infinity(place) if place == expected);
    }
}

#[test]
fn points_off_the_curve() {
    let (key, proof, public) = stored(2);
    let g1 = G1Affine::new_unchecked(Fq::from(1), Fq::from(3));
    let g2 = G2Affine::new_unchecked(G2Affine::generator().x, Fq2::ONE);
    for (expected, changed) in keys_with(g1, g2) {
        for form in key_forms(&changed) {
            assert_refused!(VerifyingKey::parse(&form), InputError::OffCurve(place) if place == expected);
        }
        assert_refused!(check(&changed, &proof, &public), InputError::OffCurve(place) if place == expected);
    }
    for (expected, changed) in proofs_with(g1, g2) {
        for form in proof_forms(&changed) {
            assert_refused!(Proof::parse(&form), InputError::OffCurve(place) if place == expected);
        }
        assert_refused!(check(&key, &changed, &public), InputError::OffCurve(place) if place == expected);
    }
}

#[test]
fn compressed_points_without_a_root() {
    let mut xs = (1u64..).map(Fq::from);
    let x = xs
        .find(|x| G1Affine::get_ys_from_x_unchecked(*x).is_none())
        .unwrap();
    let mut proof = arkworks::proof(&stored(2).1, Compress::Yes);
    proof[..32].copy_from_slice(&bytes(x.into_bigint()));
    assert_refused!(Proof::parse(&proof), InputError::OffCurve(place) if place == "proof.A");
}

#[test]
fn points_outside_the_subgroup() {
    let (key, proof, public) = stored(2);
    let (inside, outside) = (G1Affine::generator(), outside_subgroup());
    let [_, beta, gamma, delta, ..] = keys_with(inside, outside);
    for (expected, changed) in [beta, gamma, delta] {
        for form in key_forms(&changed)
            .into_iter()
            .chain([arkworks::key(&changed, Compress::Yes)])
        {
            assert_refused!(VerifyingKey::parse(&form), InputError::Subgroup(place) if place == expected);
        }
        assert_refused!(check(&changed, &proof, &public), InputError::Subgroup(place) if place == expected);
    }
    let [_, (expected, changed), _] = proofs_with(inside, outside);
    for form in proof_forms(&changed)
        .into_iter()
        .chain([arkworks::proof(&changed, Compress::Yes)])
    {
        assert_refused!(Proof::parse(&form), InputError::Subgroup(place) if place == expected);
    }
    assert_refused!(check(&key, &changed, &public), InputError::Subgroup(place) if place == expected);
}

#[test]
fn coordinates_that_are_not_reduced() {
    let (key, proof, _) = stored(2);
    let modulus = bytes(Fq::MODULUS);
    let (compressed, uncompressed) = (
        arkworks::proof(&proof, Compress::Yes),
        arkworks::proof(&proof, Compress::No),
    );
    let places = [
        (&compressed, 0, "proof.A.x"),
        (&compressed, 1, "proof.B.x.c0"),
        (&compressed, 2, "proof.B.x.c1"),
        (&compressed, 3, "proof.C.x"),
        (&uncompressed, 1, "proof.A.y"),
        (&uncompressed, 3, "proof.B.x.c1"),
        (&uncompressed, 5, "proof.B.y.c1"),
        (&uncompressed, 7, "proof.C.y"),
    ];
    for (form, index, expected) in places {
        let mut form = form.clone();
        form[32 * index..][..32].copy_from_slice(&modulus);
        assert_refused!(Proof::parse(&form), InputError::Coordinate(place) if *place == expected);
    }
    let mut form = arkworks::key(&key, Compress::Yes);
    let last = form.len() - 32;
    form[last..].copy_from_slice(&modulus);
    assert_refused!(VerifyingKey::parse(&form), InputError::Coordinate(place) if place == "key.IC[2].x");

    let large = ["9".repeat(100), Fq::MODULUS.to_string()];
    for large in &large {
        let form = replaced(&snarkjs::proof(&proof), &proof.b.y.c0.to_string(), large);
        assert_refused!(Proof::parse(&form), InputError::Coordinate(place) if place == "proof.B.y.c0");
        let form = replaced(
            &snarkjs::key(&key),
            &key.gamma_abc_g1[1].x.to_string(),
            large,
        );
        assert_refused!(VerifyingKey::parse(&form), InputError::Coordinate(place) if place == "key.IC[1].x");
    }
}

#[test]
fn scalars_that_are_not_reduced() {
    let (_, _, public) = stored(2);
    let mut form = arkworks::public(&public, Compress::Yes);
    form[8 + 32..].copy_from_slice(&bytes(Fr::MODULUS));
    assert_refused!(PublicInputs::parse(&form), InputError::Scalar(place) if place == "public[1]");
    for large in ["9".repeat(100), Fr::MODULUS.to_string()] {
        let form = replaced(&snarkjs::public(&public), &public.0[0].to_string(), &large);
        assert_refused!(PublicInputs::parse(&form), InputError::Scalar(place) if place == "public[0]");
    }
}
