//! Every form against arkworks, and hostile hints.

use ark_bn254::Fq;
use num_bigint::{BigInt, BigUint, Sign};
use proptest::prelude::*;

use super::*;
use crate::analysis::{Entry, analyse, analyse_part};
use crate::script;
use crate::script::{Op, encode_number, roll};
use crate::testing::execute_leaf;
use crate::trace::{Failure, NoTransaction, Outcome, Reason, Rules, run_part};

/// What a form computes, in arkworks.
type Oracle = fn(&[Fq]) -> Vec<Fq>;

fn constant() -> BigInt {
    BigInt::from_bytes_be(Sign::Plus, blake3::hash(b"constant").as_bytes()) % modulus()
}

fn forms() -> Vec<(&'static str, Form, Oracle)> {
    let forms: Vec<(_, _, Oracle)> = vec![
        ("product", Form::product(), |x| vec![x[0] * x[1]]),
        ("square", Form::square(), |x| vec![x[0] * x[0]]),
        ("constant", Form::constant_multiple(&constant()), |x| {
            vec![x[0] * field(&constant())]
        }),
        ("sum", Form::sum_of_products(&[false, false]), |x| {
            vec![x[0] * x[2] + x[1] * x[3]]
        }),
        ("difference", Form::sum_of_products(&[true, false]), |x| {
            vec![x[1] * x[3] - x[0] * x[2]]
        }),
        ("negative", Form::sum_of_products(&[true, true]), |x| {
            vec![-(x[1] * x[3] + x[0] * x[2])]
        }),
        ("fq2 product", Form::fq2_product(), |x| {
            vec![x[0] * x[2] - x[1] * x[3], x[0] * x[3] + x[1] * x[2]]
        }),
        ("fq2 square", Form::fq2_square(), |x| {
            vec![x[0] * x[0] - x[1] * x[1], x[0] * x[1] + x[1] * x[0]]
        }),
    ];
    let exists = |form: Result<Form, Bn254Error>| form.expect("a form whose sums fit");
    let forms = forms.into_iter();
    forms
        .map(|(name, form, oracle)| (name, exists(form), oracle))
        .collect()
}

fn product() -> Form {
    Form::product().expect("a form whose sums fit")
}

fn field(value: &BigInt) -> Fq {
    let p = modulus();
    let reduced = ((value % &p) + &p) % &p;
    Fq::from(reduced.to_biguint().expect("not negative"))
}

fn integer(value: Fq) -> BigInt {
    BigInt::from(BigUint::from(value))
}

fn element(value: impl Into<BigInt>) -> Element {
    Element::new(&value.into()).expect("64 digits are enough")
}

/// Random elements, the corners of the field, and what is no element of it.
fn any_element() -> impl Strategy<Value = Element> {
    let small = (-2i64..3).prop_map(element);
    let large = (-2i64..3).prop_map(|less| element(modulus() + less));
    let half = (0i64..2).prop_map(|more| element(modulus() / 2 + more));
    let uniform = any::<[u8; 32]>()
        .prop_map(|bytes| element(BigInt::from_bytes_be(Sign::Plus, &bytes) % modulus()));
    let digit = prop::sample::select(vec![0u8, 1, 7, 8, 14, 15]);
    let extreme = prop::collection::vec(digit, DIGITS)
        .prop_map(|digits| of_digits(digits.try_into().expect("64 digits")));
    let constant = (0u8..16).prop_map(|digit| of_digits([digit; DIGITS]));
    prop_oneof![2 => uniform, 1 => small, 1 => large, 1 => half, 2 => extreme, 2 => constant]
}

fn of_digits(digits: [u8; DIGITS]) -> Element {
    Element::from_digits(digits).expect("digits below 16")
}

fn items(elements: &[Element]) -> Vec<Vec<u8>> {
    elements.iter().flat_map(Element::items).collect()
}

fn run(
    form: &Form,
    operands: &[Element],
    hint: &[Vec<u8>],
    rules: Rules,
) -> Result<Outcome, Failure> {
    let stack = [&items(operands), hint].concat();
    run_part(&form.script().to_bytes(), stack, rules, &NoTransaction)
}

