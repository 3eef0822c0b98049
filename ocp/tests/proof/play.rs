//! Whole games in memory, every input judged by Bitcoin Core's interpreter.

use bitcoin::{Script, Transaction};
use gavel_ocp::proof::party::ProofView;
use gavel_ocp::proof::plan::{ProofPlan, default_params};
use gavel_ocp::proof::sign::{Asserting, challenge, complete, disprove};
use gavel_ocp::proof::{ProofTx, Statement, public_keys};
use gavel_script_gen::winternitz::Signature;

use crate::chain::{Chain, verify};
use crate::equality::Equality;
use crate::world::{CHALLENGE_STAKE, World, challenger, outpoint, payout, secrets, world};

/// Who challenges and refutes is paid here.
const WATCHER: u8 = 200;

/// What the parties do.
#[derive(Clone, Copy)]
pub(crate) struct Conduct {
    /// Somebody acts against the claim.
    pub(crate) watched: bool,
    /// The operator stops before this transaction.
    pub(crate) silent_from: Option<ProofTx>,
}

pub(crate) const WATCHED: Conduct = Conduct {
    watched: true,
    silent_from: None,
};

/// A game that has been played.
pub(crate) struct Played {
    pub(crate) chain: Chain,
    pub(crate) transactions: Vec<(ProofTx, Transaction)>,
}

impl Played {
    pub(crate) fn names(&self) -> Vec<ProofTx> {
        self.transactions.iter().map(|(name, _)| *name).collect()
    }

    pub(crate) fn balance(&self, script: &Script) -> u64 {
        self.chain.balance(script)
    }
}

/// A transaction of a game about these signed values, whoever makes it.
pub(crate) fn make(
    world: &World,
    name: ProofTx,
    signed: &[Signature],
    shown: Option<&[Signature]>,
) -> Option<Transaction> {
    let World {
        statement,
        tree,
        graph,
        signatures,
    } = world;
    let secrets = secrets();
    match name {
        ProofTx::Challenge => {
            let value = graph.blueprint().challenge_stake();
            let stake = outpoint(CHALLENGE_STAKE);
            Some(challenge(graph, signatures, stake, value, &challenger()).unwrap())
        }
        ProofTx::Disprove => {
            let keys = &graph.blueprint().setup().keys;
            let refuting = statement.find_refutation(keys, shown?).unwrap()?;
            let branch = tree.branch(refuting.number).unwrap();
            Some(disprove(graph, &refuting, &branch, payout(WATCHER)).unwrap())
        }
        _ => {
            let operator = Asserting {
                secrets: &secrets,
                values: signed,
            };
            Some(complete(graph, signatures, name, Some(operator)).unwrap())
        }
    }
}

/// Plays until the game has ended.
pub(crate) fn play(world: &World, values: &[Vec<u8>], conduct: Conduct) -> Played {
    let graph = &world.graph;
    let slots = world.statement.slots();
    let signed = secrets().sign(slots, values).unwrap();
    let mut chain = world.chain();
    let mut view = ProofView::default();
    let mut transactions = Vec::new();
    while view.ending().is_none() {
        assert!(chain.height < 200, "the game does not end");
        let mut wants = view.operator_wants(graph);
        if let Some(from) = conduct.silent_from {
            wants.retain(|&name| name < from);
        }
        if conduct.watched {
            wants.extend(view.watcher_wants(graph));
        }
        let shown = view.shown(slots);
        let made = wants
            .iter()
            .filter_map(|&name| Some((name, make(world, name, &signed, shown.as_deref())?)));
        let made: Vec<(ProofTx, Transaction)> = made.collect();
        let offered: Vec<Transaction> = made.iter().map(|(_, made)| made.clone()).collect();
        for (name, transaction) in &made {
            chain
                .check(transaction)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(graph.name_of(transaction), Some(*name));
        }
        let mined = chain.mine(&offered);
        view.connect(graph, chain.height, &mined).unwrap();
        transactions.extend(made.into_iter().filter(|(_, made)| mined.contains(made)));
    }
    Played {
        chain,
        transactions,
    }
}

fn bond_and_deposit() -> u64 {
    let amounts = &world().graph.blueprint().setup().params.amounts;
    amounts.deposit + amounts.operator_bond
}

#[test]
fn an_unchallenged_claim_is_paid() {
    let world = world();
    let conduct = Conduct {
        watched: false,
        ..WATCHED
    };
    let played = play(world, &world.statement.values(), conduct);
    assert_eq!(played.names(), [ProofTx::Claim, ProofTx::Payout]);
    let payout_node = world.graph.get(ProofTx::Payout).unwrap();
    let fee = payout_node.worst_weight.to_vbytes_ceil();
    // Bond, deposit and connector, less fee and anchor.
    assert_eq!(
        played.balance(&payout(101)),
        bond_and_deposit() + 330 - fee - 240
    );
}

