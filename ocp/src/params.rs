//! The parameters of one game and the rules that a set of parameters must obey.

use gavel_vm::digest::DigestLength;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::graph::schedule::Schedule;

/// Fewest signers: the operator and one potential challenger.
pub const MIN_SIGNERS: usize = 2;
/// Most signers that are supported.
pub const MAX_SIGNERS: usize = 15;
/// The step counter is one 32-bit word, so a trace has at most 2^32 steps.
pub const MAX_TRACE_BITS: u32 = 32;
/// A path search has 2^5 intervals of positions: enough for the 30 positions of the longest path.
pub const PATH_BITS: u32 = 5;
/// Most bits that one round may select. 2^8 - 1 digests fill four transactions of the largest standard size.
pub const MAX_ROUND_BITS: u8 = 8;
/// Bitcoin Core's default dust limit of a Taproot output, in satoshi.
pub const TAPROOT_DUST: u64 = 330;
/// Bitcoin Core's default dust limit of a pay-to-anchor output, in satoshi.
pub const ANCHOR_DUST: u64 = 240;
/// Bitcoin Core's lowest default relay fee rate, in satoshi per 1,000 virtual bytes.
pub const MIN_FEE_RATE: u64 = 100;

/// Who is paid what, in satoshi.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// The deposit that a true claim releases to the operator.
    pub deposit: u64,
    /// What the operator loses when it is caught.
    pub operator_bond: u64,
    /// What a challenger loses when its challenge fails or it falls silent.
    pub challenger_bond: u64,
    /// Thousandths of the operator's bond that go to the challenger who caught it. The rest is burned.
    pub reward_permille: u16,
    /// Fee rate of every pre-signed transaction, in satoshi per 1,000 virtual bytes.
    pub fee_rate: u64,
}

impl Amounts {
    /// The part of the operator's bond that the challenger gets.
    pub fn reward(&self) -> u64 {
        (u128::from(self.operator_bond) * u128::from(self.reward_permille) / 1000) as u64
    }

    /// The part of the operator's bond that nobody gets.
    pub fn burned(&self) -> u64 {
        self.operator_bond - self.reward()
    }

    /// Checks that no amount is dust and that all of them exist.
    pub(crate) fn validate(&self) -> Result<(), ParamsError> {
        const ALL_SATOSHI: u64 = 2_100_000_000_000_000;
        if self.reward_permille > 1000 {
            return Err(ParamsError::Share(self.reward_permille));
        }
        for (name, amount, minimum) in [
            ("the deposit", self.deposit, TAPROOT_DUST),
            ("the operator's bond", self.operator_bond, TAPROOT_DUST),
            ("the challenger's bond", self.challenger_bond, TAPROOT_DUST),
            ("the fee rate per 1,000 vbytes", self.fee_rate, MIN_FEE_RATE),
        ] {
            if amount < minimum {
                return Err(ParamsError::TooSmall {
                    name,
                    amount,
                    minimum,
                });
            }
        }
        // Fees: no game is longer than 100 transactions of 100,000 vbytes.
        [
            self.operator_bond,
            self.challenger_bond,
            self.fee_rate.saturating_mul(10_000),
        ]
        .iter()
        .try_fold(self.deposit, |sum, &amount| sum.checked_add(amount))
        .filter(|&sum| sum <= ALL_SATOSHI)
        .map(|_| ())
        .ok_or(ParamsError::TooMuch)
    }

    /// The fee of a transaction of `vbytes` virtual bytes, rounded up.
    pub fn fee(&self, vbytes: u64) -> u64 {
        (vbytes * self.fee_rate).div_ceil(1000)
    }
}

/// Time-locks in blocks, all relative to the confirmation of the transaction before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLocks {
    /// Blocks that a transaction may need to confirm once it is broadcast.
    pub margin: u16,
    /// How long a challenger may take to answer.
    pub challenger_window: u16,
    /// How long the operator may take to answer; it has more to compute.
    pub operator_window: u16,
    /// How long an unchallenged claim waits for its payout.
    pub challenge_period: u16,
    /// How long after its confirmation a deposit waits before the depositor may take it back.
    pub refund: u16,
}

/// The parameters that all signers of a game agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Number of signers `n`. Signer 0 is the operator, every other one may challenge.
    pub signers: usize,
    /// Digest length.
    pub digest_bits: DigestLength,
    /// Bits selected in each round of the trace search, most significant first. Their sum is `t`.
    pub trace_rounds: Vec<u8>,
    /// Bits selected in each round of the path search. Their sum is [`PATH_BITS`].
    pub path_rounds: Vec<u8>,
    /// Amounts and shares.
    pub amounts: Amounts,
    /// Time-locks.
    pub locks: TimeLocks,
}

