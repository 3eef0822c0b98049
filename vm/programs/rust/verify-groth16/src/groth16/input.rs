//! The input: a key, a proof and a list of public inputs in arkworks' canonical bytes, points compressed or not. What is decoded
//! is not yet checked to be on its curve, unless it was compressed.

use super::curve::{G1, G2};
use super::field::{Fq, Fq2, below, words};
use super::rejection::{MAX_PUBLIC_INPUTS, Place, Reason, Rejection};
use gavel_guest::Format;

/// The three parts; an input with 16 public inputs and no point compressed has 2,332 bytes.
pub(crate) const FORMAT: Format<3> = Format {
    parts: ["key", "proof", "public inputs"],
    max_bytes: 1 << 16,
};
/// Bytes of an integer, and of a compressed point of G1.
const INTEGER: usize = 32;
/// The order of the groups.
const ORDER: [u32; 8] = words("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001");
/// What the place of a missing point is filled with.
const NO_POINT: G1 = G1 {
    x: Fq::ZERO,
    y: Fq::ZERO,
};

/// A key, decoded.
pub(crate) struct Key {
    pub(crate) alpha: G1,
    pub(crate) beta: G2,
    pub(crate) gamma: G2,
    pub(crate) delta: G2,
    ic: [G1; MAX_PUBLIC_INPUTS + 1],
    ic_length: usize,
}

/// A proof, decoded.
pub(crate) struct Proof {
    pub(crate) a: G1,
    pub(crate) b: G2,
    pub(crate) c: G1,
}

/// Public inputs: integers below the order.
pub(crate) struct Public {
    scalars: [[u32; 8]; MAX_PUBLIC_INPUTS],
    length: usize,
}

impl Key {
    /// Decodes a key. Its length does not tell the form (compressed with 2 k + 7 inputs is as long as uncompressed with k):
    /// the form is the one in whose place for the length of IC there is the number that fits.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Key, Rejection> {
        let fits = |form: &Form| {
            let list = bytes.get(7 * form.g1_bytes()..).unwrap_or_default();
            list_length(list, form.g1_bytes()).is_ok()
        };
        let place = Place::of("key");
        let form = Form::ALL
            .into_iter()
            .find(fits)
            .ok_or(Rejection::Malformed(place, Reason::KeyLength(bytes.len())))?;
        let mut reader = Reader { bytes, form };
        let alpha = reader.g1(Place::of("key.alpha"))?;
        let beta = reader.g2(Place::of("key.beta"))?;
        let gamma = reader.g2(Place::of("key.gamma"))?;
        let delta = reader.g2(Place::of("key.delta"))?;
        let count = u64::from_le_bytes(reader.take(Place::of("key.IC"))?);
        let ic_length = limited(place, count, MAX_PUBLIC_INPUTS + 1, 1)?;
        let mut ic = [NO_POINT; MAX_PUBLIC_INPUTS + 1];
        for (index, point) in ic[..ic_length].iter_mut().enumerate() {
            *point = reader.g1(Place::item("key.IC", index))?;
        }
        Ok(Key {
            alpha,
            beta,
            gamma,
            delta,
            ic,
            ic_length,
        })
    }

    /// IC: the constant point, then one for each public input.
    pub(crate) fn ic(&self) -> &[G1] {
        &self.ic[..self.ic_length]
    }
}

impl Proof {
    /// Decodes a proof. Its length tells the form.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Proof, Rejection> {
        let form = Form::ALL
            .into_iter()
            .find(|form| 4 * form.g1_bytes() == bytes.len());
        let form = form.ok_or(Rejection::Malformed(
            Place::of("proof"),
            Reason::ProofLength(bytes.len()),
        ))?;
        let mut reader = Reader { bytes, form };
        Ok(Proof {
            a: reader.g1(Place::of("proof.A"))?,
            b: reader.g2(Place::of("proof.B"))?,
            c: reader.g1(Place::of("proof.C"))?,
        })
    }
}

impl Public {
    /// Decodes public inputs.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Public, Rejection> {
        let place = Place::of("public");
        let count =
            list_length(bytes, INTEGER).map_err(|reason| Rejection::Malformed(place, reason))?;
        let length = limited(place, count, MAX_PUBLIC_INPUTS, 0)?;
        let mut scalars = [[0; 8]; MAX_PUBLIC_INPUTS];
        let items = bytes[8..].as_chunks().0;
        for (index, (scalar, bytes)) in scalars.iter_mut().zip(items).enumerate() {
            *scalar = integer(bytes);
            if !below(scalar, &ORDER) {
                return Err(Rejection::Scalar(Place::item("public", index)));
            }
        }
        Ok(Public { scalars, length })
    }

    /// The integers.
    pub(crate) fn scalars(&self) -> &[[u32; 8]] {
        &self.scalars[..self.length]
    }
}

/// Whether points have their y.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// x alone, with the sign of y.
    Compressed,
    /// x and y.
    Uncompressed,
}

impl Form {
    const ALL: [Form; 2] = [Form::Compressed, Form::Uncompressed];

