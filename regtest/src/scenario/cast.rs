//! The parties of a game: their keys, what they agree on, sign and pay in.

use std::sync::Arc;

use bitcoin::{
    OutPoint, ScriptBuf, Transaction, TxOut,
    hashes::{Hash, sha256},
    key::{Keypair, Secp256k1},
    secp256k1::SecretKey,
};
use gavel_ocp::{
    game::{GameError, trace::Claim},
    graph::{
        Graph,
        blueprint::Blueprint,
        name::TxName,
        setup::{DisputeSetup, Funding, Setup, SignerInfo},
    },
    keys::slots::OneTimeSecret,
    leaves::{DisputeLeaves, LeavesError, game_shape},
    params::Params,
    presign::{Agenda, Signatures},
    reveal::Reading,
    sign::{PartySecrets, Said, complete},
    slot::Slot,
};
use gavel_script_gen::mips::LeafSet;

use super::{Scenario, ScenarioError};
use crate::Chain;

/// One signer's secrets and where it is paid.
pub(super) struct Signer {
    pub(super) secrets: PartySecrets,
    pub(super) payout: ScriptBuf,
}

/// Everything that is agreed on before the claim.
pub(super) struct Cast {
    pub(super) params: Params,
    pub(super) signers: Vec<Signer>,
    /// The relations that the leaves refute.
    pub(super) set: Arc<LeafSet>,
    /// The leaves of the dispute with each challenger.
    pub(super) leaves: Vec<DisputeLeaves>,
    pub(super) graph: Arc<Graph>,
    pub(super) signatures: Arc<Signatures>,
    /// The transaction that pays deposit and stakes, to be confirmed.
    pub(super) funding: Transaction,
}

impl Cast {
    /// Derives keys, builds leaves and graph, and lets all signers sign, all before anything is paid.
    pub(super) fn assemble(
        scenario: &Scenario,
        params: Params,
        chain: &dyn Chain,
    ) -> Result<Self, ScenarioError> {
        let signers = (0..params.signers)
            .map(Signer::new)
            .collect::<Result<Vec<_>, _>>()?;
        let operator = &signers[0].secrets.one_time;
        let mut disputes = Vec::new();
        let mut leaves = Vec::new();
        let claim_keys = operator.claim_keys(&params);
        let set = Arc::new(
            LeafSet::new(game_shape(&params, &scenario.image)).map_err(LeavesError::from)?,
        );
        for (number, challenger) in (1..).zip(&signers[1..]) {
            let challenger_keys = challenger.secrets.one_time.challenger_keys(&params, number);
            let keys = operator.dispute_keys(&params, number, &challenger_keys);
            let key = challenger.secrets.keypair.x_only_public_key().0;
            let built = DisputeLeaves::new(set.clone(), &claim_keys, &keys, key)?;
            disputes.push(DisputeSetup {
                trees: built.trees(),
                keys,
            });
            leaves.push(built);
        }
        let setup = Setup {
            claim_keys,
            signers: signers.iter().map(Signer::info).collect(),
            depositor: secret("depositor")?.x_only_public_key(&Secp256k1::new()).0,
            params: params.clone(),
            disputes,
        };
        let blueprint = Blueprint::new(setup)?;
        let funding = fund(&blueprint, chain)?;
        let outpoint = |vout| OutPoint {
            txid: funding.compute_txid(),
            vout,
        };
        let paid = Funding {
            deposit: outpoint(0),
            operator_stake: outpoint(1),
            challenger_stakes: (2..)
                .take(blueprint.challenger_stakes().len())
                .map(outpoint)
                .collect(),
        };
        let graph = Graph::new(blueprint, paid)?;
        let secrets: Vec<SecretKey> = signers
            .iter()
            .map(|signer| signer.secrets.keypair.secret_key())
            .collect();
        let signatures = Agenda::new(&graph)?.run(&secrets)?;
        signatures.verify(&graph)?;
        Ok(Self {
            params,
            signers,
            set,
            leaves,
            graph: Arc::new(graph),
            signatures: Arc::new(signatures),
            funding,
        })
    }

    /// The claim of another output than this one: the same transaction, with another opening of one key.
    pub(super) fn other_claim(&self, claim: &Claim) -> Result<Transaction, ScenarioError> {
        let mut reading = Reading::default();
        let mut output = claim.output.clone();
        output.iter_mut().for_each(|word| *word ^= 1);
        reading.values.set(Slot::Input, claim.input.clone());
        reading.values.set(Slot::Output, output);
        reading.values.set(Slot::Steps, [claim.steps]);
        let other = complete(
            &self.graph,
            &self.signatures,
            TxName::Claim,
            &self.signers[0].secrets,
            Said::Reading(&reading),
        );
        Ok(other.map_err(GameError::from)?)
    }
}

impl Signer {
    fn new(number: usize) -> Result<Self, ScenarioError> {
        let secp = Secp256k1::new();
        let keypair = Keypair::from_secret_key(&secp, &secret(&format!("signer {number}"))?);
        let payout = secret(&format!("payout {number}"))?
            .x_only_public_key(&secp)
            .0;
        let one_time = OneTimeSecret::new(&seed(&format!("one-time {number}")), &seed("game"));
        Ok(Self {
            secrets: PartySecrets { keypair, one_time },
            payout: ScriptBuf::new_p2tr(&secp, payout, None),
        })
    }

    fn info(&self) -> SignerInfo {
        SignerInfo {
            key: self.secrets.keypair.public_key(),
            payout: self.payout.clone(),
        }
    }
}

/// The parties of a scenario guard worthless coins: their keys are constants, so that every run has the same transactions.
pub(crate) fn seed(label: &str) -> [u8; 32] {
    sha256::Hash::hash(format!("gavel regtest {label}").as_bytes()).to_byte_array()
}

pub(crate) fn secret(label: &str) -> Result<SecretKey, bitcoin::secp256k1::Error> {
    SecretKey::from_slice(&seed(label))
}

/// Deposit, operator's stake and challengers' stakes, in this order. It is signed but not sent: its id is what the signers
/// need to know.
fn fund(blueprint: &Blueprint, chain: &dyn Chain) -> Result<Transaction, ScenarioError> {
    let mut outputs: Vec<TxOut> = vec![
        blueprint.deposit().output(),
        blueprint.operator_stake().clone(),
    ];
    outputs.extend_from_slice(blueprint.challenger_stakes());
    chain
        .treasury()
        .pay(&outputs, chain.height())
        .map_err(|source| ScenarioError::Chain {
            name: "Funding".into(),
            source,
        })
}
