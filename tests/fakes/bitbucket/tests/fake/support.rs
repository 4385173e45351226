//! A fake with one repository, and a client for it.

use palisade_fake_bitbucket::{Credentials, FakeBitbucket, Options};
use palisade_fake_host::client;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

/// The repository of the tests.
pub(crate) const SHOP: &str = "acme/shop";

/// The path of the repository of the tests.
pub(crate) const AT: &str = "/repositories/acme/shop";

/// Where the description differs from recorded responses: the place that it refuses, and why the response is correct.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("/links", "recorded responses have more links than the description knows"),
    ("/refname", "null without a branch, as in recorded responses"),
    ("/closed_by", "null while the pull request is open, as in published samples"),
    ("/merge_commit", "null until the pull request is merged, as in published samples"),
    ("/summary", "recorded responses have the member `type`"),
    ("/content", "recorded responses have the member `type`"),
    ("/rendered/title", "recorded responses have the member `type`"),
    ("/rendered/description", "recorded responses have the member `type`"),
    ("/commit", "recorded responses have the members `type` and `links`"),
    ("/source/repository", "null if the fork was deleted"),
    ("/parent", "null unless the repository is a fork, as in published samples"),
    ("/old", "null for an added file"),
    ("/new", "null for a removed file"),
    ("/attributes", "a list in recorded responses"),
    ("/links/clone/1/href", "the address for SSH has another form, as in recorded responses"),
];

/// A fake with an open pull request, and a client for it.
pub(crate) struct World {
    pub(crate) fake: FakeBitbucket,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) number: u64,
}

/// Adds credentials as Bitbucket demands: Basic with an e-mail address, otherwise Bearer.
pub(crate) fn authenticated(request: RequestBuilder, credentials: &Credentials) -> RequestBuilder {
    if credentials.email.is_empty() {
        request.bearer_auth(&credentials.token)
    } else {
        request.basic_auth(&credentials.email, Some(&credentials.token))
    }
}

/// The status of a response and its body; null if that is not JSON.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let fake = FakeBitbucket::start(options).await.unwrap();
        let files = [("main.tf", "variable \"a\" {}\n"), ("deploy/shop.yaml", "kind: Pod\n")];
        let base = fake.add_repository(SHOP, &files).unwrap();
        let head = fake.commit(SHOP, "feature", &[("main.tf", Some("variable \"b\" {}\n"))]).unwrap();
        let number = fake.open_pull(SHOP, "feature", "main").unwrap();
        let http = client(fake.ca_pem());
        Self { fake, http, base, head, number }
    }

    /// A request without credentials. The path begins below `/2.0`, or it is a whole address.
    pub(crate) fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        let address = if path.starts_with("https:") {
            path.to_owned()
        } else {
            format!("{}{path}", self.fake.api_url())
        };
        self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), address)
    }

    /// A request with the token of the connection.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        authenticated(self.bare(method, path), self.fake.credentials())
    }

    /// Sends a request with the token of the connection, and checks the response against the description.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.ask_as(self.fake.credentials(), method, path, body).await
    }

    pub(crate) async fn ask_as(
        &self,
        credentials: &Credentials,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let request = authenticated(self.bare(method, path), credentials);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let (status, answer) = read(request.send().await.unwrap()).await;
        self.judge(method, path, status, &answer);
        (status, answer)
    }

    /// Checks a response that is not an error.
    fn judge(&self, method: &str, path: &str, status: u16, answer: &Value) {
        let path = path.strip_prefix(self.fake.api_url()).unwrap_or(path);
        // The description of a directory's or a file's own data is in its text alone.
        if status >= 300 || answer.is_null() || path.contains("format=meta") {
            return;
        }
        let bare = path.split('?').next().unwrap();
        let mut wrong = self.fake.judge_answer(method, bare, status, answer);
        wrong.retain(|why| {
            !EXCEPTIONS.iter().any(|(place, _)| why.split(':').next().unwrap().ends_with(place))
        });
        assert!(wrong.is_empty(), "{method} {path}: {wrong:#?}");
    }

    /// Whether the description is available; a test that needs it ends without an error if it is not.
    pub(crate) fn described(&self) -> bool {
        let there = self.fake.validates();
        if !there {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "the description is absent");
            println!("skipped: the description of Bitbucket's API is absent");
        }
        there
    }

    /// The path of the pull request of the tests.
    pub(crate) fn pull(&self) -> String {
        format!("{AT}/pullrequests/{}", self.number)
    }
}
