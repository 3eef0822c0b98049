//! The tree over memory, kept between digests: only what changed is hashed again.

use super::{Digest, Hasher};
use crate::memory::{Memory, PAGE_BITS, PAGE_WORDS};
use crate::page_table::PageTable;

/// Levels from a page to the memory root.
const UPPER_LEVELS: usize = 32 - PAGE_BITS as usize;
/// The upper levels are cut in two blocks of this height: one at the top, one for each 2^10 pages, made when needed.
const BLOCK_LEVELS: usize = UPPER_LEVELS / 2;

/// The nodes of a subtree of `BLOCK_LEVELS` levels: node `i` at height `h` is entry `(1 << (BLOCK_LEVELS - h)) + i`.
type Block = Box<[Digest]>;

/// The tree over the memory of one machine. It holds the nodes and no words: whoever changes memory says what changed.
#[derive(Clone, Debug)]
pub struct MemoryTree {
    hasher: Hasher,
    /// The root of a subtree of zeros, per level.
    zero: Vec<Digest>,
    /// Level of a page's root.
    page_level: usize,
    top: Block,
    directories: Box<[Option<Block>]>,
    /// Nodes inside a page: node `i` of level `l` is entry `(chunks >> l) + i`. Entries 0 and 1 are not used.
    pages: PageTable<Option<Box<[Digest]>>>,
}

impl MemoryTree {
    /// The tree over memory that is all zero.
    pub fn new(hasher: Hasher) -> MemoryTree {
        let levels = hasher.length().memory_levels();
        let mut zero = vec![Digest::default()];
        for level in 0..levels {
            zero.push(hasher.parent(level, &zero[level], &zero[level]));
        }
        let page_level = levels - UPPER_LEVELS;
        let top = zero_block(&zero[page_level + BLOCK_LEVELS..]);
        MemoryTree {
            hasher,
            page_level,
            top,
            directories: vec![None; 1 << BLOCK_LEVELS].into_boxed_slice(),
            pages: PageTable::new(),
            zero,
        }
    }

    /// The tree over `memory`.
    pub fn of(hasher: Hasher, memory: &Memory) -> MemoryTree {
        let mut tree = MemoryTree::new(hasher);
        tree.update_pages(memory, &mut memory.mapped().to_vec());
        tree
    }

    /// The compressions that the tree is made of.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// `memory_root`.
    pub fn root(&self) -> Digest {
        self.top[1]
    }

    /// The root of the subtree of zeros at `level`.
    pub fn zero(&self, level: usize) -> Digest {
        self.zero[level]
    }

    /// The node of `level` on the path of `address`, from level 1 (level 0 is memory itself) to the root's, `M`.
    #[inline]
    pub fn node(&self, level: usize, address: u32) -> Digest {
        self.at(level, self.number(level, address))
    }

    /// The sibling of [`node`](Self::node), for levels below the root's.
    #[inline]
    pub fn sibling(&self, level: usize, address: u32) -> Digest {
        self.at(level, self.number(level, address) ^ 1)
    }

    /// The number of the node of `level` on the path of `address`.
    #[inline]
    fn number(&self, level: usize, address: u32) -> usize {
        (u64::from(address) >> (self.hasher.length().chunk_bits() as usize + level)) as usize
    }

    #[inline(always)]
    fn at(&self, level: usize, number: usize) -> Digest {
        if level < self.page_level {
            let in_page = self.page_level - level;
            return match &self.pages[(number >> in_page) as u32] {
                Some(nodes) => nodes[(1 << in_page) + number % (1 << in_page)],
                None => self.zero[level],
            };
        }
        let height = level - self.page_level;
        if height >= BLOCK_LEVELS {
            return self.top[(1 << (UPPER_LEVELS - height)) + number];
        }
        let in_block = BLOCK_LEVELS - height;
        match &self.directories[number >> in_block] {
            Some(block) => block[(1 << in_block) + number % (1 << in_block)],
            None => self.zero[level],
        }
    }

