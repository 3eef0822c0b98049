//! Whole games: every lie ends with the right party paid, to the satoshi, and by the leaf or the time-out that is named.
//!
//! All are played in process and a few on bitcoind; `GAVEL_TEST_ALL=1` plays all of them there, too.

use gavel_regtest::{
    BitcoindChain, Chain, KernelChain,
    scenario::{Balance, Lie, LieKind, Outcome, Scenario, ScenarioError, Verdict},
};
use gavel_vm::{digest::DigestLength, image::Image, isa::Class, memory::ByteOrder, supervisor};

/// Sums its input bytes in a few hundred steps.
const TINY: &[u8] = include_bytes!("../../vm/programs/elf/c-tiny-be.elf");

/// What the anchor of a transaction holds, in satoshis.
const ANCHOR: u64 = 240;

/// A lie, what becomes of the claim, and what decides.
struct Case {
    lie: &'static str,
    verdict: Verdict,
    decided_by: &'static str,
}

const fn slashed(lie: &'static str, decided_by: &'static str) -> Case {
    Case {
        lie,
        verdict: Verdict::Slashed,
        decided_by,
    }
}

const fn paid(lie: &'static str, decided_by: &'static str) -> Case {
    Case {
        lie,
        verdict: Verdict::Paid,
        decided_by,
    }
}

/// Has an instruction of every class that the other program lacks, and exits with 7.
const ARITHMETIC: [u32; 12] = [
    0x2408_04d2, // li $t0, 1234
    0x2409_0007, // li $t1, 7
    0x0109_0018, // mult $t0, $t1
    0x0000_5012, // mflo $t2
    0x0109_001a, // div $t0, $t1
    0x0000_5810, // mfhi $t3
    0x7d0c_3900, // ext $t4, $t0, 4, 8
    0x710d_6820, // clz $t5, $t0
    0x7c08_7420, // seb $t6, $t0
    0x2402_0fa1, // li $v0, 4001 (exit)
    0x2404_0007, // li $a0, 7
    0x0000_000c, // syscall
];

fn scenario(lie: Option<Lie>) -> Scenario {
    let (image, input) = match lie.map(|lie| lie.kind) {
        Some(LieKind::Instruction(Class::Multiply | Class::Divide | Class::Move | Class::Bits)) => {
            (
                Image::bare(ByteOrder::Big, 0x1_0000, &ARITHMETIC),
                b"".as_slice(),
            )
        }
        _ => (
            Image::new(TINY, &supervisor::linux(ByteOrder::Big), &["tiny"]),
            b"gavel".as_slice(),
        ),
    };
    let signers = if lie.is_some_and(|lie| lie.kind == LieKind::WrongSelection) {
        3
    } else {
        2
    };
    Scenario {
        signers,
        ..Scenario::new(image.unwrap(), input.to_vec(), lie)
    }
}

fn play(case: &Case, chain: &mut dyn Chain) -> Outcome {
    let lie = (!case.lie.is_empty()).then(|| case.lie.parse().unwrap());
    let scenario = scenario(lie);
    let mut seen = Vec::new();
    let outcome = scenario
        .play(chain, &mut |report| seen.push(report.clone()))
        .unwrap_or_else(|error| panic!("{}: {error}", case.lie));
    assert_eq!(
        outcome.outcome, case.verdict,
        "{}: {}",
        case.lie, outcome.decided_by
    );
    assert_eq!(outcome.decided_by, case.decided_by, "{}", case.lie);
    assert_eq!(
        seen, outcome.transactions,
        "the observer sees every transaction"
    );
    settles(&scenario, &outcome);
    outcome
}

/// Every satoshi is accounted for, and nobody gets less than the protocol promises.
fn settles(scenario: &Scenario, outcome: &Outcome) {
    let sum = |value: fn(&Balance) -> u64| outcome.balances.iter().map(value).sum::<u64>();
    let given_out = sum(|one| one.received)
        + sum(|one| one.untouched)
        + outcome.total_fees
        + outcome.burned
        + outcome.left_over;
    assert_eq!(sum(|one| one.paid_in), given_out);

    let amounts = scenario.params(1).amounts;
    let of = |name: &str| {
        outcome
            .balances
            .iter()
            .find(|balance| balance.party == name)
            .unwrap()
    };
    let (depositor, operator) = (of("depositor"), of("operator"));
    let failed = outcome
        .transactions
        .iter()
        .filter(|report| report.name.starts_with("ChallengerTimeout"))
        .count() as u64;
    match outcome.outcome {
        Verdict::Slashed => {
            let winners: Vec<&Balance> = outcome.balances[2..]
                .iter()
                .filter(|balance| balance.received > 0)
                .collect();
            assert_eq!(winners.len(), 1);
            let promised = amounts.challenger_bond + amounts.reward();
            assert!(winners[0].received >= promised);
            assert!(
                winners[0].received > winners[0].paid_in,
                "catching a lie pays"
            );
            assert_eq!(outcome.burned, amounts.burned());
            assert_eq!(
                (depositor.untouched, depositor.paid_in),
                (amounts.deposit, amounts.deposit)
            );
            assert!(operator.received >= failed * amounts.challenger_bond);
            assert!(operator.received < operator.paid_in);
        }
        Verdict::Paid => {
            // The payout pays its own fee and its anchor.
            let payout = outcome
                .transactions
                .iter()
                .find(|report| report.name.starts_with("Payout"))
                .unwrap();
            let promised =
                amounts.deposit + amounts.operator_bond + failed * amounts.challenger_bond;
            assert!(operator.received + payout.fee + ANCHOR >= promised);
            assert_eq!((depositor.untouched, outcome.burned), (0, 0));
            assert!(
                outcome.balances[2..]
                    .iter()
                    .all(|balance| balance.received == 0)
            );
        }
    }
    assert_eq!(operator.untouched, 0);
}

