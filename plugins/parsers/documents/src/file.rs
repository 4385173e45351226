//! One file, from its text to its resources.

use palisade_sdk::Diagnostic;
use palisade_sdk::parser::{Coverage, Status, may_suppress};
use palisade_sdk::tape::{Builder, NONE, Resource};
use palisade_text::{Lines, path, to_offset};
use palisade_yaml::Fault;

use crate::value::{Place, Value, Writer};
use crate::{dockerfile, dotenv, hcl, ini, properties, structured, toml};

/// A file as read.
pub(crate) struct Read {
    pub(crate) root: Value,
    /// Places and texts of comments: those that suppress findings, and possibly others.
    pub(crate) comments: Vec<(Place, String)>,
}

/// Reads a file and returns its coverage.
pub(crate) fn read(
    out: &mut Builder,
    diagnostics: &mut Vec<Diagnostic>,
    path: &str,
    format: &str,
    text: &str,
) -> Coverage {
    if u32::try_from(text.len()).is_err() {
        return Coverage::new(path, Status::Failed, "larger than 4 GiB; exclude it", None);
    }
    let lines = Lines::new(text);
    let document = out.document(path, format);
    let (nodes, origins) = (out.node_count(), to_offset(out.batch().origins.len()));
    let mut writer = Writer { out, text, lines: &lines, document };
    let fault = if matches!(format, "yaml" | "json") {
        structured::read(&mut writer, diagnostics, path, format)
    } else {
        one(&mut writer, path, format, text).err()
    };
    let Some(fault) = fault else { return Coverage::new(path, Status::Scanned, "", None) };
    let span = Some(lines.span(fault.start, fault.end));
    if is_template(format, text) {
        return Coverage::new(path, Status::Unsupported, "a template, not a document", span);
    }
    if !matches!(format, "yaml" | "json") {
        out.truncate(nodes, origins);
    }
    Coverage::new(path, Status::Failed, &fault.message, span)
}

/// Whether a file that cannot be read is a template of another program.
pub(crate) fn is_template(format: &str, text: &str) -> bool {
    matches!(format, "yaml" | "json" | "hcl2") && text.contains("{{")
}

/// Reads a file of a format with one document per file.
fn one(writer: &mut Writer<'_, '_>, path: &str, format: &str, text: &str) -> Result<(), Fault> {
    let read = match format {
        "toml" => toml::read(text),
        "hcl2" => hcl::read(text),
        "dockerfile" => dockerfile::read(text),
        "ini" => ini::read(text),
        "dotenv" => dotenv::read(text),
        "properties" => properties::read(text),
        _ => Err(Fault::meaning(0, 0, format!("no format `{format}` is known here"))),
    }?;
    let root = writer.root(&read.root)?;
    resource(writer, path, format, root, 1);
    for (place, text) in read.comments {
        if may_suppress(&text) {
            let origin = writer.origin(place);
            writer.out.comment(writer.document, origin, &text);
        }
    }
    Ok(())
}

/// Adds a document as a resource; `number` is its position in the file.
pub(crate) fn resource(writer: &mut Writer<'_, '_>, path: &str, format: &str, root: u32, number: usize) {
    let address = if number == 1 { path.to_owned() } else { format!("{path}#{number}") };
    let name = path::name(path);
    let origin = first_line(writer, root);
    let out = &mut *writer.out;
    let resource = Resource {
        address: out.text(&address),
        kind: out.text("document"),
        provider: 0,
        name: out.text(name),
        format: out.text(format),
        document: writer.document,
        root,
        origin,
        module: 0,
    };
    out.resource(resource);
}

/// The origin of the first line of a document, which represents the resource.
fn first_line(writer: &mut Writer<'_, '_>, root: u32) -> u32 {
    let batch = writer.out.batch();
    let row = batch.nodes.origins.get(root as usize).copied().unwrap_or(NONE);
    let Some(whole) = batch.origins.get(row) else { return NONE };
    let line = writer.text.get(whole.start as usize..whole.end as usize).and_then(|text| text.lines().next());
    let length = to_offset(line.unwrap_or("").trim_end().len());
    writer.origin((whole.start, whole.start + length))
}
