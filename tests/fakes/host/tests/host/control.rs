//! The control endpoint.

use std::sync::{Arc, Mutex};

use palisade_fake_host::{Branches, Control, Controlled, Error};
use serde_json::{Value, json};

use crate::support::World;

/// A fake that records what it is asked for.
#[derive(Default)]
struct Recorder(Mutex<Vec<String>>);

impl Recorder {
    fn record(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Controlled for Recorder {
    fn set_webhook(&self, url: &str, ca: Option<&str>) {
        self.record(format!("webhook {url} {ca:?}"));
    }

    fn open_pull(
        &self,
        repository: &str,
        branches: Branches<'_>,
        title: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        self.record(format!("pull {repository} {} {} {title} {files:?}", branches.head, branches.base));
        Ok((7, "abc".to_owned()))
    }

    fn push(&self, repository: &str, number: u64, files: &[(&str, Option<&str>)]) -> Result<String, Error> {
        self.record(format!("push {repository} {number} {files:?}"));
        if number == 7 { Ok("def".to_owned()) } else { Err(Error::Absent(format!("pull request {number}"))) }
    }

    fn checks(&self, repository: &str, sha: &str) -> Vec<Value> {
        vec![json!({ "repository": repository, "sha": sha })]
    }

    fn violations(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn requests_by_hand() {
    let control = Control::open(Arc::new(Recorder::default()), 0).await.unwrap();
    let World { http, .. } = World::new().await;
    let pull = json!({ "repository": "r", "branch": "b", "title": "t", "files": { "a": "1", "c": null } });
    let table = [
        ("POST", "/webhook", json!({ "url": "u" }), 200, json!({})),
        ("POST", "/pull", pull, 200, json!({ "number": 7, "head_sha": "abc" })),
        (
            "POST",
            "/push",
            json!({ "repository": "r", "number": 7, "files": {} }),
            200,
            json!({ "head_sha": "def" }),
        ),
        (
            "POST",
            "/push",
            json!({ "repository": "r", "number": 8, "files": {} }),
            400,
            json!({ "error": "pull request 8 not found" }),
        ),
        ("GET", "/checks?repository=r&sha=s", json!(null), 200, json!([{ "repository": "r", "sha": "s" }])),
        ("GET", "/checks?repository=r", json!(null), 400, json!({ "error": "the query lacks `sha`" })),
        ("GET", "/nothing", json!(null), 404, json!({ "error": "unknown path" })),
        (
            "GET",
            "/violations",
            json!(null),
            200,
            json!([
                "webhook u None",
                "pull r b main t [(\"a\", Some(\"1\")), (\"c\", None)]",
                "push r 7 []",
                "push r 8 []",
            ]),
        ),
    ];
    for (method, path, body, status, expected) in table {
        let url = format!("http://{}{path}", control.address());
        let request = http.request(method.parse().unwrap(), url).body(body.to_string());
        let response = request.send().await.unwrap();
        let got = response.status().as_u16();
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!((got, answer), (status, expected), "{method} {path}");
    }
}
