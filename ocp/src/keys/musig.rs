//! MuSig2 (BIP 327): the signers' aggregate key and the signing of many messages in two rounds.
//!
//! Nonce discipline: a secret nonce is made for one message under one key, lives in memory only, cannot be cloned
//! or stored, and is consumed by signing. A ceremony that is interrupted starts again with fresh nonces.

use bitcoin::TapNodeHash;
use bitcoin::hashes::Hash;
use bitcoin::key::XOnlyPublicKey;
use bitcoin::secp256k1::rand::{RngCore, rngs::OsRng};
use bitcoin::secp256k1::{PublicKey, SecretKey, schnorr};
use musig2::secp::{Point, Scalar};
use musig2::{AggNonce, CompactSignature, KeyAggContext, PartialSignature, PubNonce, SecNonce};
use rayon::prelude::*;
use thiserror::Error;

/// What can go wrong when signers aggregate keys or sign together.
#[derive(Debug, Error)]
pub enum MusigError {
    /// A signer's key appears twice: one party could pose as two.
    #[error("signers {0} and {1} have the same public key")]
    DuplicateKey(usize, usize),
    /// A public key that is no point on the curve, or keys that cancel each other.
    #[error("the signers' public keys cannot be aggregated: {0}")]
    Aggregation(String),
    /// A signer sent too few or too many nonces or partial signatures.
    #[error("signer {signer} sent {got} {what}, {expected} were expected")]
    Count {
        /// Who sent them.
        signer: usize,
        /// What was sent.
        what: &'static str,
        /// How many were sent.
        got: usize,
        /// How many are needed.
        expected: usize,
    },
    /// Somebody's contribution is missing.
    #[error("{got} of {expected} signers have contributed")]
    Missing {
        /// How many did.
        got: usize,
        /// How many are needed.
        expected: usize,
    },
    /// A partial signature that does not verify: this signer is to blame.
    #[error("signer {signer}: the partial signature of message {message} is invalid")]
    BadPartial {
        /// Who sent it.
        signer: usize,
        /// Number of the message.
        message: usize,
    },
    /// The own secret key does not belong to the aggregate.
    #[error("message {message} cannot be signed: {reason}")]
    Signing {
        /// Number of the message.
        message: usize,
        /// What the library says.
        reason: String,
    },
}

/// Under which form of the aggregate key a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// The aggregate key itself, as it stands in leaves.
    Internal,
    /// The output key of a Taproot output without leaves.
    KeyOnly,
    /// The output key of a Taproot output with this tree.
    Tree(TapNodeHash),
}

/// A message for the signers: a signature hash and the form of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The BIP 341 signature hash.
    pub sighash: [u8; 32],
    /// The key.
    pub key: KeyForm,
}

/// The aggregate of the signers' keys, in the signers' order.
#[derive(Clone, Debug)]
pub struct Aggregate {
    context: KeyAggContext,
}

impl Aggregate {
    /// Aggregates the signers' public keys.
    ///
    /// # Errors
    /// A key that appears twice, or keys that do not aggregate.
    pub fn new(keys: &[PublicKey]) -> Result<Self, MusigError> {
        for (i, key) in keys.iter().enumerate() {
            if let Some(j) = keys[..i]
                .iter()
                .position(|other| other.x_only_public_key() == key.x_only_public_key())
            {
                return Err(MusigError::DuplicateKey(j, i));
            }
        }
        let points: Result<Vec<Point>, _> = keys
            .iter()
            .map(|key| Point::from_slice(&key.serialize()))
            .collect();
        let points = points.map_err(|error| MusigError::Aggregation(error.to_string()))?;
        let context = KeyAggContext::new(points)
            .map_err(|error| MusigError::Aggregation(error.to_string()))?;
        Ok(Self { context })
    }

    /// The aggregate key as the internal key of an output and as a key in leaves.
    pub fn internal_key(&self) -> XOnlyPublicKey {
        let point: Point = self.context.aggregated_pubkey();
        XOnlyPublicKey::from_slice(&point.serialize_xonly())
            .expect("a curve point has a valid x coordinate")
    }

    /// Number of signers.
    pub fn signers(&self) -> usize {
        self.context.pubkeys().len()
    }

    fn context(&self, form: KeyForm) -> KeyAggContext {
        let context = self.context.clone();
        let tweaked = match form {
            KeyForm::Internal => return context,
            KeyForm::KeyOnly => context.with_unspendable_taproot_tweak(),
            KeyForm::Tree(root) => context.with_taproot_tweak(&root.to_byte_array()),
        };
        tweaked.expect("a tagged hash is the negated discrete logarithm of the key with negligible probability")
    }
}

/// One signer's secret nonces, one for each message, and the messages they are bound to.
pub struct SecretNonces {
    nonces: Vec<SecNonce>,
    messages: Vec<Message>,
}

