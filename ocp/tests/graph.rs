//! The graph as a whole: signatures, amounts, sizes.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;

use bitcoin::secp256k1::SecretKey;
use bitcoin::{Sequence, TxOut, Weight};
use common::world::world;
use gavel_ocp::graph::Graph;
use gavel_ocp::graph::TRUC_VBYTES;
use gavel_ocp::graph::blueprint::Blueprint;
use gavel_ocp::graph::name::{DisputeTx, Move, TxName};
use gavel_ocp::graph::node::Unlock;
use gavel_ocp::graph::setup::{Funding, SetupError};
use gavel_ocp::keys::musig::MusigError;
use gavel_ocp::keys::slots::KeyError;
use gavel_ocp::params::{Params, ParamsError};
use gavel_ocp::presign::{Agenda, Signatures, VerifyError};

fn sum(outputs: &[TxOut]) -> u64 {
    outputs.iter().map(|output| output.value.to_sat()).sum()
}

#[test]
fn inputs_are_outputs_and_the_fee() {
    let graph = &world().graph;
    let params = &graph.blueprint().setup().params;
    for node in graph.nodes() {
        let (name, transaction) = (node.name, &node.transaction);
        let fee = sum(&node.prevouts) - sum(&transaction.output);
        assert_eq!(
            fee,
            params.amounts.fee(node.worst_weight.to_vbytes_ceil()),
            "{name}"
        );
        assert!(node.worst_weight <= Weight::from_wu(400_000), "{name}");
        let small = node.worst_weight.to_vbytes_ceil() <= TRUC_VBYTES;
        assert_eq!(transaction.version.0, if small { 3 } else { 2 }, "{name}");
        for output in &transaction.output {
            let script = &output.script_pubkey;
            assert!(
                script.is_op_return() || output.value >= script.minimal_non_dust(),
                "{name}"
            );
        }
        let anchors = transaction
            .output
            .iter()
            .filter(|output| output.script_pubkey.as_bytes() == [0x51, 2, 0x4e, 0x73]);
        assert_eq!(anchors.count(), 1, "{name}");
    }
}

#[test]
fn every_end_pays_the_winner_at_least_what_it_staked() {
    let graph = &world().graph;
    let amounts = &graph.blueprint().setup().params.amounts;
    let first = |node: &gavel_ocp::graph::node::Node| node.transaction.output[0].value.to_sat();
    let mut least = u64::MAX;
    for node in graph.nodes() {
        let TxName::Dispute { tx, .. } = node.name else {
            continue;
        };
        match tx {
            DisputeTx::Move(_) => {}
            DisputeTx::Disprove(_) | DisputeTx::OperatorTimeout { .. } => {
                assert!(
                    first(node) >= amounts.challenger_bond + amounts.reward(),
                    "{}",
                    node.name
                );
                assert_eq!(
                    node.transaction.output[1].value.to_sat(),
                    amounts.burned(),
                    "{}",
                    node.name
                );
                least = least.min(first(node) - amounts.challenger_bond - amounts.reward());
            }
            DisputeTx::ChallengerTimeout { .. }
            | DisputeTx::Withdraw { .. }
            | DisputeTx::Recover(_) => {
                assert!(first(node) >= amounts.challenger_bond, "{}", node.name);
            }
        }
    }
    assert_eq!(
        least, 0,
        "the stake is no larger than the costliest dispute needs"
    );
}

#[test]
fn payouts_and_slashes_spend_the_finalizer_and_nothing_else_does() {
    let graph = &world().graph;
    for node in graph.nodes() {
        let spends = node
            .transaction
            .input
            .iter()
            .any(|input| input.previous_output == graph.finalizer());
        let decides = match node.name {
            TxName::Payout | TxName::PayoutAfterDispute => true,
            TxName::Dispute { tx, .. } => matches!(
                tx,
                DisputeTx::Disprove(_) | DisputeTx::OperatorTimeout { .. }
            ),
            TxName::Claim => false,
        };
        assert_eq!(spends, decides, "{}", node.name);
    }
}

#[test]
fn no_party_alone_can_move_what_another_one_needs() {
    for node in world().graph.nodes() {
        for unlock in &node.unlocks {
            match unlock {
                Unlock::Signers { .. } | Unlock::Reveal { .. } => {}
                Unlock::Claim { .. } => assert_eq!(node.name, TxName::Claim),
                Unlock::Stake => assert!(matches!(
                    node.name,
                    TxName::Dispute {
                        tx: DisputeTx::Move(Move::Challenge),
                        ..
                    }
                )),
                Unlock::Refute { .. } => {
                    let TxName::Dispute { tx, .. } = node.name else {
                        panic!("{} refutes", node.name)
                    };
                    assert!(matches!(tx, DisputeTx::Disprove(_) | DisputeTx::Recover(_)));
                }
            }
        }
    }
}

