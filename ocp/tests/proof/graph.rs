//! The transactions as a whole: amounts, sizes, what excludes what, signatures.

use std::collections::BTreeSet;

use bitcoin::{OutPoint, Sequence, TxOut};
use gavel_ocp::graph::TRUC_VBYTES;
use gavel_ocp::presign::VerifyError;
use gavel_ocp::proof::{
    DISPROVE_WEIGHT, ProofGraph, ProofNode, ProofParams, ProofSetupError, ProofSignatures, ProofTx,
    ProofUnlock, Statement,
};

use crate::equality::Equality;
use crate::world::{World, funding, outpoint, params, setup, statement, world};

fn sum(outputs: &[TxOut]) -> u64 {
    outputs.iter().map(|output| output.value.to_sat()).sum()
}

fn node(name: ProofTx) -> &'static ProofNode {
    world().graph.get(name).unwrap()
}

fn output(name: ProofTx, vout: u32) -> OutPoint {
    OutPoint {
        txid: node(name).transaction.compute_txid(),
        vout,
    }
}

fn spenders(outpoint: OutPoint) -> Vec<ProofTx> {
    let nodes = world().graph.nodes();
    let spends = nodes.filter(|node| node.spends(outpoint));
    spends.map(|node| node.name).collect()
}

#[test]
fn inputs_are_outputs_and_the_fee() {
    let graph = &world().graph;
    let amounts = &graph.blueprint().setup().params.amounts;
    for node in graph.nodes() {
        let (name, transaction) = (node.name, &node.transaction);
        let vbytes = node.worst_weight.to_vbytes_ceil();
        assert!(node.worst_weight.to_wu() <= 400_000, "{name}");
        if name == ProofTx::Disprove {
            continue;
        }
        let small = vbytes <= TRUC_VBYTES;
        assert_eq!(transaction.version.0, if small { 3 } else { 2 }, "{name}");
        let stake = match name {
            ProofTx::Challenge => graph.blueprint().challenge_stake(),
            _ => 0,
        };
        let fee = sum(&node.prevouts) + stake - sum(&transaction.output);
        assert_eq!(fee, amounts.fee(vbytes), "{name}");
        for output in &transaction.output {
            let script = &output.script_pubkey;
            let dust = !script.is_op_return() && output.value < script.minimal_non_dust();
            assert!(!dust, "{name}");
        }
        let anchors = transaction.output.iter();
        let anchors = anchors.filter(|one| one.script_pubkey.as_bytes() == [0x51, 2, 0x4e, 0x73]);
        assert_eq!(anchors.count(), 1, "{name}");
    }
}

/// All of it follows from these: what is paid and what is slashed spend the same output, before and after the assertion.
#[test]
fn payouts_and_slashes_exclude_each_other() {
    use ProofTx::{
        AssertEnd, Challenge, Claim, Disprove, OperatorTimeout, Payout, PayoutAfterAssertion,
    };
    assert_eq!(
        spenders(output(Claim, 0)),
        [Payout, AssertEnd, OperatorTimeout]
    );
    assert_eq!(spenders(output(Claim, 1)), [Payout, Challenge]);
    assert_eq!(
        spenders(output(AssertEnd, 0)),
        [PayoutAfterAssertion, Disprove]
    );
    assert_eq!(spenders(output(AssertEnd, 1)), [PayoutAfterAssertion]);
    assert_eq!(
        spenders(world().graph.funding().deposit),
        [Payout, PayoutAfterAssertion]
    );
}

/// The end of the assertion spends an output of every part, so the bond reaches the refuting leaves only with all values.
#[test]
fn the_assertion_ends_with_every_part() {
    let parts = world().graph.blueprint().assertions();
    let end = node(ProofTx::AssertEnd);
    assert_eq!(end.transaction.input.len(), 1 + usize::from(parts));
    for number in 1..=parts {
        assert!(end.spends(output(ProofTx::Assert(number), 0)));
    }
}

#[test]
fn time_locks_are_those_of_the_parameters() {
    let locks = params().locks;
    let lock = |name| node(name).transaction.input[0].sequence;
    let expected = [
        (ProofTx::Payout, locks.challenge_period),
        (ProofTx::OperatorTimeout, locks.deadline() as u16),
        (ProofTx::PayoutAfterAssertion, locks.disprove_window),
    ];
    for (name, blocks) in expected {
        assert_eq!(lock(name), Sequence::from_height(blocks), "{name}");
    }
    for name in [ProofTx::AssertEnd, ProofTx::Challenge, ProofTx::Disprove] {
        assert_eq!(lock(name), Sequence::ENABLE_RBF_NO_LOCKTIME, "{name}");
    }
}

/// The bond, the deposit and what is refutable move only with the signature of all, or by a leaf that refutes.
#[test]
fn no_party_alone_can_move_what_another_one_needs() {
    let own = |name| matches!(name, ProofTx::AssertStart | ProofTx::AssertEnd);
    for node in world().graph.nodes() {
        for (number, unlock) in node.unlocks.iter().enumerate() {
            let name = node.name;
            match unlock {
                ProofUnlock::Signers { .. } => {}
                ProofUnlock::SignersAndAnyone => assert_eq!(name, ProofTx::Challenge),
                ProofUnlock::Refute { .. } => assert_eq!(name, ProofTx::Disprove),
                ProofUnlock::Operator => {
                    assert!(own(name));
                    assert!(name == ProofTx::AssertStart || number > 0);
                }
                ProofUnlock::Reveal { .. } => {
                    assert!(matches!(name, ProofTx::Claim | ProofTx::Assert(_)));
                }
                ProofUnlock::Challenger => panic!("{name} names a challenger"),
            }
        }
    }
}

