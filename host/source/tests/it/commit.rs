//! Trees that only a commit can have.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use palisade_source::ReadError::{Absent, TooLarge, Unreadable, WrongKind};
use palisade_source::{CommitSnapshot, Limits, ReadError, RevisionError, Snapshot};

use crate::fixture::{Place, git, git_with, listing, path};

fn open(repository: &Path, rev: &str) -> Result<CommitSnapshot, RevisionError> {
    CommitSnapshot::open(repository, rev, Limits::default())
}

#[test]
fn every_name_of_a_commit_is_understood() {
    let place = Place::repository();
    place.file("file", "one");
    let first = place.commit();
    place.git(&["tag", "-a", "-m", "a tag", "v1"]);
    place.git(&["tag", "-a", "-m", "a tag of a tag", "v1-again", "v1"]);
    place.file("file", "two");
    let second = place.commit();
    place.git(&["branch", "feature/x"]);

    let table = [
        ("HEAD", &second),
        ("main", &second),
        ("refs/heads/main", &second),
        ("feature/x", &second),
        ("HEAD~1", &first),
        ("HEAD^", &first),
        ("main~1^{commit}", &first),
        ("v1", &first),
        ("v1-again", &first),
        (&first[..9], &first),
        (&second, &second),
        ("@", &second),
    ];
    for (rev, commit) in table {
        let snapshot = open(place.path(), rev).unwrap();
        assert_eq!(snapshot.revision(), Some(&**commit), "{rev}");
        let content = snapshot.read(&path("file")).unwrap();
        assert_eq!(content.text().unwrap(), if *commit == first { "one" } else { "two" }, "{rev}");
    }
}

#[test]
fn what_is_no_commit_is_named_with_the_mend() {
    let place = Place::repository();
    let empty = open(place.path(), "HEAD").err().unwrap();
    assert!(matches!(empty, RevisionError::Unknown { .. }), "{empty}");
    place.file("file", "one");
    place.commit();
    for rev in ["nope", "HEAD~1", "deadbeef", "", "HEAD..main", "refs/heads/nope", "--upload-pack=x", "\0"] {
        let error = open(place.path(), rev).err().unwrap();
        assert!(matches!(error, RevisionError::Unknown { .. }), "{rev}: {error}");
        assert!(error.to_string().contains(&format!("`{rev}`")), "{error}");
    }
    for rev in ["HEAD:file", "HEAD^{tree}"] {
        let error = open(place.path(), rev).err().unwrap();
        assert!(matches!(error, RevisionError::NotACommit { .. }), "{rev}: {error}");
    }
    let error = open(Place::new().path(), "HEAD").err().unwrap();
    assert!(matches!(error, RevisionError::Repository { .. }), "{error}");
}

#[test]
fn objects_are_found_wherever_git_keeps_them() {
    let place = Place::repository();
    for number in 0..200 {
        let content = format!("{}{number}", "the same line\n".repeat(40));
        place.file(&format!("folder-{}/file-{number}", number % 9), content);
    }
    place.commit();
    let loose = place.at_commit("HEAD");
    let expected = listing(&loose, "folder-3");
    let content = loose.read(&path("folder-3/file-12")).unwrap();
    place.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    // The open handle finds the objects at their new place, too.
    assert_eq!(loose.read(&path("folder-3/file-12")), Ok(content.clone()));
    assert_eq!(loose.read(&path("folder-4/file-4")).unwrap().bytes.len(), 14 * 40 + 1);
    place.file("late", "loose");
    place.commit();

    let (bare, shared, shallow) = (Place::new(), Place::new(), Place::new());
    let source = format!("file://{}", place.path().display());
    git(bare.path(), &["clone", "-q", "--bare", &source, "."]);
    git(shared.path(), &["clone", "-q", "--shared", "--no-checkout", place.path().to_str().unwrap(), "."]);
    git(shallow.path(), &["clone", "-q", "--depth", "1", &source, "."]);
    for (which, place) in [("packed", &place), ("bare", &bare), ("shared", &shared), ("shallow", &shallow)] {
        let snapshot = place.at_commit("HEAD");
        assert_eq!(listing(&snapshot, "folder-3"), expected, "{which}");
        assert_eq!(snapshot.read(&path("folder-3/file-12")), Ok(content.clone()), "{which}");
        assert_eq!(snapshot.read(&path("late")).unwrap().text(), Ok("loose"), "{which}");
        assert_eq!(snapshot.read(&path("later")), Err(Absent), "{which}");
    }
    let error = open(shallow.path(), "HEAD~1").err().unwrap();
    assert!(matches!(error, RevisionError::Shallow { .. }), "{error}");
    assert!(error.to_string().contains("--unshallow"), "{error}");
}

