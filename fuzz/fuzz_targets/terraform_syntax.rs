//! Any text as a configuration, an expression, a template and JSON: nothing panics, and every place is valid.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../plugins/parsers/terraform/tests/syntax/checker.rs"]
mod checker;

fuzz_target!(|text: &str| checker::check(text));
