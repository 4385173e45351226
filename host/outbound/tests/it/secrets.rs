//! Secrets that are sent and must not be returned.

use std::fmt::Write as _;

use palisade_capabilities::{AuthScheme, HttpRequest, Method};
use secrecy::ExposeSecret;

use crate::server::{World, credential, get, raw, reply};

const AUTH: &str = "canary-auth-7f3a";
const FILL: &str = "canary-fill/\"91";
const NEW: &str = "canary-new-55d0";

/// A request with a secret in its header and one in its body.
fn request(world: &World, scheme: AuthScheme, path: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        body: br#"{"hook":{}}"#.to_vec(),
        auth: Some((scheme, credential(AUTH))),
        fill: vec![("/hook/secret".to_owned(), credential(FILL))],
        ..get(&world.url("a.test", path))
    }
}

/// A server that returns all it receives, in a header and in its body.
async fn parrot() -> World {
    World::new(|seen| {
        let auth = seen.header("authorization").or_else(|| seen.header("private-token")).unwrap();
        let head = format!(
            "x-echo: {auth}\r\nX-Plain: {AUTH}\r\nx-good: good\r\nset-cookie: a=b\r\nSet-Cookie: c=d\r\n"
        );
        reply(200, &head, &format!("[{:?},{},\"rest\"]", auth, seen.body))
    })
    .await
}

