//! Decoded code: each page of instructions is decoded once.

use crate::address::HALT;
use crate::isa::{Instruction, Op};
use crate::memory::{Memory, PAGE_BITS, PAGE_WORDS};
use crate::page_table::PageTable;

/// The decoded words of one page. A word without a successor, an unsupported one or any word at HALT, stands there as
/// BREAK, which has none either: so the plain loop needs no test for it.
pub(crate) type CodePage = [Instruction; PAGE_WORDS];

const NO_SUCCESSOR: Instruction = Instruction {
    op: Op::Break,
    rs: 0,
    rt: 0,
    dest: 0,
    imm: 0,
};

/// The pages that were executed, decoded. A store to such a page must be followed by [`CodeCache::refresh`].
#[derive(Clone, Debug)]
pub(crate) struct CodeCache {
    /// By page number: 0, or one more than the index into `pages`.
    table: PageTable<u32>,
    pages: Vec<Box<CodePage>>,
}

impl CodeCache {
    pub(crate) fn new() -> CodeCache {
        CodeCache {
            table: PageTable::new(),
            pages: Vec::new(),
        }
    }

    /// The decoded page at `pc`, decoding it at its first use; `None` for a page that was never written.
    #[inline(always)]
    pub(crate) fn page(&mut self, memory: &mut Memory, pc: u32) -> Option<&CodePage> {
        let number = pc >> PAGE_BITS;
        let index = self.table[number];
        if index != 0 {
            return self.pages.get(index as usize - 1).map(|page| &**page);
        }
        self.decode(memory, number)
    }

    #[cold]
    fn decode(&mut self, memory: &mut Memory, number: u32) -> Option<&CodePage> {
        let words = memory.mark_code(number)?;
        let mut page = Box::new([NO_SUCCESSOR; PAGE_WORDS]);
        for (i, (decoded, &word)) in page.iter_mut().zip(words).enumerate() {
            *decoded = decode((number << PAGE_BITS) | (4 * i as u32), word);
        }
        self.pages.push(page);
        self.table[number] = self.pages.len() as u32;
        self.pages.last().map(|page| &**page)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.table = PageTable::new();
        self.pages.clear();
    }

    /// Decodes the word at `address` again, if its page is decoded.
    pub(crate) fn refresh(&mut self, memory: &Memory, address: u32) {
        let index = self.table[address >> PAGE_BITS] as usize;
        if index != 0 {
            self.pages[index - 1][(address >> 2) as usize % PAGE_WORDS] =
                decode(address & !3, memory.load(address));
        }
    }
}

fn decode(address: u32, word: u32) -> Instruction {
    match Instruction::decode(word) {
        Some(ins) if address != HALT => ins,
        _ => NO_SUCCESSOR,
    }
}
