//! Every control against its cases, its examples and the rules of documentation, all at once.

use std::path::Path;

use palisade_parser_terraform::Terraform;
use palisade_policies_azure::PACK;
use palisade_sdk::testing::Suite;

fn suite() -> Suite {
    Suite {
        parser: &Terraform,
        pack: &PACK,
        prefix: "azure-",
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controls"),
        extension: "tf",
    }
}

fn hold(result: Result<(), String>) {
    let faults = result.err().unwrap_or_default();
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn cases_come_out_as_they_say() {
    hold(suite().check_cases());
}

#[test]
fn examples_fail_and_pass() {
    hold(suite().check_examples());
}

#[test]
fn controls_have_the_form() {
    hold(suite().check_form());
}

#[test]
fn controls() {
    insta::assert_snapshot!(suite().list());
}
