//! Statuses, reports, annotations and comments, with their limits.

use serde_json::{Value, json};

use crate::support::{AT, SHOP, World};

/// Sends a request and compares its status; a refusal is a violation if it is one of a limit.
async fn check(world: &World, method: &str, path: &str, body: &Value, status: u16, violates: bool) -> Value {
    let before = world.fake.violations().len();
    let (got, answer) = world.ask(method, path, Some(body)).await;
    assert_eq!(got, status, "{method} {path}: {answer}");
    assert_eq!(world.fake.violations().len() > before, violates, "{:?}", world.fake.violations());
    answer
}

#[tokio::test]
async fn statuses() {
    let world = World::new().await;
    let path = format!("{AT}/commit/{}/statuses", world.head);
    let build = format!("{path}/build");
    let body = json!({
        "key": "palisade", "state": "INPROGRESS", "url": "https://palisade.example.com/1", "name": "Palisade",
        "description": "Running", "refname": "feature",
    });
    let made = check(&world, "POST", &build, &body, 201, false).await;
    assert_eq!((&made["type"], &made["commit"]["hash"]), (&json!("build"), &json!(world.head)));
    let (_, read) = world.ask("GET", &format!("{build}/palisade"), None).await;
    assert_eq!(read, made);
    // The same key is overwritten, by anyone; the response does not name who did it.
    let mut other = body.clone();
    other["state"] = json!("SUCCESSFUL");
    let mallory = world.fake.mallory().clone();
    assert_eq!(world.ask_as(&mallory, "POST", &build, Some(&other)).await.0, 201);
    let (_, all) = world.ask("GET", &path, None).await;
    assert_eq!((&all["size"], &all["values"][0]["state"]), (&json!(1), &json!("SUCCESSFUL")));
    assert!(!all.to_string().contains("mallory"));
    assert_eq!(world.fake.statuses(SHOP, &world.head)[0].writers, ["palisade", "mallory"]);
    other["state"] = json!("FAILED");
    check(&world, "PUT", &format!("{build}/palisade"), &other, 200, false).await;
    check(&world, "PUT", &format!("{build}/none"), &other, 404, false).await;
    check(&world, "POST", &format!("{AT}/commit/{}/statuses/build", "0".repeat(40)), &body, 404, false).await;
    let (_, of_pull) = world.ask("GET", &format!("{}/statuses", world.pull()), None).await;
    assert_eq!(of_pull["size"], 1);
    let (_, elsewhere) = world.ask("GET", &format!("{path}?refname=main"), None).await;
    assert_eq!(elsewhere["size"], 0);
    for (name, value) in [
        ("key", "k".repeat(41)),
        ("url", String::new()),
        ("url", format!("https://palisade.example.com/{}", "u".repeat(450))),
        ("name", "n".repeat(256)),
    ] {
        let mut wrong = body.clone();
        wrong[name] = json!(value);
        check(&world, "POST", &build, &wrong, 400, true).await;
    }
    for (url, status) in [("http://jenkins:8080/1", 400), ("x", 400), ("https://localhost:8443/1", 201)] {
        let mut other = body.clone();
        other["url"] = json!(url);
        check(&world, "POST", &build, &other, status, false).await;
    }
}

fn annotation(number: usize) -> Value {
    json!({
        "external_id": format!("a-{number}"), "annotation_type": "VULNERABILITY", "summary": "s", "severity": "HIGH",
        "path": "main.tf", "line": 1, "details": "d", "result": "FAILED",
    })
}

