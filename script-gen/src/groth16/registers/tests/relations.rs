//! Relations that hold, that do not hold, and that have no script.

use super::*;
use crate::analysis::analyse;
use crate::groth16::registers::hints::limb_order;
use crate::groth16::registers::limb::limb_range;
use crate::script::decode_number;
use crate::testing::execute_leaf;

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
                let order: Vec<usize> = limb_order().collect();
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
    let plans = Plans::default();
    let error = plans.required(&relation).unwrap_err();
    assert_eq!(error, RegisterError::FactorTooLong);
    let error = plans.refuted(&relation).unwrap_err();
    assert_eq!(error, RegisterError::FactorTooLong);
}
