//! A small program with everything that a verifier has, cut finely and coarsely, played in Bitcoin Core's interpreter.

mod cuts;
mod hostile;
mod lies;

use num_bigint::BigInt;

use super::budget::{Budget, MAX_BLOCK_TRANSACTION};
use super::cut::Cut;
use super::graph::Graph;
use super::{Compiled, Refutation, compile};
use crate::bn254::modulus;
use crate::groth16::program::{
    Check, Equation, Input, InputKind, Linear, Lookup, Product, Program, Relation, Step, Value,
};
use crate::leaf::Leaf;
use crate::testing::LeafSpend;
use crate::trace::Failure;
use crate::winternitz::{GameSeed, PublicKey, Signature};

/// Values of the program.
const SCALAR: Value = Value(0);
const A: Value = Value(1);
const B: Value = Value(2);
const W: Value = Value(3);
const X: Value = Value(4);
const Y: Value = Value(5);
const C: Value = Value(6);
const SQUARE: Value = Value(7);
const D: Value = Value(8);
const E: Value = Value(9);
const Q: Value = Value(10);
const LAST: Value = Value(11);
const COPY: Value = Value(12);

fn relation(products: Vec<Product>, linear: Linear) -> Equation {
    Equation::Relation(Relation { products, linear })
}

fn minus(value: Value) -> Linear {
    Linear::default().plus(-1, &value.into())
}

fn product(left: impl Into<Linear>, right: impl Into<Linear>, result: Value) -> Equation {
    relation(vec![Product::of(1, left, right)], minus(result))
}

fn number(seed: u64) -> BigInt {
    let hash = blake3::hash(&seed.to_le_bytes());
    BigInt::from_bytes_be(num_bigint::Sign::Plus, hash.as_bytes()) % modulus()
}

/// `(x, y) = table[s]` together with a copy of a, which nobody can foresee who chooses s; `c = a b`, `d = c^2 + x`, `e = c^2 y`, `q = d / (a - x)`; claimed are `q c + e = w` and `e c = c e`.
fn program() -> Program {
    let input = |name: &str, value, kind| Input {
        name: name.to_owned(),
        value,
        kind,
    };
    let table = (0..16).map(|row| [number(100 + row), number(200 + row)]);
    let lookup = Lookup {
        scalar: SCALAR,
        first_digit: 3,
        digits: 1,
        table: table.collect(),
        outputs: [X, Y],
    };
    let step = |name: &str, hidden: &[Value], outputs: &[&[Value]], equations| Step {
        name: name.to_owned(),
        hidden: hidden.to_vec(),
        outputs: outputs.iter().map(|member| member.to_vec()).collect(),
        equations,
        undefined: vec![],
    };
    let difference = Linear::from(A).plus(-1, &X.into());
    let last = Linear::from(LAST).plus(1, &E.into()).plus(-1, &W.into());
    Program {
        inputs: vec![
            input("scalar", SCALAR, InputKind::Scalar),
            input("a", A, InputKind::Element),
            input("b", B, InputKind::Element),
            input("w", W, InputKind::Element),
        ],
        steps: vec![
            step(
                "window",
                &[],
                &[&[X, Y, COPY]],
                vec![
                    Equation::Lookup(lookup),
                    relation(vec![], Linear::from(A).plus(-1, &COPY.into())),
                ],
            ),
            step("product", &[], &[&[C]], vec![product(A, B, C)]),
            step(
                "pair",
                &[SQUARE],
                &[&[D], &[E]],
                vec![
                    product(C, C, SQUARE),
                    relation(
                        vec![],
                        Linear::from(SQUARE).plus(1, &X.into()).plus(-1, &D.into()),
                    ),
                    product(SQUARE, Y, E),
                ],
            ),
            Step {
                undefined: vec![difference.clone().into()],
                ..step("quotient", &[], &[&[Q]], vec![product(Q, difference, D)])
            },
        ],
        checks: vec![Check {
            name: "end".to_owned(),
            hidden: vec![LAST],
            equations: vec![product(Q, C, LAST)],
            claims: vec![
                last.into(),
                Relation {
                    products: vec![Product::of(1, E, C), Product::of(-1, C, E)],
                    linear: Linear::default(),
                },
            ],
        }],
    }
}

/// Inputs for which all claims hold.
fn honest_inputs() -> Vec<BigInt> {
    let inputs = vec![BigInt::from(0x7b30u32), number(1), number(2), BigInt::ZERO];
    let run = program().run(&inputs).unwrap();
    let [last, e] = [LAST, E].map(|value| &run.values[value.0]);
    let mut inputs = inputs;
    inputs[3] = (last + e) % modulus();
    inputs
}

/// Every step by itself.
fn fine() -> Compiled {
    let program = program();
    let graph = Graph::new(&program);
    let cut = Cut::finest(&graph);
    Compiled::new(program, graph, cut, Budget::default())
}

/// As few groups as leaves of any weight allow.
fn coarse() -> Compiled {
    compile(program(), Budget::of_leaf_weight(MAX_BLOCK_TRANSACTION)).unwrap()
}

/// A compiled program with its keys.
struct Game {
    compiled: Compiled,
    seed: GameSeed,
    keys: Vec<PublicKey>,
}

impl Game {
    fn new(compiled: Compiled) -> Self {
        let seed = GameSeed::new(&[1; 32], &[2; 32]);
        let slots = compiled.slots().iter();
        let keys = slots.map(|slot| seed.secret_key(slot.shape, &slot.name).public_key());
        Self {
            keys: keys.collect(),
            compiled,
            seed,
        }
    }

    fn sign(&self, committed: &[Vec<u8>]) -> Vec<Signature> {
        let slots = self.compiled.slots().iter().zip(committed);
        let sign = slots.map(|(slot, digits)| {
            let key = self.seed.secret_key(slot.shape, &slot.name);
            key.sign(digits).unwrap()
        });
        sign.collect()
    }

    fn leaf(&self, number: usize) -> Leaf {
        self.compiled.leaf(number, &self.keys).unwrap()
    }

    /// Finds the refutation, and requires that it is one and as heavy as its leaf says at most.
    fn refute(&self, committed: &[Vec<u8>]) -> Option<String> {
        let refutation = self.compiled.find_refutation(committed).unwrap()?;
        let leaf = self.leaf(refutation.leaf);
        self.play(&leaf, &refutation, committed).unwrap();
        Some(leaf.draft().name.clone())
    }

    fn play(
        &self,
        leaf: &Leaf,
        refutation: &Refutation,
        committed: &[Vec<u8>],
    ) -> Result<(), Failure> {
        let witness = self.compiled.witness(refutation, &self.sign(committed));
        let witness = witness.unwrap();
        let spend = LeafSpend::new(leaf.script());
        let without_witness = spend.transaction.weight().to_wu() as usize + 2;
        assert_eq!(witness.len(), leaf.draft().witness_items);
        let weight = spend.weight(&witness).to_wu() as usize;
        assert!(weight <= leaf.max_spend_weight(1, without_witness));
        spend.execute(&witness).map(|outcome| {
            assert!(outcome.peak_stack <= leaf.peak_stack());
        })
    }
}
