//! A document as a resource.

use palisade_sdk::tape::{NONE, Resource};
use palisade_text::{path, to_offset};

use crate::value::Writer;

/// Whether a file that cannot be read is a template of another program.
pub(crate) fn is_template(format: &str, text: &str) -> bool {
    matches!(format, "yaml" | "json" | "hcl2") && text.contains("{{")
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
