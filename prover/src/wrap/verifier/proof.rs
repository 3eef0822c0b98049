//! A plonky2 proof as hints.

use super::super::error::WrapError;
use super::super::goldilocks::{Base, Extension};
use super::super::hash::{Bn254Config, Bn254Poseidon};
use super::super::r1cs::{ConstraintSystem, Linear};
use super::{Common, D, F};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::fri::proof::FriQueryRound;
use plonky2::hash::merkle_proofs::MerkleProof;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::plonk::proof::ProofWithPublicInputs;

/// The values of all polynomials at the challenge point, and of `Z` at the next one.
pub(super) struct Openings {
    pub(super) constants: Vec<Extension>,
    pub(super) sigmas: Vec<Extension>,
    pub(super) wires: Vec<Extension>,
    pub(super) zs: Vec<Extension>,
    pub(super) partial_products: Vec<Extension>,
    pub(super) quotients: Vec<Extension>,
    pub(super) zs_next: Vec<Extension>,
}

impl Openings {
    /// In the order of the transcript: all polynomials, tree by tree, at the challenge point.
    pub(super) fn here(&self) -> impl Iterator<Item = &Extension> {
        let first = self.constants.iter().chain(&self.sigmas).chain(&self.wires);
        let second = self.zs.iter().chain(&self.partial_products);
        first.chain(second).chain(&self.quotients)
    }
}

/// A leaf with its path.
pub(super) struct Opened {
    pub(super) leaf: Vec<Base>,
    pub(super) siblings: Vec<Linear>,
}

/// One query: the leaves of the four trees of polynomials, then those of the folded ones.
pub(super) struct Query {
    pub(super) initial: Vec<Opened>,
    pub(super) steps: Vec<Opened>,
}

/// A proof whose numbers are range checked, and nothing else.
pub(super) struct Proof {
    pub(super) public_inputs: Vec<Base>,
    pub(super) wires_cap: Vec<Linear>,
    pub(super) zs_cap: Vec<Linear>,
    pub(super) quotients_cap: Vec<Linear>,
    pub(super) openings: Openings,
    pub(super) commit_caps: Vec<Vec<Linear>>,
    pub(super) final_polynomial: Vec<Extension>,
    pub(super) work: Base,
    pub(super) queries: Vec<Query>,
}

/// Refuses what has another length than the circuit gives it.
fn length<T>(part: &'static str, values: &[T], expected: usize) -> Result<(), WrapError> {
    let found = values.len();
    if found == expected {
        return Ok(());
    }
    Err(WrapError::Shape {
        part,
        expected,
        found,
    })
}

fn extensions(
    cs: &mut ConstraintSystem,
    part: &'static str,
    values: &[QuadraticExtension<F>],
    expected: usize,
) -> Result<Vec<Extension>, WrapError> {
    length(part, values, expected)?;
    let values = values.iter();
    Ok(values.map(|value| Extension::witness(cs, *value)).collect())
}

fn cap(
    cs: &mut ConstraintSystem,
    common: &Common,
    cap: &MerkleCap<F, Bn254Poseidon>,
) -> Result<Vec<Linear>, WrapError> {
    length(
        "digests of a cap",
        &cap.0,
        1 << common.config.fri_config.cap_height,
    )?;
    Ok(cap.0.iter().map(|digest| cs.hint(digest.0)).collect())
}

fn opened(
    cs: &mut ConstraintSystem,
    leaf: &[F],
    width: usize,
    path: &MerkleProof<F, Bn254Poseidon>,
    height: usize,
) -> Result<Opened, WrapError> {
    length("elements of a leaf", leaf, width)?;
    length("siblings of a path", &path.siblings, height)?;
    Ok(Opened {
        leaf: leaf.iter().map(|value| Base::witness(cs, *value)).collect(),
        siblings: path
            .siblings
            .iter()
            .map(|digest| cs.hint(digest.0))
            .collect(),
    })
}

fn query(
    cs: &mut ConstraintSystem,
    common: &Common,
    round: &FriQueryRound<F, Bn254Poseidon, D>,
) -> Result<Query, WrapError> {
    let fri = &common.fri_params;
    let mut height = fri.lde_bits() - fri.config.cap_height;
    let initial = &round.initial_trees_proof.evals_proofs;
    let widths = super::tree_widths(common);
    length("opened trees", initial, widths.len())?;
    let initial: Result<Vec<Opened>, WrapError> = initial
        .iter()
        .zip(widths)
        .map(|((leaf, path), width)| opened(cs, leaf, width, path, height))
        .collect();
    length(
        "folding steps",
        &round.steps,
        fri.reduction_arity_bits.len(),
    )?;
    let mut steps = Vec::new();
    for (step, arity_bits) in round.steps.iter().zip(&fri.reduction_arity_bits) {
        height -= arity_bits;
        let leaf: Vec<F> = step.evals.iter().flat_map(|value| value.0).collect();
        steps.push(opened(
            cs,
            &leaf,
            D << arity_bits,
            &step.merkle_proof,
            height,
        )?);
    }
    Ok(Query {
        initial: initial?,
        steps,
    })
}

impl Proof {
    pub(super) fn witness(
        cs: &mut ConstraintSystem,
        common: &Common,
        proof: &ProofWithPublicInputs<F, Bn254Config, D>,
    ) -> Result<Self, WrapError> {
        let inner = &proof.proof;
        let fri = &inner.opening_proof;
        let config = &common.config;
        let challenges = config.num_challenges;
        length(
            "public inputs",
            &proof.public_inputs,
            common.num_public_inputs,
        )?;
        let public_inputs = proof.public_inputs.iter();
        let public_inputs = public_inputs
            .map(|value| Base::witness(cs, *value))
            .collect();
        let given = &inner.openings;
        let openings = Openings {
            constants: extensions(cs, "constants", &given.constants, common.num_constants)?,
            sigmas: extensions(cs, "sigmas", &given.plonk_sigmas, config.num_routed_wires)?,
            wires: extensions(cs, "wires", &given.wires, config.num_wires)?,
            zs: extensions(cs, "products Z", &given.plonk_zs, challenges)?,
            zs_next: extensions(cs, "next products Z", &given.plonk_zs_next, challenges)?,
            partial_products: extensions(
                cs,
                "partial products",
                &given.partial_products,
                challenges * common.num_partial_products,
            )?,
            quotients: extensions(
                cs,
                "quotients",
                &given.quotient_polys,
                challenges * common.quotient_degree_factor,
            )?,
        };
        let params = &common.fri_params;
        length(
            "caps of folded trees",
            &fri.commit_phase_merkle_caps,
            params.reduction_arity_bits.len(),
        )?;
        let commit_caps: Result<Vec<_>, _> = fri
            .commit_phase_merkle_caps
            .iter()
            .map(|digests| cap(cs, common, digests))
            .collect();
        let last = &fri.final_poly.coeffs;
        length(
            "queries",
            &fri.query_round_proofs,
            params.config.num_query_rounds,
        )?;
        Ok(Self {
            public_inputs,
            wires_cap: cap(cs, common, &inner.wires_cap)?,
            zs_cap: cap(cs, common, &inner.plonk_zs_partial_products_cap)?,
            quotients_cap: cap(cs, common, &inner.quotient_polys_cap)?,
            openings,
            commit_caps: commit_caps?,
            final_polynomial: extensions(cs, "final coefficients", last, params.final_poly_len())?,
            work: Base::witness(cs, fri.pow_witness),
            queries: fri
                .query_round_proofs
                .iter()
                .map(|round| query(cs, common, round))
                .collect::<Result<_, _>>()?,
        })
    }
}
