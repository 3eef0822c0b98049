//! The guest's Poseidon against plonky2's.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::{Field, Field64};
use plonky2::hash::hashing::PlonkyPermutation;
use plonky2::hash::poseidon::{PoseidonHash, PoseidonPermutation};
use plonky2::plonk::config::Hasher;
use proptest::prelude::*;

use crate::poseidon::{FastPermutation, FastPoseidon};

/// Elements, among them some at the borders of words, parts and the field, and some that are not reduced.
fn element() -> impl Strategy<Value = GoldilocksField> {
    let p = GoldilocksField::ORDER;
    let borders = vec![
        0,
        1,
        p - 1,
        p,
        p + 1,
        u64::MAX,
        u64::MAX << 32,
        u64::from(u32::MAX),
        (1 << 22) - 1,
        1 << 44,
    ];
    prop_oneof![
        prop::sample::select(borders).prop_map(GoldilocksField),
        any::<u64>().prop_map(GoldilocksField),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn permutations_are_equal(state in prop::array::uniform12(element())) {
        let mut fast = FastPermutation::new(state);
        let mut native = PoseidonPermutation::new(state);
        fast.permute();
        native.permute();
        prop_assert_eq!(fast.as_ref(), native.as_ref());
        prop_assert_eq!(fast.squeeze(), native.squeeze());
    }

    #[test]
    fn hashes_are_equal(list in prop::collection::vec(element(), 0..40), at in 0usize..12) {
        prop_assert_eq!(FastPoseidon::hash_or_noop(&list), PoseidonHash::hash_or_noop(&list));
        let nodes = [0, 1].map(|from| FastPoseidon::hash_no_pad(&list[list.len().min(from)..]));
        prop_assert_eq!(
            FastPoseidon::two_to_one(nodes[0], nodes[1]),
            <PoseidonHash as Hasher<GoldilocksField>>::two_to_one(nodes[0], nodes[1])
        );
        let mut fast = FastPermutation::new(list.iter().copied());
        let mut native = PoseidonPermutation::new(list.iter().copied());
        fast.set_elt(GoldilocksField::TWO, at);
        native.set_elt(GoldilocksField::TWO, at);
        fast.set_from_slice(&list[..list.len().min(12 - at)], at);
        native.set_from_slice(&list[..list.len().min(12 - at)], at);
        prop_assert_eq!(fast.as_ref(), native.as_ref());
    }
}
