//! Scans with a cache: the same bytes as without one, and only the calls that a change requires.

#[cfg(test)]
mod cache {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex};

    use palisade_catalog::{Catalog, Compiler, Host, Plugin};
    use palisade_sandbox::Sandbox;
    use palisade_scan::{Cache, Environments, Event, Request, Selection, scan};
    use palisade_source::{Digest, FolderSnapshot, Limits, Snapshot, TreePath};
    use proptest::prelude::*;
    use tempfile::TempDir;
    use tokio::runtime::{Builder, Runtime};

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: c\n      image: \
                       nginx\n      securityContext: { privileged: true }\n";

    const FILES: &[(&str, &str)] = &[
        ("a.yaml", POD),
        ("b.yaml", POD),
        ("chart/templates/t.yaml", POD),
        (
            "live/main.tf",
            "variable \"public\" { default = true }\nmodule \"m\" {\n  source = \"../modules/m\"\n  public = \
             var.public\n}\n",
        ),
        (
            "modules/m/main.tf",
            "variable \"public\" {}\nresource \"aws_s3_bucket_public_access_block\" \"b\" {\n  bucket = \"b\"\n  \
             block_public_acls = !var.public\n}\n",
        ),
        (
            "other/main.tf",
            "# palisade:ignore aws-s3-* until=2026-01-01 for a day\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n",
        ),
    ];

    /// The manifests, which are parsed together.
    const MANIFESTS: &str = "a.yaml and 2 more";

    /// A manifest that is parsed alone.
    fn large() -> String {
        format!("{POD}{}", "# filled up\n".repeat(30_000))
    }

    fn runtime() -> Runtime {
        Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
    }

    /// The built-in plugins; none if the program is built without them.
    fn catalog() -> Option<Catalog> {
        let compiler = Compiler { program: PathBuf::new(), arguments: Vec::new() };
        let host = Host { sandbox: Arc::new(Sandbox::new(8).unwrap()), cache: None, compiler };
        let catalog = runtime().block_on(Catalog::load(&host, None, &[], &[])).unwrap();
        if catalog.plugins().is_empty() {
            println!("SKIPPED: built without plugins");
            return None;
        }
        Some(catalog)
    }

    /// The same plugins, with another digest for the one of that name.
    fn with_other(catalog: &Catalog, name: &str) -> Catalog {
        let plugins = catalog.plugins().iter().map(|plugin| {
            if plugin.manifest.name == name {
                Arc::new(Plugin { digest: Digest::of(b"another"), ..Plugin::clone(plugin) })
            } else {
                Arc::clone(plugin)
            }
        });
        Catalog::of(plugins.collect()).unwrap()
    }

    /// Options of a scan.
    #[derive(Clone)]
    struct How {
        only: Vec<String>,
        list_passed: bool,
        environments: Vec<(String, String)>,
        day: i8,
        largest: u64,
        jobs: usize,
    }

    impl Default for How {
        fn default() -> How {
            How {
                only: Vec::new(),
                list_passed: false,
                environments: Vec::new(),
                day: 1,
                largest: 1 << 20,
                jobs: 1,
            }
        }
    }

    /// The report, and the calls: `parse a.yaml`, with `=` before those that were in the cache.
    fn run(catalog: &Catalog, top: &Path, how: &How, cache: Option<&Path>) -> (String, BTreeSet<String>) {
        let opened = cache.map(|folder| Arc::new(Cache::open(folder.to_owned(), &[7; 32], 64 << 20)));
        run_with(catalog, top, how, opened)
    }

    fn run_with(
        catalog: &Catalog,
        top: &Path,
        how: &How,
        cache: Option<Arc<Cache>>,
    ) -> (String, BTreeSet<String>) {
        let limits = Limits { file: how.largest };
        let snapshot: Arc<dyn Snapshot> = Arc::new(FolderSnapshot::open(top, limits).unwrap());
        let calls = Arc::new(Mutex::new(BTreeSet::new()));
        let noted = Arc::clone(&calls);
        let request = Request {
            environments: Environments::find(snapshot.as_ref(), &TreePath::root(), &how.environments)
                .unwrap(),
            selection: Selection::new(&how.only, &[], None).unwrap(),
            list_passed: how.list_passed,
            jobs: how.jobs,
            observer: Arc::new(move |event| {
                let line = match event {
                    Event::Called { call, on, .. } => format!("{call} {on}"),
                    Event::Known { call, on, .. } => format!("={call} {on}"),
                    Event::Units(_) | Event::UnitDone | Event::NoSubject { .. } => return,
                };
                noted.lock().unwrap().insert(line);
            }),
            cache,
            ..Request::new(snapshot, TreePath::root(), jiff::civil::date(2026, 1, how.day))
        };
        let report = runtime().block_on(scan(catalog, &request)).unwrap();
        let calls = calls.lock().unwrap().clone();
        (palisade_report::json(&report), calls)
    }

    fn write(top: &Path, path: &str, text: &str) {
        let path = top.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn fill(top: &Path) {
        for (path, text) in FILES {
            write(top, path, text);
        }
    }

    fn tree() -> TempDir {
        let top = tempfile::tempdir().unwrap();
        fill(top.path());
        top
    }

    fn units(calls: &BTreeSet<String>, call: &str) -> Vec<String> {
        let start = format!("{call} ");
        calls.iter().filter_map(|it| it.strip_prefix(&start)).map(str::to_owned).collect()
    }

    /// Scans with an empty cache, a full one, and none, on one thread and on eight.
    fn warmed(catalog: &Catalog, top: &Path, how: &How) -> TempDir {
        let cache = tempfile::tempdir().unwrap();
        let none = run(catalog, top, how, None).0;
        let (cold, calls) = run(catalog, top, how, Some(cache.path()));
        assert_eq!(cold, none);
        assert!(units(&calls, "=parse").is_empty());
        for jobs in [1, 8] {
            let (warm, calls) = run(catalog, top, &How { jobs, ..how.clone() }, Some(cache.path()));
            assert_eq!(warm, none);
            assert!(calls.iter().all(|it| it.starts_with('=')), "{calls:?}");
        }
        cache
    }

    type Change = fn(&Path);

    /// The plugins, the options, and the files that are parsed and judged again.
    type Question<'a> = (&'a Catalog, How, &'a [&'a str], &'a [&'a str]);

    #[test]
    fn what_changes_is_parsed_anew_and_nothing_else() {
        let Some(catalog) = catalog() else { return };
        let cases: [(&str, Change, &[&str]); 10] = [
            ("nothing", |_| {}, &[]),
            ("a manifest", |top| write(top, "a.yaml", &POD.replace("true", "false")), &[MANIFESTS]),
            ("the same length", |top| write(top, "a.yaml", &POD.replace("nginx", "httpd")), &[MANIFESTS]),
            ("a large manifest more", |top| write(top, "z.yaml", &large()), &["z.yaml"]),
            ("a file less", |top| fs::remove_file(top.join("b.yaml")).unwrap(), &["a.yaml and 1 more"]),
            (
                "a chart around what was a manifest",
                |top| write(top, "chart/Chart.yaml", "apiVersion: v2\nname: c\n"),
                &["a.yaml and 3 more"],
            ),
            ("values", |top| write(top, "live/x.auto.tfvars", "public = false\n"), &["live"]),
            (
                "a module",
                |top| write(top, "modules/m/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
                &["live"],
            ),
            ("a module less", |top| fs::remove_file(top.join("modules/m/main.tf")).unwrap(), &["live"]),
            (
                "a file in a folder of Terraform",
                |top| write(top, "other/extra.tf", "resource \"aws_s3_bucket\" \"c\" {}\n"),
                &["other"],
            ),
        ];
        for (what, change, parsed) in cases {
            let top = tree();
            let before = run(&catalog, top.path(), &How::default(), None).0;
            let cache = warmed(&catalog, top.path(), &How::default());
            change(top.path());
            let after = run(&catalog, top.path(), &How::default(), None).0;
            let (found, calls) = run(&catalog, top.path(), &How::default(), Some(cache.path()));
            assert_eq!(found, after, "{what}");
            assert_eq!(units(&calls, "parse"), parsed, "{what}");
            let (again, calls) =
                run(&catalog, top.path(), &How { jobs: 8, ..How::default() }, Some(cache.path()));
            assert_eq!(again, after, "{what}, again");
            assert!(calls.iter().all(|it| it.starts_with('=')), "{what}, again: {calls:?}");
            // The base and the head of a change are both known.
            fs::remove_dir_all(top.path()).unwrap();
            fill(top.path());
            let (back, calls) = run(&catalog, top.path(), &How::default(), Some(cache.path()));
            assert_eq!(back, before, "{what}, and back");
            assert!(calls.iter().all(|it| it.starts_with('=')), "{what}, and back: {calls:?}");
        }
    }

    #[test]
    fn another_question_has_another_answer() {
        let Some(catalog) = catalog() else { return };
        let top = tree();
        write(top.path(), "prod.tfvars", "public = false\n");
        let how = How::default;
        let privileged = vec!["*privileged*".to_owned()];
        let prod = vec![("prod".to_owned(), "prod.tfvars".to_owned())];
        let all: &[&str] = &[MANIFESTS, "live", "other"];
        let (manifests, terraform) = all.split_at(1);
        let parser = with_other(&catalog, "kubernetes");
        let pack = with_other(&catalog, "kubernetes-controls");
        let cases: [(&str, Question<'_>); 7] = [
            ("another parser", (&parser, how(), manifests, &[])),
            ("another pack", (&pack, how(), &[], manifests)),
            ("other controls", (&catalog, How { only: privileged, ..how() }, &[], manifests)),
            ("a list of passes", (&catalog, How { list_passed: true, ..how() }, &[], all)),
            ("another bound on files", (&catalog, How { largest: 100, ..how() }, manifests, &[])),
            ("another day", (&catalog, How { day: 2, ..how() }, &[], &[])),
            ("an environment", (&catalog, How { environments: prod, ..how() }, terraform, terraform)),
        ];
        for (what, (catalog_of, how, parsed, judged)) in cases {
            let cache = warmed(&catalog, top.path(), &How::default());
            let none = run(catalog_of, top.path(), &how, None).0;
            let (found, calls) = run(catalog_of, top.path(), &how, Some(cache.path()));
            assert_eq!(found, none, "{what}");
            // An expiry is decided each day, from the cached judgements.
            assert!(what != "another day" || found != run(&catalog, top.path(), &How::default(), None).0);
            let (parses, judges) = (units(&calls, "parse"), units(&calls, "judge"));
            if what == "another bound on files" {
                assert!(parses.iter().any(|it| it == MANIFESTS), "{what}: {calls:?}");
            } else {
                assert_eq!((parses, judges), (own(parsed), own(judged)), "{what}: {calls:?}");
            }
            let (again, calls) = run(catalog_of, top.path(), &how, Some(cache.path()));
            assert_eq!(again, none, "{what}, again");
            assert!(calls.iter().all(|it| it.starts_with('=')), "{what}, again: {calls:?}");
        }
    }

    fn own(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn a_cache_that_was_changed_by_somebody_changes_nothing() {
        let Some(catalog) = catalog() else { return };
        let top = tree();
        let none = run(&catalog, top.path(), &How::default(), None).0;
        let kept = warmed(&catalog, top.path(), &How::default());
        let files: Vec<PathBuf> = fs::read_dir(kept.path()).unwrap().map(|it| it.unwrap().path()).collect();
        for path in &files {
            let mut bytes = fs::read(path).unwrap();
            for at in (0..bytes.len()).step_by(200) {
                bytes[at] ^= 1;
            }
            let end = bytes.len() / 2;
            fs::write(path, &bytes[..end]).unwrap();
        }
        let cache = Arc::new(Cache::open(kept.path().to_owned(), &[7; 32], 64 << 20));
        assert_eq!(run_with(&catalog, top.path(), &How::default(), Some(Arc::clone(&cache))).0, none);
        assert!(cache.damaged() > 0);
        let (warm, calls) = run(&catalog, top.path(), &How::default(), Some(kept.path()));
        assert_eq!(warm, none);
        assert!(calls.iter().all(|it| it.starts_with('=')), "{calls:?}");
    }

    #[test]
    fn scans_share_a_cache_at_the_same_time() {
        let Some(catalog) = catalog() else { return };
        let top = tree();
        let none = run(&catalog, top.path(), &How::default(), None).0;
        let kept = tempfile::tempdir().unwrap();
        let shared = Arc::new(Cache::open(kept.path().to_owned(), &[7; 32], 64 << 20));
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let (catalog, top, none, kept, shared) = (&catalog, top.path(), &none, kept.path(), &shared);
                scope.spawn(move || {
                    for _ in 0..3 {
                        let how = How { jobs: 2, ..How::default() };
                        let found = match worker % 2 {
                            0 => run_with(catalog, top, &how, Some(Arc::clone(shared))),
                            _ => run(catalog, top, &how, Some(kept)),
                        };
                        assert_eq!(&found.0, none);
                    }
                });
            }
        });
        assert_eq!(shared.damaged(), 0);
        assert!(
            run(&catalog, top.path(), &How::default(), Some(kept.path()))
                .1
                .iter()
                .all(|it| it.starts_with('='))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
        #[test]
        fn whatever_happens_to_a_tree_the_report_is_that_of_a_scan_without_a_cache(
            steps in proptest::collection::vec((0..9usize, 0..5usize, 0..2usize), 1..8),
        ) {
            static CATALOG: std::sync::OnceLock<Option<Catalog>> = std::sync::OnceLock::new();
            let Some(catalog) = CATALOG.get_or_init(catalog) else { return Ok(()) };
            let paths = [
                "a.yaml", "chart/templates/t.yaml", "chart/Chart.yaml", "live/main.tf", "modules/m/main.tf",
                "live/x.auto.tfvars", "live/terraform.tfvars", "other/main.tf", "kustomization.yaml",
            ];
            let top = tree();
            let cache = tempfile::tempdir().unwrap();
            for (file, text, jobs) in steps {
                let path = top.path().join(paths[file]);
                match text {
                    0 => drop(fs::remove_file(&path)),
                    1 => write(top.path(), paths[file], FILES[0].1),
                    2 => write(top.path(), paths[file], FILES[3].1),
                    3 => write(top.path(), paths[file], "public = false\n"),
                    _ => write(top.path(), paths[file], "patches: [{ path: a.yaml }]\n"),
                }
                let how = How { jobs: 1 + 7 * jobs, ..How::default() };
                let none = run(catalog, top.path(), &how, None).0;
                let found = run(catalog, top.path(), &how, Some(cache.path())).0;
                prop_assert_eq!(found, none);
            }
        }
    }
}
