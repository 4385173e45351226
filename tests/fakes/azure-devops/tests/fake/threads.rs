//! Threads and comments, and who may change them.

use serde_json::{Value, json};

use crate::support::World;

/// A thread at a line.
fn thread(content: &str, line: u64) -> Value {
    json!({
        "comments": [{ "parentCommentId": 0, "content": content, "commentType": "text" }], "status": "active",
        "threadContext": {
            "filePath": "/main.tf", "rightFileStart": { "line": line, "offset": 1 },
            "rightFileEnd": { "line": line, "offset": 1 },
        },
        "properties": { "palisade.key": "k1", "palisade.size": 7 },
    })
}

#[tokio::test]
async fn a_thread_is_fixed_and_active_again() {
    let world = World::new().await;
    let place = format!("{}/threads", world.pull());
    let made = [
        ("/status", json!("active")),
        ("/comments/0/id", json!(1)),
        ("/comments/0/author/displayName", json!("palisade")),
        ("/threadContext/rightFileStart/line", json!(3)),
        ("/properties/palisade.key/$value", json!("k1")),
        ("/properties/palisade.size/$type", json!("System.Int32")),
        ("/isDeleted", json!(false)),
    ];
    let id = world.check("POST", &place, Some(thread("Open port", 3)), 200, &made).await["id"].clone();
    let one = format!("{place}/{id}");
    world.check("PATCH", &one, Some(json!({ "status": "fixed" })), 200, &[("/status", json!("fixed"))]).await;
    world
        .check("PATCH", &one, Some(json!({ "status": "active" })), 200, &[("/status", json!("active"))])
        .await;
    let edited = json!({ "content": "Open ports" });
    let comment = format!("{one}/comments/1");
    world.check("PATCH", &comment, Some(edited), 200, &[("/content", json!("Open ports"))]).await;
    let reply = json!({ "content": "Thanks", "parentCommentId": 1, "commentType": "text" });
    let shown = [("/id", json!(2)), ("/parentCommentId", json!(1))];
    world.check("POST", &format!("{one}/comments"), Some(reply), 200, &shown).await;
    world.check("GET", &format!("{one}/comments"), None, 200, &[("/count", json!(2))]).await;
    let summary = json!({ "comments": [{ "content": "Summary" }] });
    let alone = [("/threadContext", Value::Null), ("/status", json!("unknown"))];
    world.check("POST", &place, Some(summary), 200, &alone).await;
    world.check("GET", &place, None, 200, &[("/count", json!(2)), ("/value/0/id", id)]).await;
    world.check("DELETE", &comment, None, 200, &[]).await;
    let shown = world.check("GET", &one, None, 200, &[("/comments/0/isDeleted", json!(true))]).await;
    assert_eq!(shown["comments"][0].get("content"), None);
    world.check("DELETE", &format!("{one}/comments/2"), None, 200, &[]).await;
    world.check("GET", &one, None, 200, &[("/isDeleted", json!(true))]).await;
    assert_eq!(world.fake.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn limits() {
    let world = World::new().await;
    let place = format!("{}/threads", world.pull());
    let with = |pointer: &str, value: Value| {
        let mut body = thread("x", 1);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let table = [
        (with("/comments/0/content", json!("x".repeat(150_000))), 200),
        (with("/comments/0/content", json!("x".repeat(150_001))), 400),
        (with("/comments/0/content", json!(" ")), 400),
        (with("/comments", json!([])), 400),
        (with("/threadContext/filePath", json!("main.tf")), 400),
        (with("/threadContext/rightFileStart/line", json!(0)), 400),
        (with("/threadContext/rightFileEnd/offset", json!(0)), 400),
        (with("/threadContext/rightFileStart/line", json!(2)), 400),
        (with("/threadContext/rightFileEnd", Value::Null), 400),
    ];
    for (body, expected) in table {
        let (status, answer) = world.ask("POST", &place, Some(&body)).await;
        assert_eq!(status, expected, "{body}: {answer}");
    }
}

#[tokio::test]
async fn others_may_close_threads_and_not_edit_comments() {
    let mut world = World::new().await;
    let place = format!("{}/threads", world.pull());
    let id = world.check("POST", &place, Some(thread("Open port", 3)), 200, &[]).await["id"].clone();
    world.token = world.fake.other_token();
    let one = format!("{place}/{id}");
    world
        .check("PATCH", &one, Some(json!({ "status": "closed" })), 200, &[("/status", json!("closed"))])
        .await;
    let comment = format!("{one}/comments/1");
    world.check("PATCH", &comment, Some(json!({ "content": "fine" })), 403, &[]).await;
    world.check("DELETE", &comment, None, 403, &[]).await;
    world.check("GET", &comment, None, 200, &[("/content", json!("Open port"))]).await;
}
