//! The host names no provider and no format: their plugins declare what differs between them.

use std::str::FromStr as _;

use proc_macro2::TokenStream;
use regex::Regex;

use crate::code::walk;
use crate::files;

/// Names of providers and of formats, which may be in neither names nor texts of the code.
const NAMES: &str = "(?i)github|gitlab|bitbucket|azure|terraform|tofu|tfvars|kubernetes|kustom|helm|cloudformation|bicep|pulumi";

/// Files that may name them, each with its reason.
const NAMED: &[(&str, &str)] = &[
    ("host/catalog/build.rs", "which of the built-in plugins are compressed in the program"),
    ("host/cli/src/args.rs", "formats of reports, and examples in the help"),
    ("host/cli/src/log.rs", "what tokens look like that must not be logged"),
    ("host/cli/src/scan.rs", "formats of reports"),
    ("host/domain/src/mask.rs", "what tokens look like that must not be shown"),
    ("host/modules/src/", "sources of modules, as Terraform writes them"),
    ("host/report/src/", "formats of reports"),
    ("host/scan/src/known.rs", "what is known to deploy something and is not read"),
];

fn named(names: &Regex, path: &str, text: &str) -> Vec<String> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut found: Vec<(usize, String)> = Vec::new();
    walk(tokens, &|attribute| !attribute.starts_with("doc="), &mut |token, _| {
        found.push((token.span().start().line, token.to_string()));
    });
    found.retain(|(_, text)| names.is_match(text));
    found.into_iter().map(|(line, text)| format!("{path}:{line}: {text}")).collect()
}

#[test]
fn the_host_names_no_provider_and_no_format() {
    let names = Regex::new(NAMES).unwrap();
    let mut found = Vec::new();
    let mut used = vec![false; NAMED.len()];
    for (path, text) in files::rust() {
        let beside = ["/tests/", "/tests.rs", "/benches/", "/examples/"].iter().any(|it| path.contains(it));
        if !path.starts_with("host/") || beside {
            continue;
        }
        let here = named(&names, &path, &text);
        match NAMED.iter().position(|(prefix, _)| path.starts_with(prefix)) {
            Some(row) => used[row] |= !here.is_empty(),
            None => found.extend(here),
        }
    }
    assert!(found.is_empty(), "let the plugin declare it, or list the file with a reason: {found:#?}");
    let needless: Vec<_> = NAMED.iter().zip(used).filter(|(_, used)| !used).map(|(row, _)| row.0).collect();
    assert!(needless.is_empty(), "nothing is named there any more: {needless:?}");
}

#[test]
fn a_name_in_the_code_is_found() {
    let code = "
        //! About Terraform.
        /// Kubernetes' own.
        fn github_door() -> &'static str { \"x\" }
        const A: [&str; 2] = [\"a.tfvars\", \"b\"];
        #[serde(rename = \"helm-chart\")]
        struct B;
        #[cfg(test)]
        mod tests { const C: &str = \"terraform\"; }
        fn last() { println!(\"see Azure DevOps\") }
    ";
    let found = named(&Regex::new(NAMES).unwrap(), "a.rs", code);
    assert_eq!(
        found,
        [
            "a.rs:4: github_door",
            "a.rs:5: \"a.tfvars\"",
            "a.rs:6: \"helm-chart\"",
            "a.rs:10: \"see Azure DevOps\""
        ]
    );
}
