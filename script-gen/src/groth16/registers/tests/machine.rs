//! Registers: how they come and go.

use std::collections::BTreeMap;

use super::*;
use crate::analysis::analyse;
use crate::groth16::registers::limb::limbs;
use crate::testing::execute_leaf;

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
    let planned = Plans::default().required(&relation).unwrap();
    for of in [input, kept] {
        let registers = [of, shown];
        machine
            .relation(&planned, &|value| registers[value.0])
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

/// A relation is planned once, whatever its values are called and whatever else has been planned.
#[test]
fn plans_do_not_depend_on_names() {
    let known = Plans::default();
    for kind in kinds() {
        let script = |plans: &Plans, name: &dyn Fn(usize) -> usize| {
            let relation = kind.relation.renamed(&mut |of| Value(name(of.0)));
            let planned = plans.required(&relation).unwrap();
            let shown = LIMBS * (kind.values + 1);
            let mut machine = Machine::new(shown + planned.quotient_limbs(), 0);
            let registers = (0..=kind.values).map(|of| (Value(name(of)), machine.take()));
            let registers: BTreeMap<Value, Register> = registers.collect();
            let register = |value: Value| registers[&value];
            machine.relation(&planned, &register).unwrap();
            let registers = (0..=kind.values).map(|of| registers[&Value(name(of))]);
            finish(machine, &registers.collect::<Vec<_>>())
        };
        let fresh = script(&Plans::default(), &|of| of);
        assert_eq!(script(&known, &|of| of), fresh, "{}", kind.name);
        assert_eq!(script(&known, &|of| 50 - of), fresh, "{}", kind.name);
    }
}
