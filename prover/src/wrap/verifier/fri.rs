//! FRI: the queries to the committed polynomials and to their folded combination.

use super::super::goldilocks::{Base, Extension};
use super::super::r1cs::{ConstraintSystem, Linear};
use super::merkle;
use super::proof::{Opened, Proof, Query};
use super::{Common, D, F};
use plonky2::field::types::Field;

/// Bits of an index that one look-up takes.
const WINDOW: usize = 3;

/// Coefficients of a folded coset that are summed before the sum is reduced.
const BLOCK: usize = 4;

/// Polynomials that are summed with powers of alpha before the sum is multiplied by a power of `alpha^SPAN`: no sum has to be
/// reduced between (135 and 202 bits), and few powers are computed.
const SPAN: usize = 16;

/// The challenges of FRI.
pub(super) struct Challenges {
    pub(super) alpha: Extension,
    pub(super) betas: Vec<Extension>,
    /// Bits of each query's index, lowest first.
    pub(super) indices: Vec<Vec<Linear>>,
}

/// What all queries share.
struct Shared {
    powers: Powers,
    /// The point of each batch, and the combination of the claimed values there.
    batches: [(Extension, Extension); 2],
}

/// Enforces that the openings are those of the committed polynomials.
pub(super) fn verify(
    cs: &mut ConstraintSystem,
    common: &Common,
    constants_cap: &[Linear],
    proof: &Proof,
    zeta: &Extension,
    challenges: &Challenges,
) {
    cs.part("openings");
    let here: Vec<&Extension> = proof.openings.here().collect();
    let powers = Powers::new(cs, &challenges.alpha, here.len());
    let next: Vec<&Extension> = proof.openings.zs_next.iter().collect();
    let claimed = [here, next].map(|values| {
        let combined = powers.combine(cs, &values, |cs, value, power| value.mul(cs, power));
        combined.reduce(cs)
    });
    let generator = F::primitive_root_of_unity(common.degree_bits());
    let next_point = zeta.scale(cs, generator).reduce(cs);
    let [here, next] = claimed;
    let shared = Shared {
        powers,
        batches: [(zeta.clone(), here), (next_point, next)],
    };
    let caps = [
        constants_cap,
        &proof.wires_cap,
        &proof.zs_cap,
        &proof.quotients_cap,
    ];
    for (query, index) in proof.queries.iter().zip(&challenges.indices) {
        cs.part("query: Merkle paths");
        for (opened, cap) in query.initial.iter().zip(caps) {
            merkle::verify(cs, &opened.leaf, index, &opened.siblings, cap);
        }
        cs.part("query: combination");
        let value = combine_leaves(cs, common, &shared, query, index);
        fold(cs, common, proof, challenges, query, index, value);
    }
}

/// Powers of alpha: `alpha^k` for `k <= SPAN`, and `alpha^(SPAN b)` for all blocks.
struct Powers {
    within: Vec<Extension>,
    blocks: Vec<Extension>,
}

impl Powers {
    /// For sums of `count` terms.
    fn new(cs: &mut ConstraintSystem, alpha: &Extension, count: usize) -> Self {
        let within = alpha.powers(cs, SPAN + 1);
        let blocks = within[SPAN].powers(cs, count.div_ceil(SPAN));
        Self { within, blocks }
    }

    /// `sum of alpha^k x_k`, not reduced.
    fn combine<T>(
        &self,
        cs: &mut ConstraintSystem,
        values: &[&T],
        times: fn(&mut ConstraintSystem, &T, &Extension) -> Extension,
    ) -> Extension {
        let blocks: Vec<Extension> = values
            .chunks(SPAN)
            .zip(&self.blocks)
            .map(|(values, power)| {
                let terms: Vec<Extension> = values
                    .iter()
                    .zip(&self.within)
                    .map(|(value, power)| times(cs, value, power))
                    .collect();
                Extension::sum(cs, &terms).mul(cs, power)
            })
            .collect();
        Extension::sum(cs, &blocks)
    }
}

/// `shift root^(reversed index)`: the point of a domain of `2^n` elements at an index of `n` bits in bit-reversed order, the
/// domain's generator being `root`. Windows of bits select constants.
fn point(cs: &mut ConstraintSystem, bits: &[Linear], shift: F, root: F) -> Base {
    let weights: Vec<F> = (0..bits.len())
        .map(|i| root.exp_power_of_2(bits.len() - 1 - i))
        .collect();
    let mut product = Base::constant(shift);
    for (bits, weights) in bits.chunks(WINDOW).zip(weights.chunks(WINDOW)) {
        let table: Vec<Linear> = (0..1 << bits.len())
            .map(|entry| {
                let chosen = weights
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| entry >> i & 1 == 1);
                let product: F = chosen.map(|(_, weight)| *weight).product();
                Base::constant(product).number().clone()
            })
            .collect();
        let number = merkle::choose(cs, bits, &table);
        // Selected from constants below p.
        let factor = Base::bounded(number, u64::MAX.into());
        product = product.mul(cs, &factor);
    }
    product.reduce(cs)
}

