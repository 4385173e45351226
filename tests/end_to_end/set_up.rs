//! The commands around a scan: the settings that it would use, problems of an installation, completions, manual pages.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use palisade_tests::built_in;
use serde_json::Value;

use crate::place::{POD, Place, Ran, text};

/// A setting as `value (origin)`; all of them where there are several.
fn setting(shown: &Value, name: &str) -> String {
    let origin = |it: &Value| match it["from"].as_str().unwrap() {
        "file" => format!("{}:{}", it["path"].as_str().unwrap(), it["line"]),
        "default" => "default".to_owned(),
        _ => it["name"].as_str().unwrap().to_owned(),
    };
    let settings = shown["settings"].as_array().unwrap().iter();
    let all: Vec<String> = settings
        .filter(|it| it["name"] == name)
        .map(|it| format!("{} ({})", it["value"], origin(&it["origin"])))
        .collect();
    all.join(", ")
}

fn show(place: &Place, variables: &[(&str, &str)], arguments: &str) -> Value {
    let arguments = arguments.split(' ').filter(|it| !it.is_empty());
    let arguments: Vec<&str> = ["config", "show"].into_iter().chain(arguments).collect();
    place.run_with(variables, &arguments).ends_silently(0).json()
}

#[test]
fn every_setting_says_where_it_comes_from() {
    let place = Place::with(&[
        ("pod.yaml", POD),
        (
            "palisade.toml",
            "# Ours\nexclude = [\n  \"vendor/**\",\n  \"old/*\",\n]\nfail-on = \"medium\"\nstrict = true\n",
        ),
        ("lax.toml", "fail-on = \"critical\"\n"),
    ]);
    for (arguments, name, expected) in [
        ("", "path", r#""." (default)"#),
        (".", "path", r#""." (PATH)"#),
        ("", "config", r#""palisade.toml" (default)"#),
        ("--config lax.toml", "config", r#""lax.toml" (--config)"#),
        ("", "exclude", r#""vendor/**" (palisade.toml:3), "old/*" (palisade.toml:4)"#),
        ("--config lax.toml", "exclude", ""),
        ("", "fail-on", r#""medium" (palisade.toml:6)"#),
        ("--fail-on none", "fail-on", r#""medium" (palisade.toml:6)"#),
        ("--fail-on low", "fail-on", r#""low" (--fail-on)"#),
        ("--config lax.toml", "fail-on", r#""high" (default)"#),
        ("--config lax.toml --fail-on none", "fail-on", r#""critical" (lax.toml:1)"#),
        ("", "strict", "true (palisade.toml:7)"),
        ("--strict", "strict", "true (--strict)"),
        ("--config lax.toml", "strict", "false (default)"),
        ("--jobs 3", "jobs", "3 (--jobs)"),
        ("", "severity", "null (default)"),
        ("--control a --control b", "control", r#""a" (--control), "b" (--control)"#),
        ("--now 2026-01-02", "now", r#""2026-01-02" (--now)"#),
        ("", "format", r#""json" (default)"#),
        ("", "color", "false (default)"),
        ("--offline", "offline", "true (--offline)"),
        ("", "max-file-size", r#""32" (default)"#),
        ("--max-file-size 32", "max-file-size", r#""32" (--max-file-size)"#),
        ("--cache-dir kept", "cache-dir", r#""kept" (--cache-dir)"#),
        ("", "user-config", "null (default)"),
        ("", "credential", ""),
    ] {
        assert_eq!(setting(&show(&place, &[], arguments), name), expected, "{arguments}: {name}");
    }
    let shown = show(&place, &[("NO_COLOR", "1")], "");
    assert_eq!(setting(&shown, "color"), "false (NO_COLOR)");
    assert_eq!(setting(&shown, "home"), format!("{:?} (PALISADE_HOME)", place.home()));
    let shown = place.run(&["--color", "always", "config", "show"]).ends_silently(0).json();
    assert_eq!(setting(&shown, "color"), "true (--color)");
    assert!(!place.home().exists(), "looking leaves nothing behind");
}

#[test]
fn of_secrets_only_that_they_are_set_is_shown() {
    let place = Place::new();
    fs::create_dir_all(place.home()).unwrap();
    fs::write(place.home().join("config.toml"), "\nallow-modules = [\n  \"*.example.com\",\n]\n").unwrap();
    let variables =
        [("TF_TOKEN_app_terraform_io", "s3cret"), ("PALISADE_GIT_TOKEN_git_example_com", "me:s3cret")];
    let shown = show(&place, &variables, "--allow-modules http://localhost:81");
    assert_eq!(
        setting(&shown, "credential"),
        "\"set, for git.example.com\" (PALISADE_GIT_TOKEN_git_example_com), \"set, for app.terraform.io\" \
         (TF_TOKEN_app_terraform_io)"
    );
    let file = place.home().join("config.toml");
    assert_eq!(
        setting(&shown, "allow-modules"),
        format!("\"http://localhost:81\" (--allow-modules), \"*.example.com\" ({}:3)", text(&file))
    );
    for arguments in
        [&["config", "show", "--format", "table"][..], &["doctor"], &["doctor", "--format", "table"]]
    {
        let ran = place.run_with(&variables, arguments).ends_silently(0);
        assert!(ran.out.contains("TF_TOKEN_app_terraform_io") && !ran.out.contains("s3cret"), "{}", ran.out);
    }
}

#[test]
fn settings_for_readers() {
    let place = Place::with(&[("palisade.toml", "fail-on = \"low\"\n")]);
    let table = place.run(&["config", "show", "--format", "table", "--jobs", "2"]).ends_silently(0).out;
    for line in
        [&["fail-on", "low", "palisade.toml:1"], &["jobs", "2", "option --jobs"], &["rev", "-", "default"]]
    {
        let found =
            table.lines().any(|it| it.starts_with(line[0]) && it.contains(line[1]) && it.ends_with(line[2]));
        assert!(found, "{line:?}: {table}");
    }
}

/// State and text of each check of a name.
fn check(ran: &Ran, name: &str) -> String {
    let found = ran.json();
    let checks = found["checks"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all: Vec<String> = checks
        .filter(|it| it["check"] == name)
        .map(|it| format!("{} {}: {}", text(&it["state"]), text(&it["found"]), text(&it["fix"])))
        .collect();
    all.join("\n")
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_healthy_set_up() {
    let place = Place::with(&[("pod.yaml", POD), ("palisade.toml", "strict = true\n")]);
    place.commit();
    let ran = place.run(&["doctor"]).ends_silently(0);
    for name in [
        "engine",
        "built-in plugins",
        "installed plugins",
        "home",
        "cache",
        "key",
        "config.toml",
        "palisade.toml",
        "git",
    ] {
        assert!(check(&ran, name).starts_with("ok "), "{name}: {}", ran.out);
    }
    assert_eq!(ran.json()["healthy"], true);
    assert!(!place.home().exists(), "a doctor changes nothing");
    let table = place.run(&["doctor", "--format", "table"]).ends_silently(0).out;
    assert!(table.lines().all(|line| line.starts_with("ok  ")), "{table}");
    assert_eq!(table.lines().count(), ran.json()["checks"].as_array().unwrap().len());
}

#[test]
fn what_is_wrong_is_named_with_the_fix() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let plugin = built_in("kubernetes");
    place.run(&["plugin", "install", text(&plugin)]).ends(0);
    let sick = |name: &str, words: &[&str], variables: &[(&str, &str)]| {
        let ran = place.run_with(variables, &["doctor"]);
        let found = check(&ran, name);
        for word in words {
            assert!(found.contains(word), "{name} does not contain {word:?}: {}", ran.out);
        }
        let table = place.run_with(variables, &["doctor", "--format", "table"]).out;
        let problem = found.contains("problem ");
        assert_eq!(ran.status, if problem { 2 } else { 0 }, "{found}");
        assert_eq!(table.lines().any(|line| line.starts_with("problem")), problem, "{table}");
    };
    sick("installed plugins", &["ok kubernetes", "is admitted"], &[]);
    sick("credentials", &["warning", "`TF_TOKEN_a___b`", "rename it"], &[("TF_TOKEN_a___b", "x")]);

    let key = place.home().join("key");
    mode(&key, 0o644);
    sick("key", &["problem", "mode 644", "remove it"], &[]);
    mode(&key, 0o600);
    let bytes = fs::read(&key).unwrap();
    fs::write(&key, "short").unwrap();
    sick("key", &["problem", "not a key of 32 bytes", "remove it"], &[]);
    fs::write(&key, bytes).unwrap();

    mode(&place.home(), 0o777);
    sick("home", &["problem", "other users can write", "chmod go-rwx"], &[]);
    mode(&place.home(), 0o755);
    sick("home", &["warning", "other users can access", "chmod go-rwx"], &[]);
    mode(&place.home(), 0o700);

    let config = place.home().join("config.toml");
    fs::write(&config, "allow-modules = [\"a/b\"]\n").unwrap();
    sick("config.toml", &["problem", "`a/b`", "line 1", "fix the file"], &[]);
    fs::remove_file(config).unwrap();

    place.write("palisade.toml", "strikt = true\n");
    sick("palisade.toml", &["problem", "`strikt`", "fix the file"], &[]);
    fs::remove_file(place.path("palisade.toml")).unwrap();

    place.git(&["init", "--quiet"]);
    sick("git", &["warning", "HEAD", "create a first commit"], &[]);

    let installed = fs::read_dir(place.home().join("plugins")).unwrap().next().unwrap().unwrap().path();
    fs::write(&installed, "something else").unwrap();
    sick("installed plugins", &["problem", "step `digest`", "install it again"], &[]);
    fs::remove_file(&installed).unwrap();
    sick("installed plugins", &["problem", "step `size`", "palisade plugin remove kubernetes"], &[]);
    fs::write(place.home().join("plugins.lock"), "nothing").unwrap();
    sick("installed plugins", &["problem", "plugins.lock", "install the plugins again"], &[]);
    let missing = place.run(&["doctor", "missing"]).ends(2);
    assert!(check(&missing, "tree").starts_with("problem cannot reach `missing`"));
}

/// All problems of a service are named before it is started.
#[test]
fn what_is_wrong_with_a_service_is_named_with_the_fix() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let good = "public-url = \"https://palisade.example\"\nlisten = \"127.0.0.1:0\"\ndata = \"data\"\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("", "server.toml", &["ok is valid"]),
        ("", "service data", &["ok", "will be created"]),
        ("", "service key", &["ok", "will be created at the first start"]),
        ("", "database", &["ok will be created at the first start"]),
        ("", "listen", &["ok", "is free"]),
        ("publik-url = \"x\"\n", "server.toml", &["problem", "publik-url", "fix the file"]),
        ("log-format = \"xml\"\n", "server.toml", &["problem", "`xml` for `log-format`"]),
        ("tls-key = \"key.pem\"\n", "server.toml", &["problem", "set both"]),
        (
            "tls-key = \"none.pem\"\ntls-certificate = \"none.pem\"\n",
            "TLS",
            &["problem", "cannot read `none.pem`"],
        ),
        ("private-networks = [\"10.0.0.0/99\"]\n", "outbound", &["problem", "`private-networks`"]),
        ("trusted-certificates = [\"none.pem\"]\n", "outbound", &["problem", "cannot read `none.pem`"]),
        ("database = \"mysql://x\"\n", "database", &["problem", "expected sqlite:PATH or postgres"]),
        (
            "database = \"postgres://u:secret@127.0.0.1:1/x\"\n",
            "database",
            &["problem", "start the database server"],
        ),
    ];
    for (more, name, words) in cases {
        place.write("server.toml", format!("{good}{more}"));
        let ran = place.run(&["doctor"]);
        let found = check(&ran, name);
        for word in *words {
            assert!(found.contains(word), "{more}: {name} does not contain {word:?}: {}", ran.out);
        }
        assert!(!ran.out.contains("secret"), "{}", ran.out);
    }
    let other = |url: &str| good.replace("https://palisade.example", url);
    for (url, words) in [
        ("http://palisade.example", "problem"),
        ("http://127.0.0.1:8080", "warning"),
        ("ftp://palisade.example", "problem"),
    ] {
        place.write("server.toml", other(url));
        assert!(check(&place.run(&["doctor"]), "public-url").starts_with(words), "{url}");
    }
    place.write("server.toml", good);
    fs::create_dir(place.path("data")).unwrap();
    mode(&place.path("data"), 0o700);
    place.write("data/key", "0123");
    mode(&place.path("data/key"), 0o644);
    assert!(check(&place.run(&["doctor"]), "service key").contains("mode 644"));
    fs::remove_file(place.path("data/key")).unwrap();
    place.write("data/palisade.db", "no database");
    assert!(check(&place.run(&["doctor"]), "database").starts_with("problem"));
}

#[test]
fn shells_and_manuals_know_what_is_not_hidden() {
    let place = Place::new();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef palisade"),
        ("fish", "complete -c palisade"),
        ("elvish", "edit:"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = place.run(&["completions", shell]).ends_silently(0).out;
        assert!(script.contains(word) && script.contains("fail-on"), "{shell}");
        assert!(!script.contains("compile-child"), "{shell}");
    }
    let main = place.run(&["man"]).ends_silently(0).out;
    assert!(main.contains(".TH palisade 1") && main.contains("palisade\\-scan(1)"), "{main}");
    assert_eq!(place.run(&["man", "--output", "man/pages"]).ends_silently(0).out, "");
    let mut pages: Vec<String> = fs::read_dir(place.path("man/pages"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    for page in ["palisade.1", "palisade-scan.1", "palisade-plugin-install.1", "palisade-config-show.1"] {
        assert!(pages.iter().any(|it| it == page), "{pages:?}");
    }
    for page in &pages {
        let text = place.read(&format!("man/pages/{page}"));
        assert!(text.contains(".SH NAME") && !text.contains("compile\\-child"), "{page}");
    }
    assert!(!pages.iter().any(|it| it.contains("help") || it.contains("compile")), "{pages:?}");
    assert_eq!(place.read("man/pages/palisade.1"), main);
}
