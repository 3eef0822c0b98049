//! A ceremony's key as snarkjs writes it: a `.zkey` of Groth16.
//!
//! Sections: 1 the proof system, 2 the curve, the counts and the points of the secrets, 3 the verifying key's points of the
//! public variables (`IC`), 4 the entries of the matrices A and B, 5 to 7 the points of A, of B in both groups, 8 those of the
//! witness (`C`, our `l_query`), 9 those of the quotient (`H`), 10 the contributions, which the ceremony's transcript
//! explains and which make no part of the key.
//!
//! The points are those of our keys, in the same order and of the same scale: snarkjs, too, gives each public variable a place
//! of its own behind the constraints, which it writes as entries of A, and its `H` are the Lagrange polynomials of the larger
//! domain at its odd places ([`crate::wrap::quotient`]).
//!
//! Matrix C is not in the file. That the key is one of our matrix C only the ceremony's transcript shows (`snarkjs zkey
//! verify`); with another one no proof that we make verifies.

mod error;
mod points;
mod sections;

pub use error::ZkeyError;

use super::r1cs::{ELEMENT, bytes};
use crate::wrap::quotient::domains;
use crate::wrap::r1cs::{ConstraintSystem, PUBLIC};
use ark_bn254::{Bn254, Fq, Fr, G1Affine, G2Affine};
use ark_ff::{Field, PrimeField};
use ark_groth16::{ProvingKey, VerifyingKey};
use ark_poly::EvaluationDomain;
use points::Encoded;
use sections::{Sections, number};
use std::io::{Read, Seek};

/// How such a file begins.
pub(super) const MAGIC: [u8; 4] = *b"zkey";

/// The number of Groth16 among the proof systems.
const GROTH16: u32 = 1;

/// An entry of a matrix: which, constraint, variable, coefficient.
const ENTRY: usize = 3 * 4 + ELEMENT;

/// Section 2.
struct Header {
    variables: u32,
    public: u32,
    domain: u32,
    alpha_g1: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    gamma_g2: G2Affine,
    delta_g1: G1Affine,
    delta_g2: G2Affine,
}

impl Header {
    /// Two primes with their lengths, three counts, three points of each group.
    const SIZE: usize = 2 * (4 + ELEMENT) + 3 * 4 + 3 * (G1Affine::SIZE + G2Affine::SIZE);

    fn read<R: Read + Seek>(file: &mut Sections<R>) -> Result<Self, ZkeyError> {
        let protocol = number(file.open(1, 4)?)?;
        if protocol != GROTH16 {
            return Err(ZkeyError::Protocol(protocol));
        }
        let file = file.open(2, Self::SIZE as u64)?;
        for (name, modulus) in [("base", Fq::MODULUS), ("scalar", Fr::MODULUS)] {
            let mut found = [0; ELEMENT];
            let length = number(file)?;
            file.read_exact(&mut found)?;
            if (length as usize, found) != (ELEMENT, bytes(modulus)) {
                return Err(ZkeyError::Prime(name));
            }
        }
        let [variables, public, domain] = [number(file)?, number(file)?, number(file)?];
        let mut index = 0;
        Ok(Self {
            variables,
            public,
            domain,
            alpha_g1: point(file, &mut index)?,
            beta_g1: point(file, &mut index)?,
            beta_g2: point(file, &mut index)?,
            gamma_g2: point(file, &mut index)?,
            delta_g1: point(file, &mut index)?,
            delta_g2: point(file, &mut index)?,
        })
    }

