//! The deposit: the signers together, or the depositor alone after a while.

use std::sync::Arc;

use bitcoin::key::XOnlyPublicKey;
use bitcoin::secp256k1::{self, Keypair, Message, Secp256k1};
use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::taproot::{LeafVersion, Signature, TaprootSpendInfo};
use bitcoin::transaction::Version;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, TapLeafHash, TapNodeHash, Transaction, TxIn, TxOut,
    Witness, absolute,
};
use miniscript::descriptor::TapTree;
use miniscript::policy::Concrete;
use miniscript::{Descriptor, Miniscript, Tap};
use thiserror::Error;

/// Why a deposit cannot be built or refunded.
#[derive(Debug, Error)]
pub enum DepositError {
    /// The policy does not compile.
    #[error("the deposit's policy does not compile: {0}")]
    Policy(String),
    /// The refund's fee takes all of it.
    #[error("a fee of {fee} sat leaves less than the dust limit of a deposit of {deposit} sat")]
    FeeTooHigh {
        /// The fee asked for.
        fee: u64,
        /// The deposit.
        deposit: u64,
    },
    /// The signature hash cannot be computed.
    #[error("the refund cannot be signed: {0}")]
    Sighash(String),
}

/// A deposit's output and how it is spent.
#[derive(Clone, Debug)]
pub struct Deposit {
    amount: Amount,
    refund_lock: u16,
    refund_policy: Concrete<XOnlyPublicKey>,
    descriptor: Descriptor<XOnlyPublicKey>,
    refund_leaf: ScriptBuf,
    spend_info: Arc<TaprootSpendInfo>,
}

impl Deposit {
    /// A deposit of `amount` under the signers' aggregate key, refundable to `depositor` after `refund_lock` blocks.
    ///
    /// # Errors
    /// The policy does not compile: the lock is 0.
    pub fn new(
        aggregate: XOnlyPublicKey,
        depositor: XOnlyPublicKey,
        refund_lock: u16,
        amount: Amount,
    ) -> Result<Self, DepositError> {
        let policy = |error: &dyn std::fmt::Display| DepositError::Policy(error.to_string());
        let refund_policy: Concrete<XOnlyPublicKey> =
            format!("and(pk({depositor}),older({refund_lock}))")
                .parse()
                .map_err(|e| policy(&e))?;
        let leaf: Miniscript<XOnlyPublicKey, Tap> =
            refund_policy.compile().map_err(|e| policy(&e))?;
        let refund_leaf = leaf.encode();
        let descriptor =
            Descriptor::new_tr(aggregate, Some(TapTree::leaf(leaf))).map_err(|e| policy(&e))?;
        let root = TapNodeHash::from_script(&refund_leaf, LeafVersion::TapScript);
        let spend_info =
            bitcoin::taproot::TaprootBuilder::with_huffman_tree([(1, refund_leaf.clone())])
                .map_err(|e| policy(&e))?
                .finalize(&Secp256k1::verification_only(), aggregate)
                .map_err(|_| DepositError::Policy("the tree is incomplete".into()))?;
        debug_assert_eq!(spend_info.merkle_root(), Some(root));
        Ok(Self {
            amount,
            refund_lock,
            refund_policy,
            descriptor,
            refund_leaf,
            spend_info: Arc::new(spend_info),
        })
    }

    /// The output that the depositor pays to.
    pub fn output(&self) -> TxOut {
        TxOut {
            value: self.amount,
            script_pubkey: self.descriptor.script_pubkey(),
        }
    }

    /// The spending conditions as a policy: the signers, or the refund.
    pub fn policy(&self) -> String {
        match &self.descriptor {
            Descriptor::Tr(tr) => format!("or(pk({}),{})", tr.internal_key(), self.refund_policy),
            _ => self.refund_policy.to_string(),
        }
    }

    /// The spending conditions as a descriptor, with its checksum.
    pub fn descriptor(&self) -> String {
        self.descriptor.to_string()
    }

    /// Root of the output's tree, which its key path signature commits to.
    pub fn merkle_root(&self) -> TapNodeHash {
        TapNodeHash::from_script(&self.refund_leaf, LeafVersion::TapScript)
    }

    /// The refund: spends the deposit at `outpoint` to `destination` once the lock has passed.
    ///
    /// # Errors
    /// The fee leaves no more than dust.
    pub fn refund(
        &self,
        outpoint: OutPoint,
        depositor: &Keypair,
        destination: ScriptBuf,
        fee: u64,
    ) -> Result<Transaction, DepositError> {
        let value = self
            .amount
            .to_sat()
            .checked_sub(fee)
            .filter(|&value| value >= destination.minimal_non_dust().to_sat());
        let value = value.ok_or(DepositError::FeeTooHigh {
            fee,
            deposit: self.amount.to_sat(),
        })?;
        let mut transaction = Transaction {
            version: Version(3),
            lock_time: absolute::LockTime::ZERO,
            input: vec![TxIn {
                previous_output: outpoint,
                script_sig: ScriptBuf::new(),
                sequence: Sequence::from_height(self.refund_lock),
                witness: Witness::new(),
            }],
            output: vec![TxOut {
                value: Amount::from_sat(value),
                script_pubkey: destination,
            }],
        };
        let prevouts = [self.output()];
        let leaf = TapLeafHash::from_script(&self.refund_leaf, LeafVersion::TapScript);
        let sighash = SighashCache::new(&transaction)
            .taproot_script_spend_signature_hash(
                0,
                &Prevouts::All(&prevouts),
                leaf,
                TapSighashType::Default,
            )
            .map_err(|error| DepositError::Sighash(error.to_string()))?;
        let signature =
            Secp256k1::new().sign_schnorr_no_aux_rand(&Message::from(sighash), depositor);
        let control = self
            .spend_info
            .control_block(&(self.refund_leaf.clone(), LeafVersion::TapScript))
            .ok_or_else(|| DepositError::Sighash("the refund leaf is not in the tree".into()))?;
        let signature: secp256k1::schnorr::Signature = signature;
        let signature = Signature {
            signature,
            sighash_type: TapSighashType::Default,
        };
        let witness = &mut transaction.input[0].witness;
        witness.push(signature.to_vec());
        witness.push(self.refund_leaf.as_bytes());
        witness.push(control.serialize());
        Ok(transaction)
    }
}
