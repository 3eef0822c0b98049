//! False proofs and false inputs: what refutes them.

use ark_bn254::{Fq, Fq2, Fq6, Fq12, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, PrimeField, UniformRand};
use num_bigint::{BigInt, BigUint};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Datum, both, datum, element, integers, place};
use crate::groth16::input::{InputError, Proof, PublicInputs, VerifyingKey};
use crate::groth16::program::Equation;
use crate::groth16::verifier::forms::integer;
use crate::groth16::verifier::torus::compress;
use crate::groth16::verifier::{Verifier, VerifierError, coordinates};
use crate::winternitz::GameSeed;

fn refuted(datum: &Datum, public: &PublicInputs, proof: &Proof) -> Option<String> {
    let inputs = datum.verifier.inputs(public, proof).unwrap();
    let run = datum.verifier.run(&inputs).unwrap();
    datum.verifier.refutation(&run)
}

fn refuted_inputs(datum: &Datum, change: impl FnOnce(&mut [BigInt])) -> Option<String> {
    let mut inputs = datum.verifier.inputs(&datum.public, &datum.proof).unwrap();
    change(&mut inputs);
    let run = datum.verifier.run(&inputs).unwrap();
    datum.verifier.refutation(&run)
}

/// Multiplies the residue witness, the last inputs, by a class of order r.
fn other_root(datum: &Datum, inputs: &mut [BigInt], power: u64) {
    let cofactor = (BigUint::from(Fq::MODULUS).pow(6) + 1u32) / BigUint::from(Fr::MODULUS);
    let unit = Fq12::new(Fq6::one(), Fq6::one()).pow(cofactor.to_u64_digits());
    let first = residue(datum);
    let root: Vec<Fq> = inputs[first..].iter().map(element).collect();
    // Coefficients of low powers are not given if they are 0.
    let mut coefficients = vec![Fq::from(0u64); 6 - root.len()];
    coefficients.extend(root);
    let root = Fq6::from_base_prime_field_elems(coefficients).unwrap();
    let other = Fq12::new(root, Fq6::one()) * unit.pow([power]);
    let other = (datum.verifier.residue)(compress(other).unwrap()).unwrap();
    inputs[first..].clone_from_slice(&integers(&other));
}

/// The first input of the residue witness.
fn residue(datum: &Datum) -> usize {
    let mut inputs = datum.verifier.program.inputs.iter();
    let first = inputs.position(|input| input.name.starts_with("residue/"));
    first.unwrap()
}

