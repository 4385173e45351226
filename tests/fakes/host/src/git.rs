//! Bare repositories, written and read by the `git` program.

mod history;

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;

/// The author of all commits.
pub(crate) const AUTHOR: [&str; 2] = ["Ada Lovelace", "ada@example.com"];

/// A folder of bare repositories.
#[derive(Debug)]
pub struct Git {
    root: tempfile::TempDir,
    /// One writer at a time: a branch is read and then moved.
    writing: std::sync::Mutex<()>,
    /// Outputs of commands that only name objects, which never change. Starting a program takes longer than it runs.
    fixed: std::sync::Mutex<HashMap<String, String>>,
}

/// The contents of a commit.
#[derive(Debug)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// Id of its tree.
    pub tree: String,
    /// Ids of its parents.
    pub parents: Vec<String>,
    /// Name of the author.
    pub author: String,
    /// E-mail address of the author.
    pub email: String,
    /// When it was written, RFC 3339.
    pub date: String,
    /// The message, without line ends at its end.
    pub message: String,
}

/// An entry of a tree.
#[derive(Debug)]
pub struct Entry {
    /// The mode, six octal digits.
    pub mode: String,
    /// `blob`, `tree` or `commit`.
    pub kind: String,
    /// Id of the object.
    pub sha: String,
    /// Size of a file in bytes.
    pub size: Option<u64>,
    /// Path below the tree that was read.
    pub path: String,
}

/// A file that differs between two commits.
#[derive(Debug)]
pub struct Change {
    /// `A` for added, `D` for deleted, `M` for modified, `T` for another type.
    pub status: char,
    /// Path of the file.
    pub path: String,
    /// Id of the new contents, of the old ones if the file was deleted.
    pub sha: String,
    /// Added lines; 0 for a binary file.
    pub additions: u64,
    /// Deleted lines; 0 for a binary file.
    pub deletions: u64,
}

impl Git {
    /// Creates an empty folder.
    pub fn new() -> Result<Self, Error> {
        let root = tempfile::tempdir().map_err(|error| Error::Program("git", error.to_string()))?;
        Ok(Self { root, writing: std::sync::Mutex::default(), fixed: std::sync::Mutex::default() })
    }

    /// The folder that contains all of them.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The folder of a repository. Names consist of segments with slashes and are case-insensitive.
    pub fn path(&self, repository: &str) -> PathBuf {
        self.root.path().join(format!("{}.git", repository.to_lowercase()))
    }

    /// Commits to a branch a folder of ten folders of ten folders and so on, all of them the same object, with a file
    /// at the end of each path. The note makes two such trees differ. Returns the commit.
    pub fn bomb(&self, repository: &str, branch: &str, note: &str) -> Result<String, Error> {
        let made = |what: &str| Error::Program("git", format!("{what} is not made"));
        let write = |arguments: &[&str], input: &str| {
            self.feed(repository, arguments, input.as_bytes()).map(|id| id.trim().to_owned())
        };
        let file = write(&["hash-object", "-w", "--stdin"], note)?;
        let mut tree = write(&["mktree"], &format!("100644 blob {file}\tmain.tf\n"))?;
        for _ in 0..10 {
            let rows: Vec<String> = (0..10).map(|row| format!("040000 tree {tree}\tf{row}\n")).collect();
            tree = write(&["mktree"], &rows.concat())?;
        }
        let base = self.resolve(repository, "refs/heads/main").ok_or_else(|| made("a parent"))?;
        let top = self.text(repository, &["ls-tree", &base]).unwrap_or_default();
        let top = write(&["mktree"], &format!("{}\n040000 tree {tree}\tzz\n", top.trim_end()))?;
        let [name, email] = AUTHOR;
        let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
        let arguments = ["-c", &name, "-c", &email, "commit-tree", &top, "-p", &base, "-m", "Grow"];
        let commit = self.text(repository, &arguments).ok_or_else(|| made("a commit"))?.trim().to_owned();
        self.point(repository, &format!("refs/heads/{branch}"), &commit);
        Ok(commit)
    }

    /// Renames a repository.
    pub fn rename(&self, old: &str, new: &str) -> Result<(), Error> {
        Ok(std::fs::rename(self.path(old), self.path(new))?)
    }