#[test]
fn modulus_is_that_of_arkworks() {
    assert_eq!(integer(-Fq::from(1u64)) + 1, modulus());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_are_those_of_arkworks(elements in prop::collection::vec(any_element(), 4)) {
        for (name, form, oracle) in forms() {
            let operands = &elements[..form.operands()];
            let values: Vec<Fq> = operands.iter().map(|operand| field(&operand.value())).collect();
            let expected: Vec<Element> = oracle(&values).into_iter().map(|value| element(integer(value))).collect();
            let hint = form.hint(operands).expect("the right number of operands");
            let outcome = run(&form, operands, &hint.items(), Rules::Standard);
            prop_assert_eq!(outcome.map(|outcome| outcome.stack), Ok(items(&expected)), "{}", name);
        }
    }

    /// Whatever stands in place of the hint, only the true result comes out, also by consensus rules alone.
    #[test]
    fn no_hint_gives_another_result(
        a in any_element(),
        b in any_element(),
        changes in prop::collection::vec((0usize..LIMBS + DIGITS, hostile_item()), 1..6),
        of_others in any_element(),
    ) {
        let form = product();
        let operands = [a, b];
        let hint = form.hint(&operands).expect("two operands").items();
        let right = run(&form, &operands, &hint, Rules::Standard).expect("an honest hint").stack;
        let mut changed = hint.clone();
        for (place, item) in changes {
            changed[place] = item;
        }
        let others = form.hint(&[of_others, b]).expect("two operands").items();
        for hint in [changed, others] {
            match run(&form, &operands, &hint, Rules::Consensus) {
                Ok(outcome) => prop_assert_eq!(&outcome.stack, &right),
                Err(failure) => prop_assert!(is_refusal(&failure), "{}", failure),
            }
        }
    }
}

fn hostile_item() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (-20i64..20).prop_map(encode_number),
        prop::sample::select(hostile_items()),
        any::<i32>().prop_map(|value| encode_number(value.into())),
    ]
}

fn hostile_items() -> Vec<Vec<u8>> {
    let numbers = [
        -1,
        16,
        17,
        -16,
        1 << 23,
        (1 << 23) - 1,
        -(1 << 23),
        -(1 << 23) - 1,
        1 << 24,
    ];
    let limits = [i64::from(i32::MAX), -i64::from(i32::MAX), 1 << 31, 1 << 39];
    let mut items: Vec<_> = numbers
        .into_iter()
        .chain(limits)
        .map(encode_number)
        .collect();
    // Negative zero, zeros and ones that are not minimal, no numbers.
    items.extend([
        vec![0x80],
        vec![0],
        vec![0, 0x80],
        vec![1, 0],
        vec![1, 0, 0, 0x80],
    ]);
    items.extend([vec![1, 0, 0, 0, 0], vec![7; 32], vec![0; 520]]);
    items
}

/// A refusal by the script's own checks: the range of a result, the sum of columns, or a sum that has outgrown four bytes.
fn is_refusal(failure: &Failure) -> bool {
    match failure.reason {
        Reason::Verify | Reason::NumEqualVerify => true,
        Reason::ScriptNumber => {
            let ops = [Op::Add, Op::Sub, Op::NumEqualVerify, Op::Min, Op::Abs];
            failure.op.is_some_and(|op| ops.contains(&op))
        }
        _ => false,
    }
}

/// Each hostile item in each place: refused, or clamped to what the honest hint says.
#[test]
fn hostile_items_in_every_place() {
    let form = product();
    let operands = [element(modulus() - 5), element(constant())];
    let hint = form.hint(&operands).expect("two operands").items();
    let right = run(&form, &operands, &hint, Rules::Standard)
        .expect("an honest hint")
        .stack;
    for place in 0..hint.len() {
        for item in hostile_items() {
            let mut changed = hint.clone();
            changed[place] = item;
            match run(&form, &operands, &changed, Rules::Consensus) {
                Ok(outcome) => assert_eq!(outcome.stack, right),
                Err(failure) => assert!(is_refusal(&failure), "{failure}"),
            }
        }
    }
}

/// A true relation with a remainder outside of the field: only the range check stands against it.
#[test]
fn remainders_outside_the_field_are_refused_by_the_range_check() {
    let form = product();
    for (operands, times) in [
        ([element(0), element(5)], 1),
        ([element(0), element(5)], -1),
        ([element(1), element(1)], 1),
        ([element(1), element(1)], 2),
        ([element(constant()), element(constant())], 1),
        ([element(constant()), element(constant())], -1),
        ([element(modulus() - 1), element(1)], 1),
        ([element(modulus() - 1), element(1)], -1),
    ] {
        let honest = form.hint(&operands).expect("two operands");
        let mut hint = honest.clone();
        hint.remainders[0] = element(honest.remainders[0].value() + modulus() * times);
        hint.quotients[0][0] -= times;
        let failure =
            run(&form, &operands, &hint.items(), Rules::Standard).expect_err("not reduced");
        assert_eq!(
            (failure.op, failure.reason),
            (Some(Op::Verify), Reason::Verify)
        );
    }
}

