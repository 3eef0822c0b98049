//! Commitments to single bits, for selections.
//!
//! The public key of a bit is two hashes; showing the secret behind one of them says 0 or 1. The operator copies a selection of
//! the challenger's by showing, for each bit, the challenger's secret and its own for the same value in one script: so both
//! have said the same, and every later leaf opens the operator's copy alone.

#[cfg(test)]
mod tests;

use bitcoin::hashes::{Hash, hash160};

use crate::script;
use crate::script::Script;
use crate::winternitz::GameSeed;

/// A secret that says one value of one bit.
pub type BitSecret = [u8; 16];

/// A secret in a witness, with its length byte. The scripts in which a party first shows one insist on its size.
pub const BIT_SECRET_WEIGHT: usize = 1 + size_of::<BitSecret>();

/// The secret key of one bit.
#[derive(Clone)]
pub struct BitSecretKey([BitSecret; 2]);

/// The public key of one bit: the HASH160 of what says 0 and of what says 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct BitPublicKey([[u8; 20]; 2]);

impl GameSeed {
    /// The key of the bit `name`.
    pub fn bit_key(&self, name: &str) -> BitSecretKey {
        let mut secrets = [BitSecret::default(); 2];
        let material = self.derive("gavel 2026 bit commitment", name);
        let (zero, one) = material.split_at(size_of::<BitSecret>());
        secrets[0].copy_from_slice(zero);
        secrets[1].copy_from_slice(one);
        BitSecretKey(secrets)
    }
}

impl BitSecretKey {
    /// The public key.
    pub fn public_key(&self) -> BitPublicKey {
        BitPublicKey(
            self.0
                .map(|secret| hash160::Hash::hash(&secret).to_byte_array()),
        )
    }

    /// What says `value`.
    ///
    /// The caller says one value only: who knows both secrets can say either.
    pub fn say(&self, value: bool) -> BitSecret {
        self.0[usize::from(value)]
    }
}

impl BitPublicKey {
    /// A key received from a peer, or `None` if both values have the same hash.
    pub fn new(hashes: [[u8; 20]; 2]) -> Option<Self> {
        (hashes[0] != hashes[1]).then_some(Self(hashes))
    }

    /// The hashes of what says 0 and of what says 1.
    pub fn hashes(&self) -> &[[u8; 20]; 2] {
        &self.0
    }

    /// What a witness item says, if it is a secret of this bit.
    pub fn read(&self, item: &[u8]) -> Option<bool> {
        let hash = hash160::Hash::hash(item).to_byte_array();
        self.0
            .iter()
            .position(|candidate| *candidate == hash)
            .map(|value| value == 1)
    }

    fn hash(&self, value: bool) -> [u8; 20] {
        self.0[usize::from(value)]
    }

    /// Requires that either value is said, by a secret of the proper size. `.. secret -> ..`
    pub fn verify_script(&self) -> Script {
        script! {
            {secret_size_script()}
            OP_HASH160 OP_DUP {self.hash(false)} OP_EQUAL OP_SWAP {self.hash(true)} OP_EQUAL OP_BOOLOR OP_VERIFY
        }
    }

    /// Requires that a value is said, and leaves it. `.. secret -> .. bit`
    pub fn open_script(&self) -> Script {
        script! {
            OP_HASH160 OP_DUP {self.hash(true)} OP_EQUAL OP_DUP OP_ROT {self.hash(false)} OP_EQUAL OP_BOOLOR OP_VERIFY
        }
    }

    /// Requires that `value` is said. `.. secret -> ..`
    pub fn require_script(&self, value: bool) -> Script {
        script! { OP_HASH160 {self.hash(value)} OP_EQUALVERIFY }
    }
}

/// Requires the size of a secret: `.. secret -> .. secret`
fn secret_size_script() -> Script {
    script! { OP_SIZE {size_of::<BitSecret>() as u8} OP_EQUALVERIFY }
}

/// The two keys of a bit that the challenger selects and the operator copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopiedBit {
    /// The challenger's key.
    pub challenger: BitPublicKey,
    /// The operator's key of the copy.
    pub operator: BitPublicKey,
}

impl CopiedBit {
    /// The weight of its largest witness: two secrets and the bit.
    pub const MAX_WITNESS_WEIGHT: usize = 2 * BIT_SECRET_WEIGHT + 2;
    /// Its witness items.
    pub const WITNESS_ITEMS: usize = 3;

    /// Requires that both say the same value, the operator by a secret of the proper size. `.. operator's challenger's bit -> ..`
    ///
    /// The challenger's secret was shown before, so its size is known.
    pub fn copy_script(&self) -> Script {
        let Self {
            challenger,
            operator,
        } = self;
        script! {
            OP_IF OP_HASH160 {challenger.hash(true)} OP_EQUALVERIFY {operator.hash(true)}
            OP_ELSE OP_HASH160 {challenger.hash(false)} OP_EQUALVERIFY {operator.hash(false)}
            OP_ENDIF
            OP_SWAP {secret_size_script()} OP_HASH160 OP_EQUALVERIFY
        }
    }

    /// The witness of [`copy_script`](Self::copy_script), or `None` if the challenger's item is no secret of the bit: the
    /// challenger's item, and the operator's own secret for the same value.
    pub fn copy_witness(&self, own: &BitSecretKey, shown: &[u8]) -> Option<Vec<Vec<u8>>> {
        let value = self.challenger.read(shown)?;
        let bit = if value { vec![1] } else { vec![] };
        Some(vec![own.say(value).to_vec(), shown.to_vec(), bit])
    }
}
