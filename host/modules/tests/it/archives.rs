//! Valid and hostile archives.

use std::io::Write;

use zip::write::SimpleFileOptions;

use crate::server::{Place, Reply, Server, gz, main_tf, read, tar};

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, text) in files {
        writer.start_file(*path, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn link(path: &str, target: &str, kind: tar::EntryType) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    builder.append_link(&mut header, path, target).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_size(3);
    header.set_cksum();
    builder.append_data(&mut header, "real.tf", &b"# r"[..]).unwrap();
    builder.into_inner().unwrap()
}

/// A path that the writer itself would refuse.
fn raw(path: &str) -> Vec<u8> {
    let mut header = tar::Header::new_old();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_size(1);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend([b'x'; 1]);
    bytes.resize(2048, 0);
    bytes
}

#[test]
fn every_form_of_archive_is_read() {
    let server = Server::start();
    let files = [("./main.tf", "# 1"), ("a/b.tf", "# 2"), (".git/config", "x")];
    let bytes =
        [("tar", tar(&files)), ("tar.gz", gz(&tar(&files))), ("tgz", gz(&tar(&files))), ("zip", zip(&files))];
    let place = Place::allowing(&[&server]);
    for (ending, bytes) in bytes {
        let path = format!("/vpc.{ending}");
        server.on(&path, Reply(200, vec![], bytes));
        let source = format!("{}{path}", server.url());
        let package = place.resolve(&source, "").unwrap();
        assert_eq!(
            (main_tf(&package).as_str(), read(&package, "a/b.tf").as_str()),
            ("# 1", "# 2"),
            "{ending}"
        );
        // If there is only one folder, `*` is its name.
        let inner = place.resolve(&format!("{source}//*"), "").unwrap();
        assert_eq!(read(&inner, &format!("{}/b.tf", inner.folder)), "# 2", "{ending}");
        assert!(place.offline(&source, "").is_ok(), "{ending}");
        let why = place.why(&source, "1.0");
        assert!(why.contains("only modules of a registry have versions"), "{why}");
    }
}

#[test]
fn a_hostile_archive_is_refused_and_leaves_nothing() {
    let server = Server::start();
    let zeros = "0".repeat(3 << 20);
    let many: Vec<String> = (0..200).map(|it| format!("{it}.tf")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|it| (it.as_str(), "")).collect();
    let large = tar(&[("a.tf", &zeros)]);
    for (what, ending, bytes, words) in [
        ("above", "tar", raw("../evil.tf"), "`../evil.tf`"),
        ("absolute", "tar", raw("/etc/evil.tf"), "`/etc/evil.tf`"),
        ("inside", "tar", raw("a/../../evil.tf"), "invalid path"),
        ("above", "zip", zip(&[("../evil.tf", "x")]), "`../evil.tf`"),
        ("twice", "tar", tar(&[("a.tf", "1"), ("a.tf", "2")]), "twice"),
        ("through a file", "tar", tar(&[("a", "1"), ("a/b", "2")]), "twice"),
        ("hard link", "tar", link("a.tf", "/etc/passwd", tar::EntryType::Link), "hard link"),
        ("bomb", "tar.gz", gz(&large), "more than 1 MiB"),
        ("bomb", "zip", zip(&[("a.tf", &zeros)]), "more than 1 MiB"),
        ("too large", "tar", large.clone(), "more than 1048576 bytes"),
        ("many", "tar", tar(&many), "more than 100 files"),
        ("many", "zip", zip(&many), "more than 100 files"),
        ("entries", "zip", b"PK\x01\x02".repeat(200_001), "more than 200000 entries"),
        ("cut", "tar.gz", gz(&tar(&[("a.tf", "1")]))[..20].to_vec(), "invalid package"),
        ("no zip", "zip", b"hello".to_vec(), "invalid package"),
    ] {
        let path = format!("/{}.{ending}", what.replace(' ', "-"));
        server.on(&path, Reply(200, vec![], bytes));
        let place = Place::allowing(&[&server]);
        let source = format!("{}{path}", server.url());
        let why = place.why(&source, "");
        assert!(why.contains(words), "{what}.{ending}: {why}");
        let left = std::fs::read_dir(place.folder.path().join("modules/packages"));
        assert_eq!(left.map_or(0, Iterator::count), 0, "{what}");
        assert!(place.offline(&source, "").is_err());
    }
}

#[test]
fn a_link_is_data_and_leads_nowhere_outside() {
    let server = Server::start();
    let place = Place::allowing(&[&server]);
    let path = |target: &str| palisade_source::TreePath::parse(target).unwrap();
    for (name, target, inside) in
        [("in", "real.tf", true), ("out", "../../etc/passwd", false), ("abs", "/etc/passwd", false)]
    {
        let file = format!("/{name}.tar");
        server.on(&file, Reply(200, vec![], link("main.tf", target, tar::EntryType::Symlink)));
        let package = place.resolve(&format!("{}{file}", server.url()), "").unwrap();
        assert_eq!(package.tree.read(&path("main.tf")).is_ok(), inside, "{target}");
    }
}