/// Plays cases one after another, each on a chain of its own.
fn play_all<C: Chain>(cases: &[Case], start: impl Fn() -> C) {
    for case in cases {
        play(case, &mut start());
    }
}

fn in_process(cases: &[Case]) {
    play_all(cases, || KernelChain::start().unwrap());
}

fn on_bitcoind(cases: &[Case]) {
    play_all(cases, || {
        BitcoindChain::start().unwrap_or_else(|error| panic!("{error}"))
    });
}

fn everything() -> bool {
    std::env::var_os("GAVEL_TEST_ALL").is_some()
}

const HONEST: Case = paid("", "no challenge");

const INSTRUCTIONS: [Case; 11] = [
    slashed("arithmetic", "leaf upper"),
    slashed("logic", "leaf logic"),
    slashed("shift", "leaf shift"),
    slashed("bits", "leaf count"),
    slashed("multiply", "leaf product/4096"),
    slashed("divide", "leaf quotient/4096"),
    slashed("move", "leaf from-hi-lo"),
    slashed("branch", "leaf next-pc"),
    slashed("jump", "leaf link"),
    slashed("load", "leaf load-word"),
    slashed("store", "leaf store"),
];

const STATES: [Case; 9] = [
    slashed("fetch", "leaf path-word/instr"),
    slashed("operand", "leaf register-word/rs/5"),
    slashed("read", "leaf path-word/mem_old"),
    slashed("register", "leaf register-new/1"),
    slashed("memory", "leaf path-new/24"),
    slashed("pc", "leaf pc"),
    slashed("next-pc", "leaf next-pc"),
    slashed("hi", "leaf hi-kept"),
    slashed("lo", "leaf lo-kept"),
];

const CLAIMS: [Case; 4] = [
    slashed("initial-state", "leaf path-new/23"),
    slashed("output", "leaf path-output"),
    slashed("too-few-steps", "leaf finish"),
    slashed("too-many-steps", "leaf not-halted"),
];

/// The operator falls silent at each of its turns; the eighth would be one too many.
const SILENT_OPERATOR: [Case; 8] = [
    slashed(
        "operator-silent",
        "time-out of the operator after Challenge",
    ),
    slashed(
        "operator-silent@2",
        "time-out of the operator after Select 1",
    ),
    slashed(
        "operator-silent@3",
        "time-out of the operator after Select 2",
    ),
    slashed(
        "operator-silent@4",
        "time-out of the operator after Select 3",
    ),
    slashed(
        "operator-silent@5",
        "time-out of the operator after SelectPath",
    ),
    slashed(
        "operator-silent@6",
        "time-out of the operator after SelectPathPart 1",
    ),
    slashed(
        "operator-silent@7",
        "time-out of the operator after SelectPathPart 2",
    ),
    slashed("operator-silent@8", "leaf path-output"),
];

/// The challenger falls silent at each of its turns, and in the end has nothing left to say.
const SILENT_CHALLENGER: [Case; 7] = [
    paid(
        "challenger-silent",
        "time-out of the challenger after Disclose 1",
    ),
    paid(
        "challenger-silent@2",
        "time-out of the challenger after Disclose 2",
    ),
    paid(
        "challenger-silent@3",
        "time-out of the challenger after Disclose 3",
    ),
    paid(
        "challenger-silent@4",
        "time-out of the challenger after RevealStep",
    ),
    paid(
        "challenger-silent@5",
        "time-out of the challenger after DisclosePath 1",
    ),
    paid(
        "challenger-silent@6",
        "time-out of the challenger after DisclosePath 2",
    ),
    paid(
        "baseless-challenge",
        "time-out of the challenger after RevealPath",
    ),
];

const TWO_OPENINGS: Case = slashed("two-openings", "leaf equivocation/output");

const WRONG_SELECTION: Case = slashed("wrong-selection", "leaf path-new/24");

