//! What remains at the provider after a connection is deleted.

use palisade_fake_github::{Fault, Rule};
use palisade_store::Page;

use crate::world::{Kind, World};

/// What is done before the deletion, and what remains: parts of each entry.
type Case = (&'static str, fn(&World), &'static [&'static [&'static str]]);

const CASES: &[Case] = &[
    // GitHub has no operation that removes an App's webhook.
    ("as configured", |_| {}, &[&["the webhook of the App `", "/hooks/", "clear *Active* under *Webhook*"]]),
    (
        "the provider does not respond",
        |world| world.fake.fail(Rule::new("GET", "/app/hook/config", 20, Fault::status(503, "down"))),
        &[&["the webhook that sends to `", "/hooks/", "could not be removed: "]],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connection_lists_what_remains() {
    for (name, before, expected) in CASES {
        let Some(world) = World::start(Kind::Sqlite).await else { return };
        world.integrate().await;
        let connections = world.service.connections();
        let connection = connections.list(&Page::first(1)).await.unwrap().items.remove(0).id;
        before(&world);
        let deleted = connections.disconnect(&connection).await.unwrap();
        assert_eq!(deleted.remaining.len(), expected.len(), "{name}: {:?}", deleted.remaining);
        for (text, parts) in deleted.remaining.iter().zip(*expected) {
            assert!(parts.iter().all(|it| text.contains(it)), "{name}: {text}");
        }
        assert!(!world.service.is_taking(&connection), "{name}: its endpoint is closed");
        assert!(connections.list(&Page::first(1)).await.unwrap().items.is_empty(), "{name}");
        assert!(world.service.integrations().list(None, &Page::first(1)).await.unwrap().items.is_empty());
        world.end().await;
    }
}

/// A webhook that was pointed elsewhere is not ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_others_is_not_listed() {
    let Some(world) = World::start(Kind::Sqlite).await else { return };
    world.integrate().await;
    let connections = world.service.connections();
    let first = connections.list(&Page::first(1)).await.unwrap().items.remove(0);
    let (again, secrets) = (world.fake.connection(), world.secrets());
    let second = connections.connect("github", "Again", &again["settings"], secrets).await.unwrap();
    connections.ensure_hook(&second.id).await.unwrap();
    assert_eq!(connections.disconnect(&first.id).await.unwrap().remaining, Vec::<String>::new());
    world.end().await;
}
