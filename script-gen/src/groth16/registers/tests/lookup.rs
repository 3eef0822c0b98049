//! Rows that digits choose.

use super::*;
use crate::analysis::analyse;
use crate::groth16::program::Lookup;
use crate::groth16::registers::limb::limbs;
use crate::testing::execute_leaf;

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
    let refuted = Plans::default().refuted(&relation).unwrap();
    machine
        .claim_false(&refuted, &|value| registers[value.0])
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
