//! Constants, sums and products.

use super::{Algebra, ConstraintSystem, D, Extension, F, Row};
use plonky2::gates::arithmetic_base::ArithmeticGate;
use plonky2::gates::arithmetic_extension::ArithmeticExtensionGate;
use plonky2::gates::constant::ConstantGate;
use plonky2::gates::gate::Gate;
use plonky2::gates::multiplication_extension::MulExtensionGate;

/// Wires equal constants.
pub(super) fn constant(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ConstantGate,
) -> Vec<Extension> {
    let count = Gate::<F, D>::num_constraints(gate);
    let pairs = row.constants.iter().zip(row.wires).take(count);
    pairs
        .map(|(constant, wire)| constant.sub(cs, wire))
        .collect()
}

/// Four wires equal the hash of the public inputs.
pub(super) fn public_input(cs: &mut ConstraintSystem, row: &Row<'_>) -> Vec<Extension> {
    let pairs = row.wires.iter().zip(row.public_inputs_hash);
    pairs
        .map(|(wire, part)| wire.sub(cs, &Extension::from_base(part)))
        .collect()
}

/// `d = c_0 a b + c_1 c`, some times; wires a, b, c, d.
pub(super) fn base(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ArithmeticGate,
) -> Vec<Extension> {
    let operations = row.wires.chunks(4).take(gate.num_ops);
    operations
        .map(|wires| {
            let product = wires[0].mul(cs, &wires[1]).mul(cs, &row.constants[0]);
            let addend = wires[2].mul(cs, &row.constants[1]);
            let sum = product.add(cs, &addend);
            wires[3].sub(cs, &sum)
        })
        .collect()
}

/// The same in the extension.
pub(super) fn extension(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ArithmeticExtensionGate<D>,
) -> Vec<Extension> {
    let operations = 0..gate.num_ops;
    operations
        .flat_map(|i| {
            let [a, b, c, d] = std::array::from_fn(|k| row.algebra(4 * D * i + D * k));
            let product = scaled_product(cs, &a, &b, &row.constants[0]);
            let addend = c.mul_extension(cs, &row.constants[1]);
            let sum = product.add(cs, &addend);
            d.sub(cs, &sum).0
        })
        .collect()
}

/// `c = c_0 a b` in the extension.
pub(super) fn product(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &MulExtensionGate<D>,
) -> Vec<Extension> {
    let operations = 0..gate.num_ops;
    operations
        .flat_map(|i| {
            let [a, b, c] = std::array::from_fn(|k| row.algebra(3 * D * i + D * k));
            let product = scaled_product(cs, &a, &b, &row.constants[0]);
            c.sub(cs, &product).0
        })
        .collect()
}

fn scaled_product(
    cs: &mut ConstraintSystem,
    a: &Algebra,
    b: &Algebra,
    factor: &Extension,
) -> Algebra {
    a.mul(cs, b).mul_extension(cs, factor)
}
