//! The state digest against the protocol's definition, computed the slow way.

mod common;

use std::collections::BTreeMap;

use gavel_vm::digest::{DigestLength, Hasher, MemoryTree};
use gavel_vm::machine::Machine;
use gavel_vm::memory::{ByteOrder, Memory};
use gavel_vm::trace::Trace;
use proptest::prelude::*;

const LENGTHS: [DigestLength; 2] = [DigestLength::Bits256, DigestLength::Bits160];

/// The definition, over words instead of trees, digests as vectors of words.
struct Naive {
    /// Words in a digest and in a chunk.
    digest: usize,
    chunk: usize,
}

impl Naive {
    fn new(length: DigestLength) -> Naive {
        match length {
            DigestLength::Bits256 => Naive {
                digest: 8,
                chunk: 8,
            },
            DigestLength::Bits160 => Naive {
                digest: 5,
                chunk: 4,
            },
        }
    }

    fn h(&self, domain: &str, message: &[u32]) -> Vec<u32> {
        let mut block: Vec<u8> = message.iter().flat_map(|w| w.to_le_bytes()).collect();
        block.resize(64, 0);
        let key = blake3::derive_key(&format!("gavel 2026 {domain}"), b"");
        let hash = blake3::keyed_hash(&key, &block);
        let words = hash
            .as_bytes()
            .chunks(4)
            .map(|b| u32::from_le_bytes(b.try_into().unwrap()));
        words.take(self.digest).collect()
    }

    /// The node of `level` over all words from `start` on; subtrees of zeros once per level.
    fn node(
        &self,
        memory: &BTreeMap<u32, u32>,
        level: usize,
        start: u64,
        zeros: &mut Vec<Vec<u32>>,
    ) -> Vec<u32> {
        let size = (4 * (self.chunk as u64)) << level;
        if level == 0 {
            let word = |i| memory.get(&((start + 4 * i) as u32)).copied().unwrap_or(0);
            return (0..self.chunk as u64).map(word).collect();
        }
        let empty = memory
            .range(start as u32..=(start + size - 1) as u32)
            .all(|(_, &w)| w == 0);
        if empty && zeros.len() > level {
            return zeros[level].clone();
        }
        let left = self.node(memory, level - 1, start, zeros);
        let right = self.node(memory, level - 1, start + size / 2, zeros);
        let node = self.h(
            if level == 1 { "data" } else { "node" },
            &[left, right].concat(),
        );
        if empty {
            zeros.push(node.clone());
        }
        node
    }

    fn memory_root(&self, memory: &BTreeMap<u32, u32>) -> Vec<u32> {
        let levels = 32 - (4 * self.chunk).trailing_zeros() as usize;
        let mut zeros = vec![vec![0; self.chunk]];
        for level in 1..levels {
            self.node(&BTreeMap::new(), level, 0, &mut zeros);
        }
        self.node(memory, levels, 0, &mut zeros)
    }

    fn state(&self, machine: &Machine) -> Vec<u32> {
        let mut memory = BTreeMap::new();
        for &page in machine.memory().mapped() {
            for (i, &word) in machine.memory().page(page).unwrap().iter().enumerate() {
                memory.insert(page * 4096 + 4 * i as u32, word);
            }
        }
        let mut level: Vec<Vec<u32>> = machine
            .registers()
            .chunks(self.chunk)
            .map(<[u32]>::to_vec)
            .collect();
        let mut domain = "data";
        while level.len() > 1 {
            level = level
                .chunks(2)
                .map(|pair| self.h(domain, &pair.concat()))
                .collect();
            domain = "node";
        }
        let cpu = machine.cpu();
        let file = self.h(
            "file",
            &[&level[0][..], &[cpu.pc, cpu.next_pc, cpu.hi, cpu.lo]].concat(),
        );
        self.h("state", &[self.memory_root(&memory), file].concat())
    }
}

