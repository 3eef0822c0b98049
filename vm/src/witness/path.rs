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
        self.address = address;
        self.from_level = 0;
        self.fill(tree, memory, 0, tree.hasher().length().memory_levels());
        self.close(tree, top);
    }

    /// Fills the path of the region at `address`, from its root up.
    pub(crate) fn capture_region(
        &mut self,
        tree: &MemoryTree,
        memory: &Memory,
        address: u32,
        top: Top,
    ) {
        let length = tree.hasher().length();
        self.address = address;
        self.from_level = length.region_level();
        self.fill(tree, memory, self.from_level, length.memory_levels());
        self.close(tree, top);
    }

    /// As [`capture`](Self::capture), where this already is a path in the same tree before `changed`, the only word that
    /// changed since: fills what differs.
    pub(crate) fn follow(
        &mut self,
        tree: &MemoryTree,
        memory: &Memory,
        address: u32,
        top: Top,
        changed: Option<u32>,
    ) {
        let bits = tree.hasher().length().chunk_bits();
        // Paths of two addresses run together from this level up.
        let meet = |other: u32| (u32::BITS - ((other ^ address) >> bits).leading_zeros()) as usize;
        let moved = meet(self.address);
        self.address = address;
        self.fill(tree, memory, 0, moved);
        if let Some(changed) = changed {
            let level = meet(changed);
            if level > moved {
                // Below that level the other path is this one's sibling.
                self.fill(tree, memory, level - 1, level);
            }
            for level in level.max(moved)..tree.hasher().length().memory_levels() {
                self.nodes[level] = self.node(tree, memory, level);
            }
        }
        self.close(tree, top);
    }

    /// Fills levels `from` to `to - 1`, below the root.
    #[inline]
    fn fill(&mut self, tree: &MemoryTree, memory: &Memory, from: usize, to: usize) {
        let length = tree.hasher().length();
        for level in from..to.min(length.memory_levels()) {
            self.nodes[level] = self.node(tree, memory, level);
            self.siblings[level] = match level {
                0 => chunk(length, memory, self.address ^ (1 << length.chunk_bits())),
                _ => tree.sibling(level, self.address),
            };
        }
    }

    #[inline]
    fn node(&self, tree: &MemoryTree, memory: &Memory, level: usize) -> Digest {
        match level {
            0 => chunk(tree.hasher().length(), memory, self.address),
            _ => tree.node(level, self.address),
        }
    }

    /// Fills the memory root and what is above it.
    #[inline]
    fn close(&mut self, tree: &MemoryTree, top: Top) {
        let levels = tree.hasher().length().memory_levels();
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
            *node = self.node(tree, memory, level);
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