/// The combination of all polynomials at the query's point: for both batches `(sum of alpha^k (f_k(x) - f_k(z))) / (x - z)`.
fn combine_leaves(
    cs: &mut ConstraintSystem,
    common: &Common,
    shared: &Shared,
    query: &Query,
    index: &[Linear],
) -> Extension {
    let root = F::primitive_root_of_unity(index.len());
    let x = point(cs, index, F::MULTIPLICATIVE_GROUP_GENERATOR, root);
    let x = Extension::from_base(&x);
    let all: Vec<&Base> = query
        .initial
        .iter()
        .flat_map(|opened| &opened.leaf)
        .collect();
    // The products Z are the first polynomials of the third tree.
    let zs: Vec<&Base> = query.initial[2]
        .leaf
        .iter()
        .take(common.config.num_challenges)
        .collect();
    let quotients: Vec<Extension> = [all, zs]
        .iter()
        .zip(&shared.batches)
        .map(|(values, (z, claimed))| {
            let combined = shared
                .powers
                .combine(cs, values, |cs, value, power| power.mul_base(cs, value));
            let numerator = combined.sub(cs, claimed);
            let denominator = x.sub(cs, z);
            numerator.div(cs, &denominator)
        })
        .collect();
    let shifted = quotients[0].mul(cs, &shared.powers.within[common.config.num_challenges]);
    shifted.add(cs, &quotients[1])
}

/// Follows the value through all foldings to the final polynomial.
fn fold(
    cs: &mut ConstraintSystem,
    common: &Common,
    proof: &Proof,
    challenges: &Challenges,
    query: &Query,
    index: &[Linear],
    mut value: Extension,
) {
    let mut index = index;
    let mut shift = F::MULTIPLICATIVE_GROUP_GENERATOR;
    let arities = common.fri_params.reduction_arity_bits.iter();
    let steps = arities
        .zip(&query.steps)
        .zip(&proof.commit_caps)
        .zip(&challenges.betas);
    for (((arity_bits, step), cap), beta) in steps {
        cs.part("query: folding");
        let (within, coset) = index.split_at(*arity_bits);
        let values: Vec<Extension> = step
            .leaf
            .chunks(D)
            .map(|pair| Extension(std::array::from_fn(|i| pair[i].clone())))
            .collect();
        for i in 0..D {
            let numbers: Vec<Linear> = values.iter().map(|x| x.0[i].number().clone()).collect();
            let own = Base::bounded(merkle::choose(cs, within, &numbers), u64::MAX.into());
            own.enforce_equal(cs, &value.0[i]);
        }
        // The coset starts where the index has zeros within it: the lowest bits are the highest of the exponent.
        let root = F::primitive_root_of_unity(index.len());
        let inverse = point(cs, coset, shift.inverse(), root.inverse());
        value = interpolate(cs, &values, &inverse, beta);
        cs.part("query: Merkle paths");
        let Opened { leaf, siblings } = step;
        merkle::verify(cs, leaf, coset, siblings, cap);
        shift = shift.exp_power_of_2(*arity_bits);
        index = coset;
    }
    cs.part("query: final polynomial");
    let x = point(cs, index, shift, F::primitive_root_of_unity(index.len()));
    let expected = evaluate(cs, &proof.final_polynomial, &x);
    expected.enforce_equal(cs, &value);
}

/// The polynomial of degree below `2^k` that has these values, in bit-reversed order, at `s g^i`, at the point beta, for
/// `1 / s`. Its coefficients in `x / s` are the inverse Fourier transform of the values: sums with constants.
fn interpolate(
    cs: &mut ConstraintSystem,
    values: &[Extension],
    inverse: &Base,
    beta: &Extension,
) -> Extension {
    let arity_bits = values.len().trailing_zeros() as usize;
    let arity = values.len();
    let root = F::primitive_root_of_unity(arity_bits).inverse();
    let scale = F::from_canonical_usize(arity).inverse();
    let coefficients: Vec<Extension> = (0..arity)
        .map(|k| {
            let terms: Vec<Extension> = (0..arity)
                .map(|i| {
                    let position = i.reverse_bits() >> (usize::BITS as usize - arity_bits);
                    values[position].scale(cs, root.exp_u64((i * k) as u64) * scale)
                })
                .collect();
            Extension::sum(cs, &terms)
        })
        .collect();
    let point = beta.mul_base(cs, inverse).reduce(cs);
    let powers = point.powers(cs, arity.min(BLOCK + 1));
    let mut giant = Extension::one();
    let mut terms = Vec::new();
    for (i, block) in coefficients.chunks(BLOCK).enumerate() {
        let parts: Vec<Extension> = block
            .iter()
            .zip(&powers)
            .map(|(coefficient, power)| coefficient.mul(cs, power))
            .collect();
        let sum = Extension::sum(cs, &parts);
        if i > 0 {
            giant = giant.mul(cs, &powers[BLOCK]).reduce(cs);
        }
        terms.push(sum.mul(cs, &giant));
    }
    Extension::sum(cs, &terms)
}

/// A polynomial of the extension at a point of the base field.
fn evaluate(cs: &mut ConstraintSystem, coefficients: &[Extension], x: &Base) -> Extension {
    let mut powers = vec![Base::constant(F::ONE)];
    while powers.len() <= BLOCK {
        let next = powers[powers.len() - 1].mul(cs, x).reduce(cs);
        powers.push(next);
    }
    let mut giant = Base::constant(F::ONE);
    let mut terms = Vec::new();
    for (i, block) in coefficients.chunks(BLOCK).enumerate() {
        let parts: Vec<Extension> = block
            .iter()
            .zip(&powers)
            .map(|(coefficient, power)| coefficient.mul_base(cs, power))
            .collect();
        let sum = Extension::sum(cs, &parts);
        if i > 0 {
            giant = giant.mul(cs, &powers[BLOCK]).reduce(cs);
        }
        terms.push(sum.mul_base(cs, &giant));
    }
    Extension::sum(cs, &terms)
}