#[test]
fn the_state_digest_is_as_defined() {
    for (length, order) in [
        (LENGTHS[0], ByteOrder::Big),
        (LENGTHS[1], ByteOrder::Little),
    ] {
        let mut trace = Trace::honest(&common::sum(order), b"some input", length, 1000).unwrap();
        for step in [0, 1, 50, 9, trace.claim().steps] {
            let expected = Naive::new(length).state(trace.machine_at(step).unwrap());
            assert_eq!(
                trace.state_digest(step).unwrap().0[..length.words()],
                expected,
                "{length:?} {step}"
            );
        }
    }
}

#[test]
fn shapes_are_those_of_the_protocol() {
    let shape = |l: DigestLength| {
        [
            l.bits(),
            l.words(),
            l.chunk_words(),
            l.memory_levels(),
            l.state_level(),
            l.register_levels(),
            l.region_level(),
        ]
    };
    assert_eq!(shape(DigestLength::Bits256), [256, 8, 8, 27, 28, 2, 23]);
    assert_eq!(shape(DigestLength::Bits160), [160, 5, 4, 28, 29, 3, 24]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Words anywhere, updated one at a time, give the tree that is built at once, and the defined root.
    #[test]
    fn updating_is_building(writes in prop::collection::vec((any::<u32>(), any::<u32>(), any::<bool>()), 1..20)) {
        for length in LENGTHS {
            let hasher = Hasher::new(length);
            let mut memory = Memory::new(ByteOrder::Big, 100);
            let mut tree = MemoryTree::new(hasher.clone());
            let mut words = BTreeMap::new();
            for &(address, value, near) in &writes {
                // Some writes fall on the same page.
                let address = if near { 0x7fff_e000 | address & 0x1ffc } else { address & !3 };
                memory.store(address, u32::MAX, value).unwrap();
                tree.update_word(&memory, address);
                words.insert(address, value);
            }
            let built = MemoryTree::of(hasher, &memory);
            prop_assert_eq!(tree.root(), built.root());
            prop_assert_eq!(&tree.root().0[..length.words()], &Naive::new(length).memory_root(&words)[..]);
            for &address in words.keys() {
                for level in 1..length.memory_levels() {
                    prop_assert_eq!(tree.node(level, address), built.node(level, address));
                    prop_assert_eq!(tree.sibling(level, address), built.sibling(level, address));
                }
            }
        }
    }
}

/// A loop that writes over many pages: `addiu v0, v0, 4092; andi v1, v0, 0xffff; sw v0, 0(v1 + a0)` and so on.
#[test]
fn any_step_in_any_order() {
    let code = [
        0x3c04_0020, //       lui   a0, 0x20
        0x2442_0ffc, // loop: addiu v0, v0, 4092
        0x3043_fffc, //       andi  v1, v0, 0xfffc
        0x0083_1821, //       addu  v1, a0, v1
        0x1000_fffc, //       b     loop
        0xac62_0000, //       sw    v0, 0(v1)
    ];
    let image = gavel_vm::image::Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    let length = DigestLength::Bits256;
    let mut machine = Machine::new(&image, b"").unwrap();
    let claim = gavel_vm::trace::Claim {
        steps: 3_000_000,
        ..Trace::honest(&common::sum(ByteOrder::Big), b"", length, 1000)
            .unwrap()
            .claim()
    };
    let mut trace = Trace::challenge(&image, b"", length, claim).unwrap();
    let steps = [2_999_999, 5, 1_234_567, 1_234_568, 131_072, 0, 3_000_000];
    let digests: Vec<_> = steps
        .iter()
        .map(|&step| trace.state_digest(step).unwrap())
        .collect();
    let indices: Vec<u64> = steps.iter().map(|step| step + 1).collect();
    assert_eq!(trace.digests(&indices).unwrap(), digests);
    let mut sorted: Vec<_> = steps.iter().zip(&digests).collect();
    sorted.sort();
    for (&step, digest) in sorted {
        machine.run_to(step).unwrap();
        assert_eq!(machine.state_digest(trace.hasher()), *digest, "{step}");
    }
}
