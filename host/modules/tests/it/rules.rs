//! The rules of the administrator.

use std::fs;

use crate::server::{Place, Reply, Server, main_tf, tar};

#[test]
fn nothing_is_fetched_from_a_host_that_is_not_allowed() {
    let server = Server::start();
    let place = Place::allowing(&[]);
    for (source, host) in [
        (format!("{}/org/vpc/aws", server.host()), server.host()),
        (format!("{}/vpc.tar", server.url()), server.url()),
        (format!("git::{}/git/vpc.git", server.url()), server.url()),
        (format!("{}/vpc", server.url()), server.url()),
        ("org/vpc/aws".to_owned(), "registry.terraform.io".to_owned()),
        ("github.com/o/r".to_owned(), "github.com".to_owned()),
    ] {
        let why = place.why(&source, "");
        assert_eq!(why, format!("`{host}` is not allowed: allow it with `--allow-modules {host}`"));
    }
    assert!(server.asked().is_empty());
}

#[test]
fn neither_a_redirect_nor_a_pointer_leads_to_a_host_that_is_not_allowed() {
    let (server, other) = (Server::start(), Server::start());
    server.registry(&["1.0.0"]);
    server.on("/v1/modules/org/vpc/aws/1.0.0/download", Reply::pointer(format!("{}/vpc.tar", other.url())));
    server.on("/away.tar", Reply::redirect(format!("{}/vpc.tar", other.url())));
    server.on("/local.tar", Reply::redirect("file:///etc/passwd"));
    server.on("/meta.tar", Reply::redirect("http://169.254.169.254/latest/meta-data"));
    server.on("/round.tar", Reply::redirect("/round.tar"));
    let place = Place::allowing(&[&server]);
    for (source, words) in [
        (format!("{}/org/vpc/aws", server.host()), format!("`{}` is not allowed", other.url())),
        (format!("{}/away.tar", server.url()), format!("`{}` is not allowed", other.url())),
        (format!("{}/local.tar", server.url()), "is not allowed".to_owned()),
        (format!("{}/meta.tar", server.url()), "`http://169.254.169.254` is not allowed".to_owned()),
        (format!("{}/round.tar", server.url()), "more than 5 redirects".to_owned()),
    ] {
        let why = place.why(&source, "");
        assert!(why.contains(&words), "{source}: {why}");
    }
    assert!(other.asked().is_empty());
}

#[test]
fn a_token_stays_with_its_host() {
    let (server, other) = (Server::start(), Server::start());
    server.registry(&["1.0.0"]);
    server.on("/v1/modules/org/vpc/aws/1.0.0/download", Reply::pointer("/near.tar"));
    server.on("/near.tar", Reply::redirect(format!("{}/far.tar", other.url())));
    other.on("/far.tar", Reply::redirect(format!("{}/back.tar", server.url())));
    server.on("/back.tar", Reply(200, vec![], tar(&[("main.tf", "# 1")])));
    let mut place = Place::allowing(&[&server, &other]);
    place.variables = vec![("TF_TOKEN_127_0_0_1".to_owned(), "s3cret".to_owned())];
    place.resolve(&format!("{}/org/vpc/aws", server.host()), "").unwrap();
    let shown = |server: &Server| -> Vec<String> {
        let line =
            |it: &crate::server::Asked| format!("{} {}", it.path, it.authorization.as_deref().unwrap_or("-"));
        server.asked().iter().map(line).collect()
    };
    assert_eq!(
        shown(&server),
        [
            "/.well-known/terraform.json Bearer s3cret",
            "/v1/modules/org/vpc/aws/versions Bearer s3cret",
            "/v1/modules/org/vpc/aws/1.0.0/download Bearer s3cret",
            "/near.tar Bearer s3cret",
            "/back.tar -",
        ]
    );
    assert_eq!(shown(&other), ["/far.tar -"]);
}

#[test]
fn no_secret_is_in_an_error() {
    let server = Server::start();
    server.on("/no.tar", Reply(403, vec![], vec![]));
    let mut place = Place::allowing(&[&server]);
    place.variables = vec![("TF_TOKEN_127_0_0_1".to_owned(), "s3cret".to_owned())];
    for source in [
        format!("{}/no.tar?token=s3cret", server.url()),
        format!("http://s3cret@{}/no.tar", server.host()),
        format!("http://me:s3cret@{}/no.tar", server.host()),
        format!("{}/org/vpc/aws", server.host()),
        format!("git::{}/git/x?ref=v1&token=s3cret", server.url()),
    ] {
        let why = place.why(&source, "");
        assert!(!why.contains("s3cret"), "{why}");
    }
}

#[test]
fn what_was_changed_in_the_cache_is_noticed() {
    let server = Server::start();
    server.registry(&["1.0.0"]).on("/v1/modules/org/vpc/aws/1.0.0/download", Reply::pointer("/1.tar"));
    server.on("/1.tar", Reply(200, vec![], tar(&[("main.tf", "# good")])));
    let place = Place::allowing(&[&server]);
    let source = format!("{}/org/vpc/aws", server.host());
    place.resolve(&source, "1.0.0").unwrap();
    let packages = place.folder.path().join("modules/packages");
    let file = fs::read_dir(&packages).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&file).unwrap();
    let at = good.windows(6).position(|it| it == b"# good").unwrap();
    let mut poisoned = good.clone();
    poisoned[at..at + 6].copy_from_slice(b"# evil");
    let mut longer = good.clone();
    longer.extend_from_slice(b"f\x01\x00\x00\x00a\x01\x00\x00\x00\x00\x00\x00\x00x");
    for bytes in [&poisoned[..], &longer, &good[..good.len() - 1], b""] {
        fs::write(&file, bytes).unwrap();
        for error in [place.resolve(&source, "1.0.0").err(), place.offline(&source, "1.0.0").err()] {
            let why = error.unwrap().to_string();
            assert!(why.contains("its content was changed after it was fetched: remove it"), "{why}");
        }
    }
    fs::write(&file, good).unwrap();
    assert_eq!(main_tf(&place.offline(&source, "1.0.0").unwrap()), "# good");
    // A deleted package is fetched again.
    fs::remove_file(&file).unwrap();
    assert!(place.offline(&source, "1.0.0").is_err());
    assert_eq!(main_tf(&place.resolve(&source, "1.0.0").unwrap()), "# good");
}
