//! Verifying keys, proofs and public inputs, read from files and checked.
//!
//! Two formats are read, and told apart by content: arkworks' canonical bytes (compressed or not) and the JSON of
//! snarkjs (`verification_key.json`, `proof.json`, `public.json`). What comes out has passed every check that one file
//! alone allows; [`check`] then verifies the proof itself.
//!
//! # What is refused, and why
//! - The point at infinity, anywhere. A key or a proof that was made honestly has it with probability 2^-250, so that the
//!   compiled check need not provide for it. An operator whose proof has it proves again with other randomness. In IC it
//!   would mean that an input can be exchanged for any other and the proof still holds.
//! - Two points of IC that are equal or opposite: a change of one input could then be undone by a change of the other, or,
//!   if one is `IC[0]`, a small input would give the point at infinity. arkworks and snarkjs see to it that IC is that of
//!   independent inputs, also for an input that the circuit does not use.
//! - A key whose gamma and delta are equal or opposite, which is what a set-up leaves whose second phase was left out:
//!   anyone can forge proofs under it (`A = alpha`, `B = beta`, `C = -(IC[0] + sum x_i IC[i])`).
//!
//! In a multi-scalar multiplication over IC an intermediate sum can still be equal or opposite to the point that is added
//! to it. To choose inputs that bring this about takes a discrete logarithm between points of IC, unless both are multiples
//! of one point: the multiplication has to keep those apart by its order. A final sum at infinity is refused by [`check`].

mod arkworks;
mod check;
mod error;
mod point;
mod randomise;
mod snarkjs;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ark_bn254::{Fr, G1Affine, G2Affine};

pub use check::check;
pub use error::InputError;

/// The most public inputs of a key.
pub const MAX_PUBLIC_INPUTS: usize = 16;

/// The longest file that is read, in bytes. The largest that makes sense, a key with [`MAX_PUBLIC_INPUTS`] in JSON, has
/// about 6,000.
pub const MAX_FILE_BYTES: usize = 1 << 16;

/// A verifying key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `[alpha]` in G1.
    pub alpha_g1: G1Affine,
    /// `[beta]` in G2.
    pub beta_g2: G2Affine,
    /// `[gamma]` in G2.
    pub gamma_g2: G2Affine,
    /// `[delta]` in G2.
    pub delta_g2: G2Affine,
    /// IC: the constant point, then one point for each public input.
    pub gamma_abc_g1: Vec<G1Affine>,
}

/// A proof. It verifies if `e(A, B) = e(alpha, beta) e(IC[0] + sum x_i IC[i], gamma) e(C, delta)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// `[A]` in G1.
    pub a: G1Affine,
    /// `[B]` in G2.
    pub b: G2Affine,
    /// `[C]` in G1.
    pub c: G1Affine,
}

/// The public inputs `x_1 .. x_n` of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicInputs(pub Vec<Fr>);

impl VerifyingKey {
    /// Reads a key in either format.
    ///
    /// # Errors
    /// If the bytes are no key, or one that this module refuses.
    pub fn parse(bytes: &[u8]) -> Result<Self, InputError> {
        let key = match json(bytes) {
            Some(text) => snarkjs::key(text)?,
            None => arkworks::key(bytes)?,
        };
        key.validate()?;
        Ok(key)
    }

    /// How many public inputs a statement has.
    pub fn public_inputs(&self) -> usize {
        self.gamma_abc_g1.len().saturating_sub(1)
    }
}

impl Proof {
    /// Reads a proof in either format.
    ///
    /// # Errors
    /// If the bytes are no proof, or one that this module refuses.
    pub fn parse(bytes: &[u8]) -> Result<Self, InputError> {
        let proof = match json(bytes) {
            Some(text) => snarkjs::proof(text)?,
            None => arkworks::proof(bytes)?,
        };
        proof.validate()?;
        Ok(proof)
    }
}

impl PublicInputs {
    /// Reads public inputs in either format.
    ///
    /// # Errors
    /// If the bytes are no list of scalars, or one that is too long.
    pub fn parse(bytes: &[u8]) -> Result<Self, InputError> {
        match json(bytes) {
            Some(text) => snarkjs::public(text),
            None => arkworks::public(bytes),
        }
    }
}

/// Reads a key from a file in either format.
///
/// # Errors
/// If the file cannot be read, is too large, or is refused by [`VerifyingKey::parse`].
pub fn load_key(path: &Path) -> Result<VerifyingKey, InputError> {
    VerifyingKey::parse(&read(path)?)
}

/// Reads a proof from a file in either format.
///
/// # Errors
/// If the file cannot be read, is too large, or is refused by [`Proof::parse`].
pub fn load_proof(path: &Path) -> Result<Proof, InputError> {
    Proof::parse(&read(path)?)
}

/// Reads public inputs from a file in either format.
///
/// # Errors
/// If the file cannot be read, is too large, or is refused by [`PublicInputs::parse`].
pub fn load_public(path: &Path) -> Result<PublicInputs, InputError> {
    PublicInputs::parse(&read(path)?)
}

/// The bytes of a file that is not too large.
fn read(path: &Path) -> Result<Vec<u8>, InputError> {
    let unreadable = |source| InputError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(InputError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// The text, if this is JSON: bytes of points are text, and begin like this, with negligible probability; the count with
/// which arkworks' scalars begin is less than the code of a bracket.
fn json(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.trim_start().starts_with(['{', '[']))
}
