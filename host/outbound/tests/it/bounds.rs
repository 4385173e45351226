//! Responses that are too large, too slow, cut off or compressed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_capabilities::{Http, HttpError, Method};
use palisade_outbound::{OpenGate, Options, Outbound, OutboundError};

use crate::server::{Reply, Seen, TORN, World, get, raw, reply};

const MOST: u64 = 1000;

fn answer(seen: &Seen) -> Reply {
    let long = "x".repeat(1001);
    match seen.path() {
        "/fits" => reply(200, "", &"x".repeat(1000)),
        "/long" => reply(200, "", &long),
        "/long-chunked" => {
            raw(&format!("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n"))
        }
        "/long-endless" => raw(&format!("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n{long}")),
        "/cut" => raw("HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\nxxx"),
        "/cut-chunked" => raw("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\nxx"),
        "/cut-between-chunks" => raw("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nxx\r\n"),
        "/cut-head" => raw("HTTP/1.1 200 X\r\ncontent-le"),
        "/nothing" => raw(""),
        "/no-http" => raw("hello\r\n\r\n"),
        "/two-lengths" => raw("HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx"),
        TORN => raw("HTTP/1.1 200 X\r\nconnection: close\r\n\r\nxx"),
        "/too-much" => raw("HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\nxxxx"),
        "/gzip" => reply(200, "content-encoding: gzip\r\n", "xx"),
        "/twice" => reply(200, "content-encoding: identity\r\ncontent-encoding: br\r\n", "xx"),
        "/identity" => reply(200, "content-encoding: Identity\r\n", "xx"),
        "/slow" => Reply(reply(200, "", "").0, Duration::from_secs(30)),
        _ => reply(404, "", "nothing"),
    }
}

/// The results of a request and of a download of a path.
async fn both(http: &Arc<dyn Http>, world: &World, path: &str) -> [Result<(u16, u64), HttpError>; 2] {
    let mut request = get(&world.url("a.test", path));
    request.timeout = Some(Duration::from_millis(700));
    [
        http.send(request.clone()).await.map(|it| (it.status, it.body.len() as u64)),
        http.download(request).await.map(|it| (it.status, it.body.size())),
    ]
}

#[tokio::test]
async fn every_bound() {
    let world = World::new(answer).await;
    let options = Options { largest_answer: MOST, largest_download: MOST, ..world.options() };
    let http = world.http_with(options, Arc::new(OpenGate));
    let begin = Instant::now();
    for (path, expected) in [
        ("/fits", "Ok((200, 1000))"),
        ("/long", "Err(TooLarge(1000))"),
        ("/long-chunked", "Err(TooLarge(1000))"),
        ("/long-endless", "Err(TooLarge(1000))"),
        ("/cut", "Err(Transport"),
        ("/cut-chunked", "Err(Transport"),
        ("/cut-between-chunks", "Err(Transport"),
        ("/cut-head", "Err(Transport"),
        ("/nothing", "Err(Transport"),
        ("/no-http", "Err(Transport"),
        ("/two-lengths", "Err(Transport"),
        (TORN, "Err(Transport"),
        ("/too-much", "Ok((200, 2))"),
        ("/gzip", "Err(Transport"),
        ("/twice", "Err(Transport"),
        ("/identity", "Ok((200, 2))"),
        ("/slow", "Err(Timeout)"),
        ("/else", "Ok((404, 7))"),
    ] {
        for found in both(&http, &world, path).await {
            assert!(format!("{found:?}").starts_with(expected), "{path}: {found:?}");
        }
    }
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn the_shorter_time_counts() {
    let world = World::new(answer).await;
    let options = Options { timeout: Duration::from_millis(300), ..world.options() };
    let http = world.http_with(options, Arc::new(OpenGate));
    let mut request = get(&world.url("a.test", "/slow"));
    request.timeout = Some(Duration::from_mins(1));
    let begin = Instant::now();
    assert_eq!(http.send(request).await, Err(HttpError::Timeout));
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_download_is_read_in_parts() {
    let world = World::new(|_| reply(200, "x-kind: tar\r\n", "0123456789")).await;
    let kept = world.http().download(get(&world.url("a.test", "/"))).await.unwrap();
    assert!(kept.headers.contains(&("x-kind".to_owned(), "tar".to_owned())));
    assert_eq!(kept.body.size(), 10);
    for (offset, length, expected) in [
        (0, 4, "0123"),
        (8, 4, "89"),
        (10, 4, ""),
        (99, 4, ""),
        (u64::MAX, 1, ""),
        (0, u32::MAX, "0123456789"),
        (3, 0, ""),
    ] {
        let part = kept.body.read(offset, length).unwrap();
        assert_eq!(String::from_utf8(part).unwrap(), expected, "{offset} {length}");
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let world = World::new(|_| raw("HTTP/1.1 200 X\r\ncontent-length: 5000\r\n\r\n")).await;
    let options = Options { largest_answer: MOST, ..world.options() };
    let mut request = get(&world.url("a.test", "/"));
    request.method = Method::Head;
    let answer = world.http_with(options, Arc::new(OpenGate)).send(request).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert!(answer.headers.contains(&("content-length".to_owned(), "5000".to_owned())));
}

#[tokio::test]
async fn a_server_must_be_trusted() {
    let world = World::new(|_| reply(200, "", "")).await;
    let other = World::new(|_| reply(200, "", "")).await;
    let options = Options { roots: other.options().roots, ..world.options() };
    let found = world.http_with(options, Arc::new(OpenGate)).send(get(&world.url("a.test", "/"))).await;
    assert!(matches!(found, Err(HttpError::Transport(_))), "{found:?}");
    assert_eq!(world.seen().len(), 0);
    let broken = Options { roots: vec![b"no certificate".to_vec()], ..world.options() };
    assert_eq!(Outbound::new(broken).err(), Some(OutboundError::Root(0)));
}