/// To the satoshi: what a baseless challenge pays exceeds what it costs the operator.
#[test]
fn a_baseless_challenge_pays_for_the_assertion() {
    let world = world();
    let values = world.statement.values();
    let alone = Conduct {
        watched: false,
        ..WATCHED
    };
    let unchallenged = play(world, &values, alone);
    let challenged = play(world, &values, WATCHED);
    let names = challenged.names();
    assert_eq!(
        names[..3],
        [ProofTx::Claim, ProofTx::Challenge, ProofTx::AssertStart]
    );
    assert_eq!(names.last(), Some(&ProofTx::PayoutAfterAssertion));
    assert_eq!(
        names.len(),
        5 + usize::from(world.graph.blueprint().assertions())
    );
    let blueprint = world.graph.blueprint();
    let price = blueprint.setup().params.amounts.challenger_bond;
    // The stake that an unchallenged operator keeps.
    let kept = blueprint.assertion_stake().value.to_sat();
    assert_eq!(
        challenged.balance(&payout(101)) + blueprint.costs().assertion,
        unchallenged.balance(&payout(101)) + kept + price
    );
    assert_eq!(challenged.balance(&payout(WATCHER)), 0);
}

#[test]
fn a_lie_in_any_slot_is_refuted() {
    let world = world();
    let blueprint = world.graph.blueprint();
    let amounts = &blueprint.setup().params.amounts;
    for slot in 0..world.statement.slots().len() {
        let played = play(world, &world.statement.lie(slot), WATCHED);
        let (name, last) = played.transactions.last().unwrap();
        assert_eq!(*name, ProofTx::Disprove, "slot {slot}");
        let fee = amounts.fee(last.weight().to_vbytes_ceil());
        let reward = amounts.reward() - fee;
        assert_eq!(played.balance(&payout(WATCHER)), reward, "slot {slot}");
        assert!(reward > blueprint.challenge_stake(), "catching a lie pays");
        // The operator has the challenge's price and nothing else; the remainder can only move in a payout that is void.
        assert_eq!(played.balance(&payout(101)), amounts.challenger_bond);
        assert_eq!(
            played.balance(&blueprint.deposit().output().script_pubkey),
            amounts.deposit
        );
    }
}

#[test]
fn a_silent_operator_is_slashed_wherever_it_stops() {
    let world = world();
    let blueprint = world.graph.blueprint();
    let amounts = &blueprint.setup().params.amounts;
    let parts = (1..=blueprint.assertions()).map(ProofTx::Assert);
    let stops = [ProofTx::AssertStart].into_iter().chain(parts);
    for stop in stops.chain([ProofTx::AssertEnd]) {
        let conduct = Conduct {
            silent_from: Some(stop),
            ..WATCHED
        };
        let played = play(world, &world.statement.lie(5), conduct);
        let (name, last) = played.transactions.last().unwrap();
        assert_eq!(*name, ProofTx::OperatorTimeout, "{stop}");
        assert!(!played.names().contains(&stop));
        let [depositor, burned, _anchor] = &last.output[..] else {
            panic!("three outputs")
        };
        assert_eq!(burned.value.to_sat(), amounts.burned());
        assert!(burned.script_pubkey.is_op_return());
        let timeout = world.graph.get(ProofTx::OperatorTimeout).unwrap();
        let fee = amounts.fee(timeout.worst_weight.to_vbytes_ceil());
        assert_eq!(depositor.value.to_sat(), amounts.reward() - fee - 240);
        assert_eq!(played.balance(&payout(101)), amounts.challenger_bond);
    }
}

/// Once the payout is confirmed, a refutation comes too late, and the other way round.
#[test]
fn payout_and_refutation_exclude_each_other() {
    let world = world();
    let graph = &world.graph;
    let lie = world.statement.lie(5);
    let signed = secrets().sign(world.statement.slots(), &lie).unwrap();
    let unwatched = [
        ProofTx::Claim,
        ProofTx::Challenge,
        ProofTx::AssertStart,
        ProofTx::Assert(1),
        ProofTx::Assert(2),
        ProofTx::Assert(3),
        ProofTx::AssertEnd,
    ];
    assert_eq!(graph.blueprint().assertions(), 3);
    let make = |name| make(world, name, &signed, Some(&signed)).unwrap();
    let rivals = [ProofTx::PayoutAfterAssertion, ProofTx::Disprove];
    for (first, second) in [(rivals[0], rivals[1]), (rivals[1], rivals[0])] {
        let mut chain = world.chain();
        for name in unwatched {
            assert_eq!(chain.mine(&[make(name)]).len(), 1, "{name}");
        }
        assert_eq!(
            chain.check(&make(ProofTx::PayoutAfterAssertion)),
            Err("non-BIP68-final".into())
        );
        let window = graph.blueprint().setup().params.locks.disprove_window;
        (1..window).for_each(|_| drop(chain.mine(&[])));
        assert_eq!(chain.mine(&[make(first)]).len(), 1, "{first}");
        let refused = chain.check(&make(second)).unwrap_err();
        assert!(refused.ends_with("is spent"), "{second}: {refused}");
        let refused = chain.check(&make(ProofTx::OperatorTimeout)).unwrap_err();
        assert!(refused.ends_with("is spent"), "{refused}");
    }
}

