//! Invalid trees. Each is reported by name and with a fix, and the good manifest beside it is still judged in full.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{iter, thread};

use palisade_tests::built_in;

use crate::place::{CLEAN, POD, PRIVILEGED, Place, Ran, text};

/// Scans a tree that also contains a good manifest, which must be judged whatever else is there.
#[track_caller]
fn scan(place: &Place, arguments: &[&str]) -> Ran {
    place.write("good.yaml", POD);
    let ran = place.run(&[&["scan", "--control", PRIVILEGED], arguments].concat());
    assert!(ran.found().contains(&(PRIVILEGED.to_owned(), "good.yaml".to_owned())), "{ran:?}");
    ran
}

/// The status and the reason of a file in the report.
#[track_caller]
fn coverage_of(ran: &Ran, path: &str) -> (String, String) {
    let coverage = ran.coverage();
    let it = coverage.iter().find(|it| it.0 == path);
    let (_, status, reason) = it.unwrap_or_else(|| panic!("nothing is said of {path:?}: {coverage:?}"));
    (status.clone(), reason.clone())
}

/// An alias that expands to nine others, twelve levels deep: 2.8 × 10¹¹ values.
fn bomb() -> String {
    let level = |number: usize| {
        let before = format!("*a{}", number - 1);
        format!("a{number}: &a{number} [{}]\n", vec![before; 9].join(", "))
    };
    let levels: String = (1..12).map(level).collect();
    format!("{CLEAN}a0: &a0 [x, x, x, x, x, x, x, x, x]\n{levels}")
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn content_that_is_not_right() {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(POD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let privileged = |path: &str, count: usize| vec![path.to_owned(); count];
    for (path, content, status, reason, found) in [
        // As kubectl reads them: with replacement characters, and as UTF-16.
        ("x.yaml", b"apiVersion: v1\nkind: \xff\xfe\n".to_vec(), "scanned", "", 0),
        ("x.yaml", utf16, "scanned", "", 1),
        ("x.yaml", bomb().into_bytes(), "partial", "nearly all of it are aliases", 0),
        (
            "x.yaml",
            format!("{head}data: {}\n", nested(10_000)).into_bytes(),
            "failed",
            "deeper than 255 levels",
            0,
        ),
        (
            "x.json",
            format!(r#"{{"apiVersion": "v1", "kind": "ConfigMap", "data": {}}}"#, nested(10_000))
                .into_bytes(),
            "failed",
            "deeper than 512 levels",
            0,
        ),
        ("x.yaml", format!("{head}data:\n{}", deep_blocks(10_000)).into_bytes(), "failed", "deeper than", 0),
        (
            "x.yaml",
            format!("{POD}---\nkind: [\n---\n{POD}").into_bytes(),
            "failed",
            "a value is expected here",
            2,
        ),
        ("x.yaml", format!("{POD}---\n{head}data: *none\n").into_bytes(), "failed", "define it", 1),
        ("x.yaml", format!("{POD}---\n\tkind: Pod\n").into_bytes(), "failed", "a tab cannot indent", 1),
        ("x.json", br#"{"apiVersion": "v1", "kind": "Pod","#.to_vec(), "failed", "", 0),
        ("x.yaml", format!("{POD}kind: Pod\n").into_bytes(), "scanned", "", 1),
        ("x.yaml", format!("\u{feff}{POD}").into_bytes(), "scanned", "", 1),
        ("x.yaml", POD.replace('\n', "\r\n").into_bytes(), "scanned", "", 1),
        ("x.yaml", POD.replace('\n', "\r").into_bytes(), "scanned", "", 1),
        ("x.yaml", POD.trim_end().as_bytes().to_vec(), "scanned", "", 1),
        ("x.yaml", Vec::new(), "ignored", "not a Kubernetes manifest", 0),
        ("x.json", Vec::new(), "ignored", "not a Kubernetes manifest", 0),
        ("x.yaml", b"---\n...\n---\n".to_vec(), "ignored", "not a Kubernetes manifest", 0),
        ("x.yaml", vec![0; 1000], "ignored", "", 0),
    ] {
        let place = Place::new();
        place.write(path, &content);
        let began = Instant::now();
        let what = String::from_utf8_lossy(&content).chars().rev().take(80).collect::<Vec<_>>();
        let what: String = what.into_iter().rev().collect();
        let ran = scan(&place, &[]);
        assert_eq!(ran.status, if status == "failed" { 3 } else { 1 }, "{what:?}");
        let (found_status, found_reason) = coverage_of(&ran, path);
        assert_eq!(found_status, status, "{what:?}: {found_reason}");
        assert!(found_reason.contains(reason), "{what:?}: {found_reason}");
        assert!(status == "scanned" || !found_reason.is_empty(), "{what:?} needs a reason");
        let paths: Vec<String> = ran.found().into_iter().map(|it| it.1).filter(|it| it == path).collect();
        assert_eq!(paths, privileged(path, found), "{what:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{what:?} took {:?}", began.elapsed());
        // The table lists only what was found, and takes no longer.
        let place = place.run(&["parse", "--format", "table"]);
        assert!(place.out.len() < 1000, "{what:?}");
    }
}

fn deep_blocks(depth: usize) -> String {
    (1..depth).map(|level| format!("{}a:\n", " ".repeat(level % 3000))).take(2999).collect()
}

#[test]
fn an_alias_bomb_is_printed_in_part() {
    let place = Place::new();
    place.write("x.yaml", bomb());
    let ran = place.run(&["parse"]).ends_silently(0);
    assert!(ran.out.contains("$cut") && ran.out.len() < 64 << 20, "{} bytes", ran.out.len());
}

#[test]
fn a_duplicate_key_is_told() {
    let place = Place::new();
    place.write("x.yaml", format!("{CLEAN}kind: Secret\n"));
    let report = scan(&place, &[]).ends_silently(1).json();
    assert_eq!(report["diagnostics"][0]["path"], "x.yaml");
    assert_eq!(report["diagnostics"][0]["location"]["start"]["line"], 8);
    let message = report["diagnostics"][0]["message"].as_str().unwrap();
    assert!(message.contains("`kind` comes twice") && message.contains("remove one"), "{message}");
}

#[test]
fn a_large_file_is_refused_at_once() {
    let place = Place::new();
    place.write("x.yaml", "");
    File::options().write(true).open(place.path("x.yaml")).unwrap().set_len(200 << 20).unwrap();
    let began = Instant::now();
    let ran = scan(&place, &[]).ends(3).reports(&["1 file failed"]);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let (status, reason) = coverage_of(&ran, "x.yaml");
    assert_eq!(status, "failed");
    for word in ["209715200 bytes", "exclude it", "raise the limit"] {
        assert!(reason.contains(word), "{reason}");
    }
    place.write("palisade.toml", "exclude = [\"x.yaml\"]\n");
    assert_eq!(coverage_of(&scan(&place, &[]).ends_silently(1), "x.yaml").0, "ignored", "the mend is one");
}

#[test]
fn a_file_that_may_not_be_read() {
    let place = Place::new();
    place.write("x.yaml", POD);
    place.write("folder/pod.yaml", POD);
    let forbid =
        |path: &str| fs::set_permissions(place.path(path), fs::Permissions::from_mode(0o000)).unwrap();
    forbid("x.yaml");
    forbid("folder");
    if File::open(place.path("x.yaml")).is_ok() {
        println!("SKIPPED: this user may read everything, so that nothing is unreadable");
        return;
    }
    let ran = scan(&place, &[]).ends(3);
    for path in ["x.yaml", "folder/"] {
        let (status, reason) = coverage_of(&ran, path);
        assert_eq!(status, "failed");
        assert!(reason.contains("let the user that scans read it"), "{reason}");
    }
    fs::set_permissions(place.path("folder"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn names_that_are_not_right() {
    let place = Place::new();
    let names: [&[u8]; 6] = [
        b"line\nbreak.yaml",
        b"escape\x1b[31m.yaml",
        b"bell\x07.yaml",
        b"odd\xff.yaml",
        b" .yaml",
        b"-x.yaml",
    ];
    for name in names {
        fs::write(place.tree().join(OsStr::from_bytes(name)), POD).unwrap();
    }
    fs::create_dir(place.tree().join(OsStr::from_bytes(b"folder\xff"))).unwrap();
    let ran = scan(&place, &[]).ends(3);
    let found: Vec<String> = ran.found().into_iter().map(|it| it.1).collect();
    let good =
        [" .yaml", "-x.yaml", "bell\u{7}.yaml", "escape\u{1b}[31m.yaml", "good.yaml", "line\nbreak.yaml"];
    assert_eq!(found, good);
    let (status, reason) = coverage_of(&ran, "odd\u{fffd}.yaml");
    assert_eq!(status, "failed");
    assert!(reason.contains("its name is not UTF-8: rename it"), "{reason}");
    coverage_of(&ran, "folder\u{fffd}");
}

#[test]
fn no_name_reaches_the_terminal_as_a_command() {
    let place = Place::new();
    place.write("a\u{1b}[31m\n\u{202e}.yaml", POD.replace("web", "\"\\e]0;x\\a\\n  fake\""));
    place.write("b\u{1b}[31m.yaml", "apiVersion: v1\nkind: [\n");
    for arguments in [
        &["scan", "--format", "table"][..],
        &["scan", "--format", "json"],
        &["scan", "-v", "--format", "table"],
        &["parse", "--format", "table"],
        &["parse", "--format", "json"],
    ] {
        let ran = place.run(arguments).ends(3);
        for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            let bad = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(bad, None, "{arguments:?} on {stream}: {text}");
            assert!(
                !text.contains("\n\u{202e}") && !text.contains("\n  fake"),
                "{arguments:?} on {stream}: {text}"
            );
        }
    }
}

#[test]
fn what_is_called_a_manifest_and_is_none() {
    let place = Place::with(&[("folder.yaml/pod.yaml", POD)]);
    let status = Command::new("mkfifo").arg(place.path("pipe.yaml")).status().unwrap();
    assert!(status.success());
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket.yaml")).unwrap();
    let ran = scan(&place, &[]).ends(3);
    assert_eq!(ran.found().len(), 2);
    assert_eq!(coverage_of(&ran, "folder.yaml/pod.yaml").0, "scanned");
    for path in ["pipe.yaml", "socket.yaml"] {
        let (status, reason) = coverage_of(&ran, path);
        assert_eq!((status.as_str(), reason.is_empty()), ("failed", false), "{path}");
    }
    place.run(&["scan", "pipe.yaml"]).ends(3);
}

#[test]
fn links_are_read_as_what_they_lead_to_or_named() {
    let place = Place::with(&[("folder/pod.yaml", POD)]);
    let outside = Place::with(&[("secret.yaml", POD)]);
    let secret = outside.path("secret.yaml");
    for (name, target, expected) in [
        ("loop", "loop", "ignored"),
        ("one.yaml", "two.yaml", "unsupported"),
        ("two.yaml", "one.yaml", "unsupported"),
        ("up", "..", "unsupported"),
        ("here", ".", "ignored"),
        ("inside.yaml", "good.yaml", "scanned"),
        ("inside", "folder", "ignored"),
        ("nowhere.yaml", "gone.yaml", "unsupported"),
        ("absolute.yaml", text(&secret), "unsupported"),
        ("outside.yaml", "../../../../../../../../etc/passwd", "unsupported"),
        ("folder/back", "../folder", "ignored"),
    ] {
        symlink(target, place.path(name)).unwrap();
        let ran = scan(&place, &[]).ends_silently(1);
        // A file that is read under two names is reported once.
        assert_eq!(ran.found().len(), 2, "{name}");
        let (status, reason) = coverage_of(&ran, name);
        assert_eq!(status, expected, "{name}");
        assert!(expected == "scanned" || reason.starts_with("a link"), "{name}: {reason}");
    }
    // A link that is itself the path to scan is followed within the root.
    let paths = |path: &str| -> Vec<String> {
        let ran = place.run(&["scan", path, "--root", ".", "--control", PRIVILEGED]).ends_silently(1);
        ran.found().into_iter().map(|it| it.1).collect()
    };
    assert_eq!(paths("inside"), ["folder/pod.yaml"]);
    assert_eq!(paths("inside.yaml"), ["good.yaml"]);
    place.run(&["scan", "absolute.yaml", "--root", "."]).ends(2).reports(&["is not in the root"]);
    place.run(&["scan", "loop"]).ends(2).reports(&["`loop`"]);
}

/// The longest time to scan until a scan meets a change.
const PATIENCE: Duration = Duration::from_mins(3);

#[test]
fn a_file_that_changes_is_told_or_judged() {
    let place = Place::with(&[("x.yaml", POD)]);
    place.write("good.yaml", POD);
    let (path, fresh, over) = (place.path("x.yaml"), place.path("fresh"), AtomicBool::new(false));
    let (mut told_changed, began) = (0, Instant::now());
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0_usize.. {
                // Ends even if the scans have stopped.
                if over.load(Ordering::Relaxed) || began.elapsed() > PATIENCE {
                    break;
                }
                let text = format!("{POD}# {}\n", "x".repeat(number % 5000));
                match number % 3 {
                    0 => fs::write(&path, text).unwrap(),
                    1 => fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, &path)).unwrap(),
                    _ => drop(fs::remove_file(&path)),
                }
            }
        });
        // Whether a scan meets a change is chance: at least 20 scans, and more until one has.
        let mut scans = 0;
        while scans < 20 || (told_changed == 0 && began.elapsed() < PATIENCE) {
            scans += 1;
            let ran = place.run(&["scan", "--control", PRIVILEGED]);
            assert!(ran.found().iter().any(|it| it.1 == "good.yaml"));
            let coverage = ran.coverage();
            let changing = coverage.iter().find(|it| it.0 == "x.yaml");
            match (ran.status, changing) {
                (1, _) => {}
                (3, Some((_, status, reason))) => {
                    assert_eq!(status, "failed");
                    let honest = ["changed", "no such file"];
                    assert!(honest.iter().any(|it| reason.contains(it)), "{reason}");
                    told_changed += usize::from(reason.contains("changed"));
                }
                other => panic!("{other:?}: {ran:?}"),
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(told_changed > 0, "in no scan the change was seen");
    fs::write(&path, POD).unwrap();
    place.run(&["scan"]).ends_silently(1);
}

#[test]
fn a_plugin_that_is_no_component() {
    let place = Place::with(&[("good.yaml", POD), ("text.wasm", "hello"), ("empty.wasm", "")]);
    place.write("core.wasm", b"\0asm\x01\0\0\0");
    place.write("cut.wasm", &fs::read(built_in("kubernetes")).unwrap()[..100_000]);
    place.write("folder.wasm/x", "");
    for (file, words) in [
        ("text.wasm", &["step `validity`", "not a WebAssembly component"][..]),
        ("empty.wasm", &["step `validity`", "not a WebAssembly component"]),
        ("core.wasm", &["step `validity`", "`palisade plugin build`"]),
        ("cut.wasm", &["step `validity`", "not a valid component"]),
        ("gone.wasm", &["step `size`", "No such file"]),
    ] {
        let ran = place.run(&["scan", "--plugin", file]).ends(2).reports(&["plugin `", file]).reports(words);
        assert_eq!(ran.out, "", "a scan without it would be silently smaller");
    }
    // A folder is read as a folder of policies.
    let ran = place
        .run(&["scan", "--plugin", "folder.wasm"])
        .ends(2)
        .reports(&["pack `folder.wasm`", "contains no Rego file"]);
    assert_eq!(ran.out, "");
}

#[test]
fn a_deep_tree() {
    let place = Place::new();
    // Deeper than the longest path that the system accepts in one call: 4096 bytes.
    let mut folder = place.tree();
    fs::write(folder.join("pod.yaml"), POD).unwrap();
    for _ in 0..15 {
        folder = folder.join("d".repeat(200));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("pod.yaml"), POD).unwrap();
    }
    let status = Command::new("sh")
        .args([
            "-c",
            "for i in 1 2 3 4 5 6 7 8; do mkdir \"$1\" && cd -P \"$1\" && cp \"$2\" . || exit 1; done",
            "sh",
        ])
        .arg("e".repeat(200))
        .arg(place.path("pod.yaml"))
        .current_dir(&folder)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let many = Place::with(&[(&format!("{}pod.yaml", "d/".repeat(1000)), POD)]);
    assert_eq!(scan(&many, &[]).ends_silently(1).found().len(), 2);
    let ran = scan(&place, &[]).ends_silently(1);
    assert_eq!(ran.found().len(), if status.success() { 25 } else { 17 });
}

/// The peak memory of a process as the kernel reports it, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn a_hundred_thousand_files() {
    let place = Place::in_memory();
    for folder in 0..1000 {
        let path = place.path(&format!("folder-{folder}"));
        fs::create_dir(&path).unwrap();
        for file in 0..95 {
            fs::write(path.join(format!("{file}.txt")), "x").unwrap();
        }
        for file in 0..5 {
            fs::write(path.join(format!("{file}.yaml")), POD.replace("web", &format!("web-{folder}-{file}")))
                .unwrap();
        }
    }
    let began = Instant::now();
    let report = File::create(place.home().with_extension("json")).unwrap();
    let mut child = place.command(&["scan", "--control", PRIVILEGED]).stdout(report).spawn().unwrap();
    let mut memory = 0;
    let status = iter::repeat_with(|| {
        memory = memory.max(peak(child.id()).unwrap_or(0));
        thread::sleep(Duration::from_millis(5));
        child.try_wait().unwrap()
    });
    let status = status.take(20_000).flatten().next();
    let (took, memory) = (began.elapsed(), memory >> 10);
    println!("100,000 files, 5,000 of them manifests: {took:.1?}, at most {memory} MiB");
    assert_eq!(status.and_then(|it| it.code()), Some(1));
    let report = fs::read_to_string(place.home().with_extension("json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for (pointer, count) in [
        ("/summary/files/seen", 100_000),
        ("/summary/files/scanned", 5_000),
        ("/summary/files/ignored", 95_000),
        ("/summary/resources", 5_000),
        ("/summary/outcomes/failed", 5_000),
    ] {
        assert_eq!(report.pointer(pointer), Some(&count.into()), "{pointer}");
    }
    assert!(memory < 1024, "{memory} MiB");
}
