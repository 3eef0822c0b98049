//! Merkle trees of BN254 Poseidon.

use super::super::goldilocks::Base;
use super::super::hash::RATE;
use super::super::poseidon::{SPONGE, SPONGE_WIDTH};
use super::super::r1cs::{ConstraintSystem, Linear, hash_pair, permute};
use super::transcript::absorb;

/// The digest of a leaf of reduced elements.
pub(super) fn hash_leaf(cs: &mut ConstraintSystem, leaf: &[Base]) -> Linear {
    let mut state: [Linear; SPONGE_WIDTH] = std::array::from_fn(|_| Linear::ZERO);
    state[0] = Linear::constant(leaf.len() as u64);
    for block in leaf.chunks(RATE) {
        absorb(&mut state, block);
        permute(cs, &SPONGE, &mut state);
    }
    let [_, digest, ..] = state;
    digest
}

/// Enforces that the leaf is in the tree, at the index with these bits, lowest first.
pub(super) fn verify(
    cs: &mut ConstraintSystem,
    leaf: &[Base],
    index: &[Linear],
    siblings: &[Linear],
    cap: &[Linear],
) {
    let mut digest = hash_leaf(cs, leaf);
    let (path, root) = index.split_at(siblings.len());
    for (bit, sibling) in path.iter().zip(siblings) {
        let left = cs.select(bit, sibling, &digest);
        let right = &(&digest + sibling) - &left;
        digest = hash_pair(cs, left, right);
    }
    let expected = choose(cs, root, cap);
    cs.equal(&digest, &expected);
}

/// The element of a list of `2^bits` at an index with these bits, lowest first.
pub(super) fn choose(cs: &mut ConstraintSystem, index: &[Linear], list: &[Linear]) -> Linear {
    let mut list = list.to_vec();
    for bit in index {
        let pairs = list.chunks(2);
        list = pairs
            .map(|pair| cs.select(bit, &pair[1], &pair[0]))
            .collect();
    }
    list.swap_remove(0)
}
