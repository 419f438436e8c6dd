//! The allocator of the binary.

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys as mi;

/// What every block is aligned to that is no shorter than that.
const NATURAL: usize = 16;

/// mimalloc as Rust's global allocator.
///
/// Its aligned functions make room for the alignment even where every block has
/// it, which takes a slower way and the next larger size. Here they are called
/// only by those who want more than comes by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

fn is_natural(size: usize, align: usize) -> bool {
    align <= NATURAL && align <= size
}

// SAFETY: all blocks come from mimalloc and go back to it, which keeps sizes and
// alignments; blocks of at least `NATURAL` bytes are aligned to `NATURAL`, shorter
// ones to the greatest power of two that is not longer than they are.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: any size and any power of two are fine.
        let block = unsafe {
            if is_natural(size, align) {
                mi::mi_malloc(size)
            } else {
                mi::mi_malloc_aligned(size, align)
            }
        };
        block.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        let block = unsafe {
            if is_natural(size, align) {
                mi::mi_zalloc(size)
            } else {
                mi::mi_zalloc_aligned(size, align)
            }
        };
        block.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller gives back what it was given.
        unsafe { mi::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        // SAFETY: the caller gives back what it was given.
        let block = unsafe {
            if is_natural(size, align) {
                mi::mi_realloc(block.cast(), size)
            } else {
                mi::mi_realloc_aligned(block.cast(), size, align)
            }
        };
        block.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_keep_what_is_in_them() {
        for align in [1, 2, 4, 8, 16, 64, 128, 4096] {
            for size in (1..300).chain([1000, 1024, 1536, 4000, 70_000]) {
                let layout = Layout::from_size_align(size, align).unwrap();
                // SAFETY: the layouts are those with which the blocks were made.
                unsafe {
                    let first = Allocator.alloc(layout);
                    let zeroed = Allocator.alloc_zeroed(layout);
                    for block in [first, zeroed] {
                        assert!(!block.is_null());
                        assert_eq!(block.addr() % align, 0, "{size} {align}");
                    }
                    assert_eq!(*zeroed.add(size - 1), 0);
                    first.write_bytes(7, size);
                    let larger = Allocator.realloc(first, layout, size * 3);
                    assert_eq!(larger.addr() % align, 0, "{size} {align}");
                    assert_eq!((*larger, *larger.add(size - 1)), (7, 7));
                    Allocator.dealloc(zeroed, layout);
                    let layout = Layout::from_size_align(size * 3, align).unwrap();
                    let smaller = Allocator.realloc(larger, layout, size);
                    assert_eq!(smaller.addr() % align, 0, "{size} {align}");
                    assert_eq!(*smaller.add(size - 1), 7);
                    let layout = Layout::from_size_align(size, align).unwrap();
                    Allocator.dealloc(smaller, layout);
                }
            }
        }
    }
}
