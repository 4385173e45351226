//! The world `parser`.

use crate::parser as plain;
use crate::tape;

#[expect(clippy::same_length_and_capacity, reason = "generated")]
#[doc(hidden)]
pub mod generated {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "palisade:worlds/parser",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_world",
        default_bindings_module: "palisade_sdk::bindings::parser::generated",
    });
}

use generated::exports::palisade::parser::parser as world;
use generated::palisade::host::{log, snapshot};
use generated::palisade::types::{core, tape as wire};

#[doc(hidden)]
pub use world::{Environment, Guest, Info, Mount, Parsed, Unit, Variant, Work};
#[doc(hidden)]
pub use {core::CallError, snapshot::Tree};

/// The host's tree.
struct HostTree<'a>(&'a snapshot::Tree);

fn read_error(error: snapshot::ReadError) -> plain::ReadError {
    match error {
        snapshot::ReadError::Absent => plain::ReadError::Absent,
        snapshot::ReadError::WrongKind => plain::ReadError::WrongKind,
        snapshot::ReadError::Outside => plain::ReadError::Outside,
        snapshot::ReadError::TooLarge(size) => plain::ReadError::TooLarge(size),
        snapshot::ReadError::NotText(offset) => plain::ReadError::NotText(offset),
        snapshot::ReadError::Changed => plain::ReadError::Changed,
        snapshot::ReadError::Unreadable(why) => plain::ReadError::Unreadable(why),
    }
}

fn entry(entry: snapshot::Entry) -> plain::Entry {
    let kind = match entry.kind {
        snapshot::EntryKind::File => plain::EntryKind::File,
        snapshot::EntryKind::Folder => plain::EntryKind::Folder,
        snapshot::EntryKind::Link => plain::EntryKind::Link,
        snapshot::EntryKind::Submodule => plain::EntryKind::Submodule,
    };
    plain::Entry { name: entry.name, kind, size: entry.size }
}

impl plain::Tree for HostTree<'_> {
    fn list(&self, folder: &str) -> Result<Vec<plain::Entry>, plain::ReadError> {
        let entries = self.0.list(folder).map_err(read_error)?;
        Ok(entries.into_iter().map(entry).collect())
    }
    fn read_text(&self, path: &str) -> Result<String, plain::ReadError> {
        self.0.read_text(path).map_err(read_error)
    }
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, plain::ReadError> {
        self.0.read_bytes(path).map_err(read_error)
    }
    fn stat(&self, path: &str) -> Option<plain::Entry> {
        self.0.stat(path).map(entry)
    }
}

tape::convert_batch!(batch: tape => wire);

fn parsed(it: plain::Parsed) -> world::Parsed {
    let status = |status| match status {
        plain::Status::Scanned => world::Status::Scanned,
        plain::Status::Partial => world::Status::Partial,
        plain::Status::Unsupported => world::Status::Unsupported,
        plain::Status::Ignored => world::Status::Ignored,
        plain::Status::Failed => world::Status::Failed,
    };
    world::Parsed {
        batch: batch(it.batch),
        coverage: it
            .coverage
            .into_iter()
            .map(|it| world::Coverage {
                path: it.path,
                status: status(it.status),
                reason: it.reason,
                span: it.span.map(span),
            })
            .collect(),
        diagnostics: it.diagnostics.into_iter().map(diagnostic).collect(),
        needs: it
            .needs
            .into_iter()
            .map(|it| world::Need {
                kind: it.kind,
                source: it.source,
                version: it.version,
                path: it.path,
                span: it.span.map(span),
            })
            .collect(),
        undecided: it.undecided,
    }
}

fn texts(from: &[&str]) -> Vec<String> {
    from.iter().map(|it| (*it).to_owned()).collect()
}

fn generated(it: &plain::Generated) -> world::Generated {
    let folder = it.folder.to_owned();
    world::Generated { folder, contents: texts(it.contents), unauthored: texts(it.unauthored) }
}

#[doc(hidden)]
pub fn describe(parser: &dyn plain::Parser) -> Info {
    crate::log::install_panic_hook();
    let formats = parser
        .describe()
        .into_iter()
        .map(|it| world::Format {
            id: it.id,
            title: it.title,
            globs: it.globs,
            apart: it.apart,
            documents: it.documents,
            inputs: texts(it.inputs),
            annotations: texts(it.annotations),
            generated: it.generated.iter().map(generated).collect(),
            tools: texts(it.tools),
        })
        .collect();
    Info { formats }
}

#[doc(hidden)]
pub fn claim(parser: &dyn plain::Parser, tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
    crate::log::install_panic_hook();
    let units = parser.claim(&HostTree(tree), candidates).map_err(call_error)?;
    let unit = |it: plain::Unit| Unit {
        root: it.root,
        format: it.format,
        owned: it.owned,
        shared: it.shared,
        variants: it.variants.into_iter().map(|it| Variant { tool: it.tool, files: it.files }).collect(),
    };
    Ok(units.into_iter().map(unit).collect())
}

#[doc(hidden)]
pub fn parse(
    parser: &dyn plain::Parser,
    tree: &Tree,
    work: Work,
    mounts: Vec<Mount>,
    environment: Environment,
) -> Result<Parsed, CallError> {
    crate::log::install_panic_hook();
    let work = plain::Work { root: work.root, format: work.format, files: work.files };
    let mounts: Vec<plain::Mount> = mounts
        .into_iter()
        .map(|it| plain::Mount { kind: it.kind, source: it.source, version: it.version, path: it.path })
        .collect();
    let environment = plain::Environment {
        name: environment.name,
        files: environment.files,
        tool: environment.tool,
        workspace: environment.workspace,
        assume: environment.assume.map(|it| plain::Assumption { condition: it.condition, holds: it.holds }),
    };
    parser.parse(&HostTree(tree), &work, &mounts, &environment).map(parsed).map_err(call_error)
}

call_errors!();
diagnostics!();
log_lines!();

/// Makes the crate a component of the world `parser`. The argument is an expression for a value that implements
/// [`Parser`](crate::parser::Parser). Has no effect on native targets.
#[macro_export]
macro_rules! export_parser {
    ($parser:expr) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::bindings::parser as palisade;
            struct Component;
            impl palisade::Guest for Component {
                fn describe() -> palisade::Info {
                    palisade::describe(&$parser)
                }
                fn claim(
                    tree: &palisade::Tree,
                    candidates: Vec<String>,
                ) -> Result<Vec<palisade::Unit>, palisade::CallError> {
                    palisade::claim(&$parser, tree, &candidates)
                }
                fn parse(
                    tree: &palisade::Tree,
                    work: palisade::Work,
                    mounts: Vec<palisade::Mount>,
                    environment: palisade::Environment,
                ) -> Result<palisade::Parsed, palisade::CallError> {
                    palisade::parse(&$parser, tree, work, mounts, environment)
                }
            }
            $crate::bindings::parser::generated::export_world!(Component);
        };
    };
}
