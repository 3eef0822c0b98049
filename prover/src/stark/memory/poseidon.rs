//! plonky2's Poseidon permutation of twelve elements as constraints of degree three.
//!
//! Everything between the S-boxes is linear. So the columns of a permutation are, for each of its S-boxes `x^7`, the cube
//! of what goes in and what comes out.

use plonky2::field::types::Field;
use plonky2::hash::poseidon::{
    ALL_ROUND_CONSTANTS, HALF_N_FULL_ROUNDS, N_PARTIAL_ROUNDS, N_ROUNDS, Poseidon,
    SPONGE_WIDTH as WIDTH,
};

use crate::stark::F;
use crate::stark::air::Emit;
use crate::stark::algebra::Algebra;

/// S-boxes of a permutation.
pub(super) const SBOXES: usize = 2 * HALF_N_FULL_ROUNDS * WIDTH + N_PARTIAL_ROUNDS;

/// How many elements go through an S-box in a round.
fn boxes(round: usize) -> usize {
    let partial = HALF_N_FULL_ROUNDS..HALF_N_FULL_ROUNDS + N_PARTIAL_ROUNDS;
    if partial.contains(&round) { 1 } else { WIDTH }
}

/// The linear layer.
fn mix<A: Algebra>(state: [A; WIDTH]) -> [A; WIDTH] {
    std::array::from_fn(|row| {
        let diagonal = state[row].times(F::MDS_MATRIX_DIAG[row]);
        let circulant = F::MDS_MATRIX_CIRC
            .iter()
            .enumerate()
            .map(|(i, &factor)| state[(row + i) % WIDTH].times(factor))
            .reduce(|sum, term| sum + term);
        match circulant {
            Some(sum) if F::MDS_MATRIX_DIAG[row] != 0 => sum + diagonal,
            Some(sum) => sum,
            None => diagonal,
        }
    })
}

/// Constrains the cubes and outputs of the S-boxes to be those of a permutation of `state`; gives the state after it.
pub(super) fn constrain<A: Algebra>(
    mut state: [A; WIDTH],
    cubes: &[A],
    outputs: &[A],
    emit: &mut impl Emit<A>,
) -> [A; WIDTH] {
    let mut at = 0;
    for round in 0..N_ROUNDS {
        for (i, element) in state.iter_mut().enumerate() {
            *element = *element + A::constant(ALL_ROUND_CONSTANTS[round * WIDTH + i]);
        }
        for element in &mut state[..boxes(round)] {
            emit.always(*element * *element * *element - cubes[at]);
            emit.always(cubes[at] * cubes[at] * *element - outputs[at]);
            *element = outputs[at];
            at += 1;
        }
        state = mix(state);
    }
    state
}

/// The cubes and outputs of the S-boxes of a permutation of `state`, and the state after it.
pub(super) fn witness(mut state: [F; WIDTH]) -> (Vec<F>, Vec<F>, [F; WIDTH]) {
    let mut cubes = Vec::with_capacity(SBOXES);
    let mut outputs = Vec::with_capacity(SBOXES);
    for round in 0..N_ROUNDS {
        for (i, element) in state.iter_mut().enumerate() {
            *element += F::from_canonical_u64(ALL_ROUND_CONSTANTS[round * WIDTH + i]);
        }
        for element in &mut state[..boxes(round)] {
            let cube = *element * *element * *element;
            *element *= cube * cube;
            cubes.push(cube);
            outputs.push(*element);
        }
        state = F::mds_layer(&state);
    }
    (cubes, outputs, state)
}

/// The digest of a permutation as combinations of the outputs of its last S-boxes: for each element, the factors.
pub(super) fn digest_factors() -> [[u64; WIDTH]; 4] {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            let i = (column + WIDTH - row) % WIDTH;
            let diagonal = if row == column {
                F::MDS_MATRIX_DIAG[row]
            } else {
                0
            };
            F::MDS_MATRIX_CIRC[i] + diagonal
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_witness_is_plonky2s_permutation() {
        let input: [F; WIDTH] = std::array::from_fn(|i| F::from_canonical_usize(3 * i + 1));
        let (cubes, outputs, state) = witness(input);
        assert_eq!(state, F::poseidon(input));
        let last = &outputs[SBOXES - WIDTH..];
        for (factors, element) in digest_factors().iter().zip(state) {
            let sum: F = factors
                .iter()
                .zip(last)
                .map(|(&factor, &output)| F::from_canonical_u64(factor) * output)
                .sum();
            assert_eq!(sum, element);
        }
        let mut constraints = Constraints::default();
        assert_eq!(constrain(input, &cubes, &outputs, &mut constraints), state);
        assert_eq!(constraints.0.len(), 2 * SBOXES);
        assert!(constraints.0.iter().all(|value| value.is_zero()));
    }

    #[derive(Default)]
    struct Constraints(Vec<F>);

    impl Emit<F> for Constraints {
        fn emit(&mut self, _: crate::stark::air::When, value: F) {
            self.0.push(value);
        }
    }
}
