//! Seeds of hash tables, in a guest. The validator of schemas needs random ones and panics without. A guest has no
//! randomness, and scans must be reproducible, so they are fixed. Input with colliding keys only uses up the time limit
//! of its own call. A guest is built with `--cfg getrandom_backend="custom"` so that this function is used.

use getrandom_03::Error;

/// The function that `getrandom` links, with the signature that it documents.
///
/// # Safety
///
/// `at` must be valid for writes of `many` bytes.
#[expect(
    unsafe_code,
    reason = "a name that is looked for when linking, and a buffer that may not be initialised"
)]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(at: *mut u8, many: usize) -> Result<(), Error> {
    // SAFETY: guaranteed by the contract of this function; every byte value is a valid `u8`.
    unsafe { std::ptr::write_bytes(at, 0x5a, many) };
    Ok(())
}
