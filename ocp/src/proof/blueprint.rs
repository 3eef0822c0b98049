//! A proof game before it is funded: every output, weight, fee and amount, but no outpoint.

use bitcoin::key::XOnlyPublicKey;
use bitcoin::{Amount, ScriptBuf, TapNodeHash, TxOut, Weight};

use super::assertion::Assertion;
use super::draft::{Draft, DraftInput, Source};
use super::name::ProofTx;
use super::node::ProofUnlock;
use super::params::ProofCosts;
use super::reveal::{SlotsLeaf, Widths};
use super::setup::{ProofSetup, ProofSetupError};
use crate::graph::blueprint::key_output;
use crate::graph::output::{Connector, anchor, burn, leaf_node};
use crate::keys::deposit::Deposit;
use crate::params::{ANCHOR_DUST, TAPROOT_DUST};

/// The bond of a claim: every payout of an unchallenged claim, its time-out and its assertion spend it.
const FINALIZER: Source = Source::Output(ProofTx::Claim, 0);
/// The output that a challenge spends.
const CONNECTOR: Source = Source::Output(ProofTx::Claim, 1);
/// The output that a refutation spends: it holds the reward.
const REFUTABLE: Source = Source::Output(ProofTx::AssertEnd, 0);
/// The part of the bond that nobody gets when the assertion is refuted.
const REMAINDER: Source = Source::Output(ProofTx::AssertEnd, 1);

/// The transactions of a proof game, complete but for the outpoints that fund it.
#[derive(Clone, Debug)]
pub struct ProofBlueprint {
    setup: ProofSetup,
    internal_key: XOnlyPublicKey,
    deposit: Deposit,
    refutable: Connector,
    claim_stakes: Vec<TxOut>,
    assertion_stake: TxOut,
    challenge_stake: u64,
    costs: ProofCosts,
    drafts: Vec<Draft>,
}

impl ProofBlueprint {
    /// Lays out the transactions of a game.
    ///
    /// # Errors
    /// Parameters, keys or amounts are refused.
    pub fn new(setup: ProofSetup) -> Result<Self, ProofSetupError> {
        setup.validate()?;
        let internal_key = setup.aggregate()?.internal_key();
        let amounts = &setup.params.amounts;
        let deposit = Deposit::new(
            internal_key,
            setup.depositor,
            setup.params.locks.refund,
            Amount::from_sat(amounts.deposit),
        )?;
        let layout = Layout {
            setup: &setup,
            operator: setup.signers[0].x_only(),
            plain: Connector::new(internal_key, None),
            refutable: Connector::new(internal_key, Some(setup.tree.root)),
            internal_key,
        };
        let fee = |draft: &Draft| amounts.fee(draft.weight.to_vbytes_ceil());

        let (claim, scripts) = layout.claim()?;
        let needed = amounts.operator_bond + claim.fixed_sum() + fee(&claim);
        let claim_stakes = stakes(scripts, needed);
        let challenge = layout.challenge();
        let challenge_stake =
            amounts.challenger_bond + ANCHOR_DUST + fee(&challenge) - TAPROOT_DUST;
        let [payout, late_payout] = layout.payouts(&deposit);

        let assertion = Assertion::new(&setup, internal_key)?;
        let end = layout.assert_end(&assertion);
        let end_needs = fee(&end) + ANCHOR_DUST;
        let (start, parts) = assertion.drafts(end_needs);
        let outputs = start.outputs.iter().map(|output| output.value.to_sat());
        let assertion_stake = outputs.sum::<u64>() + fee(&start);
        // What the parts hand on beyond that, since no output can be smaller than dust, comes back with the bond.
        let handed_on = parts.iter().map(|part| part.outputs[0].value.to_sat());
        let returned = handed_on.sum::<u64>().saturating_sub(end_needs);
        let disprove = layout.disprove();

        // The connector of an unchallenged claim goes to the payout.
        let extra = (fee(&late_payout) + TAPROOT_DUST).saturating_sub(fee(&payout));
        let costs = ProofCosts {
            assertion: (assertion_stake + extra).saturating_sub(returned),
            challenge: challenge_stake - amounts.challenger_bond,
            disprove: fee(&disprove),
        };
        setup.params.validate_costs(&costs)?;
        let mut drafts = vec![claim, payout, challenge, layout.timeout()];
        drafts.push(start);
        drafts.extend(parts);
        drafts.extend([end, late_payout, disprove]);
        Ok(Self {
            internal_key,
            deposit,
            refutable: layout.refutable,
            claim_stakes,
            assertion_stake: TxOut {
                value: Amount::from_sat(assertion_stake),
                script_pubkey: key_output(layout.operator),
            },
            challenge_stake,
            costs,
            drafts,
            setup,
        })
    }