fn is(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[test]
fn wrong_proofs_fail_the_last_check_whatever_the_root() {
    for datum in both(2) {
        let wrong = PublicInputs(vec![datum.public.0[0], datum.public.0[1] + Fr::from(1u64)]);
        assert_eq!(refuted(&datum, &wrong, &datum.proof), is("pairing/is-one"));
        let other = |point: G1Affine| (point + G1Affine::generator()).into_affine();
        let a = Proof {
            a: other(datum.proof.a),
            ..datum.proof.clone()
        };
        let b = (datum.proof.b + G2Affine::generator()).into_affine();
        let b = Proof {
            b,
            ..datum.proof.clone()
        };
        let c = Proof {
            c: other(datum.proof.c),
            ..datum.proof.clone()
        };
        for proof in [&a, &b, &c] {
            assert_eq!(refuted(&datum, &datum.public, proof), is("pairing/is-one"));
            let seed = GameSeed::new(&[1; 32], &[2; 32]);
            let error = datum.verifier.witness(&datum.public, proof, &seed);
            let error = error.unwrap_err();
            assert!(
                matches!(error, VerifierError::Input(InputError::ProofFails)),
                "{error}"
            );
        }
        for power in 1..4 {
            let mut inputs = datum.verifier.inputs(&datum.public, &a).unwrap();
            other_root(&datum, &mut inputs, power);
            let run = datum.verifier.run(&inputs).unwrap();
            assert_eq!(datum.verifier.refutation(&run), is("pairing/is-one"));
        }
    }
}

#[test]
fn a_proof_under_another_key_fails_the_last_check() {
    let Datum {
        key, proof, public, ..
    } = datum(1, 1);
    let key = VerifyingKey {
        delta_g2: (key.delta_g2 + G2Affine::generator()).into_affine(),
        ..key
    };
    for verifier in [Verifier::new(&key, 1), Verifier::of_small_steps(&key, 1)] {
        let verifier = verifier.unwrap();
        let inputs = verifier.inputs(&public, &proof).unwrap();
        let run = verifier.run(&inputs).unwrap();
        assert_eq!(verifier.refutation(&run), is("pairing/is-one"));
    }
}

#[test]
fn other_roots_serve_as_well() {
    for datum in both(1) {
        let mut all = vec![];
        for power in 1..4 {
            let mut inputs = datum.verifier.inputs(&datum.public, &datum.proof).unwrap();
            other_root(&datum, &mut inputs, power);
            let run = datum.verifier.run(&inputs).unwrap();
            assert_eq!(datum.verifier.refutation(&run), None);
            all.push(inputs);
        }
        all.dedup();
        assert_eq!(all.len(), 3);
    }
}

#[test]
fn points_outside_the_subgroup_fail_its_check() {
    for datum in both(0) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (x, y) = std::iter::repeat_with(|| Fq2::rand(&mut rng))
            .find_map(|x| {
                let square = x.square() * x + ark_bn254::g2::Config::COEFF_B;
                Some((x, square.sqrt()?))
            })
            .unwrap();
        let b = G2Affine::new_unchecked(x, y);
        assert!(b.is_on_curve() && !b.is_in_correct_subgroup_assuming_on_curve());
        // A point of order r and one of another order.
        let sum = (b + datum.proof.b).into_affine();
        let cofactor_only = (b * Fr::from(0u64) + b.mul_by_cofactor_to_group()).into_affine();
        for (b, expected) in [
            (b, is("proof/b/in-subgroup")),
            (sum, is("proof/b/in-subgroup")),
            (cofactor_only, is("pairing/is-one")),
        ] {
            let proof = Proof {
                b,
                ..datum.proof.clone()
            };
            assert_eq!(refuted(&datum, &datum.public, &proof), expected);
        }
    }
}

#[test]
fn points_off_the_curve_fail_its_check() {
    for datum in both(1) {
        let off = |point: G1Affine| G1Affine::new_unchecked(point.x, point.y + Fq::from(1u64));
        let a = Proof {
            a: off(datum.proof.a),
            ..datum.proof.clone()
        };
        let c = Proof {
            c: off(datum.proof.c),
            ..datum.proof.clone()
        };
        let b = datum.proof.b;
        let b = G2Affine::new_unchecked(b.x + Fq2::from(1u64), b.y);
        let b = Proof {
            b,
            ..datum.proof.clone()
        };
        for (proof, expected) in [
            (a, "proof/a/on-curve"),
            (c, "proof/c/on-curve"),
            (b, "proof/b/on-twist"),
        ] {
            assert_eq!(refuted(&datum, &datum.public, &proof), is(expected));
        }
    }
}

#[test]
fn infinity_is_undefined() {
    for datum in both(0) {
        let program = &datum.verifier.program;
        for point in ["proof/a", "proof/c"] {
            let x = place(program, &format!("{point}/x-over-y"));
            let y = place(program, &format!("{point}/inverse-y"));
            let stopped = refuted_inputs(&datum, |inputs| {
                inputs[x] = 0.into();
                inputs[y] = 0.into();
            });
            assert_eq!(stopped, Some(format!("{point}/finite")));
        }
        let proof = Proof {
            a: G1Affine::identity(),
            ..datum.proof.clone()
        };
        let error = datum.verifier.inputs(&datum.public, &proof).unwrap_err();
        assert!(
            matches!(error, VerifierError::Input(InputError::Infinity(_))),
            "{error}"
        );
    }
}

/// A proof's B that gamma is not added to proves nothing.
#[test]
fn the_b_of_a_proof_by_itself_fails_the_last_check() {
    for datum in both(1) {
        let b = place(&datum.verifier.program, "proof/b/x/c0");
        let (x, y) = datum.proof.b.xy().unwrap();
        let refuted = refuted_inputs(&datum, |inputs| {
            inputs[b..b + 4].clone_from_slice(&integers(&[x, y]));
        });
        assert_eq!(refuted, is("pairing/is-one"));
    }
}

