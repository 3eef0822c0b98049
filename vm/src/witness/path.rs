//! Paths from a word of memory to the state digest.

use crate::digest::{Digest, DigestLength, Hasher, MemoryTree};
use crate::memory::Memory;

/// Levels of a path at most: 0 to L = 29 (digests of 160 bits).
const LEVELS: usize = 30;

/// The nodes of a path by level: 0 is the chunk, M the memory root, L = M + 1 the state digest.
pub type PathNodes = [Digest; LEVELS];

/// The path of one address in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryPath {
    /// The address.
    pub address: u32,
    /// The lowest level that is filled in: 0, or R for a whole region.
    pub from_level: usize,
    /// The nodes from that level to L.
    pub nodes: PathNodes,
    /// The siblings from that level to M, where it is the register file's digest.
    pub siblings: PathNodes,
}

impl MemoryPath {
    pub(crate) fn empty() -> MemoryPath {
        MemoryPath {
            address: 0,
            from_level: 0,
            nodes: [Digest::default(); LEVELS],
            siblings: [Digest::default(); LEVELS],
        }
    }

    /// Fills the path of `address` from the chunk up to the memory root, and the file and state digests above.
    pub(crate) fn capture(&mut self, tree: &MemoryTree, memory: &Memory, address: u32, top: Top) {
        let length = tree.hasher().length();
        self.address = address;
        self.from_level = 0;
        self.nodes[0] = chunk(length, memory, address);
        self.siblings[0] = chunk(length, memory, address ^ 1 << length.chunk_bits());
        self.capture_above(tree, 1, top);
    }

    /// Fills the path of the region at `address`, from its root up.
    pub(crate) fn capture_region(&mut self, tree: &MemoryTree, address: u32, top: Top) {
        self.address = address;
        self.from_level = tree.hasher().length().region_level();
        self.capture_above(tree, self.from_level, top);
    }

    fn capture_above(&mut self, tree: &MemoryTree, level: usize, top: Top) {
        let levels = tree.hasher().length().memory_levels();
        for level in level..levels {
            self.nodes[level] = tree.node(level, self.address);
            self.siblings[level] = tree.sibling(level, self.address);
        }
        self.nodes[levels] = tree.root();
        self.siblings[levels] = top.file;
        self.nodes[levels + 1] = top.state;
    }

    /// Fills only the nodes of this path's address in another state, into `nodes`.
    pub(crate) fn capture_nodes(
        &self,
        tree: &MemoryTree,
        memory: &Memory,
        state: Digest,
        nodes: &mut PathNodes,
    ) {
        let levels = tree.hasher().length().memory_levels();
        for (level, node) in nodes
            .iter_mut()
            .enumerate()
            .take(levels)
            .skip(self.from_level)
        {
            *node = match level {
                0 => chunk(tree.hasher().length(), memory, self.address),
                _ => tree.node(level, self.address),
            };
        }
        nodes[levels] = tree.root();
        nodes[levels + 1] = state;
    }

    /// Whether the node of `level` on this path is a right child.
    pub fn is_right(&self, length: DigestLength, level: usize) -> bool {
        u64::from(self.address) >> (length.chunk_bits() as usize + level) & 1 == 1
    }

    /// The position of the address's word in its chunk.
    pub fn word_position(&self, length: DigestLength) -> usize {
        (self.address >> 2) as usize % length.chunk_words()
    }

    /// The lowest level whose node in `nodes` is not the parent of the level below with this path's siblings, `file` being
    /// the sibling of the memory root. `None` if `nodes` is a path.
    pub fn first_break(&self, hasher: &Hasher, nodes: &PathNodes, file: &Digest) -> Option<usize> {
        let length = hasher.length();
        let root = length.memory_levels();
        let climbs = |level: usize| {
            let (node, sibling) = (&nodes[level], &self.siblings[level]);
            let (left, right) = if self.is_right(length, level) {
                (sibling, node)
            } else {
                (node, sibling)
            };
            hasher.parent(level, left, right) == nodes[level + 1]
        };
        match (self.from_level..root).find(|&level| !climbs(level)) {
            Some(level) => Some(level + 1),
            None if hasher.state(&nodes[root], file) != nodes[root + 1] => Some(root + 1),
            None => None,
        }
    }
}

/// What is above the memory root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Top {
    pub(crate) file: Digest,
    pub(crate) state: Digest,
}

/// The chunk at an address, in a digest's place.
fn chunk(length: DigestLength, memory: &Memory, address: u32) -> Digest {
    let words = length.chunk_words();
    let start = address >> length.chunk_bits() << length.chunk_bits();
    let mut chunk = Digest::default();
    for (i, word) in chunk.0[..words].iter_mut().enumerate() {
        *word = memory.load(start + 4 * i as u32);
    }
    chunk
}
