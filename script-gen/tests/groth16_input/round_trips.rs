//! What is written is what is read, in every form of both formats.

use ark_serialize::Compress;
use ark_std::UniformRand;
use gavel_script_gen::groth16::input::{MAX_PUBLIC_INPUTS, Proof, PublicInputs, VerifyingKey};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::stored::stored;
use crate::{arkworks, snarkjs};

/// A key of random points, a proof of random points, and random inputs.
fn random(seed: u64, public_inputs: usize) -> (VerifyingKey, Proof, PublicInputs) {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    let key = VerifyingKey {
        alpha_g1: UniformRand::rand(rng),
        beta_g2: UniformRand::rand(rng),
        gamma_g2: UniformRand::rand(rng),
        delta_g2: UniformRand::rand(rng),
        gamma_abc_g1: (0..=public_inputs)
            .map(|_| UniformRand::rand(rng))
            .collect(),
    };
    let proof = Proof {
        a: UniformRand::rand(rng),
        b: UniformRand::rand(rng),
        c: UniformRand::rand(rng),
    };
    let public = (0..public_inputs).map(|_| UniformRand::rand(rng)).collect();
    (key, proof, PublicInputs(public))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn snarkjs_reads_what_is_written(seed: u64, public_inputs in 0..=MAX_PUBLIC_INPUTS) {
        let (key, proof, public) = random(seed, public_inputs);
        prop_assert_eq!(VerifyingKey::parse(&snarkjs::key(&key)).unwrap(), key);
        prop_assert_eq!(Proof::parse(&snarkjs::proof(&proof)).unwrap(), proof);
        prop_assert_eq!(PublicInputs::parse(&snarkjs::public(&public)).unwrap(), public);
    }

    #[test]
    fn arkworks_reads_what_is_written(seed: u64, public_inputs in 0..=MAX_PUBLIC_INPUTS) {
        let (key, proof, public) = random(seed, public_inputs);
        for compress in [Compress::Yes, Compress::No] {
            prop_assert_eq!(&VerifyingKey::parse(&arkworks::key(&key, compress)).unwrap(), &key);
            prop_assert_eq!(&Proof::parse(&arkworks::proof(&proof, compress)).unwrap(), &proof);
            prop_assert_eq!(&PublicInputs::parse(&arkworks::public(&public, compress)).unwrap(), &public);
        }
    }

    /// A key, a proof or a list has one encoding in each form: whatever bit is turned, the bytes are refused or say something
    /// else, which is written in just these bytes.
    #[test]
    fn arkworks_bytes_are_canonical(bit: prop::sample::Index, compressed: bool) {
        let compress = if compressed { Compress::Yes } else { Compress::No };
        let turned = |mut bytes: Vec<u8>| {
            let bit = bit.index(8 * bytes.len());
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        let (key, proof, public) = stored(2);
        let bytes = turned(arkworks::key(&key, compress));
        if let Ok(other) = VerifyingKey::parse(&bytes) {
            prop_assert_ne!(&other, &key);
            prop_assert_eq!(arkworks::key(&other, compress), bytes);
        }
        let bytes = turned(arkworks::proof(&proof, compress));
        if let Ok(other) = Proof::parse(&bytes) {
            prop_assert_ne!(&other, &proof);
            prop_assert_eq!(arkworks::proof(&other, compress), bytes);
        }
        let bytes = turned(arkworks::public(&public, compress));
        if let Ok(other) = PublicInputs::parse(&bytes) {
            prop_assert_ne!(&other, &public);
            prop_assert_eq!(arkworks::public(&other, compress), bytes);
        }
    }
}
