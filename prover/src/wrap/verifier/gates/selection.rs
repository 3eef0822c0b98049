//! Bits, and what is chosen by them.

use super::{ConstraintSystem, D, Extension, F, Row};
use plonky2::field::types::Field;
use plonky2::gates::base_sum::BaseSumGate;
use plonky2::gates::exponentiation::ExponentiationGate;
use plonky2::gates::random_access::RandomAccessGate;

/// `b (b - 1)`.
fn boolean(cs: &mut ConstraintSystem, bit: &Extension) -> Extension {
    let less = bit.sub(cs, &Extension::one());
    bit.mul(cs, &less)
}

/// The number of these bits, lowest first.
fn compose(cs: &mut ConstraintSystem, bits: &[Extension]) -> Extension {
    let powers = std::iter::successors(Some(F::ONE), |power| Some(power.double()));
    let terms: Vec<Extension> = bits
        .iter()
        .zip(powers)
        .map(|(bit, power)| bit.scale(cs, power))
        .collect();
    Extension::sum(cs, &terms)
}

/// `bit ? yes : no`, by the formula of the constraints.
fn select(
    cs: &mut ConstraintSystem,
    bit: &Extension,
    yes: &Extension,
    no: &Extension,
) -> Extension {
    let difference = yes.sub(cs, no);
    bit.mul(cs, &difference).add(cs, no)
}

/// The first wire is the number of the bits on the others.
pub(super) fn bits(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &BaseSumGate<2>,
) -> Vec<Extension> {
    let limbs = &row.wires[1..=gate.num_limbs];
    let sum = compose(cs, limbs);
    let mut constraints = vec![sum.sub(cs, &row.wires[0])];
    constraints.extend(limbs.iter().map(|limb| boolean(cs, limb)));
    constraints
}

/// A power with the exponent's bits on wires: square and multiply, from the highest bit.
pub(super) fn power(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &ExponentiationGate<F, D>,
) -> Vec<Extension> {
    let count = gate.num_power_bits;
    let base = &row.wires[0];
    let bits = &row.wires[1..=count];
    let output = &row.wires[1 + count];
    let intermediate = &row.wires[2 + count..2 + 2 * count];
    let mut constraints: Vec<Extension> = (0..count)
        .map(|i| {
            let factor = select(cs, &bits[count - 1 - i], base, &Extension::one());
            let computed = if i == 0 {
                factor
            } else {
                let square = intermediate[i - 1].square(cs).reduce(cs);
                square.mul(cs, &factor)
            };
            computed.sub(cs, &intermediate[i])
        })
        .collect();
    constraints.push(output.sub(cs, &intermediate[count - 1]));
    constraints
}

/// Elements of lists, chosen by indices that are given with their bits.
pub(super) fn random_access(
    cs: &mut ConstraintSystem,
    row: &Row<'_>,
    gate: &RandomAccessGate<F, D>,
) -> Vec<Extension> {
    let size = 1 << gate.bits;
    let routed = (2 + size) * gate.num_copies + gate.num_extra_constants;
    let mut constraints = Vec::new();
    for copy in 0..gate.num_copies {
        let wires = &row.wires[(2 + size) * copy..];
        let bits = &row.wires[routed + gate.bits * copy..][..gate.bits];
        constraints.extend(bits.iter().map(|bit| boolean(cs, bit)));
        let index = compose(cs, bits);
        constraints.push(index.sub(cs, &wires[0]));
        let mut items = wires[2..2 + size].to_vec();
        for bit in bits {
            let pairs = items.chunks(2);
            items = pairs
                .map(|pair| select(cs, bit, &pair[1], &pair[0]))
                .collect();
        }
        constraints.push(items[0].sub(cs, &wires[1]));
    }
    let extra = &row.wires[(2 + size) * gate.num_copies..routed];
    let pairs = row.constants.iter().zip(extra);
    constraints.extend(pairs.map(|(constant, wire)| constant.sub(cs, wire)));
    constraints
}
