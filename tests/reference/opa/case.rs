//! Cases of Rego: a query or modules, with an input and data.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use regorus::Value;

/// A case.
pub(crate) struct Case {
    /// The source of the case, the construct or builtin, and the note.
    pub(crate) name: String,
    /// The builtin or construct.
    pub(crate) of: String,
    pub(crate) modules: Vec<String>,
    pub(crate) input: Option<Value>,
    pub(crate) data: Option<Value>,
    /// Whether the modules are of the Rego before OPA 1.0.
    pub(crate) v0: bool,
}

/// All cases of the files in a folder.
pub(crate) fn read(prefix: &str, folder: &Path) -> Result<Vec<Case>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path)?;
        let value = Value::from_yaml_str(&text).with_context(|| format!("{} is invalid", path.display()))?;
        for (of, list) in value.as_object()?.iter_sorted() {
            let of = of.as_string()?;
            for it in list.as_array()? {
                cases.push(case(prefix, of, it).with_context(|| format!("{}: {of}: {it}", path.display()))?);
            }
        }
    }
    Ok(cases)
}

fn case(prefix: &str, of: &str, value: &Value) -> Result<Case> {
    let part = |name: &str| match value {
        Value::Array(items) => {
            let at = ["note", "query"].iter().position(|it| *it == name)?;
            items.get(at).cloned()
        }
        Value::Object(members) => members.get(&Value::from(name)).cloned(),
        _ => None,
    };
    let text = |name: &str| {
        part(name).map(|it| match it {
            Value::String(text) => text.to_string(),
            other => other.to_string(),
        })
    };
    let mut modules = Vec::new();
    if let Some(query) = text("query") {
        modules.push(format!("package case\n\nresult := {query}\n"));
    }
    if let Some(module) = text("module") {
        let whole = module.trim_start_matches('\u{feff}').starts_with("package ");
        modules.push(if whole { module } else { format!("package case\n\n{module}\n") });
    }
    if let Some(Value::Array(more)) = part("modules") {
        for it in more.iter() {
            modules.push(it.as_string()?.to_string());
        }
    }
    if modules.is_empty() {
        bail!("a case without a module");
    }
    Ok(Case {
        name: format!("{prefix} {of}: {}", text("note").context("a case without a note")?),
        of: of.to_owned(),
        modules,
        input: part("input"),
        data: part("data"),
        v0: part("v0") == Some(Value::Bool(true)),
    })
}
