//! Bitcoin Core's own interpreter for tests: a leaf is judged inside the real transaction that spends it.

use bitcoin::absolute::LockTime;
use bitcoin::consensus::serialize;
use bitcoin::hashes::Hash;
use bitcoin::key::{Keypair, UntweakedPublicKey};
use bitcoin::secp256k1::{Message, Secp256k1, XOnlyPublicKey, schnorr::Signature};
use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::taproot::{LeafVersion, TapLeafHash, TaprootBuilder, TaprootSpendInfo};
use bitcoin::transaction::Version;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Weight, Witness,
};
use bitcoinkernel::{PrecomputedTransactionData, ScriptPubkey, VERIFY_ALL};

use crate::script::Script;
use crate::trace::{self, Context, Failure, Outcome, Rules};

/// The transaction that spends a Taproot output by one leaf.
///
/// One input, one output, version 2, lock time 0 and a final sequence, unless they are changed.
pub struct LeafSpend {
    script: ScriptBuf,
    spend_info: TaprootSpendInfo,
    spent: TxOut,
    /// Without witness.
    pub transaction: Transaction,
}

/// The point whose discrete logarithm nobody knows (BIP 341).
const UNSPENDABLE_KEY: [u8; 32] = [
    0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b, 0x60, 0x35, 0xe9, 0x7a, 0x5e,
    0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec, 0x96, 0xd5, 0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80, 0x3a, 0xc0,
];

impl LeafSpend {
    /// The output has this leaf and one more.
    pub fn new(script: &Script) -> Self {
        Self::of_bytes(script.to_script_buf())
    }

    /// The same for a script that the assembler did not make.
    pub fn of_bytes(script: ScriptBuf) -> Self {
        let internal =
            UntweakedPublicKey::from_slice(&UNSPENDABLE_KEY).expect("a point of the curve");
        let other = ScriptBuf::from_bytes(vec![0x51]);
        let spend_info = TaprootBuilder::new()
            .add_leaf(1, script.clone())
            .and_then(|builder| builder.add_leaf(1, other))
            .expect("two leaves of depth 1")
            .finalize(&Secp256k1::verification_only(), internal)
            .expect("a complete tree");
        let spent = TxOut {
            value: Amount::from_sat(100_000),
            script_pubkey: ScriptBuf::new_p2tr_tweaked(spend_info.output_key()),
        };
        let transaction = Transaction {
            version: Version::TWO,
            lock_time: LockTime::ZERO,
            input: vec![TxIn {
                previous_output: OutPoint::new(Txid::all_zeros(), 0),
                script_sig: ScriptBuf::new(),
                sequence: Sequence::MAX,
                witness: Witness::new(),
            }],
            output: vec![TxOut {
                value: Amount::from_sat(90_000),
                script_pubkey: spent.script_pubkey.clone(),
            }],
        };
        Self {
            script,
            spend_info,
            spent,
            transaction,
        }
    }

    fn message(&self) -> Message {
        let leaf = TapLeafHash::from_script(&self.script, LeafVersion::TapScript);
        let sighash = SighashCache::new(&self.transaction)
            .taproot_script_spend_signature_hash(
                0,
                &Prevouts::All(&[&self.spent]),
                leaf,
                TapSighashType::Default,
            )
            .expect("one input");
        Message::from_digest(sighash.to_byte_array())
    }

    /// The signature of the transaction, as it stands in the witness.
    pub fn sign(&self, key: &Keypair) -> Vec<u8> {
        Secp256k1::new()
            .sign_schnorr_no_aux_rand(&self.message(), key)
            .serialize()
            .to_vec()
    }

    /// The whole transaction with this witness (bottom first), script and control block.
    pub fn with_witness(&self, stack: &[Vec<u8>]) -> Transaction {
        let leaf = (self.script.clone(), LeafVersion::TapScript);
        let control = self
            .spend_info
            .control_block(&leaf)
            .expect("the leaf is in the tree");
        let mut witness = Witness::from_slice(stack);
        witness.push(&self.script);
        witness.push(control.serialize());
        let mut transaction = self.transaction.clone();
        transaction.input[0].witness = witness;
        transaction
    }

