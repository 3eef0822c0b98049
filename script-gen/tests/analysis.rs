//! What the analysis has proved holds in every run: random scripts, random witnesses.

use gavel_script_gen::analysis::analyse;
use gavel_script_gen::script::{Item, Mark, Op, Script, encode_number};
use gavel_script_gen::trace::{NoTransaction, Reason, Rules, run};
use proptest::prelude::*;

fn piece() -> impl Strategy<Value = Vec<Item<'static>>> {
    let plain = Op::ALL
        .iter()
        .copied()
        .filter(|op| !op.name().contains("CHECK"))
        .collect::<Vec<_>>();
    let clamped = |low: i64, high: i64, op| {
        vec![
            Item::Int(low),
            Item::Op(Op::Max),
            Item::Int(high),
            Item::Op(Op::Min),
            Item::Op(op),
        ]
    };
    prop_oneof![
        6 => prop::sample::select(plain).prop_map(|op| vec![Item::Op(op)]),
        4 => (-3i64..20).prop_map(|value| vec![Item::Int(value)]),
        2 => (0i64..2, 2i64..4, any::<bool>()).prop_map(move |(low, high, pick)| {
            clamped(low, high, if pick { Op::Pick } else { Op::Roll })
        }),
        1 => (0i64..9, any::<bool>()).prop_map(|(bound, less)| vec![
            Item::Op(Op::Dup),
            Item::Int(bound),
            Item::Op(if less { Op::LessThan } else { Op::GreaterThanOrEqual }),
            Item::Op(Op::If),
            Item::Int(bound),
            Item::Op(Op::Sub),
            Item::Op(Op::EndIf),
        ]),
        1 => (1usize..40).prop_map(|doublings| vec![[Item::Op(Op::Dup), Item::Op(Op::Add)]; doublings].concat()),
        1 => Just(vec![Item::Op(Op::Dup), Item::Int(-5), Item::Int(9), Item::Op(Op::Within), Item::Op(Op::Verify)]),
    ]
}

/// The script up to the first place that is not proved, made into a leaf. Tables are the four top places; in every sum and
/// difference an operand that is too long is a failed check.
fn proved_leaf(pieces: Vec<Vec<Item<'_>>>, witness_items: usize) -> Option<Script> {
    let mut leaf = None;
    let mut script = Script::new();
    for item in pieces.into_iter().flatten() {
        match item {
            Item::Op(op @ (Op::Pick | Op::Roll)) => script.push_marked(op, Mark::table(0..4)),
            Item::Op(op @ (Op::Add | Op::Sub)) => script.push_marked(op, Mark::Limit),
            _ => script.push_item(item),
        }
        for items in 0..12 {
            let mut candidate = script.clone();
            (0..items).for_each(|_| candidate.push_op(Op::Drop));
            candidate.push_int(1);
            if analyse(&candidate, witness_items).is_ok() {
                leaf = Some(candidate);
            }
        }
    }
    leaf
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proved_holds(
        pieces in prop::collection::vec(piece(), 0..16),
        witnesses in prop::collection::vec(prop::collection::vec(
            prop_oneof![
                (-9i64..20).prop_map(encode_number),
                prop::sample::select(vec![0i64, 1, 2, 3, i64::from(i32::MAX), -i64::from(i32::MAX)]).prop_map(encode_number),
                prop::sample::select(vec![vec![0x80u8], vec![1, 0], vec![2, 0, 0, 0x80], vec![9; 20]]),
            ], 6), 8),
    ) {
        let Some(leaf) = proved_leaf(pieces, 6) else { return Ok(()) };
        let report = analyse(&leaf, 6).expect("proved above");
        for witness in witnesses {
            let long = witness.iter().any(|item| item.len() > 4);
            match run(&leaf.to_bytes(), witness, Rules::Consensus, &NoTransaction) {
                Ok(outcome) => prop_assert!(outcome.peak_stack <= report.peak_stack),
                Err(failure) => {
                    let index_below_zero = failure.reason == Reason::InvalidStackOperation
                        && matches!(failure.op, Some(Op::Pick | Op::Roll));
                    let check = matches!(
                        failure.reason,
                        Reason::Verify | Reason::EqualVerify | Reason::NumEqualVerify | Reason::MinimalIf
                    );
                    let no_number = failure.reason == Reason::ScriptNumber && long;
                    let limit = failure.reason == Reason::ScriptNumber
                        && matches!(failure.op, Some(Op::Add | Op::Sub));
                    prop_assert!(index_below_zero || check || no_number || limit, "{failure} in {leaf}");
                }
            }
        }
    }
}
