//! Sums with powers, and interpolation.

use super::{Algebra, ConstraintSystem, D, Extension, F, Row};
use plonky2::field::extension::quadratic::QuadraticExtension;
use plonky2::field::types::Field;
use plonky2::gates::coset_interpolation::CosetInterpolationGate;
use plonky2::gates::reducing::ReducingGate;
use plonky2::gates::reducing_extension::ReducingExtensionGate;

/// Wires of both reducing gates: output, factor, start, coefficients, all accumulators but the last, which is the output.
const FACTOR: usize = D;
const START: usize = 2 * D;
const COEFFICIENTS: usize = 3 * D;

/// `accumulator <- accumulator factor + coefficient`, coefficients in the base field.
pub(super) fn reducing(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ReducingGate<D>,
) -> Vec<Extension> {
    let coefficient = |i: usize| Algebra([row.wires[COEFFICIENTS + i].clone(), Extension::zero()]);
    reduce(cs, row, gate.num_coeffs, 1, coefficient)
}

/// The same with coefficients in the extension.
pub(super) fn reducing_extension(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ReducingExtensionGate<D>,
) -> Vec<Extension> {
    let coefficient = |i: usize| row.algebra(COEFFICIENTS + D * i);
    reduce(cs, row, gate.num_coeffs, D, coefficient)
}

fn reduce(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    count: usize,
    wires: usize,
    coefficient: impl Fn(usize) -> Algebra,
) -> Vec<Extension> {
    let factor = row.algebra(FACTOR);
    let mut accumulator = row.algebra(START);
    let mut constraints = Vec::new();
    for i in 0..count {
        let last = i + 1 == count;
        let next = row.algebra(if last {
            0
        } else {
            COEFFICIENTS + wires * count + D * i
        });
        let computed = accumulator.mul(cs, &factor).add(cs, &coefficient(i));
        constraints.extend(computed.sub(cs, &next).0);
        accumulator = next;
    }
    constraints
}

/// Interpolation on a coset of a small subgroup, in runs of as many points as the degree allows.
///
/// Wires: the coset's shift, the values, the point, the result, the values and products after each run, and the point
/// divided by the shift.
pub(super) fn coset(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &CosetInterpolationGate<F, D>,
) -> Vec<Extension> {
    let points = 1 << gate.subgroup_bits;
    let runs = (points - 2) / (gate.degree - 1);
    let point_wire = 1 + D * points;
    let result_wire = point_wire + D;
    let values_wire = result_wire + D;
    let products_wire = values_wire + D * runs;
    let shifted = row.algebra(products_wire + D * runs);

    let scaled = shifted.mul_extension(cs, &row.wires[0]);
    let mut constraints = row.algebra(point_wire).sub(cs, &scaled).0.to_vec();
    let domain = F::two_adic_subgroup(gate.subgroup_bits);
    let (mut value, mut product) = (Algebra::zero(), Algebra::one());
    let mut next_point = 0;
    for run in 0..=runs {
        // The first run has a point more: it starts without a product.
        let end = (1 + (gate.degree - 1) * (run + 1)).min(points);
        let weighted_points = domain.iter().zip(&gate.barycentric_weights);
        for (i, (point, weight)) in weighted_points.enumerate().take(end).skip(next_point) {
            let root = Algebra([
                Extension::constant(QuadraticExtension([*point, F::ZERO])),
                Extension::zero(),
            ]);
            let term = shifted.sub(cs, &root);
            let weighted = row.algebra(1 + D * i).scale(cs, *weight).reduce(cs);
            let old = value.mul(cs, &term);
            let new = weighted.mul(cs, &product);
            value = old.add(cs, &new).reduce(cs);
            product = product.mul(cs, &term).reduce(cs);
        }
        next_point = end;
        if run < runs {
            let carried = [
                row.algebra(values_wire + D * run),
                row.algebra(products_wire + D * run),
            ];
            constraints.extend(carried[0].sub(cs, &value).0);
            constraints.extend(carried[1].sub(cs, &product).0);
            [value, product] = carried;
        }
    }
    constraints.extend(row.algebra(result_wire).sub(cs, &value).0);
    constraints
}