    /// What the signers agreed on.
    pub fn setup(&self) -> &ProofSetup {
        &self.setup
    }

    /// The signers' aggregate key.
    pub fn internal_key(&self) -> XOnlyPublicKey {
        self.internal_key
    }

    /// The deposit's output and spending conditions.
    pub fn deposit(&self) -> &Deposit {
        &self.deposit
    }

    /// The outputs that the operator sets aside for its claim; the first one holds its bond.
    pub fn claim_stakes(&self) -> &[TxOut] {
        &self.claim_stakes
    }

    /// The output that the operator sets aside to pay for its assertion.
    pub fn assertion_stake(&self) -> &TxOut {
        &self.assertion_stake
    }

    /// What an output holds that pays for a challenge to the satoshi.
    pub fn challenge_stake(&self) -> u64 {
        self.challenge_stake
    }

    /// What a challenge costs both sides.
    pub fn costs(&self) -> &ProofCosts {
        &self.costs
    }

    /// Number of transactions that commit values.
    pub fn assertions(&self) -> u16 {
        let parts = self
            .drafts
            .iter()
            .filter(|draft| matches!(draft.name, ProofTx::Assert(_)));
        parts.count() as u16
    }

    /// The output that a refutation spends.
    pub(super) fn refutable(&self) -> &Connector {
        &self.refutable
    }

    pub(super) fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    /// Worst weights of all transactions.
    pub fn weights(&self) -> impl Iterator<Item = (ProofTx, Weight)> + '_ {
        self.drafts.iter().map(|draft| (draft.name, draft.weight))
    }
}

/// The first output holds what is needed, the others as little as possible.
fn stakes(scripts: Vec<ScriptBuf>, needed: u64) -> Vec<TxOut> {
    let others = TAPROOT_DUST * (scripts.len() as u64 - 1);
    let first = needed.saturating_sub(others).max(TAPROOT_DUST);
    let values = std::iter::once(first).chain(std::iter::repeat(TAPROOT_DUST));
    let stake = |(script_pubkey, sat)| TxOut {
        value: Amount::from_sat(sat),
        script_pubkey,
    };
    scripts.into_iter().zip(values).map(stake).collect()
}

/// What the transactions are laid out from.
struct Layout<'a> {
    setup: &'a ProofSetup,
    operator: XOnlyPublicKey,
    internal_key: XOnlyPublicKey,
    plain: Connector,
    refutable: Connector,
}

