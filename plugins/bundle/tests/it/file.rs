//! A plugin is a single file: it contains what was packed, and other files are refused.

use palisade_bundle::{BuildError, ReadError, SECTION, append, build, manifest_of, manifest_text};
use proptest::prelude::*;
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::ManglingAndAbi;

const MANIFEST: &str = r#"# A comment stays too.
name = "example"
version = "1.0.0"
world = "pack"
title = "An example"
"#;

/// A module with the imports and exports of a world, as a compiler creates it, without behaviour.
fn module(world: &str) -> Vec<u8> {
    let (resolve, worlds) = palisade_wit::resolve().unwrap();
    let world = resolve.select_world(&[worlds], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

fn component() -> Vec<u8> {
    build(&module("pack"), MANIFEST).unwrap()
}

/// Why the manifest cannot be read.
fn refused(file: &[u8]) -> String {
    match manifest_of(file) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_goes_in_comes_out() {
    for world in ["parser", "pack", "detector", "provider", "notifier"] {
        let manifest = MANIFEST.replace("\"pack\"", &format!("\"{world}\""));
        let component = build(&module(world), &manifest).unwrap();
        assert_eq!(manifest_text(&component).unwrap(), manifest);
        assert_eq!(manifest_of(&component).unwrap().world.name(), world);
    }
}

#[test]
fn building_twice_gives_the_same_bytes() {
    assert_eq!(component(), component());
}

#[test]
fn a_module_of_no_world_is_refused() {
    let foreign = wat::parse_str(r#"(module (import "env" "exit" (func)))"#).unwrap();
    for bytes in [foreign, b"not wasm".to_vec(), Vec::new()] {
        let error = build(&bytes, MANIFEST).unwrap_err();
        assert!(matches!(error, BuildError::Encode(_)), "{error}");
        assert!(error.to_string().contains("end it with `export_parser!`"), "{error}");
    }
}

#[test]
fn a_wrong_manifest_is_refused_before_anything_is_built() {
    let error = build(b"not wasm", "name = 1").unwrap_err();
    assert!(matches!(error, BuildError::Manifest(_)), "{error}");
}

#[test]
fn no_manifest_inside() {
    let bare = wat::parse_str("(component)").unwrap();
    let missing = ReadError::Missing.to_string();
    assert_eq!(refused(&bare), missing);
    let mut other = bare;
    append(&mut other, "palisade:plugins", MANIFEST.as_bytes());
    assert_eq!(refused(&other), missing);
}

#[test]
fn two_manifests_inside() {
    let mut twice = component();
    append(&mut twice, SECTION, MANIFEST.as_bytes());
    assert_eq!(refused(&twice), "more than one manifest inside");
}

/// Only the outermost manifest of a component counts, whatever is nested in it.
#[test]
fn a_manifest_further_inside_does_not_count() {
    let section = format!("(@custom {SECTION:?} {:?})", "name = \\\"inner\\\"");
    let inner = format!("(component (component {section}) (core module {section}))");
    let inner = wat::parse_str(&inner).unwrap();
    assert!(matches!(manifest_of(&inner), Err(ReadError::Missing)));
    let mut both = inner;
    append(&mut both, SECTION, MANIFEST.as_bytes());
    assert_eq!(manifest_of(&both).unwrap().name, "example");
}

#[test]
fn a_core_module() {
    let mut module = wat::parse_str("(module)").unwrap();
    append(&mut module, SECTION, MANIFEST.as_bytes());
    assert_eq!(refused(&module), "a core module, not a component: build one with `palisade plugin build`");
}

#[test]
fn a_manifest_that_is_wrong() {
    for (bytes, message) in [
        (&b"\xff\xfe"[..], "the manifest is not UTF-8"),
        (b"name = 1", "invalid manifest: "),
        (b"", "invalid manifest: "),
    ] {
        let mut component = wat::parse_str("(component)").unwrap();
        append(&mut component, SECTION, bytes);
        let refused = refused(&component);
        assert!(refused.starts_with(message), "{refused}");
    }
}

#[test]
fn a_file_that_ends_too_soon() {
    let whole = component();
    for length in 0..whole.len() {
        let error = manifest_of(&whole[..length]).unwrap_err();
        assert!(matches!(error, ReadError::NotAComponent(_) | ReadError::Missing), "{length}: {error}");
    }
}

proptest! {
    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(manifest_of(&bytes).is_err());
        let mut after_header = b"\0asm\x0d\0\x01\0".to_vec();
        after_header.extend(&bytes);
        let _ = manifest_of(&after_header);
        let _ = build(&bytes, MANIFEST);
    }

    #[test]
    fn a_changed_byte_does_not_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = component();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = manifest_of(&bytes);
    }
}
