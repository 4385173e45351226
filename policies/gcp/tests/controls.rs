//! Every control against its cases, its examples and the rules of documentation, all at once.

use std::path::PathBuf;

use palisade_parser_terraform::Terraform;
use palisade_policies_gcp::PACK;
use palisade_sdk::testing::Suite;

fn check(what: impl Fn(&Suite<'_>) -> Result<(), String>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/controls");
    let suite = Suite { parser: &Terraform, pack: &PACK, prefix: "gcp-", folder: &folder, extension: "tf" };
    if let Err(faults) = what(&suite) {
        panic!("{faults}");
    }
}

#[test]
fn cases_come_out_as_they_say() {
    check(Suite::check_cases);
}

#[test]
fn examples_fail_and_pass() {
    check(Suite::check_examples);
}

#[test]
fn controls_have_the_form() {
    check(Suite::check_form);
}

#[test]
fn controls() {
    check(|suite| {
        insta::assert_snapshot!(suite.list());
        Ok(())
    });
}
