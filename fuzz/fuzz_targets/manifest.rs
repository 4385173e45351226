//! Any bytes as a plugin file, and as its manifest: an error, or a valid manifest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_bundle::{Manifest, manifest_of};

fuzz_target!(|bytes: &[u8]| {
    let _ = manifest_of(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(manifest) = Manifest::parse(text)
    {
        assert!(!manifest.name.is_empty() && manifest.name.len() <= 64);
    }
});
