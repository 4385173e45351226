//! The allocator of a guest whose memory is kept after its preparations.
//!
//! Every byte that is not zero is in the file of such a guest, and preparing takes many times the memory that stays in
//! use. So what is freed meanwhile is filled with zeros: then free memory, the spare room of lists and the unused part of
//! values are zero too.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// Whether freed memory is filled with zeros. Only while the guest prepares: a call has no use for it.
static PREPARES: AtomicBool = AtomicBool::new(false);

/// Does work that prepares the guest: what is freed meanwhile is filled with zeros.
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

// SAFETY: all memory comes from the allocator inside and goes back to it with the layout that it was asked for. What is
// written here is memory that its owner has just given back, and new memory of at least the copied length.
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
            // The allocator inside moves memory itself, and would leave the old bytes.
            let to = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !to.is_null() {
                ptr::copy_nonoverlapping(at, to, size.min(layout.size()));
                self.dealloc(at, layout);
            }
            to
        }
    }
}
