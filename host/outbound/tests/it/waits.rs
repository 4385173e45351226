//! Waits that a server asks for.

use std::sync::Arc;

use palisade_capabilities::HttpError;
use palisade_outbound::{Gate, MemoryGate};

use crate::server::{World, get, raw};

/// The result of a second request after a reply, and the number of requests that arrive.
async fn check(head: &'static str, longest: u64, shortest: u64) {
    let world = World::new(move |_| raw(&format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n"))).await;
    let gate = Arc::new(MemoryGate::default());
    let http = world.http_with(world.options(), gate);
    let url = world.url("a.test", "/");
    http.send(get(&url)).await.unwrap();
    let second = http.send(get(&url)).await;
    match second {
        Err(HttpError::Wait(left)) => {
            assert!((shortest..=longest).contains(&left), "{head}: {left}");
            assert_eq!(world.seen().len(), 1, "{head}");
        }
        other => {
            assert_eq!((other.is_ok(), longest), (true, 0), "{head}");
            assert_eq!(world.seen().len(), 2, "{head}");
        }
    }
}

#[tokio::test]
async fn an_answer_closes_the_gate() {
    for (head, longest, shortest) in [
        ("200 X", 0, 0),
        ("500 X", 0, 0),
        ("403 X", 0, 0),
        ("429 X\r\nretry-after: 30", 30, 25),
        ("403 X\r\nretry-after: 30", 30, 25),
        ("503 X\r\nretry-after: 30", 30, 25),
        ("429 X\r\nretry-after: Wed, 25 Nov 2099 12:00:30 GMT", 86_400, 86_390),
        ("403 X\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 9999999999", 86_400, 86_390),
        ("200 X\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 9999999999", 86_400, 86_390),
        ("429 X\r\nratelimit-remaining: 0\r\nratelimit-reset: 9999999999", 86_400, 86_390),
        ("200 X\r\nx-ratelimit-remaining: 1\r\nx-ratelimit-reset: 9999999999", 0, 0),
        ("429 X", 60, 55),
    ] {
        check(head, longest, shortest).await;
    }
}

/// Lets all requests through and records the waits.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<u64>>);

#[async_trait::async_trait]
impl Gate for Told {
    async fn wait(&self) -> Option<std::time::Duration> {
        None
    }

    async fn hold(&self, time: std::time::Duration) {
        self.0.lock().unwrap().push(time.as_secs());
    }
}

#[tokio::test]
async fn bare_refusals_take_longer_each_time_until_a_success() {
    let world = World::new(|seen| {
        let status = seen.path().trim_start_matches('/');
        raw(&format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"))
    })
    .await;
    let gate = Arc::new(Told::default());
    let http = world.http_with(world.options(), Arc::clone(&gate) as Arc<dyn Gate>);
    for status in ["429", "429", "500", "429", "200", "429"] {
        http.send(get(&world.url("a.test", &format!("/{status}")))).await.unwrap();
    }
    assert_eq!(*gate.0.lock().unwrap(), [60, 120, 240, 60]);
}

#[tokio::test]
async fn a_closed_gate_opens_no_connection() {
    let world = World::new(|_| raw("HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n")).await;
    let gate = Arc::new(MemoryGate::default());
    gate.hold(std::time::Duration::from_millis(1500)).await;
    let http = world.http_with(world.options(), gate);
    let url = world.url("a.test", "/");
    assert_eq!(http.send(get(&url)).await, Err(HttpError::Wait(2)));
    assert!(matches!(http.download(get(&url)).await.err(), Some(HttpError::Wait(_))));
    assert!(matches!(http.exchange(get(&url), "/t", None).await.err(), Some(HttpError::Wait(_))));
    assert_eq!(world.seen().len(), 0);
}
