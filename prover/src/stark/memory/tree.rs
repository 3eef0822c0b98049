//! The tree over memory and registers whose root is the state that one segment hands to the next.
//!
//! Node 1 is the root. Its left child is the memory's tree, of 2^27 leaves with eight words each: the leaf with the word
//! at address `a` is node `2^28 + a / 32`. Its right child is the tree over the registers, of four leaves: the leaf with
//! register `r` is node `12 + r / 8`. A node's digest is the Poseidon hash of its children's digests, a leaf's that of its
//! words, one element each. Kind and place of a node follow from its depth, so digests need no domains.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gavel_vm::address::REGION_BITS;
use gavel_vm::execute::Registers;
use gavel_vm::memory::{Memory, PAGE_BITS, PAGE_WORDS};
use plonky2::field::types::Field;
use plonky2::hash::poseidon::{Poseidon, SPONGE_WIDTH};

use crate::stark::F;

/// Words in a leaf.
pub const LEAF_WORDS: usize = 8;
/// The level of leaves; the root is at level 0.
pub const LEAF_LEVEL: u64 = 28;
/// The level at which the registers' tree begins, so that its leaves are at the last level, too.
pub const REGISTER_LEVEL: u64 = LEAF_LEVEL - 2;

/// A digest.
pub type Digest = [F; 4];
/// The words of a leaf.
pub type Leaf = [u32; LEAF_WORDS];

/// The number of the memory leaf with address 0.
const FIRST_MEMORY_LEAF: u64 = 1 << LEAF_LEVEL;
/// The number of the leaf with register 0.
const FIRST_REGISTER_LEAF: u64 = 12;

/// The leaf with the word at `address`.
pub fn memory_leaf(address: u32) -> u64 {
    FIRST_MEMORY_LEAF + u64::from(address) / (4 * LEAF_WORDS as u64)
}

/// The node over the region of 2^28 bytes that begins at `address`.
pub const fn region_node(address: u32) -> u64 {
    (FIRST_MEMORY_LEAF + address as u64 / (4 * LEAF_WORDS as u64))
        >> (REGION_BITS - 2 - LEAF_WORDS.ilog2())
}

/// The leaf with a register.
pub fn register_leaf(register: usize) -> u64 {
    FIRST_REGISTER_LEAF + (register / LEAF_WORDS) as u64
}

/// The level of a node.
pub fn level(key: u64) -> u64 {
    let depth = u64::from(key.ilog2());
    // Nodes 3, 6, 7 and 12 to 15 are the registers'.
    if depth > 0 && depth < 4 && key >> (depth - 1) == 3 {
        depth - 1 + REGISTER_LEVEL
    } else {
        depth
    }
}

/// The words of a leaf in a state.
pub fn leaf(key: u64, memory: &Memory, registers: &Registers) -> Leaf {
    std::array::from_fn(|i| {
        if key < FIRST_MEMORY_LEAF {
            registers[(key - FIRST_REGISTER_LEAF) as usize * LEAF_WORDS + i]
        } else {
            memory.load(((key - FIRST_MEMORY_LEAF) as usize * LEAF_WORDS + i) as u32 * 4)
        }
    })
}

/// Eight elements as they are hashed.
pub fn block(left: Digest, right: Digest) -> [F; 2 * 4] {
    std::array::from_fn(|i| if i < 4 { left[i] } else { right[i - 4] })
}

/// The words of a leaf as they are hashed.
pub fn leaf_block(words: &Leaf) -> [F; LEAF_WORDS] {
    words.map(F::from_canonical_u32)
}

fn hash(block: [F; 8]) -> Digest {
    let mut state = [F::ZERO; SPONGE_WIDTH];
    state[..8].copy_from_slice(&block);
    let state = F::poseidon(state);
    std::array::from_fn(|i| state[i])
}

/// The digest of a memory node over zeros.
pub fn zero(level: usize) -> Digest {
    zeros()[level]
}

/// By level: the digest of a node over zeros.
fn zeros() -> Vec<Digest> {
    let mut zeros = vec![hash([F::ZERO; 8])];
    for _ in 0..LEAF_LEVEL {
        let below = zeros[zeros.len() - 1];
        zeros.push(hash(block(below, below)));
    }
    zeros.reverse();
    zeros
}

/// The root over a node, from the [siblings](Tree::siblings) of its path.
pub fn climb(key: u64, digest: Digest, siblings: &[Digest]) -> Digest {
    let nodes = siblings.iter().enumerate();
    nodes.fold(digest, |digest, (height, &sibling)| {
        if key >> height & 1 == 0 {
            hash(block(digest, sibling))
        } else {
            hash(block(sibling, digest))
        }
    })
}

