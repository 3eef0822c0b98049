//! What the signers of a proof game agree on, and what funds it.

use std::collections::HashSet;

use bitcoin::OutPoint;
use bitcoin::key::XOnlyPublicKey;
use gavel_script_gen::analysis::AnalysisError;
use gavel_script_gen::winternitz::{GameSeed, PublicKey};
use thiserror::Error;

use super::name::ProofTx;
use super::node::ProofSighashError;
use super::params::{ProofParams, ProofParamsError};
use super::statement::{ProofSlot, ProofSlots, ProofTree, StatementError};
use crate::graph::setup::SignerInfo;
use crate::keys::deposit::DepositError;
use crate::keys::musig::{Aggregate, MusigError};

/// Everything that all signers must agree on to build the same transactions.
#[derive(Clone, Debug)]
pub struct ProofSetup {
    /// Parameters.
    pub params: ProofParams,
    /// The signers; the first is the operator.
    pub signers: Vec<SignerInfo>,
    /// The key that may take the deposit back, and gets the reward when the operator falls silent.
    pub depositor: XOnlyPublicKey,
    /// The slots of the statement.
    pub slots: ProofSlots,
    /// The operator's one-time keys of all slots, in their order.
    pub keys: Vec<PublicKey>,
    /// The tree of refuting leaves over these keys.
    pub tree: ProofTree,
}

/// The outputs that fund a proof game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFunding {
    /// The deposit.
    pub deposit: OutPoint,
    /// The operator's stakes, which its claim spends.
    pub claim_stakes: Vec<OutPoint>,
    /// The operator's output that pays for the assertion. It is spent only if somebody challenges.
    pub assertion_stake: OutPoint,
}

/// Why a set-up is refused.
#[derive(Debug, Error)]
pub enum ProofSetupError {
    /// The parameters are refused.
    #[error(transparent)]
    Params(#[from] ProofParamsError),
    /// The signers' keys are refused.
    #[error(transparent)]
    Musig(#[from] MusigError),
    /// The deposit is refused.
    #[error(transparent)]
    Deposit(#[from] DepositError),
    /// A reveal leaf cannot be built.
    #[error(transparent)]
    Leaf(#[from] AnalysisError),
    /// A transaction cannot be signed.
    #[error(transparent)]
    Sighash(#[from] ProofSighashError),
    /// The compiler cannot build a leaf.
    #[error("the statement has no leaves: {0}")]
    Statement(StatementError),
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
    /// An assertion of nothing, or of more than 65,535 transactions.
    #[error("the assertion takes {0} transactions: 1 to 65535 are possible")]
    Assertion(usize),
    /// Two slots share a name: they would share a key.
    #[error("two slots have the name {0}")]
    DuplicateSlot(String),
    /// A key is for a value of another length.
    #[error("the key of slot {slot} is for {got} bits, not {expected}")]
    KeyLength {
        /// The slot.
        slot: String,
        /// Bits of the key.
        got: usize,
        /// Bits of the slot.
        expected: usize,
    },
    /// Keys of two slots have a hash in common.
    #[error("the one-time key of slot {0} repeats another slot's")]
    DuplicateKey(String),
    /// A slot does not fit a transaction of the assertion.
    #[error("transactions of {limit} weight units are too small for an assertion of these slots")]
    AssertTooSmall {
        /// The limit that was given.
        limit: usize,
    },
    /// The money does not suffice.
    #[error("output {output} of {name} would be dust: {value} sat")]
    Dust {
        /// The transaction.
        name: ProofTx,
        /// The output.
        output: usize,
        /// What is left for it.
        value: u64,
    },
    /// The same outpoint funds two things.
    #[error("{0} funds the game twice")]
    DuplicateFunding(OutPoint),
}

impl ProofSetup {
    /// The aggregate of the signers' keys.
    ///
    /// # Errors
    /// The keys do not aggregate, or one appears twice.
    pub fn aggregate(&self) -> Result<Aggregate, MusigError> {
        let keys: Vec<_> = self.signers.iter().map(|signer| signer.key).collect();
        Aggregate::new(&keys)
    }

    /// Checks parameters and numbers, and that no one-time key serves two slots.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), ProofSetupError> {
        self.params.validate()?;
        count("signers", self.signers.len(), self.params.signers)?;
        count("one-time keys", self.keys.len(), self.slots.len())?;
        let (mut names, mut hashes) = (HashSet::new(), HashSet::new());
        for (slot, key) in self.slots.iter().zip(&self.keys) {
            let (got, expected) = (key.shape(), slot.shape);
            if !names.insert(&slot.name) {
                return Err(ProofSetupError::DuplicateSlot(slot.name.clone()));
            }
            if got != expected {
                return Err(ProofSetupError::KeyLength {
                    slot: slot.name.clone(),
                    got: got.bits(),
                    expected: expected.bits(),
                });
            }
            if !key.ends().iter().all(|end| hashes.insert(end)) {
                return Err(ProofSetupError::DuplicateKey(slot.name.clone()));
            }
        }
        Ok(())
    }
}

impl ProofFunding {
    /// Checks that nothing is missing and nothing funds two things.
    pub(super) fn validate(&self, claim_stakes: usize) -> Result<(), ProofSetupError> {
        count("stakes of the claim", self.claim_stakes.len(), claim_stakes)?;
        let mut seen = HashSet::new();
        let outpoints = [self.deposit, self.assertion_stake];
        let mut outpoints = outpoints.iter().chain(&self.claim_stakes);
        match outpoints.find(|&&one| !seen.insert(one)) {
            Some(&twice) => Err(ProofSetupError::DuplicateFunding(twice)),
            None => Ok(()),
        }
    }
}

/// The operator's one-time keys of a statement's slots.
pub fn public_keys(one_time: &GameSeed, slots: &ProofSlots) -> Vec<PublicKey> {
    use rayon::prelude::*;
    let slots: Vec<&ProofSlot> = slots.iter().collect();
    let key = |slot: &&ProofSlot| secret_key(one_time, slot).public_key();
    slots.par_iter().map(key).collect()
}

/// The operator's one-time key of a slot.
pub(super) fn secret_key(
    one_time: &GameSeed,
    slot: &ProofSlot,
) -> gavel_script_gen::winternitz::SecretKey {
    one_time.secret_key(slot.shape, &format!("proof/{}", slot.name))
}

fn count(what: &'static str, got: usize, expected: usize) -> Result<(), ProofSetupError> {
    if got == expected {
        return Ok(());
    }
    Err(ProofSetupError::Count {
        what,
        got,
        expected,
    })
}
