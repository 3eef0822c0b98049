//! Lies: every committed value, alone and with all that follows from it.

use num_bigint::BigInt;

use super::*;

#[test]
fn an_honest_assertion_is_not_refuted() {
    for compiled in [fine(), coarse()] {
        let run = compiled.program().run(&honest_inputs()).unwrap();
        let committed = compiled.assertion(&run.values).unwrap();
        assert_eq!(compiled.find_refutation(&committed).unwrap(), None);
    }
}

#[test]
fn every_wrong_digit_of_every_value_is_refuted() {
    for compiled in [fine(), coarse()] {
        let game = Game::new(compiled);
        let run = game.compiled.program().run(&honest_inputs()).unwrap();
        let honest = game.compiled.assertion(&run.values).unwrap();
        for slot in 0..honest.len() {
            let digits = honest[slot].len();
            for (place, change) in [(0, 1), (digits / 2, 8), (digits - 1, 15)] {
                let mut wrong = honest.clone();
                wrong[slot][place] ^= change;
                if game.compiled.slots()[slot].name == "scalar" && place != 3 {
                    // Nothing reads these digits, unless the number is too large.
                    let refuted = game.refute(&wrong);
                    assert!(refuted.is_none() || refuted.as_deref() == Some("scalar/too-large"));
                    continue;
                }
                assert!(game.refute(&wrong).is_some(), "slot {slot}, digit {place}");
            }
        }
    }
}

#[test]
fn the_digit_that_is_looked_up_is_bound() {
    let game = Game::new(fine());
    let run = game.compiled.program().run(&honest_inputs()).unwrap();
    let mut committed = game.compiled.assertion(&run.values).unwrap();
    committed[0][3] ^= 1;
    assert_eq!(game.refute(&committed).as_deref(), Some("window"));
}

/// The program with other equations for one value: its runs are lies about that value, consistent with all that follows.
fn lying(value: Value) -> Program {
    let mut program = program();
    let step = program
        .steps
        .iter_mut()
        .find(|step| step.outputs.iter().flatten().any(|output| *output == value))
        .unwrap();
    let one = Linear::constant(&BigInt::from(1));
    for equation in &mut step.equations {
        match equation {
            Equation::Lookup(lookup) => {
                for row in &mut lookup.table {
                    let coordinate = usize::from(lookup.outputs[1] == value);
                    row[coordinate] = (&row[coordinate] + 1) % modulus();
                }
            }
            Equation::Relation(relation) if relation.values().any(|other| other == value) => {
                relation.linear = relation.linear.clone().plus(1, &one);
            }
            Equation::Relation(_) => {}
        }
    }
    program
}

#[test]
fn a_lie_with_all_that_follows_is_refuted_where_it_begins() {
    let names = ["window", "window", "product", "pair", "pair", "quotient"];
    for (compiled, names) in [(fine(), Some(names)), (coarse(), None)] {
        let game = Game::new(compiled);
        for (place, value) in [X, Y, C, D, E, Q].into_iter().enumerate() {
            let run = lying(value).run(&honest_inputs()).unwrap();
            let committed = game.compiled.assertion(&run.values).unwrap();
            let refuted = game.refute(&committed);
            assert!(refuted.is_some(), "{value:?}");
            if let Some(names) = names {
                assert_eq!(refuted.as_deref(), Some(names[place]), "{value:?}");
            }
        }
    }
}

#[test]
fn a_false_statement_is_refuted_by_its_claim() {
    for compiled in [fine(), coarse()] {
        let game = Game::new(compiled);
        let mut inputs = honest_inputs();
        inputs[3] += 1;
        let run = game.compiled.program().run(&inputs).unwrap();
        let committed = game.compiled.assertion(&run.values).unwrap();
        assert_eq!(game.refute(&committed).as_deref(), Some("end/0"));
    }
}

#[test]
fn an_undefined_step_is_refuted() {
    for compiled in [fine(), coarse()] {
        let game = Game::new(compiled);
        let mut inputs = honest_inputs();
        // The x in the row that the scalar's digit chooses.
        inputs[1] = number(107);
        let run = game.compiled.program().run(&inputs).unwrap();
        assert_eq!(run.undefined, [3]);
        let committed = game.compiled.assertion(&run.values).unwrap();
        assert_eq!(
            game.refute(&committed).as_deref(),
            Some("quotient/undefined")
        );
    }
}

#[test]
fn inputs_out_of_range_are_refuted() {
    let game = Game::new(fine());
    let order = InputKind::Scalar.bound();
    for (input, value, leaf) in [
        (1, BigInt::from(-1), "a/negative"),
        (1, modulus(), "a/too-large"),
        (2, modulus() + number(2), "b/too-large"),
        (3, number(3) - modulus(), "w/negative"),
        (0, order.clone(), "scalar/too-large"),
        (0, (BigInt::from(1) << 256) - 1, "scalar/too-large"),
    ] {
        let mut inputs = honest_inputs();
        inputs[input] = value;
        let run = game.compiled.program().run(&inputs).unwrap();
        let committed = game.compiled.assertion(&run.values).unwrap();
        assert_eq!(game.refute(&committed).as_deref(), Some(leaf));
    }
    for (input, value) in [(0, order - 1), (1, modulus() - 1), (2, BigInt::ZERO)] {
        let mut inputs = honest_inputs();
        inputs[input] = value;
        let run = game.compiled.program().run(&inputs).unwrap();
        let committed = game.compiled.assertion(&run.values).unwrap();
        let refuted = game.refute(&committed);
        assert!(refuted.is_none_or(|leaf| leaf == "end/0"));
    }
}
