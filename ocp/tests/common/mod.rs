//! A game between three signers, small enough for tests.
#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod chain;
pub mod world;

use bitcoin::hashes::Hash;
use bitcoin::key::{Keypair, Secp256k1};
use bitcoin::{OutPoint, ScriptBuf, TapNodeHash, Txid};
use gavel_ocp::graph::Graph;
use gavel_ocp::graph::blueprint::Blueprint;
use gavel_ocp::graph::output::{WitnessSize, leaf_node};
use gavel_ocp::graph::setup::{DisputeSetup, Funding, Setup, SignerInfo};
use gavel_ocp::graph::tree::{DisproveTree, DisproveTrees, LeafSize};
use gavel_ocp::keys::slots::OneTimeSecret;
use gavel_ocp::params::{Amounts, Params, TimeLocks};
use gavel_ocp::sign::PartySecrets;
use gavel_vm::digest::DigestLength;

/// Parameters with few rounds.
pub fn params() -> Params {
    Params {
        signers: 3,
        digest_bits: DigestLength::Bits160,
        trace_rounds: vec![2, 1],
        path_rounds: vec![3, 2],
        amounts: Amounts {
            deposit: 10_000_000,
            operator_bond: 2_000_000,
            challenger_bond: 500_000,
            reward_permille: 500,
            fee_rate: 1_000,
        },
        locks: TimeLocks {
            margin: 1,
            challenger_window: 3,
            operator_window: 5,
            challenge_period: 8,
            refund: 1000,
        },
    }
}

/// A leaf that any `1` spends, with the challenger's key: it stands for a refutation where a test is not about leaves.
pub fn test_leaf(secrets: &PartySecrets) -> ScriptBuf {
    use bitcoin::opcodes::all::{OP_CHECKSIG, OP_VERIFY};
    let key = secrets.keypair.x_only_public_key().0;
    ScriptBuf::builder()
        .push_opcode(OP_VERIFY)
        .push_x_only_key(&key)
        .push_opcode(OP_CHECKSIG)
        .into_script()
}

pub fn test_tree(secrets: &PartySecrets) -> DisproveTree {
    let script = test_leaf(secrets);
    let root: TapNodeHash = leaf_node(&script);
    let elements = WitnessSize::of(&[vec![1u8]]);
    DisproveTree {
        root,
        worst: LeafSize {
            elements,
            script: script.len(),
            depth: 0,
        },
    }
}

/// The secrets of all parties, from fixed seeds.
pub fn secrets(signers: usize) -> Vec<PartySecrets> {
    let secp = Secp256k1::new();
    let party = |index: usize| PartySecrets {
        keypair: Keypair::from_seckey_slice(&secp, &[index as u8 + 1; 32]).unwrap(),
        one_time: OneTimeSecret::new(&[index as u8 + 100; 32], &[7; 32]),
    };
    (0..signers).map(party).collect()
}

pub fn setup(params: &Params, secrets: &[PartySecrets]) -> Setup {
    let secp = Secp256k1::new();
    let signers = secrets.iter().map(|secret| SignerInfo {
        key: secret.keypair.public_key(),
        payout: ScriptBuf::new_p2tr(&secp, secret.keypair.x_only_public_key().0, None),
    });
    let operator = &secrets[0].one_time;
    let dispute = |challenger: usize| {
        let number = challenger as u8;
        let challenger_keys = secrets[challenger].one_time.challenger_keys(params, number);
        let tree = test_tree(&secrets[challenger]);
        DisputeSetup {
            keys: operator.dispute_keys(params, number, &challenger_keys),
            trees: DisproveTrees {
                step: tree,
                path: tree,
                access: tree,
            },
        }
    };
    Setup {
        params: params.clone(),
        signers: signers.collect(),
        depositor: Keypair::from_seckey_slice(&secp, &[99; 32])
            .unwrap()
            .x_only_public_key()
            .0,
        claim_keys: operator.claim_keys(params),
        disputes: (1..params.signers).map(dispute).collect(),
    }
}

pub fn outpoint(number: u8) -> OutPoint {
    OutPoint {
        txid: Txid::from_byte_array([number; 32]),
        vout: 0,
    }
}

pub fn funding(params: &Params) -> Funding {
    Funding {
        deposit: outpoint(1),
        operator_stake: outpoint(2),
        challenger_stakes: (0..params.challengers())
            .map(|index| outpoint(3 + index as u8))
            .collect(),
    }
}

pub fn graph(params: &Params) -> (Graph, Vec<PartySecrets>) {
    let secrets = secrets(params.signers);
    let blueprint = Blueprint::new(setup(params, &secrets)).unwrap();
    (Graph::new(blueprint, funding(params)).unwrap(), secrets)
}
