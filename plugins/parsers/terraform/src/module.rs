//! A folder as a module: the declarations of all its files.

use std::collections::BTreeMap;
use std::rc::Rc;

use palisade_sdk::parser::{EntryKind, Status};

use crate::check;
use crate::files::{FileId, Files};
use crate::path;
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind};

/// A declaration and its file.
pub(crate) struct Declared<T> {
    pub(crate) file: FileId,
    pub(crate) what: T,
    /// Attributes and kinds of nested blocks from an override file, and that file.
    overridden: BTreeMap<Rc<str>, FileId>,
}

impl<T> Declared<T> {
    fn new(file: FileId, what: T) -> Declared<T> {
        Declared { file, what, overridden: BTreeMap::new() }
    }

    /// The file with an attribute, or with the nested blocks of a kind.
    pub(crate) fn file_of(&self, name: &str) -> FileId {
        self.overridden.get(name).copied().unwrap_or(self.file)
    }

    /// Applies an override file to a block: its attributes replace those of the same name, and its nested blocks
    /// replace all of the same kind, including those of `dynamic` blocks (Terraform, "Override Files"). In JSON syntax
    /// nested blocks are attributes.
    fn merge(&mut self, into: impl FnOnce(&mut T) -> &mut Body, file: FileId, from: &Body) {
        let into = into(&mut self.what);
        for it in &from.attributes {
            into.attributes.retain(|before| before.name != it.name);
            into.blocks.retain(|before| *before.made() != it.name);
            into.attributes.push(it.clone());
            self.overridden.insert(Rc::clone(&it.name), file);
        }
        for it in &from.blocks {
            into.blocks.retain(|before| before.made() != it.made());
            into.attributes.retain(|before| before.name != *it.made());
            self.overridden.insert(Rc::clone(it.made()), file);
        }
        into.blocks.extend(from.blocks.iter().cloned());
    }
}

/// A `resource` or `data` block.
pub(crate) struct ResourceBlock {
    /// `data` or `resource`.
    pub(crate) data: bool,
    pub(crate) kind: Rc<str>,
    pub(crate) name: Rc<str>,
    pub(crate) block: Block,
}

impl ResourceBlock {
    /// `aws_s3_bucket.logs`, `data.aws_region.here`.
    pub(crate) fn address(&self) -> String {
        let prefix = if self.data { "data." } else { "" };
        format!("{prefix}{}.{}", self.kind, self.name)
    }
}

/// A folder of configuration.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) folder: String,
    pub(crate) variables: BTreeMap<Rc<str>, Declared<Block>>,
    pub(crate) locals: BTreeMap<Rc<str>, Declared<Attribute>>,
    pub(crate) outputs: BTreeMap<Rc<str>, Declared<Block>>,
    pub(crate) calls: BTreeMap<Rc<str>, Declared<Block>>,
    /// Configurations of providers by name and alias: `aws`, `aws.east`.
    pub(crate) providers: BTreeMap<Rc<str>, Declared<Block>>,
    /// By address, in the order of the files.
    pub(crate) resources: Vec<Declared<ResourceBlock>>,
    pub(crate) by_address: BTreeMap<String, usize>,
}

/// The attribute of this name in a body.
pub(crate) fn attribute<'b>(body: &'b Body, name: &str) -> Option<&'b Attribute> {
    body.attributes.iter().find(|it| &*it.name == name)
}

/// The value of the attribute of this name in a body.
pub(crate) fn argument<'b>(body: &'b Body, name: &str) -> Option<&'b Expr> {
    attribute(body, name).map(|it| &it.value)
}

/// The file extensions of configurations.
const ENDS: [&str; 4] = [".tf", ".tf.json", ".tofu", ".tofu.json"];

/// Whether Terraform reads a file of this name as configuration.
pub(crate) fn is_configuration(name: &str) -> bool {
    // Hidden files begin with a dot; backup files of editors have other extensions.
    !name.starts_with('.') && ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether OpenTofu reads a file of this name and Terraform does not.
pub(crate) fn is_tofu(name: &str) -> bool {
    [".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end))
}

/// Whether a file of this name sets variables.
pub(crate) fn is_values(name: &str) -> bool {
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
}

/// The files of values that Terraform reads automatically, in increasing precedence. Those of [`is_automatic`] follow.
pub(crate) const VALUES: [&str; 2] = ["terraform.tfvars", "terraform.tfvars.json"];

/// Whether Terraform reads a file of values automatically, because of its extension.
pub(crate) fn is_automatic(name: &str) -> bool {
    name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
}

/// Whether a file of this name overrides declarations of others.
fn is_override(name: &str) -> bool {
    let stem = ENDS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

/// The configuration files of a folder, in the order in which Terraform reads them, overrides last. A file of OpenTofu
/// replaces the Terraform file of the same name.
pub(crate) fn configuration(files: &Files<'_>, folder: &str) -> Vec<String> {
    let entries = files.tree().list(folder).unwrap_or_default();
    let mut names: Vec<String> = entries
        .into_iter()
        .filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link))
        .map(|entry| entry.name)
        .filter(|name| is_configuration(name) && (files.reads_tofu() || !is_tofu(name)))
        .collect();
    names.sort_by_key(|name| (is_override(name), name.clone()));
    let replaced: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let own = name.strip_suffix(".tofu").map(|stem| format!("{stem}.tf"));
            own.or_else(|| name.strip_suffix(".tofu.json").map(|stem| format!("{stem}.tf.json")))
        })
        .collect();
    let mut paths = Vec::new();
    for name in names {
        let Some(path) = path::join(folder, &name) else { continue };
        if replaced.contains(&name) {
            files.cover(
                &path,
                Status::Ignored,
                "OpenTofu reads the `.tofu` file of the same name instead",
                None,
            );
        } else {
            paths.push(path);
        }
    }
    paths
}

