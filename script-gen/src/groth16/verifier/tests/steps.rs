//! Steps by themselves: one assignment, or none and undefined.

use ark_bn254::{Fq2, Fq6, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, UniformRand, Zero};
use num_bigint::BigInt;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{both, datum, integers};
use crate::groth16::program::{Equation, Program, Value};
use crate::groth16::verifier::accumulator::Accumulator;
use crate::groth16::verifier::builder::Builder;
use crate::groth16::verifier::forms::{Quadratic, Sextic};
use crate::groth16::verifier::line::{Affine, Move};
use crate::groth16::verifier::point::TwistPoint;
use crate::groth16::verifier::torus::Torus;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn quadratics(element: Fq6) -> [Fq2; 3] {
    [element.c0, element.c1, element.c2]
}

fn torus(builder: &mut Builder, name: &str) -> Torus {
    Torus(Sextic(
        [0, 1, 2].map(|place| builder.quadratic(&format!("{name}/{place}"))),
    ))
}

/// A program of one step, and perhaps one before it that is always defined.
fn program(build: impl FnOnce(&mut Builder)) -> Program {
    let mut builder = Builder::default();
    build(&mut builder);
    let program = builder.finish();
    assert_eq!(program.validate(), Ok(()));
    assert!((1..=2).contains(&program.steps.len()));
    program
}

/// Asserts that the step is defined for these inputs and has one assignment, or not defined, and that its relations say so.
fn assert_defined(program: &Program, inputs: &[Fq2], expected: bool) {
    let mut run = program.run(&integers(inputs)).unwrap();
    let place = program.steps.len() - 1;
    let step = &program.steps[place];
    let undefined: &[usize] = if expected { &[] } else { &[place] };
    assert_eq!(run.undefined, undefined, "{}", step.name);
    let mut undefined = step.undefined.iter();
    assert_eq!(
        undefined.all(|relation| relation.holds(&run.values)),
        !expected
    );
    if expected {
        assert_unique(program, &mut run.values, place);
    }
}

/// Asserts that no value of a step can be changed alone.
fn assert_unique(program: &Program, values: &mut [BigInt], place: usize) {
    let step = &program.steps[place];
    let holds = |values: &[BigInt]| step.equations.iter().all(|equation| equation.holds(values));
    assert!(holds(values), "{}", step.name);
    for Value(value) in step.defines() {
        values[value] += 1;
        assert!(!holds(values), "{}: {value}", step.name);
        values[value] -= 1;
    }
}

#[test]
fn squares() {
    let program = program(|builder| {
        torus(builder, "a").square(builder, "square");
    });
    let a = Fq6::rand(&mut rng());
    assert_defined(&program, &quadratics(a), true);
    assert_defined(&program, &quadratics(Fq6::zero()), false);
    let partly = Fq6::new(Fq2::zero(), a.c1, Fq2::zero());
    assert_defined(&program, &quadratics(partly), true);
}

#[test]
fn products_with_lines() {
    let program = program(|builder| {
        let a = torus(builder, "a");
        let line = ["y0", "y1"].map(|name| builder.quadratic(name));
        a.times_line(builder, "line", &|_, place| line[place].clone().into());
    });
    let mut rng = rng();
    let y = Fq6::new(Fq2::rand(&mut rng), Fq2::rand(&mut rng), Fq2::zero());
    for (a, expected) in [
        (Fq6::rand(&mut rng), true),
        (Fq6::zero(), true),
        (-y.inverse().unwrap(), false),
    ] {
        let inputs = [&quadratics(a)[..], &[y.c0, y.c1]].concat();
        assert_defined(&program, &inputs, expected);
    }
}

#[test]
fn products_with_classes() {
    let program = program(|builder| {
        let a = torus(builder, "a");
        let b = torus(builder, "b");
        a.times(builder, "times", &|_, place| b.coefficient(place));
    });
    let mut rng = rng();
    let [a, b] = [Fq6::rand(&mut rng), Fq6::rand(&mut rng)];
    for (b, expected) in [(b, true), (a, true), (-a, false)] {
        assert_defined(&program, &[quadratics(a), quadratics(b)].concat(), expected);
    }
}

