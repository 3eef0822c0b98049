//! Whole proof games about a Groth16 proof: the operator asserts its check, and whoever sees a false value refutes it.
//!
//! The leaves and their tree are made once and serve every game. `GAVEL_TEST_ALL=1` also plays on bitcoind, with leaves that nodes
//! relay.

mod statement;

use std::sync::LazyLock;

use gavel_ocp::params::Amounts;
use gavel_ocp::proof::Statement;
use gavel_regtest::proof::{ProofLie, ProofScenario};
use gavel_regtest::scenario::{Outcome, Verdict};
use gavel_regtest::{BitcoindChain, Chain, KernelChain};
use statement::Groth16;

/// The least value of a Taproot output.
const DUST: u64 = 330;
const ANCHOR: u64 = 240;

static STATEMENT: LazyLock<Groth16> = LazyLock::new(|| Groth16::new(None));

/// Plays a game in process.
fn play(lie: &str) -> Outcome {
    let mut chain = KernelChain::start().expect("a chain");
    play_on(&STATEMENT, lie, &mut chain)
}

/// Plays a game, and accounts for every satoshi.
fn play_on(statement: &Groth16, lie: &str, chain: &mut dyn Chain) -> Outcome {
    let Ok(lie) = lie.parse::<ProofLie>();
    let scenario = ProofScenario::new(statement, statement.values(&lie), lie.conduct());
    let mut seen = vec![];
    let outcome = scenario.play(chain, &mut |report| seen.push(report.clone()));
    let outcome = outcome.unwrap_or_else(|error| panic!("{lie}: {error}"));
    assert_eq!(seen, outcome.transactions);
    settles(&statement.amounts(), &outcome);
    outcome
}

/// Everybody gets what the protocol promises, to the satoshi.
fn settles(amounts: &Amounts, outcome: &Outcome) {
    let [depositor, operator, challenger] = &outcome.balances[..] else {
        panic!("three parties")
    };
    let fee = |name: &str| {
        let mut reports = outcome.transactions.iter();
        let report = reports.find(|report| report.name == name);
        report.map_or(0, |report| report.fee)
    };
    let price = amounts.challenger_bond;
    assert_eq!(depositor.paid_in, amounts.deposit);
    assert_eq!(challenger.paid_in, price + fee("Challenge") + ANCHOR - DUST);
    assert_eq!(challenger.untouched + operator.untouched, 0);
    // What a Disprove costs is its maker's affair: it has no anchor.
    let anchors = outcome.transactions.len() as u64 - u64::from(fee("Disprove") > 0);
    assert_eq!(outcome.left_over, anchors * ANCHOR);
    let paid_in = depositor.paid_in + operator.paid_in + challenger.paid_in;
    let spent = outcome.total_fees + outcome.left_over;
    match outcome.outcome {
        Verdict::Paid => {
            assert_eq!(operator.received, paid_in - spent);
            // The challenge pays for all that it forces. The claim itself is the operator's affair.
            let claim = fee("Claim") + ANCHOR;
            assert!(operator.received + claim >= operator.paid_in + amounts.deposit);
            assert_eq!((depositor.untouched, challenger.received), (0, 0));
            assert_eq!(outcome.burned, 0);
        }
        Verdict::Slashed => {
            assert_eq!(operator.received, price);
            assert_eq!(challenger.received, amounts.reward() - fee("Disprove"));
            assert!(challenger.received > challenger.paid_in);
            assert_eq!(depositor.untouched, amounts.deposit);
            let got = price + challenger.received + amounts.deposit;
            assert_eq!(outcome.burned, paid_in - got - spent);
            assert!(outcome.burned >= amounts.burned());
        }
    }
}

fn names(outcome: &Outcome) -> Vec<&str> {
    let reports = outcome.transactions.iter();
    reports.map(|report| report.name.as_str()).collect()
}

/// The slot in this place of the list.
fn slot(number: usize) -> String {
    let slots = STATEMENT.slots();
    let slot = slots.iter().nth(number).expect("a slot");
    slot.name.clone()
}

/// A claim, its challenge, the whole assertion, and `ending`.
fn is_asserted(outcome: &Outcome, ending: &str) {
    let names = names(outcome);
    let parts = names.len() - 5;
    let mut expected = vec!["Claim".to_owned(), "Challenge".into(), "AssertStart".into()];
    expected.extend((1..=parts).map(|part| format!("Assert {part}")));
    expected.extend(["AssertEnd".into(), ending.into()]);
    assert_eq!(names, expected);
    assert!(parts > 0);
}

/// The lie is told, and the Disprove takes the reward. If the leaf is too heavy to be relayed, a miner gets it.
fn slashed(lie: &str) -> (Outcome, String) {
    let outcome = play(lie);
    assert_eq!(outcome.outcome, Verdict::Slashed);
    is_asserted(&outcome, "Disprove");
    let disprove = outcome.transactions.last().expect("a Disprove");
    assert!(disprove.weight <= 1_400_000);
    let says = disprove.says.clone();
    (outcome, says)
}

#[test]
fn an_honest_operator_is_paid() {
    let outcome = play("challenged");
    assert_eq!(outcome.outcome, Verdict::Paid);
    assert_eq!(outcome.decided_by, "no refutation");
    is_asserted(&outcome, "PayoutAfterAssertion");
    // No part of the assertion is too heavy to be relayed, and all together weigh no more than the peer's.
    let reports = outcome.transactions.iter();
    let parts = reports.filter(|report| report.name.starts_with("Assert"));
    let weights: Vec<u64> = parts.map(|report| report.weight).collect();
    assert!(weights.iter().all(|weight| *weight <= 400_000));
    assert!(weights.iter().sum::<u64>() <= 4 * 369_000);
}

/// Another public input than the proof is for: the first step that reads it is refuted.
#[test]
fn a_lie_about_the_first_value_is_slashed() {
    let (_, says) = slashed("first");
    let read = format!("digest of the solution for ({}", slot(0));
    assert!(says.contains(&read), "{says}");
}

#[test]
fn a_lie_about_a_value_in_the_middle_is_slashed() {
    let middle = slot((STATEMENT.slots().len() - 1) / 2);
    let (outcome, _) = slashed("middle");
    assert_eq!(outcome.decided_by, format!("leaf {middle}"));
}

#[test]
fn a_lie_about_the_last_value_is_slashed() {
    let last = slot(STATEMENT.slots().len() - 1);
    let (outcome, _) = slashed("last");
    assert_eq!(outcome.decided_by, format!("leaf {last}"));
}

/// All values follow from the proof, but it is not valid: the pairing check at the end is refuted.
#[test]
fn a_wrong_proof_is_slashed() {
    let (_, says) = slashed("wrong-proof");
    assert!(says.contains(" holds for ("), "{says}");
}

/// Every transaction under the default policy of an unmodified node, the Disprove included: needs the daemon.
#[test]
fn bitcoind_relays_games_with_light_leaves() {
    if std::env::var_os("GAVEL_TEST_ALL").is_none() {
        return;
    }
    let statement = Groth16::new(Some(400_000));
    for (lie, ending) in [
        ("challenged", "PayoutAfterAssertion"),
        ("first", "Disprove"),
        ("middle", "Disprove"),
        ("last", "Disprove"),
    ] {
        let mut chain = BitcoindChain::start().unwrap_or_else(|error| panic!("{error}"));
        let outcome = play_on(&statement, lie, &mut chain);
        is_asserted(&outcome, ending);
        let mut weights = outcome.transactions.iter().map(|report| report.weight);
        assert!(weights.all(|weight| weight <= 400_000));
    }
}
