//! A fake with one repository, and a client for it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use palisade_fake_github::{App, FakeGitHub, Options};
use palisade_fake_host::client;
use reqwest::{Method, Response};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// The repository of the tests.
pub(crate) const SHOP: &str = "acme/shop";

/// A fake with an open pull request, and a client for it.
pub(crate) struct World {
    pub(crate) fake: FakeGitHub,
    pub(crate) http: reqwest::Client,
    pub(crate) installation: u64,
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) number: u64,
    pub(crate) token: String,
}

/// An assertion signed by the App, with these claims.
pub(crate) fn assertion(app: &App, claims: &Value) -> String {
    let base64: String = app.private_key.lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_der(&STANDARD.decode(base64).unwrap()).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let fake = FakeGitHub::start(options).await.unwrap();
        let installation = fake.add_installation("acme");
        let files = [("main.tf", "variable \"a\" {}\n"), ("deploy/shop.yaml", "kind: Pod\n")];
        let base = fake.add_repository(installation, SHOP, &files).unwrap();
        let head = fake.commit(SHOP, "feature", &[("main.tf", Some("variable \"b\" {}\n"))]).unwrap();
        let number = fake.open_pull(SHOP, "feature", "main").unwrap();
        fake.protect_branch(SHOP, "main", &["palisade"], Some(fake.app().id)).unwrap();
        let http = client(fake.ca_pem());
        let mut world = Self { fake, http, installation, base, head, number, token: String::new() };
        world.token = world.fresh_token().await;
        world
    }

    /// An assertion that is valid now.
    pub(crate) fn jwt(&self) -> String {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let claims = json!({ "iss": self.fake.app().client_id, "iat": now - 60, "exp": now + 540 });
        assertion(self.fake.app(), &claims)
    }

    pub(crate) async fn fresh_token(&self) -> String {
        let path = format!("/app/installations/{}/access_tokens", self.installation);
        let (status, body) = self.ask("POST", &path, None).await;
        assert_eq!(status, 201, "{body}");
        body["token"].as_str().unwrap().to_owned()
    }

    /// A request with all headers that GitHub requires.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let for_app = path.starts_with("/app") || path.ends_with("/installation");
        let credentials = if for_app { self.jwt() } else { self.token.clone() };
        self.http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", self.fake.api_url()))
            .header("user-agent", "palisade-tests")
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("authorization", format!("Bearer {credentials}"))
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Sends a request, and checks the response against GitHub's description.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Whether the description is available; a test that needs it ends without an error if it is not.
    pub(crate) fn described(&self) -> bool {
        let there = self.fake.validates();
        if !there {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "GitHub's description is absent");
            println!("skipped: GitHub's description is absent");
        }
        there
    }
}