    /// The weight of the whole transaction with this witness.
    pub fn weight(&self, stack: &[Vec<u8>]) -> Weight {
        self.with_witness(stack).weight()
    }

    /// Runs the leaf in Bitcoin Core and in the tracing interpreter and requires both to say the same. A failure under
    /// the rules of the default mempool counts, too: what is not standard is not usable.
    ///
    /// # Panics
    /// If the two interpreters disagree: then one of them is wrong and no test result means anything.
    pub fn execute(&self, stack: &[Vec<u8>]) -> Result<Outcome, Failure> {
        self.execute_by_consensus(stack)?;
        trace::run(
            self.script.as_bytes(),
            stack.to_vec(),
            Rules::Standard,
            self,
        )
    }

    /// The same by consensus rules only: what a miner could put into a block.
    ///
    /// # Panics
    /// If the two interpreters disagree.
    pub fn execute_by_consensus(&self, stack: &[Vec<u8>]) -> Result<Outcome, Failure> {
        let traced = trace::run(
            self.script.as_bytes(),
            stack.to_vec(),
            Rules::Consensus,
            self,
        );
        let judged = self.judge(stack);
        assert_eq!(
            judged,
            traced.is_ok(),
            "Bitcoin Core says {judged}, the trace {traced:?}"
        );
        traced
    }

    fn judge(&self, stack: &[Vec<u8>]) -> bool {
        let transaction = bitcoinkernel::Transaction::new(&serialize(&self.with_witness(stack)))
            .expect("a well-formed transaction");
        let pubkey =
            ScriptPubkey::new(self.spent.script_pubkey.as_bytes()).expect("a Taproot output");
        let amount = self.spent.value.to_sat() as i64;
        let spent = [bitcoinkernel::TxOut::new(&pubkey, amount)];
        let data = PrecomputedTransactionData::new(&transaction, &spent).expect("one spent output");
        bitcoinkernel::verify(
            &pubkey,
            Some(amount),
            &transaction,
            0,
            Some(VERIFY_ALL),
            &data,
        )
        .is_ok()
    }
}

impl Context for LeafSpend {
    fn check_signature(&self, signature: &[u8], key: &[u8]) -> bool {
        let (Ok(signature), Ok(key)) = (
            Signature::from_slice(signature),
            XOnlyPublicKey::from_slice(key),
        ) else {
            return false;
        };
        Secp256k1::verification_only()
            .verify_schnorr(&signature, &self.message(), &key)
            .is_ok()
    }

    fn check_lock_time(&self, value: i64) -> bool {
        // The sequence is final, so no lock time can be checked.
        value >= 0 && self.transaction.input[0].sequence != Sequence::MAX && {
            let wanted = LockTime::from_consensus(u32::try_from(value).unwrap_or(u32::MAX));
            wanted.is_implied_by(self.transaction.lock_time)
        }
    }

    fn check_sequence(&self, value: i64) -> bool {
        let Ok(value) = u32::try_from(value) else {
            return false;
        };
        let wanted = Sequence::from_consensus(value).to_relative_lock_time();
        let given = self.transaction.input[0].sequence.to_relative_lock_time();
        match (wanted, given) {
            (None, _) => true,
            (Some(wanted), Some(given)) => wanted.is_implied_by(given),
            (Some(_), None) => false,
        }
    }
}

/// Runs a leaf that needs no signature. See [`LeafSpend::execute`].
///
/// # Panics
/// If Bitcoin Core and the tracing interpreter disagree.
pub fn execute_leaf(script: &Script, stack: &[Vec<u8>]) -> Result<Outcome, Failure> {
    LeafSpend::new(script).execute(stack)
}