impl Layout<'_> {
    /// The claim, and the scripts of the stakes that it spends.
    fn claim(&self) -> Result<(Draft, Vec<ScriptBuf>), ProofSetupError> {
        let mut inputs = Vec::new();
        let mut scripts = Vec::new();
        let widths = Widths::new(&self.setup.keys);
        let public = 0..self.setup.slots.public.len();
        for slots in widths.inputs(public, |_| true).unwrap_or_default() {
            let leaf = SlotsLeaf::new(&self.setup.keys, slots, self.operator)?;
            let connector = Connector::new(self.internal_key, Some(leaf_node(leaf.script())));
            let control = connector.control_block(&[]);
            let unlock = ProofUnlock::Reveal { leaf, control };
            inputs.push(DraftInput::new(Source::ClaimStake(inputs.len()), unlock));
            scripts.push(connector.script_pubkey().clone());
        }
        if inputs.is_empty() {
            // Nothing to commit: the operator's signature alone makes the claim.
            inputs.push(DraftInput::new(
                Source::ClaimStake(0),
                ProofUnlock::Operator,
            ));
            scripts.push(key_output(self.operator));
        }
        let outputs = vec![self.plain.pay(0), self.plain.pay(TAPROOT_DUST), anchor()];
        Ok((Draft::new(ProofTx::Claim, inputs, outputs, 0), scripts))
    }

    fn signed(root: Option<TapNodeHash>) -> ProofUnlock {
        ProofUnlock::Signers { root }
    }

    /// What the operator is paid to.
    fn to_operator(&self, sat: u64) -> TxOut {
        TxOut {
            value: Amount::from_sat(sat),
            script_pubkey: self.setup.signers[0].payout.clone(),
        }
    }

    fn payouts(&self, deposit: &Deposit) -> [Draft; 2] {
        let locks = &self.setup.params.locks;
        let root = Some(deposit.merkle_root());
        let deposit = DraftInput::new(Source::Deposit, Self::signed(root));
        let plain = |source| DraftInput::new(source, Self::signed(None));
        let finalizer = DraftInput::after(FINALIZER, Self::signed(None), locks.challenge_period);
        let refutable = DraftInput::after(
            REFUTABLE,
            Self::signed(self.refutable.root()),
            locks.disprove_window,
        );
        let outputs = || vec![self.to_operator(0), anchor()];
        let early = vec![finalizer, deposit.clone(), plain(CONNECTOR)];
        let late = vec![refutable, deposit, plain(REMAINDER)];
        [
            Draft::new(ProofTx::Payout, early, outputs(), 0),
            Draft::new(ProofTx::PayoutAfterAssertion, late, outputs(), 0),
        ]
    }

    fn challenge(&self) -> Draft {
        let inputs = vec![
            DraftInput::new(CONNECTOR, ProofUnlock::SignersAndAnyone),
            DraftInput::new(Source::ChallengeStake, ProofUnlock::Challenger),
        ];
        let price = self.setup.params.amounts.challenger_bond;
        let outputs = vec![self.to_operator(price), anchor()];
        Draft::new(ProofTx::Challenge, inputs, outputs, 0)
    }

    fn assert_end(&self, assertion: &Assertion<'_>) -> Draft {
        let mut inputs = vec![DraftInput::new(FINALIZER, Self::signed(None))];
        inputs.extend(assertion.ends());
        let reward = self.setup.params.amounts.reward();
        let outputs = vec![self.refutable.pay(reward), self.plain.pay(0), anchor()];
        Draft::new(ProofTx::AssertEnd, inputs, outputs, 1)
    }

    fn timeout(&self) -> Draft {
        let deadline = self.setup.params.locks.deadline();
        let deadline = u16::try_from(deadline).unwrap_or(u16::MAX);
        let inputs = vec![DraftInput::after(FINALIZER, Self::signed(None), deadline)];
        let to_depositor = TxOut {
            value: Amount::ZERO,
            script_pubkey: key_output(self.setup.depositor),
        };
        let burned = self.setup.params.amounts.burned();
        let outputs = vec![to_depositor, burn(burned), anchor()];
        Draft::new(ProofTx::OperatorTimeout, inputs, outputs, 0)
    }

    /// A refutation that pays to a Taproot output, as it is weighed in advance.
    fn disprove(&self) -> Draft {
        let worst = self.setup.tree.worst_witness;
        let inputs = vec![DraftInput::new(REFUTABLE, ProofUnlock::Refute { worst })];
        let outputs = vec![TxOut {
            value: Amount::ZERO,
            script_pubkey: key_output(self.operator),
        }];
        Draft::new(ProofTx::Disprove, inputs, outputs, 0)
    }
}