    /// A `git` command in a repository, without the user's configuration.
    fn command(&self, repository: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(self.path(repository)).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    /// The output of `git`, or `None` if it fails.
    pub fn run(&self, repository: &str, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = self.command(repository, arguments).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    fn text(&self, repository: &str, arguments: &[&str]) -> Option<String> {
        self.run(repository, arguments).map(|all| String::from_utf8_lossy(&all).into_owned())
    }

    /// The output of a command whose result depends on nothing but the objects that it names.
    fn fixed(&self, repository: &str, arguments: &[&str]) -> Option<String> {
        let key = format!("{repository} {}", arguments.join(" "));
        if let Some(known) = self.fixed.lock().unwrap().get(&key) {
            return Some(known.clone());
        }
        let text = self.text(repository, arguments)?;
        self.fixed.lock().unwrap().insert(key, text.clone());
        Some(text)
    }

    /// The commit of a reference with a file of its own.
    fn loose(&self, repository: &str, name: &str) -> Option<String> {
        let folder = self.path(repository);
        let file = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let text = if name.starts_with("refs/") && !name.starts_with("refs/tags/") {
            file(name)
        } else if folder.join("refs/tags").join(name).exists() {
            None
        } else {
            file(&format!("refs/heads/{name}"))
        };
        text.map(|it| it.trim().to_owned()).filter(|it| is_id(it))
    }

    /// Creates an empty repository.
    pub fn init(&self, repository: &str, branch: &str) -> Result<(), Error> {
        let refused = |why: &str| Error::Program("git", why.to_owned());
        std::fs::create_dir_all(self.path(repository)).map_err(|error| refused(&error.to_string()))?;
        let head = format!("--initial-branch={branch}");
        self.run(repository, &["init", "--quiet", "--bare", &head]).ok_or_else(|| refused("init"))?;
        let settings = [
            ("uploadpack.allowAnySHA1InWant", "true"),
            ("uploadpack.allowFilter", "true"),
            ("http.receivepack", "false"),
            ("gc.auto", "0"),
        ];
        for (name, value) in settings {
            self.run(repository, &["config", name, value]).ok_or_else(|| refused(name))?;
        }
        Ok(())
    }

    /// Writes files to a branch in one commit. A file without content is deleted. A branch that does not exist begins
    /// at `from`, or empty.
    pub fn commit(
        &self,
        repository: &str,
        branch: &str,
        from: Option<&str>,
        message: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let files: Vec<_> = files.iter().map(|(path, content)| (*path, content.map(str::as_bytes))).collect();
        self.commit_bytes(repository, branch, from, message, &files)
    }

    /// The same with files that need not be text.
    pub fn commit_bytes(
        &self,
        repository: &str,
        branch: &str,
        from: Option<&str>,
        message: &str,
        files: &[(&str, Option<&[u8]>)],
    ) -> Result<String, Error> {
        let _alone = self.writing.lock().unwrap();
        let name = format!("refs/heads/{branch}");
        let tip = self.resolve(repository, &name).or_else(|| self.resolve(repository, from?));
        let [author, email] = AUTHOR;
        let mut stream = format!(
            "commit {name}\ncommitter {author} <{email}> {} +0000\ndata {}\n{message}\n",
            crate::clock::seconds(),
            message.len(),
        )
        .into_bytes();
        if let Some(tip) = tip {
            writeln!(stream, "from {tip}").unwrap();
        }
        for (path, content) in files {
            let quoted = format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""));
            match content {
                Some(content) => {
                    writeln!(stream, "M 100644 inline {quoted}\ndata {}", content.len()).unwrap();
                    stream.extend_from_slice(content);
                    stream.push(b'\n');
                }
                None => writeln!(stream, "D {quoted}").unwrap(),
            }
        }
        self.feed(repository, &["fast-import", "--quiet", "--force"], &stream)?;
        self.resolve(repository, &name).ok_or_else(|| Error::Program("git", format!("{name} is not there")))
    }

