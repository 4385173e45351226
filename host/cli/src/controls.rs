//! `palisade controls`: lists and explains controls, without a network.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_catalog::{Catalog, Role};
use palisade_domain::{Control, Severity};
use palisade_report::{clean, counted};
use serde::Serialize;

use crate::args::{ControlsFormat, ControlsOptions, PlainFormat};
use crate::failure::Failure;
use crate::{output, setup};

/// A control in the JSON list.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    severity: Severity,
    kinds: &'a [String],
    shapes: &'a [String],
    formats: &'a [String],
    aliases: &'a [String],
    policies: &'a [String],
    safe_fixes: &'a [String],
    pack: &'a str,
}

fn all(catalog: &Catalog) -> Vec<&Control> {
    let mut controls: Vec<&Control> = catalog
        .plugins()
        .iter()
        .filter_map(|plugin| match &plugin.role {
            Role::Pack { info, .. } => Some(&info.controls),
            Role::Parser { .. } | Role::Provider { .. } => None,
        })
        .flatten()
        .collect();
    controls.sort_by(|one, other| one.id.cmp(&other.id));
    controls
}

/// A text of an untrusted pack: line breaks and indentation stay, characters that a terminal interprets are escaped.
fn shown(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(clean).collect::<Vec<_>>().join("\t");
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn table(controls: &[&Control]) -> String {
    let width = controls.iter().map(|control| control.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for control in controls {
        let (id, title) = (clean(&control.id), clean(&control.title));
        let _ = writeln!(text, "{:8}  {id:width$}  {title}", control.severity);
    }
    let _ = writeln!(text, "{}", counted(controls.len() as u64, "control"));
    text
}

fn explain(control: &Control) -> String {
    let docs = &control.docs;
    let (title, id) = (clean(&control.title), clean(&control.id));
    let mut text = format!("{title}\n{id}, {}\n\n{}\n", control.severity, shown(&docs.why));
    for remedy in &docs.remedies {
        let format =
            if remedy.format.is_empty() { String::new() } else { format!(" ({})", clean(&remedy.format)) };
        let _ = write!(text, "\nFix{format}\n{}\n", shown(&remedy.text));
    }
    for (head, body) in [
        ("Change impact", &*docs.impact),
        ("Fails", &docs.failing_example),
        ("Passes", &docs.passing_example),
    ] {
        if !body.is_empty() {
            let _ = write!(text, "\n{head}\n{}\n", shown(body));
        }
    }
    let kinds = if control.kinds.is_empty() { &control.shapes } else { &control.kinds };
    for (head, list) in
        [("Judges", &kinds[..]), ("Policies", &control.policies), ("Aliases", &control.aliases)]
    {
        if !list.is_empty() {
            let _ = write!(text, "\n{head}: {}\n", clean(&list.join(", ")));
        }
    }
    let _ = write!(text, "\nPack: {}\n", clean(&control.pack));
    text
}

/// Writes a page for each control, and an index.
fn write_pages(controls: &[&Control], folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder `{}`", folder.display()))
        .map_err(Failure::wrong_use)?;
    for control in controls {
        let page = palisade_report::control_page(control);
        output::write(&folder.join(palisade_report::control_page_name(control)), page.as_bytes())?;
    }
    let all: Vec<Control> = controls.iter().map(|it| (*it).clone()).collect();
    output::write(&folder.join("README.md"), palisade_report::controls_index(&all).as_bytes())
}

pub(crate) fn controls(options: &ControlsOptions) -> Result<u8, Failure> {
    let jobs = setup::jobs(None);
    let catalog = setup::run(jobs, setup::catalog(jobs, &options.plugin, &options.replace))?;
    let controls = all(&catalog);
    if let Some(folder) = &options.output {
        write_pages(&controls, folder)?;
        return Ok(0);
    }
    let format = options.format.unwrap_or_else(|| match output::plain_format(None) {
        PlainFormat::Table => ControlsFormat::Table,
        PlainFormat::Json => ControlsFormat::Json,
    });
    let text = match (&options.id, format) {
        (None, ControlsFormat::Table) => table(&controls),
        (None, ControlsFormat::Json) => {
            let listed: Vec<Listed<'_>> = controls
                .iter()
                .map(|it| Listed {
                    id: &it.id,
                    title: &it.title,
                    severity: it.severity,
                    kinds: &it.kinds,
                    shapes: &it.shapes,
                    formats: &it.formats,
                    aliases: &it.aliases,
                    policies: &it.policies,
                    safe_fixes: &it.safe_fixes,
                    pack: &it.pack,
                })
                .collect();
            output::json(&listed)?
        }
        (None, ControlsFormat::Markdown) => {
            palisade_report::controls_index(&controls.iter().map(|it| (*it).clone()).collect::<Vec<_>>())
        }
        (Some(id), format) => {
            let control =
                controls.iter().find(|it| *it.id == **id || it.aliases.contains(id)).ok_or_else(|| {
                    Failure::wrong_use(anyhow!("control `{id}` not found: see `palisade controls`"))
                })?;
            match format {
                ControlsFormat::Table => explain(control),
                ControlsFormat::Json => output::json(control)?,
                ControlsFormat::Markdown => palisade_report::control_page(control),
            }
        }
    };
    output::print(&text)?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn texts_of_packs_are_shown_as_they_are() {
        assert_eq!(shown("one\n\ttwo\n"), "one\n\ttwo");
        assert_eq!(
            shown("\u{1b}[2Jone\r\n::set-output name=a::b"),
            "\\u{1b}[2Jone\n\\u{3a}:set-output name=a::b"
        );
    }
}
