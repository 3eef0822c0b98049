//! The constraints as a `.r1cs` file, version 1: what a ceremony with snarkjs starts from.
//!
//! All numbers are little-endian. Wires are our variables: the constant 1, the public input, the witness. The public one is an
//! input, not an output: it is given before anything is computed. Keys do not tell the two apart. None of the others is an
//! input: no program computes them from inputs.

use crate::files::write_whole;
use crate::wrap::error::WrapError;
use crate::wrap::r1cs::{ConstraintSystem, PUBLIC};
use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};
use std::io::{self, Write};
use std::path::Path;

/// Bytes of a field element.
pub(super) const ELEMENT: usize = 32;

/// Writes the constraints for a ceremony. The file takes 36 bytes for each entry of the matrices; nothing is copied.
pub fn write_r1cs(path: &Path, system: &ConstraintSystem) -> Result<(), WrapError> {
    let written = write_whole(path, |out| write(out, system));
    written.map_err(|error| super::file(path, error))
}

/// A canonical number in little-endian bytes.
pub(super) fn bytes(number: impl BigInteger) -> [u8; ELEMENT] {
    let mut bytes = [0; ELEMENT];
    let limbs = number.as_ref().iter();
    for (bytes, limb) in bytes.chunks_mut(8).zip(limbs) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

fn write(out: &mut impl Write, system: &ConstraintSystem) -> io::Result<()> {
    // More than 2^32 of anything do not fit into memory.
    let [wires, constraints] = [system.variables(), system.constraints()].map(|n| n as u32);
    let section = |kind: u32, length: usize| {
        let mut start = kind.to_le_bytes().to_vec();
        start.extend((length as u64).to_le_bytes());
        start
    };
    out.write_all(b"r1cs")?;
    for number in [1, 3u32] {
        // The version, the number of sections.
        out.write_all(&number.to_le_bytes())?;
    }

    out.write_all(&section(1, 4 + ELEMENT + 4 * 4 + 8 + 4))?;
    out.write_all(&(ELEMENT as u32).to_le_bytes())?;
    out.write_all(&bytes(Fr::MODULUS))?;
    let (outputs, inputs, private) = (0u32, PUBLIC as u32 - 1, 0u32);
    for number in [wires, outputs, inputs, private] {
        out.write_all(&number.to_le_bytes())?;
    }
    let labels = u64::from(wires);
    out.write_all(&labels.to_le_bytes())?;
    out.write_all(&constraints.to_le_bytes())?;

    let entries = system.entries();
    let length = 3 * 4 * system.constraints() + (4 + ELEMENT) * entries;
    out.write_all(&section(2, length))?;
    let coefficients = system.coefficients().iter();
    let coefficients: Vec<[u8; ELEMENT]> = coefficients
        .map(|coefficient| bytes(coefficient.into_bigint()))
        .collect();
    for index in 0..system.constraints() {
        for side in 0..3 {
            let row = system.row(side, index);
            out.write_all(&(row.len() as u32).to_le_bytes())?;
            for (variable, number) in row {
                out.write_all(&variable.to_le_bytes())?;
                out.write_all(&coefficients[*number as usize])?;
            }
        }
    }

    // Every wire is its own label.
    out.write_all(&section(3, 8 * system.variables()))?;
    for label in 0..labels {
        out.write_all(&label.to_le_bytes())?;
    }
    Ok(())
}
