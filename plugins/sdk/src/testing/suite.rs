//! Checks that apply to all controls of a pack.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::attribute::Holder;
use crate::pack::Pack;
use crate::parser::Parser;
use crate::rule::Rule;

use super::{Compared, Exception, check_cases, check_docs, check_examples, check_forms, formats, unused};

/// A pack with its parser and its cases: one file per control, named like the control without the prefix, with
/// underscores for dashes. Each error lists everything that is wrong.
pub struct Suite {
    /// The parser of the cases.
    pub parser: &'static dyn Parser,
    /// The pack to check.
    pub pack: &'static Pack,
    /// The prefix of every id.
    pub prefix: &'static str,
    /// The folder of the cases.
    pub folder: PathBuf,
    /// Their file extension, without the dot.
    pub extension: &'static str,
    /// Resources for which the outcome of a control differs in another form of a Terraform case.
    pub exceptions: &'static [Exception],
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("prefix", &self.prefix)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

fn verdict(faults: &[String]) -> Result<(), String> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("{} faults\n\n{}", faults.len(), faults.join("\n\n")))
}

impl Suite {
    fn cases_of(&self, id: &str) -> PathBuf {
        let name = id.strip_prefix(self.prefix).unwrap_or(id).replace('-', "_");
        self.folder.join(format!("{name}.{}", self.extension))
    }

    fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.pack.controls.iter().map(|control| control.id)
    }

    /// Checks the cases of every control.
    pub fn check_cases(&self) -> Result<(), String> {
        let mut faults = Vec::new();
        for id in self.ids() {
            let path = self.cases_of(id);
            let name = format!("{id}.{}", self.extension);
            match std::fs::read_to_string(&path) {
                Ok(text) => faults.extend(check_cases(self.parser, self.pack, id, &name, &text).err()),
                Err(error) => faults.push(format!("{id}: {}: {error}", path.display())),
            }
        }
        verdict(&faults)
    }

    /// Checks that the Terraform cases of every control have the same outcomes as plans and in JSON syntax, except for
    /// the exceptions, all of which must apply. Returns the number of compared items.
    pub fn check_forms(&self) -> Result<Compared, String> {
        let (mut faults, mut used) = (Vec::new(), BTreeMap::new());
        let mut all = Compared::default();
        for id in self.ids().filter(|_| self.extension == "tf") {
            let Ok(text) = std::fs::read_to_string(self.cases_of(id)) else { continue };
            let name = format!("{id}.tf");
            match check_forms(self.parser, self.pack, id, (&name, &text), self.exceptions, &mut used) {
                Ok(compared) => all += compared,
                Err(error) => faults.push(error),
            }
        }
        faults.extend(unused(self.exceptions, &used));
        verdict(&faults).map(|()| all)
    }

    /// Checks the failing and passing examples of every control.
    pub fn check_examples(&self) -> Result<(), String> {
        let name = format!("example.{}", self.extension);
        let check = |id| check_examples(self.parser, self.pack, id, &name).err();
        verdict(&self.ids().filter_map(check).collect::<Vec<_>>())
    }

    /// Checks that the documentation is complete, that ids are sorted and have the prefix, and that each file of cases
    /// has a control.
    pub fn check_form(&self) -> Result<(), String> {
        let mut faults: Vec<String> =
            self.pack.controls.iter().filter_map(|control| check_docs(control).err()).collect();
        if !self.ids().is_sorted_by(|one, other| one < other) {
            faults.push(format!("the ids are not in order: {:#?}", self.ids().collect::<Vec<_>>()));
        }
        let strange = self.ids().filter(|id| !id.starts_with(self.prefix));
        faults.extend(strange.map(|id| format!("{id} does not start with {}", self.prefix)));
        let known: Vec<PathBuf> = self.ids().map(|id| self.cases_of(id)).collect();
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|it| it.path());
        let cases = files.filter(|it| it.extension().is_some_and(|it| it == self.extension));
        faults.extend(
            cases.filter(|it| !known.contains(it)).map(|it| format!("{} is of no control", it.display())),
        );
        verdict(&faults)
    }

    /// What each control judges, by attributes or by a function, for a snapshot.
    pub fn table(&self) -> String {
        let mut table = String::new();
        for control in self.pack.controls {
            let mut rows: Vec<String> = Vec::new();
            for attribute in control.judges {
                let paths: Vec<&str> = [attribute.path].iter().chain(attribute.or).copied().collect();
                let each = attribute.each.iter().map(|it| format!(" in each of {it}"));
                let each: String = each.collect();
                rows.push(match attribute.of {
                    Holder::Kind(format, kind) => {
                        format!("{}: {kind}: {}{each}", format.id(), paths.join(" or "))
                    }
                    Holder::Shape(id) => format!("{id}: {}{each}", paths.join(" or ")),
                });
            }
            if matches!(control.rule, Rule::Coded(_)) {
                let subjects: Vec<&str> = control.shapes.iter().chain(control.kinds).copied().collect();
                rows.push(format!("function: {}", subjects.join(" ")));
            }
            for row in rows {
                let _ = writeln!(table, "{:48} {row}", control.id);
            }
        }
        let declared = self.pack.controls.iter().filter(|it| matches!(it.rule, Rule::Must(_))).count();
        let _ = writeln!(table, "{declared} of {} without a function", self.pack.controls.len());
        table
    }

    /// How each control judges each format, for a snapshot: `attribute`, `function` or `-` for not at all.
    pub fn formats(&self) -> String {
        formats::table(self.pack)
    }

    /// The controls as a list, for a snapshot.
    pub fn list(&self) -> String {
        let mut list = String::new();
        for control in self.pack.controls {
            let _ = writeln!(list, "{} ({:?}): {}", control.id, control.severity, control.docs().title);
            if !control.aliases.is_empty() {
                let _ = writeln!(list, "    {}", control.aliases.join(" "));
            }
        }
        list
    }
}

