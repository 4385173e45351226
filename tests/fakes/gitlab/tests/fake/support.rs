//! A fake with one project, and a client for it.

use palisade_fake_gitlab::{FakeGitLab, Options};
use palisade_fake_host::client;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// The project of the tests.
pub(crate) const SHOP: &str = "acme/shop";

/// Its path in the API.
pub(crate) const PROJECT: &str = "/projects/acme%2Fshop";

/// The file of `main`, and what `feature` makes of it.
const BEFORE: &str = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
const AFTER: &str = "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";

/// A fake with an open merge request, and a client for it.
pub(crate) struct World {
    pub(crate) fake: FakeGitLab,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) number: u64,
    pub(crate) token: String,
}

/// Where GitLab's description differs from GitLab: why the response is correct, and the ends of the places in it.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    (
        "null in the samples, another type in the description",
        &[
            "/coverage",
            "/started_at",
            "/finished_at",
            "/target_url",
            "/description",
            "/ref",
            "/avatar_url",
            "/group_access",
            "/project_access",
            "/parent_id",
            "/kas/externalUrl",
            "/kas/version",
            "/source_project_id",
        ],
    ),
    (
        "a flag or a number in the samples and on the documentation pages, a text in the description",
        &[
            "/only_allow_merge_if_all_status_checks_passed",
            "/merge_pipelines_enabled",
            "/merge_trains_enabled",
            "/access_level",
            "/notification_level",
            "/can_merge",
            "/lfs_enabled",
            "/request_access_enabled",
            "/overflow",
            "/id",
            "/merge_request_id",
        ],
    ),
    ("a list in the samples, an object in the description", &["/changes", "/commits", "/diffs"]),
    ("a day in the samples, a time in the description", &["/expires_at"]),
    (
        "null without a pipeline, a diff or commits",
        &["/status", "/last_pipeline", "/patch_id_sha", "/commit"],
    ),
];

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let fake = FakeGitLab::start(options).await.unwrap();
        let files = [("main.tf", BEFORE), ("deploy/shop.yaml", "kind: Pod\n"), ("deploy/a/b.yaml", "x: 1\n")];
        let base = fake.add_repository(SHOP, &files).unwrap();
        let head = fake.commit(SHOP, "feature", &[("main.tf", Some(AFTER))]).unwrap();
        let number = fake.open_pull(SHOP, "feature", "main").unwrap();
        let http = client(fake.ca_pem());
        let token = fake.token().to_owned();
        Self { fake, http, base, head, number, token }
    }

    /// The path of the merge request in the API.
    pub(crate) fn merge(&self) -> String {
        format!("{PROJECT}/merge_requests/{}", self.number)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let address = format!("{}/api/v4{path}", self.fake.url());
        self.http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), address)
            .header("private-token", &self.token)
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends a request with a token.
    pub(crate) async fn ask_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let mut request = self.request(method, path).build().unwrap();
        request.headers_mut().insert("private-token", token.parse().unwrap());
        if let Some(body) = body {
            request.headers_mut().insert("content-type", "application/json".parse().unwrap());
            *request.body_mut() = Some(body.to_string().into());
        }
        let response = self.http.execute(request).await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null))
    }

    /// Sends a request, compares the status and some members, and checks the response against the description.
    pub(crate) async fn check(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        status: u16,
        members: &[(&str, Value)],
    ) -> Value {
        let (got, answer) = self.ask(method, path, body.as_ref()).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
        for (pointer, expected) in members {
            assert_eq!(answer.pointer(pointer), Some(expected), "{method} {path} {pointer}: {answer:#}");
        }
        if (200..300).contains(&got) {
            let bare = format!("/api/v4{}", path.split('?').next().unwrap());
            let mut wrong = self.fake.judge_answer(method, &bare, got, &answer);
            wrong.retain(|why| {
                let place = why.split(':').next().unwrap();
                !EXCEPTIONS.iter().flat_map(|(_, ends)| *ends).any(|end| place.ends_with(end))
            });
            assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}");
        }
        answer
    }

    /// All pages of a list, by the links to the next ones. The size of each page, and the items.
    pub(crate) async fn pages(&self, path: &str) -> (Vec<usize>, Vec<Value>) {
        let (mut next, mut sizes, mut all) = (path.to_owned(), Vec::new(), Vec::new());
        loop {
            let response = self.send("GET", &next, None).await;
            assert_eq!(response.status(), 200, "{next}");
            let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let items: Vec<Value> = response.json().await.unwrap();
            sizes.push(items.len());
            all.extend(items);
            let link = link.unwrap_or_default();
            let Some(part) = link.split(", ").find(|part| part.ends_with("rel=\"next\"")) else { break };
            let address = part.split(['<', '>']).nth(1).unwrap();
            address.strip_prefix(&format!("{}/api/v4", self.fake.url())).unwrap().clone_into(&mut next);
        }
        (sizes, all)
    }

    /// A position in the diff of the merge request, with lines before and after the change.
    pub(crate) fn position(&self, old: Option<u64>, new: Option<u64>) -> Value {
        let mut position = json!({
            "base_sha": self.base, "start_sha": self.base, "head_sha": self.head, "position_type": "text",
            "old_path": "main.tf", "new_path": "main.tf",
        });
        if let Some(old) = old {
            position["old_line"] = json!(old);
        }
        if let Some(new) = new {
            position["new_line"] = json!(new);
        }
        position
    }

    /// Whether the description is available; a test that needs it ends without an error if it is not.
    pub(crate) fn described(&self) -> bool {
        let there = self.fake.validates();
        if !there {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "GitLab's description is absent");
            println!("skipped: GitLab's description is absent");
        }
        there
    }

    /// Asserts that no request violated the description.
    pub(crate) fn clean(&self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
    }
}
