//! Inputs that are chosen one by one.

use ark_bn254::Fr;
use ark_ff::{BigInteger, Field, PrimeField};
use ark_serialize::Compress;
use gavel_script_gen::groth16::input::Proof;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::guest::{GUEST, Parts, library, native};
use crate::mutation::{of_small_order, twisted};

/// The ceiling of the guest's steps with 0, 1, 2, 5 and 16 public inputs.
const STEPS: [(usize, u64); 5] = [
    (0, 35_100_000),
    (1, 35_800_000),
    (2, 36_600_000),
    (5, 38_100_000),
    (16, 42_000_000),
];

#[test]
fn stored_proofs_are_verified_in_few_steps() {
    for (public_inputs, ceiling) in STEPS {
        let parts = Parts::stored(public_inputs);
        let expected = native(&parts.input());
        assert!(expected.starts_with("verified\nkey "));
        let (output, steps) = GUEST.machine(&parts.input(), public_inputs % 2);
        assert_eq!(output, expected);
        assert!(steps <= ceiling, "{public_inputs} inputs: {steps} steps");
    }
}

/// The statement does not depend on how its points are written, which takes fewer steps without compression.
#[test]
fn points_may_be_uncompressed() {
    let parts = Parts::stored(2);
    let (output, steps) = GUEST.machine(&parts.uncompressed().input(), 1);
    let (compressed, more) = GUEST.machine(&parts.input(), 1);
    assert_eq!(output, compressed);
    assert!(steps < more);
}

/// A proof for other inputs or another key.
#[test]
fn false_statements() {
    let (key, proof, mut public) = Parts::stored(2).parse();
    public.0[1] += Fr::ONE;
    let changed = Parts::new(&key, &proof, &public.0, Compress::Yes);
    assert!(
        GUEST
            .agree(&changed.input())
            .contains("the proof does not verify")
    );
    let mut wrong_key = Parts::stored(2);
    wrong_key.0[0] = Parts::stored(1).0[0].clone();
    assert_eq!(
        GUEST.agree(&wrong_key.input()),
        "rejected: the key has 1 public inputs, but 2 are given\n"
    );
}

/// A point of the twisted curve outside G2, in each place, alone and before another fault.
#[test]
fn points_outside_the_subgroup() {
    let rng = &mut ChaCha20Rng::seed_from_u64(7);
    let (key, proof, public) = Parts::stored(1).parse();
    for point in [twisted(rng), of_small_order(rng)] {
        for place in ["key.beta", "key.gamma", "key.delta", "proof.B"] {
            let (mut key, mut proof) = (key.clone(), proof.clone());
            match place {
                "key.beta" => key.beta_g2 = point,
                "key.gamma" => key.gamma_g2 = point,
                "key.delta" => key.delta_g2 = point,
                _ => proof.b = point,
            }
            let parts = Parts::new(&key, &proof, &public.0, Compress::Yes);
            let reason = format!(
                "rejected: {place} is on the curve but outside the subgroup of prime order\n"
            );
            assert_eq!(library(&parts.input()), reason);
            assert_eq!(native(&parts.input()), reason);
            let mut also = parts.clone();
            also.0[2].push(0);
            assert_eq!(library(&also.input()), reason);
            if place == "proof.B" {
                assert_eq!(GUEST.machine(&also.input(), 0).0, reason);
            } else {
                also.0[1].push(0);
                assert_eq!(library(&also.input()), reason);
            }
        }
    }
}

/// Points of IC in known relations, which no other reader can have: doublings, cancellations, infinity.
#[test]
fn sums_with_special_cases() {
    let (key, proof, _) = Parts::stored(2).parse();
    let base = key.gamma_abc_g1[1];
    let multiples = |factors: [i64; 3]| factors.map(|factor| (base * Fr::from(factor)).into());
    for (factors, inputs) in [
        ([-5, 1, 2], [1, 2]),
        ([-5, 1, 2], [5, 0]),
        ([7, 1, 2], [3, 2]),
        ([1, 2, 4], [-4, 2]),
        ([-1, 2, 3], [-4, 3]),
        ([5, 1, -3], [0, 0]),
    ] {
        let mut key = key.clone();
        key.gamma_abc_g1 = multiples(factors).to_vec();
        let parts = Parts::new(&key, &proof, &inputs.map(Fr::from), Compress::No);
        let sum: i64 = factors[0] + factors[1] * inputs[0] + factors[2] * inputs[1];
        let verdict = native(&parts.input());
        assert_eq!(
            verdict.contains("IC[0] + sum x_i IC[i]"),
            sum == 0,
            "{verdict}"
        );
        assert_eq!(library(&parts.input()), verdict);
    }
}

/// Scalars from 0 to the order, and beyond it.
#[test]
fn scalars_at_the_borders() {
    let parts = Parts::stored(1);
    let mut scalars = vec![[0; 32], [0xff; 32]];
    let mut order = Fr::MODULUS;
    scalars.push(order.to_bytes_le().try_into().unwrap());
    order.sub_with_borrow(&1u64.into());
    scalars.push(order.to_bytes_le().try_into().unwrap());
    for scalar in scalars {
        let mut parts = parts.clone();
        parts.0[2][8..].copy_from_slice(&scalar);
        assert_eq!(library(&parts.input()), native(&parts.input()));
    }
}

#[test]
fn inputs_of_another_shape() {
    let input = Parts::stored(0).input();
    for (input, reason) in [
        (vec![], "the input ends before the end of its key"),
        (
            input[..input.len() - 1].to_vec(),
            "the input ends before the end of its public inputs",
        ),
        (
            [&input[..], &[0]].concat(),
            "1 bytes follow the public inputs",
        ),
        // Three empty parts, then zeros.
        (vec![0; 65_536], "65524 bytes follow the public inputs"),
        (vec![0; 12], "key is malformed: no key has these 0 bytes"),
        (vec![0; 65_537], "the input has more than 65536 bytes"),
        (vec![0; 70_000], "the input has more than 65536 bytes"),
        (
            vec![0xff; 65_536],
            "the input ends before the end of its key",
        ),
    ] {
        assert_eq!(GUEST.agree(&input), format!("rejected: {reason}\n"));
    }
}

/// A proof that is another proof of the same statement: A and B, scaled against each other.
#[test]
fn rerandomised_proofs_are_verified() {
    let (key, proof, public) = Parts::stored(2).parse();
    let factor = Fr::from(1_234_567);
    let other = Proof {
        a: (proof.a * factor).into(),
        b: (proof.b * factor.inverse().unwrap()).into(),
        c: proof.c,
    };
    let parts = Parts::new(&key, &other, &public.0, Compress::Yes);
    assert_eq!(library(&parts.input()), library(&Parts::stored(2).input()));
}