#[test]
fn time_outs_wait_for_the_window_and_answers_do_not() {
    let graph = &world().graph;
    let locks = &graph.blueprint().setup().params.locks;
    for node in graph.nodes() {
        let lock = match node.name {
            TxName::Payout => locks.challenge_period,
            TxName::PayoutAfterDispute => continue,
            TxName::Dispute {
                tx: DisputeTx::ChallengerTimeout { .. },
                ..
            } => locks.challenger_window,
            TxName::Dispute {
                tx: DisputeTx::OperatorTimeout { .. } | DisputeTx::Withdraw { .. },
                ..
            } => locks.operator_window,
            _ => 0,
        };
        let expected = if lock == 0 {
            Sequence::ENABLE_RBF_NO_LOCKTIME
        } else {
            Sequence::from_height(lock)
        };
        assert_eq!(
            node.transaction.input[0].sequence, expected,
            "{}",
            node.name
        );
    }
}

/// Virtual sizes that change only when somebody means to change them.
#[test]
fn sizes_are_pinned() {
    let graph = &world().graph;
    let vbytes = |name| graph.get(name).unwrap().worst_weight.to_vbytes_ceil();
    let dispute = |tx| TxName::Dispute { challenger: 1, tx };
    let after = Move::Challenge;
    assert_eq!(vbytes(TxName::Payout), 297);
    assert_eq!(vbytes(TxName::PayoutAfterDispute), 182);
    assert_eq!(vbytes(dispute(DisputeTx::Move(Move::Challenge))), 625);
    assert_eq!(
        vbytes(dispute(DisputeTx::Move(Move::Select { round: 2 }))),
        159
    );
    assert_eq!(vbytes(dispute(DisputeTx::OperatorTimeout { after })), 192);
    assert_eq!(vbytes(dispute(DisputeTx::Withdraw { after })), 124);
    let after = Move::RevealStep;
    assert_eq!(vbytes(dispute(DisputeTx::ChallengerTimeout { after })), 124);
}

#[test]
fn all_signers_sign_and_verify_everything() {
    let world = world();
    assert_eq!(world.signatures.verify(&world.graph), Ok(()));
    assert_eq!(
        world.signatures.len(),
        Agenda::new(&world.graph).unwrap().len()
    );
    let missing = Signatures::default().verify(&world.graph);
    assert!(matches!(missing, Err(VerifyError::Missing { .. })));
}

#[test]
fn signatures_of_another_graph_are_refused() {
    let world = world();
    let params = common::params();
    let funding = Funding {
        deposit: common::outpoint(77),
        ..common::funding(&params)
    };
    let other = Graph::new(world.graph.blueprint().clone(), funding).unwrap();
    let refused = world.signatures.verify(&other);
    assert_eq!(
        refused,
        Err(VerifyError::Invalid {
            name: TxName::Payout,
            input: 0
        })
    );
}

#[test]
fn a_false_partial_signature_is_blamed_on_its_signer() {
    let (graph, secrets) = common::graph(&common::params());
    let agenda = Agenda::new(&graph).unwrap();
    let keys: Vec<SecretKey> = secrets
        .iter()
        .map(|secret| secret.keypair.secret_key())
        .collect();
    let (nonces, public): (Vec<_>, Vec<_>) =
        keys.iter().map(|key| agenda.commit(key).unwrap()).unzip();
    let sign = |(key, nonces)| agenda.sign(key, nonces, &public).unwrap();
    let mut partials: Vec<_> = keys.iter().zip(nonces).map(sign).collect();
    partials[1].swap(4, 5);
    let refused = agenda.finish(&public, &partials);
    assert!(matches!(
        refused,
        Err(MusigError::BadPartial {
            signer: 1,
            message: 4 | 5
        })
    ));
    let refused = agenda.finish(&public, &partials[..2]);
    assert!(matches!(
        refused,
        Err(MusigError::Missing {
            got: 2,
            expected: 3
        })
    ));
    partials[2].pop();
    let refused = agenda.finish(&public, &partials);
    assert!(matches!(
        refused,
        Err(MusigError::Count {
            signer: 2,
            what: "partial signatures",
            ..
        })
    ));
}