fn revealed(graph: &ProofGraph, of: impl Fn(ProofTx) -> bool) -> Vec<usize> {
    let nodes = graph.nodes().filter(|node| of(node.name));
    let unlocks = nodes.flat_map(|node| &node.unlocks);
    let slots = unlocks.filter_map(|unlock| match unlock {
        ProofUnlock::Reveal { leaf, .. } => Some(leaf.slots()),
        _ => None,
    });
    slots.flatten().collect()
}

/// Every value is committed once, whatever the size of a transaction, and none exceeds that size.
#[test]
fn values_are_distributed_over_transactions() {
    for (limit, asserted, parts) in [
        (20_000, 12, 3),
        (8_000, 12, 12),
        (400_000, 12, 1),
        (100_000, 60, 3),
        (400_000, 60, 1),
    ] {
        let params = ProofParams {
            assert_weight: limit,
            ..params()
        };
        let (mut setup, _) = setup(&params, &Equality::new(2, asserted));
        setup.params.amounts.challenger_bond = 500_000;
        setup.params.amounts.operator_bond = 4_000_000;
        let blueprint = gavel_ocp::proof::ProofBlueprint::new(setup).unwrap();
        assert_eq!(blueprint.assertions(), parts, "limit {limit}");
        let funding = funding(&blueprint);
        let graph = ProofGraph::new(blueprint, funding).unwrap();
        assert_eq!(revealed(&graph, |name| name == ProofTx::Claim), [0, 1]);
        let asserts = |name| matches!(name, ProofTx::Assert(_));
        assert_eq!(
            revealed(&graph, asserts),
            Vec::from_iter(2..2 + asserted),
            "limit {limit}"
        );
        let weights = graph.nodes().filter(|node| asserts(node.name));
        let mut weights = weights.map(|node| node.worst_weight.to_wu() as usize);
        assert!(weights.all(|weight| weight <= limit));
    }
}

/// A claim about no input is made with the operator's signature alone.
#[test]
fn a_claim_without_public_values() {
    let world = World::new(&params(), Equality::new(0, 4));
    let claim = world.graph.get(ProofTx::Claim).unwrap();
    assert!(matches!(claim.unlocks[..], [ProofUnlock::Operator]));
    let values = world.statement.values();
    let played = crate::play::play(&world, &values, crate::play::WATCHED);
    assert_eq!(played.names().last(), Some(&ProofTx::PayoutAfterAssertion));
}

#[test]
fn the_weight_of_a_refutation_without_its_witness() {
    let blueprint = world().graph.blueprint();
    let disprove = node(ProofTx::Disprove).worst_weight.to_wu() as usize;
    let worst = blueprint.setup().tree.worst_witness;
    assert_eq!(disprove, DISPROVE_WEIGHT + worst);
}

#[test]
fn signatures_are_verified_against_the_own_graph() {
    let World {
        graph, signatures, ..
    } = world();
    assert_eq!(signatures.verify_proof(graph), Ok(()));
    let signed: usize = graph
        .nodes()
        .map(|node| node.messages().unwrap().len())
        .sum();
    assert_eq!(signatures.len(), signed);
    let missing = VerifyError::Missing {
        name: ProofTx::Payout,
        input: 0,
    };
    assert_eq!(ProofSignatures::default().verify_proof(graph), Err(missing));
    // Another deposit, another bond: a graph that the others have not signed.
    let other = World::new(
        &ProofParams {
            amounts: gavel_ocp::params::Amounts {
                operator_bond: 2_000_001,
                ..params().amounts
            },
            ..params()
        },
        statement(),
    );
    assert_eq!(
        signatures.verify_proof(&other.graph),
        Err(VerifyError::Invalid {
            name: ProofTx::Payout,
            input: 0
        })
    );
}

#[test]
fn funding_is_checked() {
    let (setup, _) = setup(&params(), &statement());
    let blueprint = gavel_ocp::proof::ProofBlueprint::new(setup).unwrap();
    let good = funding(&blueprint);
    let refused = |change: &dyn Fn(&mut gavel_ocp::proof::ProofFunding)| {
        let mut funding = good.clone();
        change(&mut funding);
        ProofGraph::new(blueprint.clone(), funding).unwrap_err()
    };
    let error = refused(&|funding| funding.claim_stakes.clear());
    assert!(
        matches!(
            error,
            ProofSetupError::Count {
                what: "stakes of the claim",
                got: 0,
                expected: 1
            }
        ),
        "{error}"
    );
    let error = refused(&|funding| funding.assertion_stake = funding.deposit);
    assert!(
        matches!(error, ProofSetupError::DuplicateFunding(twice) if twice == outpoint(0)),
        "{error}"
    );
}

/// Scripts of reveal leaves differ from slot to slot, and so do the outputs that they stand in.
#[test]
fn every_output_of_the_assertion_is_its_own() {
    let start = &node(ProofTx::AssertStart).transaction.output;
    let scripts: BTreeSet<_> = start.iter().map(|output| &output.script_pubkey).collect();
    assert_eq!(scripts.len(), start.len());
    assert_eq!(world().statement.slots().len(), 14);
}