/// Remainders in the field for which the relation does not hold are refused by the columns.
#[test]
fn false_relations_are_refused_by_the_columns() {
    let form = product();
    let operands = [element(constant()), element(constant() / 7)];
    let honest = form.hint(&operands).expect("two operands");
    let remainder = honest.remainders[0].value();
    let reasons = (0..63).map(|digit| {
        let mut hint = honest.clone();
        let step = BigInt::from(1) << (4 * digit);
        let wrong = if remainder >= step {
            &remainder - step
        } else {
            &remainder + step
        };
        hint.remainders[0] = element(wrong);
        let failure = run(&form, &operands, &hint.items(), Rules::Standard).expect_err("wrong");
        (failure.op, failure.reason)
    });
    let last = (Some(Op::NumEqualVerify), Reason::NumEqualVerify);
    let outgrown = (Some(Op::Add), Reason::ScriptNumber);
    let reasons: Vec<_> = reasons.collect();
    assert!(
        reasons
            .iter()
            .all(|reason| [last, outgrown].contains(reason)),
        "{reasons:?}"
    );
    assert_eq!((reasons[0], reasons[40]), (last, outgrown));
    for limb in 0..LIMBS {
        let mut hint = honest.clone();
        hint.quotients[0][limb] ^= 1;
        let failure = run(&form, &operands, &hint.items(), Rules::Standard).expect_err("wrong");
        let reason = (failure.op, failure.reason);
        assert!([last, outgrown].contains(&reason), "{reason:?}");
    }
}

/// A leaf that refutes a claimed result of constant operands. The witness is the hint.
fn leaf(form: &Form, operands: &[Element], claimed: &[Element]) -> Script {
    let count = (form.operands() + form.results()) * DIGITS + form.results() * LIMBS;
    let push = |elements: &[Element]| {
        let digits = elements.iter().flat_map(|element| *element.digits());
        digits
            .collect::<Vec<_>>()
            .into_iter()
            .map(|digit| script! { {digit} })
    };
    let digits: Vec<u8> = claimed
        .iter()
        .flat_map(|element| *element.digits())
        .collect();
    script! {
        {push(operands)}
        {(0..form.hint_items()).map(|_| roll(count - 1))}
        {form.script()}
        0 {digits.iter().rev().map(|digit| script! { OP_SWAP {*digit} OP_NUMNOTEQUAL OP_BOOLOR })}
    }
}

#[test]
fn leaves_accept_exactly_wrong_claims_in_bitcoin_core() {
    for (seed, (name, form, oracle)) in forms().into_iter().enumerate() {
        let operands: Vec<Element> = (0..form.operands())
            .map(|operand| {
                let hash = blake3::hash(&[seed as u8, operand as u8]);
                element(BigInt::from_bytes_be(Sign::Plus, hash.as_bytes()) % modulus())
            })
            .collect();
        let hint = form.hint(&operands).expect("the right number");
        let witness = hint.items();
        let values: Vec<Fq> = operands
            .iter()
            .map(|operand| field(&operand.value()))
            .collect();
        let right: Vec<Element> = oracle(&values)
            .into_iter()
            .map(|value| element(integer(value)))
            .collect();
        let honest = leaf(&form, &operands, &right);
        analyse(&honest, witness.len()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let failure = execute_leaf(&honest, &witness).expect_err("an honest claim");
        assert_eq!(failure.reason, Reason::EvalFalse, "{name}");
        for place in [0, 31, 63] {
            let mut wrong = right.clone();
            let mut digits = *wrong[0].digits();
            digits[place] ^= 1;
            wrong[0] = of_digits(digits);
            let outcome = execute_leaf(&leaf(&form, &operands, &wrong), &witness);
            assert!(outcome.is_ok(), "{name}: {outcome:?}");
        }
        // p more than the true result: other digits, the same element of the field. Not reduced, so not the result.
        let mut unreduced = right.clone();
        unreduced[0] = element(right[0].value() + modulus());
        execute_leaf(&leaf(&form, &operands, &unreduced), &witness).expect("not the reduced value");
        let mut lying = hint.clone();
        lying.remainders[0] = unreduced[0];
        lying.quotients[0][0] -= 1;
        let failure = execute_leaf(&honest, &lying.items()).expect_err("not reduced");
        assert_eq!(failure.reason, Reason::Verify, "{name}");
    }
}

#[test]
fn missing_and_extra_items_are_refused_in_bitcoin_core() {
    let form = product();
    let operands = [element(3), element(4)];
    let leaf = leaf(&form, &operands, &[element(13)]);
    let witness = form.hint(&operands).expect("two operands").items();
    execute_leaf(&leaf, &witness).expect("13 is wrong");
    let reason =
        |witness: &[Vec<u8>]| execute_leaf(&leaf, witness).map_err(|failure| failure.reason);
    assert_eq!(reason(&witness[1..]), Err(Reason::InvalidStackOperation));
    assert_eq!(reason(&[]), Err(Reason::InvalidStackOperation));
    let below = [&[vec![1]], witness.as_slice()].concat();
    assert_eq!(reason(&below), Err(Reason::CleanStack));
    // The same numbers, not minimal: consensus takes them, the mempool does not.
    for (place, item) in [(0, vec![0x80]), (0, vec![0]), (LIMBS, vec![4, 0])] {
        let mut not_minimal = witness.clone();
        not_minimal[place] = item;
        assert_eq!(reason(&not_minimal), Err(Reason::ScriptNumber));
    }
}

#[test]
fn every_form_is_proved_and_leaves_digits() {
    let digit = Entry::Number(Interval::new(0, 15).expect("not empty"));
    let mut peaks = vec![];
    for (name, form, _) in forms() {
        let report = analyse_part(&form.script(), &form.entry());
        let report = report.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.stack, vec![digit; form.results() * DIGITS], "{name}");
        peaks.push((name, report.peak_stack));
    }
    let pinned = [
        ("product", 396),
        ("square", 397),
        ("constant", 254),
        ("sum", 598),
        ("difference", 598),
        ("negative", 598),
        ("fq2 product", 803),
        ("fq2 square", 803),
    ];
    assert_eq!(peaks, pinned);
}

