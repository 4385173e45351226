//! Any text as a saved report: nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = palisade_report::saved_report(text);
});
