//! Notes and discussions of a merge request.

use palisade_fake_host::{Forge as _, Status};
use serde_json::{Value, json};

use crate::support::{PROJECT, SHOP, World};

#[tokio::test]
async fn only_lines_of_the_diff() {
    let world = World::new().await;
    let path = format!("{}/discussions", world.merge());
    let why = "400 Bad request - Note {:line_code=>[\"can't be blank\", \"must be a valid line code\"]}";
    // Line 2 is changed, 3 is unchanged, 6 is unchanged and hidden, 11 is added.
    let table = [
        (None, Some(2), true),
        (Some(2), None, true),
        (None, Some(11), true),
        (Some(3), Some(3), true),
        (Some(6), Some(6), true),
        (None, Some(3), false),
        (Some(3), None, false),
        (Some(2), Some(2), false),
        (Some(3), Some(4), false),
        (None, Some(12), false),
        (None, None, false),
    ];
    for (old, new, good) in table {
        let body = json!({ "body": "Bucket without encryption", "position": world.position(old, new) });
        let (status, answer) = world.ask("POST", &path, Some(&body)).await;
        assert_eq!(status, if good { 201 } else { 400 }, "{old:?} {new:?} {answer}");
        if !good {
            assert_eq!(answer["message"], json!(why), "{old:?} {new:?}");
        }
    }
    let mut other = world.position(None, Some(2));
    other["new_path"] = json!("none.tf");
    let mut stale = world.position(None, Some(2));
    stale["head_sha"] = json!(world.base);
    for position in [other, stale] {
        world.check("POST", &path, Some(json!({ "body": "x", "position": position })), 400, &[]).await;
    }
    world.clean();
}

#[tokio::test]
async fn resolved_by_anyone_with_a_role() {
    let world = World::new().await;
    let path = format!("{}/discussions", world.merge());
    let body = json!({ "body": "b", "position": world.position(None, Some(2)) });
    let shown = [
        ("/individual_note", json!(false)),
        ("/notes/0/type", json!("DiffNote")),
        ("/notes/0/resolved", json!(false)),
    ];
    let made = world.check("POST", &path, Some(body), 201, &shown).await;
    let (id, note) = (made["id"].as_str().unwrap(), made["notes"][0]["id"].to_string());
    let one = format!("{path}/{id}");
    world.check("GET", &one, None, 200, &[]).await;
    world.check("GET", &path, None, 200, &[("/0/id", json!(id))]).await;
    world.check("POST", &format!("{one}/notes"), Some(json!({ "body": "reply" })), 201, &[]).await;
    let by =
        |name: &str| [("/notes/0/resolved", json!(true)), ("/notes/0/resolved_by/username", json!(name))];
    world.check("PUT", &one, Some(json!({ "resolved": true })), 200, &by("palisade")).await;
    world
        .check("PUT", &one, Some(json!({ "resolved": false })), 200, &[("/notes/0/resolved_by", Value::Null)])
        .await;
    let mallory = world.fake.mallory_token();
    assert_eq!(world.ask_as(&mallory, "PUT", &one, Some(&json!({ "resolved": true }))).await.0, 200);
    world.check("GET", &one, None, 200, &by("mallory")).await;
    // Not the text: that needs the role Maintainer.
    let edit = format!("{one}/notes/{note}");
    assert_eq!(world.ask_as(&mallory, "PUT", &edit, Some(&json!({ "body": "nothing" }))).await.0, 403);
    assert_eq!(world.ask_as(&mallory, "DELETE", &edit, None).await.0, 403);
    world.check("PUT", &edit, Some(json!({ "body": "new" })), 200, &[("/body", json!("new"))]).await;
    assert_eq!(world.ask_as(&world.fake.outsider_token(), "GET", &one, None).await.0, 404);
    world.clean();
}

