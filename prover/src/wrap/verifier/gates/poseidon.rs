//! The Goldilocks Poseidon gates.

use super::super::super::goldilocks::{SBox, State, mds_layer, permute};
use super::{ConstraintSystem, D, Extension, Row};
use plonky2::hash::poseidon::{HALF_N_FULL_ROUNDS, N_PARTIAL_ROUNDS, SPONGE_WIDTH};

/// Wires: input, output, whether the input's two halves are swapped, the four differences of a swap, and the inputs of all
/// S-boxes but the first round's.
const SWAP: usize = 2 * SPONGE_WIDTH;
const DELTA: usize = SWAP + 1;
const BEFORE: usize = DELTA + 4;
const PARTIAL: usize = BEFORE + SPONGE_WIDTH * (HALF_N_FULL_ROUNDS - 1);
const AFTER: usize = PARTIAL + N_PARTIAL_ROUNDS;

/// One permutation, with an optional swap of the first two groups of four.
pub(super) fn permutation(cs: &mut ConstraintSystem, row: &Row<'_>) -> Vec<Extension> {
    let wires = row.wires;
    let swap = &wires[SWAP];
    let less = swap.sub(cs, &Extension::one());
    let mut constraints = vec![swap.mul(cs, &less)];
    let mut state: State = std::array::from_fn(|i| wires[i].clone());
    for i in 0..4 {
        let delta = &wires[DELTA + i];
        let difference = wires[i + 4].sub(cs, &wires[i]);
        let moved = swap.mul(cs, &difference);
        constraints.push(moved.sub(cs, delta));
        state[i] = wires[i].add(cs, delta);
        state[i + 4] = wires[i + 4].sub(cs, delta);
    }
    permute(cs, &mut state, &mut |cs, place, computed| {
        let wire = match place {
            SBox::Before(0, _) => return computed.reduce(cs),
            SBox::Before(round, i) => BEFORE + SPONGE_WIDTH * (round - 1) + i,
            SBox::Partial(round) => PARTIAL + round,
            SBox::After(round, i) => AFTER + SPONGE_WIDTH * round + i,
        };
        constraints.push(computed.sub(cs, &wires[wire]));
        wires[wire].clone()
    });
    for (i, element) in state.iter().enumerate() {
        constraints.push(element.sub(cs, &wires[SPONGE_WIDTH + i]));
    }
    constraints
}

/// The matrix of the full rounds, applied to twelve elements of the extension.
pub(super) fn mds(cs: &mut ConstraintSystem, row: &Row<'_>) -> Vec<Extension> {
    let coefficient = |k: usize| -> State { std::array::from_fn(|i| row.wires[D * i + k].clone()) };
    let columns = [
        mds_layer(cs, &coefficient(0)),
        mds_layer(cs, &coefficient(1)),
    ];
    let outputs = &row.wires[D * SPONGE_WIDTH..2 * D * SPONGE_WIDTH];
    let places = outputs.iter().enumerate();
    places
        .map(|(i, wire)| wire.sub(cs, &columns[i % D][i / D]))
        .collect()
}
