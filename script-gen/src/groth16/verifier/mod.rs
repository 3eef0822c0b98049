//! The verifier of a key as a straight-line program. `docs/groth16.md` has the mathematics.

mod accumulator;
mod builder;
mod forms;
mod g1;
mod line;
mod pairing;
mod point;
mod powers;
mod residue;
mod statement;
#[cfg(test)]
mod tests;
mod torus;

use ark_bn254::{Fq2, Fq6, Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::Field;
use num_bigint::{BigInt, BigUint};
use thiserror::Error;

use self::accumulator::Accumulator;
use self::forms::integer;
use self::powers::Powers;
use self::residue::Exponent;
use self::torus::Torus;
use super::input::{InputError, Proof, PublicInputs, VerifyingKey, check};
use super::program::{Fault, Program, ProgramError, Run};
use crate::winternitz::GameSeed;

/// How often a proof is randomised anew if a run is undefined.
const ATTEMPTS: u64 = 4;

/// The verifier of one key.
#[derive(Clone, Debug)]
pub struct Verifier {
    /// What is verified, and how.
    pub program: Program,
    key: VerifyingKey,
    /// Whether x^2 / y of the proof's C is an input.
    parabolas: bool,
    residue: fn(Fq6) -> Option<Vec<Fq2>>,
    exponent: Exponent,
}

/// Why there is no verifier, or no witness.
#[derive(Debug, Error)]
pub enum VerifierError {
    /// The key, the proof or the public inputs are refused.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Windows of other sizes are not supported.
    #[error("a window has 1 or 2 nibbles, not {0}")]
    Window(usize),
    /// The key's constants have no representation.
    #[error(
        "the constant part of the key's pairing equation is 1, so that it is no key of a set-up"
    )]
    Constant,
    /// The program cannot be run on this number of inputs.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The run of a valid proof stops.
    #[error("the check of this proof divides by zero at {0}, however it is randomised")]
    Undefined(String),
    /// The product of Miller loops is 1 in the quotient, and so are its roots.
    #[error("the proof has no residue witness that can be represented")]
    Residue,
    /// An input or a claim is false for a valid proof.
    #[error("{0} refutes a valid proof")]
    Refuted(String),
}

impl Verifier {
    /// The verifier of a key, in few large steps: accumulators have six values. Public inputs are read in windows of 1
    /// or 2 nibbles.
    ///
    /// # Errors
    /// If the key or the size of windows is refused.
    pub fn new(key: &VerifyingKey, window: usize) -> Result<Self, VerifierError> {
        Self::with::<Torus>(key, window)
    }

    /// The same in many small steps: accumulators have twelve values, and a step computes two or four. For leaves so small that the
    /// large steps do not fit.
    ///
    /// # Errors
    /// If the key or the size of windows is refused.
    pub fn of_small_steps(key: &VerifyingKey, window: usize) -> Result<Self, VerifierError> {
        Self::with::<Powers>(key, window)
    }

    fn with<A: Accumulator>(key: &VerifyingKey, window: usize) -> Result<Self, VerifierError> {
        key.validate()?;
        if !(1..=2).contains(&window) {
            return Err(VerifierError::Window(window));
        }
        Ok(Self {
            program: pairing::program::<A>(key, window)?,
            residue: A::residue,
            key: key.clone(),
            parabolas: A::PARABOLAS,
            exponent: Exponent::new().ok_or(VerifierError::Constant)?,
        })
    }

    /// The values of all inputs, steps and checks for a proof that verifies, after it has been [randomised](Proof::randomised)
    /// with what only the operator knows: so nobody else has chosen what is committed.
    ///
    /// # Errors
    /// If the proof does not verify, or (with negligible probability) has no run.
    pub fn witness(
        &self,
        public: &PublicInputs,
        proof: &Proof,
        seed: &GameSeed,
    ) -> Result<Run, VerifierError> {
        check(&self.key, proof, public)?;
        let mut stopped = VerifierError::Residue;
        for attempt in 0..ATTEMPTS {
            let proof = proof.randomised(&self.key, seed, attempt);
            match self.complete(public, &proof) {
                Ok(run) => return Ok(run),
                Err(error) => stopped = error,
            }
        }
        Err(stopped)
    }

    /// The run of a proof as it is.
    fn complete(&self, public: &PublicInputs, proof: &Proof) -> Result<Run, VerifierError> {
        let run = self.run(&self.inputs(public, proof)?)?;
        match run.fault(&self.program) {
            None => Ok(run),
            Some(fault @ Fault::Undefined(_)) => Err(VerifierError::Undefined(self.name(fault))),
            Some(fault) => Err(VerifierError::Refuted(self.name(fault))),
        }
    }

    /// The input, step or check at which a fault is.
    pub fn name(&self, fault: Fault) -> String {
        match fault {
            Fault::Range(place) => &self.program.inputs[place].name,
            Fault::Undefined(place) => &self.program.steps[place].name,
            Fault::Claim { check, .. } => &self.program.checks[check].name,
        }
        .clone()
    }

    /// The values of all inputs as somebody would choose them who asserts this proof, be it valid or not. (If it is not,
    /// no residue witness exists, and what stands for it is arbitrary.)
    ///
    /// # Errors
    /// If the number of public inputs is not the key's, a point is at infinity, or the residue witness has no representation.
    pub fn inputs(
        &self,
        public: &PublicInputs,
        proof: &Proof,
    ) -> Result<Vec<BigInt>, VerifierError> {
        let key = &self.key;
        let (statement, b) = pairing::blinded(key, public, proof)?;
        let product = residue::miller(
            [proof.a, -key.alpha_g1, -statement, -proof.c],
            [b, key.beta_g2, key.gamma_g2, key.delta_g2],
        );
        let root = self.exponent.root(product).and_then(self.residue);
        let root = root.ok_or(VerifierError::Residue)?;
        let (b_x, b_y) = b.xy().ok_or_else(|| infinity("proof.B + gamma"))?;
        let mut elements = vec![];
        elements.extend(coordinates("proof.A", proof.a)?);
        elements.extend([b_x.c0, b_x.c1, b_y.c0, b_y.c1]);
        let [x_over_y, inverse_y] = coordinates("proof.C", proof.c)?;
        elements.extend([x_over_y, inverse_y]);
        elements.extend(self.parabolas.then_some(x_over_y * proof.c.x));
        elements.extend(root.iter().flat_map(|part| [part.c0, part.c1]));
        let scalar = |x: &Fr| BigInt::from(BigUint::from(*x));
        let elements = elements.into_iter().map(integer);
        Ok(public.0.iter().map(scalar).chain(elements).collect())
    }

    /// What follows from any values of the inputs: the computation of a challenger. The values may be any integers.
    ///
    /// # Errors
    /// If there are too many or too few.
    pub fn run(&self, inputs: &[BigInt]) -> Result<Run, VerifierError> {
        Ok(self.program.run(inputs)?)
    }
}

/// `x / y` and `1 / y`.
fn coordinates(place: &str, point: G1Affine) -> Result<[ark_bn254::Fq; 2], InputError> {
    let (x, y) = point.xy().ok_or_else(|| infinity(place))?;
    let inverse = y.inverse().ok_or_else(|| infinity(place))?;
    Ok([x * inverse, inverse])
}

fn infinity(place: &str) -> InputError {
    InputError::Infinity(place.to_owned())
}
