//! Whole games on a chain: an operator that lies, or does not, and a challenger that catches it, or does not.
//!
//! [`Scenario::play`] runs every party's state machine against a chain until the money is where it belongs, and says which
//! leaf or which time-out decided.

mod balance;
mod cast;
mod challengers;
mod error;
mod finder;
mod lie;
mod narrate;
mod outcome;
mod plan;
mod table;

pub use error::ScenarioError;
pub use lie::{Lie, LieError, LieKind};
pub use outcome::{Balance, Outcome, Report, Verdict};

pub(crate) use balance::{Account, Ledger, Settlement};
pub(crate) use cast::{secret, seed};

use gavel_ocp::{
    params::{Amounts, Params, TimeLocks},
    plan::{rounds, trace_bits},
};
use gavel_vm::{digest::DigestLength, image::Image};

use crate::Chain;

/// A game to be played.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The program.
    pub image: Image,
    /// Its input.
    pub input: Vec<u8>,
    /// What goes wrong; nothing in an honest, unchallenged run.
    pub lie: Option<Lie>,
    /// Number of signers: the operator and the potential challengers.
    pub signers: usize,
    /// Length of the digests.
    pub digest: DigestLength,
    /// Intervals that a round of the trace search divides into, as a power of two.
    pub arity_bits: u8,
}

impl Scenario {
    /// Three signers, digests of 256 bits, 16 intervals a round.
    pub fn new(image: Image, input: Vec<u8>, lie: Option<Lie>) -> Self {
        Self {
            image,
            input,
            lie,
            signers: 3,
            digest: DigestLength::Bits256,
            arity_bits: 4,
        }
    }

    /// Plays the game. `observer` sees every transaction of the game when it is confirmed.
    ///
    /// # Errors
    /// The program does not run, the lie cannot be told, or the chain refuses a transaction that it should accept.
    pub fn play(
        &self,
        chain: &mut dyn Chain,
        observer: &mut dyn FnMut(&Report),
    ) -> Result<Outcome, ScenarioError> {
        let operator = plan::operator_trace(&self.image, &self.input, self.digest, self.lie)?;
        let params = self.params(operator.claim().steps);
        let cast = cast::Cast::assemble(self, params, chain)?;
        table::Table::seat(self, cast, operator, chain, observer)?.play()
    }

    /// The parameters of a game about a run of `steps` steps.
    pub fn params(&self, steps: u64) -> Params {
        Params {
            signers: self.signers,
            digest_bits: self.digest,
            trace_rounds: rounds(trace_bits(steps), self.arity_bits),
            path_rounds: vec![3, 2],
            amounts: Amounts {
                deposit: 100_000_000,
                operator_bond: 10_000_000,
                challenger_bond: 2_000_000,
                reward_permille: 500,
                fee_rate: 1_000,
            },
            locks: TimeLocks {
                margin: 2,
                challenger_window: 6,
                operator_window: 10,
                challenge_period: 16,
                refund: 2_000,
            },
        }
    }
}