#[test]
fn a_repository_with_sha256_is_read() {
    let place = Place::new();
    place.git(&["init", "-q", "--object-format=sha256", "-b", "main"]);
    place.file("folder/file", "content");
    let commit = place.commit();
    let snapshot = place.at_commit("main");
    assert_eq!(snapshot.revision(), Some(&*commit));
    assert_eq!(commit.len(), 64);
    assert_eq!(listing(&snapshot, "folder"), "file:File:7");
    assert_eq!(snapshot.read(&path("folder/file")).unwrap().text(), Ok("content"));
}

#[test]
fn a_submodule_is_named_and_not_entered() {
    let inner = Place::repository();
    inner.file("inner", "x");
    inner.commit();
    let place = Place::repository();
    place.git(&["submodule", "--quiet", "add", &format!("file://{}", inner.path().display()), "vendor/sub"]);
    place.link("to-sub", "vendor/sub");
    for (which, snapshot) in place.both() {
        assert_eq!(listing(&*snapshot, "vendor"), "sub:Submodule:0", "{which}");
        assert_eq!(snapshot.list(&path("vendor/sub")), Err(WrongKind), "{which}");
        assert_eq!(snapshot.list(&path("to-sub")), Err(WrongKind), "{which}");
        assert_eq!(snapshot.read(&path("vendor/sub")), Err(WrongKind), "{which}");
        assert_eq!(snapshot.read(&path("vendor/sub/inner")), Err(Absent), "{which}");
        assert_eq!(snapshot.read(&path("vendor/sub/.git")), Err(Absent), "{which}");
    }
}

#[test]
fn a_large_blob_is_refused_by_its_header() {
    let place = Place::repository();
    File::create(place.at("large")).unwrap().set_len(40 << 20).unwrap();
    place.file("exact", "12345");
    place.commit();
    for packed in [false, true] {
        if packed {
            place.git(&["gc", "-q"]);
        }
        assert_eq!(place.at_commit("HEAD").read(&path("large")), Err(TooLarge(40 << 20)));
        let small = CommitSnapshot::open(place.path(), "HEAD", Limits { file: 4 }).unwrap();
        assert_eq!(small.read(&path("exact")), Err(TooLarge(5)));
        let large = CommitSnapshot::open(place.path(), "HEAD", Limits { file: 64 << 20 }).unwrap();
        assert_eq!(large.read(&path("large")).unwrap().bytes.len(), 40 << 20);
    }
}

/// A commit with a tree that `git add` would refuse.
fn commit_of(place: &Place, tree: &str) {
    let commit = place.git(&["commit-tree", "-m", "crafted", tree]);
    place.git(&["update-ref", "refs/heads/main", commit.trim()]);
}

fn tree_object(place: &Place, entries: &[(&str, &[u8], &str)]) -> String {
    let mut object = Vec::new();
    for (mode, name, id) in entries {
        object.extend_from_slice(mode.as_bytes());
        object.push(b' ');
        object.extend_from_slice(name);
        object.push(0);
        object.extend((0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()));
    }
    let arguments = ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"];
    git_with(place.path(), &arguments, &object).trim().to_owned()
}

