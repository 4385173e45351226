//! The description and its page, and the headers of every response.

use axum::http::StatusCode;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_description_needs_no_token() {
    let world = World::start().await;
    let reply = world.ask(None, "GET", "/api/openapi.json", "").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json(), crate::document::document());

    let page = world.ask(None, "GET", "/api/docs/", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    // The page's policy allows only scripts in files of this server.
    assert!(!page.text.contains("<script>"), "{}", page.text);
    let start = world.ask(None, "GET", "/api/docs/swagger-initializer.js", "").await;
    assert!(start.text.contains("/api/openapi.json"), "{}", start.text);
    assert!(!start.text.contains("https://"), "the page asks strangers: {}", start.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_every_answer() {
    let world = World::start().await;
    let (json, page) =
        ("default-src 'none'; frame-ancestors 'none'", "default-src 'none'; script-src 'self';");
    for (path, token, policy) in [
        ("/api/v1/status", true, json),
        ("/api/v1/status", false, json),
        ("/api/v1/nothing", true, json),
        ("/api/nothing", false, json),
        ("/api", false, json),
        ("/api/openapi.json", false, json),
        ("/api/docs", false, page),
        ("/api/docs/", false, page),
    ] {
        let reply = world.ask(token.then_some(world.admin.as_str()), "GET", path, "").await;
        let header = |name: &str| {
            let value = reply.headers.get(name).unwrap_or_else(|| panic!("{path} has no `{name}`"));
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(header("content-security-policy").starts_with(policy), "{path}");
    }
}