/// A leaf does not accept what is true, nor a witness that is not the operator's.
#[test]
fn no_leaf_refutes_a_true_statement() {
    let world = world();
    let slots = world.statement.slots();
    let keys = &world.graph.blueprint().setup().keys;
    let honest = secrets().sign(slots, &world.statement.values()).unwrap();
    let lying = secrets().sign(slots, &world.statement.lie(5)).unwrap();
    assert_eq!(
        world.statement.find_refutation(keys, &honest).unwrap(),
        None
    );
    let mut refuting = world
        .statement
        .find_refutation(keys, &lying)
        .unwrap()
        .unwrap();
    assert_eq!(refuting.relation, "asserted 3 = asserted 2");
    let branch = world.tree.branch(refuting.number).unwrap();
    let mut chain = world.chain();
    for name in [ProofTx::Claim, ProofTx::Challenge, ProofTx::AssertStart]
        .into_iter()
        .chain((1..=3).map(ProofTx::Assert))
        .chain([ProofTx::AssertEnd])
    {
        let made = make(world, name, &honest, None).unwrap();
        assert_eq!(chain.mine(&[made]).len(), 1, "{name}");
    }
    let mut offer = |witness: Vec<Vec<u8>>| {
        refuting.witness = witness;
        let made = disprove(&world.graph, &refuting, &branch, payout(WATCHER)).unwrap();
        chain.check(&made)
    };
    let of = |signed: &[Signature]| -> Vec<Vec<u8>> {
        let shape = slots.asserted[0].shape;
        let pair = signed[4..6].iter();
        pair.flat_map(|signature| signature.witness(shape))
            .collect()
    };
    assert_eq!(
        offer(of(&lying)),
        Ok(()),
        "only a lying operator can sign this"
    );
    let refused = offer(of(&honest)).unwrap_err();
    assert!(refused.starts_with("input 0"), "{refused}");
    let mut altered = of(&lying);
    altered[0][0] ^= 1;
    let refused = offer(altered).unwrap_err();
    assert!(refused.starts_with("input 0"), "{refused}");
}

/// A refutation above the limit of relay is valid all the same, and pays for its weight.
#[test]
fn a_refutation_can_be_larger_than_what_is_relayed() {
    let statement = Equality::new(1, 2).padded(500_000);
    let keys = public_keys(&secrets().one_time, statement.slots());
    let (_, tree) = statement.tree(&keys).unwrap();
    let default = default_params(statement.slots(), tree.worst_witness).unwrap();
    let world = World::new(&default, statement);
    let slots = world.statement.slots();
    let lie = secrets().sign(slots, &world.statement.lie(2)).unwrap();
    let disproved = make(&world, ProofTx::Disprove, &lie, Some(&lie)).unwrap();
    let node = world.graph.get(ProofTx::Disprove).unwrap();
    assert_eq!(verify(&disproved, &node.prevouts), Ok(()));
    let (weight, worst) = (disproved.weight().to_wu(), node.worst_weight.to_wu());
    assert!((500_000..=worst).contains(&weight), "{weight} of {worst}");
    assert_eq!(disproved.version.0, 2);
    let amounts = &default.amounts;
    assert_eq!(
        disproved.output[0].value.to_sat(),
        amounts.reward() - amounts.fee(disproved.weight().to_vbytes_ceil())
    );
    assert!(!ProofPlan::new(world.graph.blueprint()).disprove_relayable);
}

/// A reorganisation undoes what was confirmed; it is wanted again, and the values are read again.
#[test]
fn a_reorganisation_is_followed() {
    let world = world();
    let graph = &world.graph;
    let slots = world.statement.slots();
    let signed = secrets().sign(slots, &world.statement.lie(7)).unwrap();
    let make = |name| make(world, name, &signed, Some(&signed)).unwrap();
    let mut view = ProofView::default();
    let names = [
        ProofTx::Claim,
        ProofTx::Challenge,
        ProofTx::AssertStart,
        ProofTx::Assert(1),
        ProofTx::Assert(2),
        ProofTx::Assert(3),
        ProofTx::AssertEnd,
        ProofTx::Disprove,
    ];
    for (height, name) in (100..).zip(names) {
        view.connect(graph, height, &[make(name)]).unwrap();
    }
    assert_eq!(view.ending(), Some(ProofTx::Disprove));
    assert_eq!(view.shown(slots), Some(signed.clone()));
    view.disconnect(106);
    assert_eq!(view.ending(), None);
    assert_eq!(view.watcher_wants(graph), Some(ProofTx::Disprove));
    view.disconnect(103);
    assert_eq!(view.shown(slots), None);
    assert_eq!(
        view.operator_wants(graph),
        [ProofTx::Assert(2), ProofTx::Assert(3)]
    );
    view.disconnect(100);
    assert_eq!(view.watcher_wants(graph), Some(ProofTx::Challenge));
    view.disconnect(99);
    assert_eq!(view.operator_wants(graph), [ProofTx::Claim]);
}
