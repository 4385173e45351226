//! Any text as a comment, and as the value of an annotation: nothing panics, and what is wrong says so.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_domain::{Reach, checkov, directives, ours};

fuzz_target!(|text: &str| {
    for it in directives(text).into_iter().chain([ours(text, Reach::Resource), checkov(text)]) {
        let everything = it.controls.is_empty() && it.problem.is_none();
        // Only KICS has words for everything; ours and the others name what they are about.
        assert!(!everything || it.dialect == "kics", "{it:?}");
    }
});