/// Why a set of parameters is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParamsError {
    /// Too few or too many signers.
    #[error("{0} signers: a game has {MIN_SIGNERS} to {MAX_SIGNERS}")]
    Signers(usize),
    /// A round that selects nothing or too much.
    #[error(
        "round {round} of the {search} search selects {bits} bits: allowed are 1 to {MAX_ROUND_BITS}"
    )]
    RoundBits {
        /// `trace` or `path`.
        search: &'static str,
        /// Number of the round, from 1.
        round: usize,
        /// Its bits.
        bits: u8,
    },
    /// The trace search does not cover a trace that the step counter can count.
    #[error("the trace rounds select {0} bits together: allowed are 2 to {MAX_TRACE_BITS}")]
    TraceBits(u32),
    /// The path search does not have exactly the bits that a path needs.
    #[error("the path rounds select {0} bits together: they must select {PATH_BITS}")]
    PathBits(u32),
    /// An amount that would make a dust output.
    #[error("{name} is {amount} sat: at least {minimum} sat are needed")]
    TooSmall {
        /// Which amount.
        name: &'static str,
        /// Its value.
        amount: u64,
        /// The least that is allowed.
        minimum: u64,
    },
    /// A share above the whole.
    #[error("the challenger's share is {0} thousandths of the bond: at most 1000 exist")]
    Share(u16),
    /// Amounts above the number of satoshi that exist.
    #[error("deposit and bonds together exceed the number of satoshi that exist")]
    TooMuch,
    /// Two time-locks are too close together or in the wrong order.
    #[error(
        "{later} ({later_blocks} blocks) must be at least {earlier} ({earlier_blocks} blocks) and the margin ({margin} blocks)"
    )]
    LockOrder {
        /// The lock that ends first.
        earlier: &'static str,
        /// Its length.
        earlier_blocks: u32,
        /// The lock that must end later.
        later: &'static str,
        /// Its length.
        later_blocks: u32,
        /// The margin between them.
        margin: u16,
    },
    /// No margin for confirmation.
    #[error("the confirmation margin is 0 blocks: at least 1 is needed")]
    NoMargin,
    /// The longest dispute exceeds what a relative time-lock can express.
    #[error("the longest dispute takes {0} blocks: a relative time-lock counts to 65535")]
    DisputeTooLong(u32),
    /// The reward does not cover the fees that a challenger advances for a whole dispute.
    #[error(
        "the reward of {reward} sat is less than the fees of a whole dispute, {fees} sat: challenging a lie would be a loss"
    )]
    RewardBelowFees {
        /// The challenger's part of the operator's bond.
        reward: u64,
        /// Fees of the longest dispute.
        fees: u64,
    },
}

impl Params {
    /// Bits of the trace search: the trace has `2^t` steps.
    pub fn trace_bits(&self) -> u32 {
        self.trace_rounds.iter().map(|&bits| u32::from(bits)).sum()
    }

    /// Number of signers who may challenge: every one but the operator.
    pub fn challengers(&self) -> usize {
        self.signers - 1
    }

    /// Blocks after which a claim is paid out although it was challenged: no dispute that began within the
    /// challenge period can still be open.
    pub fn payout_lock(&self, schedule: &Schedule) -> u32 {
        let locks = &self.locks;
        u32::from(locks.challenge_period)
            + schedule.longest_dispute(locks)
            + u32::from(locks.margin)
    }

    /// Checks every rule that can be checked without the transactions.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), ParamsError> {
        if !(MIN_SIGNERS..=MAX_SIGNERS).contains(&self.signers) {
            return Err(ParamsError::Signers(self.signers));
        }
        self.validate_rounds()?;
        self.amounts.validate()?;
        self.validate_locks()
    }

    fn validate_rounds(&self) -> Result<(), ParamsError> {
        for (search, rounds) in [("trace", &self.trace_rounds), ("path", &self.path_rounds)] {
            for (index, &bits) in rounds.iter().enumerate() {
                if !(1..=MAX_ROUND_BITS).contains(&bits) {
                    return Err(ParamsError::RoundBits {
                        search,
                        round: index + 1,
                        bits,
                    });
                }
            }
        }
        if !(2..=MAX_TRACE_BITS).contains(&self.trace_bits()) {
            return Err(ParamsError::TraceBits(self.trace_bits()));
        }
        let path_bits = self.path_rounds.iter().map(|&bits| u32::from(bits)).sum();
        if path_bits != PATH_BITS {
            return Err(ParamsError::PathBits(path_bits));
        }
        Ok(())
    }

    fn validate_locks(&self) -> Result<(), ParamsError> {
        let locks = &self.locks;
        if locks.margin == 0 {
            return Err(ParamsError::NoMargin);
        }
        let payout = self.payout_lock(&Schedule::new(self));
        if payout > u32::from(u16::MAX) {
            return Err(ParamsError::DisputeTooLong(payout));
        }
        let order = [
            ("the margin", u32::from(locks.margin)),
            (
                "the challenger's window",
                u32::from(locks.challenger_window),
            ),
            ("the operator's window", u32::from(locks.operator_window)),
            ("the challenge period", u32::from(locks.challenge_period)),
            ("the payout after a challenge", payout),
            ("the refund", u32::from(locks.refund)),
        ];
        for pair in order.windows(2) {
            let ((earlier, earlier_blocks), (later, later_blocks)) = (pair[0], pair[1]);
            if later_blocks < earlier_blocks + u32::from(locks.margin) {
                let margin = locks.margin;
                return Err(ParamsError::LockOrder {
                    earlier,
                    earlier_blocks,
                    later,
                    later_blocks,
                    margin,
                });
            }
        }
        Ok(())
    }
}
