//! The vanishing polynomial at the challenge point: gates, permutation argument, quotient.

use super::super::error::WrapError;
use super::super::goldilocks::{Base, Extension};
use super::super::r1cs::ConstraintSystem;
use super::gates::{self, Row};
use super::proof::Openings;
use super::selectors::Selectors;
use super::{Common, F};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;

/// Larger constraints are reduced once before they are multiplied by the powers of both challenges.
const REDUCE_ABOVE: u64 = 176;

/// The challenges of the argument.
pub(super) struct Challenges {
    pub(super) betas: Vec<Base>,
    pub(super) gammas: Vec<Base>,
    pub(super) alphas: Vec<Base>,
    pub(super) zeta: Extension,
}

/// `1, x, x^2, ...`, reduced.
fn powers(cs: &mut ConstraintSystem, x: &Base, count: usize) -> Vec<Base> {
    let mut powers = vec![Base::constant(F::ONE)];
    while powers.len() < count {
        let next = powers[powers.len() - 1].mul(cs, x).reduce(cs);
        powers.push(next);
    }
    powers
}

/// Sums of terms times powers of each challenge.
struct Combination {
    powers: Vec<Vec<Base>>,
    sums: Vec<Vec<Extension>>,
}

impl Combination {
    fn add(&mut self, cs: &mut ConstraintSystem, index: usize, term: &Extension) {
        let term = if term.bits() > REDUCE_ABOVE {
            term.reduce(cs)
        } else {
            term.clone()
        };
        for (powers, sum) in self.powers.iter().zip(&mut self.sums) {
            sum.push(term.mul_base(cs, &powers[index]));
        }
    }

    /// The sums since the last call.
    fn take(&mut self, cs: &mut ConstraintSystem) -> Vec<Extension> {
        let sums = self.sums.iter_mut();
        sums.map(|terms| Extension::sum(cs, &std::mem::take(terms)))
            .collect()
    }
}

/// Enforces that the vanishing polynomial of each challenge is the quotient times `zeta^n - 1`.
pub(super) fn verify(
    cs: &mut ConstraintSystem,
    common: &Common,
    selectors: &Selectors,
    openings: &Openings,
    challenges: &Challenges,
    public_inputs_hash: &[Base; 4],
) -> Result<(), WrapError> {
    let count = common.config.num_challenges;
    let products = common.num_partial_products + 1;
    let terms = count * (1 + products) + common.num_gate_constraints;
    let mut combination = Combination {
        powers: challenges
            .alphas
            .iter()
            .map(|alpha| powers(cs, alpha, terms))
            .collect(),
        sums: vec![Vec::new(); count],
    };

    let mut zeta_n = challenges.zeta.clone();
    for _ in 0..common.degree_bits() {
        zeta_n = zeta_n.square(cs).reduce(cs);
    }
    let vanishing = zeta_n.sub(cs, &Extension::one());
    permutation(
        cs,
        common,
        openings,
        challenges,
        &vanishing,
        &mut combination,
    );
    let mut totals = vec![combination.take(cs)];

    cs.part("gates");
    let first = count * (1 + products);
    for (index, gate) in common.gates.iter().enumerate() {
        let row = Row {
            constants: &openings.constants[selectors.count()..],
            wires: &openings.wires,
            public_inputs_hash,
        };
        let constraints = gates::evaluate(cs, gate, &row)?;
        let filter = selectors.filter(cs, index, &openings.constants);
        for (i, constraint) in constraints.iter().enumerate() {
            combination.add(cs, first + i, constraint);
        }
        let sums = combination.take(cs);
        totals.push(sums.iter().map(|sum| sum.mul(cs, &filter)).collect());
    }

    cs.part("quotient");
    let factor = common.quotient_degree_factor;
    let zeta_powers = zeta_n.powers(cs, factor);
    for (i, quotient) in openings.quotients.chunks(factor).enumerate() {
        let parts: Vec<Extension> = quotient
            .iter()
            .zip(&zeta_powers)
            .map(|(part, power)| part.mul(cs, power))
            .collect();
        let quotient = Extension::sum(cs, &parts);
        let product = quotient.mul(cs, &vanishing);
        let total: Vec<Extension> = totals.iter().map(|sums| sums[i].clone()).collect();
        let total = Extension::sum(cs, &total);
        total.enforce_equal(cs, &product);
    }
    Ok(())
}

