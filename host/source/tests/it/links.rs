//! Links, which are the same in a folder and in a commit.

use palisade_source::ReadError;
use palisade_source::ReadError::{Absent, Outside, WrongKind};

use crate::fixture::{Place, listing, path};

#[test]
fn links_are_resolved_as_text_and_inside_the_tree() {
    let place = Place::repository();
    place.file("deep/in/file", "file");
    place.file("deep/other", "other");
    place.file("top", "top");
    place.link("to-file", "deep/in/file");
    place.link("to-folder", "deep/in");
    place.link("to-root", ".");
    place.link("deep/up", "../top");
    place.link("deep/in/up", "../../top");
    place.link("deep/in/round", "../../deep/../top");
    place.link("deep/in/folder-up", "..");
    place.link("through", "to-folder/up");
    place.link("link-to-link", "to-file");
    place.link("dotty", "./deep/.//in/./file");
    // As text, `to-folder/..` is the root; the system would go to `deep`.
    place.link("lexical", "to-folder/../top");
    place.link("out", "../elsewhere");
    place.link("deep/out", "../../elsewhere");
    place.link("out-and-in", "../../../../../../top");
    place.link("absolute", "/etc/passwd");
    place.link("absolute-folder", "/etc");
    place.link("nowhere", "deep/missing");
    place.link("into-file", "top/below");
    place.link("circle", "circle");
    place.link("circle-a", "circle-b");
    place.link("circle-b", "circle-a");
    place.link("deep/circle", "../deep/circle/x");
    place.link("git", ".git/HEAD");
    place.link("git-folder", ".git");

    let table: &[(&str, Result<&str, ReadError>)] = &[
        ("to-file", Ok("file")),
        ("to-folder/file", Ok("file")),
        ("to-folder", Err(WrongKind)),
        ("to-root/top", Ok("top")),
        ("to-root", Err(WrongKind)),
        ("to-root/to-root/to-folder/file", Ok("file")),
        ("deep/up", Ok("top")),
        ("to-folder/up", Ok("top")),
        ("to-folder/round", Ok("top")),
        ("to-folder/folder-up/other", Ok("other")),
        ("through", Ok("top")),
        ("link-to-link", Ok("file")),
        ("dotty", Ok("file")),
        ("lexical", Ok("top")),
        ("to-folder/../top", Ok("top")),
        ("out", Err(Outside)),
        ("deep/out", Err(Outside)),
        ("out-and-in", Err(Outside)),
        ("out/x", Err(Outside)),
        ("absolute", Err(Outside)),
        ("absolute-folder/passwd", Err(Outside)),
        ("nowhere", Err(Absent)),
        ("nowhere/x", Err(Absent)),
        ("into-file", Err(Absent)),
        ("to-file/x", Err(Absent)),
        ("missing", Err(Absent)),
        ("git", Err(Absent)),
        ("git-folder/HEAD", Err(Absent)),
        (".git/HEAD", Err(Absent)),
        (".GIT/HEAD", Err(Absent)),
        ("to-root/.git/config", Err(Absent)),
    ];
    for (which, snapshot) in place.both() {
        for (text, expected) in table {
            let found = snapshot.read(&path(text)).map(|content| content.text().unwrap().to_owned());
            assert_eq!(found.as_deref(), expected.as_ref().map(|text| *text), "{text} in the {which}");
            let stat = snapshot.stat(&path(text)).map(|entry| entry.map(|entry| entry.size));
            match expected {
                Ok(text) => assert_eq!(stat, Ok(Some(text.len() as u64))),
                Err(Absent) => assert_eq!(stat, Ok(None)),
                Err(WrongKind) => assert_eq!(stat, Ok(Some(0))),
                Err(other) => assert_eq!(stat, Err(other.clone())),
            }
        }
        for text in ["circle", "circle-a", "circle/x", "deep/circle"] {
            let found = snapshot.read(&path(text)).unwrap_err();
            assert!(found.to_string().contains("a circle of links"), "{text} in the {which}: {found}");
        }
        assert_eq!(listing(&*snapshot, "to-folder"), listing(&*snapshot, "deep/in"));
        assert_eq!(listing(&*snapshot, "to-root/deep"), listing(&*snapshot, "deep"));
        assert_eq!(snapshot.list(&path("to-file")), Err(WrongKind));
        assert_eq!(snapshot.list(&path("absolute-folder")), Err(Outside));
        assert_eq!(snapshot.list(&path("git-folder")), Err(Absent));
        assert_eq!(
            listing(&*snapshot, "deep"),
            "circle:Link:0 in:Folder:0 other:File:5 out:Link:0 up:Link:0",
            "{which}"
        );
    }
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let place = Place::repository();
    place.file("link-0", "end");
    for number in 1..=41 {
        place.link(&format!("link-{number}"), &format!("link-{}", number - 1));
    }
    for (which, snapshot) in place.both() {
        assert!(snapshot.read(&path("link-40")).is_ok(), "{which}");
        assert!(matches!(snapshot.read(&path("link-41")), Err(ReadError::Unreadable(_))), "{which}");
        assert!(matches!(snapshot.stat(&path("link-41")), Err(ReadError::Unreadable(_))), "{which}");
    }
}
