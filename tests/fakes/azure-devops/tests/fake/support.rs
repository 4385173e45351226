//! A fake with one repository, a client for it, and a receiver of service hooks.

use palisade_fake_azure_devops::{FakeAzureDevOps, Options};
use palisade_fake_host::{Host, Listeners, Provider, Raw, Reply, Server, client};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// The repository of the tests.
pub(crate) const SHOP: &str = "platform/shop";

/// Its address in the API.
pub(crate) const API: &str = "/acme/platform/_apis/git/repositories/shop";

/// Where the published description differs from Azure DevOps: the place in the response that it refuses, and why the
/// response is correct.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("/probationRetries", "a number, as the recorded response of the list of subscriptions shows"),
    ("/subscriber", "null in the recorded response"),
    ("/threadContext", "null for a thread without a place, as the sample of the list of threads shows"),
    ("/pullRequestThreadContext", "null in the same sample"),
    ("/identities", "null in the same sample"),
    ("/commonCommit", "null without common history"),
    ("/settings", "an object, as the sample of the list of policies shows"),
    ("/value", "a list of lists, as the sample of items in batches shows"),
];

/// A fake with an active pull request, and a client for it.
pub(crate) struct World {
    pub(crate) fake: FakeAzureDevOps,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) number: u64,
    pub(crate) token: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let fake = FakeAzureDevOps::start(options).await.unwrap();
        let files = [("main.tf", "variable \"a\" {}\n"), ("deploy/shop.yaml", "a: 1\nb: 2\n")];
        let base = fake.add_repository(SHOP, &files).unwrap();
        let head = fake.commit(SHOP, "feature", &[("main.tf", Some("variable \"b\" {}\n"))]).unwrap();
        let number = fake.open_pull(SHOP, "feature", "main", "A change").unwrap();
        let token = fake.token().to_owned();
        let http = client(fake.ca_pem());
        Self { fake, http, base, head, number, token }
    }

    /// Whether requests are validated; otherwise a test of that has nothing to check.
    pub(crate) fn described(&self) -> bool {
        if !self.fake.validates() {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "the description is absent");
            println!("skipped: the description is absent");
        }
        self.fake.validates()
    }

    /// The address of the pull request below the repository.
    pub(crate) fn pull(&self) -> String {
        format!("{API}/pullRequests/{}", self.number)
    }

    /// A request with the token, and the version unless the path names one.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let separator = if path.contains('?') { '&' } else { '?' };
        let version =
            if path.contains("api-version") { String::new() } else { format!("{separator}api-version=7.1") };
        let url = format!("{}{path}{version}", self.fake.url());
        self.http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url)
            .basic_auth("", Some(&self.token))
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            let patch = method == "PATCH" && path.split('?').next().unwrap().ends_with("/statuses");
            let kind = if patch { "application/json-patch+json" } else { "application/json" };
            request = request.header("content-type", kind).body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// Status and body; the body is null if it is not JSON.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// Sends a request, compares status and some members, and checks the response against the description.
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
        if (200..300).contains(&got) && !answer.is_null() {
            let bare = path.split('?').next().unwrap();
            let mut wrong = self.fake.judge_answer(method, bare, got, &answer);
            let place = |why: &str| why.split(':').next().unwrap().to_owned();
            wrong.retain(|why| !EXCEPTIONS.iter().any(|(end, _)| within(&place(why), end)));
            assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}");
        }
        answer
    }

    /// Creates a subscription of an event for the repository. Returns its GUID.
    pub(crate) async fn subscribe(&self, event: &str, url: &str) -> String {
        let one = self.fake.repository(SHOP).unwrap();
        let body = subscription(event, url, &json!({ "projectId": one.project, "repository": one.id }));
        let (status, made) = self.ask("POST", "/acme/_apis/hooks/subscriptions", Some(&body)).await;
        assert_eq!(status, 200, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }
}

/// Whether a place in a response is at that end, or at an item of a list there.
fn within(place: &str, end: &str) -> bool {
    place.ends_with(end)
        || place.rsplit_once('/').is_some_and(|(list, _)| end == "/value" && list.ends_with(end))
}

/// The body of a subscription.
pub(crate) fn subscription(event: &str, url: &str, filters: &Value) -> Value {
    json!({
        "publisherId": "tfs", "eventType": event, "consumerId": "webHooks", "consumerActionId": "httpRequest",
        "publisherInputs": filters,
        "consumerInputs": {
            "url": url, "basicAuthUsername": "palisade", "basicAuthPassword": "secret", "resourceDetailsToSend": "all",
        },
    })
}

/// What receives service hooks: it returns given statuses, then 202.
pub(crate) struct Inbox {
    host: Host,
    statuses: Mutex<VecDeque<u16>>,
    seen: Mutex<Vec<Raw>>,
}

impl Provider for Inbox {
    fn host(&self) -> &Host {
        &self.host
    }

    fn answer(&self, request: &Raw) -> Reply {
        self.seen.lock().unwrap().push(request.clone());
        Reply::empty(self.statuses.lock().unwrap().pop_front().unwrap_or(202))
    }

    fn repository(&self, _path: &str) -> Option<String> {
        None
    }

    fn git_access(&self, _headers: &hyper::HeaderMap, _repository: &str) -> Result<(), Reply> {
        Ok(())
    }
}

impl Inbox {
    /// Listens with TLS, and is trusted by the fake. Returns the address too.
    pub(crate) async fn open(world: &World, statuses: &[u16]) -> (Server<Inbox>, String) {
        let listeners = Listeners::bind("Inbox", &[0]).await.unwrap();
        let url = format!("{}/hooks", listeners.url(0));
        let statuses = Mutex::new(statuses.iter().copied().collect());
        let inbox = Inbox { host: Host::new().unwrap(), statuses, seen: Mutex::default() };
        let server = listeners.serve(Arc::new(inbox));
        world.fake.set_delivery_ca(Some(server.ca_pem()));
        (server, url)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Raw> {
        self.seen.lock().unwrap().clone()
    }

    /// The bodies so far.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        self.seen().iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
    }
}