#[test]
fn moves_of_the_point() {
    let at = [Fq2::from(5u64), Fq2::from(7u64)];
    let b = G2Affine::generator();
    let double = (b + b).into();
    let moves = [
        Move::Double(0),
        Move::Add(0),
        Move::Subtract(0),
        Move::Frobenius,
        Move::FrobeniusSquare,
    ];
    for kind in moves {
        let program = program(|builder| {
            let mut point = |name: &str| TwistPoint {
                x: builder.quadratic(&format!("{name}/x")),
                y: builder.quadratic(&format!("{name}/y")),
            };
            let (t, b) = (point("t"), point("b"));
            let at = Affine {
                x_over_y: builder.quadratic("x").c0,
                inverse_y: builder.quadratic("y").c0,
            };
            t.advance(builder, kind, &b, &at, false);
        });
        let image = match kind {
            Move::Double(_) | Move::Add(_) | Move::Subtract(_) => b,
            Move::Frobenius => super::super::line::psi(b),
            Move::FrobeniusSquare => super::super::line::psi(super::super::line::psi(b)),
        };
        let inputs = |t: G2Affine| [t.x, t.y, b.x, b.y, at[0], at[1]];
        assert_defined(&program, &inputs(double), true);
        let vertical = match kind {
            Move::Double(_) => G2Affine::new_unchecked(b.x, Fq2::zero()),
            _ => image,
        };
        assert_defined(&program, &inputs(vertical), false);
        // The new point is that of arkworks.
        let expected: G2Affine = match kind {
            Move::Double(_) => (double + double).into(),
            Move::Add(_) | Move::Frobenius => (double + image).into(),
            Move::Subtract(_) | Move::FrobeniusSquare => (double - image).into(),
        };
        let run = program.run(&integers(&inputs(double))).unwrap();
        let output = &program.steps.last().unwrap().outputs[0];
        let output: Vec<BigInt> = output.iter().map(|v| run.values[v.0].clone()).collect();
        let (x, y) = expected.xy().unwrap();
        assert_eq!(output, integers(&[x, y]));
    }
}

#[test]
fn additions_of_the_statement() {
    let datum = datum(1, 1);
    let step = &datum.verifier.program.steps;
    let step = step
        .iter()
        .find(|step| step.name == "public/0/window/1")
        .unwrap();
    let run = datum.run();
    let [undefined] = &step.undefined[..] else {
        panic!("{} has one way to be undefined", step.name);
    };
    assert!(!undefined.holds(&run.values));
    let mut values = run.values;
    let [(found, 1), (sum, -1)] = undefined.linear.terms[..] else {
        panic!("a difference of two x");
    };
    values[sum.0] = values[found.0].clone();
    assert!(undefined.holds(&values));
}

#[test]
fn no_value_of_any_step_can_be_changed() {
    for datum in both(1) {
        let program = &datum.verifier.program;
        let run = datum.run();
        let mut values = run.values;
        for place in 0..program.steps.len() {
            assert_unique(program, &mut values, place);
        }
    }
}

#[test]
fn every_claim_can_fail() {
    let datum = datum(1, 1);
    let program = &datum.verifier.program;
    let run = datum.run();
    for check in &program.checks {
        let holds = |equation: &Equation, values: &[BigInt]| equation.holds(values);
        assert!(
            check
                .equations
                .iter()
                .all(|equation| holds(equation, &run.values))
        );
        for claim in &check.claims {
            assert!(claim.holds(&run.values), "{}", check.name);
            for Value(value) in claim.values() {
                let mut values = run.values.clone();
                values[value] += 1;
                assert!(!claim.holds(&values), "{}", check.name);
            }
        }
        for hidden in &check.hidden {
            let mut values = run.values.clone();
            values[hidden.0] += 1;
            assert!(
                !check
                    .equations
                    .iter()
                    .all(|equation| holds(equation, &values))
            );
        }
    }
}

/// Forms agree with arkworks.
#[test]
fn multiplication_by_xi() {
    let element = Fq2::rand(&mut rng());
    let form = Quadratic::from([Value(0), Value(1)]).times_xi();
    let values = integers(&[element]);
    let expected = element * Fq2::new(9u64.into(), 1u64.into());
    let found = [form.c0.integer(&values), form.c1.integer(&values)];
    let found = found.map(|integer| {
        let p = crate::bn254::modulus();
        ((integer % &p) + &p) % p
    });
    assert_eq!(found.to_vec(), integers(&[expected]));
}
