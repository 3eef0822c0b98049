//! Constants of a permutation, as generated and in the form that is computed.

#[cfg(target_arch = "x86_64")]
use super::lanes::Rounds;
use ark_bn254::Fr;
use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{Field, PrimeField, Zero};

/// Full rounds, half of them before the partial ones: the paper's number for 128 bits at every width.
pub(crate) const FULL_ROUNDS: usize = 8;

/// A square matrix, by rows.
pub type Matrix<const T: usize> = [[Fr; T]; T];

/// One Poseidon permutation of `T` elements.
///
/// A partial round multiplies by a dense matrix although only one element went through the S-box. The usual rewriting
/// (appendix B of the paper) is applied once: constants move backwards until only one a round is left, and of each dense
/// matrix the part that commutes with the S-box moves to the round before. What stays is sparse.
#[derive(Clone, Debug)]
pub struct Parameters<const T: usize> {
    pub(super) full: Vec<[Fr; T]>,
    pub(super) mds: Matrix<T>,
    pub(super) bridge: Matrix<T>,
    pub(super) entry: [Fr; T],
    pub(super) partial: Vec<Partial<T>>,
    /// The same for lanes, where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub(super) lanes: Option<Rounds<T>>,
}

/// One partial round: `s_0 <- s_0^5 + constant`, then `(row . s, s_i + column_i s_0)`.
#[derive(Clone, Debug)]
pub struct Partial<const T: usize> {
    /// Added after the S-box.
    pub constant: Fr,
    /// The first row of the sparse matrix.
    pub row: [Fr; T],
    /// Its first column; the first entry, which is `row[0]`, is not used. The rest of the matrix is the identity.
    pub column: [Fr; T],
}

impl<const T: usize> Parameters<T> {
    /// Constants of the full rounds, added before the S-boxes: half of the rounds come before the partial ones.
    pub fn full(&self) -> &[[Fr; T]] {
        &self.full
    }

    /// The matrix of all full rounds but the last before the partial rounds.
    pub fn mds(&self) -> &Matrix<T> {
        &self.mds
    }

    /// The matrix of the last full round before the partial rounds.
    pub fn bridge(&self) -> &Matrix<T> {
        &self.bridge
    }

    /// What is added before the first partial round.
    pub fn entry(&self) -> &[Fr; T] {
        &self.entry
    }

    /// The partial rounds.
    pub fn partial(&self) -> &[Partial<T>] {
        &self.partial
    }

    /// Generates the constants. For the number of partial rounds see table 8 of the paper; the generator's first matrix
    /// passes the paper's checks against invariant subspaces at the widths used here.
    pub(crate) fn generate(partial_rounds: usize) -> Self {
        let (ark, mds) = generated::<T>(partial_rounds);
        let half = FULL_ROUNDS / 2;
        let full = [&ark[..half], &ark[half + partial_rounds..]].concat();

        // Constants: what round r adds equals `M^-1` of it before the matrix of round r - 1. There its first element
        // comes after the S-box, and the others may as well be added before it.
        let inverse = invert(&mds);
        let mut constants = ark[half..half + partial_rounds].to_vec();
        let mut after = vec![Fr::zero(); partial_rounds];
        for round in (1..partial_rounds).rev() {
            let moved = multiply(&inverse, &constants[round]);
            after[round - 1] = moved[0];
            for i in 1..T {
                constants[round - 1][i] += moved[i];
            }
        }

        // Matrices, from the last: `M = S D`, `S` sparse, `D` leaving the first element alone. `D` commutes with the S-box
        // and is multiplied to the matrix of the round before.
        let mut rounds = Vec::with_capacity(partial_rounds);
        let mut dense = mds;
        let mut entry = constants[0];
        for constant in after.into_iter().rev() {
            let (row, column, kept) = factor(&dense);
            rounds.push(Partial {
                constant,
                row,
                column,
            });
            dense = product(&kept, &mds);
            entry = multiply(&kept, &constants[0]);
        }
        rounds.reverse();
        let parameters = Self {
            full,
            mds,
            bridge: dense,
            entry,
            partial: rounds,
            #[cfg(target_arch = "x86_64")]
            lanes: None,
        };
        #[cfg(target_arch = "x86_64")]
        let parameters = Self {
            lanes: parameters.for_lanes(),
            ..parameters
        };
        parameters
    }
}

/// Round constants and matrix of the reference generator.
pub(crate) fn generated<const T: usize>(partial_rounds: usize) -> (Vec<[Fr; T]>, Matrix<T>) {
    let bits = u64::from(Fr::MODULUS_BIT_SIZE);
    let (full, partial) = (FULL_ROUNDS as u64, partial_rounds as u64);
    let (ark, mds) = find_poseidon_ark_and_mds::<Fr>(bits, T - 1, full, partial, 0);
    let row = |row: &Vec<Fr>| std::array::from_fn(|i| row[i]);
    let matrix = std::array::from_fn(|i| row(&mds[i]));
    (ark.iter().map(row).collect(), matrix)
}

/// `matrix = S D`: the first row and column of the sparse `S`, and `D`.
fn factor<const T: usize>(matrix: &Matrix<T>) -> ([Fr; T], [Fr; T], Matrix<T>) {
    let mut kept = *matrix;
    kept[0] = [Fr::zero(); T];
    for row in &mut kept {
        row[0] = Fr::zero();
    }
    kept[0][0] = Fr::ONE;
    let inverse = invert(&kept);
    let row = std::array::from_fn(|j| (0..T).map(|k| matrix[0][k] * inverse[k][j]).sum());
    let column = std::array::from_fn(|i| matrix[i][0]);
    (row, column, kept)
}

/// `matrix . vector`.
pub(crate) fn multiply<const T: usize>(matrix: &Matrix<T>, vector: &[Fr; T]) -> [Fr; T] {
    std::array::from_fn(|i| Fr::sum_of_products(&matrix[i], vector))
}

fn product<const T: usize>(left: &Matrix<T>, right: &Matrix<T>) -> Matrix<T> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..T).map(|k| left[i][k] * right[k][j]).sum()))
}

/// Gauss and Jordan's inversion, with the pivots in order: Cauchy matrices and those that arise from them here have no
/// pivot 0. One would make wrong constants, which the tests against the definition would find.
fn invert<const T: usize>(matrix: &Matrix<T>) -> Matrix<T> {
    let mut left = *matrix;
    let mut right = std::array::from_fn(|i| std::array::from_fn(|j| Fr::from(u64::from(i == j))));
    for pivot in 0..T {
        let scale = left[pivot][pivot].inverse().unwrap_or_default();
        for j in 0..T {
            left[pivot][j] *= scale;
            right[pivot][j] *= scale;
        }
        for i in (0..T).filter(|i| *i != pivot) {
            let times = left[i][pivot];
            for j in 0..T {
                let (from_left, from_right) = (left[pivot][j], right[pivot][j]);
                left[i][j] -= times * from_left;
                right[i][j] -= times * from_right;
            }
        }
    }
    right
}
