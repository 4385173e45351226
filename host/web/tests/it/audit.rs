//! Every change writes one entry of the audit log, without secrets.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::document::operations;
use crate::world::{REPOSITORY, World};

/// Sends requests, and checks that each succeeds and writes one entry.
struct Witness<'a> {
    world: &'a World,
    seen: Vec<String>,
}

impl Witness<'_> {
    async fn does(&mut self, operation: &str, method: &str, path: &str, body: Value) -> Value {
        let audit = self.world.store.audit();
        let before = audit.list(None, 1).await.unwrap().first().map_or(0, |it| it.id);
        let reply = self.world.call(method, path, body).await;
        assert!(reply.status.is_success(), "{operation}: {} {}", reply.status, reply.text);
        let links = audit.list(None, 3).await.unwrap();
        let new: Vec<_> = links.iter().filter(|it| it.id > before).collect();
        let [link] = new[..] else { panic!("{operation} left {} links", new.len()) };
        assert_eq!((link.action.as_str(), link.actor.as_str()), (operation, "root (test)"));
        assert_eq!(link.object_kind, operation.split('.').next().unwrap());
        assert!(!link.object_id.is_empty(), "{operation} names no object");
        let found = operations().into_iter().find(|it| it.id == operation).unwrap();
        assert_eq!(found.method, method);
        self.seen.push(operation.to_owned());
        if reply.status == StatusCode::NO_CONTENT { Value::Null } else { reply.json() }
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn source(name: &str) -> Value {
    json!({ "name": name, "repository": REPOSITORY, "folders": ["/prod"], "branch_pattern": "main" })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_leaves_a_link() {
    let world = World::start().await;
    let mut it = Witness { world: &world, seen: Vec::new() };

    let connection = id(&it.does("connection.create", "POST", "/connections", world.connection()).await);
    let at = |rest: &str| format!("/connections/{connection}{rest}");
    it.does("connection.test", "POST", &at("/test"), Value::Null).await;
    let secret = "a secret that was changed just now";
    it.does("connection.set_secret", "PUT", &at("/secrets/webhook-secret"), json!({ "value": secret })).await;
    it.does("connection.revoke_secret", "DELETE", &at("/previous-secret"), Value::Null).await;
    it.does("connection.set_hook", "POST", &at("/hook"), Value::Null).await;

    let new = json!({ "connection": connection, "name": "Acme", "account": "acme" });
    let integration = id(&it.does("integration.create", "POST", "/integrations", new).await);
    let at = |rest: &str| format!("/integrations/{integration}{rest}");
    it.does("integration.rename", "PATCH", &at(""), json!({ "name": "Acme again" })).await;
    it.does("integration.check", "POST", &at("/check"), Value::Null).await;
    let trial = json!({ "repository": REPOSITORY, "branch_pattern": "ma.*" });
    it.does("integration.preview", "POST", &at("/preview"), trial).await;

    let mut new = source("Production");
    new["integration"] = json!(integration);
    let kept = id(&it.does("source.create", "POST", "/sources", new).await);
    it.does("source.replace", "PUT", &format!("/sources/{kept}"), source("Production again")).await;
    it.does("source.scan", "POST", &format!("/sources/{kept}/scan"), Value::Null).await;
    it.does("integration.scan", "POST", &at("/scan"), Value::Null).await;

    world.store.pulls().touch(&integration, REPOSITORY, 1).await.unwrap();
    let pull = id(&world.get(&format!("/pulls?integration={integration}")).await["items"][0]);
    it.does("pull.recheck", "POST", &format!("/pulls/{pull}/recheck"), Value::Null).await;

    let delivery = world.deliver(&connection, secret, "ping", &json!({ "zen": "quiet" })).await;
    it.does("delivery.redeliver", "POST", &format!("/deliveries/{delivery}/redeliver"), Value::Null).await;

    let new = json!({ "integration": integration, "control": "aws-1", "reason": "known" });
    let risk = id(&it.does("acceptance.create", "POST", "/acceptances", new).await);
    it.does("acceptance.delete", "DELETE", &format!("/acceptances/{risk}"), Value::Null).await;

    let user =
        id(&it.does("user.create", "POST", "/users", json!({ "name": "ann", "role": "viewer" })).await);
    it.does("user.change", "PATCH", &format!("/users/{user}"), json!({ "role": "triager" })).await;
    let new = json!({ "name": "laptop", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z" });
    let token = it.does("token.create", "POST", &format!("/users/{user}/tokens"), new.clone()).await;
    it.does("token.delete", "DELETE", &format!("/tokens/{}", id(&token)), Value::Null).await;
    it.does("user.delete", "DELETE", &format!("/users/{user}"), Value::Null).await;
    let own = it.does("me.create_token", "POST", "/me/tokens", new).await;
    it.does("me.delete_token", "DELETE", &format!("/me/tokens/{}", id(&own)), Value::Null).await;

    it.does("source.delete", "DELETE", &format!("/sources/{kept}"), Value::Null).await;
    it.does("integration.delete", "DELETE", &at(""), Value::Null).await;
    it.does("connection.delete", "DELETE", &format!("/connections/{connection}"), Value::Null).await;

    let changing = operations().into_iter().filter(|it| it.method != "GET").map(|it| it.id);
    let missing: Vec<String> = changing.filter(|id| !it.seen.contains(id)).collect();
    assert_eq!(missing, Vec::<String>::new(), "operations that this test does not do");

    let links = world.get("/audit?limit=1000").await["items"].as_array().unwrap().clone();
    assert_eq!(links.len(), it.seen.len());
    let log = Value::from(links).to_string();
    for made in [&token, &own] {
        assert!(!log.contains(made["secret"].as_str().unwrap()), "a token stands in the audit log");
    }
    assert!(!log.contains(secret), "a secret stands in the audit log");
    let verified = world.get("/audit/verify").await;
    assert_eq!(verified, json!({ "holds": true, "links": it.seen.len(), "problem": null }));
    world.kept_quiet();
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_leaves_none() {
    let world = World::start().await;
    for (method, path, body) in [
        ("POST", "/users", json!({ "name": "", "role": "viewer" })),
        ("POST", "/users", json!({ "name": "ann", "role": "queen" })),
        ("DELETE", "/users/none", Value::Null),
        ("POST", "/connections", json!({})),
    ] {
        let reply = world.call(method, path, body).await;
        assert!(reply.status.is_client_error(), "{path}: {}", reply.text);
    }
    assert!(world.store.audit().list(None, 10).await.unwrap().is_empty());
}
