//! Any text as a policy: problems with places, or a program.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_rego::{Settings, compile};

fuzz_target!(|text: &str| {
    let files = [("policy.rego".to_owned(), text.to_owned())];
    if let Err(problems) = compile(&files, &Settings::default()) {
        assert!(!problems.to_string().is_empty());
    }
});