    /// Runs `git` with a standard input, and returns its standard output.
    pub(crate) fn feed(&self, repository: &str, arguments: &[&str], input: &[u8]) -> Result<String, Error> {
        let failed = |why: &str| Error::Program("git", why.to_owned());
        let mut child = self
            .command(repository, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        child.stdin.take().unwrap().write_all(input).map_err(|error| failed(&error.to_string()))?;
        let done = child.wait_with_output().map_err(|error| failed(&error.to_string()))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        Err(failed(&String::from_utf8_lossy(&done.stderr)))
    }

    /// Moves a reference.
    pub fn point(&self, repository: &str, name: &str, sha: &str) {
        self.run(repository, &["update-ref", name, sha]).unwrap();
    }

    /// The commit of a branch, a tag, a reference or a commit id.
    pub fn resolve(&self, repository: &str, name: &str) -> Option<String> {
        if name.starts_with('-') || name.is_empty() {
            return None;
        }
        let wanted = format!("{name}^{{commit}}");
        if is_id(name) {
            let sha = self.fixed(repository, &["rev-parse", "--verify", "--quiet", &wanted])?;
            return Some(sha.trim().to_owned());
        }
        if let Some(sha) = self.loose(repository, name) {
            return Some(sha);
        }
        let forms = [wanted.clone(), format!("refs/{wanted}")];
        forms
            .iter()
            .find_map(|form| self.text(repository, &["rev-parse", "--verify", "--quiet", form]))
            .map(|sha| sha.trim().to_owned())
    }

    /// All branches with their commits, by name.
    pub fn branches(&self, repository: &str) -> Vec<(String, String)> {
        let format = "--format=%(refname:lstrip=2) %(objectname)";
        let all = self.text(repository, &["for-each-ref", format, "refs/heads"]).unwrap_or_default();
        all.lines()
            .filter_map(|line| line.rsplit_once(' '))
            .map(|(name, sha)| (name.to_owned(), sha.to_owned()))
            .collect()
    }

    /// Reads a commit.
    pub fn show(&self, repository: &str, sha: &str) -> Option<Commit> {
        let format = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%B";
        let sha = self.resolve(repository, sha)?;
        let text = self.fixed(repository, &["log", "-1", format, &sha])?;
        let parts: Vec<&str> = text.splitn(7, '\0').collect();
        let [sha, tree, parents, author, email, date, message] = parts.try_into().ok()?;
        Some(Commit {
            sha: sha.to_owned(),
            tree: tree.to_owned(),
            parents: parents.split_whitespace().map(ToOwned::to_owned).collect(),
            author: author.to_owned(),
            email: email.to_owned(),
            date: date.to_owned(),
            message: message.trim_end().to_owned(),
        })
    }

    /// The entries of a tree, optionally with those of all trees below.
    pub fn tree(&self, repository: &str, tree: &str, recursive: bool) -> Option<Vec<Entry>> {
        let mut arguments = vec!["ls-tree", "-l", "-z"];
        if recursive {
            arguments.extend(["-r", "-t"]);
        }
        arguments.push(tree);
        let text = self.text(repository, &arguments)?;
        let lines = text.split('\0').filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            let mut facts = facts.split_whitespace().map(ToOwned::to_owned);
            Some(Entry {
                mode: facts.next()?,
                kind: facts.next()?,
                sha: facts.next()?,
                size: facts.next()?.parse().ok(),
                path: path.to_owned(),
            })
        });
        Some(lines.collect())
    }

    /// The files that differ between two commits.
    pub fn changes(&self, repository: &str, base: &str, head: &str) -> Option<Vec<Change>> {
        let (base, head) = (self.resolve(repository, base)?, self.resolve(repository, head)?);
        let compare = ["diff-tree", "-r", "-z", "--no-renames", &base, &head];
        let raw = self.fixed(repository, &[&compare[..], &["--raw"]].concat())?;
        let counts = self.fixed(repository, &[&compare[..], &["--numstat"]].concat())?;
        let mut pieces = raw.split('\0');
        let mut changes = Vec::new();
        for count in counts.split('\0').filter(|line| !line.is_empty()) {
            let facts: Vec<&str> = pieces.next()?.split(' ').collect();
            let path = pieces.next()?.to_owned();
            let status = facts.get(4)?.chars().next()?;
            let sha = if status == 'D' { facts.get(2)? } else { facts.get(3)? };
            let mut lines = count.split('\t').map(|one| one.parse().unwrap_or(0));
            let (additions, deletions) = (lines.next()?, lines.next()?);
            changes.push(Change { status, path, sha: (*sha).to_owned(), additions, deletions });
        }
        Some(changes)
    }

    /// The commits in `head` and not in `base`, oldest first.
    pub fn between(&self, repository: &str, base: &str, head: &str) -> Vec<String> {
        let ids = self.resolve(repository, base).zip(self.resolve(repository, head));
        let all = ids.and_then(|(base, head)| {
            self.fixed(repository, &["rev-list", "--reverse", &format!("{base}..{head}")])
        });
        let all = all.unwrap_or_default();
        all.lines().map(ToOwned::to_owned).collect()
    }

    /// The commit from which two went apart.
    pub fn merge_base(&self, repository: &str, one: &str, other: &str) -> Option<String> {
        let (one, other) = (self.resolve(repository, one)?, self.resolve(repository, other)?);
        self.fixed(repository, &["merge-base", &one, &other]).map(|sha| sha.trim().to_owned())
    }
}

/// Whether a name is a full object ID.
fn is_id(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|it| it.is_ascii_hexdigit())
}
