//! Whole proof games: every end pays the right party, to the satoshi, and is decided by the transaction that is named.
//!
//! The statement is that all committed values are the same; its leaves are real ones.

#[path = "../../ocp/tests/proof/equality.rs"]
mod equality;

use equality::Equality;
use gavel_ocp::proof::{CompiledStatement, ProofParams, Statement, public_keys};
use gavel_regtest::{
    BitcoindChain, Chain, KernelChain,
    proof::{Conduct, ProofScenario, ProofScenarioError, short_game},
    scenario::{Balance, Outcome, Verdict},
};
use gavel_script_gen::groth16::compile::compile;
use gavel_script_gen::groth16::program::{
    Check, Equation, Input, InputKind, Linear, Product, Program, Relation, Step, Value,
};
use gavel_script_gen::winternitz::GameSeed;
use num_bigint::BigInt;

const ANCHOR: u64 = 240;
const DUST: u64 = 330;

/// Two public and twelve asserted values, five in a transaction.
fn statement() -> Equality {
    Equality::new(2, 12)
}

fn params(statement: &Equality) -> ProofParams {
    let seed = GameSeed::new(&[0; 32], &[0; 32]);
    let (_, tree) = statement
        .tree(&public_keys(&seed, statement.slots()))
        .unwrap();
    let params = short_game(3, statement.slots(), &tree).unwrap();
    ProofParams {
        assert_weight: 20_000,
        locks: gavel_ocp::proof::ProofLocks {
            assert_window: params.locks.assert_window + 2,
            ..params.locks
        },
        ..params
    }
}

fn play(
    statement: &Equality,
    values: Vec<Vec<u8>>,
    conduct: Conduct,
    chain: &mut dyn Chain,
) -> Outcome {
    let params = params(statement);
    let scenario = ProofScenario {
        params: Some(params.clone()),
        ..ProofScenario::new(statement, values, conduct)
    };
    let mut seen = Vec::new();
    let outcome = scenario
        .play(chain, &mut |report| seen.push(report.clone()))
        .unwrap_or_else(|error| panic!("{conduct}: {error}"));
    assert_eq!(seen, outcome.transactions);
    settles(&params, &outcome);
    outcome
}

fn in_process(values: Vec<Vec<u8>>, conduct: Conduct) -> Outcome {
    let mut chain = KernelChain::start().unwrap();
    play(&statement(), values, conduct, &mut chain)
}

fn names(outcome: &Outcome) -> Vec<&str> {
    let reports = outcome.transactions.iter();
    reports.map(|report| report.name.as_str()).collect()
}

/// Every satoshi is accounted for, and everybody gets what the protocol promises: neither more nor less.
fn settles(params: &ProofParams, outcome: &Outcome) {
    let amounts = &params.amounts;
    let [depositor, operator, challenger] = &outcome.balances[..] else {
        panic!("three parties")
    };
    let sum = |value: fn(&Balance) -> u64| outcome.balances.iter().map(value).sum::<u64>();
    assert_eq!(
        sum(|one| one.paid_in),
        sum(|one| one.received)
            + sum(|one| one.untouched)
            + outcome.total_fees
            + outcome.burned
            + outcome.left_over
    );
    let last = outcome.transactions.last().unwrap();
    let challenged = names(outcome).contains(&"Challenge");
    let price = if challenged {
        amounts.challenger_bond
    } else {
        0
    };
    let fee = |name: &str| {
        let mut reports = outcome.transactions.iter();
        let report = reports.find(|report| report.name == name);
        report.map_or(0, |report| report.fee)
    };
    match last.name.as_str() {
        "Payout" => {
            let kept = operator.untouched;
            let claim = fee("Claim") + DUST + ANCHOR;
            assert_eq!(operator.paid_in, amounts.operator_bond + claim + kept);
            let paid = amounts.deposit + amounts.operator_bond + DUST - last.fee - ANCHOR;
            assert_eq!((operator.received, outcome.burned), (paid, 0));
        }
        "PayoutAfterAssertion" => {
            let all = amounts.deposit + amounts.operator_bond + price - last.fee - ANCHOR;
            // Parts of the assertion hand on at least dust, which comes back.
            assert!((all..all + 3 * DUST).contains(&operator.received));
            assert_eq!((operator.untouched, outcome.burned), (0, 0));
        }
        "Disprove" => {
            assert_eq!(challenger.received, amounts.reward() - last.fee);
            assert!(
                challenger.received > challenger.paid_in,
                "catching a lie pays"
            );
            assert_eq!(operator.received, price);
            assert!((amounts.burned()..amounts.burned() + 3 * DUST).contains(&outcome.burned));
        }
        "OperatorTimeout" => {
            assert_eq!(depositor.received, amounts.reward() - last.fee - ANCHOR);
            assert_eq!(outcome.burned, amounts.burned());
            assert_eq!(challenger.received, 0);
        }
        other => panic!("{other} ends no game"),
    }
    let deposit = match outcome.outcome {
        Verdict::Slashed => amounts.deposit,
        Verdict::Paid => 0,
    };
    assert_eq!(depositor.untouched, deposit);
    if !challenged {
        assert_eq!(challenger.untouched, challenger.paid_in);
    }
}

