//! Keys and proofs of [`Membership`], always the same.

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_serialize::CanonicalSerialize;
use ark_snark::SNARK;
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::circuit::Membership;
use crate::snarkjs;

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

    /// The same in Gavel's types.
    pub(crate) fn inputs(&self) -> (VerifyingKey, Proof, PublicInputs) {
        let key = VerifyingKey {
            alpha_g1: self.key.alpha_g1,
            beta_g2: self.key.beta_g2,
            gamma_g2: self.key.gamma_g2,
            delta_g2: self.key.delta_g2,
            gamma_abc_g1: self.key.gamma_abc_g1.clone(),
        };
        let proof = Proof {
            a: self.proof.a,
            b: self.proof.b,
            c: self.proof.c,
        };
        (key, proof, PublicInputs(self.public.clone()))
    }

    /// The files of the datum, with their names.
    pub(crate) fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let (key, proof, public) = self.inputs();
        vec![
            ("key.bin", compressed(&self.key)),
            ("proof.bin", compressed(&self.proof)),
            ("public.bin", compressed(&self.public)),
            ("verification_key.json", snarkjs::key(&key)),
            ("proof.json", snarkjs::proof(&proof)),
            ("public.json", snarkjs::public(&public)),
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
