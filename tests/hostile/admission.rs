//! Every step of admission can refuse a plugin, with the reason and the fix.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use palisade_capabilities::SettingsText;
use palisade_catalog::{Admission, Capability, Compiler, Grants, Host, Refusal, Step, manifest_text};
use palisade_source::Digest;
use tempfile::TempDir;

use crate::support::{admitted, guests, host, sources, turn};

const SECTION: &str = "palisade:plugin";

/// A plugin to admit, and the conditions of the case.
struct Case {
    name: &'static str,
    plugin: Plugin,
    locked: Option<Digest>,
    grants: Grants,
    /// The compiler, if it is not the usual one.
    compiler: Option<Compiler>,
}

enum Plugin {
    File(PathBuf),
    Bytes(Vec<u8>),
}

fn case(name: &'static str, bytes: Vec<u8>) -> Case {
    let grants = Grants::default();
    Case { name, plugin: Plugin::Bytes(bytes), locked: None, grants, compiler: None }
}

fn file(name: &'static str, path: PathBuf) -> Case {
    Case { plugin: Plugin::File(path), ..case(name, Vec::new()) }
}

fn guest(name: &str) -> Vec<u8> {
    fs::read(palisade_tests::guest(name)).unwrap()
}

/// A component without its manifest, which is the last section of the file.
fn bare(component: &[u8]) -> Vec<u8> {
    let mut section = Vec::new();
    palisade_bundle::append(&mut section, SECTION, manifest_text(component).unwrap().as_bytes());
    component.strip_suffix(section.as_slice()).unwrap().to_vec()
}

fn packed(component: &[u8]) -> Vec<u8> {
    palisade_bundle::pack(component).unwrap()
}

