//! Git's protocol, with the same rules.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use palisade_outbound::{MemoryGate, OpenGate, Options, Outbound};
use palisade_source::{Fetch, GitWeb};
use tempfile::TempDir;

use crate::server::{Reply, Seen, World, credential, raw, reply};

const KIND: &str = "content-type: application/x-git-upload-pack-result\r\n";

fn answer(seen: &Seen) -> Reply {
    match seen.path() {
        "/pack" => reply(200, KIND, &"p".repeat(300_000)),
        "/cut" => raw(&format!("HTTP/1.1 200 X\r\n{KIND}content-length: 10\r\n\r\nppp")),
        "/long" => raw(&format!("HTTP/1.1 200 X\r\n{KIND}connection: close\r\n\r\n{}", "p".repeat(400_001))),
        "/moved" => reply(302, "location: /pack\r\n", ""),
        "/away" => reply(302, "location: https://c.test/pack\r\n", ""),
        "/busy" => reply(429, "retry-after: 60\r\n", ""),
        "/no" => reply(401, "", ""),
        _ => reply(404, "", ""),
    }
}

fn read(web: &dyn GitWeb, url: &str, body: Option<Vec<u8>>) -> String {
    let headers = [("Git-Protocol", "version=2"), ("Expect", "100-continue"), ("Accept-Encoding", "gzip")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut answer = match web.request(url, &headers, body) {
        Err(error) => return error.to_string(),
        Ok(answer) => answer,
    };
    let mut all = Vec::new();
    match answer.body.read_to_end(&mut all) {
        Ok(length) => format!("{length} bytes of {}", answer.content_type),
        Err(error) => format!("within the body: {error}"),
    }
}

#[tokio::test]
async fn requests_are_carried_with_a_credential() {
    let world = World::new(answer).await;
    let outbound = Outbound::new(Options { largest_pack: 400_000, ..world.options() }).unwrap();
    let gate = Arc::new(MemoryGate::default());
    let web = outbound.git(world.grant(&["a.test"]), gate, "me", credential("canary"));
    let asks: Vec<(String, Option<Vec<u8>>)> = [
        ("/pack", None),
        ("/pack", Some(b"want".to_vec())),
        ("/moved", None),
        ("/moved", Some(b"want".to_vec())),
        ("/away", None),
        ("/cut", None),
        ("/long", None),
        ("/no", None),
        ("/none", None),
        ("/busy", None),
        ("/pack", None),
    ]
    .into_iter()
    .map(|(path, body)| (world.url("a.test", path), body))
    .collect();
    let answer = tokio::task::spawn_blocking(move || {
        asks.into_iter().map(|(url, body)| read(web.as_ref(), &url, body)).collect::<Vec<_>>().join("\n")
    });
    let answer = answer.await.unwrap();
    assert!(!answer.contains("canary"));
    insta::assert_snapshot!(answer, @r"
    300000 bytes of application/x-git-upload-pack-result
    300000 bytes of application/x-git-upload-pack-result
    300000 bytes of application/x-git-upload-pack-result
    not allowed: a redirect: the server returns 302 for a request that changes data
    not allowed: a redirect: `https://c.test` is not granted
    within the body: incomplete response: end of file before message length reached
    within the body: the response has more than 400000 bytes
    the server does not accept the credential
    the server returns 404
    the server returns 429
    the remote server asks to wait 60 s
    ");
    let seen = world.seen();
    assert!(seen.iter().all(|it| it.header("authorization") == Some("Basic bWU6Y2FuYXJ5")));
    assert!(seen.iter().all(|it| it.header("git-protocol") == Some("version=2")));
    assert!(seen.iter().all(|it| it.header("accept-encoding") == Some("identity")));
    assert_eq!(seen[1].body, "want");
    assert_eq!(seen.len(), 11);
}

#[tokio::test]
async fn a_repository_elsewhere_is_not_asked() {
    let world = World::new(answer).await;
    let outbound = Outbound::new(world.options()).unwrap();
    let web = outbound.git(world.grant(&["a.test"]), Arc::new(OpenGate), "me", credential("canary"));
    let url = world.url("b.test", "/pack");
    let answer = tokio::task::spawn_blocking(move || read(web.as_ref(), &url, None)).await.unwrap();
    assert!(answer.contains("is not granted"), "{answer}");
    assert_eq!(world.seen().len(), 0);
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", folder);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Somebody").env(format!("GIT_{who}_EMAIL"), "x@example.org");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Git's own server, a CGI program (RFC 3875).
fn backend(folder: &Path, seen: &Seen) -> Reply {
    if seen.header("authorization") != Some("Basic bWU6Y2FuYXJ5") {
        return reply(401, "", "");
    }
    let (path, query) = seen.path().split_once('?').unwrap_or((seen.path(), ""));
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", seen.line.split(' ').next().unwrap())
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", seen.header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", seen.body.len().to_string())
        .env("GIT_PROTOCOL", seen.header("git-protocol").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(seen.body.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    Reply([b"HTTP/1.1 200 X\r\nconnection: close\r\n".to_vec(), output].concat(), Duration::ZERO)
}

#[tokio::test]
async fn a_commit_is_fetched_from_gits_own_server() {
    let folder = TempDir::new().unwrap();
    let work = folder.path().join("repo");
    fs::create_dir_all(&work).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch", "main"]);
    fs::write(work.join("main.tf"), "# here").unwrap();
    git(&work, &["add", "--all"]);
    git(&work, &["commit", "--quiet", "--message", "first"]);
    let commit = git(&work, &["rev-parse", "HEAD"]);

    let place = folder.path().to_owned();
    let world = World::new(move |seen| backend(&place, seen)).await;
    let outbound = Outbound::new(world.options()).unwrap();
    let grant = world.grant(&["a.test"]);
    let good = outbound.git(grant.clone(), Arc::new(OpenGate), "me", credential("canary"));
    let bad = outbound.git(grant, Arc::new(OpenGate), "me", credential("canary-bad"));
    let url = world.url("a.test", "/repo/.git");
    let fetched = tokio::task::spawn_blocking(move || {
        let (into, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let fetch = Fetch::new(into.path(), &url, good).unwrap();
        let (name, found) = fetch.find(Some("main")).unwrap();
        let refused = Fetch::new(other.path(), &url, bad).unwrap().find(Some("main")).unwrap_err();
        (found, fetch.fetch(&name).unwrap(), refused.to_string())
    });
    let (found, fetched, refused) = fetched.await.unwrap();
    assert_eq!((found.as_str(), fetched.as_str()), (commit.as_str(), commit.as_str()));
    assert!(refused.contains("does not accept the credential") && !refused.contains("canary"), "{refused}");
}
