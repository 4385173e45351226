//! Modules from outside the tree, through the program and the real parser.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::place::Place;

const CONTROL: &str = "aws-ebs-volume-unencrypted";

/// A server that answers paths with fixed bytes, and remembers what it was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(replies: &[(&str, &str, &[u8])]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let replies: BTreeMap<String, (String, Vec<u8>)> = replies
            .iter()
            .map(|(path, header, body)| ((*path).to_owned(), ((*header).to_owned(), body.to_vec())))
            .collect();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let (status, header, body) = match replies.get(&path) {
                    Some((header, body)) => ("200 OK", header.as_str(), &body[..]),
                    None => ("404 Not Found", "", &b""[..]),
                };
                heard.lock().unwrap().push(path);
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{header}\r\n"
                )
                .unwrap();
                stream.write_all(body).unwrap();
            }
        });
        Server { port, asked }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A `.tar` of these files.
fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, text) in files {
        let mut header = [0u8; 512];
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        let sum: u32 = header.iter().map(|it| u32::from(*it)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        bytes.extend(header);
        bytes.extend(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

const VOLUME: &str = "variable \"encrypted\" {\n  type = bool\n}\n\nresource \"aws_ebs_volume\" \"this\" {\n  \
                      encrypted = var.encrypted\n}\n";

/// A registry with a module whose folder `modules/volume` calls another one of the package through `..`.
fn registry() -> Server {
    let module = tar(&[
        (
            "modules/volume/main.tf",
            "variable \"encrypted\" {}\n\nmodule \"inner\" {\n  source = \"../inner\"\n  encrypted = var.encrypted\n}\n",
        ),
        ("modules/inner/main.tf", VOLUME),
    ]);
    let other = tar(&[("modules/volume/main.tf", "# An older one\n")]);
    Server::start(&[
        ("/.well-known/terraform.json", "", br#"{"modules.v1":"/v1/"}"#),
        (
            "/v1/org/disk/aws/versions",
            "",
            br#"{"modules":[{"versions":[{"version":"1.0.0"},{"version":"1.4.0"},{"version":"2.0.0"}]}]}"#,
        ),
        ("/v1/org/disk/aws/1.4.0/download", "X-Terraform-Get: /1.4.0.tar\r\n", b""),
        ("/v1/org/disk/aws/1.0.0/download", "X-Terraform-Get: /1.0.0.tar\r\n", b""),
        ("/1.4.0.tar", "", &module),
        ("/1.0.0.tar", "", &other),
    ])
}

fn call(server: &Server, folder: &str, version: &str) -> String {
    format!(
        "module \"disk\" {{\n  source    = \"127.0.0.1:{}/org/disk/aws//modules/{folder}\"\n  version   = \"{version}\"\n  \
         encrypted = false\n}}\n",
        server.port
    )
}

fn scan(place: &Place, more: &[&str]) -> Value {
    let mut arguments = vec!["scan", ".", "--format", "json", "--fail-on", "none", "--control", CONTROL];
    arguments.extend(more);
    place.run(&arguments).ends(0).json()
}

fn results(report: &Value) -> Vec<String> {
    let results = report["results"].as_array().unwrap().iter();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    results
        .map(|it| {
            let cause = it["cause"].as_array().unwrap().iter().map(|it| text(&it["path"]));
            let cause: Vec<String> = cause.collect();
            format!(
                "{} {} < {}",
                text(&it["resource"]["address"]),
                text(&it["resource"]["location"]["path"]),
                cause.join(" < ")
            )
        })
        .collect()
}

#[test]
fn a_registrys_module_is_fetched_mounted_and_judged() {
    let server = registry();
    let place = Place::with(&[("main.tf", &call(&server, "volume", "~> 1.0"))]);
    let allow = format!("http://127.0.0.1:{}", server.port);

    let report = scan(&place, &["--allow-modules", &allow]);
    let results = results(&report);
    assert_eq!(results.len(), 1, "{report:#}");
    assert!(
        results[0].starts_with("module.disk.module.inner.aws_ebs_volume.this .palisade/registry/127.0.0.1-"),
        "{results:?}"
    );
    assert!(
        results[0].contains("/org/disk/aws@1.4.0") && results[0].contains("/modules/inner/main.tf"),
        "{results:?}"
    );
    assert!(results[0].ends_with("< main.tf"), "{results:?}");
    assert_eq!(
        report["coverage"].as_array().unwrap().len(),
        1,
        "mounted files are not the tree's: {report:#}"
    );
    assert_eq!(report["coverage"][0]["status"], "scanned");

    // The module is cached: offline the report is the same to the byte, without a request.
    let before = server.asked();
    assert_eq!(scan(&place, &["--offline"]), report);
    assert_eq!(server.asked(), before);
}

#[test]
fn a_module_that_does_not_parse_makes_its_caller_partial() {
    let module = tar(&[
        ("modules/volume/main.tf", VOLUME),
        ("modules/volume/broken.tf", "resource \"aws_ebs_volume\" {\n"),
    ]);
    let server = Server::start(&[
        ("/.well-known/terraform.json", "", br#"{"modules.v1":"/v1/"}"#),
        ("/v1/org/disk/aws/versions", "", br#"{"modules":[{"versions":[{"version":"1.0.0"}]}]}"#),
        ("/v1/org/disk/aws/1.0.0/download", "X-Terraform-Get: /1.0.0.tar\r\n", b""),
        ("/1.0.0.tar", "", &module),
    ]);
    let place = Place::with(&[("main.tf", &call(&server, "volume", "1.0.0"))]);
    let report = scan(&place, &["--allow-modules", &format!("http://127.0.0.1:{}", server.port)]);
    // The part that could be read is judged all the same.
    assert_eq!(results(&report).len(), 1, "{report:#}");
    let row = &report["coverage"][0];
    assert_eq!((&row["path"], &row["status"]), (&"main.tf".into(), &"partial".into()), "{report:#}");
    assert!(row["reason"].as_str().unwrap().contains("broken.tf"), "{row}");
}

#[test]
fn what_is_not_allowed_or_not_kept_is_partial_and_says_so() {
    let server = registry();
    let place = Place::with(&[("main.tf", &call(&server, "volume", "~> 1.0"))]);
    for (more, words) in [
        (&[][..], "allow it with `--allow-modules 127.0.0.1:"),
        (&["--offline"], "the scan is offline: scan once without `--offline`"),
        (&["--allow-modules", "registry.terraform.io"], "is not allowed"),
    ] {
        let report = scan(&place, more);
        let row = &report["coverage"][0];
        assert_eq!(row["status"], "partial", "{more:?}");
        assert!(row["reason"].as_str().unwrap().contains(words), "{more:?}: {row}");
        assert_eq!(row["location"]["start"]["line"], 1);
    }
    assert_eq!(server.asked(), 0);
    place.run(&["scan", "--strict"]).ends(3);
}

#[test]
fn the_users_configuration_allows_and_a_repositorys_does_not() {
    let server = registry();
    let place = Place::with(&[("main.tf", &call(&server, "volume", "1.4.0"))]);
    let allow = format!("allow-modules = [\"http://127.0.0.1:{}\"]\n", server.port);
    place.write("palisade.toml", &allow);
    place.run(&["scan"]).ends(2).reports(&["palisade.toml", "allow-modules"]);
    std::fs::remove_file(place.path("palisade.toml")).unwrap();
    std::fs::create_dir_all(place.home()).unwrap();
    std::fs::write(place.home().join("config.toml"), allow).unwrap();
    assert_eq!(scan(&place, &[])["coverage"][0]["status"], "scanned");
    std::fs::write(place.home().join("config.toml"), "allow-modules = [\"a/b\"]\n").unwrap();
    place.run(&["scan"]).ends(2).reports(&["config.toml", "invalid host `a/b`"]);
    place.run(&["scan", "--allow-modules", "a/b"]).ends(2).reports(&["invalid host `a/b`"]);
}

#[test]
fn another_version_is_the_same_finding() {
    let module = tar(&[("main.tf", VOLUME)]);
    let server = Server::start(&[
        ("/.well-known/terraform.json", "", br#"{"modules.v1":"/v1/"}"#),
        (
            "/v1/org/disk/aws/versions",
            "",
            br#"{"modules":[{"versions":[{"version":"1.0.0"},{"version":"1.1.0"}]}]}"#,
        ),
        ("/v1/org/disk/aws/1.0.0/download", "X-Terraform-Get: /m.tar\r\n", b""),
        ("/v1/org/disk/aws/1.1.0/download", "X-Terraform-Get: /m.tar\r\n", b""),
        ("/m.tar", "", &module),
    ]);
    let allow = format!("http://127.0.0.1:{}", server.port);
    let place = Place::new();
    let print = |version| {
        place.write("main.tf", call(&server, "", version).replace("//modules/", ""));
        scan(&place, &["--allow-modules", &allow])["results"][0]["fingerprint"].clone()
    };
    assert!(print("1.0.0").is_string());
    assert_eq!(print("1.0.0"), print("1.1.0"));
}
