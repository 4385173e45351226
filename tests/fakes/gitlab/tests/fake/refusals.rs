//! Requests that GitLab refuses, and which of them are errors of the program.

use palisade_fake_gitlab::Options;
use serde_json::json;

use crate::support::{PROJECT, SHOP, World};

#[tokio::test]
async fn tokens() {
    let world = World::new().await;
    let revoked = world.fake.token_with(&["api"]);
    world.fake.revoke(&revoked);
    let status = format!("{PROJECT}/statuses/{}", world.head);
    let body = json!({ "state": "success", "name": "x" });
    let table = [
        ("glpat-wrong".to_owned(), "GET", "/user", 401, "401 Unauthorized"),
        (world.fake.expired_token(), "GET", "/user", 401, "invalid_token"),
        (revoked, "GET", "/user", 401, "invalid_token"),
        (world.fake.token_with(&[]), "GET", "/user", 403, "insufficient_scope"),
        (world.fake.token_with(&[]), "GET", "/personal_access_tokens/self", 200, ""),
        (world.fake.token_with(&["read_user"]), "GET", "/user", 200, ""),
        (world.fake.token_with(&["read_user"]), "GET", PROJECT, 403, "insufficient_scope"),
        (world.fake.token_with(&["read_api"]), "GET", PROJECT, 200, ""),
        (world.fake.token_with(&["read_api"]), "POST", &status, 403, "insufficient_scope"),
        (world.fake.outsider_token(), "GET", PROJECT, 404, "404 Project Not Found"),
        (world.fake.outsider_token(), "POST", &status, 404, "404 Project Not Found"),
        (world.fake.mallory_token(), "POST", &status, 201, ""),
        (world.fake.mallory_token(), "GET", &format!("{PROJECT}/hooks"), 403, "403 Forbidden"),
    ];
    for (token, method, path, code, why) in table {
        let body = (method == "POST").then_some(&body);
        let (got, answer) = world.ask_as(&token, method, path, body).await;
        assert_eq!(got, code, "{method} {path}: {answer}");
        let text = answer["error"].as_str().or_else(|| answer["message"].as_str()).unwrap_or_default();
        if code >= 400 {
            assert_eq!(text, why, "{method} {path}: {answer}");
        }
    }
    world.fake.set_role("acme", "palisade", Some(20));
    assert_eq!(world.ask("GET", PROJECT, None).await.0, 200);
    assert_eq!(world.ask("POST", &status, Some(&body)).await.0, 403);
    world.fake.set_role("acme", "palisade", None);
    assert_eq!(world.ask("GET", PROJECT, None).await.0, 404);
    // None of these is a violation: tokens may change at any time.
    world.clean();
}

#[tokio::test]
async fn errors_of_the_program() {
    let world = World::new().await;
    if !world.described() {
        return;
    }
    let table = [
        ("GET", "/nothing", None, 404),
        ("GET", "/projects/acme/shop", None, 404),
        ("GET", "/projects?colour=red", None, 400),
        ("GET", "/projects?per_page=many", None, 400),
        ("GET", &format!("{PROJECT}/repository/compare?from=a"), None, 400),
        ("GET", &format!("{PROJECT}/repository/merge_base?refs[]=main"), None, 400),
        ("POST", &format!("{PROJECT}/hooks"), Some(json!({ "name": "x" })), 400),
        ("POST", &format!("{PROJECT}/statuses/{}", world.head), Some(json!({ "name": "x" })), 400),
        ("PUT", &format!("{}/discussions/x", world.merge()), Some(json!({})), 400),
        ("GET", &format!("/user?private_token={}", world.token), None, 401),
    ];
    for (number, (method, path, body, code)) in table.into_iter().enumerate() {
        let (got, answer) = world.ask(method, path, body.as_ref()).await;
        assert_eq!(got, code, "{method} {path}: {answer}");
        assert_eq!(world.fake.violations().len(), number + 1, "{method} {path}");
    }
    let bare = world.http.get(format!("{}/api/v4/user", world.fake.url())).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    let other = world.http.get(format!("{}/api/v4/user", world.fake.url())).bearer_auth(&world.token);
    assert_eq!(other.send().await.unwrap().status(), 200);
    let page = world.http.get(format!("{}/acme/shop", world.fake.url())).send().await.unwrap();
    assert_eq!(page.status(), 302);
}

#[tokio::test]
async fn archived_renamed_and_deleted_projects() {
    let world = World::new().await;
    let status = format!("{PROJECT}/statuses/{}", world.head);
    let body = json!({ "state": "success", "name": "x" });
    world.fake.archive_project(SHOP, true).unwrap();
    world.check("GET", PROJECT, None, 200, &[("/archived", json!(true))]).await;
    assert_eq!(world.ask("POST", &status, Some(&body)).await.0, 403);
    assert_eq!(world.ask("GET", "/projects?archived=false&membership=true", None).await.1, json!([]));
    world.fake.archive_project(SHOP, false).unwrap();
    let id = world.check("GET", PROJECT, None, 200, &[]).await["id"].to_string();
    world.fake.rename_project(SHOP, "acme/store").unwrap();
    world.check("GET", PROJECT, None, 404, &[]).await;
    let new = [("/path_with_namespace", json!("acme/store"))];
    world.check("GET", &format!("/projects/{id}"), None, 200, &new).await;
    world.check("GET", &format!("/projects/{id}/merge_requests/1"), None, 200, &[]).await;
    world.fake.delete_project("acme/store").unwrap();
    world.check("GET", &format!("/projects/{id}"), None, 404, &[]).await;
    world.clean();
}

#[tokio::test]
async fn without_the_description_it_still_answers() {
    let nowhere = Options { shared: Some("/nonexistent".into()), ..Options::default() };
    let world = World::with(nowhere).await;
    assert!(!world.fake.validates());
    assert_eq!(world.ask("GET", PROJECT, None).await.0, 200);
    assert_eq!(world.ask("GET", "/projects?colour=red", None).await.0, 200);
    assert_eq!(world.ask("GET", "/nothing", None).await.0, 404);
}
