//! Requests to addresses that must not be reached. Traps count every connection.

use std::net::IpAddr;
use std::sync::Arc;

use palisade_capabilities::{HttpError, HttpRequest};
use palisade_outbound::{Grant, OpenGate, Outbound};
use tokio::net::TcpStream;

use crate::server::{NAMES, TRAPS, World, get, raw, reply};

/// Hosts in every spelling that parsers are known to accept as an address.
const LITERALS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "127.0.0.1.",
    "127.0.0.2",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "metadata.google.internal",
    "metadata",
    "evil.test",
    "EVIL.test.",
];

/// URLs that look as if they led to `a.test`, which is granted; `P` is the port.
const LOOKALIKES: &[&str] = &[
    "https://a.test:P@127.0.0.1:P/",
    "https://a.test@127.0.0.1:P/",
    "https://127.0.0.1:P@a.test:P/",
    "https://user:canary@a.test:P/",
    "https://127.0.0.1:P\\@a.test:P/",
    "https://127.0.0.1:P#@a.test:P/",
    "https://127.0.0.1:P?@a.test:P/",
    "https://127.0.0.1:P/@a.test:P/",
    "https://a.test.:P/",
    "https://a.test:1/",
    "https://a.test/",
    "https://a.test:P:P/",
    "http://a.test:P/",
    "https://a.test.127.0.0.1.nip.io:P/",
    "https://xa.test:P/",
    "https://a.test%00.evil.test:P/",
    "https://a.test%2eevil.test:P/",
    "https://a.test%23@127.0.0.1:P/",
    "https://evil.test:P/a.test",
    "https:127.0.0.1:P/",
    "https:///127.0.0.1:P/",
    "//a.test:P/",
    "a.test:P/",
    "",
    "https://",
    "https://:P/",
    "file:///etc/passwd",
    "ftp://a.test:P/",
    "gopher://127.0.0.1:P/_",
    "data:,x",
    "javascript:x",
    "unix:/run/x",
    "ws://a.test:P/",
    "https+unix://a.test:P/",
    "https://[::1%25lo]:P/",
    "https://c.test:P/",
];

fn evil(world: &World) {
    let places = [
        ("localhost", "127.0.0.1"),
        ("localhost.", "127.0.0.1"),
        ("metadata.google.internal", "169.254.169.254"),
        ("metadata", "169.254.169.254"),
        ("evil.test", "127.0.0.1"),
        ("evil.test.", "127.0.0.1"),
    ];
    for (name, address) in places {
        world.names.set(name, &[&[address]]);
    }
}

/// The result of a request with a grant for its own URL and for the server.
async fn granted(world: &World, url: &str, request: HttpRequest) -> Result<u16, HttpError> {
    let own = world.url("a.test", "");
    let Ok(grant) = Grant::new([own.as_str(), url]) else { return Err(HttpError::Denied(String::new())) };
    let http = Outbound::new(world.options()).unwrap().for_plugin(grant, Arc::new(OpenGate));
    http.send(request).await.map(|it| it.status)
}

fn refused(outcome: &Result<u16, HttpError>) -> bool {
    matches!(outcome, Err(HttpError::Denied(text)) if !text.contains("canary"))
}

#[tokio::test]
async fn traps_count() {
    let world = World::new(|_| reply(200, "", "")).await;
    for port in [world.port, world.plain] {
        for trap in TRAPS {
            let before = world.caught();
            TcpStream::connect(format!("{trap}:{port}")).await.unwrap();
            while world.caught() == before {
                tokio::task::yield_now().await;
            }
        }
    }
    assert_eq!(world.caught(), 2 * TRAPS.len());
}

#[tokio::test]
async fn no_spelling_of_a_forbidden_address_is_reached_though_it_is_granted() {
    let world = World::new(|_| reply(200, "", "")).await;
    evil(&world);
    for (scheme, port) in [("https", world.port), ("http", world.plain)] {
        for host in LITERALS {
            let url = format!("{scheme}://{host}:{port}/");
            let outcome = granted(&world, &url, get(&url)).await;
            assert!(refused(&outcome), "{url}: {outcome:?}");
        }
    }
    assert_eq!((world.caught(), world.seen().len()), (0, 0));
}