fn half_of(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// The guest `counter`, which is valid, with another manifest.
fn with_manifest(manifest: &[u8]) -> Vec<u8> {
    let mut component = bare(&guest("counter"));
    palisade_bundle::append(&mut component, SECTION, manifest);
    component
}

/// A valid manifest with more lines.
fn lines(more: &str) -> Vec<u8> {
    format!("name = \"counter\"\nversion = \"0.1.0\"\nworld = \"parser\"\ntitle = \"A\"\n{more}").into_bytes()
}

fn compiled_by(name: &'static str, bytes: Vec<u8>, script: &str) -> Case {
    let palisade = palisade_tests::palisade().display().to_string();
    let arguments = vec!["-c".to_owned(), script.to_owned(), palisade];
    Case { compiler: Some(Compiler { program: "/bin/sh".into(), arguments }), ..case(name, bytes) }
}

/// A valid parser of half a megabyte that takes minutes to compile: a function with 45,000 variables, all of them live
/// in 2,000 nested loops.
fn bomb() -> Vec<u8> {
    const VARIABLES: usize = 45_000;
    const LOOPS: usize = 2_000;
    let each = |what: &dyn Fn(usize) -> String| (0..VARIABLES).map(what).collect::<String>();
    let function = format!(
        "(func (export \"bomb\") (local {}) {} {} {} (br_if 0 (i32.const 1)) {})",
        "i64 ".repeat(VARIABLES),
        "(loop ".repeat(LOOPS),
        each(&|number| format!("(drop (local.get {number}))")),
        each(&|number| format!("(local.set {number} (i64.const {number}))")),
        ")".repeat(LOOPS),
    );
    let text = fs::read_to_string(sources().join("borrow_kept.wat")).unwrap();
    let text = format!("{} {function})", text.trim_end().strip_suffix(')').unwrap());
    let mut module = wat::parse_str(text).unwrap();
    let (contract, worlds) = palisade_wit::resolve().unwrap();
    let worlds = contract.packages.get(worlds).unwrap();
    let world = *worlds.worlds.get("parser").unwrap();
    wit_component::embed_component_metadata(
        &mut module,
        &contract,
        world,
        wit_component::StringEncoding::UTF8,
    )
    .unwrap();
    palisade_bundle::build(&module, &String::from_utf8(lines("")).unwrap()).unwrap()
}

fn cases(folder: &TempDir) -> Vec<Case> {
    let at = |name: &str| folder.path().join(name);
    let large = fs::File::create(at("large.wasm")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let counter = guest("counter");
    let twice = {
        let mut component = counter.clone();
        palisade_bundle::append(&mut component, SECTION, &lines(""));
        component
    };
    let notifier = {
        let mut grants = Grants::default();
        grants.capabilities.extend([Capability::Credentials, Capability::Http]);
        Case { grants, ..case("a world that is not run", guest("notifier_world")) }
    };
    vec![
        file("no file", at("nothing.wasm")),
        file("a folder", folder.path().to_owned()),
        file("too large", at("large.wasm")),
        case("packed zeros", packed(&vec![0; (64 << 20) + 1])),
        case("packed and cut off", half_of(packed(&counter))),
        case("packed twice, one behind the other", [packed(&counter), packed(&counter)].concat()),
        Case { locked: Some(Digest([0; 32])), ..case("another file than was locked", counter.clone()) },
        Case { locked: Some(Digest([0; 32])), ..case("another one, packed", packed(&counter)) },
        case("no bytes", Vec::new()),
        case("text", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        case("a core module", wat::parse_str("(module)").unwrap()),
        case("half a component", half_of(counter.clone())),
        case("half a component, packed", packed(&half_of(counter.clone()))),
        case("packed twice, one inside the other", packed(&packed(&counter))),
        case("exports nothing", guest("exports_nothing")),
        case("exports half a parser", guest("export_hollow")),
        case("imports WASI", guest("wasi_import")),
        case("imports the network", guest("http_import")),
        case("no manifest", bare(&counter)),
        case("two manifests", twice),
        case("a manifest that is no text", with_manifest(b"\xff\xfe")),
        case("a manifest with a key of its own", with_manifest(&lines("trusted = true\n"))),
        case(
            "a manifest with a name that cannot be typed",
            with_manifest(b"name = \"\\u001b[2J\"\nversion = \"0.1.0\"\nworld = \"parser\"\ntitle = \"A\"\n"),
        ),
        case("a manifest of another world", guest("world_lies")),
        case("an import that was not asked for", guest("clock_unasked")),
        case(
            "a grant that is missing",
            with_manifest(&lines("capabilities = [\"http\"]\nhosts = [\"example.org\"]\n")),
        ),
        case("shared memory", guest("atomic_wait")),
        case("memory of 64 bits", guest("memory64")),
        compiled_by("no compiler at all", counter.clone(), "exit 1"),
        compiled_by("a compiler that is killed", counter.clone(), "kill -9 $$"),
        compiled_by("a compiler that is not ours", counter.clone(), "/bin/cat"),
        compiled_by(
            "a compiler that gives no code",
            counter,
            "/bin/cat >/dev/null; echo palisade-code-1; echo code",
        ),
        compiled_by("a bomb, by CPU time", bomb(), "ulimit -t 2; exec \"$0\" plugin compile-child"),
        compiled_by("a bomb, by memory", bomb(), "ulimit -v 250000; exec \"$0\" plugin compile-child"),
        notifier,
        case("starts for ever", guest("start_loop")),
        case("describes for ever", guest("describe_loop")),
        case("traps when asked", guest("describe_traps")),
        case("one control twice", guest("control_twice")),
        case("a control that cannot be typed", guest("control_escapes")),
    ]
}

async fn refusal(case: &Case) -> Refusal {
    let host = match &case.compiler {
        None => host(),
        Some(compiler) => {
            &Host { sandbox: Arc::clone(&host().sandbox), cache: None, compiler: compiler.clone() }
        }
    };
    let mut admission = Admission::new(host, "x");
    let settings = SettingsText::default();
    let result = match &case.plugin {
        Plugin::File(path) => admission.file(path, case.locked, &case.grants, settings).await,
        Plugin::Bytes(bytes) => admission.component(bytes, case.locked, &case.grants, settings).await,
    };
    let refusal = result.err().unwrap_or_else(|| panic!("{} was admitted", case.name));
    let passed: Vec<Step> = admission.passed().iter().map(|(step, _)| *step).collect();
    let before: Vec<Step> = Step::ALL.into_iter().filter(|step| *step < refusal.step).collect();
    assert_eq!(passed, before, "{}: every step before was passed", case.name);
    refusal
}

/// The text without the parts that differ between machines.
fn redacted(text: &str, folder: &TempDir) -> String {
    let hexadecimal = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let text = text.replace(&folder.path().display().to_string(), "FOLDER");
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if hexadecimal(bare) { word.replace(bare, "DIGEST") } else { word.to_owned() }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_refuses_and_says_why() {
    let _turn = turn().await;
    let folder = TempDir::new().unwrap();
    let mut steps = BTreeSet::new();
    let mut text = String::new();
    for case in cases(&folder) {
        let refusal = refusal(&case).await;
        steps.insert(refusal.step);
        let reason = redacted(&refusal.reason, &folder);
        assert!(!reason.chars().any(|c| c.is_control() && c != '\n'), "{}: {reason:?}", case.name);
        writeln!(text, "{:<9}  {}\n           {reason}", refusal.step, case.name).unwrap();
    }
    // The offset in a truncated file depends on the length of the whole file. Which allocation fails depends on the
    // other memory of the compiler.
    let filters = vec![
        (r"at offset 0x[0-9a-f]+", "at offset OFFSET"),
        (r"memory allocation of \d+ bytes", "memory allocation of SOME bytes"),
        // The length of a packed file depends on the version of the compression library.
        (r"at byte \d+ of \d+", "at byte SOME of ALL"),
        (r"it has \d+ bytes and", "it has SOME bytes and"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!(text);
    });
    assert_eq!(steps, BTreeSet::from(Step::ALL), "a step never refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_plugin_is_the_same_plugin() {
    let _turn = turn().await;
    let counter = guest("counter");
    let mut digests = Vec::new();
    for file in [counter.clone(), packed(&counter)] {
        let (locked, grants) = (Some(Digest::of(&counter)), Grants::default());
        let mut admission = Admission::new(host(), "counter");
        let plugin = admission.component(&file, locked, &grants, SettingsText::default()).await.unwrap();
        digests.push((plugin.digest, plugin.size));
    }
    assert_eq!(digests, [(Digest::of(&counter), counter.len() as u64); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_plugin_and_the_step() {
    let _turn = turn().await;
    let results = admitted().await;
    assert_eq!(results.len(), guests().len());
    for (name, result) in results {
        if let Err(refusal) = result {
            let text = refusal.to_string();
            let start = format!("plugin `{name}` is refused at step `{}`: ", refusal.step);
            assert!(text.starts_with(&start), "{text}");
        }
    }
}
