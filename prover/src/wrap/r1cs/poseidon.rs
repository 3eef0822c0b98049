//! Poseidon as constraints: three for each S-box, none for the rest.

use super::{ConstraintSystem, Linear};
use crate::wrap::poseidon::{NODE, Parameters};
use ark_bn254::Fr;

fn fifth_power(cs: &mut ConstraintSystem, x: &Linear) -> Linear {
    let square = cs.multiply(x, x);
    let fourth = cs.multiply(&square, &square);
    cs.multiply(&fourth, x)
}

fn row(weights: &[Fr], state: &[Linear]) -> Linear {
    Linear::sum(state.iter().zip(weights.iter().copied()))
}

/// Permutes the state.
pub(crate) fn permute<const T: usize>(
    cs: &mut ConstraintSystem,
    parameters: &Parameters<T>,
    state: &mut [Linear; T],
) {
    let (before, after) = parameters.full().split_at(parameters.full().len() / 2);
    let full_round = |cs: &mut ConstraintSystem,
                      state: &mut [Linear; T],
                      constants: &[Fr; T],
                      matrix: &[[Fr; T]; T]| {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element = fifth_power(cs, &(&*element + &Linear::constant(*constant)));
        }
        *state = std::array::from_fn(|i| row(&matrix[i], state));
    };
    for (i, constants) in before.iter().enumerate() {
        let last = i + 1 == before.len();
        let matrix = if last {
            parameters.bridge()
        } else {
            parameters.mds()
        };
        full_round(cs, state, constants, matrix);
    }
    for (element, constant) in state.iter_mut().zip(parameters.entry()) {
        *element += &Linear::constant(*constant);
    }
    for round in parameters.partial() {
        let first = &fifth_power(cs, &state[0]) + &Linear::constant(round.constant);
        state[0] = first.clone();
        let new_first = row(&round.row, state.as_slice());
        for (element, weight) in state.iter_mut().zip(&round.column).skip(1) {
            element.add_scaled(&first, *weight);
        }
        state[0] = new_first;
    }
    for constants in after {
        full_round(cs, state, constants, parameters.mds());
    }
}

/// The parent of two digests.
pub(crate) fn hash_pair(cs: &mut ConstraintSystem, left: Linear, right: Linear) -> Linear {
    let mut state = [Linear::ZERO, left, right];
    permute(cs, &NODE, &mut state);
    let [digest, ..] = state;
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::poseidon::{SPONGE, SPONGE_WIDTH};

    #[test]
    fn constraints_compute_the_permutation() {
        let mut cs = ConstraintSystem::new(Fr::from(0));
        let start: [Fr; SPONGE_WIDTH] = std::array::from_fn(|i| Fr::from(i as u64 + 7));
        let mut expected = start;
        SPONGE.permute(&mut expected);
        let mut state = start.map(|value| cs.hint(value));
        permute(&mut cs, &SPONGE, &mut state);
        assert_eq!(state.map(|element| element.value), expected);
        assert_eq!(cs.constraints(), 3 * (8 * SPONGE_WIDTH + 63));
        assert_eq!(cs.unsatisfied(), None);
        let last = cs.variables() - 1;
        cs.tamper(last, Fr::from(1));
        assert!(cs.unsatisfied().is_some());
    }
}
