//! arkworks' canonical bytes.
//!
//! An integer is 32 bytes, little endian; an element of Fq2 is `c0`, `c1`. A point is x and y, or x alone if compressed.
//! The two top bits of its last byte are flags: bit 7 says that y is the larger of the two roots, bit 6 that the point is
//! at infinity. A list is its length as 64 bits, then its items. A key is alpha, beta, gamma, delta and the list IC; a
//! proof is A, B, C; public inputs are a list.

use ark_bn254::Fq;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig, SWFlags};
use ark_ff::{BigInt, Field};

use super::{InputError, MAX_PUBLIC_INPUTS, Proof, PublicInputs, VerifyingKey, point};

/// Bytes of an integer, and of a compressed point of G1.
const INTEGER: usize = 32;
/// Bytes of a list's length.
const COUNT: usize = 8;
/// The bits of a point's last byte that are flags.
const FLAGS: u8 = 0b1100_0000;

/// Whether points have their y.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// x alone, with the sign of y.
    Compressed,
    /// x and y.
    Uncompressed,
}

impl Form {
    /// Both.
    const ALL: [Self; 2] = [Self::Compressed, Self::Uncompressed];

    /// The bytes of a point of G1; one of G2 has twice as many.
    fn g1_bytes(self) -> usize {
        match self {
            Self::Compressed => INTEGER,
            Self::Uncompressed => 2 * INTEGER,
        }
    }

    /// The bytes of a proof.
    fn proof_bytes(self) -> usize {
        4 * self.g1_bytes()
    }

    /// The bytes of a key before IC.
    fn key_head_bytes(self) -> usize {
        7 * self.g1_bytes()
    }
}

/// Reads a key.
///
/// Its length does not tell the form (compressed with 2k + 7 inputs is as long as uncompressed with k): the form is the one
/// in whose place for the length of IC there is the number that fits.
pub(super) fn key(bytes: &[u8]) -> Result<VerifyingKey, InputError> {
    let form = Form::ALL.into_iter().find(|form| {
        let list = bytes.get(form.key_head_bytes()..).unwrap_or_default();
        Reader(list)
            .count("key.IC")
            .is_ok_and(|count| fits(list, count, form.g1_bytes()))
    });
    let form = form.ok_or_else(|| {
        InputError::malformed("key", format!("no key has these {} bytes", bytes.len()))
    })?;
    let mut reader = Reader(bytes);
    let alpha_g1 = reader.point("key.alpha", form)?;
    let beta_g2 = reader.point("key.beta", form)?;
    let gamma_g2 = reader.point("key.gamma", form)?;
    let delta_g2 = reader.point("key.delta", form)?;
    let count = reader.count("key.IC")?;
    limit("key", count.saturating_sub(1))?;
    let gamma_abc_g1 = (0..count)
        .map(|index| reader.point(&format!("key.IC[{index}]"), form))
        .collect::<Result<_, _>>()?;
    Ok(VerifyingKey {
        alpha_g1,
        beta_g2,
        gamma_g2,
        delta_g2,
        gamma_abc_g1,
    })
}

/// Reads a proof. Its length tells the form.
pub(super) fn proof(bytes: &[u8]) -> Result<Proof, InputError> {
    let form = Form::ALL
        .into_iter()
        .find(|form| form.proof_bytes() == bytes.len());
    let form = form.ok_or_else(|| {
        InputError::malformed("proof", format!("no proof has {} bytes", bytes.len()))
    })?;
    let mut reader = Reader(bytes);
    Ok(Proof {
        a: reader.point("proof.A", form)?,
        b: reader.point("proof.B", form)?,
        c: reader.point("proof.C", form)?,
    })
}

/// Reads public inputs.
pub(super) fn public(bytes: &[u8]) -> Result<PublicInputs, InputError> {
    let mut reader = Reader(bytes);
    let count = reader.count("public")?;
    if !fits(bytes, count, INTEGER) {
        return Err(InputError::malformed(
            "public",
            format!("{} bytes are no list of {count} scalars", bytes.len()),
        ));
    }
    limit("public", count)?;
    let scalars = (0..count).map(|index| {
        let place = format!("public[{index}]");
        point::scalar(&place, integer(reader.take(&place)?))
    });
    Ok(PublicInputs(scalars.collect::<Result<_, _>>()?))
}

