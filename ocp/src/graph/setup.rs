//! What the signers agree on before they sign: parameters, keys, trees and the outputs that fund the game.

use bitcoin::key::XOnlyPublicKey;
use bitcoin::secp256k1::PublicKey;
use bitcoin::{OutPoint, ScriptBuf};
use thiserror::Error;

use crate::graph::node::SighashError;
use crate::graph::schedule::Schedule;
use crate::graph::tree::DisproveTrees;
use crate::keys::deposit::DepositError;
use crate::keys::musig::{Aggregate, MusigError};
use crate::keys::slots::{KeyError, SlotKeys};
use crate::params::{Params, ParamsError};
use crate::slot::Slot;

/// One of the n signers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerInfo {
    /// Its public key, for the aggregate, for its stake and for its signature on leaves.
    pub key: PublicKey,
    /// Where it wants to be paid.
    pub payout: ScriptBuf,
}

impl SignerInfo {
    /// The key as leaves and Taproot outputs use it.
    pub fn x_only(&self) -> XOnlyPublicKey {
        self.key.x_only_public_key().0
    }
}

/// The one-time keys and the leaves of the dispute with one challenger.
#[derive(Clone, Debug)]
pub struct DisputeSetup {
    /// Public keys of the operator's slots and copies and of the challenger's salt and selections.
    pub keys: SlotKeys,
    /// The trees of refuting leaves over these slots.
    pub trees: DisproveTrees,
}

/// Everything that all signers must agree on to build the same transactions.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Parameters.
    pub params: Params,
    /// The signers; the first is the operator.
    pub signers: Vec<SignerInfo>,
    /// The key that may take the deposit back.
    pub depositor: XOnlyPublicKey,
    /// Public keys of the claim's slots, which all disputes share.
    pub claim_keys: SlotKeys,
    /// One dispute for each potential challenger: that of signer `i` at `i - 1`.
    pub disputes: Vec<DisputeSetup>,
}

/// The outputs that fund the game. All exist, or their transactions are fixed, before anything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funding {
    /// The deposit.
    pub deposit: OutPoint,
    /// The operator's stake.
    pub operator_stake: OutPoint,
    /// The challengers' stakes, in order.
    pub challenger_stakes: Vec<OutPoint>,
}

/// Why a set-up is refused.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The parameters are refused.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// The signers' keys are refused.
    #[error(transparent)]
    Musig(#[from] MusigError),
    /// The one-time keys are refused.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The deposit is refused.
    #[error(transparent)]
    Deposit(#[from] DepositError),
    /// A transaction cannot be signed.
    #[error(transparent)]
    Sighash(#[from] SighashError),
    /// A list has the wrong length.
    #[error("{got} {what}, {expected} were expected")]
    Count {
        /// What is listed.
        what: &'static str,
        /// How many there are.
        got: usize,
        /// How many there must be.
        expected: usize,
    },
    /// The same outpoint funds two things.
    #[error("{0} funds the game twice")]
    DuplicateFunding(OutPoint),
}

impl Setup {
    /// The aggregate of the signers' keys.
    ///
    /// # Errors
    /// The keys do not aggregate, or one appears twice.
    pub fn aggregate(&self) -> Result<Aggregate, MusigError> {
        let keys: Vec<PublicKey> = self.signers.iter().map(|signer| signer.key).collect();
        Aggregate::new(&keys)
    }

    /// Checks parameters, numbers of keys, and that no one-time key serves two slots.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), SetupError> {
        self.params.validate()?;
        let count = |what, got, expected| match got == expected {
            true => Ok(()),
            false => Err(SetupError::Count {
                what,
                got,
                expected,
            }),
        };
        count("signers", self.signers.len(), self.params.signers)?;
        count("disputes", self.disputes.len(), self.params.challengers())?;
        let schedule = Schedule::new(&self.params);
        let width = self.params.digest_bits;
        self.claim_keys.check(width, Schedule::CLAIM, [])?;
        for dispute in &self.disputes {
            let slots = schedule
                .moves()
                .iter()
                .flat_map(|spec| spec.slots.iter().flatten().copied());
            let choices = schedule
                .moves()
                .iter()
                .flat_map(|spec| spec.selects.iter().copied());
            let slots = slots.chain([Slot::Salt]);
            dispute.keys.check(width, slots, choices)?;
            dispute.keys.salt()?;
        }
        SlotKeys::check_distinct(
            std::iter::once(&self.claim_keys).chain(self.disputes.iter().map(|one| &one.keys)),
        )?;
        Ok(())
    }
}
