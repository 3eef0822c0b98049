//! A heap for programs that end soon.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;

/// A heap of `N` bytes that takes back nothing but its last piece. Pages that are not used cost nothing.
#[repr(C, align(16))]
pub struct Heap<const N: usize> {
    bytes: UnsafeCell<[u8; N]>,
    used: Cell<usize>,
}

// SAFETY: a guest has one thread.
unsafe impl<const N: usize> Sync for Heap<N> {}

impl<const N: usize> Heap<N> {
    /// An empty heap.
    pub const fn new() -> Self {
        Self {
            bytes: UnsafeCell::new([0; N]),
            used: Cell::new(0),
        }
    }

    /// Whether a piece is the last one, so that what follows it is free.
    fn is_last(&self, piece: *mut u8, size: usize) -> bool {
        let start = self.bytes.get() as usize;
        piece as usize + size == start + self.used.get()
    }
}

impl<const N: usize> Default for Heap<N> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: pieces lie between `used` before and after the call, so they do not overlap; each starts at a multiple of its
// alignment, and none reaches beyond the array.
unsafe impl<const N: usize> GlobalAlloc for Heap<N> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let base = self.bytes.get() as usize;
        let start = (base + self.used.get()).next_multiple_of(layout.align()) - base;
        match start.checked_add(layout.size()) {
            Some(end) if end <= N => {
                self.used.set(end);
                (base + start) as *mut u8
            }
            _ => null_mut(),
        }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if self.is_last(piece, layout.size()) {
            self.used.set(self.used.get() - layout.size());
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.is_last(piece, layout.size()) {
            let used = self.used.get() - layout.size();
            return match used.checked_add(size) {
                Some(end) if end <= N => {
                    self.used.set(end);
                    piece
                }
                _ => null_mut(),
            };
        }
        if size <= layout.size() {
            return piece;
        }
        // SAFETY: the caller's promises about `layout` and `size` are those that `alloc` asks for; the new piece is another one
        // and has at least as many bytes as are copied.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                core::ptr::copy_nonoverlapping(piece, moved, layout.size());
            }
            moved
        }
    }
}