const ASSERTED: [&str; 7] = [
    "Claim",
    "Challenge",
    "AssertStart",
    "Assert 1",
    "Assert 2",
    "Assert 3",
    "AssertEnd",
];

#[test]
fn an_honest_operator_is_paid() {
    let outcome = in_process(statement().values(), Conduct::Unchallenged);
    assert_eq!(names(&outcome), ["Claim", "Payout"]);
    assert_eq!(outcome.decided_by, "no challenge");
}

#[test]
fn a_baseless_challenge_fails() {
    let outcome = in_process(statement().values(), Conduct::Challenged);
    assert_eq!(outcome.outcome, Verdict::Paid);
    assert_eq!(outcome.decided_by, "no refutation");
    let all = [&ASSERTED[..], &["PayoutAfterAssertion"]].concat();
    assert_eq!(names(&outcome), all);
}

/// A public value, the first, one in each transaction of the assertion, and the last: the leaf that compares the false value with
/// the one before it is the first that accepts.
#[test]
fn every_part_of_a_false_assertion_is_refuted() {
    for (slot, leaf) in [
        (0, "leaf differ 1"),
        (1, "leaf differ 1"),
        (2, "leaf differ 2"),
        (8, "leaf differ 8"),
        (13, "leaf differ 13"),
    ] {
        let outcome = in_process(statement().lie(slot), Conduct::Challenged);
        assert_eq!(outcome.outcome, Verdict::Slashed);
        assert_eq!(outcome.decided_by, leaf, "slot {slot}");
        assert_eq!(names(&outcome), [&ASSERTED[..], &["Disprove"]].concat());
    }
}

#[test]
fn a_silent_operator_is_slashed_wherever_it_stops() {
    for (number, last) in (1..).zip(&ASSERTED[1..6]) {
        let outcome = in_process(statement().lie(3), Conduct::OperatorSilent(number));
        assert_eq!(outcome.outcome, Verdict::Slashed);
        assert_eq!(
            outcome.decided_by,
            format!("time-out of the operator after {last}")
        );
        let shown = [&ASSERTED[..=number], &["OperatorTimeout"]].concat();
        assert_eq!(names(&outcome), shown);
    }
}

/// What the game cannot prevent: a lie that nobody looks at is paid.
#[test]
fn a_lie_that_nobody_refutes_is_paid() {
    for (conduct, decided_by) in [
        (Conduct::Unchallenged, "no challenge"),
        (Conduct::WatcherSilent, "no refutation"),
        (Conduct::LateDisprove, "no refutation in time"),
    ] {
        let outcome = in_process(statement().lie(3), conduct);
        assert_eq!(outcome.outcome, Verdict::Paid);
        assert_eq!(outcome.decided_by, decided_by);
    }
}

/// 400,000 weight units are not relayed, but mined.
fn large_refutation(chain: &mut dyn Chain) {
    let statement = Equality::new(1, 3).padded(420_000);
    let outcome = play(&statement, statement.lie(2), Conduct::Challenged, chain);
    assert_eq!(outcome.decided_by, "leaf differ 2");
    assert!(outcome.transactions.last().unwrap().weight > 420_000);
}

#[test]
fn a_large_refutation_is_mined() {
    large_refutation(&mut KernelChain::start().unwrap());
}

/// Every transaction under the default policy of an unmodified node: needs the daemon.
#[test]
fn bitcoind_relays_every_transaction() {
    let start = || BitcoindChain::start().unwrap_or_else(|error| panic!("{error}"));
    let statement = statement();
    let lie = play(
        &statement,
        statement.lie(8),
        Conduct::Challenged,
        &mut start(),
    );
    assert_eq!(lie.decided_by, "leaf differ 8");
    let silent = Conduct::OperatorSilent(3);
    let silence = play(&statement, statement.lie(8), silent, &mut start());
    assert_eq!(
        silence.decided_by,
        "time-out of the operator after Assert 1"
    );
    let honest = play(
        &statement,
        statement.values(),
        Conduct::Challenged,
        &mut start(),
    );
    assert_eq!(honest.outcome, Verdict::Paid);
    large_refutation(&mut start());
    let values = Equality::new(4, 300);
    let scenario = ProofScenario::new(&values, values.lie(250), Conduct::Challenged);
    let outcome = scenario.play(&mut start(), &mut |_| ()).unwrap();
    assert_eq!(outcome.decided_by, "leaf differ 250");
    let weights = outcome.transactions.iter().map(|one| one.weight);
    let heaviest = weights.max().unwrap();
    assert!((350_000..=400_000).contains(&heaviest), "{heaviest}");
}

