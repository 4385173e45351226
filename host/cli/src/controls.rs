//! `palisade controls`: what is judged, and why, without a network.

use std::fmt::Write as _;

use anyhow::anyhow;
use palisade_catalog::{Catalog, Role};
use palisade_domain::{Control, Severity};
use serde::Serialize;

use crate::args::{ControlsOptions, Format};
use crate::failure::Failure;
use crate::{output, setup};

/// A control in the list, as programs read it.
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
    pack: &'a str,
}

fn all(catalog: &Catalog) -> Vec<&Control> {
    let mut controls: Vec<&Control> = catalog
        .plugins()
        .iter()
        .filter_map(|plugin| match &plugin.role {
            Role::Pack { info, .. } => Some(&info.controls),
            Role::Parser { .. } => None,
        })
        .flatten()
        .collect();
    controls.sort_by(|one, other| one.id.cmp(&other.id));
    controls
}

fn table(controls: &[&Control]) -> String {
    let width = controls.iter().map(|control| control.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for control in controls {
        let _ = writeln!(text, "{:8}  {:width$}  {}", control.severity, control.id, control.title);
    }
    let _ = writeln!(text, "{} controls", controls.len());
    text
}

fn explain(control: &Control) -> String {
    let docs = &control.docs;
    let mut text = format!("{}\n{}, {}\n\n{}\n", control.title, control.id, control.severity, docs.why);
    for remedy in &docs.remedies {
        let format = if remedy.format.is_empty() { String::new() } else { format!(" ({})", remedy.format) };
        let _ = write!(text, "\nFix{format}\n{}\n", remedy.text);
    }
    for (head, body) in
        [("Change impact", &docs.impact), ("Fails", &docs.failing_example), ("Passes", &docs.passing_example)]
    {
        if !body.is_empty() {
            let _ = write!(text, "\n{head}\n{}\n", body.trim_end());
        }
    }
    let kinds = if control.kinds.is_empty() { &control.shapes } else { &control.kinds };
    for (head, list) in [("Judges", kinds), ("Policies", &control.policies), ("Aliases", &control.aliases)] {
        if !list.is_empty() {
            let _ = write!(text, "\n{head}: {}\n", list.join(", "));
        }
    }
    let _ = write!(text, "\nPack: {}\n", control.pack);
    text
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(Failure::incomplete)
}

pub(crate) fn controls(options: &ControlsOptions) -> Result<u8, Failure> {
    let jobs = setup::jobs(None);
    let catalog = setup::run(jobs, setup::catalog(jobs, &options.plugin))?;
    let controls = all(&catalog);
    let format = options.format.unwrap_or_else(output::default_format);
    let text = match (&options.id, format) {
        (None, Format::Table) => table(&controls),
        (None, Format::Json) => {
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
                    pack: &it.pack,
                })
                .collect();
            json(&listed)?
        }
        (Some(id), format) => {
            let control =
                controls.iter().find(|it| it.id == *id || it.aliases.contains(id)).ok_or_else(|| {
                    Failure::wrong_use(anyhow!("there is no control `{id}`: see `palisade controls`"))
                })?;
            match format {
                Format::Table => explain(control),
                Format::Json => json(control)?,
            }
        }
    };
    output::print(&text)?;
    Ok(0)
}
