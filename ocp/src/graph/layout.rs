//! The transactions outside the disputes: claim and payouts.

use bitcoin::Sequence;
use bitcoin::key::XOnlyPublicKey;

use crate::graph::name::TxName;
use crate::graph::node::Unlock;
use crate::graph::output::{Connector, anchor, leaf_node};
use crate::graph::schedule::Schedule;
use crate::graph::setup::{Setup, SetupError};
use crate::graph::template::{Source, Template, TemplateInput};
use crate::keys::deposit::Deposit;
use crate::params::TAPROOT_DUST;
use crate::reveal::RevealLeaf;

/// The finalizer is the first output of the claim; a challenger's connector has the challenger's number.
pub(crate) const FINALIZER: Source = Source::Graph(TxName::Claim, 0);

/// What the transactions are laid out from.
pub(crate) struct Layout<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) schedule: &'a Schedule,
    pub(crate) internal_key: XOnlyPublicKey,
}

impl Layout<'_> {
    pub(crate) fn finalizer(&self, sequence: Sequence) -> TemplateInput {
        TemplateInput {
            source: FINALIZER,
            unlock: Unlock::Signers { root: None },
            sequence,
        }
    }

    /// A challenger's output of the claim, with the leaf in which it publishes its salt.
    pub(crate) fn challenge(&self, challenger: u8) -> Result<(RevealLeaf, Connector), SetupError> {
        let keys = &self.setup.disputes[usize::from(challenger) - 1].keys;
        let leaf = RevealLeaf::challenge(keys, self.internal_key)?;
        let connector = Connector::new(self.internal_key, Some(leaf_node(leaf.script())));
        Ok((leaf, connector))
    }

    fn challenges(&self) -> Result<Vec<Connector>, SetupError> {
        let challengers = 1..=self.setup.params.challengers() as u8;
        let connector = |challenger| self.challenge(challenger).map(|(_, connector)| connector);
        challengers.map(connector).collect()
    }

    pub(crate) fn claim(&self) -> Result<(Template, Connector), SetupError> {
        let key = self.setup.signers[0].x_only();
        let leaf = RevealLeaf::claim(&self.setup.claim_keys, key)?;
        let connector = Connector::new(self.internal_key, Some(leaf_node(leaf.script())));
        let control = connector.control_block(&[]);
        let input = TemplateInput {
            source: Source::OperatorStake,
            unlock: Unlock::Claim { leaf, control },
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let challenges = self.challenges()?;
        let mut fixed: Vec<_> = challenges
            .iter()
            .map(|connector| connector.pay(TAPROOT_DUST))
            .collect();
        fixed.push(anchor());
        let finalizer = Connector::new(self.internal_key, None);
        let rest = finalizer.script_pubkey().clone();
        Ok((
            Template::new(TxName::Claim, vec![input], rest, fixed),
            connector,
        ))
    }

    pub(crate) fn payouts(&self, deposit: &Deposit) -> Result<[Template; 2], SetupError> {
        let challenges = self.challenges()?;
        let locks = &self.setup.params.locks;
        let deposit = TemplateInput {
            source: Source::Deposit,
            unlock: Unlock::Signers {
                root: Some(deposit.merkle_root()),
            },
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let payout = |name, lock: u16, connectors: &[Connector]| {
            let mut inputs = vec![self.finalizer(Sequence::from_height(lock)), deposit.clone()];
            inputs.extend(
                (1..)
                    .zip(connectors)
                    .map(|(vout, connector)| TemplateInput {
                        source: Source::Graph(TxName::Claim, vout),
                        unlock: Unlock::Signers {
                            root: connector.root(),
                        },
                        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
                    }),
            );
            Template::new(
                name,
                inputs,
                self.setup.signers[0].payout.clone(),
                vec![anchor()],
            )
        };
        let late = self
            .setup
            .params
            .payout_lock(self.schedule)
            .min(u32::from(u16::MAX)) as u16;
        Ok([
            payout(TxName::Payout, locks.challenge_period, &challenges),
            payout(TxName::PayoutAfterDispute, late, &[]),
        ])
    }
}