#[test]
fn a_crafted_tree_has_nothing_to_trick() {
    let place = Place::repository();
    let blob = git_with(place.path(), &["hash-object", "-w", "--stdin"], b"x").trim().to_owned();
    let missing = "1".repeat(40);
    let tree = tree_object(&place, &[("100644", b"inner", &blob)]);
    let tree = tree_object(
        &place,
        &[
            ("40000", b"..", &tree),
            ("100644", b".git", &blob),
            ("100644", b".GIT", &blob),
            ("100644", b"../escape", &blob),
            ("100644", b"a/b", &blob),
            ("100644", b"caf\xe9", &blob),
            ("100644", b"fine", &blob),
            ("100644", b"gone", &missing),
            ("120000", b"link", &tree),
            ("40000", b"no-tree", &blob),
            ("40000", b"no-where", &missing),
        ],
    );
    commit_of(&place, &tree);
    let snapshot = place.at_commit("main");
    assert_eq!(
        listing(&snapshot, ""),
        "a\u{fffd}b:File:0 caf\u{fffd}:File:0 fine:File:1 gone:File:0 link:Link:0 no-tree:Folder:0 \
         no-where:Folder:0 \u{fffd}\u{fffd}:File:0 \u{fffd}\u{fffd}\u{fffd}escape:File:0"
    );
    assert_eq!(snapshot.read(&path("a/b")), Err(Absent));
    let odd = |name: &str| snapshot.read(&path(name)).unwrap_err().to_string();
    assert!(odd("caf\u{fffd}").contains("not UTF-8"));
    assert!(odd("a\u{fffd}b").contains("invalid file name"));
    assert!(odd("gone").contains("missing from the repository"));
    assert!(odd("link").contains("should be a blob"));
    assert!(odd("no-tree/x").contains("should be a tree"));
    assert!(matches!(snapshot.list(&path("no-tree")), Err(Unreadable(_))));
    assert!(matches!(snapshot.list(&path("no-where")), Err(Unreadable(_))));

    let twice = tree_object(&place, &[("100644", b"a", &blob), ("100644", b"a", &blob)]);
    commit_of(&place, &twice);
    let error = open(place.path(), "main").err().unwrap();
    assert!(matches!(error, RevisionError::Tree { source: Unreadable(_), .. }), "{error}");
}

#[test]
fn a_damaged_object_is_an_error_and_nothing_worse() {
    let place = Place::repository();
    place.file("folder/file", "content ".repeat(100));
    place.commit();
    let id = place.git(&["rev-parse", "HEAD:folder/file"]);
    let object = place.at(&format!(".git/objects/{}/{}", &id[..2], id[2..].trim()));
    let whole = fs::read(&object).unwrap();
    fs::remove_file(&object).unwrap();
    for damage in [&whole[..whole.len() / 2], b"", b"nonsense"] {
        fs::write(&object, damage).unwrap();
        let found = place.at_commit("HEAD").read(&path("folder/file"));
        assert!(matches!(found, Err(ReadError::Unreadable(_))), "{found:?}");
    }
}

#[test]
fn a_replacement_does_not_replace() {
    let place = Place::repository();
    place.file("file", "true");
    let commit = place.commit();
    place.file("file", "false");
    let other = place.commit();
    place.git(&["replace", &commit, &other]);
    let snapshot = place.at_commit(&commit);
    assert_eq!(snapshot.read(&path("file")).unwrap().text(), Ok("true"));
}

#[test]
fn nothing_in_the_configuration_is_run() {
    let place = Place::repository();
    place.file(".gitattributes", "* filter=evil text eol=crlf ident\n");
    place.file("file", "a\n$Id$\n");
    place.commit();
    let proof = place.at("proof");
    let command = format!("touch {}", proof.display());
    for key in ["filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "core.sshCommand", "core.pager"]
    {
        place.git(&["config", key, &command]);
    }
    place.git(&["config", "include.path", "/dev/nowhere"]);
    let snapshot = place.at_commit("HEAD");
    assert_eq!(snapshot.read(&path("file")).unwrap().text(), Ok("a\n$Id$\n"));
    assert!(!proof.exists());
}

#[test]
fn a_repository_of_somebody_else_is_read() {
    let place = Place::repository();
    place.file("file", "x");
    place.commit();
    let given = Command::new("chown").args(["-R", "12345:12345"]).arg(place.path()).output().unwrap();
    if !given.status.success() {
        println!("skipped: this user cannot give files away");
        return;
    }
    assert_eq!(fs::metadata(place.path()).unwrap().uid(), 12345);
    assert_eq!(listing(&place.at_commit("HEAD"), ""), "file:File:1");
}

#[test]
fn many_threads_read_one_commit() {
    let place = Place::repository();
    for number in 0..300 {
        place.file(&format!("{}/{}/file-{number}", number % 7, number % 100), number.to_string());
    }
    place.commit();
    let snapshot = place.at_commit("HEAD");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..300 {
                    let file = path(&format!("{}/{}/file-{number}", number % 7, number % 100));
                    assert_eq!(snapshot.read(&file).unwrap().text(), Ok(&*number.to_string()));
                }
            });
        }
    });
}
