//! A table with an entry for every page of the address space.

use std::ops::{Index, IndexMut};

use crate::memory::PAGE_BITS;

/// Pages in the address space.
const PAGES: usize = 1 << (32 - PAGE_BITS);

/// One entry per page. Its length is part of its type, so that the number of a page that comes from an address needs no
/// check. The host gives room only to the parts that are used.
#[derive(Debug)]
pub(crate) struct PageTable<T>(Box<[T; PAGES]>);

impl<T: Clone + Default> PageTable<T> {
    /// A table of default entries.
    pub(crate) fn new() -> PageTable<T> {
        PageTable::from_entries(vec![T::default(); PAGES])
    }

    fn from_entries(entries: Vec<T>) -> PageTable<T> {
        match entries.try_into() {
            Ok(table) => PageTable(table),
            Err(_) => unreachable!("there are as many entries as pages"),
        }
    }
}

impl<T: Clone + Default> Clone for PageTable<T> {
    /// Entry by entry on the heap: the whole is larger than a stack.
    fn clone(&self) -> PageTable<T> {
        PageTable::from_entries(self.0.to_vec())
    }
}

impl<T> Index<u32> for PageTable<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, page: u32) -> &T {
        &self.0[page as usize]
    }
}

impl<T> IndexMut<u32> for PageTable<T> {
    #[inline(always)]
    fn index_mut(&mut self, page: u32) -> &mut T {
        &mut self.0[page as usize]
    }
}
