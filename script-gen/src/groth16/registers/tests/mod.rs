//! Machines against integers.

mod lookup;
mod machine;
mod pairs;
mod relations;
mod verifier;

use num_bigint::BigInt;
use proptest::prelude::*;

use super::limb::LIMBS;
use super::*;
use crate::bn254::{DIGITS, Element, modulus};
use crate::groth16::program::{Linear, Product, Relation, Value};
use crate::script;
use crate::script::{Op, Script, encode_number};
use crate::trace::{Failure, NoTransaction, Reason, Rules, run_part};

fn element(seed: u64) -> Element {
    let hash = ::blake3::hash(&seed.to_le_bytes());
    let number = BigInt::from_bytes_be(num_bigint::Sign::Plus, hash.as_bytes());
    Element::new(&(number % modulus())).unwrap()
}

fn filled(digit: u8) -> Element {
    Element::from_digits([digit; DIGITS]).unwrap()
}

fn any_element() -> impl Strategy<Value = Element> {
    let digit = prop::sample::select(vec![0u8, 1, 7, 8, 14, 15]);
    let digits = prop::collection::vec(digit, DIGITS);
    let small = (-3i64..4).prop_map(|number| Element::new(&number.into()).unwrap());
    let large = (-3i64..4).prop_map(|more| Element::new(&(modulus() + more)).unwrap());
    prop_oneof![
        2 => any::<u64>().prop_map(element),
        2 => digits.prop_map(|digits| Element::from_digits(digits.try_into().unwrap()).unwrap()),
        1 => (0u8..16).prop_map(filled),
        1 => small,
        1 => large,
    ]
}

fn value(number: usize) -> Linear {
    Value(number).into()
}

fn sum(terms: &[(usize, i64)]) -> Linear {
    let terms = terms.iter();
    terms.fold(Linear::default(), |sum, (number, factor)| {
        sum.plus(*factor, &value(*number))
    })
}

/// A relation of the kinds that a verifier has, for values 0 to `values - 1`; value `values` is what they sum up to.
struct Kind {
    name: &'static str,
    values: usize,
    relation: Relation,
}

fn kind(name: &'static str, values: usize, products: Vec<Product>, linear: Linear) -> Kind {
    let linear = linear.plus(-1, &value(values));
    Kind {
        name,
        values,
        relation: Relation { products, linear },
    }
}

/// `a_0 b_0 - a_1 b_1` for three pairs with `b = 2 t - a`, of which the last two are multiplied by 9 + u: a coordinate of the torus
/// square.
fn torus_square() -> Vec<Product> {
    let pairs = (0..3).flat_map(|pair| {
        let [b0, b1] = [0, 1].map(|part| sum(&[(6 + 2 * pair + part, 2), (2 * pair + part, -1)]));
        let [b0, b1] = match pair {
            0 => [b0, b1],
            _ => [
                Linear::default().plus(9, &b0).plus(-1, &b1),
                Linear::default().plus(9, &b1).plus(1, &b0),
            ],
        };
        [
            Product::of(1, value(2 * pair), b0),
            Product::of(-1, value(2 * pair + 1), b1),
        ]
    });
    pairs.collect()
}

fn kinds() -> Vec<Kind> {
    let one = Linear::constant(&1.into());
    let none = Linear::default;
    let constant = |seed: u64| element(1000 + seed).value();
    let product = |factor, left: Linear, right: Linear| Product::of(factor, left, right);
    let by = |number, seed| Product::by_constant(value(number), &constant(seed));
    let two_products = vec![
        product(1, value(0), value(2)),
        product(-1, value(1), value(3)),
    ];
    let sum_by_difference = product(-3, sum(&[(0, 1), (1, 1)]), sum(&[(0, 1), (1, -1)]));
    let sums_by_values = vec![
        product(1, value(0), value(1).plus(1, &one)),
        product(2, value(2), sum(&[(0, 9), (1, -1)])),
    ];
    let same_digits = vec![
        product(1, value(0), value(2)),
        product(-4, value(1), value(2)),
    ];
    let terms = sum(&[(0, 18), (1, -9), (2, 31)]).plus(1, &one);
    vec![
        kind("product", 2, vec![product(1, value(0), value(1))], none()),
        kind("square", 1, vec![product(1, value(0), value(0))], none()),
        kind("two products", 4, two_products, none()),
        kind(
            "sum by difference",
            2,
            vec![sum_by_difference],
            sum(&[(1, 2)]),
        ),
        kind("torus square", 12, torus_square(), one.clone()),
        kind("sums by values", 3, sums_by_values, one),
        kind("same digits", 3, same_digits, none()),
        kind("two constants", 2, vec![by(0, 0), by(1, 1)], none()),
        kind("terms", 3, vec![], terms),
    ]
}

impl Kind {
    /// The values with the one that the relation determines.
    fn complete(&self, elements: &[Element]) -> Vec<BigInt> {
        let elements = elements[..self.values].iter();
        let mut values: Vec<BigInt> = elements.map(Element::value).collect();
        values.push(BigInt::ZERO);
        values[self.values] = self.relation.residue(&values);
        values
    }

    /// A leaf that accepts if the relation holds for the values that are shown, or does not hold.
    fn leaf(&self, refuted: bool) -> Script {
        let refutation = Plans::default().refuted(&self.relation).unwrap();
        let relation = Plans::default().required(&self.relation).unwrap();
        let hints = match refuted {
            true => refutation.refutation_limbs(),
            false => relation.quotient_limbs(),
        };
        let mut machine = Machine::new(LIMBS * (self.values + 1) + hints, 0);
        let registers: Vec<Register> = (0..=self.values).map(|_| machine.take()).collect();
        let register = |value: Value| registers[value.0];
        match refuted {
            true => machine.claim_false(&refutation, &register).unwrap(),
            false => machine.relation(&relation, &register).unwrap(),
        }
        finish(machine, &registers)
    }

    fn items(&self, values: &[BigInt]) -> Vec<Vec<u8>> {
        let quotient = quotient_items(&self.relation, values).unwrap();
        [shown(values), quotient].concat()
    }
}

fn shown(values: &[BigInt]) -> Vec<Vec<u8>> {
    let values = values.iter();
    let items = values.flat_map(|value| element_items(&Element::new(value).unwrap()));
    items.collect()
}

/// The machine's script, which then leaves 1.
fn finish(mut machine: Machine, registers: &[Register]) -> Script {
    for register in registers {
        machine.forget(*register);
    }
    machine.append(&script! { 1 }, 0, 1);
    assert_eq!(machine.height(), 1);
    machine.script()
}

fn run(script: &Script, stack: Vec<Vec<u8>>, rules: Rules) -> Result<Vec<Vec<u8>>, Failure> {
    let outcome = run_part(&script.to_bytes(), stack, rules, &NoTransaction);
    outcome.map(|outcome| outcome.stack)
}

fn numbers(numbers: impl IntoIterator<Item = i64>) -> Vec<Vec<u8>> {
    numbers.into_iter().map(encode_number).collect()
}

/// A refusal by the sum of columns: it is not zero, or has outgrown four bytes on its way.
fn is_refused_by_the_sum(failure: &Failure) -> bool {
    match failure.reason {
        Reason::NumEqualVerify => failure.op == Some(Op::NumEqualVerify),
        Reason::ScriptNumber => {
            let ops = [Op::Add, Op::Sub, Op::NumEqualVerify];
            failure.op.is_some_and(|op| ops.contains(&op))
        }
        _ => false,
    }
}
