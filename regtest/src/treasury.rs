//! The harness's own coins: block rewards, and the payments that set up a game.

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, TapSighashType, Transaction, TxIn, TxOut, Witness,
    absolute,
    hashes::Hash,
    key::{Keypair, Secp256k1, TapTweak},
    secp256k1::{All, Message, SecretKey},
    sighash::{Prevouts, SighashCache},
    transaction,
};

use crate::ChainError;

/// Blocks until a block reward can be spent (`COINBASE_MATURITY`).
const COINBASE_MATURITY: u32 = 100;
/// What a payment of the treasury pays per virtual byte.
const FEE_RATE: u64 = 2;
/// Virtual bytes of a key path input, and an upper bound for the rest of a payment without its outputs.
const INPUT_VBYTES: u64 = 58;
const FRAME_VBYTES: u64 = 60;
/// The treasury guards worthless coins, so its key is a constant and its transactions are the same in every run.
const KEY: [u8; 32] = *b"gavel regtest treasury key, v. 1";

#[derive(Clone, Debug)]
struct Coin {
    outpoint: OutPoint,
    output: TxOut,
    spendable_at: u32,
}

/// One Taproot key and the coins that it controls on a chain.
pub struct Treasury {
    secp: Secp256k1<All>,
    key: Keypair,
    script: ScriptBuf,
    coins: Vec<Coin>,
}

impl Treasury {
    pub(crate) fn new() -> Result<Self, ChainError> {
        let secp = Secp256k1::new();
        let secret = SecretKey::from_slice(&KEY)
            .map_err(|error| ChainError::TreasurySignature(error.to_string()))?;
        let key = Keypair::from_secret_key(&secp, &secret);
        let script = ScriptBuf::new_p2tr(&secp, key.x_only_public_key().0, None);
        Ok(Self {
            secp,
            key,
            script,
            coins: Vec::new(),
        })
    }

    /// The script that block rewards and change are paid to.
    pub fn script(&self) -> &ScriptBuf {
        &self.script
    }

    /// What can be spent at `height`.
    pub fn balance(&self, height: u32) -> Amount {
        self.coins
            .iter()
            .filter(|coin| coin.spendable_at <= height)
            .map(|coin| coin.output.value)
            .sum()
    }

    /// Takes note of a confirmed transaction: its outputs to the treasury are new coins, the coins that it spends are gone.
    pub(crate) fn observe(&mut self, transaction: &Transaction, height: u32) {
        let spent = |coin: &Coin| {
            transaction
                .input
                .iter()
                .any(|input| input.previous_output == coin.outpoint)
        };
        self.coins.retain(|coin| !spent(coin));
        let spendable_at = if transaction.is_coinbase() {
            height + COINBASE_MATURITY
        } else {
            height
        };
        let txid = transaction.compute_txid();
        for (vout, output) in (0..).zip(&transaction.output) {
            if output.script_pubkey == self.script && output.value > Amount::ZERO {
                let outpoint = OutPoint { txid, vout };
                self.coins.push(Coin {
                    outpoint,
                    output: output.clone(),
                    spendable_at,
                });
            }
        }
    }

    /// A signed payment of `outputs` (in this order, change last) from coins that are mature in the block after `height`.
    ///
    /// # Errors
    /// [`ChainError::TreasuryExhausted`] when the mature coins do not suffice.
    pub fn pay(&self, outputs: &[TxOut], height: u32) -> Result<Transaction, ChainError> {
        let amount: Amount = outputs.iter().map(|output| output.value).sum();
        let frame = FRAME_VBYTES
            + outputs
                .iter()
                .map(|output| output.weight().to_vbytes_ceil())
                .sum::<u64>();
        let mut inputs = Vec::new();
        let mut available = Amount::ZERO;
        let mut needed = amount + Amount::from_sat(FEE_RATE * frame);
        for coin in self.coins.iter().filter(|coin| coin.spendable_at <= height) {
            if available >= needed {
                break;
            }
            inputs.push(coin);
            available += coin.output.value;
            needed += Amount::from_sat(FEE_RATE * INPUT_VBYTES);
        }
        if available < needed || inputs.is_empty() {
            return Err(ChainError::TreasuryExhausted { available, needed });
        }
        let change = TxOut {
            value: available - needed,
            script_pubkey: self.script.clone(),
        };
        let keeps_change = change.value >= self.script.minimal_non_dust();
        let input = |coin: &&Coin| TxIn {
            previous_output: coin.outpoint,
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            ..TxIn::default()
        };
        let transaction = Transaction {
            version: transaction::Version::TWO,
            lock_time: absolute::LockTime::ZERO,
            input: inputs.iter().map(input).collect(),
            output: outputs
                .iter()
                .cloned()
                .chain(keeps_change.then_some(change))
                .collect(),
        };
        let spent: Vec<TxOut> = inputs.iter().map(|coin| coin.output.clone()).collect();
        self.sign(transaction, &spent)
    }

    fn sign(
        &self,
        mut transaction: Transaction,
        spent: &[TxOut],
    ) -> Result<Transaction, ChainError> {
        let key = self.key.tap_tweak(&self.secp, None).to_keypair();
        for number in 0..transaction.input.len() {
            let sighash = SighashCache::new(&transaction)
                .taproot_key_spend_signature_hash(
                    number,
                    &Prevouts::All(spent),
                    TapSighashType::Default,
                )
                .map_err(|error| ChainError::TreasurySignature(error.to_string()))?;
            let message = Message::from_digest(sighash.to_byte_array());
            let signature = self.secp.sign_schnorr_no_aux_rand(&message, &key);
            transaction.input[number].witness = Witness::from_slice(&[signature.serialize()]);
        }
        Ok(transaction)
    }
}