impl Module {
    /// Reads a folder.
    pub(crate) fn load(files: &Files<'_>, folder: &str) -> Module {
        let mut module = Module { folder: folder.to_owned(), ..Module::default() };
        for path in configuration(files, folder) {
            let Some(file) = files.open(&path) else { continue };
            let Some(source) = files.get(file) else { continue };
            let overrides = is_override(path::name(&path));
            check::top(files, file, &source.parsed.body);
            for block in &source.parsed.body.blocks {
                check::block(files, file, block);
                module.add(files, file, block, overrides);
            }
        }
        check::module(files, &module);
        module
    }

    fn add(&mut self, files: &Files<'_>, file: FileId, block: &Block, overrides: bool) {
        let label = |at: usize| block.labels.get(at).map(|label| Rc::clone(&label.text));
        let declared = || Declared::new(file, block.clone());
        match (&*block.kind, label(0), label(1)) {
            ("locals", _, _) => {
                for it in &block.body.attributes {
                    let own = Declared::new(file, it.clone());
                    let what = || format!("`local.{}`", it.name);
                    match self.locals.insert(Rc::clone(&it.name), own) {
                        Some(_) if overrides => {}
                        Some(_) => check::twice(files, &what(), file, it.name_span),
                        None if overrides => check::without_base(files, &what(), file, it.name_span),
                        None => {}
                    }
                }
            }
            ("variable", Some(name), _) => insert(files, &mut self.variables, name, declared(), overrides),
            ("output", Some(name), _) => insert(files, &mut self.outputs, name, declared(), overrides),
            ("module", Some(name), _) => insert(files, &mut self.calls, name, declared(), overrides),
            ("provider", Some(name), _) => {
                let key = match argument(&block.body, "alias").map(|it| &it.kind) {
                    Some(ExprKind::String(alias)) => format!("{name}.{alias}").into(),
                    _ => name,
                };
                match self.providers.get_mut(&key) {
                    Some(before) if overrides => before.merge(|it| &mut it.body, file, &block.body),
                    Some(_) => {}
                    None => {
                        self.providers.insert(key, declared());
                    }
                }
            }
            ("resource" | "data", Some(kind), Some(name)) => {
                let data = &*block.kind == "data";
                let it = ResourceBlock { data, kind, name, block: block.clone() };
                let address = it.address();
                match self.by_address.get(&address).and_then(|at| self.resources.get_mut(*at)) {
                    Some(before) if overrides => before.merge(|it| &mut it.block.body, file, &block.body),
                    Some(_) => {
                        check::twice(files, &format!("`{address}`"), file, block.header);
                        // It is unknown which of them is intended: both are judged.
                        self.resources.push(Declared::new(file, it));
                    }
                    None => {
                        if overrides {
                            check::without_base(files, &format!("`{address}`"), file, block.header);
                        }
                        self.by_address.insert(address, self.resources.len());
                        self.resources.push(Declared::new(file, it));
                    }
                }
            }
            _ => {}
        }
    }

    /// The row of the resource with this address.
    pub(crate) fn resource(&self, address: &str) -> Option<usize> {
        self.by_address.get(address).copied()
    }
}

fn insert(
    files: &Files<'_>,
    map: &mut BTreeMap<Rc<str>, Declared<Block>>,
    name: Rc<str>,
    block: Declared<Block>,
    overrides: bool,
) {
    match map.get_mut(&name) {
        Some(before) if overrides => before.merge(|it| &mut it.body, block.file, &block.what.body),
        before => {
            let (file, header) = (block.file, block.what.header);
            let what = format!("{} `{name}`", block.what.kind);
            match (before, overrides) {
                (Some(_), _) => check::twice(files, &what, file, header),
                (None, true) => check::without_base(files, &what, file, header),
                (None, false) => {}
            }
            map.insert(name, block);
        }
    }
}
