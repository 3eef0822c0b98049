//! Valid proofs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ark_bn254::{Fq2, Fq6, Fq12};
use ark_ec::CurveGroup;
use ark_ff::{Field, One};

use super::{Datum, both, datum, element, snarkjs};
use crate::groth16::program::{
    Equation, Factor, InputKind, Program, ProgramError, Run, Step, Value,
};
use crate::groth16::verifier::line::psi;
use crate::groth16::verifier::residue::{lambda, miller};
use crate::groth16::verifier::torus::compress;

fn assert_holds(program: &Program, run: &Run) {
    assert_eq!(run.fault(program), None);
    for step in &program.steps {
        let mut equations = step.equations.iter();
        assert!(
            equations.all(|equation| equation.holds(&run.values)),
            "{}",
            step.name
        );
        let mut undefined = step.undefined.iter();
        let defined = undefined.any(|relation| !relation.holds(&run.values));
        assert!(step.undefined.is_empty() || defined, "{}", step.name);
    }
    for check in &program.checks {
        let mut equations = check.equations.iter();
        assert!(
            equations.all(|equation| equation.holds(&run.values)),
            "{}",
            check.name
        );
        let mut claims = check.claims.iter();
        assert!(
            claims.all(|claim| claim.holds(&run.values)),
            "{}",
            check.name
        );
    }
}

#[test]
fn all_relations_hold_for_valid_proofs() {
    let committed = [(0, 1), (1, 1), (1, 2), (2, 1), (5, 2), (16, 2)];
    let committed = committed.map(|(public_inputs, window)| datum(public_inputs, window));
    let small = [datum(0, 1), datum(1, 1), snarkjs(1)].map(Datum::of_small_steps);
    for datum in committed.into_iter().chain([snarkjs(1)]).chain(small) {
        let program = &datum.verifier.program;
        assert_eq!(program.validate(), Ok(()));
        let start = Instant::now();
        let run = datum.run();
        assert!(start.elapsed() < Duration::from_secs(5));
        println!("{} steps: {:?}", program.steps.len(), start.elapsed());
        assert_holds(program, &run);
        // The proof as it is.
        let inputs = datum.verifier.inputs(&datum.public, &datum.proof).unwrap();
        assert_holds(program, &datum.verifier.run(&inputs).unwrap());
    }
}

/// Whoever chooses a proof and its public inputs chooses nothing that is committed.
#[test]
fn operators_have_nothing_in_common_but_the_public_inputs() {
    for datum in [datum(0, 1), datum(1, 1), datum(2, 1).of_small_steps()] {
        let program = &datum.verifier.program;
        let [one, other] = [1, 2].map(|operator| datum.run_of(operator));
        for input in &program.inputs {
            let same = one.values[input.value.0] == other.values[input.value.0];
            assert_eq!(same, input.kind == InputKind::Scalar, "{}", input.name);
        }
        for step in &program.steps {
            for Value(value) in step.outputs.iter().flatten() {
                assert_ne!(one.values[*value], other.values[*value], "{}", step.name);
            }
        }
    }
}

#[test]
fn every_output_depends_on_what_the_operator_has_randomised() {
    for datum in both(2) {
        let program = &datum.verifier.program;
        let dependences = program.dependences();
        let names = |value: &Value| -> Vec<&str> {
            let inputs = dependences[value].iter();
            inputs
                .map(|input| program.inputs[*input].name.as_str())
                .collect()
        };
        for step in &program.steps {
            for value in step.outputs.iter().flatten() {
                let mut names = names(value).into_iter();
                assert!(names.any(|name| !name.starts_with("public/")));
            }
        }
        let of = |name: &str| {
            let step = program.steps.iter().find(|step| step.name == name).unwrap();
            names(&step.outputs[0][0])
        };
        let a = ["proof/a/x-over-y", "proof/a/inverse-y"];
        assert_eq!(of("public/0/window/5"), [&["public/0"], &a[..]].concat());
        assert_eq!(
            of("statement/quotients"),
            [&["public/0", "public/1"], &a[..]].concat()
        );
        assert_eq!(of("point/63/double").len(), 4);
    }
}

/// The sum without A, as one would write it at first.
#[test]
fn a_statement_by_itself_is_refused() {
    let mut program = datum(1, 1).verifier.program;
    let window = |step: &&mut Step| step.name == "public/0/window/0";
    let step = program.steps.iter_mut().find(window).unwrap();
    let found = step.hidden[..2].to_vec();
    let [Equation::Lookup(lookup), ..] = &step.equations[..] else {
        panic!("a window starts with a look-up");
    };
    step.equations = vec![Equation::Lookup(lookup.clone())];
    step.undefined = vec![];
    step.hidden = vec![];
    step.outputs = vec![found];
    program.steps = vec![step.clone()];
    program.checks = vec![];
    let refused = program.validate();
    let name = "public/0/window/0".to_owned();
    assert_eq!(refused, Err(ProgramError::Foreseeable(name)));
}

