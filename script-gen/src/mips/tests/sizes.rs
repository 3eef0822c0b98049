//! What the leaves cost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::memory::ByteOrder;

use crate::leaf::LeafKind;
use crate::mips::{Choice, GameShape, Keys, Leaf, LeafSet, Slot};
use crate::tree::{LeafTree, TreeError};
use crate::winternitz::GameSeed;

/// The depth of a tree of up to 256 leaves.
const DEPTH: usize = 8;
/// A transaction of one input and one Taproot output, without the input's witness.
const TRANSACTION: usize = 4 * 94 + 2;

/// Keys for everything that the leaves open.
fn keys(leaves: &LeafSet) -> Keys {
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let slots: BTreeSet<Slot> = leaves.leaves().flat_map(|leaf| leaf.slots()).collect();
    let choices: BTreeSet<Choice> = leaves.leaves().flat_map(|leaf| leaf.choices()).collect();
    let mut keys = Keys::new();
    for slot in slots {
        let key = seed.secret_key(slot.shape(leaves.shape().digest), &slot.to_string());
        keys.set(slot, key.public_key());
    }
    for choice in choices {
        keys.set_choice(choice, seed.bit_key(&choice.to_string()).public_key());
    }
    keys
}

fn leaves(digest: DigestLength) -> LeafSet {
    let shape = GameShape {
        trace_bits: vec![4; 8],
        path_bits: vec![3, 2],
        digest,
        order: ByteOrder::Big,
        boot: Digest::default(),
        boot_file: Digest::default(),
    };
    LeafSet::new(shape).unwrap()
}

/// Kind of leaf -> (kind, worst weight, largest stack) of its leaves.
fn table(digest: DigestLength) -> BTreeMap<String, (LeafKind, usize, usize)> {
    let leaves = leaves(digest);
    let keys = keys(&leaves);
    let mut table = BTreeMap::new();
    for leaf in leaves.leaves() {
        if table.contains_key(leaf.kind_name()) && leaf.kind() != LeafKind::Instruction {
            continue;
        }
        let proved = leaf.prove(&keys).unwrap();
        let weight = proved.max_spend_weight(DEPTH, TRANSACTION);
        let entry = table
            .entry(leaf.kind_name().to_owned())
            .or_insert((leaf.kind(), 0, 0));
        entry.1 = entry.1.max(weight);
        entry.2 = entry.2.max(proved.peak_stack());
    }
    table
}

/// Scripts do not depend on keys in their length, so these rows change only when leaves do.
#[test]
fn sizes_are_pinned() {
    let table = table(DigestLength::Bits256);
    let rows: String = table
        .iter()
        .map(|(name, (_, weight, stack))| format!("{name} {weight} {stack}\n"))
        .collect();
    assert_eq!(rows, include_str!("sizes.txt"));
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

/// Compressions of 160-bit digests are cheaper, and the kinds of leaves are the same.
#[test]
fn short_digests_make_smaller_hash_leaves() {
    let (long, short) = (table(DigestLength::Bits256), table(DigestLength::Bits160));
    assert!(long.keys().eq(short.keys()));
    for (name, row) in short.iter().filter(|(_, row)| row.0 == LeafKind::Hash) {
        assert!(row.1 < long[name].1, "{name}");
    }
}

/// Every leaf, not only one of each kind, is proved; two with one name would be refused by the manifest.
#[test]
fn all_leaves_make_a_tree() {
    let leaves = leaves(DigestLength::Bits256);
    let numbers: Vec<Leaf<'_>> = leaves.leaves().collect();
    let keys = keys(&leaves);
    let start = Instant::now();
    let prove = |number: usize| {
        let leaf = numbers[number].prove(&keys);
        leaf.map_err(|error| Failure(error.to_string()))
    };
    let (tree, manifest) = LeafTree::build(numbers.len(), TRANSACTION, prove)
        .unwrap_or_else(|Failure(error)| panic!("{error}"));
    println!("{} leaves in {:?}", tree.len(), start.elapsed());
    assert_eq!(manifest.leaves.len(), numbers.len());
    assert!(manifest.leaves.iter().all(|entry| entry.relayable));
}

struct Failure(String);

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        Self(error.to_string())
    }
}
