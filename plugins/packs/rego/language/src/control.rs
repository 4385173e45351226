//! Finds the controls of a pack. Which rules are controls depends on the dialect of their package.

use std::collections::{BTreeMap, BTreeSet};

use crate::annotations::Subject;
use crate::ast::{Head, Rule, Version};
use crate::metadata::{self, Metadata, Scope, Severity};
use crate::path::Pattern;
use crate::place::Place;
use crate::problem::{Fault, Problem};
use crate::source::{Folder, Source};

/// How a control is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Palisade: a package below `palisade`, `violation contains …`, over a resource.
    Own,
    /// The reference product: `package sysdig`, `risky`, over the configuration of a resource.
    Reference,
    /// Conftest: `deny`, `violation` and `warn` in a namespace, over a document.
    Conftest,
}

/// Which packages are namespaces of Conftest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Namespaces {
    /// These packages, written with dots. Conftest's default is `main`.
    These(Vec<String>),
    /// All packages that have such rules.
    All,
}

impl Default for Namespaces {
    fn default() -> Self {
        Self::These(vec!["main".to_owned()])
    }
}

/// A control.
#[derive(Debug, Clone)]
pub struct Control {
    /// Its name. It stays the same as long as its package and rule keep their names.
    pub id: String,
    /// The dialect that it is written in.
    pub dialect: Dialect,
    /// The version of Rego that its file is written in.
    pub version: Version,
    /// The file of its first rule.
    pub file: String,
    /// Where its first rule begins.
    pub place: Place,
    /// Its metadata, with defaults: severity and scope are always set.
    pub metadata: Metadata,
    /// The package under which the engine has it.
    pub(crate) package: Vec<String>,
    /// The package as it was written.
    pub(crate) namespace: Vec<String>,
    pub(crate) rule: String,
    pub(crate) reads: Vec<Pattern>,
    pub(crate) names: Vec<Pattern>,
    pub(crate) reads_all: bool,
}

impl Control {
    /// What it may read of its input. If its result depends on an unknown value, the path of that value is among these.
    pub fn reads(&self) -> &[Pattern] {
        &self.reads
    }

    /// What it only binds to a name in its input: `some x in input.xs` requires that the place exists, and what is read
    /// of `x` is among the reads.
    pub fn names(&self) -> &[Pattern] {
        &self.names
    }

    /// Whether it may read anything of its input, besides what `reads` names: `walk(input, …)`, `json.marshal(input)`,
    /// a package as a whole, or more than is tracked.
    pub fn reads_all(&self) -> bool {
        self.reads_all
    }

    /// The severity of a violation.
    pub fn severity(&self) -> Severity {
        self.metadata.severity.unwrap_or(Severity::Medium)
    }
}

/// Whether a rule's name is one of Conftest: `deny`, `deny_x`, `deny_x_y`, but not `deny_`.
pub(crate) fn is_conftest(name: &str) -> bool {
    let words = ["deny", "violation", "warn"].into_iter().find_map(|kind| name.strip_prefix(kind));
    words.is_some_and(|words| {
        words.is_empty()
            || words.strip_prefix('_').is_some_and(|it| it.split('_').all(|word| !word.is_empty()))
    })
}

/// Gives each file of the reference product its own package, as all of them declare the same one.
pub(crate) fn separate(folder: &mut Folder) {
    let mut packages = BTreeMap::new();
    for source in &mut folder.sources {
        if source.package == ["sysdig"] && !source.is_test {
            let to = vec!["sysdig".to_owned(), format!("f{}", packages.len())];
            source.move_to(&to);
            packages.insert(source.path.trim_end_matches(".rego").to_owned(), to);
        }
    }
    for source in folder.sources.iter_mut().filter(|source| source.is_test) {
        let Some(to) = packages.get(source.path.trim_end_matches("_test.rego")).cloned() else { continue };
        let own = std::mem::replace(&mut source.package, vec!["sysdig".to_owned()]);
        source.move_to(&to);
        source.package = own;
    }
}

