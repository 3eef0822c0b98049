//! Keys and proofs of [`Membership`], always the same.

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_serialize::CanonicalSerialize;
use ark_snark::SNARK;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::circuit::Membership;

/// The numbers of public inputs for which there is data.
pub(crate) const PUBLIC_INPUTS: [usize; 5] = [0, 1, 2, 5, 16];

/// A key, with a proof under it.
pub(crate) struct Datum {
    /// The key.
    pub(crate) key: ark_groth16::VerifyingKey<Bn254>,
    /// The proof.
    pub(crate) proof: ark_groth16::Proof<Bn254>,
    /// What it proves.
    pub(crate) public: Vec<Fr>,
}

impl Datum {
    /// Makes the datum with so many public inputs.
    ///
    /// The randomness of the set-up is known, so that anyone can forge proofs under these keys: they guard nothing.
    pub(crate) fn new(public_inputs: usize) -> Self {
        let circuit = Membership::new(public_inputs);
        let public = circuit.public();
        let mut rng = ChaCha20Rng::seed_from_u64(public_inputs as u64);
        let (proving, key) = Groth16::<Bn254>::circuit_specific_setup(circuit.clone(), &mut rng)
            .expect("the circuit has a key");
        let proof =
            Groth16::<Bn254>::prove(&proving, circuit, &mut rng).expect("the circuit is satisfied");
        Self { key, proof, public }
    }

    /// The files of the datum, with their names.
    pub(crate) fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("key.bin", compressed(&self.key)),
            ("proof.bin", compressed(&self.proof)),
            ("public.bin", compressed(&self.public)),
        ]
    }
}

/// arkworks' compressed bytes.
fn compressed(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value
        .serialize_compressed(&mut bytes)
        .expect("memory takes all bytes");
    bytes
}
