//! What Terraform refuses before it evaluates anything: blocks that it does not know, names that nothing declares.
//!
//! The file with it counts as read in part, since what Palisade makes of it is not what Terraform would do.

mod names;

use palisade_sdk::parser::Status;

use crate::files::{FileId, Files};
use crate::module::{Module, argument};
use crate::syntax::{Block, Body, Span};

/// The blocks at the top of a file, and how many labels they have. Some are OpenTofu's alone or Terraform's alone.
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

/// What a `terraform_data` may have besides what every resource has.
const TERRAFORM_DATA: [&str; 2] = ["input", "triggers_replace"];
/// The attributes that every resource may have.
const META: [&str; 4] = ["count", "depends_on", "for_each", "provider"];
/// The nested blocks that every resource may have.
const META_BLOCKS: [&str; 4] = ["connection", "lifecycle", "provisioner", "dynamic"];

/// Says that a file is not what Terraform would plan.
pub(crate) fn refuse(files: &Files<'_>, file: FileId, span: Span, reason: &str) {
    if let Some(source) = files.get(file) {
        files.cover(&source.path, Status::Partial, reason, files.span(file, span));
    }
}

/// Checks the top of a file: there are blocks, and nothing else.
pub(crate) fn top(files: &Files<'_>, file: FileId, body: &Body) {
    // In JSON a kind of blocks that the reader does not know looks like an attribute.
    let strange = |name: &str| BLOCKS.iter().all(|(kind, _)| *kind != name);
    if let Some(it) = body.attributes.iter().find(|it| strange(&it.name)) {
        let reason = format!("`{}` stands outside of any block", it.name);
        refuse(files, file, it.name_span, &reason);
    }
}

/// Checks a block at the top of a file.
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

/// Checks the attributes of a body: each stands there once.
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

/// Checks a module that is put together: what its blocks refer to is declared.
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

/// The one kind of resource whose attributes are Terraform's own.
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

/// Says that something is declared twice.
pub(crate) fn twice(files: &Files<'_>, what: &str, file: FileId, span: Span) {
    refuse(files, file, span, &format!("{what} is declared twice in this module; rename one"));
}

/// Says that an override file changes what is not there.
pub(crate) fn without_base(files: &Files<'_>, what: &str, file: FileId, span: Span) {
    refuse(files, file, span, &format!("{what} is overridden here and declared nowhere else"));
}
