//! Two signatures with one key.

use super::{PublicKey, Shape, Signature};

/// Signatures of two different messages with one key: proof that its owner cheated.
///
/// Kept is, of each digit, the smaller one with its chain value: that is what
/// [`PublicKey::equivocation_script`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation(Signature);

impl Equivocation {
    /// What two signatures prove, or `None` if one of them could not be published or both are of one message.
    pub fn new(key: &PublicKey, first: &Signature, second: &Signature) -> Option<Self> {
        let messages = [first, second].map(|signature| key.verify_published(signature));
        let [Ok(one), Ok(other)] = messages else {
            return None;
        };
        let places = first.digits().iter().zip(second.digits());
        let smaller = places.map(|(one, other)| if other.1 < one.1 { other } else { one });
        (one != other).then(|| Self(Signature::new(smaller.cloned().collect())))
    }

    /// The witness of [`PublicKey::equivocation_script`], bottom first: laid out as that of one signature.
    pub fn witness(&self, shape: Shape) -> Vec<Vec<u8>> {
        self.0.witness(shape)
    }
}
