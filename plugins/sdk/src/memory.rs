//! The allocator of a guest whose memory is stored after its preparation.
//!
//! The file of such a guest contains every byte that is not zero, and the preparation uses much more memory than
//! remains in use. So memory that is freed meanwhile is filled with zeros: free memory, the spare capacity of lists and
//! the unused part of values are zero.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// Whether freed memory is filled with zeros. Only during the preparation: calls do not need it.
static PREPARES: AtomicBool = AtomicBool::new(false);

/// Runs the preparation of the guest: memory that is freed meanwhile is filled with zeros.
pub fn prepare<T>(work: impl FnOnce() -> T) -> T {
    PREPARES.store(true, Ordering::Relaxed);
    let result = work();
    PREPARES.store(false, Ordering::Relaxed);
    result
}

pub(crate) struct Allocator(WasmDynamicTalc);

impl Allocator {
    pub(crate) const fn new() -> Allocator {
        Allocator(new_wasm_dynamic_allocator())
    }
}

// SAFETY: all memory comes from the inner allocator and returns to it with the layout that it was requested with. The
// writes here go to memory that its owner has just freed, and to new memory of at least the copied length.
#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe {
            if PREPARES.load(Ordering::Relaxed) {
                ptr::write_bytes(at, 0, layout.size());
            }
            self.0.dealloc(at, layout);
        }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            if !PREPARES.load(Ordering::Relaxed) {
                return self.0.realloc(at, layout, size);
            }
            // The inner allocator would move the memory and leave the old bytes.
            let to = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !to.is_null() {
                ptr::copy_nonoverlapping(at, to, size.min(layout.size()));
                self.dealloc(at, layout);
            }
            to
        }
    }
}