/// A game with the parameters that suit the statement, by default.
#[test]
fn a_game_needs_no_parameters() {
    let statement = statement();
    let scenario = ProofScenario::new(&statement, statement.lie(13), Conduct::Challenged);
    let outcome = scenario
        .play(&mut KernelChain::start().unwrap(), &mut |_| ())
        .unwrap();
    assert_eq!(outcome.decided_by, "leaf differ 13");
    let said: Vec<&str> = outcome
        .transactions
        .iter()
        .map(|one| one.says.as_str())
        .collect();
    assert_eq!(
        said[0],
        "the statement is true for public 0 = 0x1a3c5e7092b4d6f8.., public 1 = 0x1a3c5e7092b4d6f8.."
    );
    assert_eq!(said[3], "12 values, from asserted 0 to asserted 11");
    assert_eq!(
        *said.last().unwrap(),
        "asserted 11 = asserted 10 is false, as leaf differ 13 shows"
    );
}

#[test]
fn games_that_cannot_be_played_are_refused() {
    let statement = statement();
    let fails = |values, conduct| {
        let scenario = ProofScenario::new(&statement, values, conduct);
        let outcome = scenario.play(&mut KernelChain::start().unwrap(), &mut |_| ());
        outcome.unwrap_err()
    };
    let error = fails(statement.values(), Conduct::LateDisprove);
    assert!(
        matches!(error, ProofScenarioError::NothingToRefute),
        "{error}"
    );
    let error = fails(statement.values()[1..].to_vec(), Conduct::Challenged);
    assert_eq!(error.to_string(), "13 values for 14 slots");
}

/// `c = a b`, and `c = w` is claimed. The scalar is public.
fn program() -> Program {
    let [scalar, a, b, w, c] = [0, 1, 2, 3, 4].map(Value);
    let input = |name: &str, value, kind| Input {
        name: name.to_owned(),
        value,
        kind,
    };
    Program {
        inputs: vec![
            input("scalar", scalar, InputKind::Scalar),
            input("a", a, InputKind::Element),
            input("b", b, InputKind::Element),
            input("w", w, InputKind::Element),
        ],
        steps: vec![Step {
            name: "product".to_owned(),
            hidden: vec![],
            outputs: vec![vec![c]],
            equations: vec![Equation::Relation(Relation {
                products: vec![Product::of(1, a, b)],
                linear: Linear::default().plus(-1, &c.into()),
            })],
            undefined: vec![],
        }],
        checks: vec![Check {
            name: "end".to_owned(),
            hidden: vec![],
            equations: vec![],
            claims: vec![Linear::from(c).plus(-1, &w.into()).into()],
        }],
    }
}

/// A statement that the compiler makes: a false claim, a false digest and an input out of range are refuted, a true claim is paid.
#[test]
fn programs_are_played() {
    let budget = CompiledStatement::budget(Some(400_000));
    let program = program();
    let run = |w: u32| {
        let inputs = [5u32, 6, 7, w].map(BigInt::from);
        program.run(&inputs).unwrap().values
    };
    let statement = CompiledStatement::new(compile(program.clone(), budget).unwrap());
    assert_eq!(statement.slots().public.len(), 1);
    let assertion = |w| statement.compiled().assertion(&run(w)).unwrap();
    let decided = |values: Vec<Vec<u8>>| {
        let scenario = ProofScenario::new(&statement, values, Conduct::Challenged);
        let mut chain = KernelChain::start().unwrap();
        scenario.play(&mut chain, &mut |_| ()).unwrap()
    };
    let honest = decided(assertion(42));
    assert_eq!(honest.outcome, Verdict::Paid);
    let mut lies = vec![assertion(43)];
    for slot in 0..statement.slots().len() {
        let mut lie = assertion(42);
        lie[slot] = vec![15; lie[slot].len()];
        lies.push(lie);
    }
    for lie in lies {
        let outcome = decided(lie);
        assert_eq!(outcome.outcome, Verdict::Slashed);
        assert!(
            outcome.decided_by.starts_with("leaf "),
            "{}",
            outcome.decided_by
        );
    }
}
