//! Operations of accumulators, against arkworks.

use ark_bn254::{Fq2, Fq6, Fq12, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, One, UniformRand, Zero};
use num_bigint::BigInt;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{element, integers};
use crate::groth16::program::{Linear, Program, Run};
use crate::groth16::verifier::accumulator::Accumulator;
use crate::groth16::verifier::builder::Builder;
use crate::groth16::verifier::forms::{Quadratic, Sextic};
use crate::groth16::verifier::line::{FixedLine, Move, psi};
use crate::groth16::verifier::powers::Powers;
use crate::groth16::verifier::torus::{Torus, compress};

/// What the gadgets are tested with.
struct Sample {
    rng: ChaCha20Rng,
    inputs: Vec<Fq2>,
    builder: Builder,
}

impl Sample {
    fn new() -> Self {
        Self {
            rng: ChaCha20Rng::seed_from_u64(11),
            inputs: vec![],
            builder: Builder::default(),
        }
    }

    /// An input of this value.
    fn input(&mut self, value: Fq2) -> Quadratic {
        self.inputs.push(value);
        let name = format!("input/{}", self.inputs.len());
        self.builder.quadratic(&name)
    }

    /// A random input.
    fn random(&mut self) -> (Fq2, Quadratic) {
        let value = Fq2::rand(&mut self.rng);
        (value, self.input(value))
    }

    fn run(self) -> (Program, Run) {
        let program = self.builder.finish();
        assert_eq!(program.validate(), Ok(()));
        let run = program.run(&integers(&self.inputs)).unwrap();
        (program, run)
    }
}

fn evaluate(form: &Quadratic, values: &[BigInt]) -> Fq2 {
    let part = |linear: &Linear| {
        let p = crate::bn254::modulus();
        element(&(((linear.integer(values) % &p) + &p) % p))
    };
    Fq2::new(part(&form.c0), part(&form.c1))
}

/// `sum f_k w^k`.
fn powers([f0, f1, f2, f3, f4, f5]: [Fq2; 6]) -> Fq12 {
    Fq12::new(Fq6::new(f0, f2, f4), Fq6::new(f1, f3, f5))
}

fn is_in_fq4(element: Fq12) -> bool {
    [element.c0.c1, element.c0.c2, element.c1.c0, element.c1.c2]
        .iter()
        .all(Fq2::is_zero)
}

/// An accumulator with a random value.
trait Random: Accumulator {
    fn random(sample: &mut Sample) -> (Fq12, Self);
    /// Asserts that it is the class of an element.
    fn assert_is(&self, expected: Fq12, values: &[BigInt]);
}

impl Random for Torus {
    fn random(sample: &mut Sample) -> (Fq12, Self) {
        let [a, b, c] = std::array::from_fn(|_| sample.random());
        let element = Fq12::new(Fq6::new(a.0, b.0, c.0), Fq6::one());
        (element, Torus(Sextic([a.1, b.1, c.1])))
    }

    fn assert_is(&self, expected: Fq12, values: &[BigInt]) {
        let [a, b, c] = self.0.0.each_ref().map(|form| evaluate(form, values));
        assert_eq!(compress(expected), Some(Fq6::new(a, b, c)));
    }
}

impl Random for Powers {
    fn random(sample: &mut Sample) -> (Fq12, Self) {
        let parts: [(Fq2, Quadratic); 6] = std::array::from_fn(|_| sample.random());
        let element = powers(parts.each_ref().map(|(value, _)| *value));
        (element, Powers(parts.map(|(_, form)| form)))
    }

    fn assert_is(&self, expected: Fq12, values: &[BigInt]) {
        let found = powers(self.0.each_ref().map(|form| evaluate(form, values)));
        assert!(!found.is_zero() && is_in_fq4(expected * found.inverse().unwrap()));
    }
}

fn squares<A: Random>() {
    let mut sample = Sample::new();
    let (element, accumulator) = A::random(&mut sample);
    let square = accumulator.square(&mut sample.builder, "square");
    let (_, run) = sample.run();
    square.assert_is(element.square(), &run.values);
}

fn products_with_lines<A: Random>() {
    let mut sample = Sample::new();
    let (element, accumulator) = A::random(&mut sample);
    let line = [sample.random(), sample.random()];
    let product = accumulator.times_line(&mut sample.builder, "line", &|_, place| {
        line[place].1.clone().into()
    });
    let (_, run) = sample.run();
    let y = Fq6::new(line[0].0, line[1].0, Fq2::zero());
    product.assert_is(element * Fq12::new(Fq6::one(), y), &run.values);
}

fn products_with_classes<A: Random>() {
    for exponent in 0..4 {
        let mut sample = Sample::new();
        let (element, accumulator) = A::random(&mut sample);
        let (factor, class) = Torus::random(&mut sample);
        let reduced = accumulator.reduce(&mut sample.builder, "reduce");
        let product = reduced.times(
            &mut sample.builder,
            "times",
            &|builder, place| match exponent {
                0 => class.coefficient(place),
                _ => class.frobenius(builder, exponent, place),
            },
        );
        let inverse = class.inverse();
        let (_, run) = sample.run();
        product.assert_is(element * factor.frobenius_map(exponent), &run.values);
        // The inverse of a class is its conjugate.
        inverse.assert_is(factor.inverse().unwrap(), &run.values);
    }
}

