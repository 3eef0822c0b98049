//! The compression `H_dom(left, right)` of the protocol.

use blake3::IncrementCounter;
use blake3::platform::Platform;

use super::{Digest, DigestLength};
use crate::execute::Cpu;

/// `KEYED_HASH | CHUNK_START | CHUNK_END | ROOT`: a keyed hash of exactly one block.
const FLAGS: u8 = 16 | 1 | 2 | 8;
const BLOCK: usize = 64;
/// Blocks that go through the compression side by side where the processor can: the widest that the `blake3` crate has.
const LANES: usize = 16;

/// What a compression is for: another key for each, so that one can never be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Two chunks.
    Data,
    /// Two digests.
    Node,
    /// Root of the general registers, and the others.
    File,
    /// Memory root and register file.
    State,
    /// A state digest, its place in the trace and the salt of a dispute.
    Fingerprint,
}

/// The compressions of a game with one digest length.
///
/// One block is one call of the compression function, which the `blake3` crate offers below its stable interface; a
/// test compares it with `blake3::keyed_hash`.
#[derive(Clone, Debug)]
pub struct Hasher {
    length: DigestLength,
    platform: Platform,
    keys: [[u32; 8]; 5],
}

impl Hasher {
    /// The compressions for digests of this length.
    pub fn new(length: DigestLength) -> Hasher {
        let key = |domain| words(blake3::derive_key(domain, b""));
        Hasher {
            length,
            platform: Platform::detect(),
            keys: [
                key("gavel 2026 data"),
                key("gavel 2026 node"),
                key("gavel 2026 file"),
                key("gavel 2026 state"),
                key("gavel 2026 fingerprint"),
            ],
        }
    }

    /// The digest length.
    pub fn length(&self) -> DigestLength {
        self.length
    }

    /// The constant that stands for the accepted end of a trace.
    pub fn accept(&self) -> Digest {
        self.constant("gavel 2026 accept")
    }

    /// The constant that a party writes where the true trace has no successor.
    pub fn reject(&self) -> Digest {
        self.constant("gavel 2026 reject")
    }

    fn constant(&self, name: &str) -> Digest {
        self.cut(words(blake3::derive_key(name, b"")))
    }

    /// `H_data` of two chunks.
    #[inline]
    pub fn data(&self, left: &[u32], right: &[u32]) -> Digest {
        let count = self.length.chunk_words();
        self.compress(Domain::Data, &left[..count], &right[..count])
    }

    /// `H_node` of two digests.
    #[inline]
    pub fn node(&self, left: &Digest, right: &Digest) -> Digest {
        self.pair(Domain::Node, left, right)
    }

    /// The parent of two nodes whose level is `level`: `H_data` above chunks, else `H_node`.
    #[inline]
    pub fn parent(&self, level: usize, left: &Digest, right: &Digest) -> Digest {
        if level == 0 {
            self.data(&left.0, &right.0)
        } else {
            self.node(left, right)
        }
    }

    /// `H_file`: the register file.
    pub fn file(&self, gpr_root: &Digest, cpu: Cpu) -> Digest {
        let root = &gpr_root.0[..self.length.words()];
        self.compress(Domain::File, root, &[cpu.pc, cpu.next_pc, cpu.hi, cpu.lo])
    }

    /// `H_state`: the state digest.
    pub fn state(&self, memory_root: &Digest, file: &Digest) -> Digest {
        self.pair(Domain::State, memory_root, file)
    }

    /// The fingerprint of the state digest at a position of the trace, under the salt of a dispute: as many words as
    /// [`DigestLength::fingerprint_words`] says.
    pub fn fingerprint(&self, position: u32, state: &Digest, salt: [u32; 2]) -> Vec<u32> {
        let rest = [position, salt[0], salt[1]];
        let state = &state.0[..self.length.words()];
        let value = self.value(Domain::Fingerprint, state, &rest);
        value[..self.length.fingerprint_words()].to_vec()
    }

    fn pair(&self, domain: Domain, left: &Digest, right: &Digest) -> Digest {
        let count = self.length.words();
        self.compress(domain, &left.0[..count], &right.0[..count])
    }

    /// One compression of the words of `left` followed by those of `right`, 16 at most.
    #[inline]
    fn compress(&self, domain: Domain, left: &[u32], right: &[u32]) -> Digest {
        self.cut(self.value(domain, left, right))
    }

    /// All words that the compression gives.
    #[inline]
    fn value(&self, domain: Domain, left: &[u32], right: &[u32]) -> [u32; 8] {
        let mut value = self.keys[domain as usize];
        let block = block(left, right);
        self.platform
            .compress_in_place(&mut value, &block, BLOCK as u8, 0, FLAGS);
        value
    }

