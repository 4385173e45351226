//! Git repositories, served by Git's own server.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::server::{Place, Server, main_tf, read};

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .envs(["AUTHOR", "COMMITTER"].map(|it| (format!("GIT_{it}_NAME"), "Somebody")))
        .envs(["AUTHOR", "COMMITTER"].map(|it| (format!("GIT_{it}_EMAIL"), "somebody@example.org")))
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path, text: &str) -> String {
    fs::create_dir_all(folder.join("modules/sub")).unwrap();
    fs::write(folder.join("main.tf"), format!("# {text}")).unwrap();
    fs::write(folder.join("modules/sub/main.tf"), format!("# sub {text}")).unwrap();
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", text]);
    git(folder, &["rev-parse", "HEAD"])
}

/// A repository with three commits on `main`, of which two are tagged `v1` and (annotated) `v2`, and one on a branch.
/// Returns the first commit, the branch and the last commit.
fn repository(folder: &Path) -> [String; 3] {
    let work = folder.join("vpc.git");
    fs::create_dir_all(&work).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch", "main"]);
    let first = commit(&work, "first");
    git(&work, &["tag", "v1"]);
    let second = commit(&work, "second");
    git(&work, &["tag", "-a", "v2", "-m", "Second"]);
    git(&work, &["checkout", "--quiet", "-b", "feature/x"]);
    let branch = commit(&work, "branch");
    git(&work, &["checkout", "--quiet", "main"]);
    let last = commit(&work, "last");
    assert_ne!(last, second);
    [first, branch, last]
}

#[test]
fn a_tag_a_branch_and_a_commit_are_fetched() {
    let folder = TempDir::new().unwrap();
    let [first, branch, last] = repository(folder.path());
    let server = Server::of_repositories(folder.path());
    let place = Place::allowing(&[&server]);
    let source = |rest: &str| format!("git::{}/git/vpc.git{rest}", server.url());
    for (rest, expected) in [
        (String::new(), "# last"),
        ("?ref=v1".to_owned(), "# first"),
        ("?ref=v2".to_owned(), "# second"),
        ("?ref=main&depth=1".to_owned(), "# last"),
        ("?ref=feature/x".to_owned(), "# branch"),
        ("?ref=feature%2Fx".to_owned(), "# branch"),
        (format!("?ref={first}"), "# first"),
        (format!("//modules/sub?ref={branch}"), "# sub branch"),
        ("//modules/sub?ref=v2".to_owned(), "# sub second"),
    ] {
        let package = place.resolve(&source(&rest), "").unwrap_or_else(|error| panic!("{rest}: {error}"));
        assert_eq!(main_tf(&package), expected, "{rest}");
        assert!(package.name.starts_with("git/http"), "{}", package.name);
        assert_eq!(main_tf(&place.offline(&source(&rest), "").unwrap()), expected, "offline: {rest}");
    }
    // A cached commit is not requested again.
    let before = server.paths().len();
    place.resolve(&source(&format!("?ref={last}")), "").unwrap();
    assert_eq!(server.paths().len(), before);
    // A branch is requested, and can move.
    let newest = commit(&folder.path().join("vpc.git"), "newest");
    let package = place.resolve(&source("?ref=main"), "").unwrap();
    assert_eq!(read(&package, "main.tf"), "# newest");
    assert!(package.name.ends_with("main") || package.name.contains("main-"), "{}", package.name);
    assert_eq!(newest.len(), 40);

    for (rest, words) in [
        ("?ref=v9", "tag, branch or commit `v9` not found"),
        ("?ref=v*", "tag, branch or commit `v*` not found"),
        ("?ref=0000000000000000000000000000000000000001", ""),
        ("//modules/none?ref=v1", "folder `modules/none` not found"),
    ] {
        let why = place.why(&source(rest), "");
        assert!(why.contains(words), "{rest}: {why}");
    }
    let why = place.why(&format!("git::{}/git/none.git", server.url()), "");
    assert!(why.contains("the server returns 404"), "{why}");
}

#[test]
fn a_repository_that_is_too_large_is_refused() {
    let folder = TempDir::new().unwrap();
    repository(folder.path());
    let work = folder.path().join("vpc.git");
    fs::write(work.join("zeros"), vec![0u8; 3 << 20]).unwrap();
    commit(&work, "large");
    let server = Server::of_repositories(folder.path());
    let why = Place::allowing(&[&server]).why(&format!("git::{}/git/vpc.git", server.url()), "");
    assert!(why.contains("more than 1 MiB"), "{why}");
}

#[test]
fn a_git_server_is_shown_its_token_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    repository(folder.path());
    let server = Server::of_repositories(folder.path());
    let mut place = Place::allowing(&[&server]);
    place.variables = vec![
        ("PALISADE_GIT_TOKEN_127_0_0_1".to_owned(), "me:s3cret".to_owned()),
        ("TF_TOKEN_127_0_0_1".to_owned(), "other".to_owned()),
    ];
    place.resolve(&format!("git::{}/git/vpc.git?ref=v1", server.url()), "").unwrap();
    let asked = server.asked();
    assert!(!asked.is_empty());
    // `me:s3cret` in Base64.
    assert!(asked.iter().all(|it| it.authorization.as_deref() == Some("Basic bWU6czNjcmV0")), "{asked:?}");
}
