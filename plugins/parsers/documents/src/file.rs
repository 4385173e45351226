//! One file, from its text to its resources.

use palisade_sdk::Diagnostic;
use palisade_sdk::parser::{Coverage, Status, may_suppress};
use palisade_sdk::tape::Builder;
use palisade_text::{Lines, to_offset};
use palisade_yaml::Fault;

use crate::resource::{is_template, resource};
use crate::value::Writer;
use crate::{dockerfile, dotenv, hcl, ini, properties, structured, toml};

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