    /// Refuses the counts of another circuit.
    fn fits(&self, system: &ConstraintSystem) -> Result<(), ZkeyError> {
        let domain = domains(system).map_or(0, |(domain, _)| domain.size());
        let counts = [
            ("public inputs", PUBLIC - 1, self.public),
            ("variables", system.variables(), self.variables),
            ("places", domain, self.domain),
        ];
        for (part, expected, found) in counts {
            if expected != found as usize {
                return Err(ZkeyError::Count {
                    part,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }

    fn verifying_key(&self, gamma_abc_g1: Vec<G1Affine>) -> VerifyingKey<Bn254> {
        VerifyingKey {
            alpha_g1: self.alpha_g1,
            beta_g2: self.beta_g2,
            gamma_g2: self.gamma_g2,
            delta_g2: self.delta_g2,
            gamma_abc_g1,
        }
    }
}

/// The next point of the header.
fn point<G: Encoded>(file: &mut impl Read, next: &mut usize) -> Result<G, ZkeyError> {
    let mut bytes = vec![0; G::SIZE];
    file.read_exact(&mut bytes)?;
    let index = *next;
    *next += 1;
    G::decode(&bytes).map_err(|reason| ZkeyError::Point {
        section: 2,
        index,
        reason,
    })
}

/// The verifying key alone.
pub(super) fn read_verifying_key(file: impl Read + Seek) -> Result<VerifyingKey<Bn254>, ZkeyError> {
    let mut file = Sections::new(file)?;
    let header = Header::read(&mut file)?;
    // One public input, as all our circuits have: no count of the file decides how much is read.
    if header.public as usize != PUBLIC - 1 {
        return Err(ZkeyError::Count {
            part: "public inputs",
            expected: PUBLIC - 1,
            found: header.public,
        });
    }
    Ok(header.verifying_key(file.points(3, PUBLIC)?))
}

/// The key, if it is one of these constraints.
pub(super) fn read_key(
    file: impl Read + Seek,
    system: &ConstraintSystem,
) -> Result<ProvingKey<Bn254>, ZkeyError> {
    let mut file = Sections::new(file)?;
    let header = Header::read(&mut file)?;
    header.fits(system)?;
    compare_entries(&mut file, system)?;
    let variables = system.variables();
    Ok(ProvingKey {
        vk: header.verifying_key(file.points(3, PUBLIC)?),
        beta_g1: header.beta_g1,
        delta_g1: header.delta_g1,
        a_query: file.points(5, variables)?,
        b_g1_query: file.points(6, variables)?,
        b_g2_query: file.points(7, variables)?,
        l_query: file.points(8, variables - PUBLIC)?,
        h_query: file.points(9, header.domain as usize)?,
    })
}

/// Section 4 has to be the matrices A and B, constraint by constraint, and then the public variables' places in A.
///
/// A coefficient is written as 2^512 times its value: twice in Montgomery form.
fn compare_entries<R: Read + Seek>(
    file: &mut Sections<R>,
    system: &ConstraintSystem,
) -> Result<(), ZkeyError> {
    let constraints = system.constraints();
    let sides = [0, 1];
    let rows = || (0..constraints).flat_map(|index| sides.map(|side| (side, index)));
    let count = rows().map(|(side, index)| system.row(side, index).len());
    let count = count.sum::<usize>() + PUBLIC;
    let file = file.open(4, 4 + count as u64 * ENTRY as u64)?;
    let found = number(file)?;
    if found as usize != count {
        return Err(ZkeyError::Count {
            part: "entries",
            expected: count,
            found,
        });
    }
    let radix = Fr::from(2).pow([512]);
    let form = |coefficient: &Fr| bytes((*coefficient * radix).into_bigint());
    let coefficients: Vec<[u8; ELEMENT]> = system.coefficients().iter().map(form).collect();
    let one = form(&Fr::ONE);
    let mut place = 0;
    let mut compare = |side: u32, constraint: usize, variable: u32, coefficient: &[u8; ELEMENT]| {
        let mut entry = [0; ENTRY];
        file.read_exact(&mut entry)?;
        let numbers = [side, constraint as u32, variable].map(u32::to_le_bytes);
        let (start, end) = entry.split_at(3 * 4);
        if start != numbers.as_flattened() || end != coefficient {
            return Err(ZkeyError::Entry(place));
        }
        place += 1;
        Ok(())
    };
    for (side, index) in rows() {
        for (variable, number) in system.row(side, index) {
            let coefficient = &coefficients[*number as usize];
            compare(side as u32, index, *variable, coefficient)?;
        }
    }
    (0..PUBLIC).try_for_each(|i| compare(0, constraints + i, i as u32, &one))
}

#[cfg(test)]
mod tests;
