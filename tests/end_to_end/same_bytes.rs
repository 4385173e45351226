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
        // A scan of a commit does not depend on later changes in the folder.
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
        // The threads must end even if a run below panics.
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

/// Sets the flag when it is dropped, also by a panic.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn every_format_with_few_jobs_and_many_cold_and_warm() {
    const FORMATS: [&str; 8] = ["table", "json", "compact", "sarif", "junit", "markdown", "github", "gitlab"];
    for (name, place) in trees() {
        place.write(
            "more/main.tf",
            "resource \"aws_ebs_volume\" \"a\" {\n  # palisade:ignore CKV_AWS_3 so it is\n}\n",
        );
        let written = |jobs: &str, more: &[&str]| -> Vec<String> {
            let files: Vec<_> =
                FORMATS.iter().map(|format| place.home().join(format!("out.{format}"))).collect();
            let outputs: Vec<String> = FORMATS
                .iter()
                .zip(&files)
                .map(|(format, file)| format!("{format}={}", file.display()))
                .collect();
            let mut arguments = vec!["--include-passed", "--jobs", jobs];
            for it in &outputs {
                arguments.extend(["-o", it]);
            }
            arguments.extend(more);
            let out = report(&place, &arguments);
            assert_eq!(out, "", "{name}: everything went into files");
            files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
        };
        let results = place.home().join("cache/results");
        std::fs::create_dir_all(place.home()).unwrap();
        let without = written("1", &["--no-cache"]);
        assert!(!results.exists(), "{name}: nothing was kept");
        for (format, text) in FORMATS.iter().zip(&without) {
            assert!(text.len() > 100, "{name}: {format}");
        }
        for (what, jobs) in [("cold", "1"), ("warm", "1"), ("warm", "8")] {
            assert!(written(jobs, &[]) == without, "{name}: {what}, {jobs} jobs");
            assert!(results.exists(), "{name}: {what}: results were kept");
        }
        std::fs::remove_dir_all(&results).unwrap();
        assert!(written("8", &[]) == without, "{name}: cold, 8 jobs");
        // Entries that were changed on the disk are ignored, without an error.
        for entry in std::fs::read_dir(&results).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let mut bytes = std::fs::read(&path).unwrap();
                bytes.iter_mut().skip(40).step_by(97).for_each(|it| *it ^= 0x55);
                std::fs::write(&path, bytes).unwrap();
            }
        }
        assert!(written("8", &[]) == without, "{name}: poisoned");
    }
}
