//! A folder for each test, in which the program runs without any settings of this machine.

use std::fs;
use std::io::PipeWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use palisade_tests::palisade;
use serde_json::Value;
use tempfile::TempDir;

use crate::engine;

/// Longer than any run takes on a busy machine; what runs longer hangs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A pod with one privileged container: 18 violations, one of them high.
pub(crate) const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: app
      image: nginx:latest
      securityContext:
        privileged: true
";

/// A manifest without violations.
pub(crate) const CLEAN: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  colour: green
";

/// The file that Kustomize builds from, which is reported and not built.
pub(crate) const KUSTOMIZATION: &str = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - pod.yaml
";

/// The control that finds [`POD`]'s high violation.
pub(crate) const PRIVILEGED: &str = "kubernetes-privileged-container";

/// A folder with a tree to scan, and another one for the files that the program keeps.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place::of(TempDir::new().unwrap())
    }

    /// A place for very many files, in memory if that is available: a disk may take minutes to create them.
    pub(crate) fn in_memory() -> Place {
        Place::of(TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap())
    }

    fn of(folder: TempDir) -> Place {
        let place = Place { folder };
        fs::create_dir(place.tree()).unwrap();
        place
    }

    /// A place whose tree contains these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Place {
        let place = Place::new();
        for (path, content) in files {
            place.write(path, content);
        }
        place
    }

    /// Where the program runs.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// The folder in which the program keeps plugins, key and code.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A file of the tree.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.tree().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The program with these arguments, in the tree, with a clean environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        engine::ready(&self.home(), arguments);
        let mut command = Command::new(palisade());
        command
            .args(arguments)
            .current_dir(self.tree())
            .env_clear()
            .env("HOME", self.folder.path().join("user"))
            .env("PALISADE_HOME", self.home())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    /// The same, with these variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        let what = arguments.join(" ");
        let output = assert_cmd::Command::from_std(command).timeout(PATIENCE).output().unwrap();
        Ran::new(&what, &output)
    }

    /// The same, with standard output into a pipe that nobody reads.
    pub(crate) fn run_into(&self, pipe: PipeWriter, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        let child = command.stdout(pipe).stderr(Stdio::piped()).spawn().unwrap();
        Ran::new(&arguments.join(" "), &child.wait_with_output().unwrap())
    }

    /// Git in the tree, without any user's configuration; the same commit has the same id everywhere.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let who = ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|it| (it, "Somebody"));
        let mail = ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|it| (it, "somebody@example.org"));
        let date = ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"].map(|it| (it, "2026-01-01T00:00:00Z"));
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.tree())
            .env("HOME", self.folder.path().join("user"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .envs(who.into_iter().chain(mail).chain(date))
            .output()
            .unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "git {arguments:?}: {err}");
        out.trim().to_owned()
    }

    /// Makes the tree a repository with one commit of everything in it, byte for byte.
    pub(crate) fn commit(&self) -> String {
        if !self.path(".git").exists() {
            self.git(&["init", "--quiet", "--initial-branch", "main"]);
            self.write(".git/info/attributes", "* -text -filter -ident\n");
        }
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "As it is"]);
        self.git(&["rev-parse", "HEAD"])
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    what: String,
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn new(what: &str, output: &Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let what = format!("palisade {what}");
        let status =
            output.status.code().unwrap_or_else(|| panic!("`{what}` was killed, or took too long: {err}"));
        assert!(!err.contains("panicked"), "`{what}`: {err}");
        Ran { what, status, out, err }
    }

    /// Asserts the exit status.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Ran {
        assert_eq!(self.status, status, "`{}`: {}", self.what, self.err);
        self
    }

    /// Asserts the exit status, and that standard error is empty.
    #[track_caller]
    pub(crate) fn ends_silently(self, status: i32) -> Ran {
        assert_eq!((self.status, self.err.as_str()), (status, ""), "`{}`", self.what);
        self
    }

    /// Asserts that standard error contains all of these texts.
    #[track_caller]
    pub(crate) fn reports(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.err.contains(word), "`{}` does not report {word:?}: {}", self.what, self.err);
        }
        self
    }

    /// Asserts that standard output contains all of these texts.
    #[track_caller]
    pub(crate) fn prints(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.out.contains(word), "`{}` does not print {word:?}: {}", self.what, self.out);
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let wrong = |error| panic!("`{}` wrote no JSON ({error}): {}", self.what, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(wrong)
    }

    /// The summary's count of violations.
    #[track_caller]
    pub(crate) fn violations(&self) -> u64 {
        self.json()["summary"]["outcomes"]["failed"].as_u64().unwrap()
    }

    /// Control and path of each result.
    #[track_caller]
    pub(crate) fn found(&self) -> Vec<(String, String)> {
        let report = self.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let results = report["results"].as_array().unwrap().iter();
        results.map(|it| (text(&it["control"]), text(&it["location"]["path"]))).collect()
    }

    /// Status and reason of each file.
    #[track_caller]
    pub(crate) fn coverage(&self) -> Vec<(String, String, String)> {
        let report = self.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let coverage = report["coverage"].as_array().unwrap().iter();
        coverage.map(|it| (text(&it["path"]), text(&it["status"]), text(&it["reason"]))).collect()
    }
}

/// Real trees to scan, by name. Prints a note if there are none, and fails if they are required.
pub(crate) fn corpora(names: &[&str]) -> Vec<(String, PathBuf)> {
    let Some(folder) = palisade_tests::corpora() else {
        let required = std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some_and(|it| !it.is_empty());
        assert!(!required, "PALISADE_REQUIRE_CORPORA is set, and there are none");
        println!("SKIPPED: there are no corpora here: {}", names.join(", "));
        return Vec::new();
    };
    names.iter().map(|name| ((*name).to_owned(), folder.join(name))).collect()
}

/// Copies a folder, links as links.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&from, &to);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from).unwrap(), to).unwrap();
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Text without the parts that differ between releases and between runs.
pub(crate) fn stable(text: &str) -> String {
    let text = text
        .replace(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"version\": \"[version]\"");
    let mut stable = String::new();
    let mut hex = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_hexdigit() {
            hex.push(c);
            continue;
        }
        stable.push_str(if hex.len() == 64 { "[sha256]" } else { &hex });
        hex.clear();
        stable.push(c);
    }
    stable.pop();
    stable
}
