//! What a proof game costs before it is played, and parameters that suit a statement.
//!
//! The figures are the worst weights of the transactions that [`ProofBlueprint`] lays out, over keys that nobody uses: scripts
//! of other keys have the same size.

use bitcoin::hashes::Hash;
use bitcoin::{TapNodeHash, Weight};
use gavel_script_gen::winternitz::GameSeed;
use serde::Serialize;

use super::blueprint::ProofBlueprint;
use super::name::ProofTx;
use super::params::{ProofLocks, ProofParams};
use super::setup::{ProofSetup, ProofSetupError, public_keys};
use super::statement::{ProofSlots, ProofTree};
use crate::graph::blueprint::key_output;
use crate::graph::name::Party;
use crate::graph::setup::SignerInfo;
use crate::params::Amounts;
use crate::plan::{Course, PlannedTransaction, unused_key};
use crate::reveal::MAX_STANDARD_WEIGHT;

/// The cost of a proof game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofPlan {
    /// Transactions that commit values.
    pub assert_transactions: usize,
    /// Their weight, and that of the start and the end of the assertion.
    pub assert_weight: u64,
    /// Whether nodes relay the heaviest refutation. Everything else is always relayed.
    pub disprove_relayable: bool,
    /// A claim that nobody challenges.
    pub honest: Course,
    /// A challenged claim whose assertion nobody refutes.
    pub challenged: Course,
    /// A challenged claim whose assertion is refuted by the heaviest leaf.
    pub slashed: Course,
    /// A challenged claim without assertion.
    pub silent: Course,
}

/// The plan of a game about a statement with these slots, whose heaviest leaf takes a witness of `worst_witness` weight units
/// ([`ProofTree::worst_witness`]).
///
/// # Errors
/// The parameters are refused, also where amounts do not suffice for the sizes.
pub fn plan(
    params: &ProofParams,
    slots: &ProofSlots,
    worst_witness: usize,
) -> Result<ProofPlan, ProofSetupError> {
    let blueprint = over_unused_keys(params, slots, worst_witness)?;
    Ok(ProofPlan::new(&blueprint))
}

/// The blueprint of a game between keys that nobody uses.
fn over_unused_keys(
    params: &ProofParams,
    slots: &ProofSlots,
    worst_witness: usize,
) -> Result<ProofBlueprint, ProofSetupError> {
    let signer = |number| {
        let (key, _) = unused_key(number).x_only_public_key();
        SignerInfo {
            key: unused_key(number).public_key(),
            payout: key_output(key),
        }
    };
    ProofBlueprint::new(ProofSetup {
        signers: (0..params.signers).map(signer).collect(),
        depositor: unused_key(params.signers).x_only_public_key().0,
        keys: public_keys(&GameSeed::new(&[0; 32], &[0; 32]), slots),
        tree: ProofTree {
            root: TapNodeHash::all_zeros(),
            worst_witness,
        },
        slots: slots.clone(),
        params: params.clone(),
    })
}

impl ProofPlan {
    /// The plan of a game that is laid out.
    pub fn new(blueprint: &ProofBlueprint) -> Self {
        let locks = &blueprint.setup().params.locks;
        let margin = u32::from(locks.margin);
        let asserted = || {
            let parts = (1..=blueprint.assertions()).map(ProofTx::Assert);
            let start = [ProofTx::Claim, ProofTx::Challenge, ProofTx::AssertStart];
            let mut names: Vec<ProofTx> = start.into_iter().chain(parts).collect();
            names.push(ProofTx::AssertEnd);
            names
        };
        let ended = |ending| {
            let mut names = asserted();
            names.push(ending);
            names
        };
        let planned =
            |names: &[ProofTx], blocks| course(blueprint, names, margin + blocks + margin);
        let period = u32::from(locks.challenge_period);
        let window = u32::from(locks.disprove_window);
        let honest = planned(&[ProofTx::Claim, ProofTx::Payout], period);
        let silent = [ProofTx::Claim, ProofTx::Challenge, ProofTx::OperatorTimeout];
        let silent = planned(&silent, locks.deadline());
        let challenged = planned(
            &ended(ProofTx::PayoutAfterAssertion),
            locks.deadline() + window,
        );
        let slashed = planned(&ended(ProofTx::Disprove), locks.deadline() + window);
        let parts = slashed.transactions.iter();
        let parts = parts.filter(|planned| planned.name.starts_with("Assert"));
        Self {
            assert_transactions: usize::from(blueprint.assertions()),
            assert_weight: parts.map(|planned| planned.weight).sum(),
            disprove_relayable: slashed
                .transactions
                .last()
                .is_some_and(|planned| planned.weight <= MAX_STANDARD_WEIGHT as u64),
            honest,
            challenged,
            slashed,
            silent,
        }
    }
}

fn course(blueprint: &ProofBlueprint, names: &[ProofTx], worst_blocks: u32) -> Course {
    let transaction = |&name: &ProofTx| {
        let mut weights = blueprint.weights();
        let weight = weights
            .find(|(of, _)| *of == name)
            .map_or(Weight::ZERO, |(_, weight)| weight);
        let by = match name {
            ProofTx::Challenge | ProofTx::OperatorTimeout | ProofTx::Disprove => Party::Challenger,
            _ => Party::Operator,
        };
        PlannedTransaction::new(name.to_string(), by, weight)
    };
    let transactions: Vec<PlannedTransaction> = names.iter().map(transaction).collect();
    Course::new(transactions, worst_blocks)
}

/// Parameters for a game between three signers about a statement with these slots and this heaviest witness, with assertions
/// in transactions of the largest size that nodes relay.
///
/// A challenge pays what the assertion that it forces costs, rounded up. Half of the operator's bond is the reward: twice what
/// challenging and refuting a lie costs. The other half is more than what a challenge pays the operator.
///
/// # Errors
/// A slot does not fit a transaction, or there is none.
pub fn default_params(
    slots: &ProofSlots,
    worst_witness: usize,
) -> Result<ProofParams, ProofSetupError> {
    /// More than any game costs, so that the costs can be found.
    const ENOUGH: u64 = 100_000_000_000_000;
    /// Prices are multiples of this, in satoshi.
    const ROUND: u64 = 100_000;
    let mut params = ProofParams {
        signers: 3,
        amounts: Amounts {
            deposit: 100_000_000,
            operator_bond: 10 * ENOUGH,
            challenger_bond: ENOUGH,
            reward_permille: 500,
            fee_rate: 2_000,
        },
        locks: ProofLocks {
            margin: 6,
            disprove_window: 144,
            challenge_period: 288,
            assert_window: 144,
            refund: 26_280,
        },
        assert_weight: MAX_STANDARD_WEIGHT,
    };
    let costs = *over_unused_keys(&params, slots, worst_witness)?.costs();
    let price = costs.assertion.next_multiple_of(ROUND);
    let catching = price + costs.challenge + costs.disprove;
    params.amounts.challenger_bond = price;
    params.amounts.operator_bond = 2 * (2 * catching).next_multiple_of(10 * ROUND);
    Ok(params)
}
