//! Range checks and decompositions.

use super::{ConstraintSystem, Linear};
use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field, One, PrimeField, Zero};

/// Bits of an element: the modulus is below `2^254`.
pub(crate) const DECOMPOSED_BITS: usize = 254;

/// The highest bits of an element that are compared with those of the modulus.
const COMPARED_BITS: usize = 64;

impl ConstraintSystem {
    /// A bit.
    pub(crate) fn bit(&mut self, value: bool) -> Linear {
        let bit = self.hint(Fr::from(value));
        self.enforce(&bit, &bit, &bit);
        bit
    }

    /// The `count < 254` bits of `x`, lowest first: `0 <= x < 2^count`.
    pub(crate) fn bits(&mut self, x: &Linear, count: usize) -> Vec<Linear> {
        let value = x.value.into_bigint();
        let bits: Vec<Linear> = (0..count).map(|i| self.bit(value.get_bit(i))).collect();
        let sum = compose(&bits);
        self.equal(&sum, x);
        bits
    }

    /// Whether `x = 0`: `x inverse = 1 - zero` and `x zero = 0`.
    pub(crate) fn is_zero(&mut self, x: &Linear) -> Linear {
        let zero = self.hint(Fr::from(x.value.is_zero()));
        let inverse = self.hint(x.value.inverse().unwrap_or_default());
        self.enforce(x, &inverse, &(&Linear::constant(1) - &zero));
        self.enforce(x, &zero, &Linear::ZERO);
        zero
    }

    /// `bit ? yes : no`.
    pub(crate) fn select(&mut self, bit: &Linear, yes: &Linear, no: &Linear) -> Linear {
        let difference = self.multiply(bit, &(yes - no));
        &difference + no
    }
}

/// The number of these bits, lowest first.
pub(crate) fn compose(bits: &[Linear]) -> Linear {
    let mut power = Fr::one();
    let mut sum = Linear::ZERO;
    for bit in bits {
        sum.add_scaled(bit, power);
        power += power;
    }
    sum
}

/// The bits of an element, lowest first, as a number below the modulus `r`.
///
/// The bits are 254, and `r` is not a power of 2: a value below `2^254 - r` has two forms. Here the highest 64 bits must be
/// below those of `r`, which implies that the number is below `r` and costs 64 constraints. It excludes the elements whose
/// highest bits are those of `r`, one in `2^62`: no proof exists for a transcript or tree that meets one.
pub(crate) fn decompose(cs: &mut ConstraintSystem, x: &Linear) -> Vec<Linear> {
    let value = x.value.into_bigint();
    let bits: Vec<Linear> = (0..DECOMPOSED_BITS)
        .map(|i| cs.bit(value.get_bit(i)))
        .collect();
    let sum = compose(&bits);
    cs.equal(&sum, x);
    let mut modulus: BigInt<4> = Fr::MODULUS;
    modulus >>= (DECOMPOSED_BITS - COMPARED_BITS) as u32;
    let high = compose(&bits[DECOMPOSED_BITS - COMPARED_BITS..]);
    let below = Linear::constant(modulus.0[0] - 1);
    cs.bits(&(&below - &high), COMPARED_BITS);
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    fn system() -> ConstraintSystem {
        let mut cs = ConstraintSystem::new(Fr::zero());
        cs.part("bits");
        cs
    }

    #[test]
    fn ranges_are_exact() {
        for (value, bits, fits) in [(255, 8, true), (256, 8, false), (0, 0, true), (1, 0, false)] {
            let mut cs = system();
            let x = cs.hint(Fr::from(value));
            cs.bits(&x, bits);
            assert_eq!(cs.unsatisfied().is_none(), fits, "{value} in {bits} bits");
        }
        let mut cs = system();
        let x = cs.hint(-Fr::one());
        cs.bits(&x, 64);
        assert_eq!(cs.unsatisfied(), Some("bits"));
    }

    #[test]
    fn a_bit_is_zero_or_one() {
        let mut cs = system();
        let first = cs.variables();
        cs.bit(true);
        assert_eq!(cs.unsatisfied(), None);
        cs.tamper(first, Fr::from(2));
        assert_eq!(cs.unsatisfied(), Some("bits"));
    }

    #[test]
    fn zero_is_told_from_the_rest() {
        for value in [0, 1, 77] {
            let mut cs = system();
            let x = cs.hint(Fr::from(value));
            let first = cs.variables();
            let zero = cs.is_zero(&x);
            assert_eq!(zero.value, Fr::from(u64::from(value == 0)));
            assert_eq!(cs.unsatisfied(), None);
            cs.tamper(first, Fr::one() - zero.value);
            assert_eq!(cs.unsatisfied(), Some("bits"));
        }
    }

    /// The second form of a small number, the number plus the modulus, has 254 bits, too.
    #[test]
    fn an_element_has_one_decomposition() {
        let mut cs = system();
        let value = Fr::from(12345);
        let x = cs.hint(value);
        let first = cs.variables();
        let bits = decompose(&mut cs, &x);
        assert_eq!(compose(&bits).value, value);
        assert_eq!(cs.unsatisfied(), None);
        let alias = BigUint::from(12345u32) + BigUint::from(Fr::MODULUS);
        assert!(alias.bits() <= DECOMPOSED_BITS as u64);
        for i in 0..DECOMPOSED_BITS {
            cs.tamper(first + i, Fr::from(alias.bit(i as u64)));
        }
        assert_eq!(cs.unsatisfied(), Some("bits"));
        // Whatever the range check of the highest bits is told.
        let highest = first + DECOMPOSED_BITS;
        for i in 0..COMPARED_BITS {
            cs.tamper(highest + i, Fr::one());
        }
        assert_eq!(cs.unsatisfied(), Some("bits"));
    }

    #[test]
    fn elements_whose_highest_bits_are_the_moduluss_have_none() {
        let mut cs = system();
        let x = cs.hint(-Fr::one());
        decompose(&mut cs, &x);
        assert_eq!(cs.unsatisfied(), Some("bits"));
    }

    #[test]
    fn a_selection_is_one_of_two() {
        for bit in [false, true] {
            let mut cs = system();
            let [yes, no] = [5, 9].map(|value| cs.hint(Fr::from(value)));
            let bit = cs.bit(bit);
            let selected = cs.select(&bit, &yes, &no);
            assert_eq!(
                selected.value,
                if bit.value.is_one() {
                    yes.value
                } else {
                    no.value
                }
            );
            assert_eq!(cs.unsatisfied(), None);
        }
    }
}
