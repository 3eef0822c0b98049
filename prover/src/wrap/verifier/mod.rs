//! The verifier of the last layer's proof as constraints: what `plonky2::plonk::verifier` does, step by step.

mod fri;
mod gates;
mod merkle;
mod proof;
mod selectors;
mod transcript;
mod vanishing;

use super::error::WrapError;
use super::goldilocks::{BITS, Base, Extension};
use super::hash::Bn254Config;
use super::r1cs::{ConstraintSystem, Linear};
use super::statement::{DIGEST_WORDS, Statement};
use ark_bn254::Fr;
use num_bigint::BigUint;
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::fri::FriParams;
use plonky2::plonk::circuit_data::{CommonCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;
use proof::Proof;
use selectors::Selectors;
use transcript::Transcript;

#[cfg(test)]
mod tests;

type F = GoldilocksField;

/// Degree of the extension.
const D: usize = 2;

type Common = CommonCircuitData<F, D>;

/// Polynomials of each of the four trees: constants and sigmas, wires, products, quotients.
fn tree_widths(common: &Common) -> [usize; 4] {
    let config = &common.config;
    [
        common.num_constants + config.num_routed_wires,
        config.num_wires,
        config.num_challenges * (1 + common.num_partial_products),
        config.num_challenges * common.quotient_degree_factor,
    ]
}

/// What the transcript starts with: the parameters of FRI, as plonky2 absorbs them.
fn parameters(fri: &FriParams) -> Vec<F> {
    let config = &fri.config;
    let number = F::from_canonical_usize;
    let mut parameters = vec![
        number(config.rate_bits),
        number(config.cap_height),
        F::from_canonical_u32(config.proof_of_work_bits),
    ];
    parameters.extend(config.reduction_strategy.serialize::<F>());
    parameters.extend([
        number(config.num_query_rounds),
        F::from_bool(fri.hiding),
        number(fri.degree_bits),
    ]);
    parameters.extend(fri.reduction_arity_bits.iter().map(|bits| number(*bits)));
    parameters
}

/// The constraints that the proof is valid for this circuit, and that the public input is its statement.
///
/// The circuit's verifier data are constants of the constraints: a Groth16 key belongs to one last layer, which itself holds
/// the verifier data of the inner proof. A proof that plonky2 refuses makes a system that is not satisfied; only what has
/// another shape is an error.
pub fn constraints(
    verifier: &VerifierOnlyCircuitData<Bn254Config, D>,
    common: &Common,
    proof: &ProofWithPublicInputs<F, Bn254Config, D>,
) -> Result<ConstraintSystem, WrapError> {
    if common.num_lookup_polys != 0 {
        return Err(WrapError::Unsupported("look-ups"));
    }
    if common.fri_params.hiding {
        return Err(WrapError::Unsupported("salted leaves"));
    }
    if common.num_public_inputs != DIGEST_WORDS {
        return Err(WrapError::Unsupported(
            "public inputs that are not a digest",
        ));
    }
    let selectors = Selectors::of(common)?;
    let statement = Statement::of_public_inputs(&proof.public_inputs)?;
    let mut cs = ConstraintSystem::new(statement.public_input());
    let cs = &mut cs;

    cs.part("ranges of the proof");
    let proof = Proof::witness(cs, common, proof)?;

    cs.part("statement");
    statement_is_public(cs, &proof.public_inputs);
    let public_inputs_hash = pairs(cs, &proof.public_inputs);

    cs.part("transcript");
    let mut transcript = Transcript::new();
    for parameter in parameters(&common.fri_params) {
        transcript.observe(cs, &Base::constant(parameter));
    }
    transcript.observe_digest(cs, &Linear::constant(verifier.circuit_digest.0));
    for element in &public_inputs_hash {
        transcript.observe(cs, element);
    }
    let count = common.config.num_challenges;
    observe_cap(cs, &mut transcript, &proof.wires_cap);
    let betas = (0..count).map(|_| transcript.challenge(cs)).collect();
    let gammas = (0..count).map(|_| transcript.challenge(cs)).collect();
    observe_cap(cs, &mut transcript, &proof.zs_cap);
    let alphas = (0..count).map(|_| transcript.challenge(cs)).collect();
    observe_cap(cs, &mut transcript, &proof.quotients_cap);
    let challenges = vanishing::Challenges {
        betas,
        gammas,
        alphas,
        zeta: transcript.extension_challenge(cs),
    };
    for opening in proof.openings.here().chain(&proof.openings.zs_next) {
        transcript.observe_extension(cs, opening);
    }
    let fri_challenges = fri_challenges(cs, common, &mut transcript, &proof);

    cs.part("permutation argument");
    vanishing::verify(
        cs,
        common,
        &selectors,
        &proof.openings,
        &challenges,
        &public_inputs_hash,
    )?;

    let cap = verifier.constants_sigmas_cap.0.iter();
    let cap: Vec<Linear> = cap.map(|digest| Linear::constant(digest.0)).collect();
    fri::verify(cs, common, &cap, &proof, &challenges.zeta, &fri_challenges);
    Ok(std::mem::replace(cs, ConstraintSystem::new(Fr::from(0))))
}

/// Enforces that the public inputs are words of 32 bits, and that the public input of the constraints is their number
/// without its highest bits.
fn statement_is_public(cs: &mut ConstraintSystem, words: &[Base]) {
    let mut bits = Vec::new();
    for word in words {
        bits.extend(cs.bits(word.number(), Statement::WORD_BITS));
    }
    let number = super::r1cs::compose(&bits[..Statement::PUBLIC_BITS]);
    let public = cs.public_input();
    cs.equal(&public, &number);
}

/// What the circuit is shown of its public inputs: [`crate::wrap::words`]. Pairs of words are below `2^64`, but the transcript
/// has them below `p`.
fn pairs(cs: &mut ConstraintSystem, words: &[Base]) -> [Base; DIGEST_WORDS / 2] {
    std::array::from_fn(|i| {
        let [low, high] = [&words[2 * i], &words[2 * i + 1]].map(Base::number);
        let number = low + &(high * Fr::from(1u64 << Statement::WORD_BITS));
        Base::bounded(number, BigUint::from(1u32) << BITS).reduce(cs)
    })
}

fn observe_cap(cs: &mut ConstraintSystem, transcript: &mut Transcript, cap: &[Linear]) {
    for digest in cap {
        transcript.observe_digest(cs, digest);
    }
}

/// The second half of the transcript, with the check of the proof of work.
fn fri_challenges(
    cs: &mut ConstraintSystem,
    common: &Common,
    transcript: &mut Transcript,
    proof: &Proof,
) -> fri::Challenges {
    let alpha = transcript.extension_challenge(cs);
    let mut betas: Vec<Extension> = Vec::new();
    for cap in &proof.commit_caps {
        observe_cap(cs, transcript, cap);
        betas.push(transcript.extension_challenge(cs));
    }
    for coefficient in &proof.final_polynomial {
        transcript.observe_extension(cs, coefficient);
    }
    transcript.observe(cs, &proof.work);
    let config = &common.fri_params.config;
    cs.part("proof of work");
    transcript.challenge_bits(cs, BITS - config.proof_of_work_bits as usize);
    cs.part("transcript");
    let indices = (0..config.num_query_rounds)
        .map(|_| {
            let mut bits = transcript.challenge_bits(cs, BITS);
            bits.truncate(common.fri_params.lde_bits());
            bits
        })
        .collect();
    fri::Challenges {
        alpha,
        betas,
        indices,
    }
}
