//! The webhook endpoint under attack: bodies that do not end, too many bodies, and too many senders. The real service
//! with the real adapter, over real sockets.

use std::time::{Duration, Instant};

use palisade_fake_github::signature;
use palisade_store::Page;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::client;
use crate::world::{Kind, World};

/// Longer than any step of these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Target {
    world: World,
    address: String,
    /// The path of a connection that exists.
    path: String,
}

async fn target() -> Target {
    let world = World::start(Kind::Sqlite).await.unwrap();
    world.integrate().await;
    let connections = world.service.connections().list(&Page::first(1)).await.unwrap().items;
    let address = world.url.trim_start_matches("http://").to_owned();
    Target { address, path: format!("/hooks/{}", connections[0].id), world }
}

impl Target {
    /// A delivery whose head is sent, with one more header.
    async fn begun(&self, path: &str, header: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\n{header}\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// Sends a valid delivery and returns the status of the response.
    async fn delivers(&self) -> u16 {
        let body = br#"{"zen":"Keep it logically awesome."}"#;
        let proof = signature(&self.world.fake.app().webhook_secret, body);
        let id = palisade_store::new_id();
        let request = client()
            .post(format!("http://{}{}", self.address, self.path))
            .header("x-github-event", "ping")
            .header("x-github-delivery", id)
            .header("x-hub-signature-256", proof);
        request.body(body.to_vec()).send().await.unwrap().status().as_u16()
    }
}

/// The response, once the connection has ended; a reset counts as an end.
async fn answer(stream: &mut TcpStream) -> String {
    let (mut all, mut some) = (Vec::new(), [0; 4_096]);
    let read = async {
        while let Ok(count @ 1..) = stream.read(&mut some).await {
            all.extend_from_slice(&some[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the connection ends");
    String::from_utf8(all).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_limits() {
    let target = target().await;
    // Nothing after the head; announced as too large; cut off.
    let begin = Instant::now();
    let mut stream = target.begun(&target.path, "content-length: 100").await;
    let text = answer(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 503 ") && text.contains("too slowly"), "{text}");
    assert!(text.to_ascii_lowercase().contains("\r\nretry-after: "), "{text}");
    let took = begin.elapsed();
    assert!(took > Duration::from_secs(1) && took < Duration::from_secs(10), "{took:?}");

    let begin = Instant::now();
    let mut stream = target.begun(&target.path, "content-length: 26214401").await;
    let text = answer(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(begin.elapsed() < Duration::from_secs(2));

    // One byte now and then, for as long as the connection lasts.
    let begin = Instant::now();
    let mut stream = target.begun(&target.path, "content-length: 25000000").await;
    while stream.write_all(b"x").await.is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(10), "it is read on and on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Valid deliveries are still accepted.
    assert_eq!(target.delivers().await, 202);
    target.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_for_bodies_is_bounded() {
    const SENDERS: usize = 12;
    let target = target().await;
    // Each sends 10 MiB of 24 at once and then waits: 64 MiB are available for all of them.
    let piece = vec![b'x'; 1 << 20];
    let mut tasks = Vec::new();
    for _ in 0..SENDERS {
        let mut stream = target.begun(&target.path, "content-length: 25165824").await;
        let piece = piece.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                if stream.write_all(&piece).await.is_err() {
                    break;
                }
            }
            answer(&mut stream).await
        }));
    }
    let mut refused = 0;
    for task in tasks {
        let text = task.await.unwrap();
        // The response may be lost if the rest of the body was still being sent.
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 503 "), "{text}");
        refused += usize::from(text.is_empty() || text.contains("too many deliveries"));
    }
    assert!(refused >= SENDERS - 6, "only {refused} of {SENDERS} had no room");
    // Their memory is free again.
    assert_eq!(target.delivers().await, 202);
    target.world.end().await;
}

/// As many senders as places, to a connection that does not exist: the API and other deliveries continue.
#[tokio::test(flavor = "multi_thread")]
async fn slow_senders_to_nobody_stop_nothing() {
    let senders = palisade_tests::quick_or_all((300, 4_096));
    // This process has both ends of each connection.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    let target = target().await;
    let before = memory();
    let mut streams = Vec::new();
    for _ in 0..senders {
        let Ok(mut stream) = TcpStream::connect(&target.address).await else { continue };
        let head = format!(
            "POST /hooks/x HTTP/1.1\r\nhost: {}\r\ncontent-length: 25165824\r\n\r\nx",
            target.address
        );
        if stream.write_all(head.as_bytes()).await.is_ok() {
            streams.push(stream);
        }
    }
    let begin = Instant::now();
    let status = reqwest::get(format!("{}/api/v1/status", target.world.url)).await.unwrap().status();
    assert_eq!(status.as_u16(), 401, "the API answers");
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    assert_eq!(target.delivers().await, 202);
    let grown = memory().saturating_sub(before);
    println!("{senders} senders: {} MiB more, the API after {:?}", grown >> 20, begin.elapsed());
    assert!(grown < 256 << 20, "{} MiB more", grown >> 20);
    for stream in &mut streams {
        let text = answer(stream).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 401 "), "{text}");
    }
    target.world.end().await;
}

/// The resident memory of this process, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() << 10
}
