//! The parties of a proof game: their keys, what they agree on, sign and pay in.

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Transaction, TxOut,
    key::{Keypair, Secp256k1, XOnlyPublicKey},
    secp256k1::SecretKey,
};
use gavel_ocp::{
    graph::setup::SignerInfo,
    presign::Agenda,
    proof::{
        ProofBlueprint, ProofFunding, ProofGraph, ProofSetup, ProofSignatures, public_keys,
        sign::{OperatorSecrets, challenge_script},
    },
};
use gavel_script_gen::{tree::LeafTree, winternitz::GameSeed};

use super::{ProofScenario, ProofScenarioError, short_game};
use crate::Chain;
use crate::scenario::{Account, secret, seed};

/// Everything that is agreed on before the claim, and what everybody has in its pocket.
pub(super) struct Cast {
    pub(super) graph: ProofGraph,
    pub(super) signatures: ProofSignatures,
    pub(super) tree: LeafTree,
    pub(super) operator: OperatorSecrets,
    /// No signer: whoever comes by with this key and the coin at `stake`.
    pub(super) challenger: Keypair,
    pub(super) stake: OutPoint,
    pub(super) accounts: Vec<Account>,
    /// The transaction that pays deposit and stakes, to be confirmed.
    pub(super) funding: Transaction,
}

impl Cast {
    /// Derives keys, builds tree and graph, and lets all signers sign, all before anything is paid.
    pub(super) fn assemble(
        scenario: &ProofScenario<'_>,
        chain: &dyn Chain,
    ) -> Result<Self, ProofScenarioError> {
        let slots = scenario.statement.slots();
        let one_time = operator_seed();
        let keys = public_keys(&one_time, slots);
        let built = scenario.statement.tree(&keys);
        let (tree, proof_tree) = built.map_err(ProofScenarioError::Statement)?;
        let params = match &scenario.params {
            Some(params) => params.clone(),
            None => short_game(scenario.signers, slots, &proof_tree)?,
        };
        let signers = (0..params.signers).map(|number| secret(&format!("signer {number}")));
        let signers = signers.collect::<Result<Vec<SecretKey>, _>>()?;
        let payouts = (0..params.signers).map(|number| payout(&format!("payout {number}")));
        let payouts = payouts.collect::<Result<Vec<ScriptBuf>, _>>()?;
        let depositor = keypair("depositor")?.x_only_public_key().0;
        let secp = Secp256k1::new();
        let info = |(secret, payout): (&SecretKey, &ScriptBuf)| SignerInfo {
            key: secret.public_key(&secp),
            payout: payout.clone(),
        };
        let blueprint = ProofBlueprint::new(ProofSetup {
            signers: signers.iter().zip(&payouts).map(info).collect(),
            depositor,
            slots: slots.clone(),
            tree: proof_tree,
            keys,
            params,
        })?;
        let challenger = keypair("passer-by")?;
        let funding = fund(&blueprint, &challenger, chain)?;
        let outpoint = |vout: usize| OutPoint {
            txid: funding.compute_txid(),
            vout: vout as u32,
        };
        let stakes = blueprint.claim_stakes().len();
        let paid = ProofFunding {
            deposit: outpoint(0),
            claim_stakes: (1..=stakes).map(outpoint).collect(),
            assertion_stake: outpoint(1 + stakes),
        };
        let stake = outpoint(2 + stakes);
        let operator = OperatorSecrets {
            keypair: Keypair::from_secret_key(&secp, &signers[0]),
            one_time,
        };
        let own = owned_by(operator.keypair.x_only_public_key().0);
        let operator_stakes = paid.claim_stakes.iter().chain([&paid.assertion_stake]);
        let account = |party: &str, stakes, payouts| Account {
            party: party.to_owned(),
            stakes,
            payouts,
        };
        let accounts = vec![
            account("depositor", vec![paid.deposit], vec![owned_by(depositor)]),
            account(
                "operator",
                operator_stakes.copied().collect(),
                vec![payouts[0].clone(), own],
            ),
            account("challenger", vec![stake], vec![reward_script(&challenger)]),
        ];
        let graph = ProofGraph::new(blueprint, paid)?;
        let signatures = Agenda::of_proof(&graph)?.run(&signers)?;
        signatures.verify_proof(&graph)?;
        Ok(Self {
            graph,
            signatures,
            tree,
            operator,
            challenger,
            stake,
            accounts,
            funding,
        })
    }
}

/// What the operator derives its one-time keys from. It is a constant, as all secrets of a scenario.
pub(super) fn operator_seed() -> GameSeed {
    GameSeed::new(&seed("one-time 0"), &seed("proof game"))
}

/// Where whoever refutes wants to be paid.
pub(super) fn reward_script(challenger: &Keypair) -> ScriptBuf {
    challenge_script(challenger)
}

/// The Taproot output that a single key owns.
fn owned_by(key: XOnlyPublicKey) -> ScriptBuf {
    ScriptBuf::new_p2tr(&Secp256k1::verification_only(), key, None)
}

fn keypair(label: &str) -> Result<Keypair, ProofScenarioError> {
    Ok(Keypair::from_secret_key(&Secp256k1::new(), &secret(label)?))
}

fn payout(label: &str) -> Result<ScriptBuf, ProofScenarioError> {
    let (key, _) = keypair(label)?.x_only_public_key();
    Ok(owned_by(key))
}

/// Deposit, the operator's stakes and the challenger's, in this order. It is signed but not sent: its id is what the signers
/// need to know, and the challenger's coin is none of their business.
fn fund(
    blueprint: &ProofBlueprint,
    challenger: &Keypair,
    chain: &dyn Chain,
) -> Result<Transaction, ProofScenarioError> {
    let mut outputs = vec![blueprint.deposit().output()];
    outputs.extend_from_slice(blueprint.claim_stakes());
    outputs.push(blueprint.assertion_stake().clone());
    outputs.push(TxOut {
        value: Amount::from_sat(blueprint.challenge_stake()),
        script_pubkey: challenge_script(challenger),
    });
    let paid = chain.treasury().pay(&outputs, chain.height());
    paid.map_err(|source| ProofScenarioError::Chain {
        name: "Funding".into(),
        source,
    })
}
