//! Filesystem functions. Files are read from the scanned tree.

use globset::GlobBuilder;
use palisade_terraform_values::Value;

use crate::arguments::{Arguments, Outcome};
use crate::encoding::encode;
use crate::function::{entries, text};
use crate::text::{by_run, utf8};
use crate::{Function, Gives, limits};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", &[text("path")], Gives::Text, |it| match it.text(0)? {
        path if path.starts_with('/') => Ok(clean(path).into()),
        _ => Ok(by_run("abspath(…)", "it depends on where Terraform runs")),
    }),
    Function::new("basename", &[text("path")], Gives::Text, |it| Ok(basename(it.text(0)?).into())),
    Function::new("dirname", &[text("path")], Gives::Text, |it| Ok(dirname(it.text(0)?).into())),
    Function::new("file", &[text("path")], Gives::Text, |it| Ok(content(it)?.into())),
    Function::new("filebase64", &[text("path")], Gives::Text, |it| Ok(encode(&read(it)?).into())),
    Function::new("fileexists", &[text("path")], Gives::Bool, |it| {
        Ok(it.host.exists(it.text(0)?).map_err(|error| it.about(0, error))?.into())
    }),
    Function::new("fileset", &[text("path"), text("pattern")], Gives::TextSet, fileset),
    Function::new("pathexpand", &[text("path")], Gives::Text, |it| match it.text(0)? {
        path if path.starts_with('~') => Ok(by_run("pathexpand(…)", "it depends on who runs Terraform")),
        path => Ok(path.into()),
    }),
    Function::new("templatefile", &[text("path"), entries("vars").in_part()], Gives::Text, |it| {
        let template = content(it)?;
        render(it, &template, it.text(0)?)
    }),
    Function::new("templatestring", &[text("template"), entries("vars").in_part()], Gives::Text, |it| {
        render(it, it.text(0)?, "the template")
    }),
];

/// The content of the file that the first argument names.
pub(crate) fn read(arguments: &Arguments<'_>) -> Outcome<Vec<u8>> {
    arguments.host.read(arguments.text(0)?).map_err(|error| arguments.about(0, error))
}

fn content(arguments: &Arguments<'_>) -> Outcome<String> {
    let bytes = read(arguments)?;
    limits::text(Some(bytes.len()))?;
    utf8(bytes)
}

fn render(arguments: &Arguments<'_>, template: &str, name: &str) -> Outcome {
    arguments.host.render(template, name, arguments.entries(1)?)
}

/// The shortest equivalent path.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|it| *it != "..") => {
                steps.pop();
            }
            ".." if rooted => {}
            step => steps.push(step),
        }
    }
    match (rooted, steps.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (trimmed.rsplit('/').next(), path.is_empty()) {
        (_, true) => ".",
        (Some(last), _) if !last.is_empty() => last,
        _ => "/",
    }
}

fn dirname(path: &str) -> String {
    match path.rfind('/') {
        Some(at) => clean(path.get(..=at).unwrap_or_default()),
        None => ".".to_owned(),
    }
}

fn fileset(arguments: &Arguments<'_>) -> Outcome {
    let pattern = clean(arguments.text(1)?);
    let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build();
    let glob = glob.map_err(|error| arguments.blame(1, error.kind().to_string()))?;
    let matcher = glob.compile_matcher();
    let files = arguments.host.files_under(arguments.text(0)?).map_err(|error| arguments.about(0, error))?;
    limits::items(Some(files.len()))?;
    Ok(Value::set(files.into_iter().filter(|it| matcher.is_match(it)).map(Value::from).collect()))
}
