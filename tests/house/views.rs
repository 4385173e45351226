//! Handlers return the read models of the service; only its use cases access the database.

use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use crate::code::walk;
use crate::files;

/// The folder of the handlers.
const HANDLERS: &str = "host/web/src/";
/// The crate that they must not name.
const DATABASE: &str = "palisade_store";

/// Lines that name the database.
fn named(path: &str, text: &str) -> Vec<String> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut found = Vec::new();
    walk(tokens, &|_| false, &mut |token, _| {
        if matches!(token, TokenTree::Ident(name) if name == DATABASE) {
            found.push(format!("{path}:{}", token.span().start().line));
        }
    });
    found
}

#[test]
fn handlers_do_not_name_the_database() {
    let files: Vec<_> = files::rust().filter(|(path, _)| path.starts_with(HANDLERS)).collect();
    assert!(!files.is_empty(), "{HANDLERS} has no file");
    let found: Vec<String> = files.iter().flat_map(|(path, text)| named(path, text)).collect();
    assert!(
        found.is_empty(),
        "{found:?} name `{DATABASE}`: add a method to the use case in host/service/src that returns a type of \
         `palisade_service::view`, and call that"
    );
}

#[test]
fn a_name_of_the_database_is_found() {
    let code = "
        use palisade_service::Service;
        use palisade_store::Page;
        fn list(service: &Service) -> palisade_store::entity::source::Model {}
        #[cfg(test)]
        mod tests { use palisade_store::Store; }
    ";
    assert_eq!(named("a.rs", code), ["a.rs:3", "a.rs:4"]);
}
