//! Relations that are written together.

use super::*;
use crate::analysis::analyse;
use crate::groth16::program::Factor;
use crate::testing::execute_leaf;

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
        let plans = Plans::default();
        let planned = [0, 1].map(|place| plans.required(&pair[place]).unwrap());
        // The last value is shown between the quotients, and others are forgotten there.
        let items = [shown(&values[..13]), first, shown(&values[13..]), second].concat();
        let build = |others: usize| {
            let mut machine = Machine::new(items.len(), others);
            let mut registers: Vec<Register> = (0..13).map(|_| machine.take()).collect();
            machine
                .relation(&planned[0], &|value| registers[value.0])
                .unwrap();
            machine.forget(registers[12]);
            assert_eq!(
                machine.relation(&planned[0], &|value| registers[value.0]),
                Err(RegisterError::Forgotten)
            );
            registers.push(machine.take());
            machine
                .relation(&planned[1], &|value| registers[value.0])
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
