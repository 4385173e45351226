//! The requests that each server receives in a chain of redirects.

use std::fmt::Write as _;

use palisade_capabilities::{AuthScheme, HttpRequest, Method};

use crate::server::{Seen, World, credential, get, reply};

/// Redirects to the targets in the query, one hop after the other, separated by `|`.
fn send_on(seen: &Seen) -> crate::server::Reply {
    let Some((status, rest)) = seen.path().split_once('?').and_then(|(_, it)| it.split_once('~')) else {
        return reply(200, "", "arrived");
    };
    reply(status.parse().unwrap(), &format!("location: {rest}\r\n"), "")
}

fn shown(world: &World, outcome: Result<u16, String>) -> String {
    let mut text = match outcome {
        Ok(status) => format!("= {status}\n"),
        Err(error) => format!("= {error}\n"),
    };
    for seen in world.seen() {
        let _ = writeln!(text, "{}", seen.line);
        for name in
            ["host", "authorization", "private-token", "cookie", "referer", "accept-encoding", "x-own"]
        {
            if let Some(value) = seen.header(name) {
                let _ = writeln!(text, "  {name}: {value}");
            }
        }
        if !seen.body.is_empty() {
            let _ = writeln!(text, "  {}", seen.body);
        }
    }
    text.replace(&world.port.to_string(), "PORT")
}

async fn check(scheme: AuthScheme, method: Method, path: &str) -> String {
    let world = World::new(send_on).await;
    let port = world.port.to_string();
    let path = path
        .replace("A/", &format!("https://a.test:{port}/"))
        .replace("B/", &format!("https://b.test:{port}/"));
    let body = if method == Method::Get { "" } else { "{}" };
    let fill = if body.is_empty() { Vec::new() } else { vec![("/s".to_owned(), credential("canary-fill"))] };
    let request = HttpRequest {
        method,
        headers: vec![("x-own".to_owned(), "kept".to_owned())],
        body: body.as_bytes().to_vec(),
        auth: Some((scheme, credential("canary-auth"))),
        fill,
        ..get(&world.url("a.test", &path))
    };
    let outcome = world.http().send(request).await.map(|it| it.status).map_err(|it| it.to_string());
    shown(&world, outcome)
}

#[tokio::test]
async fn what_each_server_sees() {
    use Method::{Get, Post};
    let private = || AuthScheme::Header("Private-Token".to_owned());
    let mut text = String::new();
    for (name, scheme, method, path) in [
        ("stays", AuthScheme::Bearer, Get, "/1?302~/2?301~A/3"),
        ("leaves and comes back", AuthScheme::Bearer, Get, "/1?302~B/2?302~A/3"),
        ("a header of its own", private(), Get, "/1?307~B/2"),
        ("the method stays", AuthScheme::Basic("me".to_owned()), Post, "/1?307~/2"),
        ("the method would change", AuthScheme::Bearer, Post, "/1?302~/2"),
        ("a POST would leave", AuthScheme::Bearer, Post, "/1?308~B/2"),
        ("too many", AuthScheme::Bearer, Get, "/1?302~/2?302~/3?302~/4?302~/5?302~/6?302~/7"),
        ("as many as may be", AuthScheme::Bearer, Get, "/1?302~/2?302~/3?302~/4?302~/5?302~/6"),
        ("not granted", AuthScheme::Bearer, Get, "/1?302~https://c.test/?t=canary"),
    ] {
        let _ = writeln!(text, "## {name}\n{}", check(scheme, method, path).await);
    }
    insta::assert_snapshot!(text);
}
