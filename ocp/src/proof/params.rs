//! The parameters of a proof game and the rules that they must obey.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::params::{Amounts, MAX_SIGNERS, MIN_SIGNERS, ParamsError};
use crate::reveal::MAX_STANDARD_WEIGHT;

/// Time-locks in blocks. All but `refund` count from the confirmation of the claim or, for the disprove window, of the end of
/// the assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofLocks {
    /// Blocks that a transaction may need to confirm once it is broadcast.
    pub margin: u16,
    /// How long an asserted proof can be refuted.
    pub disprove_window: u16,
    /// How long a claim can be challenged before it is paid out.
    pub challenge_period: u16,
    /// How long the operator has to assert after the last possible challenge.
    pub assert_window: u16,
    /// How long after its confirmation a deposit waits before the depositor may take it back.
    pub refund: u16,
}

impl ProofLocks {
    /// The age of a claim at which it must have been paid out or asserted: the last challenge comes when the payout was just
    /// about to confirm, and the operator still has its whole window.
    pub fn deadline(&self) -> u32 {
        u32::from(self.challenge_period) + u32::from(self.margin) + u32::from(self.assert_window)
    }

    /// The age of a claim at which every game is over.
    pub fn longest(&self) -> u32 {
        self.deadline() + u32::from(self.disprove_window) + 2 * u32::from(self.margin)
    }

    /// Checks that every lock leaves room for what has to happen before it.
    fn validate(&self) -> Result<(), ProofParamsError> {
        let margin = u32::from(self.margin);
        if margin == 0 {
            return Err(ParamsError::NoMargin.into());
        }
        if self.longest() > u32::from(u16::MAX) {
            return Err(ParamsError::DisputeTooLong(self.longest()).into());
        }
        // The start, the values and the end of an assertion confirm one after the other.
        let order = [
            (
                "three margins",
                3 * margin,
                "the operator's window",
                u32::from(self.assert_window),
            ),
            (
                "the margin",
                margin,
                "the disprove window",
                u32::from(self.disprove_window),
            ),
            (
                "the disprove window",
                u32::from(self.disprove_window),
                "the challenge period",
                u32::from(self.challenge_period),
            ),
            (
                "the longest game",
                self.longest(),
                "the refund",
                u32::from(self.refund),
            ),
        ];
        for (earlier, earlier_blocks, later, later_blocks) in order {
            if later_blocks < earlier_blocks + margin {
                return Err(ParamsError::LockOrder {
                    earlier,
                    earlier_blocks,
                    later,
                    later_blocks,
                    margin: self.margin,
                }
                .into());
            }
        }
        Ok(())
    }
}

/// The parameters that all signers of a proof game agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofParams {
    /// Number of signers. Signer 0 is the operator. Who challenges or refutes need not be a signer.
    pub signers: usize,
    /// Amounts and shares. A challenge costs the challenger's bond, whatever comes of it: it pays for the assertion.
    pub amounts: Amounts,
    /// Time-locks.
    pub locks: ProofLocks,
    /// The most that a transaction of the assertion may weigh.
    pub assert_weight: usize,
}

/// What a challenge costs both sides, in satoshi at the fee rate of the pre-signed transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProofCosts {
    /// What a challenged operator pays more than an unchallenged one: the whole assertion, and the heavier payout.
    pub assertion: u64,
    /// Fee and anchor of a challenge.
    pub challenge: u64,
    /// Fee of the heaviest refutation.
    pub disprove: u64,
}

/// Why parameters are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofParamsError {
    /// A rule that the trace game has, too.
    #[error(transparent)]
    Common(#[from] ParamsError),
    /// Transactions of the assertion would not be relayed.
    #[error("an assertion's transactions may weigh {0}: nodes relay {MAX_STANDARD_WEIGHT} at most")]
    AssertWeight(usize),
    /// An honest operator would lose by being challenged.
    #[error("a challenge pays {price} sat, but the assertion that it forces costs {fees} sat")]
    PriceBelowAssertion {
        /// What a challenge pays.
        price: u64,
        /// What the operator pays for the assertion.
        fees: u64,
    },
    /// Challenging and refuting a lie would be a loss.
    #[error("the reward of {reward} sat is less than challenging and refuting cost, {costs} sat")]
    RewardBelowCosts {
        /// What a refutation pays.
        reward: u64,
        /// Price and fee of the challenge and the fee of the heaviest refutation.
        costs: u64,
    },
    /// An operator that refutes itself would not lose.
    #[error(
        "{burned} sat of the operator's bond are burned: no more than the {price} sat that a challenge pays it"
    )]
    BurnedBelowPrice {
        /// The share that nobody gets.
        burned: u64,
        /// What a challenge pays the operator.
        price: u64,
    },
}

impl ProofParams {
    /// Checks every rule that can be checked without the transactions.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), ProofParamsError> {
        if !(MIN_SIGNERS..=MAX_SIGNERS).contains(&self.signers) {
            return Err(ParamsError::Signers(self.signers).into());
        }
        if self.assert_weight > MAX_STANDARD_WEIGHT {
            return Err(ProofParamsError::AssertWeight(self.assert_weight));
        }
        self.amounts.validate()?;
        let (burned, price) = (self.amounts.burned(), self.amounts.challenger_bond);
        if burned <= price {
            return Err(ProofParamsError::BurnedBelowPrice { burned, price });
        }
        self.locks.validate()
    }

    /// Checks what can be checked once the sizes are known.
    pub(super) fn validate_costs(&self, costs: &ProofCosts) -> Result<(), ProofParamsError> {
        let price = self.amounts.challenger_bond;
        if price < costs.assertion {
            return Err(ProofParamsError::PriceBelowAssertion {
                price,
                fees: costs.assertion,
            });
        }
        let reward = self.amounts.reward();
        let costs = price + costs.challenge + costs.disprove;
        if reward < costs {
            return Err(ProofParamsError::RewardBelowCosts { reward, costs });
        }
        Ok(())
    }
}
