//! `palisade.toml`: the configuration of a repository for its own scans. Data only; it can exclude files and make a
//! scan stricter, and it cannot name plugins.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobMatcher};
use palisade_catalog::Formats;
use palisade_domain::Severity;
use palisade_source::{ReadError, Snapshot, TreePath};
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use crate::parameters::Assignment;

/// The file's name.
const NAME: &str = "palisade.toml";

/// Why the configuration is invalid.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read `{path}`: {why}")]
    Read {
        /// Its path.
        path: String,
        /// Reason.
        why: String,
    },
    /// It is invalid.
    #[error("invalid `{path}`: {why}")]
    Wrong {
        /// Its path.
        path: String,
        /// What is wrong.
        why: String,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    exclude: Vec<Spanned<String>>,
    fail_on: Option<Spanned<Severity>>,
    strict: Option<Spanned<bool>>,
    engine: Option<Spanned<String>>,
    workspace: Option<Spanned<String>>,
    parameters: TomlParameters,
}

/// Parameters in a TOML file: tables `[parameters.CONTROL]` of names and values.
pub type TomlParameters = BTreeMap<String, BTreeMap<String, Spanned<toml::Value>>>;

/// The most parameters that one file may set, and the longest name of a control or a parameter, in bytes.
const MOST_PARAMETERS: usize = 1_000;
const LONGEST_NAME: usize = 128;

/// The assignments in a TOML file.
///
/// # Errors
/// If a value is a date or a time, or a number that JSON does not have; if there are too many; and if a name is too
/// long.
pub fn toml_parameters(all: TomlParameters, text: &str, path: &str) -> Result<Vec<Assignment>, String> {
    let names = || all.iter().flat_map(|(control, values)| values.keys().chain([control]));
    if names().any(|name| name.len() > LONGEST_NAME) {
        return Err(format!("`parameters`: a name has more than {LONGEST_NAME} bytes"));
    }
    if all.values().map(BTreeMap::len).sum::<usize>() > MOST_PARAMETERS {
        return Err(format!("`parameters`: there are more than {MOST_PARAMETERS}"));
    }
    let mut assignments = Vec::new();
    for (control, values) in all {
        for (name, value) in values {
            let line = line_of(text, value.span().start);
            let place = format!("{path}:{line}");
            let value = json(value.into_inner()).map_err(|why| format!("line {line}: `{name}`: {why}"))?;
            assignments.push(Assignment { control: control.clone(), name, value, place });
        }
    }
    Ok(assignments)
}

fn json(value: toml::Value) -> Result<serde_json::Value, &'static str> {
    Ok(match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => {
            serde_json::Number::from_f64(number).ok_or("the number is unsupported in JSON")?.into()
        }
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(_) => return Err("dates are unsupported: write a text"),
        toml::Value::Array(items) => items.into_iter().map(json).collect::<Result<Vec<_>, _>>()?.into(),
        toml::Value::Table(fields) => {
            let field = |(key, value)| json(value).map(|value| (key, value));
            fields.into_iter().map(field).collect::<Result<serde_json::Map<_, _>, _>>()?.into()
        }
    })
}

/// A value of a configuration, and its line, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Its line.
    pub line: u32,
}

impl<T> Setting<T> {
    fn of(value: Spanned<T>, text: &str) -> Setting<T> {
        Setting { line: line_of(text, value.span().start), value: value.into_inner() }
    }
}

fn differ<T: PartialEq>(one: Option<&Setting<T>>, other: Option<&Setting<T>>) -> bool {
    one.map(|it| &it.value) != other.map(|it| &it.value)
}

