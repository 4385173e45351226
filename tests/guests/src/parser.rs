//! A well-behaved parser. It reads files called `NAME.bait`, so that no two guests claim the same file.

pub use palisade_sdk::bindings::parser::generated::exports::palisade::parser::parser::{
    Coverage, Format, Status,
};
pub use palisade_sdk::bindings::parser::generated::palisade::host::{log, snapshot};
pub use palisade_sdk::bindings::parser::generated::palisade::types::tape::{
    Batch, Document, Nodes, Origins, Resource, Strings,
};
pub use palisade_sdk::bindings::parser::{
    CallError, Environment, Guest, Info, Mount, Parsed, Tree, Unit, Work,
};

/// An index that refers to nothing.
pub const NONE: u32 = u32::MAX;

/// A well-behaved parser, of which a guest overrides a part.
pub trait Parser {
    /// The name of its files, without `.bait`.
    const NAME: &'static str;

    /// Describes the parser.
    fn describe() -> Info {
        info(&format!("**/{}.bait", Self::NAME))
    }

    /// Claims every candidate, each as a unit of its own.
    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok((0u32..).zip(candidates).map(|(index, path)| unit(path, index)).collect())
    }

    /// Parses a unit.
    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        Ok(parsed(work, batch(work, &["bait".to_owned()])))
    }
}

/// A parser for files that match one pattern.
pub fn info(glob: &str) -> Info {
    let globs = vec![glob.to_owned()];
    let format = Format {
        id: "bait".to_owned(),
        title: "Bait".to_owned(),
        globs,
        apart: false,
        documents: false,
        inputs: Vec::new(),
        annotations: Vec::new(),
        generated: Vec::new(),
        tools: Vec::new(),
    };
    Info { formats: vec![format] }
}

/// A unit with one candidate.
pub fn unit(root: &str, candidate: u32) -> Unit {
    Unit {
        root: root.to_owned(),
        format: 0,
        owned: vec![candidate],
        shared: Vec::new(),
        variants: Vec::new(),
    }
}

/// A unit that owns every candidate.
pub fn owner(root: &str, candidates: &[String]) -> Unit {
    let owned = (0u32..).zip(candidates).map(|(index, _)| index).collect();
    Unit { owned, ..unit(root, 0) }
}

/// A complete result: every file of the unit was read.
pub fn parsed(work: &Work, batch: Batch) -> Parsed {
    Parsed {
        batch,
        coverage: work.files.iter().map(|path| scanned(path)).collect(),
        diagnostics: Vec::new(),
        needs: Vec::new(),
        undecided: Vec::new(),
    }
}

/// The coverage of a file that was read.
pub fn scanned(path: &str) -> Coverage {
    Coverage { path: path.to_owned(), status: Status::Scanned, reason: String::new(), span: None }
}

/// One resource for each name, in the first file of the unit. Each is a mapping with one text, its name.
pub fn batch(work: &Work, names: &[String]) -> Batch {
    let count = names.len();
    let rows = || (0u32..).take(count);
    let file = work.files.first().map_or("", String::as_str);
    let mut strings = Strings { arena: String::new(), ends: vec![0] };
    for text in [file, "bait", "Bait"].into_iter().chain(names.iter().map(String::as_str)) {
        strings.arena.push_str(text);
        strings.ends.push(u32::try_from(strings.arena.len()).unwrap_or(NONE));
    }
    let (path, format, kind, first) = (1, 2, 3, 4);
    let pair = |one: u32, other: u32| [one, other].repeat(count);
    Batch {
        strings,
        documents: vec![Document { path, format }],
        origins: Origins {
            documents: vec![0],
            starts: vec![0],
            ends: vec![0],
            lines: vec![1],
            columns: vec![1],
            end_lines: vec![1],
            end_columns: vec![1],
            notes: vec![0],
            parents: vec![NONE],
        },
        unknowns: Vec::new(),
        nodes: Nodes {
            kinds: [0, 5].repeat(count),
            keys: pair(0, kind),
            values: rows().flat_map(|row| [0, first + row]).collect(),
            key_origins: pair(NONE, 0),
            origins: pair(0, 0),
            nexts: rows().flat_map(|row| [2 * row + 2, 2 * row + 2]).collect(),
        },
        resources: rows()
            .map(|row| Resource {
                address: first + row,
                kind,
                provider: 0,
                name: first + row,
                format,
                document: 0,
                root: 2 * row,
                origin: 0,
                module: 0,
            })
            .collect(),
        relations: Vec::new(),
        comments: Vec::new(),
        shapes: Vec::new(),
    }
}

/// Makes an example a component of the world `parser`. Has no effect in a native build.
#[macro_export]
macro_rules! export_parser {
    ($parser:ty) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::parser::{
                CallError, Environment, Guest, Info, Mount, Parsed, Parser, Tree, Unit, Work,
            };
            struct Component;
            impl Guest for Component {
                fn describe() -> Info {
                    palisade_sdk::log::install_panic_hook();
                    <$parser as Parser>::describe()
                }
                fn claim(tree: &Tree, candidates: Vec<String>) -> Result<Vec<Unit>, CallError> {
                    palisade_sdk::log::install_panic_hook();
                    <$parser as Parser>::claim(tree, &candidates)
                }
                fn parse(
                    tree: &Tree,
                    work: Work,
                    _mounts: Vec<Mount>,
                    _environment: Environment,
                ) -> Result<Parsed, CallError> {
                    palisade_sdk::log::install_panic_hook();
                    <$parser as Parser>::parse(tree, &work)
                }
            }
            palisade_sdk::bindings::parser::generated::export_world!(Component);
        };
    };
}
