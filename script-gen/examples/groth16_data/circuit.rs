//! The statement of the test data, made for keys with any number of public inputs.

use ark_bn254::Fr;
use ark_crypto_primitives::crh::poseidon::TwoToOneCRH;
use ark_crypto_primitives::crh::poseidon::constraints::{CRHParametersVar, TwoToOneCRHGadget};
use ark_crypto_primitives::crh::{TwoToOneCRHScheme, TwoToOneCRHSchemeGadget};
use ark_crypto_primitives::sponge::poseidon::{PoseidonConfig, find_poseidon_ark_and_mds};
use ark_r1cs_std::alloc::AllocVar;
use ark_r1cs_std::boolean::Boolean;
use ark_r1cs_std::eq::EqGadget;
use ark_r1cs_std::fields::FieldVar;
use ark_r1cs_std::fields::fp::FpVar;
use ark_r1cs_std::select::CondSelectGadget;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};

/// Levels of the Merkle tree.
const DEPTH: usize = 8;

/// Poseidon over the scalars of BN254: state of three, x^5, 8 full and 57 partial rounds.
pub(crate) fn poseidon() -> PoseidonConfig<Fr> {
    let (full, partial, rate) = (8, 57, 2);
    let (ark, mds) = find_poseidon_ark_and_mds::<Fr>(254, rate, full, partial, 0);
    PoseidonConfig::new(full as usize, partial as usize, 5, mds, ark, rate, 1)
}

/// A member of a set signs a message without saying which member it is.
///
/// Members are the leaves `H(secret, 0)` of a Merkle tree. The public inputs are, as far as there are so many:
/// 1. the root of the tree (without public inputs the root is part of the circuit);
/// 2. `H(secret, root)`, which is the same whenever this member signs;
/// 3. the words of the message, then the tag `H(.. H(H(secret, 1), word) .., last word)`.
#[derive(Clone)]
pub(crate) struct Membership {
    /// What the member knows.
    pub(crate) secret: Fr,
    /// Its place in the tree.
    pub(crate) index: usize,
    /// The siblings on the way to the root.
    pub(crate) siblings: [Fr; DEPTH],
    /// What it signs. There are no words if there are fewer than three public inputs.
    pub(crate) message: Vec<Fr>,
    /// How many public inputs there are.
    pub(crate) public_inputs: usize,
    /// The hash function.
    pub(crate) poseidon: PoseidonConfig<Fr>,
}

impl Membership {
    /// An instance whose numbers are chosen for their variety. Words of the message are small, large and zero, as
    /// the public inputs of applications are.
    pub(crate) fn new(public_inputs: usize) -> Self {
        let words = [
            Fr::from(0),
            Fr::from(-1),
            Fr::from(1),
            Fr::from(u64::MAX),
            Fr::from(-2) / Fr::from(3),
        ];
        Self {
            secret: Fr::from(0x5ec2e7) / Fr::from(7),
            index: 0b1010_0110,
            siblings: std::array::from_fn(|level| Fr::from(level as u64 + 1) / Fr::from(11)),
            message: words
                .into_iter()
                .cycle()
                .take(public_inputs.saturating_sub(3))
                .collect(),
            public_inputs,
            poseidon: poseidon(),
        }
    }

    /// The public inputs.
    pub(crate) fn public(&self) -> Vec<Fr> {
        let root = self.root();
        let start = self.hash(self.secret, Fr::from(1));
        let tag = self
            .message
            .iter()
            .fold(start, |tag, word| self.hash(tag, *word));
        let mut public = vec![root, self.hash(self.secret, root)];
        public.extend(&self.message);
        public.push(tag);
        public.truncate(self.public_inputs);
        public
    }

    /// The root of the tree.
    fn root(&self) -> Fr {
        let leaf = self.hash(self.secret, Fr::from(0));
        self.siblings
            .iter()
            .enumerate()
            .fold(leaf, |node, (level, sibling)| {
                if self.is_right(level) {
                    self.hash(*sibling, node)
                } else {
                    self.hash(node, *sibling)
                }
            })
    }

    /// Whether the node at this level is the right child of its parent.
    fn is_right(&self, level: usize) -> bool {
        self.index >> level & 1 == 1
    }

    /// The hash of two scalars.
    fn hash(&self, left: Fr, right: Fr) -> Fr {
        TwoToOneCRH::evaluate(&self.poseidon, left, right).expect("two scalars can be hashed")
    }
}

impl ConstraintSynthesizer<Fr> for Membership {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let config = CRHParametersVar {
            parameters: self.poseidon.clone(),
        };
        let hash =
            |left: &FpVar<Fr>, right: &FpVar<Fr>| TwoToOneCRHGadget::evaluate(&config, left, right);
        let constant = |value: u64| FpVar::constant(Fr::from(value));

        let public = self.public();
        let inputs = public
            .iter()
            .map(|input| FpVar::new_input(cs.clone(), || Ok(*input)))
            .collect::<Result<Vec<_>, _>>()?;
        let secret = FpVar::new_witness(cs.clone(), || Ok(self.secret))?;

        let mut node = hash(&secret, &constant(0))?;
        for (level, sibling) in self.siblings.iter().enumerate() {
            let sibling = FpVar::new_witness(cs.clone(), || Ok(*sibling))?;
            let is_right = Boolean::new_witness(cs.clone(), || Ok(self.is_right(level)))?;
            let left = FpVar::conditionally_select(&is_right, &sibling, &node)?;
            let right = FpVar::conditionally_select(&is_right, &node, &sibling)?;
            node = hash(&left, &right)?;
        }
        match inputs.first() {
            Some(root) => node.enforce_equal(root)?,
            None => node.enforce_equal(&FpVar::constant(self.root()))?,
        }
        if let Some(nullifier) = inputs.get(1) {
            hash(&secret, &node)?.enforce_equal(nullifier)?;
        }
        if let [_, _, words @ .., tag] = inputs.as_slice() {
            let mut computed = hash(&secret, &constant(1))?;
            for word in words {
                computed = hash(&computed, word)?;
            }
            computed.enforce_equal(tag)?;
        }
        Ok(())
    }
}
