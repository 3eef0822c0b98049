//! The tree over the general registers.

use super::{Digest, Hasher};
use crate::execute::Registers;

/// Chunks in the register tree at most (digests of 160 bits).
const MAX_CHUNKS: usize = 8;

/// The tree over the 32 general registers: `G` levels above their chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterTree {
    /// Node `i` of level `l` is `nodes[(chunks >> l) + i]`; the root, level G, is `nodes[1]`. Level 0 holds the chunks.
    nodes: [Digest; 2 * MAX_CHUNKS],
    chunks: usize,
}

impl RegisterTree {
    /// The tree over these registers.
    pub fn new(hasher: &Hasher, gpr: &Registers) -> RegisterTree {
        let chunk_words = hasher.length().chunk_words();
        let chunks = 32 / chunk_words;
        let mut nodes = [Digest::default(); 2 * MAX_CHUNKS];
        for (node, words) in nodes[chunks..]
            .iter_mut()
            .zip(gpr.chunks_exact(chunk_words))
        {
            node.0[..chunk_words].copy_from_slice(words);
        }
        for i in (1..chunks).rev() {
            let level = usize::from(i < chunks / 2);
            nodes[i] = hasher.parent(level, &nodes[2 * i], &nodes[2 * i + 1]);
        }
        RegisterTree { nodes, chunks }
    }

    /// Puts `value` into `register` and recomputes the nodes above.
    pub fn set(&mut self, hasher: &Hasher, register: u8, value: u32) {
        let chunk_words = hasher.length().chunk_words();
        let mut i = self.chunks + usize::from(register & 31) / chunk_words;
        let word = &mut self.nodes[i].0[usize::from(register & 31) % chunk_words];
        if *word == value {
            return;
        }
        *word = value;
        let mut level = 0;
        while i > 1 {
            i /= 2;
            self.nodes[i] = hasher.parent(level, &self.nodes[2 * i], &self.nodes[2 * i + 1]);
            level += 1;
        }
    }

    /// `gpr_root`.
    pub fn root(&self) -> Digest {
        self.nodes[1]
    }

    /// The node of `level` on the path of a register; level 0 is its chunk.
    pub fn node(&self, level: usize, register: u8) -> Digest {
        self.nodes[self.index(level, register)]
    }

    /// The sibling of [`node`](Self::node), for levels below the root's.
    pub fn sibling(&self, level: usize, register: u8) -> Digest {
        self.nodes[self.index(level, register) ^ 1]
    }

    fn index(&self, level: usize, register: u8) -> usize {
        let chunk = usize::from(register & 31) * self.chunks / 32;
        (self.chunks + chunk) >> level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::DigestLength;

    #[test]
    fn the_tree_is_as_defined() {
        let gpr: Registers = std::array::from_fn(|i| i as u32 * 0x0101_0101);
        let h = Hasher::new(DigestLength::Bits256);
        let halves = [
            h.data(&gpr[..8], &gpr[8..16]),
            h.data(&gpr[16..24], &gpr[24..]),
        ];
        let tree = RegisterTree::new(&h, &gpr);
        assert_eq!(tree.root(), h.node(&halves[0], &halves[1]));
        assert_eq!(
            (tree.node(1, 17), tree.sibling(1, 17)),
            (halves[1], halves[0])
        );
        assert_eq!(tree.sibling(0, 17).0[..], gpr[24..]);

        let h = Hasher::new(DigestLength::Bits160);
        let quarters: Vec<Digest> = gpr.chunks(8).map(|c| h.data(&c[..4], &c[4..])).collect();
        let root = h.node(
            &h.node(&quarters[0], &quarters[1]),
            &h.node(&quarters[2], &quarters[3]),
        );
        assert_eq!(RegisterTree::new(&h, &gpr).root(), root);
    }

    #[test]
    fn setting_a_register_is_building_anew() {
        for length in [DigestLength::Bits256, DigestLength::Bits160] {
            let h = Hasher::new(length);
            let mut gpr = [7; 32];
            let mut tree = RegisterTree::new(&h, &gpr);
            for register in 0..32u8 {
                gpr[usize::from(register)] = 1000 + u32::from(register);
                tree.set(&h, register, 1000 + u32::from(register));
                assert_eq!(tree, RegisterTree::new(&h, &gpr));
            }
        }
    }
}
