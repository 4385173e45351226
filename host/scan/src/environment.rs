//! Environments: named sets of inputs, and the units that each of them applies to.

use std::collections::BTreeSet;

use palisade_catalog::Formats;
use palisade_domain::{Environment, Work};
use palisade_source::{EntryKind, ReadError, Snapshot, TreePath};
use serde::Serialize;
use thiserror::Error;

/// The longest name of an environment, in bytes.
const LONGEST_NAME: usize = 64;

/// Why an environment is invalid.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// The name is invalid.
    #[error(
        "invalid environment name `{}`: use up to {LONGEST_NAME} letters, digits, `-`, `_` and `.`",
        name.escape_debug()
    )]
    Name {
        /// The name.
        name: String,
    },
    /// No format reads such a file.
    #[error("environment `{name}`: no format takes `{file}` as an input: expected {inputs}")]
    Kind {
        /// The environment.
        name: String,
        /// The file.
        file: String,
        /// The patterns of the files that formats read, for messages.
        inputs: String,
    },
    /// The file is not there.
    #[error(
        "environment `{name}`: file `{file}` not found in the tree: give it relative to the scanned folder or to \
         the root of the tree"
    )]
    Absent {
        /// The environment.
        name: String,
        /// The file.
        file: String,
    },
    /// The file cannot be read.
    #[error("environment `{name}`: cannot read `{file}`: {why}")]
    Read {
        /// The environment.
        name: String,
        /// The file.
        file: String,
        /// Reason.
        why: ReadError,
    },
    /// No unit reads the file: the scan would be reported as one of this environment without being one.
    #[error("environment `{name}`: no scanned unit reads `{file}`: expected one of the format {formats}")]
    Unused {
        /// The environment.
        name: String,
        /// The file.
        file: String,
        /// The formats that would read it.
        formats: String,
    },
}

/// The environments of a scan, in the order in which they were first named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Environments {
    all: Vec<Environment>,
    /// Whether some requested environments are left out: files of values that nobody named do not replace them.
    left_out: bool,
}

impl Environments {
    /// Finds the files of environments, given as name and file in the user's order; several files of one name are
    /// combined. A file is looked up from the scanned path, then from the root of the tree.
    pub fn find(
        snapshot: &dyn Snapshot,
        scanned: &TreePath,
        asked: &[(String, String)],
    ) -> Result<Environments, EnvironmentError> {
        let mut all: Vec<Environment> = Vec::new();
        for (name, file) in asked {
            let fits = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
            if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
                return Err(EnvironmentError::Name { name: name.clone() });
            }
            let path = found(snapshot, scanned, name, file)?;
            match all.iter_mut().find(|it| it.name == *name) {
                Some(known) => known.files.push(path),
                None => all.push(named(name, path)),
            }
        }
        Ok(Environments { all, left_out: false })
    }

    /// The same environments, marked as incomplete: others were requested that do not exist.
    #[must_use]
    pub fn of_more(self) -> Environments {
        Environments { left_out: true, ..self }
    }

    /// Whether some requested environments are left out.
    pub(crate) fn are_left_out(&self) -> bool {
        self.left_out
    }

    /// Names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|it| it.name.as_str())
    }

    /// Checks that a format reads each file.
    ///
    /// # Errors
    /// The first file that no format reads.
    pub(crate) fn check(&self, formats: &Formats) -> Result<(), EnvironmentError> {
        let mut files = self.all.iter().flat_map(|it| it.files.iter().map(|file| (it.name.clone(), file)));
        let unfit = files.find(|(_, file)| formats.taking(file).is_empty());
        unfit.map_or(Ok(()), |(name, file)| {
            Err(EnvironmentError::Kind { name, file: file.clone(), inputs: formats.inputs() })
        })
    }

    /// The environments of each unit; a unit without one is parsed once, with its defaults.
    ///
    /// A file applies to the units with the deepest root that contains it; if no root contains it, to all units. Only
    /// units of a format that reads it count.
    pub(crate) fn of_units(
        &self,
        formats: &Formats,
        units: &[&Work],
    ) -> Result<Vec<Vec<Environment>>, EnvironmentError> {
        let mut of_units = vec![Vec::<Environment>::new(); units.len()];
        for environment in &self.all {
            for file in &environment.files {
                let formats = formats.taking(file);
                let takers = takers(&formats, units, file);
                if takers.is_empty() {
                    return Err(EnvironmentError::Unused {
                        name: environment.name.clone(),
                        file: file.clone(),
                        formats: formats.into_iter().collect::<Vec<_>>().join(", "),
                    });
                }
                for row in takers {
                    let Some(unit) = of_units.get_mut(row) else { continue };
                    match unit.last_mut().filter(|it| it.name == environment.name) {
                        Some(known) => known.files.push(file.clone()),
                        None => unit.push(named(&environment.name, file.clone())),
                    }
                }
            }
        }
        Ok(of_units)
    }
}

