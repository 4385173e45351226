//! `cargo xtask new-control`: a control, its cases, and its entry in the list.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::shell::Project;

/// The new control.
struct New<'a> {
    /// The folder under `policies`, and the prefix of the id.
    pack: &'a str,
    /// Its name, with dashes.
    name: &'a str,
    /// The kind of resource.
    kind: &'a str,
    /// The attribute that must be `true`, with dots.
    path: &'a str,
}

/// Creates a control: the attribute `path` of resources of a kind must be `true`.
pub(crate) fn new(project: &Project, pack: &str, name: &str, kind: &str, path: &str) -> Result<()> {
    let is_word =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    ensure!(name.split('-').all(is_word), "`{name}`: write lower case words with dashes, such as `sql-open`");
    ensure!(
        path.split('.').all(|it| !it.is_empty()),
        "`{path}`: write keys with dots, such as `spec.hostPID`"
    );
    let policies = project.top.join("policies");
    let folder = policies.join(pack).join("src");
    if !folder.join("controls.rs").is_file() {
        let known = fs::read_dir(&policies)?.flatten().map(|it| it.file_name().display().to_string());
        let mut known: Vec<String> = known.collect();
        known.sort();
        bail!("pack `{pack}` not found: use one of {}", known.join(", "));
    }
    let new = New { pack, name, kind, path };
    let module = name.replace('-', "_");
    let code = folder.join(format!("controls/{module}.rs"));
    ensure!(!code.exists(), "{} exists", code.display());
    list(&folder.join("controls.rs"), &module)?;
    let cases = folder.join(format!("controls/{module}.{}", new.extension()));
    for (path, text) in [(&code, new.code()), (&cases, new.cases())] {
        fs::write(path, text).with_context(|| path.display().to_string())?;
        println!("{}", path.strip_prefix(&project.top).unwrap_or(path).display());
    }
    println!("Write its documentation, then run: cargo test -p palisade-policies-{pack}");
    Ok(())
}

/// Adds a module to the sorted list of controls.
fn list(path: &Path, module: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let (head, rest) = text.split_once("controls! {\n").context("the list of controls was not found")?;
    let (names, tail) = rest.split_once('}').context("the list of controls does not end")?;
    let mut names: Vec<&str> = names.split_whitespace().chain([module]).collect();
    names.sort_unstable();
    names.dedup();
    let mut text = format!("{head}controls! {{\n");
    for name in names {
        let _ = writeln!(text, "    {name}");
    }
    fs::write(path, format!("{text}}}{tail}")).with_context(|| path.display().to_string())
}

impl New<'_> {
    fn is_kubernetes(&self) -> bool {
        self.pack == "kubernetes"
    }

    fn extension(&self) -> &'static str {
        if self.is_kubernetes() { "yaml" } else { "tf" }
    }

    /// A resource of the kind, with the attribute set to a value and followed by `mark`.
    fn resource(&self, name: &str, value: &str, mark: &str) -> String {
        let keys: Vec<&str> = self.path.split('.').collect();
        let Some((last, blocks)) = keys.split_last() else { return String::new() };
        let indent = |depth: usize| "  ".repeat(depth);
        let mut text = String::new();
        if self.is_kubernetes() {
            let _ = writeln!(text, "apiVersion: v1\nkind: {}\nmetadata:\n  name: {name}", self.kind);
            for (depth, block) in blocks.iter().enumerate() {
                let _ = writeln!(text, "{}{block}:", indent(depth));
            }
            let _ = writeln!(text, "{}{last}: {value}{mark}", indent(blocks.len()));
            return text;
        }
        let _ = writeln!(text, "resource \"{}\" \"{name}\" {{", self.kind);
        for (depth, block) in blocks.iter().enumerate() {
            let _ = writeln!(text, "{}{block} {{", indent(depth + 1));
        }
        let _ = writeln!(text, "{}{last} = {value}{mark}", indent(blocks.len() + 1));
        for depth in (0..=blocks.len()).rev() {
            let _ = writeln!(text, "{}}}", indent(depth));
        }
        text
    }

    fn cases(&self) -> String {
        let between = if self.is_kubernetes() { "---\n" } else { "\n" };
        let bad = self.resource("bad", "false", " #! failed");
        let unknown = self.resource("unknown", "$unknown", " #! unknown");
        let unknown =
            if self.is_kubernetes() { unknown } else { unknown.replace("$unknown", "\"$unknown\"") };
        format!("{bad}{between}{unknown}{between}{}", self.resource("good", "true", ""))
    }

    fn code(&self) -> String {
        let (language, format) =
            if self.is_kubernetes() { ("yaml", "kubernetes") } else { ("hcl", "terraform") };
        let example = |value: &str| {
            let text = self.resource("example", value, "");
            text.lines().fold(String::new(), |mut all, line| {
                let _ = writeln!(all, "    /// {line}");
                all
            })
        };
        let title = self.name.replace('-', " ");
        let mut letters = title.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        let title: String = first.into_iter().chain(letters).collect();
        let New { pack, name, kind, path } = self;
        let (failing, passing) = (example("false"), example("true"));
        format!(
            "use palisade_sdk::Severity;
use palisade_sdk::attribute::{{Must, {format}}};
use palisade_sdk::rule::{{Missing, Rule, Want}};

palisade_sdk::control! {{
    /// {title}
    ///
    /// ## Why
    /// Write what an attacker gains.
    ///
    /// ## Impact
    /// Write what may break when it is fixed.
    ///
    /// ## Fix
    /// Set `{path}` to `true`.
    ///
    /// ## Fails
    /// ```{language}
{failing}    /// ```
    ///
    /// ## Passes
    /// ```{language}
{passing}    /// ```
    pub(crate) static CONTROL = {{
        id: \"{pack}-{name}\",
        severity: Severity::Medium,
        judges: &[{format}(\"{kind}\", \"{path}\")],
        rule: Rule::Must(Must {{
            be: Want::One(&[\"true\"]),
            unset: Missing::Fails,
            message: \"write what is wrong\",
            ..Must::TEMPLATE
        }}),
    }};
}}
"
        )
    }
}
