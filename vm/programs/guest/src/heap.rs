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

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    /// Bytes of so many, at a multiple of so many.
    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).expect("a power of two")
    }

    #[test]
    fn pieces_are_aligned_and_do_not_overlap() {
        let heap: Heap<64> = Heap::new();
        // SAFETY: no layout is of size zero.
        let [first, second] =
            [layout(3, 1), layout(8, 8)].map(|piece| unsafe { heap.alloc(piece) });
        assert!(!first.is_null() && second as usize >= first as usize + 3);
        assert!((second as usize).is_multiple_of(8));
        // SAFETY: as above.
        assert!(unsafe { heap.alloc(layout(64, 1)) }.is_null());
    }

    #[test]
    fn the_last_piece_is_taken_back_and_grows_in_place() {
        let heap: Heap<64> = Heap::new();
        let (small, large) = (layout(16, 1), layout(40, 1));
        // SAFETY: each piece comes from this heap with the layout that is named, and is not used after it was given back.
        unsafe {
            let first = heap.alloc(small);
            assert_eq!(heap.realloc(first, small, 40), first);
            assert!(heap.realloc(first, large, 65).is_null());
            heap.dealloc(first, large);
            assert_eq!(heap.alloc(layout(64, 1)), first);
        }
    }

    #[test]
    fn another_piece_is_moved_with_its_bytes() {
        let heap: Heap<64> = Heap::new();
        let small = layout(4, 1);
        // SAFETY: as above; both pieces have four bytes at least.
        unsafe {
            let first = heap.alloc(small);
            first.copy_from(b"abcd".as_ptr(), 4);
            let second = heap.alloc(small);
            assert_eq!(heap.realloc(first, small, 2), first);
            let moved = heap.realloc(first, small, 8);
            assert!(moved as usize >= second as usize + 4);
            assert_eq!(core::slice::from_raw_parts(moved, 4), b"abcd");
            assert!(heap.realloc(first, small, 60).is_null());
            // What is not the last is lost.
            heap.dealloc(second, small);
            assert_eq!(heap.alloc(layout(4, 1)) as usize, moved as usize + 8);
        }
    }
}