#[test]
fn nonces_are_fresh_in_every_ceremony() {
    let (graph, secrets) = common::graph(&common::params());
    let agenda = Agenda::new(&graph).unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let (_, public) = agenda.commit(&secrets[0].keypair.secret_key()).unwrap();
        for nonce in public {
            assert!(
                seen.insert(nonce.serialize().to_vec()),
                "a nonce was used twice"
            );
        }
    }
}

fn refused(change: impl FnOnce(&mut gavel_ocp::graph::setup::Setup)) -> SetupError {
    let params = common::params();
    let mut setup = common::setup(&params, &common::secrets(3));
    change(&mut setup);
    Blueprint::new(setup).expect_err("the change must be refused")
}

#[test]
fn keys_from_peers_are_checked() {
    let error = refused(|setup| setup.signers[2].key = setup.signers[1].key);
    assert!(matches!(
        error,
        SetupError::Musig(MusigError::DuplicateKey(1, 2))
    ));
    let error = refused(|setup| setup.disputes[1].keys = setup.disputes[0].keys.clone());
    assert!(matches!(error, SetupError::Keys(KeyError::Duplicate(_))));
    let error = refused(|setup| setup.disputes[1].keys = Default::default());
    assert!(matches!(error, SetupError::Keys(KeyError::MissingSlot(_))));
    let error = refused(|setup| drop(setup.disputes.pop()));
    assert!(matches!(
        error,
        SetupError::Count {
            what: "disputes",
            got: 1,
            expected: 2
        }
    ));
    let error = refused(|setup| setup.params.amounts.operator_bond = 20_000);
    assert!(matches!(
        error,
        SetupError::Params(ParamsError::RewardBelowFees { reward: 10_000, .. })
    ));
}

#[test]
fn funding_is_checked() {
    let blueprint = world().graph.blueprint();
    let params: Params = common::params();
    let twice = Funding {
        deposit: common::outpoint(2),
        ..common::funding(&params)
    };
    let error = Graph::new(blueprint.clone(), twice).expect_err("an outpoint is used twice");
    assert!(
        matches!(error, SetupError::DuplicateFunding(outpoint) if outpoint == common::outpoint(2))
    );
    let few = Funding {
        challenger_stakes: vec![common::outpoint(3)],
        ..common::funding(&params)
    };
    let error = Graph::new(blueprint.clone(), few).expect_err("a stake is missing");
    assert!(matches!(
        error,
        SetupError::Count {
            got: 1,
            expected: 2,
            ..
        }
    ));
}

#[test]
fn the_deposit_is_refunded_after_its_lock_only() {
    let world = world();
    let deposit = world.graph.blueprint().deposit();
    let outpoint = world.graph.funding().deposit;
    let secp = bitcoin::secp256k1::Secp256k1::new();
    let depositor = bitcoin::key::Keypair::from_seckey_slice(&secp, &[99; 32]).unwrap();
    let destination = world.graph.blueprint().setup().signers[1].payout.clone();
    let refund = deposit
        .refund(outpoint, &depositor, destination.clone(), 200)
        .unwrap();
    common::chain::verify(&refund, &[deposit.output()]).unwrap();
    assert_eq!(refund.output[0].value.to_sat(), 10_000_000 - 200);
    let mut chain = world.chain();
    assert_eq!(chain.check(&refund), Err("non-BIP68-final".into()));
    (0..1000).for_each(|_| drop(chain.mine(&[])));
    assert_eq!(chain.check(&refund), Ok(()));
    let mut early = refund.clone();
    early.input[0].sequence = Sequence::from_height(999);
    assert!(common::chain::verify(&early, &[deposit.output()]).is_err());
    let thief = bitcoin::key::Keypair::from_seckey_slice(&secp, &[98; 32]).unwrap();
    let stolen = deposit
        .refund(outpoint, &thief, destination.clone(), 200)
        .unwrap();
    assert!(common::chain::verify(&stolen, &[deposit.output()]).is_err());
    assert!(
        deposit
            .refund(outpoint, &depositor, destination, 9_999_900)
            .is_err()
    );
    let aggregate = world.graph.blueprint().internal_key();
    let key = depositor.x_only_public_key().0;
    assert_eq!(
        deposit.policy(),
        format!("or(pk({aggregate}),and(pk({key}),older(1000)))")
    );
    let leaf = format!("tr({aggregate},and_v(v:pk({key}),older(1000)))");
    assert!(
        deposit.descriptor().starts_with(&leaf),
        "{}",
        deposit.descriptor()
    );
}
