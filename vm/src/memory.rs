//! Sparse memory of 32-bit words over the whole address space.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::page_table::PageTable;

/// Words in a page.
pub const PAGE_WORDS: usize = 1024;
/// Bytes in a page, as a power of two.
pub const PAGE_BITS: u32 = 12;
/// The words of a page.
pub type PageWords = [u32; PAGE_WORDS];

/// How bytes are numbered inside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByteOrder {
    /// Byte 0 is the most significant one.
    Big,
    /// Byte 0 is the least significant one.
    Little,
}

impl ByteOrder {
    /// The lane of the byte at `address`: the byte is `word >> (8 * lane) & 0xff`.
    #[inline(always)]
    pub fn lane(self, address: u32) -> u32 {
        match self {
            ByteOrder::Big => !address & 3,
            ByteOrder::Little => address & 3,
        }
    }

    /// The word that four bytes in memory are.
    pub fn word(self, bytes: [u8; 4]) -> u32 {
        match self {
            ByteOrder::Big => u32::from_be_bytes(bytes),
            ByteOrder::Little => u32::from_le_bytes(bytes),
        }
    }

    /// The four bytes in memory that a word is.
    pub fn bytes(self, word: u32) -> [u8; 4] {
        match self {
            ByteOrder::Big => word.to_be_bytes(),
            ByteOrder::Little => word.to_le_bytes(),
        }
    }
}

/// A store would touch one page more than the memory may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the memory limit of {pages} pages is reached")]
pub struct MemoryFull {
    /// The limit.
    pub pages: usize,
}

/// What a store to a page has to do besides writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageState {
    /// Unchanged since the list of changed pages was last taken: enter it there.
    Clean,
    /// Already listed: nothing.
    Dirty,
    /// Holds instructions that have been decoded: the decoded form must be refreshed, and the page listed.
    Code { dirty: bool },
}

#[derive(Clone, Debug)]
struct Page {
    state: PageState,
    words: PageWords,
}

/// Sparse memory. Pages that were never written read as zero and take no room.
#[derive(Clone, Debug)]
pub struct Memory {
    order: ByteOrder,
    table: PageTable<Option<Box<Page>>>,
    mapped: Vec<u32>,
    dirty: Vec<u32>,
    page_limit: usize,
}

impl Memory {
    /// Empty memory. No more than `page_limit` pages of 4 KiB can be written.
    pub fn new(order: ByteOrder, page_limit: usize) -> Memory {
        Memory {
            order,
            table: PageTable::new(),
            mapped: Vec::new(),
            dirty: Vec::new(),
            page_limit,
        }
    }

    /// The byte order of stores and loads narrower than a word.
    #[inline(always)]
    pub fn order(&self) -> ByteOrder {
        self.order
    }

    /// The number of pages that can be written.
    pub fn page_limit(&self) -> usize {
        self.page_limit
    }

    pub(crate) fn set_page_limit(&mut self, pages: usize) {
        self.page_limit = pages;
    }

    /// The word at `address` (its two low bits are ignored).
    #[inline(always)]
    pub fn load(&self, address: u32) -> u32 {
        match &self.table[address >> PAGE_BITS] {
            Some(page) => page.words[word_index(address)],
            None => 0,
        }
    }

    /// Replaces the bits of the word at `address` that are set in `mask` by those of `value`.
    ///
    /// # Errors
    /// [`MemoryFull`] if the page is new and there are too many.
    #[inline(always)]
    pub fn store(&mut self, address: u32, mask: u32, value: u32) -> Result<(), MemoryFull> {
        if !self.store_data(address, mask, value) {
            self.store_slow(address, mask, value)?;
        }
        Ok(())
    }

    /// The common store: to a page that is listed as changed and holds no decoded code. `false` if it is not, nothing
    /// is written then.
    #[inline(always)]
    pub(crate) fn store_data(&mut self, address: u32, mask: u32, value: u32) -> bool {
        if let Some(page) = &mut self.table[address >> PAGE_BITS]
            && page.state == PageState::Dirty
        {
            let word = &mut page.words[word_index(address)];
            *word = *word & !mask | value & mask;
            return true;
        }
        false
    }

    /// Whether `address` lies on a page that holds decoded code.
    pub(crate) fn is_code(&self, address: u32) -> bool {
        matches!(
            &self.table[address >> PAGE_BITS],
            Some(page) if matches!(page.state, PageState::Code { .. })
        )
    }

    #[cold]
    fn store_slow(&mut self, address: u32, mask: u32, value: u32) -> Result<(), MemoryFull> {
        let number = address >> PAGE_BITS;
        let slot = &mut self.table[number];
        let page = match slot {
            Some(page) => page,
            None => {
                if self.mapped.len() >= self.page_limit {
                    return Err(MemoryFull {
                        pages: self.page_limit,
                    });
                }
                self.mapped.push(number);
                slot.insert(Box::new(Page {
                    state: PageState::Clean,
                    words: [0; PAGE_WORDS],
                }))
            }
        };
        match &mut page.state {
            PageState::Clean => {
                page.state = PageState::Dirty;
                self.dirty.push(number);
            }
            PageState::Code {
                dirty: dirty @ false,
            } => {
                *dirty = true;
                self.dirty.push(number);
            }
            PageState::Dirty | PageState::Code { dirty: true } => {}
        }
        let word = &mut page.words[word_index(address)];
        *word = *word & !mask | value & mask;
        Ok(())
    }

