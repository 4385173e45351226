//! Requests that the fake refuses, and those that it records as errors of the program under test.

use palisade_fake_azure_devops::Options;
use serde_json::{Value, json};

use crate::support::{API, World, subscription};

#[tokio::test]
async fn bodies_and_paths() {
    let world = World::new().await;
    if !world.described() {
        return;
    }
    let pull = world.pull();
    let (statuses, threads) = (format!("{pull}/statuses"), format!("{pull}/threads"));
    let context = json!({ "genre": "palisade", "name": "palisade" });
    let status = |state: Value| json!({ "state": state, "context": context });
    let comment = |status: Value| json!({ "comments": [{ "content": "x" }], "status": status });
    let hooks = "/acme/_apis/hooks/subscriptions";
    let missing = format!("{API}/pullrequests?api-version=");
    let table = [
        (true, "POST", statuses.as_str(), status(json!("succeeded")), 200),
        (true, "POST", &threads, comment(json!("active")), 200),
        (true, "GET", "/acme/none/_apis/git/repositories", Value::Null, 404),
        (true, "GET", "/ACME/Platform/_APIS/git/repositories/shop", Value::Null, 200),
        (false, "POST", &statuses, status(json!("green")), 400),
        (false, "POST", &statuses, status(json!(2)), 400),
        (false, "POST", &statuses, Value::Null, 400),
        (false, "POST", &threads, comment(json!("resolved")), 400),
        (false, "POST", &threads, json!({ "comments": [{ "content": 7 }] }), 400),
        (false, "GET", &format!("{API}/pullrequests/one"), Value::Null, 400),
        (false, "GET", &format!("{API}/pullrequests?searchCriteria.status=open"), Value::Null, 400),
        (false, "GET", &format!("{API}/items?path=/main.tf"), Value::Null, 400),
        (false, "GET", &missing, Value::Null, 400),
        (false, "GET", &format!("{API}/refs?api-version=6.0"), Value::Null, 400),
        (false, "GET", "/acme/_apis/connectionData?api-version=7.1", Value::Null, 400),
        (false, "POST", &format!("{API}/pullrequests"), json!({ "title": "t" }), 400),
        (false, "POST", hooks, json!({ "consumerInputs": { "url": 7 } }), 400),
        (false, "GET", "/acme/_apis/nothing", Value::Null, 404),
        (false, "DELETE", &threads, Value::Null, 404),
    ];
    for (fine, method, path, body, expected) in table {
        let before = world.fake.violations().len();
        let (got, answer) = world.ask(method, path, (!body.is_null()).then_some(&body)).await;
        assert_eq!(got, expected, "{method} {path} {body}: {answer}");
        assert_eq!(world.fake.violations().len() == before, fine, "{method} {path} {body}: {answer}");
    }
    // Lists of operations have a type of their own.
    let remove = world.request("PATCH", &statuses).header("content-type", "application/json").body("[]");
    assert_eq!(remove.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn credentials() {
    let mut world = World::new().await;
    let ours = world.token.clone();
    let ask = async |world: &World, path: &str| {
        let response = world.request("GET", path).send().await.unwrap();
        let html = response
            .headers()
            .get("content-type")
            .is_some_and(|it| it.to_str().unwrap().starts_with("text/html"));
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap_or(Value::Null);
        (status, html, body["typeKey"].as_str().unwrap_or_default().to_owned())
    };
    let unauthorized = "UnauthorizedRequestException";
    let table = [
        (ours, 200, false, ""),
        ("wrong".to_owned(), 203, true, ""),
        (world.fake.expired_token(), 401, false, "AccessCheckException"),
        (world.fake.foreign_token(), 401, false, unauthorized),
        (world.fake.narrow_token(&[]), 401, false, unauthorized),
        (world.fake.narrow_token(&["vso.project"]), 401, false, unauthorized),
        (world.fake.narrow_token(&["vso.code"]), 200, false, ""),
        (world.fake.other_token(), 200, false, ""),
    ];
    for (token, status, html, kind) in table {
        world.token.clone_from(&token);
        assert_eq!(ask(&world, API).await, (status, html, kind.to_owned()), "{token}");
    }
    // None of these is a violation: credentials may change at any time. A request without them is one.
    assert_eq!(world.fake.violations(), Vec::<String>::new());
    let bare = world.http.get(format!("{}{API}?api-version=7.1", world.fake.url())).send().await.unwrap();
    assert_eq!(bare.status(), 302);
    let bearer =
        world.http.get(format!("{}{API}?api-version=7.1", world.fake.url())).bearer_auth("x").send().await;
    assert_eq!(bearer.unwrap().status(), 302);
    assert_eq!(world.fake.violations().len(), 2);
    world.token = world.fake.token().to_owned();
    world.fake.revoke_token();
    assert_eq!(ask(&world, API).await.0, 203);
}

#[tokio::test]
async fn scopes_and_permissions() {
    let mut world = World::new().await;
    let pull = world.pull();
    let status = json!({ "state": "pending", "context": { "name": "x" } });
    let comment = json!({ "comments": [{ "content": "x" }] });
    let hook = subscription("git.push", "https://p.example/h", &json!({}));
    let calls = [
        ("GET", "/acme/_apis/projects".to_owned(), None),
        ("GET", format!("{pull}/threads"), None),
        ("POST", format!("{pull}/statuses"), Some(status)),
        ("POST", format!("{pull}/threads"), Some(comment)),
        ("POST", format!("{API}/refs"), Some(json!([]))),
        ("POST", "/acme/_apis/hooks/subscriptions".to_owned(), Some(hook)),
    ];
    let table: [(&[&str], [u16; 6]); 5] = [
        (&["vso.project"], [200, 401, 401, 401, 401, 401]),
        (&["vso.code"], [200, 200, 401, 401, 401, 200]),
        (&["vso.code", "vso.code_status"], [200, 200, 200, 401, 401, 200]),
        (&["vso.code", "vso.threads_full"], [200, 200, 401, 200, 401, 200]),
        (&["vso.code_write"], [200, 200, 200, 200, 200, 200]),
    ];
    for (scopes, expected) in table {
        world.token = world.fake.narrow_token(scopes);
        for ((method, path, body), expected) in calls.iter().zip(expected) {
            let got = world.ask(method, path, body.as_ref()).await;
            assert_eq!(got.0, expected, "{scopes:?} {method} {path}: {}", got.1);
        }
    }
    // Permissions are those of the user, not of the token: another contributor may not see subscriptions.
    world.token = world.fake.other_token();
    assert_eq!(world.ask("GET", "/acme/_apis/hooks/subscriptions", None).await.0, 403);
    world.token = world.fake.token().to_owned();
    let (_, all) = world.ask("GET", "/acme/_apis/hooks/subscriptions", None).await;
    let one = format!("/acme/_apis/hooks/subscriptions/{}", all["value"][0]["id"].as_str().unwrap());
    for (bits, expected) in [(0, [403, 403]), (1, [200, 403]), (3, [200, 403]), (7, [200, 204])] {
        world.fake.allow_hooks(bits);
        let got = [world.ask("GET", &one, None).await.0, world.ask("DELETE", &one, None).await.0];
        assert_eq!(got, expected, "{bits}");
    }
}

#[tokio::test]
async fn without_the_description_it_still_answers() {
    let nowhere = Options { shared: Some("/nonexistent".into()), ..Options::default() };
    let world = World::with(nowhere).await;
    assert!(!world.fake.validates());
    assert_eq!(world.ask("GET", API, None).await.0, 200);
    assert_eq!(world.ask("GET", &format!("{API}/refs?colour=red"), None).await.0, 200);
    assert_eq!(world.ask("GET", "/acme/_apis/nothing", None).await.0, 404);
}