#[tokio::test]
async fn what_a_server_repeats_does_not_reach_the_guest() {
    let world = parrot().await;
    let mut shown = String::new();
    for scheme in [
        AuthScheme::Bearer,
        AuthScheme::Basic("me".to_owned()),
        AuthScheme::Header("Private-Token".to_owned()),
    ] {
        let wish = request(&world, scheme.clone(), "/");
        assert!(!format!("{wish:?}").contains("canary"));
        let answer = world.http().send(wish.clone()).await.unwrap();
        let kept = world.http().download(wish).await.unwrap();
        let kept_body = String::from_utf8(kept.body.read(0, 10_000).unwrap()).unwrap();
        assert_eq!(answer.headers.iter().filter(|(name, _)| name != "content-length").count(), 1);
        assert!(kept.headers.iter().all(|(name, _)| ["content-length", "x-good"].contains(&name.as_str())));
        let text = format!("{scheme:?}\n{}\n{kept_body}\n", String::from_utf8(answer.body).unwrap());
        assert!(!text.contains("canary"), "{text}");
        shown.push_str(&text);
    }
    insta::assert_snapshot!(shown, @r#"
    Bearer
    ["Bearer ",{"hook":{"secret":""}},"rest"]
    ["Bearer ****************",{"hook":{"secret":"****************"}},"rest"]
    Basic("me")
    ["Basic ",{"hook":{"secret":""}},"rest"]
    ["Basic ****************************",{"hook":{"secret":"****************"}},"rest"]
    Header("Private-Token")
    ["",{"hook":{"secret":""}},"rest"]
    ["****************",{"hook":{"secret":"****************"}},"rest"]
    "#);
    // The server received the secrets.
    let seen = world.seen();
    assert_eq!(seen.len(), 6);
    assert!(seen.iter().all(|it| it.body == r#"{"hook":{"secret":"canary-fill/\"91"}}"#));
    assert_eq!(seen[0].header("authorization"), Some("Bearer canary-auth-7f3a"));
    assert_eq!(seen[2].header("authorization"), Some("Basic bWU6Y2FuYXJ5LWF1dGgtN2YzYQ=="));
    assert_eq!(seen[4].header("private-token"), Some(AUTH));
}

/// The guest's result of an exchange, and the credential that the host has.
async fn exchange(head: &'static str, body: &'static str) -> String {
    let world =
        World::new(move |_| raw(&format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())))
            .await;
    let wish = request(&world, AuthScheme::Bearer, "/token?q=canary");
    let outcome = world.http().exchange(wish, "/token", Some("/expires_at")).await;
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("canary"), "{shown}");
    match outcome {
        Err(error) => error.to_string(),
        Ok((credential, answer)) => {
            let kept = match credential {
                None => "nothing".to_owned(),
                Some(it) => match it.reveal().await {
                    Ok(secret) => {
                        format!("{} (is the new one: {})", it.label(), secret.expose_secret() == NEW)
                    }
                    Err(error) => error.to_string(),
                },
            };
            let names: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
            format!("{} {names:?} {}; kept: {kept}", answer.status, String::from_utf8_lossy(&answer.body))
        }
    }
}

#[tokio::test]
async fn a_new_secret_stays_with_the_host() {
    let mut shown = String::new();
    for (head, body) in [
        (
            "201 X\r\nx-token: canary-new-55d0\r\nx-good: 1",
            r#"{"token":"canary-new-55d0","expires_at":"2999-01-01T00:00:00Z","a":["canary-new-55d0","x canary-new-55d0 y","Y2FuYXJ5LW5ldy01NWQw","eC1hY2Nlc3MtdG9rZW46Y2FuYXJ5LW5ldy01NWQw"]}"#,
        ),
        ("200 X", r#"{"token":"canary\u002dnew-55d0","expires_at":"2999-01-01T00:00:00Z"}"#),
        ("200 X", r#"{"token":"canary-new-55d0","expires_at":"2001-01-01T00:00:00Z"}"#),
        ("200 X", r#"{"token":"canary-new-55d0","expires_at":"canary"}"#),
        ("200 X", r#"{"token":"canary-new-55d0"}"#),
        ("200 X", r#"{"tokens":"canary-new-55d0"}"#),
        ("200 X", "canary"),
        ("401 X\r\nx-why: canary-auth-7f3a", r#"{"message":"canary-auth-7f3a is bad"}"#),
    ] {
        shown.push_str(&exchange(head, body).await);
        shown.push('\n');
    }
    insta::assert_snapshot!(shown, @r#"
    201 ["x-good"] {"token":"","expires_at":"2999-01-01T00:00:00Z","a":["","x  y","","eC1hY2Nlc3MtdG9rZW46"]}; kept: token from a.test (is the new one: true)
    200 [] {"token":"","expires_at":"2999-01-01T00:00:00Z"}; kept: token from a.test (is the new one: true)
    200 [] {"token":"","expires_at":"2001-01-01T00:00:00Z"}; kept: not allowed: the token from a.test ended at 2001-01-01T00:00:00Z
    status 200: the response has no time (RFC 3339) at `/expires_at`
    status 200: the response has no string at `/expires_at`
    status 200: the response has no string at `/token`
    status 200: the response is not valid JSON
    401 [] {"message":" is bad"}; kept: nothing
    "#);
}

#[tokio::test]
async fn no_error_tells_a_secret() {
    let world = World::new(|_| raw("")).await;
    let mut shown = String::new();
    for url in [
        world.url("a.test", "/x?token=canary"),
        world.url("none.test", "/x?token=canary"),
        world.url("user:canary@a.test", "/x"),
        "https://user:canary@[/".to_owned(),
    ] {
        let wish = HttpRequest { url, ..request(&world, AuthScheme::Bearer, "/") };
        let error = world.http().send(wish).await.unwrap_err();
        let _ = writeln!(shown, "{error} | {error:?}");
    }
    let shown = shown.replace(&world.port.to_string(), "PORT");
    assert!(!shown.contains("canary"), "{shown}");
    insta::assert_snapshot!(shown, @r#"
    incomplete response: connection closed before message completed | Transport("incomplete response: connection closed before message completed")
    not allowed: `https://none.test:PORT` is not granted | Denied("`https://none.test:PORT` is not granted")
    not allowed: the address of the host `a.test` contains a user name or a password: use a credential | Denied("the address of the host `a.test` contains a user name or a password: use a credential")
    not allowed: invalid URL: invalid IPv6 address | Denied("invalid URL: invalid IPv6 address")
    "#);
}