    /// The bytes of a point of G1; one of G2 has twice as many.
    fn g1_bytes(self) -> usize {
        match self {
            Form::Compressed => INTEGER,
            Form::Uncompressed => 2 * INTEGER,
        }
    }
}

/// The number of items that a list says it has, if its bytes are that many.
fn list_length(list: &[u8], item_bytes: usize) -> Result<u64, Reason> {
    let (count, items) = list.split_first_chunk().ok_or(Reason::End)?;
    let count = u64::from_le_bytes(*count);
    if !items.len().is_multiple_of(item_bytes) || count != (items.len() / item_bytes) as u64 {
        return Err(Reason::ListLength {
            bytes: list.len(),
            count,
        });
    }
    Ok(count)
}

/// The number of items, of which `others` are no public inputs, if it is not too large.
fn limited(place: Place, count: u64, most: usize, others: u64) -> Result<usize, Rejection> {
    if count > most as u64 {
        return Err(Rejection::TooManyInputs(place, count - others));
    }
    Ok(count as usize)
}

/// The integer of bytes, the lowest first, as words.
fn integer(bytes: &[u8; INTEGER]) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

/// The flags of a point.
#[derive(Clone, Copy, PartialEq)]
enum Flags {
    Smaller,
    Larger,
    Infinity,
    Contradictory,
}

impl Flags {
    /// Reads and clears the two top bits of an integer.
    fn take(integer: &mut [u32; 8]) -> Flags {
        let flags = match integer[7] >> 30 {
            0b00 => Flags::Smaller,
            0b10 => Flags::Larger,
            0b01 => Flags::Infinity,
            _ => Flags::Contradictory,
        };
        integer[7] &= u32::MAX >> 2;
        flags
    }

    /// Whether y is the larger root, unless the point is none.
    fn larger(self, place: Place) -> Result<bool, Rejection> {
        match self {
            Flags::Smaller => Ok(false),
            Flags::Larger => Ok(true),
            Flags::Infinity => Err(Rejection::Infinity(place)),
            Flags::Contradictory => Err(Rejection::Malformed(place, Reason::Flags)),
        }
    }
}

/// The bytes that are still to read.
struct Reader<'a> {
    bytes: &'a [u8],
    form: Form,
}

impl Reader<'_> {
    /// The next bytes.
    fn take<const N: usize>(&mut self, place: Place) -> Result<[u8; N], Rejection> {
        let end = Rejection::Malformed(place, Reason::End);
        let (bytes, rest) = self.bytes.split_first_chunk().ok_or(end)?;
        self.bytes = rest;
        Ok(*bytes)
    }

    /// An element of Fq, and the flags at its end if it has some.
    fn fq(&mut self, place: Place, flags: Option<&mut Flags>) -> Result<Fq, Rejection> {
        let mut integer = integer(&self.take(place)?);
        if let Some(flags) = flags {
            *flags = Flags::take(&mut integer);
        }
        Fq::from_words(&integer).ok_or(Rejection::Coordinate(place))
    }

    /// A point of G1.
    fn g1(&mut self, place: Place) -> Result<G1, Rejection> {
        let mut flags = Flags::Smaller;
        if self.form == Form::Compressed {
            let x = self.fq(place.at(".x"), Some(&mut flags))?;
            let larger = flags.larger(place)?;
            let point = G1::with_x(&x).ok_or(Rejection::OffCurve(place))?;
            return Ok(if point.y.is_larger_root() == larger {
                point
            } else {
                point.opposite()
            });
        }
        let x = self.fq(place.at(".x"), None)?;
        let y = self.fq(place.at(".y"), Some(&mut flags))?;
        if flags.larger(place)? != y.is_larger_root() {
            return Err(Rejection::Malformed(place, Reason::Sign));
        }
        Ok(G1 { x, y })
    }

    /// A point of the twisted curve.
    fn g2(&mut self, place: Place) -> Result<G2, Rejection> {
        let mut flags = Flags::Smaller;
        if self.form == Form::Compressed {
            let c0 = self.fq(place.at(".x.c0"), None)?;
            let c1 = self.fq(place.at(".x.c1"), Some(&mut flags))?;
            let larger = flags.larger(place)?;
            let point = G2::with_x(&Fq2 { c0, c1 }).ok_or(Rejection::OffCurve(place))?;
            return Ok(if point.y.is_larger_root() == larger {
                point
            } else {
                point.opposite()
            });
        }
        let x = Fq2 {
            c0: self.fq(place.at(".x.c0"), None)?,
            c1: self.fq(place.at(".x.c1"), None)?,
        };
        let c0 = self.fq(place.at(".y.c0"), None)?;
        let c1 = self.fq(place.at(".y.c1"), Some(&mut flags))?;
        let y = Fq2 { c0, c1 };
        if flags.larger(place)? != y.is_larger_root() {
            return Err(Rejection::Malformed(place, Reason::Sign));
        }
        Ok(G2 { x, y })
    }
}
