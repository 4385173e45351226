//! Each documented function: the examples of its page, and other cases, one per row.

#![cfg(test)]

mod collection;
mod conversion;
mod encoding;
mod filesystem;
mod format;
mod hash;
mod host;
mod list;
mod network;
mod notation;
mod numeric;
mod properties;
mod regular;
mod text;
mod time;

use std::collections::BTreeSet;

use host::Tree;
use palisade_terraform_functions::{FunctionError, call, find, names};

/// A function, its arguments, and the result; `!` begins a part of an error message.
type Case = (&'static str, &'static str, &'static str);

const FAMILIES: [(&str, &[Case]); 12] = [
    ("collection", collection::CASES),
    ("conversion", conversion::CASES),
    ("encoding", encoding::CASES),
    ("filesystem", filesystem::CASES),
    ("format", format::CASES),
    ("hash", hash::CASES),
    ("list", list::CASES),
    ("network", network::CASES),
    ("numeric", numeric::CASES),
    ("regular", regular::CASES),
    ("text", text::CASES),
    ("time", time::CASES),
];

/// All functions of Terraform 1.14 and OpenTofu 1.11, from the indices of their documentation.
const DOCUMENTED: &str = "
    abs ceil floor log max min parseint pow signum
    chomp endswith format formatlist indent join lower regex regexall replace split startswith strcontains strrev
    substr templatestring title trim trimprefix trimsuffix trimspace upper
    alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index keys length
    list lookup map matchkeys merge one range reverse setintersection setproduct setsubtract setunion slice sort sum
    transpose values zipmap
    base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64 urlencode
    yamldecode yamlencode
    abspath dirname pathexpand basename file fileexists fileset filebase64 templatefile
    formatdate plantimestamp timeadd timecmp timestamp
    base64sha256 base64sha512 bcrypt filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5
    rsadecrypt sha1 sha256 sha512 uuid uuidv5
    cidrhost cidrnetmask cidrsubnet cidrsubnets
    can ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring try type
    provider::terraform::decode_tfvars provider::terraform::encode_expr provider::terraform::encode_tfvars
    base64gunzip cidrcontains flip_sensitive urldecode
";

/// Functions that the evaluator implements.
const EVALUATORS: &str = "can try type";

/// Functions that never return a known value, and why.
const NEVER_KNOWN: [(&str, &str); 7] = [
    ("bcrypt", "its salt is random"),
    ("issensitive", "marks are not tracked"),
    ("plantimestamp", "a scan has no clock"),
    ("provider::terraform::decode_tfvars", "the language's parser stands above the functions"),
    ("rsadecrypt", "a scan decrypts nothing, and the crate for it draws in randomness"),
    ("timestamp", "a scan has no clock"),
    ("uuid", "it is random"),
];

fn check(family: &str) {
    let host = Tree::new();
    let mut wrong = Vec::new();
    let cases = FAMILIES.iter().find(|(name, _)| *name == family).unwrap().1;
    for (name, arguments, expected) in cases {
        let arguments_read = notation::read_all(arguments);
        let got = match call(name, arguments_read, &host) {
            Ok(value) => notation::show(&value),
            Err(error) => format!("!{error}"),
        };
        let right = match expected.strip_prefix('!') {
            Some(part) => got.strip_prefix('!').is_some_and(|it| it.contains(part)),
            None => got == *expected,
        };
        if !right {
            wrong.push(format!("{name}({arguments})\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

macro_rules! families {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*
    };
}

/// The rows, one test per family.
mod rows {
    use super::check;
    families! { collection conversion encoding filesystem format hash list network numeric regular text time }
}

#[test]
fn all_documented_functions_are_there_and_have_cases() {
    let evaluators: BTreeSet<&str> = EVALUATORS.split_whitespace().collect();
    let documented: BTreeSet<&str> = DOCUMENTED.split_whitespace().collect();
    let present: BTreeSet<&str> = names().collect();
    let missing: Vec<_> = documented.difference(&present).filter(|it| !evaluators.contains(*it)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    let invented: Vec<_> = present.difference(&documented).collect();
    assert!(invented.is_empty(), "not documented: {invented:?}");
    let cases: Vec<&str> = FAMILIES.iter().flat_map(|(_, cases)| cases.iter().map(|it| it.0)).collect();
    let tested: BTreeSet<&str> = cases.iter().copied().collect();
    let untested: Vec<_> = present.difference(&tested).collect();
    assert!(untested.is_empty(), "without a case: {untested:?}");
    assert_eq!(present.len(), names().count(), "a name stands twice");
    for (name, _) in NEVER_KNOWN {
        assert!(present.contains(name), "{name}");
    }
    println!(
        "{} documented, {} of the evaluator, {} here, {} of them never known, {} cases",
        documented.len(),
        evaluators.len(),
        present.len(),
        NEVER_KNOWN.len(),
        cases.len()
    );
}

#[test]
fn a_name_may_say_that_it_is_of_the_core() {
    assert_eq!(find("core::upper").map(|it| it.name), Some("upper"));
}

#[test]
fn an_unknown_name_is_its_own_error() {
    let error = |name: &str| call(name, Vec::new(), &Tree::new()).unwrap_err().to_string();
    assert!(matches!(call("nope", Vec::new(), &Tree::new()), Err(FunctionError::NotFound { .. })));
    assert_eq!(error("jsonencod"), "unknown function `jsonencod`; did you mean `jsonencode`?");
    assert_eq!(error("frobnicate"), "unknown function `frobnicate`");
}