fn named(name: &str, file: String) -> Environment {
    Environment { name: name.to_owned(), files: vec![file], ..Environment::default() }
}

fn found(
    snapshot: &dyn Snapshot,
    scanned: &TreePath,
    name: &str,
    file: &str,
) -> Result<String, EnvironmentError> {
    let folders: BTreeSet<&str> = [scanned.as_str(), ""].into();
    // Deeper folders come last in their order.
    for folder in folders.iter().rev() {
        let Ok(path) = TreePath::parse(folder).and_then(|folder| folder.join(file)) else { continue };
        match snapshot.stat(&path) {
            Ok(Some(entry)) if entry.kind == EntryKind::File => return Ok(path.to_string()),
            Ok(_) | Err(ReadError::Absent | ReadError::Outside) => {}
            Err(why) => {
                return Err(EnvironmentError::Read { name: name.to_owned(), file: path.to_string(), why });
            }
        }
    }
    Err(EnvironmentError::Absent { name: name.to_owned(), file: file.to_owned() })
}

/// Indices of the units that a file applies to.
fn takers(formats: &BTreeSet<&str>, units: &[&Work], file: &str) -> Vec<usize> {
    let of_format = || units.iter().enumerate().filter(|(_, unit)| formats.contains(&unit.format.as_str()));
    let depth = |root: &str| if root.is_empty() { 0 } else { root.split('/').count() };
    let deepest =
        of_format().filter(|(_, unit)| above(&unit.root, file)).map(|(_, unit)| depth(&unit.root)).max();
    of_format()
        .filter(|(_, unit)| {
            deepest.is_none_or(|deepest| above(&unit.root, file) && depth(&unit.root) == deepest)
        })
        .map(|(row, _)| row)
        .collect()
}

