//! What Terraform refuses before it evaluates anything: unknown blocks, and names that are not declared.
//!
//! The file is then covered as partial, since Terraform would not plan what Palisade reads.

mod names;

use palisade_sdk::parser::Status;

use crate::files::{FileId, Files};
use crate::module::{Module, argument};
use crate::syntax::{Block, Body, Span};

/// The top-level blocks of a file, and their numbers of labels. Some are only valid in OpenTofu or in Terraform.
const BLOCKS: [(&str, usize); 14] = [
    ("action", 2),
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("import", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("output", 1),
    ("provider", 1),
    ("removed", 0),
    ("resource", 2),
    ("terraform", 0),
    ("variable", 1),
];

/// Attributes of `terraform_data` in addition to those of every resource.
const TERRAFORM_DATA: [&str; 2] = ["input", "triggers_replace"];
/// Attributes of every resource.
const META: [&str; 4] = ["count", "depends_on", "for_each", "provider"];
/// Nested blocks of every resource.
const META_BLOCKS: [&str; 4] = ["connection", "lifecycle", "provisioner", "dynamic"];

/// Covers a file as partial because Terraform refuses it.
pub(crate) fn refuse(files: &Files<'_>, file: FileId, span: Span, reason: &str) {
    if let Some(source) = files.get(file) {
        files.cover(&source.path, Status::Partial, reason, files.span(file, span));
    }
}

/// Checks the top level of a file, which may only contain blocks.
pub(crate) fn top(files: &Files<'_>, file: FileId, body: &Body) {
    // In JSON an unknown kind of block is read as an attribute.
    let strange = |name: &str| BLOCKS.iter().all(|(kind, _)| *kind != name);
    if let Some(it) = body.attributes.iter().find(|it| strange(&it.name)) {
        let reason = format!("`{}` stands outside of any block", it.name);
        refuse(files, file, it.name_span, &reason);
    }
}

/// Checks a top-level block of a file.
pub(crate) fn block(files: &Files<'_>, file: FileId, block: &Block) {
    let Some((_, labels)) = BLOCKS.iter().find(|(kind, _)| *kind == &*block.kind) else {
        let reason = format!("no block is called `{}`", block.kind);
        return refuse(files, file, block.header, &reason);
    };
    if block.labels.len() != *labels {
        let reason = format!("`{}` has {} labels and must have {labels}", block.kind, block.labels.len());
        return refuse(files, file, block.header, &reason);
    }
    if let Some(label) = block.labels.iter().find(|it| !is_name(&it.text)) {
        let reason = format!("`{}` is not a name: use letters, digits, `_` and `-`", label.text);
        refuse(files, file, label.span, &reason);
    }
    body(files, file, &block.body);
}

/// Checks the attributes of a body, which must be unique.
fn body(files: &Files<'_>, file: FileId, of: &Body) {
    let mut names: Vec<&str> = of.attributes.iter().map(|it| &*it.name).collect();
    names.sort_unstable();
    if let Some(name) = names.windows(2).find(|pair| pair.first() == pair.last()).and_then(|it| it.first()) {
        let span = of.attributes.iter().rfind(|it| *it.name == **name).map(|it| it.name_span);
        refuse(files, file, span.unwrap_or_default(), &format!("`{name}` is set twice in one block"));
    }
    for inner in &of.blocks {
        body(files, file, &inner.body);
    }
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|it| it.is_alphabetic() || it == '_')
        && characters.all(|it| it.is_alphanumeric() || matches!(it, '_' | '-'))
}

/// Checks a merged module: the references of its blocks must be declared.
pub(crate) fn module(files: &Files<'_>, module: &Module) {
    for it in &module.resources {
        let own = &it.what.block;
        if argument(&own.body, "count").is_some() && argument(&own.body, "for_each").is_some() {
            refuse(files, it.file, own.header, "`count` and `for_each` cannot both be set");
        }
        if !it.what.data && &*it.what.kind == "terraform_data" {
            terraform_data(files, it.file, own);
        }
        names::check(files, module, it, &own.body);
    }
    let blocks = module.outputs.values().chain(module.calls.values()).chain(module.variables.values());
    for it in blocks {
        names::check(files, module, it, &it.what.body);
    }
    for it in module.locals.values() {
        names::check_expression(files, module, it.file, &it.what.value);
    }
}

/// Checks the one kind of resource whose attributes Terraform itself defines.
fn terraform_data(files: &Files<'_>, file: FileId, own: &Block) {
    let known = |name: &str| TERRAFORM_DATA.contains(&name) || META.contains(&name);
    if let Some(it) = own.body.attributes.iter().find(|it| !known(&it.name)) {
        let reason = format!("`terraform_data` has no argument `{}`", it.name);
        refuse(files, file, it.name_span, &reason);
    }
    if let Some(it) = own.body.blocks.iter().find(|it| !META_BLOCKS.contains(&&*it.kind)) {
        let reason = format!("`terraform_data` has no blocks `{}`", it.kind);
        refuse(files, file, it.header, &reason);
    }
}

/// Reports a duplicate declaration.
pub(crate) fn twice(files: &Files<'_>, what: &str, file: FileId, span: Span) {
    refuse(files, file, span, &format!("{what} is declared twice in this module; rename one"));
}

/// Reports an override file that changes a missing block.
pub(crate) fn without_base(files: &Files<'_>, what: &str, file: FileId, span: Span) {
    refuse(files, file, span, &format!("{what} is overridden here and declared nowhere else"));
}