/// Finds the controls of a folder, and reports problems of their metadata.
pub(crate) fn find(folder: &Folder, namespaces: &Namespaces, problems: &mut Vec<Problem>) -> Vec<Control> {
    let mut found: Vec<Control> = Vec::new();
    let mut ids = BTreeSet::new();
    for source in folder.sources.iter().filter(|source| !source.is_test) {
        let Some(dialect) = dialect(source, namespaces) else { continue };
        for rule in source.module.rules.iter().filter(|rule| is_named(rule, dialect)) {
            if !rule.steps.is_empty() {
                let name = &rule.name;
                let what = format!("the head of `{name}` has a key, so nothing that it finds would count");
                let fix = format!("write `{name} contains msg if`");
                problems.push(Fault::new(rule.place, what, fix).of(&source.path));
                continue;
            }
            let known =
                found.iter_mut().find(|it| it.package == source.module.package && it.rule == rule.name);
            let metadata = metadata_of(source, rule, folder, dialect, problems);
            if let Some(control) = known {
                control.metadata = std::mem::take(&mut control.metadata).or(&metadata);
                control.metadata.id = control.metadata.id.take().or(metadata.id);
                continue;
            }
            found.push(Control {
                id: String::new(),
                dialect,
                version: source.module.version,
                file: source.path.clone(),
                place: rule.place,
                metadata,
                package: source.module.package.clone(),
                namespace: source.package.clone(),
                rule: rule.name.clone(),
                reads: Vec::new(),
                names: Vec::new(),
                reads_all: false,
            });
        }
    }
    for control in &mut found {
        control.id = control.metadata.id.clone().unwrap_or_else(|| default_id(control));
        if !ids.insert(control.id.clone()) {
            let what = format!("second control of the name {}", control.id);
            problems.push(Fault::new(control.place, what, "give it an `id` of its own").of(&control.file));
        }
        complete(control);
    }
    found
}

fn dialect(source: &Source, namespaces: &Namespaces) -> Option<Dialect> {
    let namespace = source.package.join(".");
    if source.package.first().is_some_and(|it| it == "palisade") {
        return Some(Dialect::Own);
    }
    if source.package == ["sysdig"] {
        return Some(Dialect::Reference);
    }
    let named = match namespaces {
        Namespaces::All => true,
        Namespaces::These(these) => these.contains(&namespace),
    };
    named.then_some(Dialect::Conftest)
}

/// Whether a rule has the name of a control, and is not a function.
fn is_named(rule: &Rule, dialect: Dialect) -> bool {
    matches!(rule.head, Head::Value { .. } | Head::Member(_))
        && match dialect {
            Dialect::Own => rule.name == "violation",
            Dialect::Reference => rule.name == "risky",
            Dialect::Conftest => is_conftest(&rule.name),
        }
}

/// The metadata of a control at this rule.
fn metadata_of(
    source: &Source,
    rule: &Rule,
    folder: &Folder,
    dialect: Dialect,
    problems: &mut Vec<Problem>,
) -> Metadata {
    let mut own = Metadata::default();
    let mut whole = Metadata::default();
    for annotation in &source.annotations {
        let (metadata, wrong) = metadata::from_annotation(&annotation.value);
        let applies =
            annotation.subject == Subject::Package || annotation.subject == Subject::Rule(rule.place);
        if !applies {
            continue;
        }
        for what in wrong {
            let problem = Fault::new(annotation.place, what, "").of(&source.path);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        if annotation.subject == Subject::Package { whole = metadata } else { own = metadata }
    }
    if let Some((path, value)) = folder.beside.get(&source.path) {
        let (metadata, wrong) = metadata::from_beside(value);
        problems.extend(wrong.into_iter().map(|what| Fault::new(Place::default(), what, "").of(path)));
        whole = Metadata { id: metadata.id.clone(), ..metadata.or(&whole) };
    }
    // A Palisade package or a file of the reference product is one control; a Conftest package may have several.
    let id = own.id.clone().or_else(|| (dialect != Dialect::Conftest).then(|| whole.id.clone()).flatten());
    Metadata { id, ..own.or(&whole) }
}

fn default_id(control: &Control) -> String {
    match control.dialect {
        Dialect::Own => control.namespace.join("."),
        Dialect::Reference => {
            let name = control.file.rsplit('/').next().unwrap_or(&control.file);
            format!("sysdig.{}", name.trim_end_matches(".rego"))
        }
        Dialect::Conftest => format!("{}.{}", control.namespace.join("."), control.rule),
    }
}

/// Sets what the metadata of a control does not define.
fn complete(control: &mut Control) {
    let warns = control.dialect == Dialect::Conftest && control.rule.starts_with("warn");
    let (severity, scope) = match control.dialect {
        Dialect::Own | Dialect::Reference => (Severity::Medium, Scope::Component),
        Dialect::Conftest => (if warns { Severity::Low } else { Severity::High }, Scope::Document),
    };
    control.metadata.severity.get_or_insert(severity);
    control.metadata.scope.get_or_insert(scope);
    if control.metadata.title.is_empty() {
        control.metadata.title = control.id.clone();
    }
}
