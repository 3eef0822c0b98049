//! plonky2's Poseidon permutation of twelve Goldilocks elements, over the extension: its gate is evaluated there.

use super::{Base, Extension, F};
use crate::wrap::r1cs::ConstraintSystem;
use plonky2::field::types::Field;
use plonky2::hash::poseidon::{
    ALL_ROUND_CONSTANTS, HALF_N_FULL_ROUNDS, N_PARTIAL_ROUNDS, Poseidon, SPONGE_WIDTH,
};

/// The permutation's state.
pub(crate) type State = [Extension; SPONGE_WIDTH];

/// The input of an S-box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SBox {
    /// In a full round before the partial ones, counted from 0, of this element.
    Before(usize, usize),
    /// In a partial round, of the first element.
    Partial(usize),
    /// In a full round after the partial ones, counted from 0, of this element.
    After(usize, usize),
}

fn seventh_power(cs: &mut ConstraintSystem, x: &Extension) -> Extension {
    let square = x.square(cs);
    let cube = square.mul(cs, x).reduce(cs);
    let sixth = cube.square(cs);
    sixth.mul(cs, x)
}

/// The matrix of the full rounds: small constants, no reduction.
pub(crate) fn mds_layer(cs: &mut ConstraintSystem, state: &State) -> State {
    std::array::from_fn(|row| {
        let mut terms: Vec<Extension> = (0..SPONGE_WIDTH)
            .map(|i| {
                let weight = F::from_canonical_u64(<F as Poseidon>::MDS_MATRIX_CIRC[i]);
                state[(i + row) % SPONGE_WIDTH].scale(cs, weight)
            })
            .collect();
        let weight = F::from_canonical_u64(<F as Poseidon>::MDS_MATRIX_DIAG[row]);
        terms.push(state[row].scale(cs, weight));
        Extension::sum(cs, &terms)
    })
}

fn add_constants(cs: &mut ConstraintSystem, state: &mut State, constants: &[u64]) {
    for (element, constant) in state.iter_mut().zip(constants) {
        let constant = Base::constant(F::from_canonical_u64(*constant));
        *element = element.add(cs, &Extension::from_base(&constant));
    }
}

fn full_rounds(
    cs: &mut ConstraintSystem,
    state: &mut State,
    constants: &[u64],
    input: &mut dyn FnMut(&mut ConstraintSystem, SBox, Extension) -> Extension,
    place: fn(usize, usize) -> SBox,
) {
    for (round, constants) in constants.chunks(SPONGE_WIDTH).enumerate() {
        add_constants(cs, state, constants);
        for (i, element) in state.iter_mut().enumerate() {
            let x = input(cs, place(round, i), element.clone());
            *element = seventh_power(cs, &x);
        }
        *state = mds_layer(cs, state);
    }
}

/// The permutation. `input` is given what each S-box is applied to and returns it reduced, or another name for it.
pub(crate) fn permute(
    cs: &mut ConstraintSystem,
    state: &mut State,
    input: &mut dyn FnMut(&mut ConstraintSystem, SBox, Extension) -> Extension,
) {
    let half = HALF_N_FULL_ROUNDS * SPONGE_WIDTH;
    full_rounds(cs, state, &ALL_ROUND_CONSTANTS[..half], input, SBox::Before);
    add_constants(
        cs,
        state,
        &<F as Poseidon>::FAST_PARTIAL_FIRST_ROUND_CONSTANT,
    );
    *state = initial_layer(cs, state);
    for round in 0..N_PARTIAL_ROUNDS {
        let x = input(cs, SBox::Partial(round), state[0].clone());
        state[0] = seventh_power(cs, &x);
        if round + 1 < N_PARTIAL_ROUNDS {
            let constant = <F as Poseidon>::FAST_PARTIAL_ROUND_CONSTANTS[round];
            add_constants(cs, state, &[constant]);
        }
        *state = partial_layer(cs, state, round);
    }
    let rest = &ALL_ROUND_CONSTANTS[half + N_PARTIAL_ROUNDS * SPONGE_WIDTH..];
    full_rounds(cs, state, rest, input, SBox::After);
}

/// The dense matrix before the partial rounds; the first row and column are those of the identity.
fn initial_layer(cs: &mut ConstraintSystem, state: &State) -> State {
    let reduced: State = std::array::from_fn(|i| match i {
        0 => state[0].clone(),
        _ => state[i].reduce(cs),
    });
    std::array::from_fn(|column| {
        if column == 0 {
            return reduced[0].clone();
        }
        let terms: Vec<Extension> = (1..SPONGE_WIDTH)
            .map(|row| {
                let matrix = &<F as Poseidon>::FAST_PARTIAL_ROUND_INITIAL_MATRIX;
                reduced[row].scale(cs, F::from_canonical_u64(matrix[row - 1][column - 1]))
            })
            .collect();
        Extension::sum(cs, &terms)
    })
}

/// The sparse matrix of a partial round.
fn partial_layer(cs: &mut ConstraintSystem, state: &State, round: usize) -> State {
    let first = state[0].reduce(cs);
    let corner = <F as Poseidon>::MDS_MATRIX_CIRC[0] + <F as Poseidon>::MDS_MATRIX_DIAG[0];
    let mut terms = vec![first.scale(cs, F::from_canonical_u64(corner))];
    let weights = <F as Poseidon>::FAST_PARTIAL_ROUND_W_HATS[round];
    for (element, weight) in state[1..].iter().zip(weights) {
        terms.push(element.scale(cs, F::from_canonical_u64(weight)));
    }
    let new_first = Extension::sum(cs, &terms);
    std::array::from_fn(|i| {
        if i == 0 {
            return new_first.clone();
        }
        let weight = <F as Poseidon>::FAST_PARTIAL_ROUND_VS[round][i - 1];
        let product = first.scale(cs, F::from_canonical_u64(weight));
        product.add(cs, &state[i])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fr;
    use plonky2::hash::poseidon::{PoseidonHash, SPONGE_RATE};
    use plonky2::plonk::config::Hasher;

    /// plonky2's hash without padding: the first four elements of the state after all blocks.
    fn hash_no_pad(cs: &mut ConstraintSystem, input: &[Base]) -> [Base; 4] {
        let mut state: State = std::array::from_fn(|_| Extension::zero());
        for block in input.chunks(SPONGE_RATE) {
            for (element, input) in state.iter_mut().zip(block) {
                *element = Extension::from_base(input);
            }
            permute(cs, &mut state, &mut |cs, _, x| x.reduce(cs));
        }
        std::array::from_fn(|i| state[i].0[0].clone())
    }

    #[test]
    fn constraints_compute_plonky2s_hash() {
        let input: Vec<F> = (0..11).map(|i| F::from_canonical_u64(!i)).collect();
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let given: Vec<Base> = input.iter().map(|x| Base::witness(&mut cs, *x)).collect();
        let hash = hash_no_pad(&mut cs, &given).map(|element| element.value());
        assert_eq!(hash, PoseidonHash::hash_no_pad(&input).elements);
        assert_eq!(cs.unsatisfied(), None);
    }
}