/// Whether a folder contains a file.
fn above(folder: &str, file: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use palisade_domain::Format;
    use palisade_source::{FolderSnapshot, Limits};

    use super::*;

    fn formats() -> Formats {
        let inputs = ["**/*.tfvars", "**/*.tfvars.json"].map(str::to_owned).into();
        let mut formats = Formats::default();
        formats.add(&[Format { id: "terraform".to_owned(), inputs, ..Format::default() }], true);
        formats
    }

    fn find(scanned: &str, asked: &[&str]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["prod.tfvars", "live/prod.tfvars", "live/prod.tfvars.json", "live/app/x.tfvars", "v.yaml"]
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let snapshot = FolderSnapshot::open(folder.path(), Limits::default()).unwrap();
        let split = |text: &&str| text.split_once('=').map(|(name, file)| (name.to_owned(), file.to_owned()));
        let asked: Vec<_> = asked.iter().filter_map(split).collect();
        let scanned = TreePath::parse(scanned).unwrap();
        let show = |it: &Environment| format!("{}: {}", it.name, it.files.join(" "));
        let found = Environments::find(&snapshot, &scanned, &asked);
        found
            .and_then(|it| it.check(&formats()).map(|()| it))
            .map(|it| it.all.iter().map(show).collect::<Vec<_>>().join("; "))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_found_from_the_scanned_folder_and_from_the_root() {
        for (scanned, asked, expected) in [
            ("", &["prod=prod.tfvars"][..], "prod: prod.tfvars"),
            ("live", &["prod=prod.tfvars"], "prod: live/prod.tfvars"),
            ("live", &["prod=../prod.tfvars"], "prod: prod.tfvars"),
            ("live", &["prod=./app/x.tfvars"], "prod: live/app/x.tfvars"),
            ("live/app", &["prod=live/prod.tfvars.json"], "prod: live/prod.tfvars.json"),
            (
                "",
                &["b=prod.tfvars", "a=live/prod.tfvars", "b=live/app/x.tfvars"],
                "b: prod.tfvars live/app/x.tfvars; a: live/prod.tfvars",
            ),
        ] {
            assert_eq!(find(scanned, asked).as_deref(), Ok(expected), "{asked:?} from `{scanned}`");
        }
        for (asked, words) in [
            ("prod=none.tfvars", "file `none.tfvars` not found"),
            ("prod=../../prod.tfvars", "not found in the tree"),
            ("prod=/prod.tfvars", "not found in the tree"),
            ("prod=live", "file `live` not found"),
            (
                "prod=v.yaml",
                "no format takes `v.yaml` as an input: expected `**/*.tfvars` (terraform), `**/*.tfvars.json` (terraform)",
            ),
            ("=prod.tfvars", "invalid environment name ``"),
            ("a b=prod.tfvars", "invalid environment name `a b`"),
        ] {
            let error = find("", &[asked]).unwrap_err();
            assert!(error.contains(words), "{asked}: {error}");
        }
    }

    fn units(units: &[&str]) -> Vec<Work> {
        let unit = |text: &&str| {
            let (format, root) = text.split_once(' ').unwrap();
            Work { root: root.to_owned(), format: format.to_owned(), files: Vec::new() }
        };
        units.iter().map(unit).collect()
    }

    #[test]
    fn a_file_is_for_the_deepest_unit_above_it_or_for_all() {
        let all =
            units(&["terraform ", "terraform live", "terraform live/app", "helm live", "terraform lib"]);
        let some = units(&["terraform live/app", "helm live", "terraform lib"]);
        for (units, file, expected) in [
            (&all, "prod.tfvars", &[""][..]),
            (&all, "envs/prod.tfvars", &[""]),
            (&all, "live/prod.tfvars", &["live"]),
            (&all, "live/app/envs/prod.tfvars", &["live/app"]),
            (&all, "live/application.tfvars", &["live"]),
            (&some, "live/prod.tfvars", &["live/app", "lib"]),
        ] {
            let works: Vec<&Work> = units.iter().collect();
            let environments = Environments { all: vec![named("prod", file.to_owned())], left_out: false };
            let of_units = environments.of_units(&formats(), &works).unwrap();
            let with: Vec<&str> = of_units
                .iter()
                .zip(&works)
                .filter(|(environments, _)| !environments.is_empty())
                .map(|(_, work)| work.root.as_str())
                .collect();
            assert_eq!(with, expected, "{file}");
        }
    }

    #[test]
    fn a_unit_has_its_own_files_of_an_environment_in_order() {
        let all = units(&["terraform a", "terraform b"]);
        let works: Vec<&Work> = all.iter().collect();
        let environment = |name: &str, files: &[&str]| Environment {
            name: name.to_owned(),
            files: files.iter().map(|it| (*it).to_owned()).collect(),
            ..Environment::default()
        };
        let all = vec![
            environment("prod", &["a/2.tfvars", "common.tfvars", "a/1.tfvars"]),
            environment("dev", &["b/dev.tfvars"]),
        ];
        let environments = Environments { all, left_out: false };
        assert_eq!(
            environments.of_units(&formats(), &works).unwrap(),
            [
                vec![environment("prod", &["a/2.tfvars", "common.tfvars", "a/1.tfvars"])],
                vec![environment("prod", &["common.tfvars"]), environment("dev", &["b/dev.tfvars"])],
            ]
        );
        let error = environments.of_units(&formats(), &[]).unwrap_err();
        assert!(matches!(error, EnvironmentError::Unused { .. }), "{error}");
    }
}
