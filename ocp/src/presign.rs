//! The ceremony in which all signers sign all protocol transactions before the deposit confirms.
//!
//! Every signer builds the graph itself from the set-up and signs only what it built. At the end each one verifies all
//! signatures against its own graph ([`Signatures::verify`]); only then it pays its part.

use std::collections::BTreeMap;
use std::fmt;

use bitcoin::key::{Secp256k1, TapTweak};
use bitcoin::secp256k1::{self, SecretKey, XOnlyPublicKey, schnorr};
use musig2::{PartialSignature, PubNonce};
use rayon::prelude::*;
use thiserror::Error;

use crate::graph::Graph;
use crate::graph::name::TxName;
use crate::graph::setup::SetupError;
use crate::keys::musig::{self, Aggregate, KeyForm, Message, MusigError, SecretNonces};

/// What all signers sign, in an order that all compute alike. `N` names the game's transactions.
#[derive(Clone, Debug)]
pub struct Agenda<N = TxName> {
    aggregate: Aggregate,
    items: Vec<(N, usize)>,
    messages: Vec<Message>,
}

impl Agenda {
    /// Lists every input of the graph that all signers unlock.
    ///
    /// # Errors
    /// The signers' keys do not aggregate.
    pub fn new(graph: &Graph) -> Result<Self, SetupError> {
        let mut agenda = Self::empty(graph.blueprint().setup().aggregate()?);
        for node in graph.nodes() {
            agenda.add(node.name, node.messages()?);
        }
        Ok(agenda)
    }
}

impl<N: Copy + Ord> Agenda<N> {
    /// Nothing to sign yet.
    pub(crate) fn empty(aggregate: Aggregate) -> Self {
        Self {
            aggregate,
            items: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// Adds the inputs of one transaction.
    pub(crate) fn add(&mut self, name: N, messages: Vec<(usize, Message)>) {
        for (input, message) in messages {
            self.items.push((name, input));
            self.messages.push(message);
        }
    }

    /// Number of signatures.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there is nothing to sign.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// First round of one signer: its secret nonces, and the public ones for the others.
    ///
    /// # Errors
    /// The key is not valid.
    pub fn commit(&self, secret: &SecretKey) -> Result<(SecretNonces, Vec<PubNonce>), MusigError> {
        musig::commit(&self.aggregate, secret, &self.messages)
    }

    /// Second round of one signer.
    ///
    /// # Errors
    /// Nonces are missing, or the key is not a signer's.
    pub fn sign(
        &self,
        secret: &SecretKey,
        nonces: SecretNonces,
        public: &[Vec<PubNonce>],
    ) -> Result<Vec<PartialSignature>, MusigError> {
        musig::sign(&self.aggregate, secret, nonces, public)
    }

    /// Adds the partial signatures up.
    ///
    /// # Errors
    /// A contribution is missing or invalid; the error names the signer.
    pub fn finish(
        &self,
        public: &[Vec<PubNonce>],
        partials: &[Vec<PartialSignature>],
    ) -> Result<Signatures<N>, MusigError> {
        let signatures = musig::aggregate(&self.aggregate, &self.messages, public, partials)?;
        Ok(Signatures {
            map: self.items.iter().copied().zip(signatures).collect(),
        })
    }

    /// The whole ceremony with all signers in one place, as demonstrations and tests run it.
    ///
    /// # Errors
    /// A key is not a signer's.
    pub fn run(&self, secrets: &[SecretKey]) -> Result<Signatures<N>, MusigError> {
        let mut nonces = Vec::new();
        let mut public = Vec::new();
        for secret in secrets {
            let (own, shown) = self.commit(secret)?;
            nonces.push(own);
            public.push(shown);
        }
        let partials: Result<Vec<_>, _> = secrets
            .iter()
            .zip(nonces)
            .map(|(secret, nonces)| self.sign(secret, nonces, &public))
            .collect();
        self.finish(&public, &partials?)
    }
}

/// The signers' signatures of all transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures<N = TxName> {
    map: BTreeMap<(N, usize), schnorr::Signature>,
}

impl<N> Default for Signatures<N> {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
        }
    }
}

/// Why a set of signatures is refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum VerifyError<N: fmt::Display = TxName> {
    /// An input has no signature.
    #[error("input {input} of {name} is not signed")]
    Missing {
        /// The transaction.
        name: N,
        /// The input.
        input: usize,
    },
    /// A signature does not verify.
    #[error("the signature of input {input} of {name} is invalid")]
    Invalid {
        /// The transaction.
        name: N,
        /// The input.
        input: usize,
    },
    /// The agenda itself could not be computed.
    #[error("{0}")]
    Setup(String),
}

impl<N: Copy + Ord + fmt::Display + Send + Sync> Signatures<N> {
    /// The signature of one input.
    pub fn get(&self, name: N, input: usize) -> Option<&schnorr::Signature> {
        self.map.get(&(name, input))
    }

    /// Number of signatures.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Verifies that every input of an agenda has a valid signature.
    ///
    /// # Errors
    /// The first signature that is missing or invalid.
    pub fn verify_agenda(&self, agenda: &Agenda<N>) -> Result<(), VerifyError<N>> {
        let secp = Secp256k1::verification_only();
        let internal = agenda.aggregate.internal_key();
        let check = |(&(name, input), message): (&(N, usize), &Message)| {
            let signature = self
                .get(name, input)
                .ok_or(VerifyError::Missing { name, input })?;
            let key: XOnlyPublicKey = match message.key {
                KeyForm::Internal => internal,
                KeyForm::KeyOnly => internal.tap_tweak(&secp, None).0.to_x_only_public_key(),
                KeyForm::Tree(root) => internal
                    .tap_tweak(&secp, Some(root))
                    .0
                    .to_x_only_public_key(),
            };
            let digest = secp256k1::Message::from_digest(message.sighash);
            secp.verify_schnorr(signature, &digest, &key)
                .map_err(|_| VerifyError::Invalid { name, input })
        };
        agenda
            .items
            .par_iter()
            .zip(&agenda.messages)
            .try_for_each(check)
    }
}

impl Signatures {
    /// Verifies that every input of the own graph that needs one has a valid signature.
    ///
    /// # Errors
    /// The first signature that is missing or invalid.
    pub fn verify(&self, graph: &Graph) -> Result<(), VerifyError> {
        let agenda = Agenda::new(graph).map_err(|error| VerifyError::Setup(error.to_string()))?;
        self.verify_agenda(&agenda)
    }
}