/// The line of a byte offset in a text, from 1.
pub fn line_of(text: &str, at: usize) -> u32 {
    let lines = text.get(..at).unwrap_or_default().matches('\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX - 1) + 1
}

/// The configuration of a repository.
#[derive(Clone, Debug, Default)]
pub struct RepositoryConfig {
    /// Path of the file; empty if there is none.
    pub path: String,
    exclude: Vec<(Setting<String>, GlobMatcher)>,
    /// Threshold of the severity; the stricter of this and the caller's applies.
    pub fail_on: Option<Setting<Severity>>,
    /// Whether partial and unsupported files make the scan incomplete.
    pub strict: Option<Setting<bool>>,
    /// The tool whose files are read, of those that read a format; without it, the files of all of them.
    pub engine: Option<Setting<String>>,
    /// The workspace that the tool runs in; without it, what depends on the workspace is unknown.
    pub workspace: Option<Setting<String>>,
    /// Parameters of controls. Only values that are stricter than the caller's apply.
    pub parameters: Vec<Assignment>,
}

impl RepositoryConfig {
    /// The nearest configuration at or above a path of the tree.
    pub fn find(snapshot: &dyn Snapshot, from: &TreePath) -> Result<RepositoryConfig, ConfigError> {
        let mut folder = Some(from.clone());
        while let Some(at) = folder {
            if let Ok(path) = at.join(NAME) {
                let error = |why: String| ConfigError::Read { path: path.to_string(), why };
                match snapshot.read(&path) {
                    Ok(content) => {
                        let text = content.text().map_err(|it| error(it.to_string()))?;
                        return RepositoryConfig::parse(text, path.as_str(), at.as_str());
                    }
                    Err(ReadError::Absent | ReadError::WrongKind) => {}
                    Err(other) => return Err(error(other.to_string())),
                }
            }
            folder = at.parent();
        }
        Ok(RepositoryConfig::default())
    }

    /// Parses a configuration. Patterns are relative to `folder`.
    pub fn parse(text: &str, path: &str, folder: &str) -> Result<RepositoryConfig, ConfigError> {
        let wrong = |why: String| ConfigError::Wrong { path: path.to_owned(), why };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string().trim().to_owned()))?;
        let exclude = file
            .exclude
            .into_iter()
            .map(|pattern| {
                let pattern = Setting::of(pattern, text);
                let full = if folder.is_empty() {
                    pattern.value.clone()
                } else {
                    format!("{}/{}", globset::escape(folder), pattern.value)
                };
                let glob = Glob::new(&full).map_err(|error| wrong(format!("exclude: {error}")))?;
                Ok((pattern, glob.compile_matcher()))
            })
            .collect::<Result<_, ConfigError>>()?;
        Ok(RepositoryConfig {
            path: path.to_owned(),
            exclude,
            fail_on: file.fail_on.map(|it| Setting::of(it, text)),
            strict: file.strict.map(|it| Setting::of(it, text)),
            engine: file.engine.map(|it| Setting::of(it, text)),
            workspace: file.workspace.map(|it| Setting::of(it, text)),
            parameters: toml_parameters(file.parameters, text, path).map_err(wrong)?,
        })
    }

    /// The patterns that exclude files, as written.
    pub fn exclusions(&self) -> impl Iterator<Item = &Setting<String>> {
        self.exclude.iter().map(|(pattern, _)| pattern)
    }

    /// Checks that the engine is a tool that a format declares.
    ///
    /// # Errors
    /// If no format declares it.
    pub(crate) fn check(&self, formats: &Formats) -> Result<(), ConfigError> {
        let Some(engine) = &self.engine else { return Ok(()) };
        formats.not_a_tool(&engine.value).map_or(Ok(()), |tools| {
            let why = format!(
                "line {}: invalid value `{}` for `engine`: expected {tools}",
                engine.line, engine.value
            );
            Err(ConfigError::Wrong { path: self.path.clone(), why })
        })
    }

    /// The settings in which another configuration differs, as written in the file.
    pub fn differences(&self, other: &RepositoryConfig) -> Vec<String> {
        let patterns =
            |it: &RepositoryConfig| it.exclusions().map(|it| it.value.clone()).collect::<BTreeSet<_>>();
        let (own, others) = (patterns(self), patterns(other));
        let mut all: Vec<String> =
            own.symmetric_difference(&others).map(|pattern| format!("exclude `{pattern}`")).collect();
        let folder = |it: &RepositoryConfig| it.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        if folder(self) != folder(other) && !(own.is_empty() && others.is_empty()) {
            all.push("its folder".to_owned());
        }
        let values = |it: &RepositoryConfig| {
            let key = |it: &Assignment| format!("{}.{} = {}", it.control, it.name, it.value);
            it.parameters.iter().map(key).collect::<BTreeSet<_>>()
        };
        let settings = [
            ("parameters", values(self) != values(other)),
            ("fail-on", differ(self.fail_on.as_ref(), other.fail_on.as_ref())),
            ("strict", differ(self.strict.as_ref(), other.strict.as_ref())),
            ("engine", differ(self.engine.as_ref(), other.engine.as_ref())),
            ("workspace", differ(self.workspace.as_ref(), other.workspace.as_ref())),
        ];
        all.extend(settings.iter().filter(|(_, differs)| *differs).map(|(name, _)| (*name).to_owned()));
        all
    }

    /// The pattern that excludes a path, if any.
    pub fn excludes(&self, path: &str) -> Option<&str> {
        self.exclude.iter().find(|(_, glob)| glob.is_match(path)).map(|(pattern, _)| pattern.value.as_str())
    }
}