#[test]
fn an_honest_operator_is_paid() {
    let outcome = play(&HONEST, &mut KernelChain::start().unwrap());
    let names: Vec<&str> = outcome
        .transactions
        .iter()
        .map(|report| report.name.as_str())
        .collect();
    assert_eq!(names, ["Claim", "Payout"]);
}

#[test]
fn false_instructions_are_refuted() {
    in_process(&INSTRUCTIONS);
}

#[test]
fn false_states_are_refuted() {
    in_process(&STATES);
}

#[test]
fn false_claims_are_refuted() {
    in_process(&CLAIMS);
}

#[test]
fn a_silent_operator_is_slashed_at_every_turn() {
    in_process(&SILENT_OPERATOR);
}

#[test]
fn a_baseless_challenger_loses_its_bond_at_every_turn() {
    in_process(&SILENT_CHALLENGER);
}

/// The first challenger loses its bond, the second wins the operator's.
#[test]
fn a_wrong_selection_costs_only_who_makes_it() {
    let outcome = play(&WRONG_SELECTION, &mut KernelChain::start().unwrap());
    let timeouts = outcome
        .transactions
        .iter()
        .filter(|report| report.name.starts_with("ChallengerTimeout"));
    assert_eq!(timeouts.count(), 1);
    let received: Vec<bool> = outcome.balances[2..]
        .iter()
        .map(|balance| balance.received > 0)
        .collect();
    assert_eq!(received, [false, true]);
}

/// The claim is true, but the challenger was shown another one: it searches to the end, and slashes without a false value.
#[test]
fn two_openings_of_one_key_are_slashed() {
    let outcome = play(&TWO_OPENINGS, &mut KernelChain::start().unwrap());
    let names = outcome.transactions.iter().map(|report| &report.name[..]);
    let names: Vec<&str> = names.collect();
    assert_eq!(names[..2], ["Claim", "Challenge"]);
    assert_eq!(names[names.len() - 2..], ["RevealStep", "Disprove (step)"]);
    let says = &outcome.transactions.last().unwrap().says;
    assert!(says.contains("output has one value"), "{says}");
}

/// The same games where the mempool judges: needs the daemon.
#[test]
fn bitcoind_relays_every_transaction() {
    on_bitcoind(&[
        HONEST,
        slashed("arithmetic", "leaf upper"),
        slashed("memory", "leaf path-new/24"),
        slashed("register", "leaf register-new/1"),
    ]);
    if everything() {
        for cases in [
            &INSTRUCTIONS[..],
            &STATES,
            &CLAIMS,
            &SILENT_OPERATOR,
            &SILENT_CHALLENGER,
            &[WRONG_SELECTION, TWO_OPENINGS],
        ] {
            on_bitcoind(cases);
        }
    }
}

#[test]
fn a_lie_that_cannot_be_told_is_refused() {
    let unable = Scenario {
        lie: Some("divide".parse().unwrap()),
        ..scenario(None)
    };
    let result = unable.play(&mut KernelChain::start().unwrap(), &mut |_| ());
    assert!(
        matches!(
            result,
            Err(ScenarioError::NoSuitableStep {
                place: 366,
                steps: 732,
                ..
            })
        ),
        "{result:?}"
    );
    let lie = Some("wrong-selection".parse().unwrap());
    let result = Scenario {
        signers: 2,
        ..scenario(lie)
    }
    .play(&mut KernelChain::start().unwrap(), &mut |_| ());
    assert!(
        matches!(
            result,
            Err(ScenarioError::Signers {
                needed: 3,
                signers: 2,
                ..
            })
        ),
        "{result:?}"
    );
}

/// Short digests and a wide round, whose disclosure takes several transactions; long digests and narrow rounds.
#[test]
fn games_of_other_shapes_end_alike() {
    // Counts down from 80 first: 8 bits tell its steps apart.
    let wait = [
        0x240f_0050, // li $t7, 80
        0x15e0_ffff, // bne $t7, $0, here
        0x25ef_ffff, // addiu $t7, $t7, -1
    ];
    let code = [&wait[..], &ARITHMETIC].concat();
    let image = Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    for (digest, arity_bits, disclosures) in
        [(DigestLength::Bits160, 8, 2), (DigestLength::Bits256, 1, 8)]
    {
        let shaped = Scenario {
            image: image.clone(),
            digest,
            arity_bits,
            ..scenario(Some("multiply".parse().unwrap()))
        };
        let outcome = shaped
            .play(&mut KernelChain::start().unwrap(), &mut |_| ())
            .unwrap();
        assert_eq!(outcome.decided_by, "leaf product/4096");
        let disclosed = outcome
            .transactions
            .iter()
            .filter(|report| report.name.starts_with("Disclose "));
        assert_eq!(disclosed.count(), disclosures);
        settles(&shaped, &outcome);
    }
}