/// Whether these are the bytes of a list with so many items.
fn fits(list: &[u8], count: u64, item_bytes: usize) -> bool {
    let rest = list.len().saturating_sub(COUNT);
    rest.is_multiple_of(item_bytes) && count == (rest / item_bytes) as u64
}

/// Refuses too many inputs.
fn limit(place: &str, found: u64) -> Result<(), InputError> {
    if found > MAX_PUBLIC_INPUTS as u64 {
        return Err(InputError::TooManyInputs {
            place: place.into(),
            found,
        });
    }
    Ok(())
}

/// The integer of little-endian bytes.
fn integer(bytes: [u8; INTEGER]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, word) in limbs.iter_mut().zip(bytes.as_chunks().0) {
        *limb = u64::from_le_bytes(*word);
    }
    BigInt(limbs)
}

/// The bytes that are still to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// The next bytes.
    fn take<const N: usize>(&mut self, place: &str) -> Result<[u8; N], InputError> {
        let (bytes, rest) = self
            .0
            .split_first_chunk()
            .ok_or_else(|| InputError::malformed(place, "the bytes end here"))?;
        self.0 = rest;
        Ok(*bytes)
    }

    /// The length of a list.
    fn count(&mut self, place: &str) -> Result<u64, InputError> {
        Ok(u64::from_le_bytes(self.take::<COUNT>(place)?))
    }

    /// An element of Fq or Fq2, and the bits of its last byte that are in `flags`.
    fn element<F: Field<BasePrimeField = Fq>>(
        &mut self,
        place: &str,
        flags: u8,
    ) -> Result<(F, u8), InputError> {
        let degree = F::extension_degree();
        let mut coordinates = Vec::new();
        let mut found = 0;
        for index in 0..degree {
            let part = if degree == 1 {
                place.to_owned()
            } else {
                format!("{place}.c{index}")
            };
            let mut bytes = self.take::<INTEGER>(&part)?;
            if index + 1 == degree {
                found = bytes[INTEGER - 1] & flags;
                bytes[INTEGER - 1] &= !flags;
            }
            coordinates.push(point::coordinate(&part, integer(bytes))?);
        }
        let element = F::from_base_prime_field_elems(coordinates).ok_or_else(|| {
            InputError::malformed(place, format!("it has not {degree} coordinates"))
        })?;
        Ok((element, found))
    }

    /// A point, not yet checked.
    fn point<P>(&mut self, place: &str, form: Form) -> Result<Affine<P>, InputError>
    where
        P: SWCurveConfig,
        P::BaseField: Field<BasePrimeField = Fq>,
    {
        let (x_flags, y_flags) = match form {
            Form::Compressed => (FLAGS, 0),
            Form::Uncompressed => (0, FLAGS),
        };
        let (x, mut flags) = self.element::<P::BaseField>(&format!("{place}.x"), x_flags)?;
        let y = match form {
            Form::Compressed => None,
            Form::Uncompressed => {
                let (y, found) = self.element::<P::BaseField>(&format!("{place}.y"), y_flags)?;
                flags = found;
                Some(y)
            }
        };
        let negative = match flags {
            0 => false,
            0b1000_0000 => true,
            0b0100_0000 => return Err(InputError::Infinity(place.to_owned())),
            _ => {
                return Err(InputError::malformed(
                    place,
                    "its flags contradict each other",
                ));
            }
        };
        match y {
            None => {
                let roots = Affine::<P>::get_ys_from_x_unchecked(x);
                let (smaller, larger) =
                    roots.ok_or_else(|| InputError::OffCurve(place.to_owned()))?;
                Ok(Affine::new_unchecked(
                    x,
                    if negative { larger } else { smaller },
                ))
            }
            Some(y) if (SWFlags::from_y_coordinate(y) == SWFlags::YIsNegative) == negative => {
                Ok(Affine::new_unchecked(x, y))
            }
            Some(_) => Err(InputError::malformed(place, "its flags contradict its y")),
        }
    }
}
