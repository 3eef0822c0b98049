//! The graph before it is funded: every output, weight, fee and amount, but no outpoint.
//!
//! # Who is bound by what
//! - Every output but the challengers' stakes has the signers' aggregate key as internal key. By key path it moves only
//!   in transactions that all signers have signed in advance.
//! - A reveal leaf asks for all signers' signature too, so an answer is spent only in its own pre-signed transaction and
//!   a witness seen in a mempool is of no use elsewhere.
//! - A refuting leaf asks for the challenger's signature, which is made when the leaf is spent: pre-signing would need one
//!   signature for each of hundreds of leaves. In the pre-signed Disprove the input of the finalizer commits to the
//!   output of the reveal as another input and to all outputs, so the operator's bond moves only where a leaf accepts.
//!   The operator cannot spend the leaf away, since it lacks the challenger's key. The challenger could spend it in a
//!   transaction of its own: then it takes its own bond, after a true refutation, and leaves the operator's alone.
//!   That is what Recover does, which nobody has to sign in advance.
//! - Payouts and slashing transactions all spend the finalizer, the first output of the claim: one excludes the others.
//!
//! # Several challengers
//! Each potential challenger has a dispute of its own, all open at the same time: a challenger who works for the operator
//! can lose its own dispute, but not stand in the way of another. The payout of a challenged claim has to wait until all
//! disputes must have ended; an unchallenged claim is paid out after the challenge period, by a transaction that spends
//! every challenger's connector. When a second challenger wins after the operator's bond is gone, it takes its own
//! bond back (Withdraw or Recover).
//!
//! This costs set-up, not chain space: each potential challenger has one-time keys, leaves and pre-signed transactions of
//! its own (three to four signatures of all signers for every move), the claim one more output and the payout of an
//! unchallenged claim one more input. The price of a challenge that fails is time: the payout then waits for the longest
//! dispute there could be.

use bitcoin::key::{Secp256k1, XOnlyPublicKey};
use bitcoin::{Amount, ScriptBuf, TxOut, Weight};
use rayon::prelude::*;

use crate::graph::dispute::Dispute;
use crate::graph::layout::Layout;
use crate::graph::name::TxName;
use crate::graph::schedule::Schedule;
use crate::graph::setup::{Setup, SetupError};
use crate::graph::template::Template;
use crate::keys::deposit::Deposit;

/// The transactions of a game, complete but for the outpoints that fund it.
#[derive(Clone, Debug)]
pub struct Blueprint {
    setup: Setup,
    schedule: Schedule,
    internal_key: XOnlyPublicKey,
    deposit: Deposit,
    operator_stake: TxOut,
    challenger_stakes: Vec<TxOut>,
    templates: Vec<Template>,
}

impl Blueprint {
    /// Lays out the graph of a game.
    ///
    /// # Errors
    /// Parameters, keys or amounts are refused.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        setup.validate()?;
        let schedule = Schedule::new(&setup.params);
        let internal_key = setup.aggregate()?.internal_key();
        let amounts = &setup.params.amounts;
        let deposit = Amount::from_sat(amounts.deposit);
        let deposit = Deposit::new(
            internal_key,
            setup.depositor,
            setup.params.locks.refund,
            deposit,
        )?;
        let layout = Layout {
            setup: &setup,
            schedule: &schedule,
            internal_key,
        };

        let (claim, claim_output) = layout.claim()?;
        let claim_fee = amounts.fee(claim.weight.to_vbytes_ceil());
        let operator_stake =
            claim_output.pay(amounts.operator_bond + claim.fixed_sum() + claim_fee);
        let mut templates = vec![claim];
        templates.extend(layout.payouts(&deposit)?);
        let disputes: Result<Vec<_>, SetupError> = setup
            .disputes
            .par_iter()
            .zip(1..=u8::MAX)
            .map(|(keys, challenger)| {
                let dispute = Dispute::new(&layout, challenger, keys)?;
                let transactions = dispute.templates();
                let value = Amount::from_sat(dispute.stake(&transactions)?);
                let script_pubkey = key_output(setup.signers[usize::from(challenger)].x_only());
                Ok((
                    TxOut {
                        value,
                        script_pubkey,
                    },
                    transactions,
                ))
            })
            .collect();
        let mut challenger_stakes = Vec::new();
        for (stake, transactions) in disputes? {
            challenger_stakes.push(stake);
            templates.extend(transactions);
        }
        Ok(Self {
            schedule,
            internal_key,
            deposit,
            operator_stake,
            challenger_stakes,
            templates,
            setup,
        })
    }

    /// What the signers agreed on.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The moves of a dispute.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The signers' aggregate key.
    pub fn internal_key(&self) -> XOnlyPublicKey {
        self.internal_key
    }

    /// The deposit's output and spending conditions.
    pub fn deposit(&self) -> &Deposit {
        &self.deposit
    }

    /// The output that the operator sets aside for its claim: its bond, the connectors and the claim's fee.
    pub fn operator_stake(&self) -> &TxOut {
        &self.operator_stake
    }

    /// The outputs that the challengers set aside, in order: bond and the fees of the longest dispute.
    pub fn challenger_stakes(&self) -> &[TxOut] {
        &self.challenger_stakes
    }

    pub(crate) fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// Worst weights of all transactions.
    pub fn weights(&self) -> impl Iterator<Item = (TxName, Weight)> + '_ {
        self.templates
            .iter()
            .map(|template| (template.name, template.weight))
    }
}

/// The Taproot output of a single key.
pub(crate) fn key_output(key: XOnlyPublicKey) -> ScriptBuf {
    ScriptBuf::new_p2tr(&Secp256k1::verification_only(), key, None)
}