/// `L_0 (Z - 1)`, and the chain of partial products from `Z` to the next `Z`.
fn permutation(
    cs: &mut ConstraintSystem,
    common: &Common,
    openings: &Openings,
    challenges: &Challenges,
    vanishing: &Extension,
    combination: &mut Combination,
) {
    let count = common.config.num_challenges;
    let routed = common.config.num_routed_wires;
    // L_0 = (zeta^n - 1) / (n (zeta - 1)).
    let divisor = challenges.zeta.sub(cs, &Extension::one());
    let divisor = divisor.scale(cs, F::from_canonical_usize(common.degree()));
    let first_row = vanishing.div(cs, &divisor);
    for (i, z) in openings.zs.iter().enumerate() {
        let difference = z.sub(cs, &Extension::one());
        let term = first_row.mul(cs, &difference);
        combination.add(cs, i, &term);
    }
    let products = common.num_partial_products;
    for i in 0..count {
        let beta = Extension::from_base(&challenges.betas[i]);
        let gamma = Extension::from_base(&challenges.gammas[i]);
        let beta_zeta = challenges.zeta.mul(cs, &beta).reduce(cs);
        let identity = Point::new(cs, beta_zeta);
        let sigma = Point::new(cs, beta);
        let partial = &openings.partial_products[i * products..(i + 1) * products];
        let mut before = &openings.zs[i];
        let after = partial.iter().chain([&openings.zs_next[i]]);
        let chunk_size = common.quotient_degree_factor;
        for (k, after) in after.enumerate() {
            let wires = k * chunk_size..((k + 1) * chunk_size).min(routed);
            let shifted: Vec<Extension> = wires
                .clone()
                .map(|wire| openings.wires[wire].add(cs, &gamma))
                .collect();
            let places: Vec<Extension> = common.k_is[wires.clone()]
                .iter()
                .map(|k| constant(*k))
                .collect();
            let numerator = identity.product(cs, before, &shifted, &places);
            let denominator = sigma.product(cs, after, &shifted, &openings.sigmas[wires]);
            let term = numerator.sub(cs, &denominator);
            combination.add(cs, count + i * (products + 1) + k, &term);
            before = after;
        }
    }
}

/// A number and its square, both reduced.
struct Point {
    x: Extension,
    square: Extension,
}

impl Point {
    fn new(cs: &mut ConstraintSystem, x: Extension) -> Self {
        let square = x.square(cs).reduce(cs);
        Self { x, square }
    }

    /// `start`, times all `a_i + x b_i`. Two factors are multiplied as a polynomial in `x`: `a a' + (a b' + a' b) x + b b' x^2`
    /// fits without a reduction between (198 bits), the product of the factors would not.
    fn product(
        &self,
        cs: &mut ConstraintSystem,
        start: &Extension,
        a: &[Extension],
        b: &[Extension],
    ) -> Extension {
        let mut product = start.clone();
        for (a, b) in a.chunks(2).zip(b.chunks(2)) {
            let terms = match (a, b) {
                ([a, other_a], [b, other_b]) => {
                    let mixed = [a.mul(cs, other_b), other_a.mul(cs, b)];
                    let mixed = Extension::sum(cs, &mixed);
                    let squares = b.mul(cs, other_b);
                    vec![
                        a.mul(cs, other_a),
                        mixed.mul(cs, &self.x),
                        squares.mul(cs, &self.square),
                    ]
                }
                _ => vec![a[0].clone(), b[0].mul(cs, &self.x)],
            };
            let factor = Extension::sum(cs, &terms).reduce(cs);
            product = product.mul(cs, &factor);
        }
        product
    }
}

/// The constant of the extension that a base constant is.
pub(super) fn constant(value: F) -> Extension {
    Extension::constant(QuadraticExtension([value, F::ZERO]))
}
