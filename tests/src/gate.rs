//! Ways to introduce a violation unnoticed: `tests/gate/*.txt`, with the results of the real tool and of Palisade.
//!
//! A file is a list of cases. `## ID what it does` begins one; `tool: NAME …` names the tool that defines its meaning.
//! Then follow the files of the change, each after `--- PATH` or, for a link, as `--- PATH -> TARGET`. After `=== twin`
//! follows an honest change of the same kind, after `=== base` the files before the change. Without `=== twin` the twin
//! is the change with a harmless value; without `=== base` the base is the twin's file that has the value.
//!
//! `alone: green, REASON` allows a scan without a base to pass; `default: green, REASON` allows it only without
//! `--strict`; `twin: fails, REASON` allows the twin to fail as a change.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A file of a case: its path, and its content or the target of a link.
#[derive(Clone, Debug)]
pub struct File {
    path: String,
    /// The target of a link.
    link: Option<String>,
    text: String,
}

/// The tool that reads a configuration, which decides how a macro is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Palisade: resources of real providers.
    Us,
    /// Terraform and OpenTofu with only their built-in provider.
    Tool,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file that it is in, and its name there: `g01 T05`.
    pub id: String,
    /// What it does, in words.
    pub title: String,
    /// The tool: `terraform FOLDER [VALUES]`, `tofu …`, `kubectl FILE`, `kubectl kustomize FOLDER`, `none, REASON`.
    pub tool: String,
    /// Why a scan without a base may pass.
    pub green: Option<String>,
    /// Whether a scan with `--strict` may pass too.
    pub strictly: bool,
    /// Why the twin may fail as a change.
    pub twin_fails: Option<String>,
    files: Vec<File>,
    twin: Vec<File>,
    base: Vec<File>,
}

/// Replacements that make a value harmless.
const HARMLESS: [(&str, &str); 4] = [
    ("0.0.0.0/0", "10.0.0.0/8"),
    ("privileged: true", "privileged: false"),
    ("\"privileged\":true", "\"privileged\":false"),
    ("{{pod}}", "{{safe pod}}"),
];

impl File {
    fn harmless(&self) -> File {
        let text = HARMLESS.iter().fold(self.text.clone(), |text, (bad, good)| text.replace(bad, good));
        File { text, ..self.clone() }
    }

    /// The text with its macros expanded.
    fn expanded(&self, reader: For) -> String {
        let mut out = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((name, behind)) = macro_of(after) else {
                out.push_str("{{");
                rest = after;
                continue;
            };
            match (name.split_once(' ').unwrap_or((name, "")), reader) {
                (("group", value), reader) => out.push_str(&group(value, reader)),
                (("pod", _), _) => out.push_str(pod(true).trim_end()),
                (("safe", _), _) => out.push_str(pod(false).trim_end()),
                (("junk", count), _) => {
                    let count = count.parse::<u32>().unwrap_or(0);
                    let lines: Vec<String> = (0..count).map(|it| format!("k{it}: 1\n")).collect();
                    out.push_str(&lines.concat());
                    out.pop();
                }
                _ => out.push_str(&["{{", name, "}}"].concat()),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}

/// The name of a macro and what follows it.
fn macro_of(text: &str) -> Option<(&str, &str)> {
    if !["group ", "pod}", "safe pod}", "junk "].iter().any(|it| text.starts_with(it)) {
        return None;
    }
    let line = text.split('\n').next()?;
    let end = line.rfind("}}")?;
    Some((text.get(..end)?, text.get(end + 2..)?))
}

/// A security group that is open to networks, with an optional `count`.
fn group(value: &str, reader: For) -> String {
    let (networks, count) = match value.rsplit_once(" count ") {
        Some((networks, count)) => (networks, format!("  count = {count}\n")),
        None => (value, String::new()),
    };
    match reader {
        For::Us => format!(
            "resource \"aws_security_group\" \"web\" {{\n{count}  name = \"web\"\n  ingress {{\n    protocol    = \"tcp\"\n    \
             from_port   = 22\n    to_port     = 22\n    cidr_blocks = {networks}\n  }}\n}}"
        ),
        For::Tool => format!("resource \"terraform_data\" \"web\" {{\n{count}  input = {networks}\n}}"),
    }
}

fn pod(privileged: bool) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: a\n    image: a\n    \
         securityContext:\n      privileged: {privileged}\n"
    )
}

impl Case {
    /// Writes the files of the change into a folder.
    pub fn write(&self, folder: &Path, reader: For) -> anyhow::Result<()> {
        write(&self.files, folder, reader)
    }

    /// Whether a file of the change contains these words.
    pub fn holds(&self, words: &str) -> bool {
        self.files.iter().any(|it| it.text.contains(words))
    }

