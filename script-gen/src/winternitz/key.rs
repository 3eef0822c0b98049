//! Keys: derived from the owner's seed, the game and the slot.

use std::collections::HashSet;

use super::{ChainValue, Shape, Signature, WinternitzError, chain_end, hash_on};

/// The seed of all one-time keys that one party has in one game.
///
/// A key signs one value of one game: the game's identifier is part of the derivation, so a new game has new keys even for
/// the same master seed.
#[derive(Clone)]
pub struct GameSeed([u8; 32]);

impl GameSeed {
    /// Derives the seed of game `game_id` from a party's master seed.
    pub fn new(master: &[u8; 32], game_id: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("gavel 2026 one-time keys of a game");
        hasher.update(master).update(game_id);
        Self(hasher.finalize().into())
    }

    /// The key of the slot `name`.
    pub fn secret_key(&self, shape: Shape, name: &str) -> SecretKey {
        SecretKey {
            shape,
            seed: self.derive("gavel 2026 winternitz slot", name),
        }
    }

    /// A random number of 64 bits that the party keeps to itself until it shows it in the slot `name`.
    pub fn salt(&self, name: &str) -> [u32; 2] {
        let material = self.derive("gavel 2026 salt", name);
        let word = |at: usize| {
            u32::from_le_bytes([
                material[at],
                material[at + 1],
                material[at + 2],
                material[at + 3],
            ])
        };
        [word(0), word(4)]
    }

    /// Key material for another purpose (`domain`, a constant of the program) and one name.
    pub(crate) fn derive(&self, domain: &'static str, name: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(domain);
        hasher.update(&self.0).update(name.as_bytes());
        hasher.finalize().into()
    }
}

/// The secret key of one slot.
#[derive(Clone)]
pub struct SecretKey {
    shape: Shape,
    seed: [u8; 32],
}

impl SecretKey {
    /// The first value of a digit's chain.
    fn start(&self, place: usize) -> ChainValue {
        let mut hasher = blake3::Hasher::new_derive_key("gavel 2026 winternitz digit");
        hasher
            .update(&self.seed)
            .update(&(place as u64).to_le_bytes());
        let mut start = ChainValue::default();
        hasher.finalize_xof().fill(&mut start);
        start
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        let shape = self.shape;
        let ends = (0..shape.digits())
            .map(|place| chain_end(self.start(place), shape.top(place)))
            .collect();
        PublicKey { shape, ends }
    }

    /// Signs the message digits.
    ///
    /// The caller signs one message only: two signatures of different messages are an [`Equivocation`](super::Equivocation).
    pub fn sign(&self, message: &[u8]) -> Result<Signature, WinternitzError> {
        let expected = self.shape.message().len();
        if message.len() != expected {
            return Err(WinternitzError::DigitCount {
                expected,
                found: message.len(),
            });
        }
        for (place, digit) in message.iter().copied().enumerate() {
            let top = self.shape.top(place);
            if digit > top {
                return Err(WinternitzError::DigitRange { place, digit, top });
            }
        }
        let sum = message.iter().map(|digit| u32::from(*digit)).sum();
        let digits = message
            .iter()
            .copied()
            .chain(self.shape.checksum_digits(sum));
        let signed = digits
            .enumerate()
            .map(|(place, digit)| (hash_on(self.start(place).to_vec(), digit), digit));
        Ok(Signature::new(signed.collect()))
    }
}

/// The public key of one slot: the ends of its digits' chains, in the order of [`Shape`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    shape: Shape,
    ends: Vec<ChainValue>,
}

impl PublicKey {
    /// A key received from a peer: it must have the shape's number of digits, all different.
    pub fn new(shape: Shape, ends: Vec<ChainValue>) -> Result<Self, WinternitzError> {
        if ends.len() != shape.digits() {
            return Err(WinternitzError::DigitCount {
                expected: shape.digits(),
                found: ends.len(),
            });
        }
        let mut seen = HashSet::new();
        if let Some(place) = ends.iter().position(|end| !seen.insert(end)) {
            return Err(WinternitzError::DuplicateKey { place });
        }
        Ok(Self { shape, ends })
    }

    /// The shape of the committed value.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The chain ends, message digits first.
    pub fn ends(&self) -> &[ChainValue] {
        &self.ends
    }

    /// Checks a signature as the scripts do and returns the message digits.
    pub fn verify(&self, signature: &Signature) -> Result<Vec<u8>, WinternitzError> {
        let shape = self.shape;
        let signed = signature.digits();
        if signed.len() != shape.digits() {
            return Err(WinternitzError::DigitCount {
                expected: shape.digits(),
                found: signed.len(),
            });
        }
        for (place, ((value, digit), end)) in signed.iter().zip(&self.ends).enumerate() {
            let top = shape.top(place);
            let Some(rest) = top.checked_sub(*digit) else {
                return Err(WinternitzError::DigitRange {
                    place,
                    digit: *digit,
                    top,
                });
            };
            if hash_on(value.clone(), rest) != end {
                return Err(WinternitzError::ChainMismatch { place });
            }
        }
        let digits: Vec<u8> = signed.iter().map(|(_, digit)| *digit).collect();
        let (message, checksum) = digits.split_at(shape.message().len());
        let sum = message.iter().map(|digit| u32::from(*digit)).sum();
        if shape.checksum_digits(sum) != checksum {
            return Err(WinternitzError::Checksum { sum });
        }
        Ok(message.to_vec())
    }

    /// Checks a signature as [`publish_script`](Self::publish_script) does and returns the message digits: every chain value
    /// has its proper size, too.
    pub fn verify_published(&self, signature: &Signature) -> Result<Vec<u8>, WinternitzError> {
        let mut sizes = signature.digits().iter().map(|(value, _)| value.len());
        if let Some(place) = sizes.position(|size| size != size_of::<ChainValue>()) {
            return Err(WinternitzError::ValueSize { place });
        }
        self.verify(signature)
    }
}
