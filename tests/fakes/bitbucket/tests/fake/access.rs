//! Who may do what: forms of credentials, scopes, permissions, expiry.

use palisade_fake_bitbucket::{Credentials, Role, SCOPES};
use serde_json::json;

use crate::support::{AT, SHOP, World};

#[tokio::test]
async fn each_form_has_its_scheme() {
    let world = World::new().await;
    let (api, access) = (world.fake.credentials().clone(), world.fake.access_token());
    let with = |email: &str, token: &str| Credentials { email: email.to_owned(), token: token.to_owned() };
    let table = [
        (api.clone(), AT, 200),
        (with("other@example.com", &api.token), AT, 401),
        (with("x-bitbucket-api-token-auth", &api.token), AT, 401),
        (with("", &api.token), AT, 401),
        (access.clone(), AT, 200),
        (with("x-token-auth", &access.token), AT, 401),
        (with("", "ATCTT3x"), AT, 401),
        // An access token belongs to no user.
        (access.clone(), "/user", 401),
        (api.clone(), "/user", 200),
        (world.fake.expired_token(), AT, 401),
    ];
    for (credentials, path, status) in table {
        let (got, body) = world.ask_as(&credentials, "GET", path, None).await;
        assert_eq!(got, status, "{path} {credentials:?}");
        if status == 401 {
            let why = "Token is invalid, expired, or not supported for this endpoint.";
            assert_eq!(body, json!({ "type": "error", "error": { "message": why } }));
        }
    }
    let response = world.bare("GET", AT).bearer_auth(&access.token).send().await.unwrap();
    assert_eq!(response.headers()["x-ratelimit-limit"], "1000");
    assert_eq!(response.headers()["x-accepted-oauth-scopes"], "repository");
    let response = world.request("GET", AT).send().await.unwrap();
    let scopes = response.headers()["x-oauth-scopes"].to_str().unwrap();
    assert_eq!(scopes.split(", ").count(), SCOPES.len());
    assert!(!world.request("GET", AT).send().await.unwrap().headers().contains_key("x-ratelimit-limit"));
    // Credentials may expire at any time: none of these is a violation.
    assert_eq!(world.fake.violations(), Vec::<String>::new());
    world.fake.expire_tokens();
    assert_eq!(world.ask("GET", AT, None).await.0, 401);
}

#[tokio::test]
async fn no_credentials_and_other_schemes_are_violations() {
    let world = World::new().await;
    let none = world.bare("GET", AT).send().await.unwrap();
    let digest = world.bare("GET", AT).header("authorization", "Digest x").send().await.unwrap();
    assert_eq!((none.status().as_u16(), digest.status().as_u16()), (401, 401));
    assert_eq!(world.fake.violations().len(), 2);
}

#[tokio::test]
async fn each_scope_is_needed() {
    let world = World::new().await;
    let pull = world.pull();
    let reads = |scope: &str| match scope {
        "read:user:bitbucket" => Some("/user".to_owned()),
        "read:workspace:bitbucket" => Some("/user/workspaces".to_owned()),
        "read:project:bitbucket" => Some("/workspaces/acme/projects".to_owned()),
        "read:repository:bitbucket" => Some(AT.to_owned()),
        "read:pullrequest:bitbucket" => Some(pull.clone()),
        "read:webhook:bitbucket" => Some(format!("{AT}/hooks")),
        "admin:repository:bitbucket" => Some(format!("{AT}/branch-restrictions")),
        _ => None,
    };
    for scope in SCOPES {
        let Some(path) = reads(scope) else { continue };
        let (status, body) = world.ask_as(&world.fake.token_without(scope), "GET", &path, None).await;
        assert_eq!((status, &body["error"]["detail"]["required"]), (403, &json!([scope])), "{path}");
        let granted = body["error"]["detail"]["granted"].as_array().unwrap();
        assert_eq!(granted.len(), SCOPES.len() - 1);
        assert_eq!(world.ask("GET", &path, None).await.0, 200, "{path}");
    }
    let nothing = world.fake.api_token("palisade", &[]);
    assert_eq!(world.ask_as(&nothing, "GET", AT, None).await.0, 403);
    // A scope to write does not imply the one to read; those of access tokens do.
    let write = world.fake.api_token("palisade", &["write:repository:bitbucket"]);
    assert_eq!(world.ask_as(&write, "GET", AT, None).await.0, 403);
    let write = world.fake.access_token_with(&["repository:write"]);
    assert_eq!(world.ask_as(&write, "GET", AT, None).await.0, 200);
    let (status, body) = world.ask_as(&write, "GET", &format!("{AT}/hooks"), None).await;
    assert_eq!((status, &body["error"]["detail"]["required"]), (403, &json!(["webhook"])));
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn permissions_of_users() {
    let world = World::new().await;
    let mallory = world.fake.mallory().clone();
    let foreign = world.fake.foreign_token();
    let hooks = format!("{AT}/hooks");
    let table = [
        (&mallory, AT, 200),
        (&mallory, hooks.as_str(), 403),
        (&mallory, "/workspaces/acme/hooks", 403),
        (&foreign, AT, 404),
        (&foreign, hooks.as_str(), 404),
        (&foreign, "/workspaces/acme", 404),
    ];
    for (credentials, path, status) in table {
        assert_eq!(world.ask_as(credentials, "GET", path, None).await.0, status, "{path}");
    }
    let listed = world.ask_as(&foreign, "GET", "/repositories/acme", None).await.1;
    assert_eq!(listed["size"], 0);
    world.fake.set_private(SHOP, false).unwrap();
    assert_eq!(world.ask_as(&foreign, "GET", AT, None).await.0, 200);
    let body = json!({ "name": "new", "target": { "hash": world.base } });
    let branches = format!("{AT}/refs/branches");
    assert_eq!(world.ask_as(&foreign, "POST", &branches, Some(&body)).await.0, 403);
    assert_eq!(world.ask_as(&mallory, "POST", &branches, Some(&body)).await.0, 201);
    world.fake.set_role("mallory", "acme", None).unwrap();
    assert_eq!(world.ask_as(&mallory, "DELETE", &format!("{branches}/new"), None).await.0, 403);
    world.fake.set_role("mallory", "acme", Some(Role::Admin)).unwrap();
    assert_eq!(world.ask_as(&mallory, "GET", &hooks, None).await.0, 200);
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}