    /// Marks the page as holding decoded code and gives its words; `None` for a page that was never written.
    pub(crate) fn mark_code(&mut self, number: u32) -> Option<&PageWords> {
        let page = self.table[number].as_mut()?;
        page.state = match page.state {
            PageState::Clean => PageState::Code { dirty: false },
            PageState::Dirty => PageState::Code { dirty: true },
            state @ PageState::Code { .. } => state,
        };
        Some(&page.words)
    }

    /// The numbers of the pages that were written since the last call, each once.
    pub(crate) fn take_dirty(&mut self) -> Vec<u32> {
        let dirty = std::mem::take(&mut self.dirty);
        for &number in &dirty {
            if let Some(page) = &mut self.table[number] {
                page.state = match page.state {
                    PageState::Code { .. } => PageState::Code { dirty: false },
                    PageState::Clean | PageState::Dirty => PageState::Clean,
                };
            }
        }
        dirty
    }

    /// Makes the memory hold exactly these pages. Pages whose words change by that are listed as changed; none holds
    /// decoded code any more.
    pub(crate) fn restore(&mut self, pages: &BTreeMap<u32, Arc<PageWords>>) {
        for number in std::mem::take(&mut self.mapped) {
            if !pages.contains_key(&number) {
                self.table[number] = None;
                self.dirty.push(number);
            }
        }
        for (&number, words) in pages {
            self.mapped.push(number);
            let new = || {
                Box::new(Page {
                    state: PageState::Clean,
                    words: [0; PAGE_WORDS],
                })
            };
            let page = self.table[number].get_or_insert_with(new);
            if let PageState::Code { dirty } = page.state {
                page.state = if dirty {
                    PageState::Dirty
                } else {
                    PageState::Clean
                };
            }
            if page.words != **words {
                page.words = **words;
                page.state = PageState::Dirty;
                self.dirty.push(number);
            }
        }
    }

    /// The words of a page, `None` if it was never written.
    pub fn page(&self, number: u32) -> Option<&PageWords> {
        self.table[number].as_ref().map(|page| &page.words)
    }

    /// The numbers of the pages that were written, in the order of their first write.
    pub fn mapped(&self) -> &[u32] {
        &self.mapped
    }

    /// Writes bytes in the memory's byte order.
    ///
    /// # Errors
    /// [`MemoryFull`] if too many pages would be written.
    pub fn write_bytes(&mut self, address: u32, bytes: &[u8]) -> Result<(), MemoryFull> {
        let mut at = address;
        let mut rest = bytes;
        while !rest.is_empty() {
            if at & 3 == 0 && rest.len() >= 4 {
                self.store(
                    at,
                    u32::MAX,
                    self.order.word([rest[0], rest[1], rest[2], rest[3]]),
                )?;
                at = at.wrapping_add(4);
                rest = &rest[4..];
            } else {
                let shift = 8 * self.order.lane(at);
                self.store(at, 0xff << shift, u32::from(rest[0]) << shift)?;
                at = at.wrapping_add(1);
                rest = &rest[1..];
            }
        }
        Ok(())
    }

    /// Reads bytes in the memory's byte order.
    pub fn read_bytes(&self, address: u32, length: usize) -> Vec<u8> {
        (0..length as u32)
            .map(|i| {
                let at = address.wrapping_add(i);
                (self.load(at) >> (8 * self.order.lane(at))) as u8
            })
            .collect()
    }
}

#[inline(always)]
fn word_index(address: u32) -> usize {
    (address >> 2) as usize % PAGE_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_in_words_by_the_byte_order() {
        for (order, word) in [
            (ByteOrder::Big, 0x0102_0304),
            (ByteOrder::Little, 0x0403_0201),
        ] {
            let mut memory = Memory::new(order, 4);
            memory.write_bytes(0x0fff, &[9, 1, 2, 3, 4, 5]).unwrap();
            assert_eq!(memory.load(0x1000), word);
            assert_eq!(memory.read_bytes(0x0ffe, 8), [0, 9, 1, 2, 3, 4, 5, 0]);
            assert_eq!(memory.mapped(), [0, 1]);
        }
    }

    #[test]
    fn changed_pages_are_listed_once() {
        let mut memory = Memory::new(ByteOrder::Big, 4);
        memory.store(0x1000, u32::MAX, 1).unwrap();
        memory.store(0x1ffc, u32::MAX, 1).unwrap();
        assert_eq!(memory.take_dirty(), [1]);
        assert!(memory.mark_code(1).is_some());
        assert!(memory.mark_code(2).is_none());
        memory.store(0x1000, 0xff, 2).unwrap();
        memory.store(0x1000, 0xff, 3).unwrap();
        assert!(memory.is_code(0x1abc) && !memory.is_code(0x2000));
        assert_eq!(memory.take_dirty(), [1]);
        assert_eq!(memory.take_dirty(), [0u32; 0]);
        assert_eq!(memory.load(0x1000), 3);
    }

    #[test]
    fn page_limit_is_an_error_and_changes_nothing() {
        let mut memory = Memory::new(ByteOrder::Big, 1);
        memory.store(0, u32::MAX, 1).unwrap();
        assert_eq!(
            memory.store(0x1000, u32::MAX, 1),
            Err(MemoryFull { pages: 1 })
        );
        assert_eq!((memory.load(0x1000), memory.mapped().len()), (0, 1));
    }
}