#[tokio::test]
async fn notes() {
    let world = World::new().await;
    let path = format!("{}/notes", world.merge());
    let made = world
        .check("POST", &path, Some(json!({ "body": "summary" })), 201, &[("/resolvable", json!(false))])
        .await;
    let one = format!("{path}/{}", made["id"]);
    world.check("PUT", &one, Some(json!({ "body": "later" })), 200, &[("/body", json!("later"))]).await;
    world.fake.comment(SHOP, world.number, "/palisade recheck").unwrap();
    world
        .check("GET", &path, None, 200, &[("/0/author/username", json!("ada")), ("/1/body", json!("later"))])
        .await;
    let discussions = format!("{}/discussions", world.merge());
    world.check("GET", &discussions, None, 200, &[("/0/individual_note", json!(true))]).await;
    world.check("DELETE", &one, None, 204, &[]).await;
    world.check("GET", &one, None, 404, &[]).await;
    world.clean();
    if !world.described() {
        return;
    }
    let long = json!({ "body": "x".repeat(1_000_001) });
    world.check("POST", &path, Some(long), 400, &[]).await;
    assert_eq!(world.fake.violations().len(), 1);
}

#[tokio::test]
async fn positions_follow_the_lines() {
    let world = World::new().await;
    let path = format!("{}/discussions", world.merge());
    for line in [2, 11] {
        let body = json!({ "body": line.to_string(), "position": world.position(None, Some(line)) });
        world.check("POST", &path, Some(body), 201, &[]).await;
    }
    // Line 2 is changed, and line 11 becomes line 12.
    let text = "new\na\nBB\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";
    let sha = world.fake.push(SHOP, world.number, &[("main.tf", Some(text))]).unwrap();
    let at = |number: usize, member: &str| format!("/{number}/notes/0/position/{member}");
    let expected = [
        (at(0, "head_sha"), json!(world.head)),
        (at(0, "new_line"), json!(2)),
        (at(1, "head_sha"), json!(sha)),
        (at(1, "new_line"), json!(12)),
    ];
    let expected: Vec<_> = expected.iter().map(|(place, value)| (place.as_str(), value.clone())).collect();
    world.check("GET", &path, None, 200, &expected).await;
}

#[tokio::test]
async fn what_all_fakes_show() {
    let world = World::new().await;
    let merge = world.merge();
    assert!(world.fake.shown(SHOP, world.number, &world.head).is_none());
    let status =
        json!({ "state": "failed", "name": "palisade", "ref": "feature", "description": "2 violations" });
    world.check("POST", &format!("{PROJECT}/statuses/{}", world.head), Some(status), 201, &[]).await;
    let body = json!({ "body": "b", "position": world.position(None, Some(11)) });
    world.check("POST", &format!("{merge}/discussions"), Some(body), 201, &[]).await;
    world.check("POST", &format!("{merge}/notes"), Some(json!({ "body": "summary" })), 201, &[]).await;
    world.fake.comment(SHOP, world.number, "not ours").unwrap();
    let shown = world.fake.shown(SHOP, world.number, &world.head).unwrap();
    assert_eq!((shown.status, shown.title.as_str()), (Status::Failure, "2 violations"));
    assert_eq!((shown.summaries, shown.remarks.len()), (vec!["summary".to_owned()], 1));
    assert_eq!((shown.remarks[0].line, shown.remarks[0].open), (11, true));
    let by = world.fake.tamper(SHOP, world.number, &world.head).unwrap();
    assert_eq!(by.as_deref(), Some("mallory"));
    let shown = world.fake.shown(SHOP, world.number, &world.head).unwrap();
    assert_eq!((shown.status, shown.remarks[0].open), (Status::Success, false));
    assert_eq!((world.fake.account(), world.fake.full_name("shop").as_str()), ("palisade", SHOP));
    let settings = world.fake.connection();
    assert_eq!(settings["settings"]["url"], world.fake.url());
    assert!(world.fake.secrets().contains(&world.token));
    world.clean();
}
