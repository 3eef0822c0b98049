//! A game between three signers about a small statement.

use std::sync::OnceLock;

use bitcoin::hashes::Hash;
use bitcoin::key::{Keypair, Secp256k1};
use bitcoin::{Amount, OutPoint, ScriptBuf, TxOut, Txid};
use gavel_ocp::graph::setup::SignerInfo;
use gavel_ocp::params::Amounts;
use gavel_ocp::presign::Agenda;
use gavel_ocp::proof::sign::{OperatorSecrets, challenge_script};
use gavel_ocp::proof::{
    ProofBlueprint, ProofFunding, ProofGraph, ProofLocks, ProofParams, ProofSetup, ProofSignatures,
    Statement, public_keys,
};
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::GameSeed;

use crate::chain::Chain;
use crate::equality::Equality;

/// Parameters by which the assertion of twelve values takes three transactions.
pub(crate) fn params() -> ProofParams {
    ProofParams {
        signers: 3,
        amounts: Amounts {
            deposit: 10_000_000,
            operator_bond: 2_000_000,
            challenger_bond: 200_000,
            reward_permille: 400,
            fee_rate: 1_000,
        },
        locks: ProofLocks {
            margin: 1,
            disprove_window: 3,
            challenge_period: 6,
            assert_window: 5,
            refund: 1000,
        },
        assert_weight: 20_000,
    }
}

pub(crate) fn statement() -> Equality {
    Equality::new(2, 12)
}

pub(crate) fn key(number: u8) -> Keypair {
    Keypair::from_seckey_slice(&Secp256k1::new(), &[number; 32]).unwrap()
}

/// Who challenges: no signer.
pub(crate) fn challenger() -> Keypair {
    key(77)
}

pub(crate) fn payout(number: u8) -> ScriptBuf {
    let (key, _) = key(number).x_only_public_key();
    ScriptBuf::new_p2tr(&Secp256k1::new(), key, None)
}

pub(crate) fn secrets() -> OperatorSecrets {
    OperatorSecrets {
        keypair: key(1),
        one_time: GameSeed::new(&[100; 32], &[7; 32]),
    }
}

pub(crate) fn setup(params: &ProofParams, statement: &Equality) -> (ProofSetup, LeafTree) {
    let signer = |number: u8| SignerInfo {
        key: key(number).public_key(),
        payout: payout(100 + number),
    };
    let keys = public_keys(&secrets().one_time, statement.slots());
    let (tree, proof_tree) = statement.tree(&keys).unwrap();
    let setup = ProofSetup {
        params: params.clone(),
        signers: (1..=params.signers as u8).map(signer).collect(),
        depositor: key(99).x_only_public_key().0,
        slots: statement.slots().clone(),
        keys,
        tree: proof_tree,
    };
    (setup, tree)
}

pub(crate) fn outpoint(number: usize) -> OutPoint {
    OutPoint {
        txid: Txid::from_byte_array([number as u8 + 1; 32]),
        vout: 0,
    }
}

pub(crate) fn funding(blueprint: &ProofBlueprint) -> ProofFunding {
    ProofFunding {
        deposit: outpoint(0),
        assertion_stake: outpoint(1),
        claim_stakes: (0..blueprint.claim_stakes().len())
            .map(|number| outpoint(10 + number))
            .collect(),
    }
}

pub(crate) const CHALLENGE_STAKE: usize = 2;

/// A game that is signed.
pub(crate) struct World {
    pub(crate) statement: Equality,
    pub(crate) tree: LeafTree,
    pub(crate) graph: ProofGraph,
    pub(crate) signatures: ProofSignatures,
}

impl World {
    pub(crate) fn new(params: &ProofParams, statement: Equality) -> Self {
        let (setup, tree) = setup(params, &statement);
        let blueprint = ProofBlueprint::new(setup).unwrap();
        let funding = funding(&blueprint);
        let graph = ProofGraph::new(blueprint, funding).unwrap();
        let secrets: Vec<_> = (1..=params.signers as u8)
            .map(|number| key(number).secret_key())
            .collect();
        let signatures = Agenda::of_proof(&graph).unwrap().run(&secrets).unwrap();
        Self {
            statement,
            tree,
            graph,
            signatures,
        }
    }

    /// A chain with the outputs that fund the game, and the challenger's.
    pub(crate) fn chain(&self) -> Chain {
        let blueprint = self.graph.blueprint();
        let funding = self.graph.funding();
        let stakes = funding.claim_stakes.iter().copied();
        let mut funded: Vec<(OutPoint, TxOut)> =
            stakes.zip(blueprint.claim_stakes().to_vec()).collect();
        funded.push((funding.deposit, blueprint.deposit().output()));
        funded.push((funding.assertion_stake, blueprint.assertion_stake().clone()));
        let stake = TxOut {
            value: Amount::from_sat(blueprint.challenge_stake()),
            script_pubkey: challenge_script(&challenger()),
        };
        funded.push((outpoint(CHALLENGE_STAKE), stake));
        Chain::new(funded)
    }
}

/// The game of the default parameters.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::new(&params(), statement()))
}