#[tokio::test]
async fn no_redirect_leads_to_a_forbidden_address_though_it_is_granted() {
    let world = World::new(|seen| {
        let target = seen.header("x-target").unwrap();
        // A header consists of bytes: other characters than ASCII are sent as UTF-8.
        raw(&format!("HTTP/1.1 302 X\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n"))
    })
    .await;
    evil(&world);
    let mut hops = 0;
    for (scheme, port) in [("https", world.port), ("http", world.plain)] {
        for host in LITERALS.iter().filter(|it| it.is_ascii()) {
            let url = format!("{scheme}://{host}:{port}/");
            let mut request = get(&world.url("a.test", "/"));
            request.headers.push(("x-target".to_owned(), url.clone()));
            let outcome = granted(&world, &url, request.clone()).await;
            assert!(refused(&outcome), "{url}: {outcome:?}");
            let outcome = world.http().send(request).await.map(|it| it.status);
            assert!(refused(&outcome), "{url}: {outcome:?}");
            hops += 1;
        }
    }
    assert_eq!(world.caught(), 0);
    // Each request reached this server and no other one; a host that cannot be granted is tried once.
    let seen = world.seen();
    assert!(seen.len() > hops && seen.iter().all(|it| it.line == "GET / HTTP/1.1"));
}

#[tokio::test]
async fn what_looks_like_a_granted_host_is_not_one() {
    let world = World::new(|_| reply(200, "", "")).await;
    evil(&world);
    for url in LOOKALIKES {
        let url = url.replace('P', &world.port.to_string());
        let outcome = world.http().send(get(&url)).await.map(|it| it.status);
        assert!(refused(&outcome), "{url}: {outcome:?}");
    }
    assert_eq!((world.caught(), world.seen().len()), (0, 0));
}

#[tokio::test]
async fn a_granted_host_is_reached_however_it_is_spelt() {
    let world = World::new(|_| reply(200, "", "")).await;
    for host in ["a.test", "A.TEST", "ａ.test", "a。test", "%61.test"] {
        // The parser reads a backslash as a slash, and the same URL is used for the connection.
        for rest in ["/x#@127.0.0.1", "\\@127.0.0.1"] {
            let url = world.url(host, rest);
            assert_eq!(world.http().send(get(&url)).await.map(|it| it.status), Ok(200), "{url}");
        }
    }
    assert_eq!((world.caught(), world.seen().len()), (0, 10));
}

#[tokio::test]
async fn a_name_is_held_against_its_addresses_each_time() {
    let world = World::new(|_| reply(200, "connection: close\r\n", "")).await;
    let http = world.http();
    let url = world.url("a.test", "/");
    // First the allowed address, then this machine.
    world.names.set("a.test", &[&["127.0.0.42"], &["127.0.0.1"]]);
    assert_eq!(http.send(get(&url)).await.map(|it| it.status), Ok(200));
    let second = http.send(get(&url)).await.map(|it| it.status);
    assert!(refused(&second), "{second:?}");
    // Allowed and forbidden addresses together: the allowed one is used.
    world.names.set("a.test", &[&["127.0.0.1", "::1", "127.0.0.42", "::ffff:127.0.0.2"]]);
    assert_eq!(http.send(get(&url)).await.map(|it| it.status), Ok(200));
    // An IPv4-mapped address is treated as the listed address.
    world.names.set("a.test", &[&["::ffff:127.0.0.42"]]);
    assert_eq!(http.send(get(&url)).await.map(|it| it.status), Ok(200));
    assert_eq!((world.caught(), world.seen().len()), (0, 3));
}

#[tokio::test]
async fn no_name_leads_to_a_forbidden_address() {
    let world = World::new(|_| reply(200, "", "")).await;
    let addresses =
        LITERALS.iter().map(|it| it.trim_matches(['[', ']'])).filter_map(|it| it.parse::<IpAddr>().ok());
    let mut tried = 0;
    for address in addresses {
        for name in NAMES {
            let text = address.to_string();
            world.names.set(name, &[&[text.as_str()]]);
            let url = world.url(name, "/");
            let outcome = granted(&world, &url, get(&url)).await;
            assert!(refused(&outcome), "{name} at {address}: {outcome:?}");
            // The error does not reveal the internal address of the host.
            assert!(!outcome.unwrap_err().to_string().contains(&text));
            tried += 1;
        }
    }
    assert!(tried > 90);
    assert_eq!((world.caught(), world.seen().len()), (0, 0));
}
