//! Any text as a comment, and as the value of an annotation: nothing panics, and errors are reported.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_domain::{Reach, checkov, directives, ours};

fuzz_target!(|text: &str| {
    for it in directives(text).into_iter().chain([ours(text, Reach::Resource), checkov(text)]) {
        let everything = it.controls.is_empty() && it.problem.is_none();
        // Only KICS can suppress everything; ours and the other tools name controls.
        assert!(!everything || it.dialect == "kics", "{it:?}");
    }
});
