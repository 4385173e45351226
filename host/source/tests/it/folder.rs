//! Trees that only a folder can have.

use std::fs;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use palisade_source::ReadError::{Absent, Changed, TooLarge, Unreadable, WrongKind};
use palisade_source::{FolderSnapshot, Limits, Snapshot};

use crate::fixture::{Place, listing, path};

#[test]
fn a_folder_is_listed_and_read() {
    let place = Place::new();
    place.file("b/c.tf", "resource {}");
    place.file("a.yaml", "");
    fs::create_dir(place.at("empty")).unwrap();
    let folder = place.folder();
    assert_eq!(listing(&folder, ""), "a.yaml:File:0 b:Folder:0 empty:Folder:0");
    assert_eq!(listing(&folder, "empty"), "");
    assert_eq!(&*folder.read(&path("b/c.tf")).unwrap().bytes, b"resource {}");
    assert_eq!(folder.revision(), None);
    assert_eq!(folder.read(&path("")), Err(WrongKind));
    assert_eq!(folder.read(&path("b")), Err(WrongKind));
    assert_eq!(folder.list(&path("a.yaml")), Err(WrongKind));
    assert_eq!(folder.list(&path("b/x")), Err(Absent));
    assert_eq!(folder.read(&path(&"x".repeat(300))), Err(Absent));
    let error = FolderSnapshot::open(&place.at("nowhere"), Limits::default()).err().unwrap();
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn only_regular_files_are_opened() {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.at("pipe")).status().unwrap().success());
    let _socket = UnixListener::bind(place.at("socket")).unwrap();
    place.link("to-pipe", "pipe");
    let folder = place.folder();
    let began = Instant::now();
    assert_eq!(listing(&folder, ""), "pipe:File:0 socket:File:0 to-pipe:Link:0");
    for name in ["pipe", "socket", "to-pipe"] {
        assert_eq!(folder.read(&path(name)), Err(WrongKind), "{name}");
    }
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn what_permissions_forbid_is_unreadable() {
    let place = Place::new();
    place.file("secret", "x");
    place.file("closed/file", "x");
    fs::set_permissions(place.at("secret"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(place.at("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(place.at("secret")).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        let folder = place.folder();
        assert_eq!(listing(&folder, ""), "closed:Folder:0 secret:File:1");
        for error in [
            folder.read(&path("secret")).unwrap_err(),
            folder.read(&path("closed/file")).unwrap_err(),
            folder.list(&path("closed")).unwrap_err(),
        ] {
            assert!(matches!(&error, Unreadable(words) if words.contains("ermission denied")), "{error}");
        }
    }
    fs::set_permissions(place.at("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_large_file_is_refused_without_being_read() {
    let place = Place::new();
    File::create(place.at("large")).unwrap().set_len(200 << 20).unwrap();
    place.file("exact", "12345");
    place.file("over", "123456");
    let began = Instant::now();
    assert_eq!(place.folder().read(&path("large")), Err(TooLarge(200 << 20)));
    assert!(began.elapsed() < Duration::from_millis(500));
    let small = FolderSnapshot::open(place.path(), Limits { file: 5 }).unwrap();
    assert!(small.read(&path("exact")).is_ok());
    assert_eq!(small.read(&path("over")), Err(TooLarge(6)));
}

#[test]
fn a_second_read_finds_the_same_or_says_so() {
    let place = Place::new();
    place.file("file", "one");
    place.link("link", "file");
    let folder = place.folder();
    let first = folder.read(&path("file")).unwrap();
    place.file("file", "one");
    assert_eq!(folder.read(&path("file")), Ok(first.clone()));
    place.file("file", "two");
    assert_eq!(folder.read(&path("file")), Err(Changed));
    assert_eq!(folder.read(&path("link")), Err(Changed));
    place.file("file", "one");
    assert_eq!(folder.read(&path("link")), Ok(first));
    fs::remove_file(place.at("file")).unwrap();
    assert_eq!(folder.read(&path("file")), Err(Absent));
}

#[test]
fn a_file_that_is_being_written_is_read_whole_or_not_at_all() {
    let place = Place::new();
    let contents = [vec![b'a'; 1 << 20], vec![b'b'; 1 << 20]];
    place.file("file", &contents[0]);
    let done = AtomicBool::new(false);
    let (mut whole, mut changed) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            for content in contents.iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                fs::write(place.at("file"), content).unwrap();
            }
        });
        for _ in 0..60 {
            match place.folder().read(&path("file")) {
                Ok(content) => {
                    assert!(content.bytes.windows(2).all(|two| two[0] == two[1]), "a mixture was read");
                    whole += 1;
                }
                Err(Changed) => changed += 1,
                Err(other) => panic!("{other}"),
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    println!("{whole} whole, {changed} changed");
    assert!(changed > 0);
}

#[test]
fn names_that_are_not_utf8_are_shown_and_not_read() {
    let place = Place::new();
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(place.path().join(odd), "x").unwrap();
    place.file("fine", "x");
    let folder = place.folder();
    assert_eq!(listing(&folder, ""), "caf\u{fffd}:File:0 fine:File:1");
    let error = folder.read(&path("caf\u{fffd}")).unwrap_err();
    assert_eq!(error, Unreadable("its name is not UTF-8: rename it".to_owned()));
    assert_eq!(folder.read(&path("other\u{fffd}")), Err(Absent));
    // A name that really contains the replacement character takes precedence.
    place.file("caf\u{fffd}", "true");
    assert_eq!(&*place.folder().read(&path("caf\u{fffd}")).unwrap().bytes, b"true");
}

#[test]
fn a_folder_swapped_for_a_link_leads_nowhere() {
    let elsewhere = Place::new();
    elsewhere.file("file", "secret");
    let place = Place::new();
    place.file("folder/file", "mine");
    place.file("folder/other", "mine");
    let folder = place.folder();
    assert!(folder.read(&path("folder/file")).is_ok());
    fs::rename(place.at("folder"), place.at("moved")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), place.at("folder")).unwrap();
    for snapshot in [&folder, &place.folder()] {
        let found = snapshot.read(&path("folder/file"));
        assert!(found.is_err() || &*found.unwrap().bytes == b"mine");
    }
    assert!(place.folder().read(&path("folder/file")).is_err());
}

#[test]
fn many_threads_read_one_folder() {
    let place = Place::new();
    for number in 0..300 {
        place.file(&format!("{}/{}/file-{number}", number % 7, number % 100), number.to_string());
    }
    let folder = place.folder();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..300 {
                    let file = path(&format!("{}/{}/file-{number}", number % 7, number % 100));
                    assert_eq!(folder.read(&file).unwrap().text(), Ok(&*number.to_string()));
                }
            });
        }
    });
}
