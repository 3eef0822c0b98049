//! The tracing interpreter against Bitcoin Core.

use bitcoin::secp256k1::{Keypair, Secp256k1};
use gavel_script_gen::script;
use gavel_script_gen::script::{Op, Script, encode_number};
use gavel_script_gen::testing::{LeafSpend, execute_leaf};
use gavel_script_gen::trace::{NoTransaction, Reason, Rules, run_part};
use proptest::prelude::*;

#[test]
fn failures_say_where_and_why() {
    let script = script! { 7 OP_MIN 3 OP_EQUALVERIFY OP_DUP OP_IF OP_ELSE OP_NOT OP_ENDIF };
    let run = |stack: &[&[u8]]| {
        let stack: Vec<Vec<u8>> = stack.iter().map(|item| item.to_vec()).collect();
        execute_leaf(&script, &stack)
            .map(|outcome| outcome.peak_stack)
            .map_err(|failure| (failure.at, failure.reason))
    };
    assert_eq!(run(&[&[1], &[3]]), Ok(3));
    assert_eq!(run(&[&[], &[3]]), Ok(3));
    assert_eq!(run(&[&[3]]), Err((4, Reason::InvalidStackOperation)));
    assert_eq!(run(&[&[2], &[3]]), Err((5, Reason::MinimalIf)));
    assert_eq!(run(&[&[1], &[4]]), Err((3, Reason::EqualVerify)));
    assert_eq!(
        run(&[&[1], &[3, 0, 0, 0, 0]]),
        Err((1, Reason::ScriptNumber))
    );
    assert_eq!(run(&[&[1], &[3, 0]]), Err((1, Reason::ScriptNumber)));
    assert_eq!(run(&[&[5], &[1], &[3]]), Err((9, Reason::CleanStack)));
}

#[test]
fn signatures_belong_to_their_transaction() {
    let secp = Secp256k1::new();
    let key = Keypair::from_seckey_slice(&secp, &[7; 32]).expect("a key");
    let other = Keypair::from_seckey_slice(&secp, &[8; 32]).expect("a key");
    let spend = LeafSpend::new(&script! { {key.x_only_public_key().0} OP_CHECKSIG });
    assert!(spend.execute(&[spend.sign(&key)]).is_ok());
    assert_eq!(
        spend.execute(&[spend.sign(&other)]).map_err(|f| f.reason),
        Err(Reason::Signature)
    );
    assert_eq!(
        spend.execute(&[vec![]]).map_err(|f| f.reason),
        Err(Reason::EvalFalse)
    );
}

fn element() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (-3i64..20).prop_map(encode_number),
        any::<i32>().prop_map(|value| encode_number(value.into())),
        prop::collection::vec(
            prop_oneof![Just(0u8), Just(1), Just(0x80), any::<u8>()],
            0..6
        ),
    ]
}

/// An opcode or push.
fn item() -> impl Strategy<Value = Script> {
    let plain = Op::ALL
        .iter()
        .copied()
        .filter(|op| !op.name().contains("CHECK"))
        .collect::<Vec<_>>();
    prop_oneof![
        3 => prop::sample::select(plain).prop_map(|op| script! { {op} }),
        2 => (-1i64..5).prop_map(|number| script! { {number} }),
        1 => element().prop_map(|bytes| script! { {bytes} }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random programs: `execute` panics if the two interpreters disagree. What is on the stack at the end is folded
    /// into the result, so that it is compared, too.
    #[test]
    fn agrees_with_bitcoin_core(items in prop::collection::vec(item(), 0..14), stack in prop::collection::vec(element(), 0..9)) {
        let mut script: Script = items.into_iter().collect();
        let _ = execute_leaf(&script, &stack);
        if let Ok(part) = run_part(&script.to_bytes(), stack.clone(), Rules::Consensus, &NoTransaction) {
            // Every item of the result, compared byte by byte inside Bitcoin Core.
            for expected in part.stack.iter().rev() {
                script.push(script! { {expected.clone()} OP_EQUALVERIFY });
            }
            script.push(1);
            prop_assert!(LeafSpend::new(&script).execute_by_consensus(&stack).is_ok());
        }
    }
}
