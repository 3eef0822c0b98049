//! What the leaves cost.

use std::collections::BTreeMap;

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::memory::ByteOrder;

use crate::leaf::LeafKind;
use crate::mips::{GameShape, Keys, Leaf, LeafSet, slot_shape};
use crate::winternitz::GameSeed;

/// The depth of a tree of up to 256 leaves.
const DEPTH: usize = 8;
/// A transaction of one input and one Taproot output, without the input's witness.
const TRANSACTION: usize = 4 * 94 + 2;

fn keys(leaves: &LeafSet, leaf: Leaf<'_>) -> Keys {
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let mut keys = Keys::new();
    for slot in leaf.slots() {
        let key = seed.secret_key(slot_shape(leaves.shape(), slot), &slot.to_string());
        keys.set(slot, key.public_key());
    }
    for choice in leaf.choices() {
        keys.set_choice(choice, seed.bit_key(&choice.to_string()).public_key());
    }
    keys
}

/// Kind of leaf -> (kind, worst weight, largest stack) of its leaves.
fn table(digest: DigestLength) -> BTreeMap<String, (LeafKind, usize, usize)> {
    let shape = GameShape {
        trace_bits: vec![4; 8],
        path_bits: vec![3, 2],
        digest,
        order: ByteOrder::Big,
        boot: Digest::default(),
        boot_file: Digest::default(),
    };
    let leaves = LeafSet::new(shape).unwrap();
    let mut table = BTreeMap::new();
    for leaf in leaves.leaves() {
        if table.contains_key(leaf.kind_name()) && leaf.kind() != LeafKind::Instruction {
            continue;
        }
        let proved = leaf.prove(&keys(&leaves, leaf)).unwrap();
        let weight = proved.max_spend_weight(DEPTH, TRANSACTION);
        let entry = table
            .entry(leaf.kind_name().to_owned())
            .or_insert((leaf.kind(), 0, 0));
        entry.1 = entry.1.max(weight);
        entry.2 = entry.2.max(proved.peak_stack());
    }
    table
}

#[test]
fn the_largest_leaves() {
    let table = table(DigestLength::Bits256);
    for (name, row) in &table {
        println!("{name}: {row:?}");
    }
    println!("{} kinds", table.len());
    assert!(table.len() <= 150);
    let worst = |kind| {
        table
            .values()
            .filter(|row| row.0 == kind)
            .map(|row| row.1)
            .max()
    };
    assert!(worst(LeafKind::Instruction) <= Some(8000));
    assert!(worst(LeafKind::Hash) <= Some(80_000));
}
