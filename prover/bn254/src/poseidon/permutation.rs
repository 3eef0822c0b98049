//! The permutation itself.

#[cfg(target_arch = "x86_64")]
use super::lanes::Rounds;
use super::parameters::{FULL_ROUNDS, Matrix, Parameters, multiply};
use ark_bn254::Fr;
use ark_ff::Field;

impl<const T: usize> Parameters<T> {
    /// The constants for lanes, where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn for_lanes(&self) -> Option<Rounds<T>> {
        if !crate::avx512::is_there() {
            return None;
        }
        #[allow(unsafe_code)]
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe {
            Rounds::new(self)
        }
    }

    /// Permutes the state.
    pub fn permute(&self, state: &mut [Fr; T]) {
        #[cfg(target_arch = "x86_64")]
        if let Some(rounds) = &self.lanes {
            #[allow(unsafe_code)]
            // SAFETY: there are rounds only where the processor has the features that the function is compiled for.
            return unsafe { rounds.permute(state) };
        }
        self.permute_one_by_one(state);
    }

    fn permute_one_by_one(&self, state: &mut [Fr; T]) {
        let (before, after) = self.full.split_at(FULL_ROUNDS / 2);
        for (i, constants) in before.iter().enumerate() {
            let last = i + 1 == before.len();
            full_round(
                state,
                constants,
                if last { &self.bridge } else { &self.mds },
            );
        }
        for (element, constant) in state.iter_mut().zip(&self.entry) {
            *element += constant;
        }
        for round in &self.partial {
            let first = fifth_power(state[0]) + round.constant;
            state[0] = first;
            let new_first = Fr::sum_of_products(&round.row, state);
            for (element, weight) in state.iter_mut().zip(&round.column).skip(1) {
                *element += first * weight;
            }
            state[0] = new_first;
        }
        for constants in after {
            full_round(state, constants, &self.mds);
        }
    }
}

fn full_round<const T: usize>(state: &mut [Fr; T], constants: &[Fr; T], matrix: &Matrix<T>) {
    for (element, constant) in state.iter_mut().zip(constants) {
        *element = fifth_power(*element + constant);
    }
    *state = multiply(matrix, state);
}

fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

#[cfg(test)]
mod tests {
    use super::super::parameters::generated;
    use super::super::{NODE, NODE_WIDTH, SPONGE, SPONGE_WIDTH};
    use super::*;
    use ark_ff::MontFp;
    use ark_ff::UniformRand;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// The definition: every round adds all its constants and multiplies by the whole matrix.
    fn textbook<const T: usize>(state: &mut [Fr; T], partial_rounds: usize) {
        let (ark, mds) = generated::<T>(partial_rounds);
        let half = FULL_ROUNDS / 2;
        for (round, constants) in ark.iter().enumerate() {
            for (i, element) in state.iter_mut().enumerate() {
                *element += constants[i];
                if i == 0 || round < half || round >= half + partial_rounds {
                    *element = fifth_power(*element);
                }
            }
            *state = multiply(&mds, state);
        }
    }

    fn agree<const T: usize>(parameters: &Parameters<T>, partial_rounds: usize) {
        let mut random = ChaCha20Rng::seed_from_u64(1);
        let ends = [[Fr::from(0); T], [-Fr::from(1); T]];
        let others = (0..20).map(|_| std::array::from_fn(|_| Fr::rand(&mut random)));
        for start in ends.into_iter().chain(others) {
            let (mut fast, mut sparse, mut slow) = (start, start, start);
            parameters.permute(&mut fast);
            parameters.permute_one_by_one(&mut sparse);
            textbook(&mut slow, partial_rounds);
            assert_eq!(sparse, slow);
            assert_eq!(fast, slow);
        }
    }

    #[test]
    fn the_sparse_form_is_the_definition() {
        agree(&NODE, 57);
        agree(&SPONGE, 63);
    }

    #[test]
    fn known_vectors_of_circomlib() {
        let mut state: [Fr; NODE_WIDTH] = std::array::from_fn(|i| Fr::from(i as u64));
        NODE.permute(&mut state);
        let two =
            MontFp!("7853200120776062878684798364095072458815029376092732009249414926327459813530");
        assert_eq!(state[0], two);
        let mut state: [Fr; SPONGE_WIDTH] = std::array::from_fn(|i| Fr::from(i as u64));
        SPONGE.permute(&mut state);
        let eight = MontFp!(
            "18604317144381847857886385684060986177838410221561136253933256952257712543953"
        );
        assert_eq!(state[0], eight);
    }
}
