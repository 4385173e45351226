//! Seeds of hash tables, in a guest. The validator of schemas asks for random ones and panics where there are none; a
//! guest has none, and a scan says the same each time, so they are fixed. Whoever makes tables collide spends only the
//! time that the call was given. A guest is built with `--cfg getrandom_backend="custom"` for this to be asked.

use getrandom_03::Error;

/// The name that the library looks for, with the form that it documents.
///
/// # Safety
///
/// There are `many` bytes to write at `at`.
#[expect(
    unsafe_code,
    reason = "a name that is looked for when linking, and a buffer that may not be initialised"
)]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(at: *mut u8, many: usize) -> Result<(), Error> {
    // SAFETY: by the contract of this function; every byte value is a valid `u8`.
    unsafe { std::ptr::write_bytes(at, 0x5a, many) };
    Ok(())
}