#[test]
fn names_are_unique() {
    for program in both(2).map(|datum| datum.verifier.program) {
        assert_names_are_unique(&program);
    }
}

fn assert_names_are_unique(program: &Program) {
    let steps = program.steps.iter().map(|step| &step.name);
    // Each claim has a leaf of its own.
    let claims = program.checks.iter().flat_map(|check| {
        let claims = 0..check.claims.len();
        claims.map(|claim| format!("{}/{claim}", check.name))
    });
    let inputs = program.inputs.iter().map(|input| &input.name);
    let mut names: Vec<String> = steps.chain(inputs).cloned().chain(claims).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// The coordinates of a step's first member in Fq2.
fn output(program: &Program, run: &Run, name: &str) -> Vec<Fq2> {
    let step = program.steps.iter().find(|step| step.name == name).unwrap();
    let values = step.outputs[0]
        .iter()
        .map(|value| element(&run.values[value.0]));
    let values: Vec<_> = values.collect();
    values
        .as_chunks()
        .0
        .iter()
        .map(|[c0, c1]| Fq2::new(*c0, *c1))
        .collect()
}

#[test]
fn values_are_those_of_arkworks() {
    let datum = datum(2, 2);
    let program = &datum.verifier.program;
    let inputs = datum.verifier.inputs(&datum.public, &datum.proof).unwrap();
    let run = datum.verifier.run(&inputs).unwrap();
    let statement = datum.key.statement(&datum.public).unwrap() + datum.proof.a;
    let statement = statement.into_affine();
    let b = (datum.proof.b + datum.key.gamma_g2).into_affine();
    let sum = output(program, &run, "public/1/window/31");
    assert_eq!(sum, [Fq2::new(statement.x, statement.y)]);
    let sextic = |values: &[Fq2]| Fq6::new(values[0], values[1], values[2]);
    let inputs = &run.values[program.inputs.len() - 6..program.inputs.len()];
    let inputs: Vec<_> = inputs.iter().map(element).collect();
    let root: Vec<_> = inputs
        .as_chunks()
        .0
        .iter()
        .map(|[c0, c1]| Fq2::new(*c0, *c1))
        .collect();
    let root = Fq12::new(sextic(&root), Fq6::one());
    let product = miller(
        [
            datum.proof.a,
            -datum.key.alpha_g1,
            -statement,
            -datum.proof.c,
        ],
        [b, datum.key.beta_g2, datum.key.gamma_g2, datum.key.delta_g2],
    );
    // The last accumulator lacks c^-(p^3) only.
    let power = root.pow(lambda().magnitude().to_u64_digits());
    let expected = product * power.inverse().unwrap() * root.frobenius_map(3);
    let accumulator = sextic(&output(program, &run, "residue/frobenius-2"));
    assert_eq!(compress(expected), Some(accumulator));
    let last = output(program, &run, "point/frobenius-2/subtract");
    let image = -psi(psi(psi(b)));
    assert_eq!(last, [image.x, image.y]);
}

/// Steps by kind: the last part of their names.
fn kind(step: &Step) -> String {
    let parts = step
        .name
        .split('/')
        .filter(|part| part.parse::<usize>().is_err());
    parts.collect::<Vec<_>>().join("/")
}

/// Steps, values, relations, products of values, products with constants.
fn sizes(steps: &[Step]) -> BTreeMap<String, [usize; 5]> {
    let mut kinds = BTreeMap::<String, [usize; 5]>::new();
    for step in steps {
        let row = kinds.entry(kind(step)).or_default();
        row[0] += 1;
        row[1] += step.defines().count();
        for equation in &step.equations {
            if let Equation::Relation(relation) = equation {
                row[2] += 1;
                for product in &relation.products {
                    row[3 + usize::from(matches!(product.right, Factor::Constant(_)))] += 1;
                }
            }
        }
    }
    kinds
}

#[test]
fn sizes_of_the_programs() {
    let inputs = both(1).map(|datum| datum.verifier.program.inputs.len());
    assert_eq!(inputs, [16, 13]);
    let totals = both(1).map(|datum| {
        let program = datum.verifier.program;
        let kinds = sizes(&program.steps);
        for (kind, row) in &kinds {
            println!("{kind}: {row:?}");
        }
        let sum = |sum: [usize; 5], row: &[usize; 5]| std::array::from_fn(|i| sum[i] + row[i]);
        kinds.values().fold([0; 5], sum)
    });
    // docs/groth16.md
    assert_eq!(totals[0], [465, 4916, 4788, 18_512, 640]);
    assert_eq!(totals[1], [2482, 11_223, 11_095, 22_857, 4354]);
}
