mod verifier;

use num_bigint::BigInt;
use proptest::prelude::*;

use super::limb::{LIMBS, limb_range, limbs};
use super::*;
use crate::analysis::analyse;
use crate::bn254::{DIGITS, Element, modulus};
use crate::groth16::program::{Factor, Linear, Lookup, Product, Relation, Value};
use crate::script;
use crate::script::{Op, Script, decode_number, encode_number};
use crate::testing::execute_leaf;
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
        let hints = match refuted {
            true => refutation_limbs(&self.relation),
            false => quotient_limbs(&self.relation),
        };
        let mut machine = Machine::new(LIMBS * (self.values + 1) + hints.unwrap(), 0);
        let registers: Vec<Register> = (0..=self.values).map(|_| machine.take()).collect();
        let register = |value: Value| registers[value.0];
        match refuted {
            true => machine.claim_false(&self.relation, &register).unwrap(),
            false => machine.relation(&self.relation, &register).unwrap(),
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

#[test]
fn relations_are_proved_and_their_sizes_pinned() {
    let figures = kinds().into_iter().map(|kind| {
        let leaf = kind.leaf(false);
        let values = kind.complete(&vec![element(0); kind.values]);
        let report = analyse(&leaf, kind.items(&values).len())
            .unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        (kind.name, leaf.len(), report.peak_stack)
    });
    let pinned: [(&str, usize, usize); 9] = [
        ("product", 11496, 458),
        ("square", 9957, 446),
        ("two products", 19775, 498),
        ("sum by difference", 12620, 461),
        ("torus square", 59116, 603),
        ("sums by values", 20018, 486),
        ("same digits", 12018, 472),
        ("two constants", 10075, 221),
        ("terms", 2024, 64),
    ];
    assert_eq!(figures.collect::<Vec<_>>(), pinned);
}

#[test]
fn parts_have_their_sizes() {
    let mut machine = Machine::new(1000, 0);
    let mut size = 0;
    let mut grown = |machine: &Machine| {
        let before = std::mem::replace(&mut size, machine.clone().script().len());
        size - before
    };
    let register = machine.take();
    let take = grown(&machine);
    machine.canonical(register).unwrap();
    let canonical = grown(&machine);
    assert_eq!([take, canonical, pack_digits().len()], [141, 142, 550]);
}

#[test]
fn relations_accept_true_values_in_bitcoin_core() {
    for kind in kinds() {
        let values = kind.complete(&(0..12).map(element).collect::<Vec<_>>());
        execute_leaf(&kind.leaf(false), &kind.items(&values))
            .unwrap_or_else(|failure| panic!("{}: {failure}", kind.name));
    }
}

#[test]
fn relations_refuse_false_values_in_bitcoin_core() {
    for kind in kinds() {
        let leaf = kind.leaf(false);
        let right = kind.complete(&(0..12).map(element).collect::<Vec<_>>());
        for place in 0..right.len() {
            let mut values = right.clone();
            values[place] += 1;
            let quotient = quotient_items(&kind.relation, &right).unwrap();
            let failure = execute_leaf(&leaf, &[shown(&values), quotient].concat()).unwrap_err();
            assert!(is_refused_by_the_sum(&failure), "{}: {failure}", kind.name);
            let error = quotient_items(&kind.relation, &values);
            assert_eq!(error, Err(RegisterError::DoesNotHold), "{}", kind.name);
        }
    }
}

#[test]
fn claims_that_are_false_are_refuted_in_bitcoin_core() {
    for kind in kinds() {
        let leaf = kind.leaf(true);
        let mut values = kind.complete(&(0..12).map(element).collect::<Vec<_>>());
        let error = refutation_items(&kind.relation, &values);
        assert_eq!(error, Err(RegisterError::Holds), "{}", kind.name);
        let quotient = quotient_items(&kind.relation, &values).unwrap();
        for (remainder, op) in [(BigInt::ZERO, Op::Verify), (modulus(), Op::Verify)] {
            let items = [shown(&values), shown(&[remainder]), quotient.clone()].concat();
            let failure = execute_leaf(&leaf, &items).unwrap_err();
            assert_eq!((failure.op, failure.reason), (Some(op), Reason::Verify));
        }
        let items = [shown(&values), shown(&[5.into()]), quotient].concat();
        let failure = execute_leaf(&leaf, &items).unwrap_err();
        assert!(is_refused_by_the_sum(&failure), "{}: {failure}", kind.name);

        values[kind.values] += 1;
        let refutation = refutation_items(&kind.relation, &values).unwrap();
        let items = [shown(&values), refutation].concat();
        analyse(&leaf, items.len()).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        execute_leaf(&leaf, &items).unwrap_or_else(|failure| panic!("{}: {failure}", kind.name));
    }
}

/// What a hint stands for after it has been clamped, if arithmetic reads it at all.
fn clamped(item: &[u8], limb: usize) -> Option<i64> {
    let (least, most) = limb_range(limb);
    (item.len() <= 4)
        .then(|| decode_number(item))
        .flatten()
        .map(|number| number.clamp(least, most))
}

fn hostile_item() -> impl Strategy<Value = Vec<u8>> {
    let edges: Vec<i64> = [
        0,
        1 << 19,
        489_335,
        559_240,
        1 << 25,
        i64::from(i32::MAX),
        1 << 31,
    ]
    .into_iter()
    .flat_map(|edge| [edge, -edge, edge + 1, -edge - 1])
    .collect();
    prop_oneof![
        prop::sample::select(edges).prop_map(encode_number),
        any::<i32>().prop_map(|number| encode_number(number.into())),
        prop::sample::select(vec![
            vec![0x80],
            vec![0],
            vec![1, 0],
            vec![7; 5],
            vec![7; 32]
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn relations_hold_for_every_value(elements in prop::collection::vec(any_element(), 12)) {
        for kind in kinds() {
            let values = kind.complete(&elements);
            let stack = run(&kind.leaf(false), kind.items(&values), Rules::Standard);
            prop_assert_eq!(stack, Ok(vec![vec![1]]), "{}", kind.name);
        }
    }

    /// Whatever is shown, a leaf goes on only if the relation holds for what the items stand for.
    #[test]
    fn hostile_items_prove_nothing_false(
        elements in prop::collection::vec(any_element(), 12),
        changes in prop::collection::vec((any::<prop::sample::Index>(), hostile_item()), 1..4),
    ) {
        for kind in kinds() {
            let mut items = kind.items(&kind.complete(&elements));
            for (place, item) in &changes {
                *place.get_mut(&mut items) = item.clone();
            }
            if run(&kind.leaf(false), items.clone(), Rules::Standard).is_ok() {
                let order: Vec<usize> = hints::limb_order().collect();
                let values = items.chunks(LIMBS).take(kind.values + 1).map(|items| {
                    let mut value = BigInt::ZERO;
                    for (item, limb) in items.iter().zip(&order) {
                        value += BigInt::from(clamped(item, *limb).unwrap()) << (20 * limb);
                    }
                    value
                });
                prop_assert!(kind.relation.holds(&values.collect::<Vec<_>>()), "{}", kind.name);
            }
        }
    }
}

#[test]
fn only_elements_of_the_field_are_canonical() {
    let mut machine = Machine::new(LIMBS, 0);
    let register = machine.take();
    machine.canonical(register).unwrap();
    let leaf = finish(machine, &[register]);
    analyse(&leaf, LIMBS).unwrap();
    let p = modulus();
    for value in [0.into(), 1.into(), &p - 1, element(1).value()] {
        execute_leaf(&leaf, &shown(&[value])).unwrap();
    }
    for value in [
        (-1).into(),
        p.clone(),
        p + 1,
        filled(0).value(),
        filled(15).value(),
    ] {
        let failure = execute_leaf(&leaf, &shown(&[value])).unwrap_err();
        assert_eq!(
            (failure.op, failure.reason),
            (Some(Op::Verify), Reason::Verify)
        );
    }
}

#[test]
fn digits_are_packed_as_limbs() {
    for element in [element(1), filled(0), filled(15)] {
        let stack = run(&pack_digits(), element.items(), Rules::Standard);
        assert_eq!(stack, Ok(numbers(limbs(&element))));
    }
}

/// An opened element in a register is the one that is taken.
#[test]
fn inputs_are_elements() {
    let relation = Relation::from(sum(&[(0, 1), (1, -1)]));
    let opened = element(1);
    let values = [opened.value(), opened.value()];
    let quotient = quotient_items(&relation, &values).unwrap();
    let items = [element_items(&opened), quotient.clone(), quotient].concat();
    let mut machine = Machine::new(items.len(), LIMBS);
    let digits = opened.digits().iter().map(|digit| script! { {*digit} });
    machine.append(&script! { {digits} }, 0, DIGITS);
    let input = machine.input();
    machine.restore(LIMBS);
    let kept = machine.limbs();
    let shown = machine.take();
    for of in [input, kept] {
        let registers = [of, shown];
        machine
            .relation(&relation, &|value| registers[value.0])
            .unwrap();
    }
    let part = finish(machine, &[input, kept, shown]);
    let packed = limbs(&opened).into_iter().rev();
    let leaf = script! { {packed.map(|limb| script! { {limb} OP_TOALTSTACK })} {part} };
    analyse(&leaf, items.len()).unwrap();
    execute_leaf(&leaf, &items).unwrap();
}

#[test]
fn registers_are_handed_on_in_order() {
    let mut machine = Machine::new(3 * LIMBS, 0);
    let [a, b, c] = [(); 3].map(|()| machine.take());
    machine.fetch(&[c, a]).unwrap();
    machine.save(2 * LIMBS);
    machine.forget(b);
    assert_eq!(machine.fetch(&[b]), Err(RegisterError::Forgotten));
    assert_eq!(machine.canonical(b), Err(RegisterError::Forgotten));
    machine.restore(2 * LIMBS);
    machine.release(&[a, c]).unwrap();
    assert_eq!(machine.release(&[a]), Err(RegisterError::Forgotten));
    assert_eq!(machine.height(), 4 * LIMBS);
    let elements = [1, 2, 3].map(element);
    let items = elements.iter().flat_map(element_items).collect();
    let [a, _, c] = elements.map(|element| limbs(&element));
    let expected = numbers([c, a, a, c].concat());
    assert_eq!(run(&machine.script(), items, Rules::Standard), Ok(expected));
}

/// Both coordinates of a torus square, a product in Fq2, a square in Fq2 and a product with an element of Fq.
fn coordinates() -> Vec<[Relation; 2]> {
    let imaginary = |products: &[Product]| {
        let pairs = products.chunks(2).flat_map(|pair| {
            let [a0, a1] = [0, 1].map(|part| pair[part].left.clone());
            let [b0, b1] = [0, 1].map(|part| match &pair[part].right {
                Factor::Linear(right) => right.clone(),
                Factor::Constant(_) => Linear::default(),
            });
            [Product::of(1, a0, b1), Product::of(1, a1, b0)]
        });
        pairs.collect::<Vec<_>>()
    };
    let torus = torus_square();
    let products = vec![
        Product::of(1, value(0), value(2)),
        Product::of(-1, value(1), value(3)),
    ];
    let square = [
        vec![Product::of(
            1,
            sum(&[(0, 1), (1, 1)]),
            sum(&[(0, 1), (1, -1)]),
        )],
        vec![Product::of(2, value(0), value(1))],
    ];
    let multiples = [0, 1].map(|value_of| vec![Product::of(1, value(value_of), value(2))]);
    let both = [
        [torus.clone(), imaginary(&torus)],
        [products.clone(), imaginary(&products)],
        square,
        multiples,
    ];
    let relation = |products, result| Relation {
        products,
        linear: Linear::default().plus(-1, &value(result)),
    };
    let both = both
        .into_iter()
        .map(|[real, imaginary]| [relation(real, 12), relation(imaginary, 13)]);
    both.collect()
}

/// Two relations share what they have in common, if there is room; hints keep their order. Pinned: bytes without and with
/// room, and the most items.
#[test]
fn relations_that_follow_each_other_are_written_together() {
    let mut figures = vec![];
    for pair in coordinates() {
        let mut values: Vec<BigInt> = (0..12).map(|seed| element(seed).value()).collect();
        values.extend([BigInt::ZERO, BigInt::ZERO]);
        for (place, relation) in pair.iter().enumerate() {
            values[12 + place] = relation.residue(&values);
        }
        let quotients = [0, 1].map(|place| quotient_items(&pair[place], &values).unwrap());
        let [first, second] = quotients;
        // The last value is shown between the quotients, and others are forgotten there.
        let items = [shown(&values[..13]), first, shown(&values[13..]), second].concat();
        let build = |others: usize| {
            let mut machine = Machine::new(items.len(), others);
            let mut registers: Vec<Register> = (0..13).map(|_| machine.take()).collect();
            machine
                .relation(&pair[0], &|value| registers[value.0])
                .unwrap();
            machine.forget(registers[12]);
            assert_eq!(
                machine.relation(&pair[0], &|value| registers[value.0]),
                Err(RegisterError::Forgotten)
            );
            registers.push(machine.take());
            machine
                .relation(&pair[1], &|value| registers[value.0])
                .unwrap();
            for register in registers {
                machine.forget(register);
            }
            assert_eq!(machine.height(), others);
            machine.append(&script! { 1 }, 0, 1);
            machine.script()
        };
        let together = build(0);
        let report = analyse(&together, items.len()).unwrap();
        execute_leaf(&together, &items).unwrap();
        let alone = build(700);
        analyse(&alone, items.len()).unwrap();
        execute_leaf(&alone, &items).unwrap();
        for place in 0..14 {
            let mut wrong = values.clone();
            wrong[place] += 1;
            let holds = pair.iter().all(|relation| relation.holds(&wrong));
            let quotients = [0, 1].map(|place| quotient_items(&pair[place], &values).unwrap());
            let [first, second] = quotients;
            let items = [shown(&wrong[..13]), first, shown(&wrong[13..]), second].concat();
            match execute_leaf(&together, &items) {
                Ok(_) => assert!(holds),
                Err(failure) => assert!(!holds && is_refused_by_the_sum(&failure), "{failure}"),
            }
        }
        figures.push([alone.len(), together.len(), report.peak_stack]);
    }
    let pinned = [
        [115_984, 90_770, 815],
        [40_336, 34_001, 813],
        [25_572, 25_572, 614],
        [24_578, 22_563, 735],
    ];
    assert_eq!(figures, pinned);
}

fn lookup(digits: usize) -> Lookup {
    let rows = 16u64.pow(digits as u32);
    let row = |row: u64| [element(2 * row).value(), element(2 * row + 1).value()];
    Lookup {
        scalar: Value(0),
        first_digit: 0,
        digits,
        table: (0..rows).map(row).collect(),
        outputs: [Value(1), Value(2)],
    }
}

#[test]
fn digits_choose_rows() {
    for digits in [1, 2] {
        let lookup = lookup(digits);
        for choice in [0, 1, 7, 8, 14, 15, 16, 100, 240, 255] {
            let Some(row) = lookup.table.get(choice) else {
                continue;
            };
            let mut machine = Machine::new(0, 0);
            for digit in 0..digits {
                machine.append(&script! { {(choice >> (4 * digit)) % 16} }, 0, 1);
            }
            machine.lookup(&lookup).unwrap();
            assert_eq!(machine.height(), 2 * LIMBS);
            let expected = row
                .iter()
                .flat_map(|value| limbs(&Element::new(value).unwrap()));
            let stack = run(&machine.script(), vec![], Rules::Standard);
            assert_eq!(stack, Ok(numbers(expected)), "{choice} of {digits} digits");
        }
    }
}

/// The chosen elements are elements to whatever reads them.
#[test]
fn chosen_rows_are_proved() {
    let lookup = lookup(1);
    let relation = Relation::from(sum(&[(0, 1), (1, -1)]));
    let values = lookup.table[9].clone();
    let items = [vec![vec![9]], refutation_items(&relation, &values).unwrap()].concat();
    let mut machine = Machine::new(items.len(), 0);
    machine.show(1);
    machine.append(&script! { 0 OP_MAX 15 OP_MIN }, 1, 1);
    let registers = machine.lookup(&lookup).unwrap();
    machine
        .claim_false(&relation, &|value| registers[value.0])
        .unwrap();
    let leaf = finish(machine, &registers);
    analyse(&leaf, items.len()).unwrap();
    execute_leaf(&leaf, &items).unwrap();
}

#[test]
fn faulty_tables_are_refused() {
    let mut short = lookup(1);
    short.table.pop();
    let error = Machine::new(0, 0).lookup(&short);
    let table = RegisterError::Table {
        digits: 1,
        rows: 15,
    };
    assert_eq!(error, Err(table.clone()));
    assert_eq!(table.to_string(), "a look-up by 1 digits has 15 rows");
    let three = Lookup {
        digits: 3,
        ..lookup(1)
    };
    let error = Machine::new(0, 0).lookup(&three);
    assert_eq!(
        error,
        Err(RegisterError::Table {
            digits: 3,
            rows: 16
        })
    );
}

#[test]
fn relations_without_script_are_refused() {
    let many: Vec<Product> = (0..80)
        .map(|place| Product::of(1, value(place), value(80 + place)))
        .collect();
    let relation = Relation {
        products: many,
        linear: Linear::default(),
    };
    let error = quotient_items(&relation, &[]).unwrap_err();
    assert!(
        matches!(error, RegisterError::ColumnOverflow { most } if most > crate::script::MAX_OPERAND),
        "{error}"
    );
    let long = sum(&[(0, 20), (1, -3)]);
    let relation = Relation {
        products: vec![Product::of(1, long.clone(), long)],
        linear: Linear::default(),
    };
    let error = quotient_items(&relation, &[]);
    assert_eq!(error, Err(RegisterError::FactorTooLong));
}
