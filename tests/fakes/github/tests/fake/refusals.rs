//! Requests that the fake refuses and records.

use palisade_fake_github::Options;
use serde_json::{Value, json};

use crate::support::{SHOP, World, assertion};

#[tokio::test]
async fn bodies_and_paths() {
    let world = World::new().await;
    if !world.described() {
        return;
    }
    let annotation = |level: &str| json!({ "path": "a", "start_line": 1, "end_line": 1, "annotation_level": level, "message": "m" });
    let output =
        |summary: &str, all: Vec<Value>| json!({ "title": "t", "summary": summary, "annotations": all });
    let with = |more: Value| {
        let mut body = json!({ "name": "palisade", "head_sha": world.head });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let runs = "/repos/acme/shop/check-runs";
    let table = [
        (true, "POST", runs, with(json!({})), 201),
        (true, "POST", runs, with(json!({ "output": output("s", vec![annotation("warning"); 50]) })), 201),
        (true, "POST", runs, with(json!({ "output": output(&"x".repeat(65_535), vec![]) })), 201),
        (true, "POST", runs, with(json!({ "status": "completed", "conclusion": "success" })), 201),
        (true, "POST", runs, json!({ "name": "palisade", "head_sha": "0".repeat(40) }), 422),
        (true, "GET", "/repos/acme/none", Value::Null, 404),
        (false, "POST", runs, json!({ "head_sha": world.head }), 422),
        (false, "POST", runs, Value::Null, 422),
        (false, "POST", runs, with(json!({ "output": output("s", vec![annotation("error")]) })), 422),
        (false, "POST", runs, with(json!({ "output": output("s", vec![annotation("warning"); 51]) })), 422),
        (false, "POST", runs, with(json!({ "output": output(&"x".repeat(65_536), vec![]) })), 422),
        (false, "POST", runs, with(json!({ "output": { "title": "t" } })), 422),
        (false, "POST", runs, with(json!({ "status": "completed" })), 422),
        (false, "POST", runs, with(json!({ "status": "done" })), 422),
        (false, "GET", "/repos/acme/shop/check-runs/seven", Value::Null, 422),
        (false, "GET", "/repos/acme/shop/pulls?state=ajar", Value::Null, 422),
        (false, "GET", "/repos/acme/shop/pulls?colour=red", Value::Null, 422),
        (false, "GET", "/nothing/here", Value::Null, 404),
        (false, "DELETE", "/repos/acme/shop/check-runs", Value::Null, 404),
    ];
    for (fine, method, path, body, status) in table {
        let before = world.fake.violations().len();
        let (got, answer) = world.ask(method, path, (!body.is_null()).then_some(&body)).await;
        assert_eq!(got, status, "{method} {path} {body}: {answer}");
        assert_eq!(world.fake.violations().len() == before, fine, "{method} {path} {body}: {answer}");
    }
}

#[tokio::test]
async fn headers() {
    let world = World::new().await;
    let jwt = format!("Bearer {}", world.jwt());
    let token = format!("token {}", world.token);
    let (repository, app) = ("/repos/acme/shop", "/app");
    let table: [(&str, &str, Option<&str>, u16); 12] = [
        (repository, "accept", Some("application/json"), 400),
        (repository, "accept", None, 400),
        (repository, "user-agent", None, 400),
        (repository, "x-github-api-version", None, 400),
        (repository, "x-github-api-version", Some("2099-01-01"), 400),
        (repository, "authorization", None, 401),
        (repository, "authorization", Some("Basic YTpi"), 401),
        (repository, "authorization", Some(&jwt), 401),
        (repository, "authorization", Some(&token), 200),
        (app, "authorization", Some(&token), 401),
        (app, "authorization", Some(&jwt), 200),
        (app, "authorization", None, 401),
    ];
    for (path, name, value, status) in table {
        let before = world.fake.violations().len();
        let mut request = world.request("GET", path).build().unwrap();
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request
                .headers_mut()
                .insert(name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let got = world.http.execute(request).await.unwrap().status().as_u16();
        assert_eq!(got, status, "{path} {name} {value:?}");
        assert_eq!(world.fake.violations().len() == before, status == 200, "{path} {name} {value:?}");
    }
}

#[tokio::test]
async fn assertions_and_tokens_that_do_not_hold() {
    let world = World::with(Options { token_seconds: Some(2), ..Options::default() }).await;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let app = world.fake.app();
    let table = [
        (json!({ "iss": app.id, "iat": now - 60, "exp": now + 500 }), 200),
        (json!({ "iss": app.id, "iat": now - 600, "exp": now - 1 }), 401),
        (json!({ "iss": app.id, "iat": now - 60, "exp": now + 700 }), 401),
        (json!({ "iss": "other", "iat": now - 60, "exp": now + 500 }), 401),
    ];
    let ask = async |assertion: &str| {
        let request = world.request("GET", "/app");
        let mut request = request.build().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {assertion}").parse().unwrap());
        world.http.execute(request).await.unwrap().status().as_u16()
    };
    for (claims, status) in table {
        assert_eq!(ask(&assertion(app, &claims)).await, status, "{claims}");
    }
    // Signed by another key.
    let other = World::new().await;
    assert_eq!(ask(&other.jwt()).await, 401);
    // None of these is a violation: credentials may expire at any time.
    assert_eq!(world.fake.violations(), Vec::<String>::new());
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(world.ask("GET", "/repos/acme/shop", None).await.0, 401);
}

#[tokio::test]
async fn a_token_stays_within_its_installation() {
    let mut world = World::new().await;
    let other = world.fake.add_installation("umbrella");
    world.fake.add_repository(other, "umbrella/lab", &[("a.tf", "")]).unwrap();
    assert_eq!(world.ask("GET", "/repos/umbrella/lab", None).await.0, 404);
    world.installation = other;
    world.token = world.fresh_token().await;
    assert_eq!(world.ask("GET", "/repos/umbrella/lab", None).await.0, 200);
    assert_eq!(world.ask("GET", &format!("/repos/{SHOP}"), None).await.0, 404);
    world.fake.remove_repository("umbrella/lab").unwrap();
    assert_eq!(world.ask("GET", "/repos/umbrella/lab", None).await.0, 404);
}

#[tokio::test]
async fn without_the_description_it_still_answers() {
    let nowhere = Options { shared: Some("/nonexistent".into()), ..Options::default() };
    let world = World::with(nowhere).await;
    assert!(!world.fake.validates());
    assert_eq!(world.ask("GET", "/repos/acme/shop", None).await.0, 200);
    assert_eq!(world.ask("GET", "/repos/acme/shop/pulls?colour=red", None).await.0, 200);
    assert_eq!(world.ask("GET", "/nothing", None).await.0, 404);
}
