//! A plugin with Rust's allocator, exported under the names and with the types that a host looks for.
use std::alloc::{alloc, dealloc, Layout};

/// The block's size is kept in front of it, because `free` is not told.
const HEADER: usize = 8;

#[no_mangle]
pub extern "C" fn malloc(size: usize) -> *mut u8 {
    let total = size.wrapping_add(HEADER);
    match Layout::from_size_align(total, HEADER) {
        Ok(layout) if total > size => unsafe {
            let block = alloc(layout);
            if block.is_null() {
                return block;
            }
            *(block as *mut usize) = total;
            block.add(HEADER)
        },
        _ => std::ptr::null_mut(),
    }
}

/// # Safety
/// `pointer` is null or comes from `malloc`, and is not used again.
#[no_mangle]
pub unsafe extern "C" fn free(pointer: *mut u8) {
    if pointer.is_null() {
        return;
    }
    let block = pointer.sub(HEADER);
    dealloc(block, Layout::from_size_align_unchecked(*(block as *const usize), HEADER));
}

/// # Safety
/// `count` bytes can be read at `bytes`.
#[no_mangle]
pub unsafe extern "C" fn sum(bytes: *const u8, count: usize) -> u32 {
    std::slice::from_raw_parts(bytes, count).iter().map(|&byte| u32::from(byte)).sum()
}