    /// The files of the base, of the change and of its twin, as path and text; `None` if one of them is a link.
    pub fn texts(&self) -> Option<[Vec<(String, String)>; 3]> {
        let all = [&self.base, &self.files, &self.twin];
        let text = |it: &File| (it.path.clone(), it.expanded(For::Us));
        let linked = all.iter().any(|files| files.iter().any(|it| it.link.is_some()));
        (!linked).then(|| all.map(|files| files.iter().map(text).collect()))
    }

    /// Writes its honest twin.
    pub fn write_twin(&self, folder: &Path) -> anyhow::Result<()> {
        write(&self.twin, folder, For::Us)
    }

    /// Writes the files before the change.
    pub fn write_base(&self, folder: &Path) -> anyhow::Result<()> {
        write(&self.base, folder, For::Us)
    }
}

fn write(files: &[File], folder: &Path, reader: For) -> anyhow::Result<()> {
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        match &file.link {
            Some(target) => std::os::unix::fs::symlink(target, &path)?,
            None => fs::write(&path, file.expanded(reader))?,
        }
    }
    Ok(())
}

/// The file with the results of the real tools.
pub fn answers_file() -> PathBuf {
    crate::top().join("tests/gate/answers.toml")
}

/// The results of the real tools, by case id.
pub fn answers() -> anyhow::Result<BTreeMap<String, String>> {
    match fs::read_to_string(answers_file()) {
        Ok(text) => Ok(toml::from_str(&text)?),
        Err(_) => Ok(BTreeMap::new()),
    }
}

/// All cases, in the order of their files.
pub fn cases() -> anyhow::Result<Vec<Case>> {
    let folder = crate::top().join("tests/gate");
    let mut paths: Vec<_> =
        fs::read_dir(&folder)?.map(|it| it.map(|it| it.path())).collect::<Result<_, _>>()?;
    paths.retain(|it| it.extension().is_some_and(|it| it == "txt"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        let group = name.split('_').next().unwrap_or(name).to_owned();
        let text = fs::read_to_string(&path)?;
        for case in text.split("\n## ").skip(1) {
            cases.push(
                parse(&group, case)
                    .with_context(|| format!("{name}: {}", case.lines().next().unwrap_or("")))?,
            );
        }
    }
    Ok(cases)
}

fn parse(group: &str, text: &str) -> anyhow::Result<Case> {
    let (head, rest) = text.split_once('\n').context("no files")?;
    let (id, title) = head.split_once(' ').context("no title")?;
    let mut case = Case {
        id: format!("{group} {id}"),
        title: title.to_owned(),
        tool: String::new(),
        green: None,
        strictly: false,
        twin_fails: None,
        files: Vec::new(),
        twin: Vec::new(),
        base: Vec::new(),
    };
    let mut section = "head";
    for line in rest.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if let Some(tool) = bare.strip_prefix("tool: ") {
            tool.clone_into(&mut case.tool);
        } else if let Some(reason) = bare.strip_prefix("default: green, ") {
            case.green = Some(reason.to_owned());
        } else if let Some(reason) = bare.strip_prefix("alone: green, ") {
            (case.green, case.strictly) = (Some(reason.to_owned()), true);
        } else if let Some(reason) = bare.strip_prefix("twin: fails, ") {
            case.twin_fails = Some(reason.to_owned());
        } else if let Some(name) = bare.strip_prefix("=== ") {
            section = match name {
                "twin" => "twin",
                "base" => "base",
                "change" => "head",
                _ => bail!("no section is called `{name}`"),
            };
        } else {
            let files = match section {
                "twin" => &mut case.twin,
                "base" => &mut case.base,
                _ => &mut case.files,
            };
            if let Some(path) = bare.strip_prefix("--- ") {
                let (path, link) =
                    path.split_once(" -> ").map_or((path, None), |(path, to)| (path, Some(to)));
                let (path, link) = (path.to_owned(), link.map(str::to_owned));
                files.push(File { path, link, text: String::new() });
            } else if let Some(file) = files.last_mut() {
                file.text.push_str(line);
            } else if !bare.is_empty() {
                bail!("`{bare}` is in no file");
            }
        }
    }
    // An empty line separates cases.
    for file in case.files.iter_mut().chain(&mut case.twin).chain(&mut case.base) {
        while file.text.ends_with("\n\n") {
            file.text.pop();
        }
        if file.text == "\n" {
            file.text.clear();
        }
    }
    if case.twin.is_empty() {
        case.twin = case.files.iter().map(File::harmless).collect();
    }
    if case.base.is_empty() {
        let has_value = |it: &&File| it.text.contains("{{") || it.text != it.harmless().text;
        case.base =
            case.files.iter().filter(has_value).map(File::harmless).filter(|it| it.link.is_none()).collect();
        if case.twin.iter().all(|twin| case.files.iter().all(|it| it.path != twin.path)) {
            case.base.clear();
        }
    }
    Ok(case)
}