    /// The parents of pairs of nodes of one level, several at a time. `children` has twice as many entries as `parents`.
    pub(crate) fn parents(&self, level: usize, children: &[Digest], parents: &mut [Digest]) {
        let (domain, count) = match level {
            0 => (Domain::Data, self.length.chunk_words()),
            _ => (Domain::Node, self.length.words()),
        };
        let key = &self.keys[domain as usize];
        for (children, parents) in children.chunks(2 * LANES).zip(parents.chunks_mut(LANES)) {
            let mut blocks = [[0; BLOCK]; LANES];
            for (bytes, pair) in blocks.iter_mut().zip(children.chunks_exact(2)) {
                *bytes = block(&pair[0].0[..count], &pair[1].0[..count]);
            }
            let inputs = blocks.each_ref();
            let mut out = [0; 32 * LANES];
            let used = parents.len();
            self.platform.hash_many(
                &inputs[..used],
                key,
                0,
                IncrementCounter::No,
                FLAGS,
                0,
                0,
                &mut out[..32 * used],
            );
            for (parent, bytes) in parents.iter_mut().zip(out.chunks_exact(32)) {
                let mut whole = [0; 32];
                whole.copy_from_slice(bytes);
                *parent = self.cut(words(whole));
            }
        }
    }

    /// The first words of an output, as many as a digest has.
    #[inline]
    fn cut(&self, mut value: [u32; 8]) -> Digest {
        if self.length == DigestLength::Bits160 {
            value[5..].fill(0);
        }
        Digest(value)
    }
}

#[inline]
fn block(left: &[u32], right: &[u32]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    for (bytes, word) in block.chunks_exact_mut(4).zip(left.iter().chain(right)) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    block
}

fn words(bytes: [u8; 32]) -> [u32; 8] {
    std::array::from_fn(|i| {
        u32::from_le_bytes([
            bytes[4 * i],
            bytes[4 * i + 1],
            bytes[4 * i + 2],
            bytes[4 * i + 3],
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The protocol's definition, through the stable interface.
    fn defined(name: &str, message: &[u32]) -> [u32; 8] {
        let mut block = [0; 64];
        for (bytes, word) in block.chunks_exact_mut(4).zip(message) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let key = blake3::derive_key(&format!("gavel 2026 {name}"), b"");
        words(*blake3::keyed_hash(&key, &block).as_bytes())
    }

    fn sample(seed: u32) -> Digest {
        Digest(std::array::from_fn(|i| {
            seed.wrapping_mul(0x9e37_79b9).wrapping_add(i as u32)
        }))
    }

    #[test]
    fn compressions_are_as_defined() {
        let (a, b) = (sample(1), sample(2));
        let cpu = Cpu {
            pc: 4,
            next_pc: 8,
            hi: 5,
            lo: 6,
        };
        let h = Hasher::new(DigestLength::Bits256);
        let both = [a.0, b.0].concat();
        assert_eq!(h.data(&a.0, &b.0).0, defined("data", &both));
        assert_eq!(h.node(&a, &b).0, defined("node", &both));
        assert_eq!(h.state(&a, &b).0, defined("state", &both));
        assert_eq!(
            h.file(&a, cpu).0,
            defined("file", &[&a.0[..], &[4, 8, 5, 6]].concat())
        );
        assert_eq!(
            h.fingerprint(7, &a, [8, 9]),
            defined("fingerprint", &[&a.0[..], &[7, 8, 9]].concat())[..4]
        );

        let h = Hasher::new(DigestLength::Bits160);
        let cut = |mut value: [u32; 8]| {
            value[5..].fill(0);
            value
        };
        let five = [&a.0[..5], &b.0[..5]].concat();
        assert_eq!(
            h.data(&a.0, &b.0).0,
            cut(defined("data", &[&a.0[..4], &b.0[..4]].concat()))
        );
        assert_eq!(h.node(&a, &b).0, cut(defined("node", &five)));
        assert_eq!(h.state(&a, &b).0, cut(defined("state", &five)));
        assert_eq!(
            h.file(&a, cpu).0,
            cut(defined("file", &[&a.0[..5], &[4, 8, 5, 6]].concat()))
        );
        assert_eq!(
            h.fingerprint(7, &a, [8, 9]),
            defined("fingerprint", &[&a.0[..5], &[7, 8, 9]].concat())[..3]
        );
        assert_eq!(
            h.accept().0,
            cut(words(blake3::derive_key("gavel 2026 accept", b"")))
        );
    }

    #[test]
    fn many_parents_are_single_parents() {
        for length in [DigestLength::Bits256, DigestLength::Bits160] {
            let h = Hasher::new(length);
            let children: Vec<Digest> = (0..74).map(sample).collect();
            for level in [0, 1] {
                let mut parents = vec![Digest::default(); 37];
                h.parents(level, &children, &mut parents);
                for (i, parent) in parents.iter().enumerate() {
                    assert_eq!(
                        *parent,
                        h.parent(level, &children[2 * i], &children[2 * i + 1])
                    );
                }
            }
        }
    }
}
