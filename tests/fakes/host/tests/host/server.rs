//! Requests, faults, outages, and Git over HTTP.

use std::process::Command;
use std::time::{Duration, Instant};

use palisade_fake_host::{Fault, Listeners, Rule};
use serde_json::json;

use crate::support::{SHOP, World};

#[tokio::test]
async fn requests_are_answered_and_recorded() {
    let world = World::new().await;
    let answer = |id: u64, q: Option<&str>, sent: serde_json::Value| {
        json!({ "id": id, "q": q, "sent": sent, "by": "anyone" }).to_string()
    };
    let table = [
        ("/things/7?q=a+b", r#"{"a":1}"#, 200, answer(7, Some("a b"), json!({ "a": 1 }))),
        ("/things/x", "", 200, answer(0, None, json!(null))),
        ("/things/7", "{", 400, String::new()),
        ("/nothing", "", 404, String::new()),
        // Not a path of Git, though it ends like one.
        ("/things/info/refs", "", 404, String::new()),
    ];
    for (path, body, status, expected) in &table {
        assert_eq!(world.post(path, body).await.unwrap(), (*status, expected.clone()), "{path}");
    }
    let (status, text) = world.post("/panic", "").await.unwrap();
    assert_eq!(status, 500);
    assert!(text.starts_with("the fake broke: "), "{text}");
    let requests = world.host().ledger.requests();
    let seen: Vec<(&str, u16)> = requests.iter().map(|one| (one.path.as_str(), one.status)).collect();
    let expected: Vec<(&str, u16)> =
        table.iter().map(|(path, _, status, _)| (*path, *status)).chain([("/panic", 500)]).collect();
    assert_eq!(seen, expected);
    assert_eq!(requests[0].body, json!({ "a": 1 }));
    let unknown = r#"Operation("unknown operation")"#;
    assert_eq!(
        world.host().ledger.violations(),
        [
            "POST /things/7: Json".to_owned(),
            format!("POST /nothing: {unknown}"),
            format!("POST /things/info/refs: {unknown}"),
        ]
    );
    let response = world.http.post(format!("{}/things/7", world.url)).send().await.unwrap();
    assert_eq!(response.headers()["x-served"], "7");
}

#[tokio::test]
async fn faults() {
    let world = World::new().await;
    let faults = &world.host().faults;
    let under = async |fault: Fault| {
        faults.fail(Rule::new("POST", "^/things/", 1, fault));
        let response = world.post("/things/7", "").await;
        assert_eq!(world.post("/things/7", "").await.unwrap().0, 200);
        response
    };
    let table = [
        (Fault::status(500, "no"), 500, r#"{"message":"no"}"#),
        (Fault::retry_after(429, "7"), 429, "limit"),
        (Fault::rate_limited(1_800_000_000), 403, "limit"),
        (Fault::RedirectTo("https://example.com/x".into()), 302, ""),
        (Fault::Html203, 203, "<!DOCTYPE html>"),
    ];
    for (fault, status, text) in table {
        let (got, body) = under(fault).await.unwrap();
        assert_eq!(got, status, "{body}");
        assert!(body.contains(text), "{body}");
    }
    let begun = Instant::now();
    assert_eq!(under(Fault::Slow(Duration::from_millis(200))).await.unwrap().0, 200);
    assert_eq!(under(Fault::SlowBody(Duration::from_millis(20))).await.unwrap().0, 200);
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    for fault in [Fault::Truncated, Fault::WrongLength, Fault::Reset, Fault::ResetAfter] {
        assert!(under(fault.clone()).await.is_err(), "{fault:?}");
    }
    let run = async |seed| {
        faults.chaos(seed, 0.5, vec![Fault::status(500, "a"), Fault::status(502, "b")]);
        let mut seen = Vec::new();
        for _ in 0..16 {
            seen.push(world.post("/things/7", "").await.unwrap().0);
        }
        seen
    };
    let (one, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    faults.heal();
    assert_eq!(world.post("/things/7", "").await.unwrap().0, 200);
}

#[tokio::test]
async fn an_outage() {
    let world = World::new().await;
    let port: u16 = world.url.rsplit_once(':').unwrap().1.parse().unwrap();
    let taken = async || tokio::net::TcpListener::bind(("127.0.0.1", port)).await.is_err();
    for away in [true, false, true, true, false, false] {
        world.server.outage(away).await.unwrap();
        match world.post("/things/7", "").await {
            Ok((status, _)) => assert!(!away && status == 200, "{status}"),
            Err(error) => assert!(away && error.is_connect(), "{error:?}"),
        }
        assert!(taken().await, "nothing else gets the port");
        assert!(Listeners::bind("Another", &[port]).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn git_with_credentials() {
    let world = World::new().await;
    let sha = world.host().git.commit(SHOP, "main", None, "Begin", &[("a.tf", Some("\n"))]).unwrap();
    let pull = "refs/merge-requests/1/head";
    world.host().git.point(SHOP, pull, &sha);
    assert_eq!(world.host().git.resolve(SHOP, pull).as_deref(), Some(sha.as_str()));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, world.server.ca_pem()).unwrap();
    let host = world.url.strip_prefix("https://").unwrap();
    let table = [
        (format!("https://user:secret@{host}/git/{SHOP}"), true),
        (format!("https://user:other@{host}/git/{SHOP}"), false),
        (format!("https://user:secret@{host}/git/other"), false),
        (format!("https://{host}/git/{SHOP}"), false),
        (format!("https://user:secret@{host}/{SHOP}"), false),
    ];
    for (address, allowed) in table {
        let output = Command::new("git")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_SSL_CAINFO", &ca)
            .env("NO_PROXY", "localhost")
            .args(["ls-remote", &address])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.success(), allowed, "{address}: {text}");
        assert_eq!(text.contains(&format!("{sha}\t{pull}")), allowed, "{address}: {text}");
    }
}
