//! plonky2's challenger as constraints: the sponge of [`crate::wrap::hash`].

use super::super::goldilocks::{BITS, Base, Extension};
use super::super::hash::{DIGEST_LIMBS, PACKED, RATE};
use super::super::poseidon::{SPONGE, SPONGE_WIDTH};
use super::super::r1cs::{ConstraintSystem, Linear, compose, decompose, permute};
use ark_bn254::Fr;
use num_bigint::BigUint;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field64;

/// Absorbs what the prover sends, gives out challenges.
pub(super) struct Transcript {
    state: [Linear; SPONGE_WIDTH],
    input: Vec<Base>,
    /// Elements of the state that challenges can still be taken from; the last comes first.
    unused: usize,
    /// Limbs of the element in use; the last comes first.
    limbs: Vec<Vec<Linear>>,
}

/// Three elements of 64 bits as one.
fn pack(elements: &[Base]) -> Linear {
    let mut power = Fr::from(1);
    let mut sum = Linear::ZERO;
    for element in elements {
        sum.add_scaled(element.number(), power);
        power *= Fr::from(1u128 << BITS);
    }
    sum
}

/// Adds elements of 64 bits to the rate of a sponge, as [`PACKED`] in one.
pub(super) fn absorb(state: &mut [Linear; SPONGE_WIDTH], block: &[Base]) {
    for (element, packed) in state[1..].iter_mut().zip(block.chunks(PACKED)) {
        *element += &pack(packed);
    }
}

impl Transcript {
    pub(super) fn new() -> Self {
        Self {
            state: std::array::from_fn(|_| Linear::ZERO),
            input: Vec::new(),
            unused: 0,
            limbs: Vec::new(),
        }
    }

    /// Absorbs an element; it has to be reduced.
    pub(super) fn observe(&mut self, cs: &mut ConstraintSystem, element: &Base) {
        self.unused = 0;
        self.limbs.clear();
        self.input.push(element.reduce(cs));
        if self.input.len() == RATE {
            self.permute(cs);
        }
    }

    pub(super) fn observe_extension(&mut self, cs: &mut ConstraintSystem, element: &Extension) {
        for coefficient in &element.0 {
            self.observe(cs, coefficient);
        }
    }

    /// Absorbs the limbs of a digest.
    pub(super) fn observe_digest(&mut self, cs: &mut ConstraintSystem, digest: &Linear) {
        if digest.is_constant() {
            use super::super::hash::Digest;
            use plonky2::plonk::config::GenericHashOut;
            for limb in Digest(digest.value).to_vec() {
                self.observe(cs, &Base::constant(limb));
            }
            return;
        }
        let bits = decompose(cs, digest);
        let mut rest = bits.as_slice();
        for width in DIGEST_LIMBS {
            let (limb, higher) = rest.split_at(width);
            let bound = (BigUint::from(1u32) << width) - 1u32;
            self.observe(cs, &Base::bounded(compose(limb), bound));
            rest = higher;
        }
    }

    fn permute(&mut self, cs: &mut ConstraintSystem) {
        self.state[0] += &Linear::constant(self.input.len() as u64);
        absorb(&mut self.state, &self.input);
        self.input.clear();
        permute(cs, &SPONGE, &mut self.state);
        self.unused = SPONGE_WIDTH - 1;
        self.limbs.clear();
    }

    /// The bits of the next 64-bit limb: a challenge before it is taken modulo `p`.
    fn limb(&mut self, cs: &mut ConstraintSystem) -> Vec<Linear> {
        if let Some(limb) = self.limbs.pop().filter(|_| self.input.is_empty()) {
            return limb;
        }
        if !self.input.is_empty() || self.unused == 0 {
            self.permute(cs);
        }
        let bits = decompose(cs, &self.state[self.unused]);
        self.unused -= 1;
        self.limbs = bits
            .chunks(BITS)
            .take(PACKED)
            .map(<[Linear]>::to_vec)
            .collect();
        self.limbs.pop().unwrap_or_default()
    }

    /// A challenge.
    pub(super) fn challenge(&mut self, cs: &mut ConstraintSystem) -> Base {
        let limb = compose(&self.limb(cs));
        let number = cs.hint(limb.value);
        cs.equal(&number, &limb);
        Base::bounded(number, u64::MAX.into())
    }

    pub(super) fn extension_challenge(&mut self, cs: &mut ConstraintSystem) -> Extension {
        Extension(std::array::from_fn(|_| self.challenge(cs)))
    }

    /// The lowest `count` bits of a challenge below `p`, which are all its bits.
    ///
    /// A limb is at least `p` if its high half is all ones and its low half is not 0; then `p` is subtracted.
    pub(super) fn challenge_bits(
        &mut self,
        cs: &mut ConstraintSystem,
        count: usize,
    ) -> Vec<Linear> {
        let limb = self.limb(cs);
        let (low, high) = limb.split_at(BITS / 2);
        let ones = &compose(high) - &Linear::constant(u64::from(u32::MAX));
        let ones = cs.is_zero(&ones);
        let low_is_zero = cs.is_zero(&compose(low));
        let overflow = cs.multiply(&ones, &(&Linear::constant(1) - &low_is_zero));
        let residue = &compose(&limb) - &(&overflow * Fr::from(GoldilocksField::ORDER));
        cs.bits(&residue, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::hash::{Bn254Poseidon, Digest};
    use plonky2::field::types::{Field, PrimeField64, Sample};
    use plonky2::iop::challenger::Challenger;

    type F = GoldilocksField;

    #[test]
    fn challenges_are_plonky2s() {
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let mut native = Challenger::<F, Bn254Poseidon>::new();
        let mut transcript = Transcript::new();
        for observed in [1, 5, 23, 24, 25, 0, 61] {
            for element in F::rand_vec(observed) {
                native.observe_element(element);
                let element = Base::witness(&mut cs, element);
                transcript.observe(&mut cs, &element);
            }
            for _ in 0..observed + 1 {
                let expected = native.get_challenge();
                assert_eq!(transcript.challenge(&mut cs).value(), expected);
            }
            let digest = Fr::from(u64::MAX) * Fr::from(u64::MAX) * Fr::from(observed as u64 + 1);
            native.observe_hash::<Bn254Poseidon>(Digest(digest));
            let digest = cs.hint(digest);
            transcript.observe_digest(&mut cs, &digest);
            let expected = native.get_challenge().to_canonical_u64();
            let bits = transcript.challenge_bits(&mut cs, BITS);
            assert_eq!(compose(&bits).value, Fr::from(expected));
        }
        assert_eq!(cs.unsatisfied(), None);
    }

    #[test]
    fn a_limb_of_at_least_p_is_reduced() {
        for limb in [
            F::ORDER - 1,
            F::ORDER,
            F::ORDER + 5,
            u64::MAX,
            0,
            u64::MAX << 32,
        ] {
            let mut cs = ConstraintSystem::new(Fr::from(0));
            let mut transcript = Transcript::new();
            let number = cs.hint(Fr::from(limb));
            transcript.limbs = vec![cs.bits(&number, BITS)];
            let bits = transcript.challenge_bits(&mut cs, BITS);
            let expected = F::from_noncanonical_u64(limb).to_canonical_u64();
            assert_eq!(compose(&bits).value, Fr::from(expected), "{limb}");
            assert_eq!(cs.unsatisfied(), None);
        }
    }
}
