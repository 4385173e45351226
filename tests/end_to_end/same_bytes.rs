//! The same tree gives the same report, byte for byte: as a folder or a commit, with few jobs or many, on an idle
//! machine or a busy one.

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::place::{CLEAN, KUSTOMIZATION, POD, Place, copy, corpora};

/// The date is part of a report; a test may run at midnight.
const NOW: [&str; 2] = ["--now", "2026-01-31"];

/// Names that sort unlike their folders, several manifests in a file, related ones, broken ones, links.
fn generated() -> Place {
    let place = Place::new();
    for number in 0..14 {
        let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n";
        let pods: Vec<String> = (0..=number % 7).map(|it| format!("---\n{POD}  nodeName: n{it}\n")).collect();
        let pods = pods.concat();
        for name in ["a", "a-b", "a.b", "Z", "ä"] {
            place.write(&format!("{name}/{number}.yaml"), format!("{account}{pods}"));
        }
        place.write(
            &format!("a{number}.json"),
            r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}"#,
        );
    }
    place.write("broken.yaml", format!("{POD}---\nkind: [\n---\n{POD}kind: Pod\n"));
    place.write("a/kustomization.yaml", KUSTOMIZATION);
    place.write("node_modules/pod.yaml", POD);
    place.write("binary.yaml", b"\xff\xfe\0kind");
    place.write("windows.yaml", POD.replace('\n', "\r\n"));
    place.write("palisade.toml", "exclude = [\"Z/1?.yaml\"]\n");
    place.write(".gitattributes", "* text=auto\n");
    for (name, target) in
        [("link.yaml", "a/1.yaml"), ("linked", "a"), ("out.yaml", "/etc/passwd"), ("loop", "loop")]
    {
        symlink(target, place.path(name)).unwrap();
    }
    place
}

/// Trees by name: the generated one, and real ones where there are some.
fn trees() -> Vec<(String, Place)> {
    let real = corpora(&["kubernetes", "kustomize"]).into_iter().map(|(name, folder)| {
        let place = Place::new();
        copy(&folder, &place.tree());
        (name, place)
    });
    [("generated".to_owned(), generated())].into_iter().chain(real).collect()
}

/// The report of a scan with these options.
fn report(place: &Place, arguments: &[&str]) -> String {
    place.run(&[&["scan", "--fail-on", "none"], &NOW[..], arguments].concat()).out
}

fn without_target(report: &str) -> String {
    let (before, rest) = report.split_once("  \"target\": {").unwrap();
    let (_, after) = rest.split_once("\n  },\n").unwrap();
    before.to_owned() + after
}

#[test]
fn a_folder_and_its_commit() {
    for (name, place) in trees() {
        let commit = place.commit();
        let folder = report(&place, &[]);
        let commit = report(&place, &["--rev", &commit]);
        assert_ne!(folder, commit, "{name}: the target tells them apart");
        assert!(without_target(&folder) == without_target(&commit), "{name}: and nothing else does");
        assert!(folder.contains("\"digest\": \"sha256:"), "{name}");
        // What was committed counts, whatever lies in the folder now.
        place.write("new.yaml", CLEAN);
        assert!(report(&place, &["--rev", "HEAD"]) == commit, "{name}");
        assert!(report(&place, &[]) != folder, "{name}");
    }
}

#[test]
fn one_job_or_many() {
    for (name, place) in trees() {
        for options in [&[][..], &["--include-passed"], &["--format", "table"]] {
            let one = report(&place, &[options, &["--jobs", "1"]].concat());
            for jobs in ["2", "8"] {
                let many = report(&place, &[options, &["--jobs", jobs]].concat());
                assert!(one == many, "{name} {options:?}: {jobs} jobs");
            }
        }
        let parse = |jobs| place.run(&["parse", "--jobs", jobs]).out;
        assert!(parse("1") == parse("8"), "{name}");
    }
}

#[test]
fn an_idle_machine_or_a_busy_one() {
    let place = generated();
    let idle = report(&place, &["--jobs", "8"]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // A panic below must not leave them running.
        let end = End(&over);
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::black_box((0..1000_u32).map(u32::count_ones).sum::<u32>());
                }
            });
        }
        for run in 0..20 {
            assert!(report(&place, &["--jobs", "8"]) == idle, "run {run}");
        }
        drop(end);
    });
}

/// Says that it is over, however that came.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