/// First round: makes one nonce for each message and returns the secret and the public halves.
///
/// # Errors
/// The secret key does not belong to one of the signers.
pub fn commit(
    aggregate: &Aggregate,
    secret: &SecretKey,
    messages: &[Message],
) -> Result<(SecretNonces, Vec<PubNonce>), MusigError> {
    let scalar = scalar(secret)?;
    let nonces: Vec<SecNonce> = messages
        .par_iter()
        .map(|message| {
            let mut seed = [0u8; 32];
            OsRng.fill_bytes(&mut seed);
            let key: Point = aggregate.context(message.key).aggregated_pubkey();
            SecNonce::generate(seed, scalar, key, message.sighash, b"gavel")
        })
        .collect();
    let public = nonces.iter().map(SecNonce::public_nonce).collect();
    Ok((
        SecretNonces {
            nonces,
            messages: messages.to_vec(),
        },
        public,
    ))
}

/// Second round: signs every message with the nonce that was made for it.
///
/// # Errors
/// Nonces of a signer are missing, or the secret key is not the one that the nonces were made for.
pub fn sign(
    aggregate: &Aggregate,
    secret: &SecretKey,
    nonces: SecretNonces,
    public: &[Vec<PubNonce>],
) -> Result<Vec<PartialSignature>, MusigError> {
    let sums = sum_nonces(aggregate, public, nonces.messages.len())?;
    let scalar = scalar(secret)?;
    let work: Vec<_> = nonces
        .nonces
        .into_iter()
        .zip(nonces.messages)
        .zip(sums)
        .enumerate()
        .collect();
    work.into_par_iter()
        .map(|(index, ((nonce, message), sum))| {
            musig2::sign_partial(
                &aggregate.context(message.key),
                scalar,
                nonce,
                &sum,
                message.sighash,
            )
            .map_err(|error| MusigError::Signing {
                message: index,
                reason: error.to_string(),
            })
        })
        .collect()
}

/// Verifies all partial signatures and adds them up to Schnorr signatures.
///
/// # Errors
/// Contributions are missing, or a partial signature is invalid; the error names the signer.
pub fn aggregate(
    aggregate: &Aggregate,
    messages: &[Message],
    public: &[Vec<PubNonce>],
    partials: &[Vec<PartialSignature>],
) -> Result<Vec<schnorr::Signature>, MusigError> {
    let sums = sum_nonces(aggregate, public, messages.len())?;
    check_counts(aggregate, "partial signatures", partials, messages.len())?;
    messages
        .par_iter()
        .enumerate()
        .map(|(index, message)| {
            let context = aggregate.context(message.key);
            for (signer, key) in context.pubkeys().iter().enumerate() {
                let partial = partials[signer][index];
                let nonce = &public[signer][index];
                musig2::verify_partial(
                    &context,
                    partial,
                    &sums[index],
                    *key,
                    nonce,
                    message.sighash,
                )
                .map_err(|_| MusigError::BadPartial {
                    signer,
                    message: index,
                })?;
            }
            let parts = partials.iter().map(|list| list[index]);
            let signature: CompactSignature = musig2::aggregate_partial_signatures(
                &context,
                &sums[index],
                parts,
                message.sighash,
            )
            .map_err(|error| MusigError::Signing {
                message: index,
                reason: error.to_string(),
            })?;
            schnorr::Signature::from_slice(&signature.serialize()).map_err(|error| {
                MusigError::Signing {
                    message: index,
                    reason: error.to_string(),
                }
            })
        })
        .collect()
}

fn scalar(secret: &SecretKey) -> Result<Scalar, MusigError> {
    Scalar::from_slice(&secret.secret_bytes()).map_err(|error| MusigError::Signing {
        message: 0,
        reason: error.to_string(),
    })
}

fn check_counts<T>(
    aggregate: &Aggregate,
    what: &'static str,
    lists: &[Vec<T>],
    expected: usize,
) -> Result<(), MusigError> {
    if lists.len() != aggregate.signers() {
        return Err(MusigError::Missing {
            got: lists.len(),
            expected: aggregate.signers(),
        });
    }
    match lists.iter().position(|list| list.len() != expected) {
        Some(signer) => Err(MusigError::Count {
            signer,
            what,
            got: lists[signer].len(),
            expected,
        }),
        None => Ok(()),
    }
}

fn sum_nonces(
    aggregate: &Aggregate,
    public: &[Vec<PubNonce>],
    messages: usize,
) -> Result<Vec<AggNonce>, MusigError> {
    check_counts(aggregate, "nonces", public, messages)?;
    Ok((0..messages)
        .map(|index| AggNonce::sum(public.iter().map(|list| &list[index])))
        .collect())
}