#[test]
fn constants_of_every_kind() {
    let p = modulus();
    let operand = element(constant());
    for constant in [
        BigInt::ZERO,
        1.into(),
        (-1).into(),
        &p - 1,
        &p / 2,
        p.clone(),
        &p * 7 + 3,
    ] {
        let form = Form::constant_multiple(&constant).expect("a form whose sums fit");
        let hint = form.hint(&[operand]).expect("one operand");
        let outcome = run(&form, &[operand], &hint.items(), Rules::Standard).expect("a true hint");
        let expected = element(integer(field(&constant) * field(&operand.value())));
        assert_eq!(outcome.stack, expected.items(), "{constant}");
    }
}

#[test]
fn sums_that_overflow_do_not_exist() {
    assert!(matches!(
        Form::sum_of_products(&[false; 3]),
        Err(Bn254Error::ColumnOverflow { most, .. }) if most > crate::script::MAX_OPERAND
    ));
}

#[test]
fn elements_are_read_as_they_are_written() {
    let all = |digit| of_digits([digit; DIGITS]).value();
    assert_eq!(all(8), BigInt::ZERO);
    assert_eq!(element(all(0)).digits(), &[0; DIGITS]);
    assert_eq!(Element::new(&(all(0) - 1)), Err(Bn254Error::OutOfRange));
    assert_eq!(Element::new(&(all(15) + 1)), Err(Bn254Error::OutOfRange));
    assert_eq!(
        Element::from_digits([16; DIGITS]),
        Err(Bn254Error::OutOfRange)
    );
    assert_eq!(element(-8).digits()[..3], [0, 8, 8]);
    let form = product();
    let count = form.hint(&[element(1)]);
    assert_eq!(
        count,
        Err(Bn254Error::OperandCount {
            expected: 2,
            found: 1
        })
    );
}

#[test]
fn sizes_are_pinned() {
    let pinned = Sizes {
        fq_mul: 10_701,
        fq_square: 9_673,
        fq_constant_multiple: 9_312,
        fq_sum_of_two_products: 16_721,
        fq2_mul: 29_350,
        fq2_square: 29_365,
    };
    assert_eq!(sizes(), Ok(pinned));
}

/// The hint with its lengths: digits take two bytes each, quotient limbs up to four or five.
#[test]
fn hints_are_small() {
    for (name, form, _) in forms() {
        let operands = vec![of_digits([0; DIGITS]); form.operands()];
        let hint = form.hint(&operands).expect("the right number").items();
        let bytes: usize = hint.iter().map(|item| 1 + item.len()).sum();
        assert!(
            bytes <= form.results() * (2 * DIGITS + 5 * LIMBS),
            "{name}: {bytes}"
        );
    }
}