#[tokio::test]
async fn reports_and_annotations() {
    let world = World::new().await;
    let path = format!("{AT}/commit/{}/reports/palisade", world.head);
    let list = format!("{path}/annotations");
    let report = json!({
        "title": "Palisade", "details": "1 violation", "report_type": "SECURITY", "reporter": "Palisade",
        "result": "FAILED", "link": "https://palisade.example.com/1",
        "data": [{ "title": "Violations", "type": "NUMBER", "value": 1 }],
    });
    assert_eq!(world.ask("GET", &path, None).await.0, 404);
    assert_eq!(world.ask("GET", &list, None).await.0, 404);
    let made = check(&world, "PUT", &path, &report, 200, false).await;
    assert_eq!((&made["external_id"], &made["type"]), (&json!("palisade"), &json!("report")));
    let batch = |from: usize, count: usize| Value::Array((from..from + count).map(annotation).collect());
    for start in (0..1000).step_by(100) {
        check(&world, "POST", &list, &batch(start, 100), 200, false).await;
    }
    // The same ID is replaced, so that the limit is not reached.
    check(&world, "POST", &list, &batch(950, 50), 200, false).await;
    check(&world, "POST", &list, &batch(1000, 1), 400, true).await;
    check(&world, "POST", &list, &batch(0, 101), 400, true).await;
    check(&world, "POST", &list, &json!([]), 400, true).await;
    let (_, page) = world.ask("GET", &format!("{list}?pagelen=100&page=10"), None).await;
    assert_eq!((&page["size"], &page["values"][99]["external_id"]), (&json!(1000), &json!("a-999")));
    // A report that is written again keeps its annotations.
    check(&world, "PUT", &path, &report, 200, false).await;
    assert_eq!(world.ask("DELETE", &format!("{list}/a-7"), None).await.0, 204);
    assert_eq!(world.ask("GET", &format!("{list}/a-7"), None).await.0, 404);
    let uuid = page["values"][0]["uuid"].as_str().unwrap();
    assert_eq!(world.ask("GET", &format!("{list}/{uuid}"), None).await.1["external_id"], "a-900");
    let single = json!({ "annotation_type": "BUG", "summary": "other" });
    check(&world, "PUT", &format!("{list}/a-7"), &single, 200, false).await;
    assert_eq!(world.fake.reports(SHOP, &world.head)[0].annotations.len(), 1000);
    let wrong = [
        ("summary", "s".repeat(451)),
        ("summary", String::new()),
        ("details", "d".repeat(2001)),
        ("external_id", String::new()),
    ];
    for (name, value) in wrong {
        let mut one = annotation(1);
        one[name] = json!(value);
        check(&world, "POST", &list, &json!([one]), 400, true).await;
    }
    let field = json!({ "title": "t", "type": "TEXT", "value": "v" });
    let wrong = [
        ("details", json!("d".repeat(2001))),
        ("title", json!("")),
        ("data", Value::Array(vec![field; 11])),
        ("data", json!([{ "title": "t", "type": "BOOLEAN", "value": "no" }])),
    ];
    for (name, value) in wrong {
        let mut other = report.clone();
        other[name] = value;
        check(&world, "PUT", &path, &other, 400, true).await;
    }
    let (_, reports) = world.ask("GET", &format!("{AT}/commit/{}/reports", world.head), None).await;
    assert_eq!(reports["size"], 1);
    assert_eq!(world.ask("DELETE", &path, None).await.0, 204);
    assert_eq!(world.ask("GET", &list, None).await.0, 404);
}

#[tokio::test]
async fn comments() {
    let world = World::new().await;
    let list = format!("{}/comments", world.pull());
    let text = |raw: &str| json!({ "content": { "raw": raw } });
    let made = check(&world, "POST", &list, &text("first"), 201, false).await;
    let one = format!("{list}/{}", made["id"]);
    assert_eq!((&made["user"]["nickname"], &made["deleted"]), (&json!("palisade"), &json!(false)));
    let changed = check(&world, "PUT", &one, &text("second"), 200, false).await;
    assert_eq!(changed["content"]["raw"], "second");
    // Nobody else can change it, and only administrators can delete it.
    let mallory = world.fake.mallory().clone();
    assert_eq!(world.ask_as(&mallory, "PUT", &one, Some(&text("third"))).await.0, 403);
    assert_eq!(world.ask_as(&mallory, "DELETE", &one, None).await.0, 403);
    let mut reply = text("reply");
    reply["parent"] = json!({ "id": made["id"] });
    let reply = check(&world, "POST", &list, &reply, 201, false).await;
    assert_eq!(reply["parent"]["id"], made["id"]);
    let mut inline = text("inline");
    inline["inline"] = json!({ "path": "main.tf", "to": 1 });
    let inline = check(&world, "POST", &list, &inline, 201, false).await;
    let resolve = format!("{list}/{}/resolve", inline["id"]);
    assert_eq!(world.ask_as(&mallory, "POST", &resolve, None).await.0, 200);
    assert_eq!(world.ask("POST", &resolve, None).await.0, 409);
    assert_eq!(world.ask("DELETE", &resolve, None).await.0, 204);
    assert_eq!(world.ask("POST", &format!("{one}/resolve"), None).await.0, 403);
    assert_eq!(world.ask("DELETE", &one, None).await.0, 204);
    let (_, all) = world.ask("GET", &list, None).await;
    assert_eq!((&all["size"], &all["values"][0]["deleted"]), (&json!(3), &json!(true)));
    assert_eq!(all["values"][0]["content"]["raw"], "");
    check(&world, "POST", &list, &text(&"x".repeat(32_768)), 201, false).await;
    check(&world, "POST", &list, &text(&"x".repeat(32_769)), 400, true).await;
    check(&world, "POST", &list, &text(""), 400, true).await;
}