/// An operator that chooses A such that the statement's sum meets what is added to it, or its opposite, or infinity.
#[test]
fn a_sum_that_is_undefined_is_the_operators_loss() {
    let datum = datum(1, 1);
    let program = &datum.verifier.program;
    let scalar = BigInt::from(BigUint::from(datum.public.0[0]));
    let mut sum = G1Affine::identity();
    let mut windows = program
        .steps
        .iter()
        .filter(|step| step.name.starts_with("public/0/window/"));
    for place in 0..64 {
        let step = windows.next().unwrap();
        let [Equation::Lookup(lookup), ..] = &step.equations[..] else {
            panic!("{} starts with a look-up", step.name);
        };
        let [x, y] = lookup.row(&scalar).each_ref().map(element);
        let found = G1Affine::new(x, y);
        if place % 21 == 0 {
            for a in [found - sum, -(found + sum)] {
                let at = super::place(program, "proof/a/x-over-y");
                let a = coordinates("A", a.into_affine()).unwrap().map(integer);
                let refuted = refuted_inputs(&datum, |inputs| {
                    inputs[at..at + 2].clone_from_slice(&a);
                });
                assert_eq!(refuted.as_ref(), Some(&step.name));
            }
        }
        sum = (sum + found).into_affine();
    }
    // A = -L is the last of these cases.
    let statement = datum.key.statement(&datum.public).unwrap().into_affine();
    assert_eq!(sum, statement);
    let proof = Proof {
        a: -statement,
        ..datum.proof.clone()
    };
    let error = datum.verifier.inputs(&datum.public, &proof).unwrap_err();
    assert!(
        matches!(error, VerifierError::Input(InputError::Infinity(_))),
        "{error}"
    );
}

#[test]
fn every_false_input_is_refuted() {
    for datum in both(2) {
        let program = &datum.verifier.program;
        for (index, input) in program.inputs.iter().enumerate() {
            let expected = match input.name.as_str() {
                "proof/c/x-square-over-y" => "proof/c/square",
                name if name.starts_with("proof/a") => "proof/a/on-curve",
                name if name.starts_with("proof/c") => "proof/c/on-curve",
                name if name.starts_with("proof/b") => "proof/b/on-twist",
                _ => "pairing/is-one",
            };
            let found = refuted_inputs(&datum, |inputs| inputs[index] += 1);
            assert_eq!(found, is(expected), "{}", input.name);
        }
    }
}

#[test]
fn numbers_out_of_range_are_refuted_though_every_relation_holds() {
    let datum = datum(2, 1);
    let inputs = datum.verifier.program.inputs.clone();
    for (index, input) in inputs.iter().enumerate() {
        let bound = input.kind.bound();
        for change in [&bound, &-&bound] {
            let found = refuted_inputs(&datum, |inputs| inputs[index] += change);
            assert_eq!(found, is(&input.name));
        }
    }
}

#[test]
fn a_witness_of_zeros_is_refuted() {
    // w has no square in the quotient by Fq6*, but it has one in that by Fq4*.
    let expected = ["miller/63/square", "pairing/is-one"];
    for (datum, expected) in both(0).into_iter().zip(expected) {
        let first = residue(&datum);
        let stopped = refuted_inputs(&datum, |inputs| inputs[first..].fill(0.into()));
        assert_eq!(stopped, is(expected));
        let y = place(&datum.verifier.program, "proof/b/y/c0");
        let stopped = refuted_inputs(&datum, |inputs| inputs[y..y + 2].fill(0.into()));
        assert_eq!(stopped, is("point/63/double"));
    }
}

#[test]
fn the_number_of_inputs_and_the_window_are_checked() {
    let datum = datum(1, 1);
    let error = datum.verifier.run(&[]).unwrap_err();
    assert_eq!(error.to_string(), "the program has 16 inputs, not 0");
    let error = datum
        .verifier
        .witness(
            &PublicInputs(vec![]),
            &datum.proof,
            &GameSeed::new(&[1; 32], &[2; 32]),
        )
        .unwrap_err();
    assert!(
        matches!(error, VerifierError::Input(InputError::InputCount { .. })),
        "{error}"
    );
    let error = Verifier::new(&datum.key, 3).unwrap_err();
    assert_eq!(error.to_string(), "a window has 1 or 2 nibbles, not 3");
}