fn comparisons<A: Random>() {
    for equal in [true, false] {
        let mut sample = Sample::new();
        let class = Fq12::rand(&mut sample.rng);
        let [a, mut b] = [class, class.inverse().unwrap()].map(|c| compress(c).unwrap());
        if !equal {
            b.c1 += Fq2::one();
        }
        let [a, b] =
            [a, b].map(|a| Torus(Sextic([a.c0, a.c1, a.c2].map(|part| sample.input(part)))));
        let accumulator = A::new(&a);
        accumulator.require_inverse_of(&mut sample.builder, "check", &|_, place| {
            b.coefficient(place)
        });
        let (program, run) = sample.run();
        assert_eq!(run.fault(&program).is_none(), equal);
    }
}

#[test]
fn six_values() {
    squares::<Torus>();
    products_with_lines::<Torus>();
    products_with_classes::<Torus>();
    comparisons::<Torus>();
}

#[test]
fn twelve_values() {
    squares::<Powers>();
    products_with_lines::<Powers>();
    products_with_classes::<Powers>();
    comparisons::<Powers>();
}

#[test]
fn the_square_of_a_class_that_is_given() {
    let mut sample = Sample::new();
    let (element, class) = Torus::random(&mut sample);
    let square = Powers::new(&class).square(&mut sample.builder, "square");
    let (program, run) = sample.run();
    square.assert_is(element.square(), &run.values);
    assert_eq!(program.steps.len(), 4);
}

/// A line of the Miller loop at P, from its definition.
fn line(t: G2Affine, q: G2Affine, p: G1Affine) -> Fq12 {
    let lambda = match t == q {
        true => t.x.square() * Fq2::from(3u64) / t.y.double(),
        false => (t.y - q.y) / (t.x - q.x),
    };
    let mu = lambda * t.x - t.y;
    let y = Fq2::from_base_prime_field(p.y);
    let c1 = Fq6::new(
        -lambda * Fq2::from_base_prime_field(p.x) / y,
        mu / y,
        Fq2::zero(),
    );
    Fq12::new(Fq6::one(), c1)
}

#[test]
fn a_parabola_is_the_product_of_two_lines() {
    let q = (G2Affine::generator() * Fr::from(7u64)).into_affine();
    let p = (G1Affine::generator() * Fr::from(5u64)).into_affine();
    let (x, y) = (
        Fq2::from_base_prime_field(p.x),
        Fq2::from_base_prime_field(p.y),
    );
    let [mut before, mut t] = [q, q];
    let mut parabolas = 0;
    for (kind, factor) in Move::all()
        .into_iter()
        .zip(FixedLine::chain(q, Some(&Linear::default())).unwrap())
    {
        let addend = match kind {
            Move::Double(_) => t,
            Move::Add(_) => q,
            Move::Subtract(_) => -q,
            Move::Frobenius => psi(q),
            Move::FrobeniusSquare => -psi(psi(q)),
        };
        match factor {
            None => {}
            Some(FixedLine::Line { lambda, mu }) => {
                let c1 = Fq6::new(-lambda * x / y, mu / y, Fq2::zero());
                assert_eq!(Fq12::new(Fq6::one(), c1), line(t, addend, p));
            }
            Some(FixedLine::Parabola {
                b: [b0, b1, b2], ..
            }) => {
                let product = line(before, before, p) * line(t, addend, p);
                let class = Fq6::new(b0 * x.square() / y, b1 * x / y, b2 / y);
                assert_eq!(compress(product), Some(class));
                parabolas += 1;
            }
        }
        before = t;
        t = (t + addend).into_affine();
    }
    assert_eq!(parabolas, 21);
}

/// A root is as good as its short form: they differ by factors in Fq6 and Fq4.
#[test]
fn short_roots() {
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let root = Fq6::rand(&mut rng);
    let [d1, d2] = Powers::residue(root).unwrap()[..] else {
        panic!("two coefficients");
    };
    let short = Fq12::new(Fq6::new(Fq2::zero(), d1, d2), Fq6::one());
    let ratio = Fq12::new(root, Fq6::one()) * short.inverse().unwrap();
    // f is in Fq6 Fq4 if f / conjugate(f), which is that of its part in Fq4, is.
    let mut conjugate = ratio;
    conjugate.conjugate_in_place();
    assert!(is_in_fq4(ratio * conjugate.inverse().unwrap()));
    assert!(!is_in_fq4(ratio));
    // One that is short stays.
    let again = Powers::residue(Fq6::new(Fq2::zero(), d1, d2));
    assert_eq!(again, Some(vec![d1, d2]));
    // Some have none.
    assert_eq!(
        Powers::residue(Fq6::new(root.c0, Fq2::zero(), Fq2::zero())),
        None
    );
}

#[test]
fn the_square_of_a_short_class() {
    let mut sample = Sample::new();
    let [(d1, one), (d2, two)] = [sample.random(), sample.random()];
    let zero = Quadratic::from(Fq2::zero());
    let class = Torus(Sextic([zero, one, two]));
    let square = Powers::new(&class).square(&mut sample.builder, "square");
    let (program, run) = sample.run();
    let element = Fq12::new(Fq6::new(Fq2::zero(), d1, d2), Fq6::one());
    square.assert_is(element.square(), &run.values);
    let names = program.steps.iter().map(|step| step.name.as_str());
    assert!(names.eq(["square/0", "square/3", "square/4", "square/2-5"]));
}

#[test]
fn a_division_by_zero_is_undefined() {
    for (low, high) in [(0, 3), (1, 4)] {
        let mut sample = Sample::new();
        let forms = std::array::from_fn(|place| {
            if place == low || place == high {
                sample.input(Fq2::zero())
            } else {
                sample.random().1
            }
        });
        Powers(forms).reduce(&mut sample.builder, "reduce");
        let (_, run) = sample.run();
        let undefined: &[usize] = if low == 0 { &[0, 1, 2, 3] } else { &[] };
        assert_eq!(run.undefined, undefined);
    }
}