/// The tests that every pack has. Arguments: the parser, the pack, the prefix of its ids, the file extension of its
/// cases, and optionally the exceptions of Terraform cases in other forms. The cases are in `src/controls`. The list of
/// controls is a snapshot, for which the caller needs `insta`.
#[macro_export]
macro_rules! pack_tests {
    ($parser:expr, $pack:expr, $prefix:expr, $extension:expr) => {
        $crate::pack_tests!($parser, $pack, $prefix, $extension, &[]);
    };
    ($parser:expr, $pack:expr, $prefix:expr, $extension:expr, $exceptions:expr) => {
        fn suite() -> $crate::testing::Suite {
            $crate::testing::Suite {
                parser: &$parser,
                pack: &$pack,
                prefix: $prefix,
                folder: ::std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controls"),
                extension: $extension,
                exceptions: $exceptions,
            }
        }

        fn hold(result: Result<(), String>) {
            let faults = result.err().unwrap_or_default();
            assert!(faults.is_empty(), "{faults}");
        }

        #[test]
        fn cases_have_the_expected_outcomes() {
            hold(suite().check_cases());
        }

        #[test]
        fn terraform_cases_give_the_same_in_every_form() {
            let compared = suite().check_forms();
            println!("{compared:?}");
            hold(compared.map(drop));
        }

        #[test]
        fn examples_fail_and_pass() {
            hold(suite().check_examples());
        }

        #[test]
        fn controls_have_the_form() {
            hold(suite().check_form());
        }

        #[test]
        fn controls() {
            insta::assert_snapshot!(suite().list());
        }

        #[test]
        fn formats_that_are_judged() {
            insta::assert_snapshot!(suite().formats());
        }

        #[test]
        fn what_is_judged() {
            insta::assert_snapshot!(suite().table());
        }
    };
}
