//! What the spender gives beside the operands, computed natively.

use num_bigint::BigInt;

use super::Bn254Error;
use super::element::{Element, LIMBS, limbs_of, modulus};
use super::form::{Factor, Form, Product, QUOTIENT_LIMB};
use crate::script::encode_number;

/// Claims of the spender about the results of a form: nothing in it can be relied on before the script has run.
///
/// It stands for what lies unchecked on the stack ([`Entry::Hint`](crate::analysis::Entry::Hint)); operands and results are checked
/// numbers there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// For each result the quotient by p as eleven signed limbs of 24 bits, least significant first.
    pub quotients: Vec<[i64; LIMBS]>,
    /// For each result the remainder, from 0 to p - 1.
    pub remainders: Vec<Element>,
}

impl Hint {
    /// The stack items, bottom first: the last result's quotient, .., the first result's quotient (limb 0 deepest), then the
    /// first result's remainder, .., the last result's remainder.
    pub fn items(&self) -> Vec<Vec<u8>> {
        let quotients = self.quotients.iter().rev().flatten();
        let quotients = quotients.map(|limb| encode_number(*limb));
        let remainders = self.remainders.iter().flat_map(Element::items);
        quotients.chain(remainders).collect()
    }
}

impl Form {
    /// The hint with which the script runs on these operands.
    ///
    /// # Errors
    /// [`Bn254Error::OperandCount`] for a wrong number of operands.
    pub fn hint(&self, operands: &[Element]) -> Result<Hint, Bn254Error> {
        if operands.len() != self.operands() {
            return Err(Bn254Error::OperandCount {
                expected: self.operands(),
                found: operands.len(),
            });
        }
        let p = modulus();
        let mut hint = Hint {
            quotients: vec![],
            remainders: vec![],
        };
        for result in 0..self.results() {
            let products = self.products(result).iter();
            let sum: BigInt = products.map(|product| value(product, operands)).sum();
            let remainder = ((&sum % &p) + &p) % &p;
            let mut limbs = [0; LIMBS];
            let quotient = limbs_of(&((sum - &remainder) / &p), -QUOTIENT_LIMB.0);
            limbs[..quotient.len()].copy_from_slice(&quotient);
            hint.quotients.push(limbs);
            hint.remainders.push(Element::new(&remainder)?);
        }
        Ok(hint)
    }
}

fn value(product: &Product, operands: &[Element]) -> BigInt {
    let left = operands[product.left].value();
    let right = match &product.right {
        Factor::Operand(operand) => operands[*operand].value(),
        Factor::Constant(digits) => digits
            .iter()
            .rev()
            .fold(BigInt::ZERO, |value, digit| (value << 4) + digit),
    };
    let value = left * right;
    if product.negative { -value } else { value }
}
