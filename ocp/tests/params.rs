//! Every rule of the parameters, broken one by one.
#![allow(missing_docs)]
mod common;

use gavel_ocp::params::{Params, ParamsError};

fn refused(change: impl FnOnce(&mut Params)) -> ParamsError {
    let mut params = common::params();
    assert_eq!(params.validate(), Ok(()));
    change(&mut params);
    params.validate().expect_err("the change must be refused")
}

#[test]
fn numbers_of_signers() {
    assert_eq!(
        refused(|params| params.signers = 1),
        ParamsError::Signers(1)
    );
    assert_eq!(
        refused(|params| params.signers = 16),
        ParamsError::Signers(16)
    );
    for signers in [2, 15] {
        assert_eq!(
            Params {
                signers,
                ..common::params()
            }
            .validate(),
            Ok(())
        );
    }
}

#[test]
fn rounds() {
    let error = refused(|params| params.trace_rounds = vec![4, 0]);
    assert_eq!(
        error,
        ParamsError::RoundBits {
            search: "trace",
            round: 2,
            bits: 0
        }
    );
    let error = refused(|params| params.path_rounds = vec![9]);
    assert_eq!(
        error,
        ParamsError::RoundBits {
            search: "path",
            round: 1,
            bits: 9
        }
    );
    assert_eq!(
        refused(|params| params.trace_rounds = vec![1]),
        ParamsError::TraceBits(1)
    );
    assert_eq!(
        refused(|params| params.trace_rounds = vec![8, 8, 8, 8, 1]),
        ParamsError::TraceBits(33)
    );
    assert_eq!(
        refused(|params| params.path_rounds = vec![2, 2]),
        ParamsError::PathBits(4)
    );
}

#[test]
fn amounts() {
    let too_small = |error| match error {
        ParamsError::TooSmall { name, .. } => name,
        other => panic!("{other}"),
    };
    assert_eq!(
        too_small(refused(|params| params.amounts.deposit = 329)),
        "the deposit"
    );
    assert_eq!(
        too_small(refused(|params| params.amounts.operator_bond = 0)),
        "the operator's bond"
    );
    assert_eq!(
        too_small(refused(|params| params.amounts.challenger_bond = 1)),
        "the challenger's bond"
    );
    assert_eq!(
        too_small(refused(|params| params.amounts.fee_rate = 99)),
        "the fee rate per 1,000 vbytes"
    );
    assert_eq!(
        refused(|params| params.amounts.reward_permille = 1001),
        ParamsError::Share(1001)
    );
    assert_eq!(
        refused(|params| params.amounts.deposit = u64::MAX),
        ParamsError::TooMuch
    );
    assert_eq!(
        refused(|params| params.amounts.fee_rate = u64::MAX),
        ParamsError::TooMuch
    );
}

#[test]
fn locks_are_strictly_ordered() {
    assert_eq!(
        refused(|params| params.locks.margin = 0),
        ParamsError::NoMargin
    );
    let later = |error| match error {
        ParamsError::LockOrder { later, .. } => later,
        other => panic!("{other}"),
    };
    assert_eq!(
        later(refused(|params| params.locks.challenger_window = 1)),
        "the challenger's window"
    );
    assert_eq!(
        later(refused(|params| params.locks.operator_window = 3)),
        "the operator's window"
    );
    assert_eq!(
        later(refused(|params| params.locks.challenge_period = 5)),
        "the challenge period"
    );
    assert_eq!(
        later(refused(|params| params.locks.refund = 60)),
        "the refund"
    );
    let error = refused(|params| params.locks.operator_window = 20_000);
    assert!(matches!(error, ParamsError::DisputeTooLong(blocks) if blocks > 65_535));
}

#[test]
fn shares_add_up_to_the_bond() {
    for permille in [0, 1, 333, 500, 1000] {
        let mut amounts = common::params().amounts;
        amounts.operator_bond = 2_000_001;
        amounts.reward_permille = permille;
        assert_eq!(amounts.reward() + amounts.burned(), amounts.operator_bond);
    }
}
