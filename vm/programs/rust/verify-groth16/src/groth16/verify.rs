//! The verification: what a key, a proof and public inputs have to satisfy.

use super::curve::{G1, G2, sum_of_multiples};
use super::field::Fq;
use super::input::{FORMAT, Key, Proof, Public};
use super::pairing::{Pair, Product};
use super::rejection::{MAX_PUBLIC_INPUTS, Place, Reason, Rejection};
use core::fmt::{self, Display, Formatter};
use gavel_guest::{Hex, Sha256};

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// SHA-256 of the key in arkworks' uncompressed bytes.
    pub(crate) key: [u8; 32],
    /// SHA-256 of the list of public inputs in arkworks' bytes.
    pub(crate) public: [u8; 32],
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (key, public) = (Hex(self.key), Hex(self.public));
        write!(f, "verified\nkey {key}\npublic {public}")
    }
}

/// Verifies a proof.
///
/// # Errors
/// Why it is rejected: what the native verifier finds first.
pub(crate) fn verify(input: &[u8]) -> Result<Statement, Rejection> {
    let mut twisted = TwistedPoints([const { None }; 4]);
    check(input, &mut twisted).map_err(|rejection| twisted.outside().unwrap_or(rejection))
}

/// The points of the twisted curve that have been reached. The pairing's loop finds whether they are in G2, which costs
/// nothing there; when something else is wrong, it has to be found before that is reported.
struct TwistedPoints([Option<(Place, G2)>; 4]);

impl TwistedPoints {
    /// Checks all but the order of the next point.
    fn check(&mut self, number: usize, place: Place, point: &G2) -> Result<(), Rejection> {
        if !point.is_on_curve() {
            return Err(Rejection::OffCurve(place));
        }
        self.0[number] = Some((place, *point));
        Ok(())
    }

    /// The first point that is not in G2.
    #[cold]
    fn outside(&self) -> Option<Rejection> {
        let mut reached = self.0.iter().flatten();
        let outside = reached.find(|(_, point)| !point.is_in_subgroup());
        outside.map(|(place, _)| Rejection::Subgroup(*place))
    }
}

/// Verifies a proof, and leaves it open which points are not in G2 when it is rejected.
fn check(input: &[u8], twisted: &mut TwistedPoints) -> Result<Statement, Rejection> {
    let [key_bytes, proof_bytes, public_bytes] = FORMAT.split(input).map_err(Rejection::Input)?;
    let key = Key::decode(key_bytes)?;
    check_key(&key, twisted)?;
    let proof = Proof::decode(proof_bytes)?;
    check_g1(Place::of("proof.A"), &proof.a)?;
    twisted.check(3, Place::of("proof.B"), &proof.b)?;
    check_g1(Place::of("proof.C"), &proof.c)?;
    let public = Public::decode(public_bytes)?;

    let (expected, found) = (key.ic().len() - 1, public.scalars().len());
    if expected != found {
        return Err(Rejection::InputCount { expected, found });
    }
    let sum = sum_of_multiples::<MAX_PUBLIC_INPUTS>(key.ic(), public.scalars())
        .ok_or(Rejection::Infinity(Place::of("IC[0] + sum x_i IC[i]")))?;
    let product = Product::new(&[
        Pair {
            p: proof.a,
            q: proof.b,
        },
        Pair {
            p: key.alpha.opposite(),
            q: key.beta,
        },
        Pair {
            p: sum.opposite(),
            q: key.gamma,
        },
        Pair {
            p: proof.c.opposite(),
            q: key.delta,
        },
    ]);
    if !product.all_in_subgroup() || !product.is_one() {
        return Err(Rejection::ProofFails);
    }
    Ok(Statement {
        key: digest(&key),
        public: public_digest(public_bytes),
    })
}

/// Checks all that a key alone has to satisfy.
fn check_key(key: &Key, twisted: &mut TwistedPoints) -> Result<(), Rejection> {
    if key.ic().is_empty() {
        return Err(Rejection::Malformed(
            Place::of("key.IC"),
            Reason::NoConstant,
        ));
    }
    check_g1(Place::of("key.alpha"), &key.alpha)?;
    twisted.check(0, Place::of("key.beta"), &key.beta)?;
    twisted.check(1, Place::of("key.gamma"), &key.gamma)?;
    twisted.check(2, Place::of("key.delta"), &key.delta)?;
    for (index, point) in key.ic().iter().enumerate() {
        check_g1(Place::item("key.IC", index), point)?;
    }
    if key.gamma.x == key.delta.x {
        return Err(Rejection::Forgeable);
    }
    for (second, point) in key.ic().iter().enumerate() {
        let earlier = &key.ic()[..second];
        if let Some(first) = earlier.iter().position(|other| other.x == point.x) {
            return Err(Rejection::Dependent(first, second));
        }
    }
    Ok(())
}

/// Checks a point of G1.
fn check_g1(place: Place, point: &G1) -> Result<(), Rejection> {
    if point.is_on_curve() {
        Ok(())
    } else {
        Err(Rejection::OffCurve(place))
    }
}

/// SHA-256 of the bytes that arkworks writes for a key without compression.
fn digest(key: &Key) -> [u8; 32] {
    let mut hash = Sha256::new();
    write_g1(&mut hash, &key.alpha);
    write_g2(&mut hash, &key.beta);
    write_g2(&mut hash, &key.gamma);
    write_g2(&mut hash, &key.delta);
    hash.update(&(key.ic().len() as u64).to_le_bytes());
    for point in key.ic() {
        write_g1(&mut hash, point);
    }
    hash.finish()
}

/// SHA-256 of the list's bytes.
fn public_digest(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    hash.finish()
}

fn write_g1(hash: &mut Sha256, point: &G1) {
    write_fq(hash, &point.x, false);
    write_fq(hash, &point.y, point.y.is_larger_root());
}

fn write_g2(hash: &mut Sha256, point: &G2) {
    write_fq(hash, &point.x.c0, false);
    write_fq(hash, &point.x.c1, false);
    write_fq(hash, &point.y.c0, false);
    write_fq(hash, &point.y.c1, point.y.is_larger_root());
}

/// The integer, the lowest byte first; the highest bit says that the point's y is the larger root.
fn write_fq(hash: &mut Sha256, element: &Fq, larger: bool) {
    let mut words = element.integer_words();
    words[7] |= u32::from(larger) << 31;
    for word in words {
        hash.update(&word.to_le_bytes());
    }
}
