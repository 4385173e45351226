//! Payloads of deliveries, checked with the published schemas.

use palisade_fake_github::{Event, Options, shared};
use serde_json::{Value, json};

use crate::support::{SHOP, World};

/// The schemas of webhooks.
const SCHEMAS: &str = "contracts/github/webhooks.jsonschema-draft07.octokit-7.6.1.json";

/// Where GitHub differs from the frozen schemas: the error, and the reason why the payload is correct.
const NEWER: &[(&str, &str)] = &[(
    "('client_id' was unexpected)",
    "Apps have client ids since 2024, and the interface's schemas know them",
)];

#[tokio::test]
async fn payloads_are_as_published() {
    let path = shared(&Options::default()).join(SCHEMAS);
    let Ok(bytes) = std::fs::read(&path) else {
        assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "{} is absent", path.display());
        println!("skipped: {} is absent", path.display());
        return;
    };
    let schemas: Value = serde_json::from_slice(&bytes).unwrap();
    let world = World::new().await;
    let body =
        json!({ "name": "palisade", "head_sha": world.head, "status": "completed", "conclusion": "failure" });
    let (_, check) = world.ask("POST", "/repos/acme/shop/check-runs", Some(&body)).await;
    let (_, installation) =
        world.ask("GET", &format!("/app/installations/{}", world.installation), None).await;
    assert_eq!(installation["account"]["login"], "acme");
    let shop = || SHOP.to_owned();
    let number = world.number;
    let installed =
        |action| Event::Installation(action, Box::new(world.fake.installation(world.installation).unwrap()));
    let mut suspended = world.fake.installation(world.installation).unwrap();
    suspended.suspended_at = Some("2026-11-25T12:00:00Z".to_owned());
    let table = [
        ("ping$event", Event::Ping),
        ("pull_request$opened", Event::Pull("opened", shop(), number)),
        ("pull_request$reopened", Event::Pull("reopened", shop(), number)),
        ("pull_request$closed", Event::Pull("closed", shop(), number)),
        ("pull_request$synchronize", Event::Synchronize(shop(), number, world.base.clone())),
        ("pull_request$edited", Event::Retargeted(shop(), number, "old".into())),
        ("check_run$rerequested", Event::CheckRerequested(check["id"].as_u64().unwrap())),
        ("check_suite$rerequested", Event::SuiteRerequested(shop(), world.head.clone())),
        ("installation$created", installed("created")),
        ("installation$deleted", installed("deleted")),
        ("installation$suspend", Event::Installation("suspend", Box::new(suspended))),
        ("installation$unsuspend", installed("unsuspend")),
        ("installation_repositories$added", Event::Repositories(world.installation, vec![shop()], vec![])),
        ("installation_repositories$removed", Event::Repositories(world.installation, vec![], vec![shop()])),
        ("repository$renamed", Event::Renamed(shop(), "old".to_owned())),
        ("repository$archived", Event::Archived(shop())),
    ];
    world.fake.set_webhook("http://127.0.0.1:1/hooks", None);
    let mut all = Vec::new();
    for (name, event) in table {
        if name == "pull_request$closed" {
            world.fake.close_pull(SHOP, number).unwrap();
        }
        if name == "repository$archived" {
            world.fake.archive_repository(SHOP).unwrap();
            assert_eq!(world.ask("POST", "/repos/acme/shop/check-runs", Some(&body)).await.0, 403);
        }
        let (_, payload) = world.fake.payload(&event).unwrap();
        assert!(schemas["definitions"].get(name).is_some(), "{name} is not among the schemas");
        let schema = json!({ "allOf": [{ "$ref": format!("#/definitions/{name}") }], "definitions": schemas["definitions"] });
        let options =
            jsonschema::options().with_draft(jsonschema::Draft::Draft7).should_ignore_unknown_formats(true);
        let validator = options.build(&schema).unwrap();
        all.extend(
            validator
                .iter_errors(&payload)
                .map(|why| format!("{name} {}: {:.300}", why.instance_path(), why.to_string())),
        );
    }
    all.retain(|why| !NEWER.iter().any(|(text, _)| why.contains(text)));
    assert!(all.is_empty(), "{all:#?}");
}