/// The digests of a state. Nodes over zeros are not stored.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: HashMap<u64, Digest>,
    /// By level: the digest of a node over zeros.
    zeros: Vec<Digest>,
}

impl Tree {
    /// The tree of a state.
    pub fn new(memory: &Memory, registers: &Registers) -> Tree {
        let mut tree = Tree {
            nodes: HashMap::new(),
            zeros: zeros(),
        };
        let mut leaves: BTreeMap<u64, Leaf> = BTreeMap::new();
        for &page in memory.mapped() {
            let first = memory_leaf(page << PAGE_BITS);
            for key in first..first + (PAGE_WORDS / LEAF_WORDS) as u64 {
                leaves.insert(key, leaf(key, memory, registers));
            }
        }
        for register in (0..registers.len()).step_by(LEAF_WORDS) {
            let key = register_leaf(register);
            leaves.insert(key, leaf(key, memory, registers));
        }
        tree.update(&leaves);
        tree
    }

    /// The digest of a node.
    pub fn node(&self, key: u64) -> Digest {
        match self.nodes.get(&key) {
            Some(&digest) => digest,
            None => self.zeros[level(key) as usize],
        }
    }

    /// The nodes beside the path from a node to the root, from below.
    pub fn siblings(&self, key: u64) -> Vec<Digest> {
        let path = std::iter::successors(Some(key), |key| Some(key / 2));
        let below = path.take_while(|&key| key > 1);
        below.map(|key| self.node(key ^ 1)).collect()
    }

    /// The root's digest.
    pub fn root(&self) -> Digest {
        self.node(1)
    }

    /// Replaces leaves.
    pub fn update(&mut self, leaves: &BTreeMap<u64, Leaf>) {
        for (&key, words) in leaves {
            self.nodes.insert(key, hash(leaf_block(words)));
        }
        for key in ancestors(leaves.keys().copied()).into_iter().rev() {
            let digest = hash(block(self.node(2 * key), self.node(2 * key + 1)));
            self.nodes.insert(key, digest);
        }
    }
}

/// The nodes above leaves, the root first.
pub fn ancestors(leaves: impl Iterator<Item = u64>) -> BTreeSet<u64> {
    let mut nodes = BTreeSet::new();
    for leaf in leaves {
        let mut key = leaf / 2;
        while key > 0 && nodes.insert(key) {
            key /= 2;
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use gavel_vm::memory::ByteOrder;

    #[test]
    fn levels() {
        for (key, expected) in [
            (1, 0),
            (2, 1),
            (3, 26),
            (4, 2),
            (5, 2),
            (6, 27),
            (7, 27),
            (11, 3),
            (12, 28),
            (15, 28),
            (16, 4),
            (24, 4),
            (memory_leaf(0), 28),
            (memory_leaf(u32::MAX), 28),
        ] {
            assert_eq!(level(key), expected, "{key}");
        }
    }

    #[test]
    fn siblings_lead_to_the_root() {
        let mut memory = Memory::new(ByteOrder::Little, 10);
        memory.store(0xa000_0004, u32::MAX, 7).unwrap();
        let mut registers = [0; 32];
        registers[9] = 3;
        let tree = Tree::new(&memory, &registers);
        assert_eq!(region_node(0xa000_0000), 42);
        assert_eq!(region_node(0xb000_0000), 43);
        for key in [1, 2, 3, 13, 42, 43, memory_leaf(0xa000_0004)] {
            let siblings = tree.siblings(key);
            assert_eq!(siblings.len(), key.ilog2() as usize);
            assert_eq!(climb(key, tree.node(key), &siblings), tree.root(), "{key}");
        }
        assert_eq!(tree.node(43), zero(5));
        assert_eq!(tree.siblings(memory_leaf(0))[0], zero(28));
    }

    #[test]
    fn an_update_gives_the_tree_of_the_new_state() {
        let mut memory = Memory::new(ByteOrder::Big, 10);
        let mut registers = [0; 32];
        memory.store(0x1000, u32::MAX, 7).unwrap();
        let mut tree = Tree::new(&memory, &registers);
        let before = tree.root();
        memory.store(0xffff_fffc, u32::MAX, 9).unwrap();
        registers[31] = 5;
        let changed = [memory_leaf(0xffff_fffc), register_leaf(31)];
        tree.update(
            &changed
                .into_iter()
                .map(|key| (key, leaf(key, &memory, &registers)))
                .collect(),
        );
        assert_ne!(tree.root(), before);
        assert_eq!(tree.root(), Tree::new(&memory, &registers).root());
    }
}
