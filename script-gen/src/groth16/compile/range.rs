//! Leaves for inputs that are no numbers below their modulus: one opening and one comparison.

use num_bigint::{BigInt, BigUint};

use super::error::CompileError;
use super::plan::Target;
use crate::bn254::{DIGITS, Element};
use crate::groth16::program::{Input, InputKind};
use crate::script;
use crate::script::Script;

/// The 64 digits of an input, least significant first, if they can say it.
pub(super) fn digits(kind: InputKind, value: &BigInt) -> Option<[u8; DIGITS]> {
    match kind {
        InputKind::Element => Element::new(value).ok().map(|element| *element.digits()),
        InputKind::Scalar => {
            let nibbles = value.to_biguint()?.to_radix_le(16);
            let mut digits = [0; DIGITS];
            digits.get_mut(..nibbles.len())?.copy_from_slice(&nibbles);
            Some(digits)
        }
    }
}

/// The integer that 64 digits below 16 say.
pub(super) fn integer(kind: InputKind, digits: &[u8]) -> Option<BigInt> {
    let digits: [u8; DIGITS] = digits.try_into().ok()?;
    match kind {
        InputKind::Element => Element::from_digits(digits)
            .ok()
            .map(|element| element.value()),
        InputKind::Scalar => BigUint::from_radix_le(&digits, 16).map(BigInt::from),
    }
}

/// The leaf of an input that is no number from 0 up to its bound: takes 64 digits, the least significant on top.
pub(super) fn refutation(input: &Input, target: Target) -> Result<Script, CompileError> {
    let stored = |value: &BigInt| {
        let digits = digits(input.kind, value);
        digits.ok_or_else(|| CompileError::InputRange(input.name.clone()))
    };
    Ok(match target {
        Target::Negative(_) => script! { {at_least(&stored(&BigInt::ZERO)?)} OP_NOT },
        _ => at_least(&stored(&input.kind.bound())?),
    })
}

/// Takes 64 digits, the least significant on top, and leaves 1 if the number that they say is at least `bound`, else 0.
///
/// From the least significant digit on: so far at least the bound if `digit + (so far) > digit of the bound`.
fn at_least(bound: &[u8; DIGITS]) -> Script {
    script! {
        1
        {bound.iter().map(|digit| script! { OP_ADD {*digit} OP_GREATERTHAN })}
    }
}