    /// Recomputes the path of one word. `memory` holds its new value.
    pub fn update_word(&mut self, memory: &Memory, address: u32) {
        let page = address >> PAGE_BITS;
        if self.pages[page].is_none() {
            return self.update_pages(memory, &mut vec![page]);
        }
        let chunks = 1 << self.page_level;
        let chunk = self.number(0, address) % chunks;
        let pair = 2 * self.hasher.length().chunk_words();
        let (hasher, page_level) = (&self.hasher, self.page_level);
        let Some((nodes, words)) = self.pages[page].as_mut().zip(memory.page(page)) else {
            return;
        };
        let words = &words[chunk / 2 * pair..][..pair];
        let mut node = hasher.data(&words[..pair / 2], &words[pair / 2..]);
        let mut i = (chunks + chunk) / 2;
        for _ in 1..page_level {
            nodes[i] = node;
            i /= 2;
            node = hasher.node(&nodes[2 * i], &nodes[2 * i + 1]);
        }
        let directory = directory(&mut self.directories, &self.zero[page_level..], page);
        let i = (1 << BLOCK_LEVELS) + page as usize % (1 << BLOCK_LEVELS);
        let node = climb(hasher, directory, i, node);
        let i = (1 << BLOCK_LEVELS) + (page >> BLOCK_LEVELS) as usize;
        climb(hasher, &mut self.top, i, node);
    }

    /// Recomputes everything that depends on these pages, several compressions at a time.
    pub(crate) fn update_pages(&mut self, memory: &Memory, pages: &mut Vec<u32>) {
        pages.sort_unstable();
        pages.dedup();
        for &page in pages.iter() {
            let root = self.hash_page(memory, page);
            let directory = directory(&mut self.directories, &self.zero[self.page_level..], page);
            directory[(1 << BLOCK_LEVELS) + page as usize % (1 << BLOCK_LEVELS)] = root;
        }
        let mut numbers: Vec<usize> = pages.iter().map(|&page| page as usize).collect();
        for height in 0..UPPER_LEVELS {
            for number in &mut numbers {
                *number /= 2;
            }
            numbers.dedup();
            self.hash_parents(height, &numbers);
        }
    }

    /// Hashes the nodes inside a page and gives its root.
    fn hash_page(&mut self, memory: &Memory, page: u32) -> Digest {
        let Some(words) = memory.page(page) else {
            self.pages[page] = None;
            return self.zero[self.page_level];
        };
        let chunk_words = self.hasher.length().chunk_words();
        let chunks = PAGE_WORDS / chunk_words;
        let mut children = vec![Digest::default(); chunks];
        for (chunk, words) in children.iter_mut().zip(words.chunks_exact(chunk_words)) {
            chunk.0[..chunk_words].copy_from_slice(words);
        }
        let nodes = self.pages[page]
            .get_or_insert_with(|| vec![Digest::default(); chunks].into_boxed_slice());
        self.hasher.parents(0, &children, &mut nodes[chunks / 2..]);
        let mut count = chunks / 2;
        while count > 1 {
            let (parents, children) = nodes.split_at_mut(count);
            self.hasher
                .parents(1, &children[..count], &mut parents[count / 2..]);
            count /= 2;
        }
        nodes[1]
    }

    /// Hashes the nodes with these numbers, one above `height`, from their children.
    fn hash_parents(&mut self, height: usize, numbers: &[usize]) {
        let level = self.page_level + height;
        let children: Vec<Digest> = numbers
            .iter()
            .flat_map(|number| [self.at(level, 2 * number), self.at(level, 2 * number + 1)])
            .collect();
        let mut parents = vec![Digest::default(); numbers.len()];
        self.hasher.parents(level, &children, &mut parents);
        let height = height + 1;
        for (&number, &parent) in numbers.iter().zip(&parents) {
            if height >= BLOCK_LEVELS {
                self.top[(1 << (UPPER_LEVELS - height)) + number] = parent;
            } else if let Some(block) = &mut self.directories[number >> (BLOCK_LEVELS - height)] {
                let in_block = BLOCK_LEVELS - height;
                block[(1 << in_block) + number % (1 << in_block)] = parent;
            }
        }
    }
}

/// Puts `node` at entry `i` of a block and recomputes the nodes above, up to the block's root, which is given back.
fn climb(hasher: &Hasher, block: &mut [Digest], mut i: usize, node: Digest) -> Digest {
    block[i] = node;
    while i > 1 {
        i /= 2;
        block[i] = hasher.node(&block[2 * i], &block[2 * i + 1]);
    }
    block[1]
}

/// The block of the upper levels that `page` belongs to.
fn directory<'a>(
    directories: &'a mut [Option<Block>],
    zero: &[Digest],
    page: u32,
) -> &'a mut Block {
    directories[(page >> BLOCK_LEVELS) as usize].get_or_insert_with(|| zero_block(zero))
}

/// A block over zeros, whose leaves are `zero[0]`.
fn zero_block(zero: &[Digest]) -> Block {
    let mut block = vec![Digest::default(); 2 << BLOCK_LEVELS].into_boxed_slice();
    for (height, &root) in zero.iter().enumerate().take(BLOCK_LEVELS + 1) {
        let start = 1 << (BLOCK_LEVELS - height);
        block[start..2 * start].fill(root);
    }
    block
}
