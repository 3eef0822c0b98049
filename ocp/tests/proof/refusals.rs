//! Every rule of set-up, parameters and completion, broken one by one.

use bitcoin::ScriptBuf;
use gavel_ocp::keys::musig::MusigError;
use gavel_ocp::params::ParamsError;
use gavel_ocp::proof::sign::{
    Asserting, OperatorSecrets, ProofSignError, challenge, complete, disprove,
};
use gavel_ocp::proof::{
    ProofBlueprint, ProofParams, ProofParamsError, ProofSetup, ProofSetupError, ProofSignatures,
    ProofTx, Statement,
};
use gavel_script_gen::winternitz::{GameSeed, Shape};

use crate::world::{challenger, outpoint, params, payout, secrets, setup, statement, world};

fn refused(change: impl FnOnce(&mut ProofSetup)) -> ProofSetupError {
    let (mut setup, _) = setup(&params(), &statement());
    change(&mut setup);
    ProofBlueprint::new(setup).expect_err("the change must be refused")
}

fn refused_params(change: impl FnOnce(&mut ProofParams)) -> ProofParamsError {
    match refused(|setup| change(&mut setup.params)) {
        ProofSetupError::Params(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn parameters() {
    let common = |error: ParamsError| ProofParamsError::Common(error);
    assert_eq!(
        refused_params(|params| params.signers = 1),
        common(ParamsError::Signers(1))
    );
    assert_eq!(
        refused_params(|params| params.assert_weight = 400_001),
        ProofParamsError::AssertWeight(400_001)
    );
    assert_eq!(
        refused_params(|params| params.amounts.reward_permille = 1001),
        common(ParamsError::Share(1001))
    );
    assert_eq!(
        refused_params(|params| params.amounts.challenger_bond = 1_200_000),
        ProofParamsError::BurnedBelowPrice {
            burned: 1_200_000,
            price: 1_200_000
        }
    );
    let error = refused_params(|params| params.amounts.challenger_bond = 10_000);
    assert!(
        matches!(
            error,
            ProofParamsError::PriceBelowAssertion { price: 10_000, fees } if fees > 10_000
        ),
        "{error}"
    );
    let error = refused_params(|params| params.amounts.reward_permille = 100);
    assert!(
        matches!(
            error,
            ProofParamsError::RewardBelowCosts { reward: 200_000, costs } if costs > 200_000
        ),
        "{error}"
    );
}

#[test]
fn the_order_of_time_locks() {
    let order = |change: fn(&mut ProofParams)| match refused_params(change) {
        ProofParamsError::Common(ParamsError::LockOrder { earlier, later, .. }) => (earlier, later),
        other => panic!("{other}"),
    };
    assert_eq!(
        refused_params(|params| params.locks.margin = 0),
        ProofParamsError::Common(ParamsError::NoMargin)
    );
    assert_eq!(
        refused_params(|params| params.locks.assert_window = 65_535),
        ProofParamsError::Common(ParamsError::DisputeTooLong(65_535 + 6 + 1 + 3 + 2))
    );
    assert_eq!(
        order(|params| params.locks.assert_window = 3),
        ("three margins", "the operator's window")
    );
    assert_eq!(
        order(|params| params.locks.disprove_window = 1),
        ("the margin", "the disprove window")
    );
    assert_eq!(
        order(|params| params.locks.challenge_period = 3),
        ("the disprove window", "the challenge period")
    );
    assert_eq!(
        order(|params| params.locks.refund = 17),
        ("the longest game", "the refund")
    );
}

#[test]
fn keys_and_slots() {
    let error = refused(|setup| drop(setup.signers.pop()));
    assert!(
        matches!(
            error,
            ProofSetupError::Count {
                what: "signers",
                got: 2,
                expected: 3
            }
        ),
        "{error}"
    );
    let error = refused(|setup| setup.signers[2] = setup.signers[1].clone());
    assert!(
        matches!(error, ProofSetupError::Musig(MusigError::DuplicateKey(..))),
        "{error}"
    );
    let error = refused(|setup| drop(setup.keys.pop()));
    assert!(
        matches!(
            error,
            ProofSetupError::Count {
                what: "one-time keys",
                got: 13,
                expected: 14
            }
        ),
        "{error}"
    );
    let error = refused(|setup| setup.keys[3] = setup.keys[7].clone());
    assert!(
        matches!(&error, ProofSetupError::DuplicateKey(slot) if slot == "asserted 5"),
        "{error}"
    );
    let error = refused(|setup| setup.slots.asserted[3].name = "public 0".into());
    assert!(
        matches!(&error, ProofSetupError::DuplicateSlot(slot) if slot == "public 0"),
        "{error}"
    );
    let error = refused(|setup| setup.slots.asserted[0].shape = Shape::DIGEST_256);
    assert!(
        matches!(
            &error,
            ProofSetupError::KeyLength { slot, got: 160, expected: 256 } if slot == "asserted 0"
        ),
        "{error}"
    );
}

#[test]
fn assertions_of_nothing_and_of_too_large_values() {
    let error = refused(|setup| {
        setup.keys.truncate(2);
        setup.slots.asserted.clear();
    });
    assert!(matches!(error, ProofSetupError::Assertion(0)), "{error}");
    let error = refused(|setup| setup.params.assert_weight = 3_000);
    assert!(
        matches!(error, ProofSetupError::AssertTooSmall { limit: 3_000 }),
        "{error}"
    );
}

#[test]
fn what_cannot_be_completed() {
    let world = world();
    let (graph, signatures) = (&world.graph, &world.signatures);
    let secrets = secrets();
    let values = secrets
        .sign(world.statement.slots(), &world.statement.values())
        .unwrap();
    let own = Asserting {
        secrets: &secrets,
        values: &values,
    };
    let operator = Some(own);
    let fails = |name, signatures: &ProofSignatures, operator| {
        complete(graph, signatures, name, operator).unwrap_err()
    };
    let error = fails(ProofTx::Assert(9), signatures, operator);
    assert!(matches!(error, ProofSignError::Unknown(ProofTx::Assert(9))));
    let error = fails(ProofTx::Claim, signatures, None);
    assert!(matches!(
        error,
        ProofSignError::NotTheOperator(ProofTx::Claim)
    ));
    for name in [ProofTx::Challenge, ProofTx::Disprove] {
        let error = fails(name, signatures, operator);
        assert!(matches!(error, ProofSignError::Incomplete(of) if of == name));
    }
    let error = fails(ProofTx::Payout, &ProofSignatures::default(), None);
    assert!(matches!(
        error,
        ProofSignError::NotPresigned {
            name: ProofTx::Payout,
            input: 0
        }
    ));
    let short = Asserting {
        values: &values[1..],
        ..own
    };
    let error = fails(ProofTx::Assert(1), signatures, Some(short));
    assert!(matches!(
        error,
        ProofSignError::Values {
            got: 13,
            expected: 14
        }
    ));
    // Anyone can complete what only the signers have signed.
    for name in [
        ProofTx::Payout,
        ProofTx::OperatorTimeout,
        ProofTx::PayoutAfterAssertion,
    ] {
        assert!(complete(graph, signatures, name, None).is_ok(), "{name}");
    }
}

#[test]
fn values_that_do_not_fit() {
    let secrets: OperatorSecrets = secrets();
    let statement = statement();
    let mut values = statement.values();
    values[3][1] = 16;
    let error = secrets.sign(statement.slots(), &values).unwrap_err();
    assert!(
        matches!(&error, ProofSignError::Value { slot, .. } if slot == "asserted 1"),
        "{error}"
    );
    let error = secrets.sign(statement.slots(), &values[1..]).unwrap_err();
    assert!(matches!(error, ProofSignError::Values { .. }), "{error}");
}

#[test]
fn challenges_and_refutations() {
    let world = world();
    let (graph, signatures) = (&world.graph, &world.signatures);
    let needed = graph.blueprint().challenge_stake();
    let offer = |value| challenge(graph, signatures, outpoint(9), value, &challenger());
    assert!(offer(needed).is_ok() && offer(needed + 5_000).is_ok());
    let error = offer(needed - 1).unwrap_err();
    assert!(
        matches!(error, ProofSignError::StakeTooSmall { value, .. } if value == needed - 1),
        "{error}"
    );

    let statement = &world.statement;
    let keys = &graph.blueprint().setup().keys;
    let lie = secrets()
        .sign(statement.slots(), &statement.lie(5))
        .unwrap();
    let refuting = statement.find_refutation(keys, &lie).unwrap().unwrap();
    let branch = world.tree.branch(refuting.number).unwrap();
    assert!(disprove(graph, &refuting, &branch, payout(5)).is_ok());
    let error = disprove(graph, &refuting, &branch[1..], payout(5)).unwrap_err();
    assert!(
        matches!(&error, ProofSignError::NotInTree(leaf) if leaf == "differ 5"),
        "{error}"
    );
    let mut own = refuting.clone();
    own.script = ScriptBuf::from_bytes(vec![0x51]);
    let error = disprove(graph, &own, &branch, payout(5)).unwrap_err();
    assert!(matches!(error, ProofSignError::NotInTree(_)), "{error}");
    let mut heavy = refuting;
    heavy.witness.push(vec![0; 4_000_000]);
    let error = disprove(graph, &heavy, &branch, payout(5)).unwrap_err();
    assert!(
        matches!(
            error,
            ProofSignError::RewardTooSmall { reward: 800_000, fee } if fee > 1_000_000
        ),
        "{error}"
    );
}

/// Keys of another game, or of another slot, are other keys.
#[test]
fn keys_are_those_of_the_game_and_the_slot() {
    let slots = statement().slots().clone();
    let keys = |game| gavel_ocp::proof::public_keys(&GameSeed::new(&[1; 32], &[game; 32]), &slots);
    assert_eq!(keys(1), keys(1));
    assert!(
        keys(1)
            .iter()
            .zip(keys(2))
            .all(|(one, other)| *one != other)
    );
    assert!(keys(1).windows(2).all(|pair| pair[0] != pair[1]));
}
