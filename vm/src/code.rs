//! Decoded code: each page of instructions is decoded once.

use crate::address::HALT;
use crate::isa::Instruction;
use crate::memory::{Memory, PAGE_BITS, PAGE_WORDS};

/// The decoded words of one page; `None` is a word without a successor: an unsupported one, or any word at HALT.
pub(crate) type CodePage = [Option<Instruction>; PAGE_WORDS];

/// The pages that were executed, decoded. A store to such a page must be followed by [`CodeCache::refresh`].
#[derive(Clone, Debug)]
pub(crate) struct CodeCache {
    /// By page number: 0, or one more than the index into `pages`.
    table: Box<[u32]>,
    pages: Vec<Box<CodePage>>,
}

impl CodeCache {
    pub(crate) fn new() -> CodeCache {
        CodeCache {
            table: vec![0; 1 << (32 - PAGE_BITS)].into_boxed_slice(),
            pages: Vec::new(),
        }
    }

    /// The decoded page at `pc`, decoding it at its first use; `None` for a page that was never written.
    #[inline(always)]
    pub(crate) fn page(&mut self, memory: &mut Memory, pc: u32) -> Option<&CodePage> {
        let number = pc >> PAGE_BITS;
        let index = self.table[number as usize];
        if index != 0 {
            return self.pages.get(index as usize - 1).map(|page| &**page);
        }
        self.decode(memory, number)
    }

    #[cold]
    fn decode(&mut self, memory: &mut Memory, number: u32) -> Option<&CodePage> {
        let words = memory.mark_code(number)?;
        let mut page = Box::new([None; PAGE_WORDS]);
        for (i, (decoded, &word)) in page.iter_mut().zip(words).enumerate() {
            *decoded = decode((number << PAGE_BITS) | (4 * i as u32), word);
        }
        self.pages.push(page);
        self.table[number as usize] = self.pages.len() as u32;
        self.pages.last().map(|page| &**page)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.table.fill(0);
        self.pages.clear();
    }

    /// Decodes the word at `address` again, if its page is decoded.
    pub(crate) fn refresh(&mut self, memory: &Memory, address: u32) {
        let index = self.table[(address >> PAGE_BITS) as usize] as usize;
        if index != 0 {
            self.pages[index - 1][(address >> 2) as usize % PAGE_WORDS] =
                decode(address & !3, memory.load(address));
        }
    }
}

fn decode(address: u32, word: u32) -> Option<Instruction> {
    if address == HALT {
        None
    } else {
        Instruction::decode(word)
    }
}
